/* SPDX-License-Identifier: ISC */
/*
 * store_api - what the API asks of PostgreSQL's read side: whom a token speaks for, tickets, sites.
 *
 * Answered once, later, as all calls of sql/store.h; the JSON is borrowed until the callback
 * returns. Acts go through store_ticket_act() (sql/store_page.h).
 */
#ifndef KT_STORE_API_H
#define KT_STORE_API_H

#include "sql/store.h"

/* hash: SHA-256 of the token, in hex. json: {id, role, party, seconds}, or NULL: good for nothing.
 */
void store_token_check(struct pg_conn *read_side, const char *hash, struct wall now,
                       store_json_cb *cb, void *arg);

struct store_tickets_wanted {
    const char *party; /* NULL: all */
    const char *state; /* "open" "all" or one state */
    const char *site;  /* NULL: any */
    int64_t before;    /* id; 0: the first page */
    int64_t limit;
};

/* {tickets, next}; STORE_REFUSED with KT404 for an unknown site, KT422 for an unknown state. */
void store_api_tickets(struct pg_conn *read_side, const struct store_tickets_wanted *wanted,
                       store_json_cb *cb, void *arg);
/* number: as people write it. json NULL: none for this party (NULL: the own team). */
void store_api_ticket(struct pg_conn *read_side, const char *number, const char *party,
                      struct wall now, store_json_cb *cb, void *arg);
/* An array; code NULL: all. */
void store_api_sites(struct pg_conn *read_side, const char *party, const char *code,
                     struct wall now, store_json_cb *cb, void *arg);

struct store_course_wanted {
    const char *party; /* NULL: all */
    const char *code;
    struct wall from;
    int32_t step_s; /* a multiple of 300 */
    int32_t count;  /* of steps */
};

/* How a site has been: functions/site_course.sql; json NULL: there is no such site for this party.
 */
void store_api_course(struct pg_conn *read_side, const struct store_course_wanted *wanted,
                      struct wall now, store_json_cb *cb, void *arg);
#endif
