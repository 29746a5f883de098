/* SPDX-License-Identifier: ISC */
#include <arpa/inet.h>
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/base/json.h"
#include "daemon/web/answer.h"
#include "daemon/web/inside.h"

/* Owns all that a handler may look at, so that it outlives its connection. */
struct web_request {
    struct conn *conn; /* NULL: nobody waits for the answer any more */
    struct head_check *head;
    struct text star;
    char client[INET6_ADDRSTRLEN];
};

/* ---- what the request says ---- */

enum web_method web_method(const struct web_request *request)
{
    if (strcmp(request->head->method, "POST") == 0)
        return WEB_POST;
    return strcmp(request->head->method, "HEAD") == 0 ? WEB_HEAD : WEB_GET;
}

const char *web_path(const struct web_request *request)
{
    return request->head->path;
}

const char *web_star(const struct web_request *request)
{
    return text_get(&request->star);
}

const char *web_query(const struct web_request *request)
{
    return request->head->query;
}

const char *web_header(const struct web_request *request, const char *name)
{
    return head_find(request->head, name);
}

const char *web_body(const struct web_request *request, size_t *bytes)
{
    *bytes = request->head->body.bytes;
    return text_get(&request->head->body);
}

const char *web_client(const struct web_request *request)
{
    return request->client;
}

static bool is_address(const char *text)
{
    unsigned char address[16];

    return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

/* The socket is a Unix one or on loopback (listen.c), so whoever speaks may say for whom. */
static void name_client(struct web_request *request, const struct conn_peer *peer)
{
    const char *hops = head_find_last(request->head, "x-forwarded-for");
    const char *last = hops == NULL ? NULL : strrchr(hops, ',');

    if (last == NULL)
        last = hops;
    if (last != NULL)
        last += strspn(last, ", \t");
    if (last != NULL && is_address(last) &&
        text_copy(request->client, sizeof request->client, last))
        return;
    if (peer->family == AF_UNIX ||
        inet_ntop(peer->family, peer->address, request->client, sizeof request->client) == NULL)
        memcpy(request->client, "unix", sizeof "unix");
}

/* ---- answering ---- */

static void request_free(struct web_request *request)
{
    head_free(request->head);
    free(request->head);
    text_free(&request->star);
    free(request);
}

/* head is NULL for a request that has none worth the name. */
static void send_answer(struct conn *conn, const struct head_check *head,
                        const struct web_answer *answer, bool keep)
{
    static const struct web_answer broken = {.status = 500};
    struct text out = {0};
    struct answer_form form = {.now = wall_now(), .keep = keep && !conn->web->stopping};

    if (head != NULL) {
        form.head_only = strcmp(head->method, "HEAD") == 0;
        form.says_keep = head->minor == 0;
    }
    if (!answer_print(answer, &form, &out)) {
        log_error("web.answer_unsound", "status=%d", answer->status);
        if (!answer_print(&broken, &form, &out))
            abort();
        answer = &broken;
    }
    if (answer->status > 0 && answer->status < WEB_STATUS_END)
        conn->web->answers[answer->status]++;
    conn_send(conn, &out, form.keep);
}

/* What the server itself has to say: to a program that asks the API as RFC 9457 has it. path may be
 * NULL. */
static void put_words(struct web_answer *answer, const char *path, const char *words)
{
    struct js *problem;

    if (path == NULL || strncmp(path, "/api/", 5) != 0) {
        text_addf(&answer->body, "%s\n", words);
        return;
    }
    problem = js_object();
    js_set_text(problem, "type", "about:blank");
    js_set_text(problem, "title", answer_phrase(answer->status));
    js_set_i64(problem, "status", answer->status);
    js_set_text(problem, "detail", words);
    js_print(problem, 0, &answer->body);
    js_free(problem);
    answer->content_type = "application/problem+json";
}

/* path: of the request, as far as there is one; NULL: not known. */
static void send_words(struct conn *conn, const struct head_check *head, const char *path,
                       int status, const char *words, bool keep)
{
    struct web_answer answer = {.status = status};

    put_words(&answer, path, words);
    send_answer(conn, head, &answer, keep);
    text_free(&answer.body);
}

void web_reply(struct web_request *request, const struct web_answer *answer)
{
    if (request->conn != NULL)
        send_answer(request->conn, request->head, answer, request->head->keep_alive);
    request_free(request);
}

static void print_methods(unsigned methods, struct text *out)
{
    text_add(out, methods & WEB_GET ? "GET, HEAD" : "");
    text_add(out, methods & WEB_GET && methods & WEB_POST ? ", " : "");
    text_add(out, methods & WEB_POST ? "POST" : "");
}

static void reply_no_route(struct web_request *request, unsigned allowed)
{
    struct web_answer answer = {.status = allowed == 0 ? 404 : 405};
    struct text methods = {0};

    if (allowed == 0) {
        put_words(&answer, request->head->path, "There is no such page.");
    } else {
        put_words(&answer, request->head->path, "This page does not do that.");
        print_methods(allowed, &methods);
        answer.headers[0] = (struct web_header){"Allow", text_get(&methods)};
    }
    web_reply(request, &answer);
    text_free(&answer.body);
    text_free(&methods);
}

void request_start(struct conn *conn, struct head_check *head)
{
    struct web_request *request = calloc(1, sizeof *request);
    const struct web_route *route;
    unsigned allowed = 0;
    void *arg = NULL;

    if (request == NULL)
        abort();
    *request = (struct web_request){.conn = conn, .head = head};
    conn->request = request;
    name_client(request, &conn->peer);
    route = web_find_route(conn->web, head, &request->star, &allowed, &arg);
    if (route == NULL)
        reply_no_route(request, allowed);
    else
        route->answer(request, arg);
}

void request_refuse(struct conn *conn, const char *path, int status, const char *why)
{
    send_words(conn, NULL, path, status, why, false);
}

void request_is_late(struct conn *conn)
{
    struct web_request *request = conn->request;

    assert(request != NULL);
    request->conn = NULL;
    send_words(conn, request->head, request->head->path, 503,
               "This takes too long; please try again.", false);
}

void request_orphan(struct web_request *request)
{
    if (request != NULL)
        request->conn = NULL;
}
