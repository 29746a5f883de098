/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "sql/pg_call.h"

struct done_wait {
    store_done_cb *cb;
    void *arg;
};

static void on_states(const struct pg_answer *answer, void *arg)
{
    struct done_wait wait = *(struct done_wait *)arg;

    free(arg);
    wait.cb(&answer->status, wait.arg);
}

/* What is believed of sites now; the last word counts. */
void store_state_report(struct pg_conn *conn, const char *states_json, struct wall now,
                        store_done_cb *cb, void *arg)
{
    struct done_wait *wait = malloc(sizeof *wait);
    struct pg_args args = {0};

    if (wait == NULL)
        abort();
    *wait = (struct done_wait){.cb = cb, .arg = arg};
    pg_arg_text(&args, states_json); /* $1 */
    pg_arg_wall(&args, now);         /* $2 */
    pg_conn_send(conn, STMT_STATE_REPORT, &args, on_states, wait);
}
