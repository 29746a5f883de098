/* SPDX-License-Identifier: ISC */
#include "sql/store_history.h"

#include <stdlib.h>
#include <string.h>

#include "sql/pg_copy.h"
#include "sql/store_json.h"

/* COPY's binary format [PostgreSQL 15, COPY]: signature, flags, extension; rows; the trailer. */
#define SIGNATURE   "PGCOPY\n\377\r\n"
#define HEAD_BYTES  (sizeof SIGNATURE + 4 + 4) /* the signature ends with a NUL */
#define COLUMNS     8
#define ROW_MOST    (2 + 3 * (4 + 4) + 5 * (4 + 8))
#define PG_EPOCH_US INT64_C(946684800000000) /* 2000-01-01T00:00:00Z */

struct count_wait {
    store_count_cb *cb;
    void *arg;
};

static void put(uint8_t **at, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        (*at)[i] = (uint8_t)(number >> (8 * (bytes - 1 - i)));
    *at += bytes;
}

static void put_int(uint8_t **at, uint32_t number)
{
    put(at, 4, 4);
    put(at, number, 4);
}

static void put_bigint(uint8_t **at, int64_t number)
{
    put(at, 8, 4);
    put(at, (uint64_t)number, 8);
}

/* Below 0: null. */
static void put_time(uint8_t **at, int64_t us)
{
    if (us < 0)
        put(at, UINT32_MAX, 4);
    else
        put_bigint(at, us);
}

static void put_row(uint8_t **at, const struct store_rollup *row)
{
    put(at, COLUMNS, 2);
    put_int(at, row->device_id);
    put_bigint(at, row->slot.us - PG_EPOCH_US);
    put_int(at, row->sent);
    put_int(at, row->lost);
    put_time(at, row->min_us);
    put_time(at, row->mean_us);
    put_time(at, row->p95_us);
    put_time(at, row->max_us);
}

static void on_taken(const struct pg_answer *answer, void *arg)
{
    struct count_wait wait = *(struct count_wait *)arg;

    free(arg);
    wait.cb(&answer->status, answer->status.rc == STORE_OK ? pg_i64(answer, 0, 0) : 0, wait.arg);
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
    struct count_wait *wait = malloc(sizeof *wait);
    uint8_t *bytes = malloc(HEAD_BYTES + count * ROW_MOST + 2), *at = bytes;
    struct pg_args args = {0};

    if (wait == NULL || bytes == NULL)
        abort();
    *wait = (struct count_wait){cb, arg};
    memcpy(at, SIGNATURE, sizeof SIGNATURE);
    at += sizeof SIGNATURE;
    put(&at, 0, 4);
    put(&at, 0, 4);
    for (size_t i = 0; i < count; i++)
        put_row(&at, &rows[i]);
    put(&at, UINT16_MAX, 2);
    pg_arg_wall(&args, oldest); /* $1 */
    pg_arg_wall(&args, now);    /* $2 */
    pg_copy_send(copy, STMT_ROLLUP_COPY, bytes, (size_t)(at - bytes), STMT_ROLLUP_TAKE, &args,
                 on_taken, wait);
    free(bytes);
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
