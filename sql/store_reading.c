/* SPDX-License-Identifier: ISC */
#include "sql/store_reading.h"

#include <stdlib.h>
#include <string.h>

#include "sql/pg_call.h"
#include "sql/store_copy.h"

#define COLUMNS 13

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

void store_device_report(struct pg_conn *conn, const char *states_json, struct wall now,
                         store_done_cb *cb, void *arg)
{
    struct put_wait *wait = malloc(sizeof *wait);
    struct pg_args args = {0};

    if (wait == NULL)
        abort();
    *wait = (struct put_wait){.cb = cb, .arg = arg};
    pg_arg_text(&args, states_json); /* $1 */
    pg_arg_wall(&args, now);         /* $2 */
    pg_conn_send(conn, STMT_DEVICE_REPORT, &args, on_put, wait);
}

void store_reading_row_add(struct copy_rows *rows, const struct store_reading_row *row)
{
    copy_row(rows, COLUMNS);
    copy_i32(rows, row->device_id);
    copy_wall(rows, row->slot);
    copy_text(rows, row->metric);
    copy_text(rows, row->instance);
    copy_text(rows, row->kind);
    copy_text(rows, row->unit);
    copy_bool(rows, row->main);
    copy_i16(rows, (int16_t)row->place);
    copy_i32(rows, row->count);
    copy_f32(rows, row->last);
    if (row->count == 1 || strcmp(row->kind, "enum") == 0)
        copy_null(rows);
    else
        copy_f32(rows, row->mean);
    if (row->count == 1) {
        copy_null(rows);
        copy_null(rows);
        return;
    }
    copy_f32(rows, row->least);
    copy_f32(rows, row->most);
}

void store_reading_rows(struct pg_copy *copy, struct copy_rows *rows, struct wall oldest,
                        struct wall now, uint32_t most, store_count_cb *cb, void *arg)
{
    struct pg_args args = {0};

    pg_arg_wall(&args, oldest); /* $1 */
    pg_arg_wall(&args, now);    /* $2 */
    pg_arg_i64(&args, most);    /* $3 */
    store_copy(copy, STMT_READING_COPY, rows, STMT_READING_ROLLUP_TAKE, &args, cb, arg);
}
