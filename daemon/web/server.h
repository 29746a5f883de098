/* SPDX-License-Identifier: ISC */
/*
 * server - HTTP on a Unix socket or a loopback address: listen, bound what comes in, find the
 * route, answer.
 *
 * The only home of evhttp. A route's handler gets a request that is whole and within its bounds and
 * fills in an answer; it never blocks and knows nothing of sockets. GET and HEAD change nothing, so
 * nothing else is let in until there are pages that act. TLS and the public side are nginx's.
 */
#ifndef KT_WEB_SERVER_H
#define KT_WEB_SERVER_H

#include <stddef.h>

#include "daemon/base/err.h"
#include "daemon/base/text.h"

struct event_base;
struct web;

struct web_answer {
    int status;
    const char *content_type; /* static */
    struct text body;
};

struct web_route {
    const char *path; /* the whole path, without a query */
    void (*answer)(struct web_answer *answer, void *arg);
};

/*
 * listen: "unix:/path" (mode 0660; a stale socket is replaced, one that answers is an error),
 * "127.0.0.1:8420" or
 * "[::1]:8420". routes end with a NULL path and are borrowed. NULL and err: cannot listen there.
 */
KT_MUST_CHECK struct web *web_new(struct event_base *base, const char *listen,
                                  const struct web_route *routes, void *arg, struct err *err);
void web_stop(struct web *web); /* takes no new connections */
void web_free(struct web *web); /* removes its Unix socket; NULL allowed */
#endif
