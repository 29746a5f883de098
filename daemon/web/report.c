/* SPDX-License-Identifier: ISC */
#include "daemon/web/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/loop.h"
#include "daemon/report.h"
#include "daemon/web/auth.h"
#include "daemon/web/form.h"
#include "daemon/web/page.h"
#include "daemon/web/problem.h"
#include "daemon/web/report_view.h"
#include "daemon/web/world.h"
#include "sql/store_report.h"

struct visit;
typedef void show_fn(struct visit *visit, const char *json, const struct js *report);

struct visit {
    struct web_request *request;
    const struct web_world *world;
    enum words_language language;
    show_fn *show;
};

/* ---- the three forms ---- */

static void show_page(struct visit *visit, const char *json, const struct js *report)
{
    struct web_answer answer = {.status = 200};
    struct js *context = report_view(report, visit->language);

    (void)json;
    pages_answer(visit->world->pages, "report.html", visit->language, context, &answer);
    web_reply(visit->request, &answer);
    text_free(&answer.body);
    js_free(context);
}

/* "attachment": a browser saves it under a name that says what it is. */
static void reply_file(struct visit *visit, const char *type, const char *ending,
                       const struct js *report, struct web_answer *answer)
{
    char name[96];

    snprintf(name, sizeof name, "attachment; filename=\"kentongan-%s-%s.%s\"",
             js_text(report, "month", ""), js_text(report, "by", ""), ending);
    answer->status = 200;
    answer->content_type = type;
    answer->headers[0] = (struct web_header){"Content-Disposition", name};
    web_reply(visit->request, answer);
    text_free(&answer->body);
}

static void show_csv(struct visit *visit, const char *json, const struct js *report)
{
    struct web_answer answer = {0};

    (void)json;
    report_csv(report, &answer.body);
    reply_file(visit, "text/csv; charset=utf-8", "csv", report, &answer);
}

static void show_json(struct visit *visit, const char *json, const struct js *report)
{
    struct web_answer answer = {0};

    text_add(&answer.body, json);
    reply_file(visit, "application/json", "json", report, &answer);
}

/* ---- the way there ---- */

static void on_report(const struct store_status *status, const char *json, void *arg)
{
    struct visit *visit = arg;
    struct js *report;

    if (status->rc != STORE_OK || json == NULL) {
        problem_reply_store(visit->request, status);
    } else {
        report = js_parse(json, strlen(json), NULL);
        visit->show(visit, json, report);
        js_free(report);
    }
    free(visit);
}

/* NULL: it was answered what is wrong with the query. */
static const char *read_query(struct visit *visit, struct form *form)
{
    const char *query = web_query(visit->request);
    const char *by;
    struct err err;

    if (!form_parse(query, strlen(query), form, &err)) {
        problem_reply(visit->request, 400, NULL, err.text, NULL);
        return NULL;
    }
    visit->language = words_language(form_text(form, "lang"), visit->language);
    by = form_get(form, "by");
    if (by == NULL)
        return report_groups[0];
    if (report_is_group(by))
        return by;
    problem_reply(visit->request, 400, NULL,
                  "A report goes by kecamatan, site, party or cause: ?by=site.", NULL);
    return NULL;
}

static void ask(struct web_request *request, const struct web_world *world, show_fn *show)
{
    struct visit *visit = calloc(1, sizeof *visit);
    enum words_language configured = words_language(world->config->locale_language, WORDS_ID);
    const char *month = web_star(request);
    struct form form = {0};
    const char *by;

    if (visit == NULL)
        abort();
    *visit = (struct visit){.request = request,
                            .world = world,
                            .show = show,
                            .language =
                                words_accepted(web_header(request, "Accept-Language"), configured)};
    if (!report_is_month(month)) {
        problem_reply(request, 404, NULL, "A month is written 2026-11: /reports/2026-11.", NULL);
        free(visit);
        return;
    }
    by = read_query(visit, &form);
    if (by != NULL)
        store_report_month(world->read, month, by, loop_wall(world->loop), on_report, visit);
    else
        free(visit);
    form_free(&form);
}

static void go_page(struct web_request *request, const struct auth_who *who, void *arg)
{
    (void)who;
    ask(request, arg, show_page);
}

static void go_csv(struct web_request *request, const struct auth_who *who, void *arg)
{
    (void)who;
    ask(request, arg, show_csv);
}

static void go_json(struct web_request *request, const struct auth_who *who, void *arg)
{
    (void)who;
    ask(request, arg, show_json);
}

#define READERS (AUTH_ADMIN | AUTH_STAFF | AUTH_AUDITOR)

static void get_page(struct web_request *request, void *arg)
{
    auth_require(request, arg, READERS, go_page, arg);
}

static void get_csv(struct web_request *request, void *arg)
{
    auth_require(request, arg, READERS, go_csv, arg);
}

static void get_json(struct web_request *request, void *arg)
{
    auth_require(request, arg, READERS, go_json, arg);
}

const struct web_route report_routes[] = {{WEB_GET, "/reports/*.csv", get_csv},
                                          {WEB_GET, "/reports/*.json", get_json},
                                          {WEB_GET, "/reports/*", get_page},
                                          {0, NULL, NULL}};
