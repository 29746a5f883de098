/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "sql/pg_call.h"

struct done_wait {
    store_done_cb *cb;
    void *arg;
};

static void on_done(const struct pg_answer *answer, void *arg)
{
    struct done_wait wait = *(struct done_wait *)arg;

    free(arg);
    wait.cb(&answer->status, wait.arg);
}

static struct done_wait *wait_new(store_done_cb *cb, void *arg)
{
    struct done_wait *wait = malloc(sizeof *wait);

    if (wait == NULL)
        abort();
    *wait = (struct done_wait){.cb = cb, .arg = arg};
    return wait;
}

/* What is believed of sites now; the last word counts. */
void store_state_report(struct pg_conn *conn, const char *states_json, struct wall now,
                        store_done_cb *cb, void *arg)
{
    struct pg_args args = {0};

    pg_arg_text(&args, states_json); /* $1 */
    pg_arg_wall(&args, now);         /* $2 */
    pg_conn_send(conn, STMT_STATE_REPORT, &args, on_done, wait_new(cb, arg));
}

struct watch_wait {
    store_watch_cb *cb;
    void *arg;
};

static void on_beat(const struct pg_answer *answer, void *arg)
{
    struct watch_wait wait = *(struct watch_wait *)arg;

    free(arg);
    wait.cb(&answer->status, answer->status.rc == STORE_OK && pg_bool(answer, 0, 0), wait.arg);
}

/* Said often; the same again changes nothing. */
void store_watch_beat(struct pg_conn *conn, const char *node, struct wall since, struct wall now,
                      store_watch_cb *cb, void *arg)
{
    struct watch_wait *wait = malloc(sizeof *wait);
    struct pg_args args = {0};

    if (wait == NULL)
        abort();
    *wait = (struct watch_wait){.cb = cb, .arg = arg};
    pg_arg_text(&args, node);  /* $1 */
    pg_arg_wall(&args, since); /* $2 */
    pg_arg_wall(&args, now);   /* $3 */
    pg_conn_send(conn, STMT_WATCH_BEAT, &args, on_beat, wait);
}

void store_watch_sight(struct pg_conn *conn, const char *node, bool blind, struct wall since,
                       struct wall now, store_done_cb *cb, void *arg)
{
    struct pg_args args = {0};

    pg_arg_text(&args, node);  /* $1 */
    pg_arg_bool(&args, blind); /* $2 */
    pg_arg_wall(&args, since); /* $3 */
    pg_arg_wall(&args, now);   /* $4 */
    pg_conn_send(conn, STMT_WATCH_SIGHT, &args, on_done, wait_new(cb, arg));
}

/* Refused when PostgreSQL does not know the zone. */
void store_zone_set(struct pg_conn *conn, const char *zone, store_done_cb *cb, void *arg)
{
    struct pg_args args = {0};

    pg_arg_text(&args, zone); /* $1 */
    pg_conn_send(conn, STMT_ZONE_SET, &args, on_done, wait_new(cb, arg));
}
