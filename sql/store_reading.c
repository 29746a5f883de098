/* SPDX-License-Identifier: ISC */
#include "sql/store_reading.h"

#include <stdlib.h>

#include "sql/pg_call.h"

struct put_wait {
    store_done_cb *cb;
    void *arg;
};

static void on_put(const struct pg_answer *answer, void *arg)
{
    struct put_wait wait = *(struct put_wait *)arg;

    free(arg);
    wait.cb(&answer->status, wait.arg);
}

void store_readings_put(struct pg_conn *conn, const char *rows_json, store_done_cb *cb, void *arg)
{
    struct put_wait *wait = malloc(sizeof *wait);
    struct pg_args args = {0};

    if (wait == NULL)
        abort();
    *wait = (struct put_wait){.cb = cb, .arg = arg};
    pg_arg_text(&args, rows_json); /* $1 */
    pg_conn_send(conn, STMT_READINGS_PUT, &args, on_put, wait);
}
