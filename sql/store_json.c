/* SPDX-License-Identifier: ISC */
#include "sql/store_json.h"

#include <stdlib.h>

struct json_wait {
    store_json_cb *cb;
    void *arg;
};

static void on_json(const struct pg_answer *answer, void *arg)
{
    struct json_wait wait = *(struct json_wait *)arg;
    bool is_there = pg_rows(answer) > 0 && !pg_is_null(answer, 0, 0);

    free(arg);
    wait.cb(&answer->status, is_there ? pg_text(answer, 0, 0) : NULL, wait.arg);
}

void store_json(struct pg_conn *conn, enum stmt stmt, struct pg_args *args, store_json_cb *cb,
                void *arg)
{
    struct json_wait *wait = malloc(sizeof *wait);

    if (wait == NULL)
        abort();
    *wait = (struct json_wait){.cb = cb, .arg = arg};
    pg_conn_send(conn, stmt, args, on_json, wait);
    if (args != NULL)
        pg_args_free(args);
}
