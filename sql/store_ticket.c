/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "sql/pg_call.h"

struct count_wait {
    store_count_cb *cb;
    void *arg;
};

static void on_count(const struct pg_answer *answer, void *arg)
{
    struct count_wait wait = *(struct count_wait *)arg;

    free(arg);
    wait.cb(&answer->status, answer->status.rc == STORE_OK ? pg_i64(answer, 0, 0) : 0, wait.arg);
}

static struct count_wait *count_wait_new(store_count_cb *cb, void *arg)
{
    struct count_wait *wait = malloc(sizeof *wait);

    if (wait == NULL)
        abort();
    *wait = (struct count_wait){.cb = cb, .arg = arg};
    return wait;
}

/* The count is that of the tickets that were restored. */
void store_ticket_heal(struct pg_conn *conn, int64_t window_ms, int64_t self_heal_after_ms,
                       struct wall now, store_count_cb *cb, void *arg)
{
    struct pg_args args = {0};

    pg_arg_i64(&args, window_ms);          /* $1 */
    pg_arg_i64(&args, self_heal_after_ms); /* $2 */
    pg_arg_wall(&args, now);               /* $3 */
    pg_conn_send(conn, STMT_TICKET_HEAL, &args, on_count, count_wait_new(cb, arg));
}

void store_maintenance_run(struct pg_conn *conn, struct wall now, store_count_cb *cb, void *arg)
{
    struct pg_args args = {0};

    pg_arg_wall(&args, now); /* $1 */
    pg_conn_send(conn, STMT_MAINTENANCE_RUN, &args, on_count, count_wait_new(cb, arg));
}
