/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "sql/pg_call.h"

struct stats_wait {
    store_stats_cb *cb;
    void *arg;
};

static void on_stats(const struct pg_answer *answer, void *arg)
{
    struct stats_wait wait = *(struct stats_wait *)arg;
    struct store_stats stats = {0};

    free(arg);
    if (answer->status.rc == STORE_OK)
        stats = (struct store_stats){
            .tickets_open = pg_i64(answer, 0, 0),
            .outages_open = pg_i64(answer, 0, 1),
            .outbox_waiting = pg_i64(answer, 0, 2),
            .outbox_dead = pg_i64(answer, 0, 3),
            .outbox_oldest_s = pg_real(answer, 0, 4),
        };
    wait.cb(&answer->status, &stats, wait.arg);
}

/* Figures of this instant. */
void store_stats(struct pg_conn *conn, struct wall now, store_stats_cb *cb, void *arg)
{
    struct stats_wait *wait = malloc(sizeof *wait);
    struct pg_args args = {0};

    if (wait == NULL)
        abort();
    *wait = (struct stats_wait){.cb = cb, .arg = arg};
    pg_arg_wall(&args, now); /* $1 */
    pg_conn_send(conn, STMT_STATS, &args, on_stats, wait);
}
