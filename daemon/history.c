/* SPDX-License-Identifier: ISC */
#include "daemon/history.h"

#include <inttypes.h>
#include <stdlib.h>

#include "daemon/base/json.h"
#include "daemon/base/log.h"
#include "daemon/loop.h"
#include "probes/rollup_queue.h"
#include "sql/store_history.h"

#define GATHER_MS  5000 /* between two batches: many slots end together */
#define BATCH_MOST 50000
#define KEEP_MS    300000 /* between two rounds of housekeeping */

struct history {
    struct loop *loop;
    struct loop_timer *flush;
    struct loop_timer *keep;
    struct pg_conn *conn;
    struct pg_copy *copy;
    struct rollup_queue queue;
    size_t under_way; /* rows of the queue's front that the database has not answered for */
    uint64_t dropped_told;
    uint64_t stored;
    int64_t keep_ms;
    int64_t keep_hours_ms;
    unsigned owed;
    bool failing; /* said already */
    bool database_up;
    bool stopping;
};

static void flush_soon(struct history *history)
{
    loop_timer_arm(history->flush, history->stopping ? 0 : GATHER_MS);
}

static struct store_rollup row_of(const struct rollup_record *record)
{
    bool answered = record->sent > record->lost;

    return (struct store_rollup){
        .device_id = record->device_id,
        .slot = {(int64_t)record->slot * ROLLUP_SLOT_S * US_PER_S},
        .sent = record->sent,
        .lost = record->lost,
        .min_us = answered ? (int64_t)record->min_us : -1,
        .mean_us = answered ? (int64_t)record->mean_us : -1,
        .p95_us = answered ? (int64_t)record->p95_us : -1,
        .max_us = answered ? (int64_t)record->max_us : -1,
    };
}

/* Rows that the queue let go meanwhile were its oldest: those under way. */
static void forget_sent(struct history *history, uint64_t dropped_since)
{
    size_t left = history->under_way;

    left -= dropped_since < left ? (size_t)dropped_since : left;
    rollup_queue_sent(&history->queue, left);
    history->under_way = 0;
}

static void on_stored(const struct store_status *status, int64_t count, void *arg)
{
    struct history *history = arg;

    if (status->rc == STORE_OK) {
        history->stored += (uint64_t)count;
        history->failing = false;
        forget_sent(history, history->queue.dropped - history->dropped_told);
        history->dropped_told = history->queue.dropped;
    } else if (!history->failing && !history->stopping) {
        history->failing = true;
        log_warn("history.not_stored", "rows=%zu reason=\"%s\" again_in=5s", history->under_way,
                 status->words);
    }
    history->under_way = 0;
    if (history->queue.count > 0 && !(history->stopping && status->rc != STORE_OK))
        flush_soon(history);
}

static void on_flush(void *arg)
{
    struct history *history = arg;
    size_t count = history->queue.count < BATCH_MOST ? history->queue.count : BATCH_MOST;
    struct wall now = loop_wall(history->loop);
    struct store_rollup *rows;

    if (!history->database_up || history->under_way > 0 || count == 0)
        return;
    rows = calloc(count, sizeof *rows);
    if (rows == NULL)
        abort();
    for (size_t i = 0; i < count; i++)
        rows[i] = row_of(rollup_queue_peek(&history->queue, i));
    if (history->queue.dropped > history->dropped_told)
        log_warn("history.dropped", "rows=%" PRIu64,
                 history->queue.dropped - history->dropped_told);
    history->dropped_told = history->queue.dropped;
    history->under_way = count;
    store_rollups(history->copy, rows, count, (struct wall){now.us - history->keep_ms * US_PER_MS},
                  now, on_stored, history);
    free(rows);
}

void history_add(struct history *history, const struct rollup_record *record)
{
    bool first = history->queue.count == 0;

    rollup_queue_push(&history->queue, record);
    if (first && history->under_way == 0)
        flush_soon(history);
}

static void on_kept(const struct store_status *status, const char *json, void *arg)
{
    struct history *history = arg;

    history->owed--;
    if (status->rc == STORE_OK)
        log_debug("history.kept", "%s", json == NULL ? "by another node" : json);
}

static void on_keep(void *arg)
{
    struct history *history = arg;

    if (!history->database_up || history->stopping)
        return;
    if (history->owed == 0) {
        history->owed++;
        store_history_keep(history->conn, history->keep_ms, history->keep_hours_ms,
                           loop_wall(history->loop), on_kept, history);
    }
    loop_timer_arm(history->keep, KEEP_MS);
}

/* ---- life ---- */

struct history *history_new(struct loop *loop)
{
    struct history *history = calloc(1, sizeof *history);

    if (history == NULL)
        abort();
    history->loop = loop;
    history->flush = loop_timer_new(loop, on_flush, history);
    history->keep = loop_timer_new(loop, on_keep, history);
    return history;
}

void history_set_keep(struct history *history, int64_t keep_ms, int64_t keep_hours_ms)
{
    history->keep_ms = keep_ms;
    history->keep_hours_ms = keep_hours_ms;
}

void history_set_database(struct history *history, struct pg_conn *conn, struct pg_copy *copy)
{
    history->conn = conn;
    history->copy = copy;
}

void history_on_database(struct history *history, bool up)
{
    history->database_up = up;
    if (!up)
        return;
    loop_timer_arm(history->keep, 0);
    if (history->queue.count > 0 && history->under_way == 0)
        flush_soon(history);
}

void history_counts(const struct history *history, struct history_counts *out)
{
    *out = (struct history_counts){history->stored, history->queue.dropped, history->queue.count};
}

void history_stop(struct history *history)
{
    history->stopping = true;
    loop_timer_disarm(history->keep);
    if (history->under_way == 0)
        on_flush(history);
}

bool history_idle(const struct history *history)
{
    return history->owed == 0 && history->under_way == 0 &&
           (history->queue.count == 0 || !history->database_up);
}

void history_free(struct history *history)
{
    if (history == NULL)
        return;
    loop_timer_free(history->flush);
    loop_timer_free(history->keep);
    rollup_queue_free(&history->queue);
    free(history);
}
