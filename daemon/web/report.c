/* SPDX-License-Identifier: ISC */
#include "daemon/web/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/loop.h"
#include "daemon/report.h"
#include "daemon/web/auth.h"
#include "daemon/web/form.h"
#include "daemon/web/page.h"
#include "daemon/web/problem.h"
#include "daemon/web/report_view.h"
#include "daemon/web/world.h"
#include "sql/store_report.h"

#define READERS  (AUTH_ADMIN | AUTH_STAFF | AUTH_AUDITOR)
#define FILE_MAX 64

enum form_of_report { REPORT_PAGE = 1, REPORT_CSV, REPORT_JSON };

/* One request on its way through the database. */
struct reading {
    struct web_request *request;
    const struct web_world *world;
    enum form_of_report form;
    enum words_language language;
    bool language_asked;
    struct wall now;
};

/* -- answers -- */

/* "attachment": a browser saves it under a name that says what it is. */
static void reply_file(const struct reading *reading, const struct js *report, const char *json)
{
    bool is_csv = reading->form == REPORT_CSV;
    struct web_answer answer = {.status = 200,
                                .content_type = is_csv ? "text/csv; charset=utf-8; header=present"
                                                       : "application/json"};
    char file[FILE_MAX];

    snprintf(file, sizeof file, "attachment; filename=\"kentongan-%s-%s.%s\"",
             js_text(report, "month", ""), js_text(report, "by", ""), is_csv ? "csv" : "json");
    answer.headers[0] = (struct web_header){"Content-Disposition", file};
    if (is_csv)
        report_csv(report, &answer.body);
    else
        text_addf(&answer.body, "%s\n", json);
    web_reply(reading->request, &answer);
    text_free(&answer.body);
}

static void reply_page(const struct reading *reading, const struct js *report)
{
    struct web_answer answer = {.status = 200};
    struct js *view = report_view(report, reading->language, reading->language_asked, reading->now);

    pages_answer(reading->world->pages, "report.html", reading->language, view, &answer);
    js_free(view);
    web_reply(reading->request, &answer);
    text_free(&answer.body);
}

static void reply(const struct reading *reading, const char *json)
{
    struct err err;
    struct js *report = json == NULL ? NULL : js_parse(json, strlen(json), &err);

    if (report == NULL) {
        log_error("report.unreadable", "reason=\"%s\"", json == NULL ? "no document" : err.text);
        problem_reply(reading->request, 500, NULL, "The report could not be read.", NULL);
        return;
    }
    if (reading->form == REPORT_PAGE)
        reply_page(reading, report);
    else
        reply_file(reading, report, json);
    js_free(report);
}

static void on_report(const struct store_status *status, const char *json, void *arg)
{
    struct reading *reading = arg;

    if (status->rc == STORE_OK)
        reply(reading, json);
    else
        problem_reply_store(reading->request, status);
    free(reading);
}

/* -- requests -- */

/* ?lang=, else what the browser accepts, else the configured one. */
static void choose_language(struct reading *reading, const struct form *query)
{
    const char *accepted = web_header(reading->request, "Accept-Language");
    const char *configured = reading->world->config->locale_language;
    const char *asked = form_text(query, "lang");

    reading->language = words_accepted(accepted, words_language(configured, WORDS_ID));
    reading->language_asked = words_language(asked, WORDS_END) != WORDS_END;
    reading->language = words_language(asked, reading->language);
}

static void ask(struct web_request *request, const struct web_world *world,
                enum form_of_report form, const struct form *query)
{
    const char *by = form_get(query, "by") != NULL ? form_get(query, "by") : report_groups[0];
    struct reading *reading;

    if (!report_is_month(web_star(request))) {
        problem_reply(request, 404, NULL, "There is no such month; one is /reports/2026-11.", NULL);
        return;
    }
    if (!report_is_group(by)) {
        problem_reply(request, 400, NULL, "by is kecamatan, site, party or cause.", NULL);
        return;
    }
    reading = calloc(1, sizeof *reading);
    if (reading == NULL)
        abort();
    *reading = (struct reading){
        .request = request, .world = world, .form = form, .now = loop_wall(world->loop)};
    choose_language(reading, query);
    store_report_month(world->read, web_star(request), by, reading->now, on_report, reading);
}

static void read_query(struct web_request *request, const struct web_world *world,
                       enum form_of_report form)
{
    const char *query = web_query(request);
    struct form fields;
    struct err err;

    if (!form_parse(query, strlen(query), &fields, &err)) {
        problem_reply(request, 400, NULL, err.text, NULL);
        return;
    }
    ask(request, world, form, &fields);
    form_free(&fields);
}

static void show_page(struct web_request *request, const struct auth_who *who, void *arg)
{
    (void)who;
    read_query(request, arg, REPORT_PAGE);
}

static void show_csv(struct web_request *request, const struct auth_who *who, void *arg)
{
    (void)who;
    read_query(request, arg, REPORT_CSV);
}

static void show_json(struct web_request *request, const struct auth_who *who, void *arg)
{
    (void)who;
    read_query(request, arg, REPORT_JSON);
}

static void on_page(struct web_request *request, void *arg)
{
    auth_require(request, arg, READERS, show_page, arg);
}

static void on_csv(struct web_request *request, void *arg)
{
    auth_require(request, arg, READERS, show_csv, arg);
}

static void on_json(struct web_request *request, void *arg)
{
    auth_require(request, arg, READERS, show_json, arg);
}

const struct web_route report_routes[] = {
    {WEB_GET, "/reports/*.csv", on_csv},
    {WEB_GET, "/reports/*.json", on_json},
    {WEB_GET, "/reports/*", on_page},
    {0, NULL, NULL},
};
