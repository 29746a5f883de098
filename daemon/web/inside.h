/* SPDX-License-Identifier: ISC */
/*
 * inside - what server.c (accepting, routes), conn.c (a connection's bytes and deadlines) and
 * request.c (what a handler sees) share. Nobody else includes it, tests apart.
 *
 * Why not evhttp: the strict check (head_check.h) is already a whole parser, and a second one
 * behind it could only disagree. Nor is there a way to put a check in front of libevent 2.1.12's:
 * it takes sockets from its own listener only, and on a bufferevent filter it frees a connection
 * when an answer has left the filter, not when it has left the host (a large answer with
 * Connection: close never arrives). It also ends the process in a state that it does not expect
 * (evhttp_read_cb), knows no peer when the filter is made, and has no deadline for a whole head.
 */
#ifndef KT_WEB_INSIDE_H
#define KT_WEB_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/base/text.h"
#include "daemon/web/head_check.h"
#include "daemon/web/server.h"

struct event;

struct web_limits {
    int64_t head_ms;    /* a whole head, from its first byte; the first one from the accept on */
    int64_t request_ms; /* a whole request, from the same instant */
    int64_t idle_ms;    /* between two requests */
    int64_t handler_ms; /* until the handler replies; then the client is told 503 */
    int64_t taking_ms;  /* until the client has taken an answer */
    int64_t linger_ms;  /* after the last answer, until the client closes too */
    size_t connections;
    size_t per_peer; /* on TCP; on a Unix socket the peer is the proxy */
};

extern const struct web_limits web_limits_usual;

/* The address alone: what connections are counted by. All zero on a Unix socket. */
struct conn_peer {
    int family;
    unsigned char address[16];
};

enum conn_phase {
    CONN_HEAD = 1, /* waits for a head or the rest of it */
    CONN_BODY,
    CONN_ANSWER, /* a handler owes the answer */
    CONN_WRITE,  /* the client is to take the answer */
    CONN_LINGER, /* answered for the last time; waits for the client to close */
    CONN_GONE    /* closed; freed when nobody stands on it any more */
};

struct conn {
    struct web *web;
    struct conn *next;
    struct conn *before;
    int fd;
    enum conn_phase phase;
    unsigned holds; /* callers on the stack that will still look at it */
    struct conn_peer peer;
    struct event *readable;
    struct event *writable;
    struct event *deadline;
    bool is_fresh;               /* nothing came yet */
    struct mono began;           /* what head_ms and request_ms count from */
    struct head_check *head;     /* of the request that comes in; NULL before its first byte */
    struct web_request *request; /* in CONN_ANSWER; NULL for one that was refused */
    struct text out;
    size_t sent;
    bool keep; /* after the present answer */
    size_t lingered;
    size_t in_at; /* bytes that were read and not used: in[in_at .. in_end] */
    size_t in_end;
    char in[4096];
};

struct web_group {
    const struct web_route *routes;
    void *arg;
};

struct web {
    struct event_base *base;
    struct web_limits limits;
    int fd; /* -1 once stopped */
    struct event *acceptable;
    struct event *resume; /* pending while descriptors are out */
    bool stopping;
    struct conn *conns;
    size_t conn_count;
    struct web_group *groups;
    size_t group_count;
    struct log_gate full_gate;
    struct log_gate descriptors_gate;
    char unix_path[108];
    uint64_t answers[WEB_STATUS_END];
};

/* server.c */
const struct web_route *web_find_route(const struct web *web, const struct head_check *head,
                                       struct text *star, unsigned *allowed, void **arg);
void web_on_conn_closed(struct web *web);

/* conn.c. Takes fd over; false: memory for its events was out, fd is closed. */
bool conn_open(struct web *web, int fd, const struct conn_peer *peer);
/* out is taken over. */
void conn_send(struct conn *conn, struct text *out, bool keep);
void conn_close(struct conn *conn);

/* request.c. head is taken over. */
void request_start(struct conn *conn, struct head_check *head);
/* path: of what is refused, NULL when it came not so far. */
void request_refuse(struct conn *conn, const char *path, int status, const char *why);
void request_is_late(struct conn *conn); /* tells the client 503 and lets go of the request */
void request_orphan(struct web_request *request); /* its connection is gone; NULL allowed */
#endif
