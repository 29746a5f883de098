/* SPDX-License-Identifier: ISC */
/*
 * server - HTTP on a Unix socket or a loopback address: listen, bound what comes in, find the
 * route, answer.
 *
 * A handler gets a request that is whole, strictly formed and within its bounds (head_check.h), and
 * answers it now or later with web_reply(), exactly once; a client that went away meanwhile, or
 * that an answer kept waiting too long (it was told 503), is no concern of the handler's. GET and
 * HEAD change nothing: their handlers only use the read side of the database. TLS and the public
 * side are nginx's. What an address says is never logged: some hold a token.
 */
#ifndef KT_WEB_SERVER_H
#define KT_WEB_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/err.h"
#include "daemon/base/text.h"

struct event_base;
struct web;
struct web_request;

enum web_method { WEB_GET = 1, WEB_HEAD = 2, WEB_POST = 4 }; /* a set, in routes */

#define WEB_HEADERS_MAX 8
#define WEB_STATUS_END  600

struct web_header {
    const char *name;
    const char *value;
};

/*
 * Sent with it: Date, Content-Length, and, unless a header of the same name is given here,
 * X-Content-Type-Options: nosniff, Referrer-Policy: no-referrer, Cache-Control: no-store and
 * Content-Security-Policy: default-src 'none'. A control byte in a header makes it a 500.
 */
struct web_answer {
    int status;
    const char *content_type;                   /* NULL: text/plain; charset=utf-8 */
    struct web_header headers[WEB_HEADERS_MAX]; /* further ones; the first without a name ends */
    struct text body;                           /* borrowed; HEAD sends its length only */
};

typedef void web_handler(struct web_request *request, void *arg);

struct web_route {
    unsigned methods;    /* WEB_GET implies WEB_HEAD */
    const char *pattern; /* "/healthz"; one star stands for a segment or the rest of one: "/t/STAR",
                            "/reports/STAR.csv"; never for nothing and never for a slash */
    web_handler *answer;
};

/* What the request says. Borrowed until web_reply(). */
enum web_method web_method(const struct web_request *request);
const char *web_path(const struct web_request *request);  /* decoded UTF-8, never NULL */
const char *web_star(const struct web_request *request);  /* what it stood for, "" without one */
const char *web_query(const struct web_request *request); /* raw, "" without one */
const char *web_header(const struct web_request *request, const char *name); /* NULL: not there */
/* Whether its Content-Type is that one, whatever parameters it has. */
bool web_has_type(const struct web_request *request, const char *type);
const char *web_body(const struct web_request *request, size_t *bytes); /* never NULL */
/* Where the client is as far as anybody says: X-Forwarded-For's last hop, which is the one that our
 * own proxy saw, else the peer, "unix" on a Unix socket. */
const char *web_client(const struct web_request *request);

/* Exactly once per request, from the handler or later; the request is gone afterwards. */
void web_reply(struct web_request *request, const struct web_answer *answer);

/*
 * listen: "unix:/path" (mode 0660; a stale socket is replaced, one that answers is an error),
 * "127.0.0.1:8420" or "[::1]:8420". NULL and err: cannot listen there.
 */
KT_MUST_CHECK struct web *web_new(struct event_base *base, const char *listen, struct err *err);
/* routes end with a NULL pattern and are borrowed; first match wins, in order of adding. */
void web_add_routes(struct web *web, const struct web_route *routes, void *arg);
/* No new connections, none without a whole request; what is asked is answered. NULL allowed. */
void web_stop(struct web *web);
/* Answers so far by their status, which is below WEB_STATUS_END; borrowed while web lives. */
const uint64_t *web_answers(const struct web *web);
bool web_idle(const struct web *web); /* nobody waits for an answer or the rest of one */
/* Removes its Unix socket. Never from a handler; replies that are still owed may come later. NULL
 * allowed. */
void web_free(struct web *web);
#endif
