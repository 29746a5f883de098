/* SPDX-License-Identifier: ISC */
/*
 * spans - the outages of one site that PostgreSQL has not confirmed to the end yet.
 *
 * Pure, by value, nothing to free. State, not edges: a span holds all that is known of one outage
 * and a revision that grows with every change; it is reported until the database has confirmed the
 * newest revision, and leaves when it is confirmed and over. While the database is away several may
 * pile up; when there is no room the two newest finished ones become one, so the first silence and
 * the last word are never lost.
 */
#ifndef KT_SPANS_H
#define KT_SPANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "probes/link_state.h"

#define SPANS_MAX 8

struct span {
    struct wall last_good; /* may be unset */
    struct wall first_bad; /* the span's name, with its site */
    struct wall detected;
    struct wall restored; /* unset while it lasts */
    enum link_ping ping;
    uint32_t clues;     /* daemon/cause.h: what was seen of its cause */
    size_t root;        /* index of the site to blame; (size_t)-1: not known yet */
    uint32_t revision;  /* 1 for the first */
    uint32_t sent;      /* newest revision that is under way; 0: none */
    uint32_t confirmed; /* newest revision that the database has */
    uint8_t retold;     /* how often it was told again for its cause alone */
    bool feeder;        /* its feeder lost its power */
    uint8_t proven;     /* enum cause; 0: it lasts */
    struct wall
        booted_at; /* when its device began anew in it; unset: it did not, as far as is known */
};

struct spans {
    struct span at[SPANS_MAX]; /* oldest first; only the last may be unfinished */
    size_t count;
    uint32_t merged;  /* how often two became one for want of room */
    struct wall left; /* first_bad of the last that was over and left */
};

#define SPAN_ROOT_UNKNOWN ((size_t)-1)

/* A silence was believed. Does nothing when one is going on already. */
void spans_begin(struct spans *spans, struct wall last_good, struct wall first_bad,
                 struct wall detected);
/* One that the database already has, as read at start. */
void spans_resume(struct spans *spans, struct wall last_good, struct wall first_bad,
                  struct wall detected, size_t root);
void spans_end(struct spans *spans, struct wall restored);
void spans_blame(struct spans *spans, size_t root); /* of the one that goes on */
/* Of the one that goes on; LINK_PING_UNKNOWN says nothing new. */
void spans_hear_ping(struct spans *spans, enum link_ping ping);
/* There is more to tell of the one that goes on, if it was detected at that instant or later: it is
 * told again. False: there is none. */
bool spans_touch(struct spans *spans, struct wall detected_from);
struct span *spans_current(struct spans *spans); /* the one that goes on, or NULL */

/* Has something to tell that is not under way. A span without a root is not ready to be told. */
bool span_is_due(const struct span *span);
/* The database answered for the revision that was sent: keep it, or (false) it must be told again.
 */
void spans_settled(struct spans *spans, struct wall first_bad, bool confirmed);
/* The connection is gone: what was under way must be told again. */
void spans_unsend(struct spans *spans);
/* The database will never take this one (its site is gone, say). */
void spans_drop(struct spans *spans, struct wall first_bad);
#endif
