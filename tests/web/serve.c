/* SPDX-License-Identifier: ISC */
#include "tests/web/serve.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#define LOOK_MS  5
#define LATE_MAX 64

struct late {
    struct server *server;
    struct web_request *request; /* NULL: this place is free */
    struct event *timer;
};

struct server {
    struct event_base *base;
    struct web *web;
    struct bench_counts *counts;
    struct event *look;
    struct late late[LATE_MAX];
    bool stopping;
};

static void reply_words(struct web_request *request, int status, const char *words)
{
    struct web_answer answer = {.status = status};

    text_add(&answer.body, words);
    web_reply(request, &answer);
    text_free(&answer.body);
}

static void count_call(void *arg)
{
    const struct server *server = arg;

    atomic_fetch_add(&server->counts->calls, 1);
}

static void on_hello(struct web_request *request, void *arg)
{
    count_call(arg);
    reply_words(request, 200, "hello\n");
}

static void on_echo(struct web_request *request, void *arg)
{
    struct web_answer answer = {.status = 200};
    const char *authority = web_header(request, "Authorization");
    size_t bytes;
    const char *body = web_body(request, &bytes);

    count_call(arg);
    text_addf(&answer.body, "method=%d path=%s query=%s star=%s authority=%s client=%s body=%zu:",
              (int)web_method(request), web_path(request), web_query(request), web_star(request),
              authority == NULL ? "" : authority, web_client(request), bytes);
    text_add_bytes(&answer.body, body, bytes);
    web_reply(request, &answer);
    text_free(&answer.body);
}

static int64_t number_of(const struct web_request *request)
{
    int64_t number = 0;

    if (!text_i64(web_star(request), 0, INT32_MAX, &number))
        abort();
    return number;
}

static void settle(struct late *late)
{
    struct web_request *request = late->request;

    event_free(late->timer);
    late->timer = NULL;
    late->request = NULL;
    reply_words(request, 200, "late\n");
    atomic_fetch_add(&late->server->counts->replies, 1);
}

static void on_due(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    settle(arg);
}

static void on_late(struct web_request *request, void *arg)
{
    struct server *server = arg;
    int64_t ms = number_of(request);
    struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    size_t i = 0;

    count_call(arg);
    while (server->late[i].request != NULL)
        if (++i == LATE_MAX)
            abort();
    server->late[i] = (struct late){.server = server, .request = request};
    server->late[i].timer = evtimer_new(server->base, on_due, &server->late[i]);
    if (server->late[i].timer == NULL || evtimer_add(server->late[i].timer, &tv) < 0)
        abort();
}

static void on_big(struct web_request *request, void *arg)
{
    struct web_answer answer = {.status = 200};
    int64_t bytes = number_of(request);

    count_call(arg);
    while ((int64_t)answer.body.bytes < bytes)
        text_add(&answer.body, "0123456789abcde\n");
    web_reply(request, &answer);
    text_free(&answer.body);
}

static void on_careless(struct web_request *request, void *arg)
{
    struct web_answer answer = {
        .status = 200,
        .content_type = "text/html; charset=utf-8",
        .headers = {{"content-security-policy", "style-src 'self'"}, {"X-Own", "yes"}}};

    count_call(arg);
    web_reply(request, &answer);
}

static void on_unsound(struct web_request *request, void *arg)
{
    struct web_answer answer = {.status = 303,
                                .headers = {{"Location", "/x\r\nSet-Cookie: stolen=1"}}};

    count_call(arg);
    text_add(&answer.body, "secret\n");
    web_reply(request, &answer);
    text_free(&answer.body);
}

static void on_empty(struct web_request *request, void *arg)
{
    struct web_answer answer = {.status = 204};

    count_call(arg);
    web_reply(request, &answer);
}

static const struct web_route routes[] = {
    {WEB_GET, "/hello", on_hello}, {WEB_GET | WEB_POST, "/echo", on_echo},
    {WEB_GET, "/echo/*", on_echo}, {WEB_GET, "/echo/*.csv/x", on_echo},
    {WEB_GET, "/late/*", on_late}, {WEB_GET, "/big/*", on_big},
    {WEB_POST, "/post", on_hello}, {0, NULL, NULL}};
static const struct web_route more_routes[] = {{WEB_GET, "/careless", on_careless},
                                               {WEB_GET, "/unsound", on_unsound},
                                               {WEB_GET, "/empty", on_empty},
                                               {WEB_GET, "/post", on_hello},
                                               {0, NULL, NULL}};

static void on_look(evutil_socket_t fd, short what, void *arg)
{
    struct server *server = arg;

    (void)fd;
    (void)what;
    atomic_store(&server->counts->conns, (int)server->web->conn_count);
    if (server->stopping && web_idle(server->web))
        event_base_loopbreak(server->base);
}

static void on_term(evutil_socket_t fd, short what, void *arg)
{
    struct server *server = arg;

    (void)fd;
    (void)what;
    server->stopping = true;
    web_stop(server->web);
}

static void build(struct server *server, const char *listen, const struct web_limits *limits)
{
    struct err err;

    server->base = event_base_new();
    server->web = web_new(server->base, listen, &err);
    if (server->web == NULL) {
        fprintf(stderr, "serve: %s\n", err.text);
        _exit(2);
    }
    if (limits != NULL)
        server->web->limits = *limits;
    web_add_routes(server->web, routes, server);
    web_add_routes(server->web, more_routes, server);
}

/* What is still owed is answered when there is nobody left to hear it: that has to be safe. */
static void tear_down(struct server *server)
{
    web_free(server->web);
    for (size_t i = 0; i < LATE_MAX; i++)
        if (server->late[i].request != NULL)
            settle(&server->late[i]);
    event_free(server->look);
}

_Noreturn void serve(const char *listen, const struct web_limits *limits,
                     struct bench_counts *counts, int ready)
{
    static struct server server;
    static const struct timeval every = {.tv_usec = LOOK_MS * 1000};
    struct event *term;

    server.counts = counts;
    build(&server, listen, limits);
    term = evsignal_new(server.base, SIGTERM, on_term, &server);
    server.look = event_new(server.base, -1, EV_PERSIST, on_look, &server);
    if (term == NULL || server.look == NULL || event_add(term, NULL) < 0 ||
        event_add(server.look, &every) < 0 || write(ready, "", 1) != 1)
        _exit(2);
    close(ready);
    event_base_dispatch(server.base);
    tear_down(&server);
    event_free(term);
    event_base_free(server.base);
    exit(0); /* not _exit(): the leak check comes with it */
}
