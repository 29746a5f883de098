/* SPDX-License-Identifier: ISC */
#include "sql/store_history.h"

#include "sql/pg_copy.h"
#include "sql/store_copy.h"
#include "sql/store_json.h"

#define COLUMNS 10

/* Below 0: null. */
static void put_time(struct copy_rows *out, int64_t us)
{
    if (us < 0)
        copy_null(out);
    else
        copy_i64(out, us);
}

static void put_row(struct copy_rows *out, const struct store_rollup *row)
{
    copy_row(out, COLUMNS);
    copy_i32(out, row->device_id);
    copy_wall(out, row->slot);
    copy_i32(out, row->sent);
    copy_i32(out, row->lost);
    copy_i32(out, row->from_ms);
    copy_i32(out, row->until_ms);
    put_time(out, row->min_us);
    put_time(out, row->mean_us);
    put_time(out, row->p95_us);
    put_time(out, row->max_us);
}

struct pg_copy *store_history_open(struct event_base *base, const char *conninfo, struct err *err)
{
    return pg_copy_new(base, conninfo, err);
}

bool store_history_is_busy(const struct pg_copy *copy)
{
    return pg_copy_is_busy(copy);
}

void store_history_close(struct pg_copy *copy)
{
    pg_copy_free(copy);
}

void store_rollups(struct pg_copy *copy, const struct store_rollup *rows, size_t count,
                   struct wall oldest, struct wall now, store_count_cb *cb, void *arg)
{
    struct copy_rows out = {0};
    struct pg_args args = {0};

    for (size_t i = 0; i < count; i++)
        put_row(&out, &rows[i]);
    pg_arg_wall(&args, oldest); /* $1 */
    pg_arg_wall(&args, now);    /* $2 */
    store_copy(copy, STMT_ROLLUP_COPY, &out, STMT_ROLLUP_TAKE, &args, cb, arg);
    copy_rows_free(&out);
}

void store_history_keep(struct pg_conn *conn, int64_t keep_ms, int64_t keep_hours_ms,
                        struct wall now, store_json_cb *cb, void *arg)
{
    struct pg_args args = {0};

    pg_arg_i64(&args, keep_ms);       /* $1 */
    pg_arg_i64(&args, keep_hours_ms); /* $2 */
    pg_arg_wall(&args, now);          /* $3 */
    store_json(conn, STMT_HISTORY_KEEP, &args, cb, arg);
}
