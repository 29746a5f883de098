/* SPDX-License-Identifier: ISC */
#include "sql/store_condition.h"

#include <stdlib.h>

#include "sql/pg_call.h"
#include "sql/store_json.h"

struct report_wait {
    store_done_cb *cb;
    void *arg;
};

static void on_reported(const struct pg_answer *answer, void *arg)
{
    struct report_wait wait = *(struct report_wait *)arg;

    free(arg);
    wait.cb(&answer->status, wait.arg);
}

void store_condition_report(struct pg_conn *conn, const char *conditions_json, struct wall now,
                            store_done_cb *cb, void *arg)
{
    struct report_wait *wait = malloc(sizeof *wait);
    struct pg_args args = {0};

    if (wait == NULL)
        abort();
    *wait = (struct report_wait){.cb = cb, .arg = arg};
    pg_arg_text(&args, conditions_json); /* $1 */
    pg_arg_wall(&args, now);             /* $2 */
    pg_conn_send(conn, STMT_CONDITION_REPORT, &args, on_reported, wait);
    pg_args_free(&args);
}

void store_flapping_load(struct pg_conn *conn, struct wall now, store_json_cb *cb, void *arg)
{
    struct pg_args args = {0};

    pg_arg_wall(&args, now); /* $1 */
    store_json(conn, STMT_FLAPPING_LOAD, &args, cb, arg);
}

void store_cause_load(struct pg_conn *conn, struct wall now, store_json_cb *cb, void *arg)
{
    struct pg_args args = {0};

    pg_arg_wall(&args, now); /* $1 */
    store_json(conn, STMT_CAUSE_LOAD, &args, cb, arg);
}

void store_degraded_load(struct pg_conn *conn, store_json_cb *cb, void *arg)
{
    store_json(conn, STMT_DEGRADED_LOAD, NULL, cb, arg);
}

void store_baselines(struct pg_conn *conn, int64_t after, int64_t most, struct wall now,
                     store_json_cb *cb, void *arg)
{
    struct pg_args args = {0};

    pg_arg_i64(&args, after); /* $1 */
    pg_arg_i64(&args, most);  /* $2 */
    pg_arg_wall(&args, now);  /* $3 */
    store_json(conn, STMT_BASELINES_LOAD, &args, cb, arg);
}
