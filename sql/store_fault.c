/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "sql/pg_call.h"

struct fault_wait {
    store_fault_cb *cb;
    void *arg;
};

static void on_fault(const struct pg_answer *answer, void *arg)
{
    struct fault_wait wait = *(struct fault_wait *)arg;
    struct store_fault_answer said = {.outcome = ""};

    free(arg);
    if (answer->status.rc == STORE_OK) {
        said.ticket = pg_i64(answer, 0, 0);
        said.outcome = pg_text(answer, 0, 1);
    }
    wait.cb(&answer->status, &said, wait.arg);
}

/* What the engine knows of one outage; may be repeated, in any order. */
void store_fault_report(struct pg_conn *conn, const struct store_fault *fault, struct wall now,
                        store_fault_cb *cb, void *arg)
{
    struct fault_wait *wait = malloc(sizeof *wait);
    struct pg_args args = {0};

    if (wait == NULL)
        abort();
    *wait = (struct fault_wait){.cb = cb, .arg = arg};
    pg_arg_text(&args, fault->site);                                  /* $1 */
    pg_arg_text(&args, fault->root);                                  /* $2 */
    pg_arg_wall(&args, fault->last_good);                             /* $3 */
    pg_arg_wall(&args, fault->first_bad);                             /* $4 */
    pg_arg_wall(&args, fault->detected);                              /* $5 */
    pg_arg_wall(&args, fault->restored);                              /* $6 */
    pg_arg_text_array(&args, fault->affected, fault->affected_count); /* $7 */
    pg_arg_wall(&args, now);                                          /* $8 */
    if (fault->answers_ping == NULL)
        pg_arg_text(&args, NULL); /* $9 */
    else
        pg_arg_bool(&args, *fault->answers_ping);
    pg_arg_text(&args, fault->evidence); /* $10 */
    pg_arg_text(&args, fault->cause);    /* $11 */
    pg_conn_send(conn, STMT_FAULT_REPORT, &args, on_fault, wait);
    pg_args_free(&args);
}
