/* SPDX-License-Identifier: ISC */
#include "daemon/web/server.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>

#include "daemon/web/listen.h"

#define HEADERS_MAX_BYTES 8192
#define BODY_MAX_BYTES    1024 /* nothing that is let in has a body */
#define IDLE_S            15

struct web {
    struct evhttp *http;
    struct evhttp_bound_socket *socket; /* NULL once stopped */
    const struct web_route *routes;
    void *arg;
    char unix_path[108];
};

static const struct web_route *find_route(const struct web *web, struct evhttp_request *request)
{
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
    const char *path = uri == NULL ? NULL : evhttp_uri_get_path(uri);

    for (const struct web_route *route = web->routes; path != NULL && route->path != NULL; route++)
        if (strcmp(route->path, path) == 0)
            return route;
    return NULL;
}

static void reply(struct evhttp_request *request, const struct web_answer *answer)
{
    struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
    struct evbuffer *body = evhttp_request_get_output_buffer(request);

    evhttp_add_header(headers, "Content-Type", answer->content_type);
    evhttp_add_header(headers, "Cache-Control", "no-store");
    evhttp_add_header(headers, "X-Content-Type-Options", "nosniff");
    if (evhttp_request_get_command(request) != EVHTTP_REQ_HEAD)
        evbuffer_add(body, text_get(&answer->body), answer->body.bytes);
    evhttp_send_reply(request, answer->status, NULL, NULL);
}

static void on_request(struct evhttp_request *request, void *arg)
{
    struct web *web = arg;
    const struct web_route *route = find_route(web, request);
    struct web_answer answer = {.status = 404, .content_type = "text/plain; charset=utf-8"};

    if (route != NULL)
        route->answer(&answer, web->arg);
    else
        text_add(&answer.body, "There is no such page.\n");
    reply(request, &answer);
    text_free(&answer.body);
}

struct web *web_new(struct event_base *base, const char *listen, const struct web_route *routes,
                    void *arg, struct err *err)
{
    struct web *web = calloc(1, sizeof *web);
    int fd;

    if (web == NULL)
        abort();
    *web = (struct web){.routes = routes, .arg = arg};
    fd = listen_open(listen, web->unix_path, err);
    if (fd < 0) {
        web_free(web);
        return NULL;
    }
    web->http = evhttp_new(base);
    web->socket = web->http == NULL ? NULL : evhttp_accept_socket_with_handle(web->http, fd);
    if (web->socket == NULL) {
        close(fd);
        web_free(web);
        err_set(err, "web.listen: libevent cannot serve HTTP on %s", listen);
        return NULL;
    }
    evhttp_set_max_headers_size(web->http, HEADERS_MAX_BYTES);
    evhttp_set_max_body_size(web->http, BODY_MAX_BYTES);
    evhttp_set_timeout(web->http, IDLE_S);
    evhttp_set_allowed_methods(web->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
    evhttp_set_gencb(web->http, on_request, web);
    return web;
}

void web_stop(struct web *web)
{
    if (web == NULL || web->socket == NULL)
        return;
    evhttp_del_accept_socket(web->http, web->socket);
    web->socket = NULL;
    if (web->unix_path[0] != '\0')
        unlink(web->unix_path);
    web->unix_path[0] = '\0';
}

void web_free(struct web *web)
{
    if (web == NULL)
        return;
    if (web->http != NULL)
        evhttp_free(web->http);
    if (web->unix_path[0] != '\0')
        unlink(web->unix_path);
    free(web);
}
