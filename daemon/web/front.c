/* SPDX-License-Identifier: ISC */
#include "daemon/web/front.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/loop.h"
#include "daemon/web/api.h"
#include "daemon/web/auth.h"
#include "daemon/web/field.h"
#include "daemon/web/link_token.h"
#include "daemon/web/page.h"
#include "daemon/web/report.h"
#include "daemon/web/server.h"
#include "daemon/web/words.h"
#include "daemon/web/world.h"
#include "sql/pg_conn.h"

struct front {
    struct front_parts parts;
    struct web *web;
    struct pg_conn *reader;
    struct pages *pages;
    struct auth *auth;
    char link_key[LINK_KEY_BYTES];
    struct web_world world;
};

/* ---- what operators' tools ask ---- */

static void answer_health(struct web_request *request, void *arg)
{
    struct web_answer answer = {.status = 200};

    (void)arg;
    text_add(&answer.body, "ok\n");
    web_reply(request, &answer);
    text_free(&answer.body);
}

static void answer_ready(struct web_request *request, void *arg)
{
    struct front *front = arg;
    struct web_answer answer = {0};
    struct ops_figures figures;

    front->parts.gather(&figures, front->parts.arg);
    answer.status = ops_ready(&figures, &answer.body);
    web_reply(request, &answer);
    text_free(&answer.body);
}

static void answer_metrics(struct web_request *request, void *arg)
{
    struct front *front = arg;
    struct web_answer answer = {.status = 200,
                                .content_type = "text/plain; version=0.0.4; charset=utf-8"};
    struct ops_figures figures;

    front->parts.gather(&figures, front->parts.arg);
    figures.answers = web_answers(front->web);
    ops_metrics(&figures, &answer.body);
    web_reply(request, &answer);
    text_free(&answer.body);
}

static const struct web_route ops_routes[] = {{WEB_GET, "/healthz", answer_health},
                                              {WEB_GET, "/readyz", answer_ready},
                                              {WEB_GET, "/metrics", answer_metrics},
                                              {0, NULL, NULL}};

/* ---- the read side ---- */

static void on_reader_up(void *arg)
{
    (void)arg;
    log_info("database.reader_up", "role=kentongan_web");
}

static void on_reader_down(const char *why, void *arg)
{
    (void)arg;
    /* A warning: when the server is gone the working side says so as an error, once. */
    log_warn("database.reader_down", "reason=\"%s\"", why);
}

static void on_reader_notify(const char *channel, void *arg)
{
    (void)channel;
    (void)arg;
}

static void on_reader_misfit(const char *words, void *arg)
{
    struct front *front = arg;

    front->parts.on_misfit(words, front->parts.arg);
}

static const struct pg_conn_events reader_events = {.on_up = on_reader_up,
                                                    .on_down = on_reader_down,
                                                    .on_notify = on_reader_notify,
                                                    .on_misfit = on_reader_misfit};

/* ---- life ---- */

static bool build(struct front *front, struct err *err)
{
    const struct front_parts *parts = &front->parts;
    struct event_base *base = loop_base(parts->loop);

    words_set_zone(parts->config->locale_timezone);
    if (!link_key_load(parts->link_secret, parts->config->state_dir, front->link_key, err))
        return false;
    front->pages = pages_new(err);
    if (front->pages == NULL)
        return false;
    front->auth = auth_new(parts->loop);
    front->reader = pg_conn_new(base, parts->config->database_conninfo, PG_SIDE_READ,
                                &reader_events, front, err);
    if (front->reader == NULL)
        return false;
    front->web = web_new(base, parts->config->web_listen, err);
    return front->web != NULL;
}

struct front *front_new(const struct front_parts *parts, struct err *err)
{
    struct front *front = calloc(1, sizeof *front);

    if (front == NULL)
        abort();
    front->parts = *parts;
    if (!build(front, err)) {
        front_free(front);
        return NULL;
    }
    front->world = (struct web_world){.loop = parts->loop,
                                      .work = parts->work,
                                      .read = front->reader,
                                      .config = parts->config,
                                      .pages = front->pages,
                                      .auth = front->auth,
                                      .link_key = front->link_key,
                                      .link_key_bytes = sizeof front->link_key};
    web_add_routes(front->web, ops_routes, front);
    web_add_routes(front->web, api_routes, &front->world);
    web_add_routes(front->web, field_routes, &front->world);
    web_add_routes(front->web, report_routes, &front->world);
    return front;
}

void front_set_config(struct front *front, const struct config *config)
{
    front->parts.config = config;
    front->world.config = config;
    words_set_zone(config->locale_timezone);
}

bool front_can_read(const struct front *front)
{
    return pg_conn_is_up(front->reader);
}

bool front_make_link(const struct courier_link *link, char out[COURIER_LINK_MAX], void *arg)
{
    const struct front *front = arg;
    struct link_words words = {.ticket = link->ticket, .generation = (uint32_t)link->generation};

    _Static_assert(LINK_PATH_MAX <= COURIER_LINK_MAX, "a link fits where the courier wants it");
    if (!text_copy(words.party, sizeof words.party, link->party))
        return false;
    return link_path_make(front->link_key, sizeof front->link_key, &words, link->owed, out);
}

void front_stop(struct front *front)
{
    web_stop(front->web);
}

bool front_idle(const struct front *front)
{
    return web_idle(front->web);
}

/* The server first: what the database still owes then goes to requests that are nobody's. */
void front_free(struct front *front)
{
    if (front == NULL)
        return;
    web_free(front->web);
    pg_conn_free(front->reader);
    auth_free(front->auth);
    pages_free(front->pages);
    explicit_bzero(front->link_key, sizeof front->link_key);
    free(front);
}
