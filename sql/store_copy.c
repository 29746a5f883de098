/* SPDX-License-Identifier: ISC */
#include "sql/store_copy.h"

#include <stdlib.h>

#include "sql/pg_copy.h"

struct count_wait {
    store_count_cb *cb;
    void *arg;
};

static void on_taken(const struct pg_answer *answer, void *arg)
{
    struct count_wait wait = *(struct count_wait *)arg;

    free(arg);
    wait.cb(&answer->status, answer->status.rc == STORE_OK ? pg_i64(answer, 0, 0) : 0, wait.arg);
}

void store_copy(struct pg_copy *pg, enum stmt copy, struct copy_rows *rows, enum stmt take,
                const struct pg_args *args, store_count_cb *cb, void *arg)
{
    struct count_wait *wait = malloc(sizeof *wait);

    if (wait == NULL)
        abort();
    *wait = (struct count_wait){cb, arg};
    copy_rows_end(rows);
    pg_copy_send(pg, copy, rows->at, rows->bytes, take, args, on_taken, wait);
}
