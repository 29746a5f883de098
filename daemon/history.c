/* SPDX-License-Identifier: ISC */
#include "daemon/history.h"

#include <inttypes.h>
#include <stdlib.h>

#include "daemon/base/json.h"
#include "daemon/base/log.h"
#include "daemon/loop.h"
#include "daemon/reading_shelf.h"
#include "probes/rollup_queue.h"
#include "sql/store_history.h"

#define GATHER_MS  5000 /* between two batches: many slots end together */
#define BATCH_MOST 50000
#define KEEP_MS    300000 /* between two rounds of housekeeping */
#define SWEEP_MS   60000  /* between two looks for readings whose device is not read any more */

struct history {
    struct loop *loop;
    struct loop_timer *flush;
    struct loop_timer *keep;
    struct loop_timer *sweep;
    struct pg_conn *conn;
    struct pg_copy *copy;
    struct rollup_queue queue;
    size_t under_way; /* rows of the queue's front that the database has not answered for */
    uint64_t dropped_told;
    uint64_t stored;
    struct reading_shelf *shelf;
    bool shelf_under_way; /* its front, that is */
    bool shelf_next;      /* the probes had their turn */
    uint64_t shelf_dropped_told;
    uint64_t readings_stored;
    uint32_t readings_most;
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
        .slot = rollup_slot_at(record->slot),
        .sent = record->sent,
        .lost = record->lost,
        .from_ms = record->from_ms,
        .until_ms = record->until_ms,
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

static void say_failing(struct history *history, size_t rows, const char *words)
{
    if (!history->failing && !history->stopping)
        log_warn("history.not_stored", "rows=%zu reason=\"%s\" again_in=5s", rows, words);
    history->failing = true;
}

static bool is_waiting(const struct history *history)
{
    return history->queue.count > 0 || reading_shelf_waiting(history->shelf) > 0;
}

/* Another batch, unless the last one found nobody and we are on our way out. */
static void go_on(struct history *history, bool good)
{
    if (!is_waiting(history) || (history->stopping && !good))
        return;
    if (good && reading_shelf_is_full(history->shelf))
        loop_timer_arm(history->flush, 0);
    else
        flush_soon(history);
}

static void on_stored(const struct store_status *status, int64_t count, void *arg)
{
    struct history *history = arg;
    bool good = status->rc == STORE_OK;

    if (good) {
        history->stored += (uint64_t)count;
        history->failing = false;
        forget_sent(history, history->queue.dropped - history->dropped_told);
        history->dropped_told = history->queue.dropped;
    } else {
        say_failing(history, history->under_way, status->words);
    }
    history->under_way = 0;
    go_on(history, good);
}

static void on_shelf_stored(const struct store_status *status, int64_t count, void *arg)
{
    struct history *history = arg;
    bool good = status->rc == STORE_OK;

    history->shelf_under_way = false;
    if (good) {
        history->readings_stored += (uint64_t)count;
        history->failing = false;
        reading_shelf_taken(history->shelf);
    } else {
        say_failing(history, reading_shelf_waiting(history->shelf), status->words);
    }
    go_on(history, good);
}

static void say_dropped(const char *what, uint64_t dropped, uint64_t *told)
{
    if (dropped > *told)
        log_warn("history.dropped", "what=%s rows=%" PRIu64, what, dropped - *told);
    *told = dropped;
}

static void send_probes(struct history *history, struct wall oldest, struct wall now)
{
    size_t count = history->queue.count < BATCH_MOST ? history->queue.count : BATCH_MOST;
    struct store_rollup *rows = calloc(count, sizeof *rows);

    if (rows == NULL)
        abort();
    for (size_t i = 0; i < count; i++)
        rows[i] = row_of(rollup_queue_peek(&history->queue, i));
    say_dropped("probes", history->queue.dropped, &history->dropped_told);
    history->under_way = count;
    store_rollups(history->copy, rows, count, oldest, now, on_stored, history);
    free(rows);
}

static void send_readings(struct history *history, struct wall oldest, struct wall now)
{
    struct copy_rows *rows = reading_shelf_front(history->shelf);

    say_dropped("readings", reading_shelf_dropped(history->shelf), &history->shelf_dropped_told);
    history->shelf_under_way = true;
    store_reading_rows(history->copy, rows, oldest, now, history->readings_most, on_shelf_stored,
                       history);
}

static bool is_busy(const struct history *history)
{
    return history->under_way > 0 || history->shelf_under_way;
}

/* One batch at a time, probes and readings by turns. */
static void on_flush(void *arg)
{
    struct history *history = arg;
    struct wall now = loop_wall(history->loop);
    struct wall oldest = {now.us - history->keep_ms * US_PER_MS};
    bool probes = history->queue.count > 0, readings = reading_shelf_waiting(history->shelf) > 0;

    if (!history->database_up || is_busy(history) || (!probes && !readings))
        return;
    if (readings && (history->shelf_next || !probes))
        send_readings(history, oldest, now);
    else
        send_probes(history, oldest, now);
    history->shelf_next = !history->shelf_under_way;
}

static void on_sweep(void *arg)
{
    struct history *history = arg;
    uint32_t slot = rollup_slot(loop_wall(history->loop));
    bool none = !is_waiting(history);

    reading_shelf_end_before(history->shelf, slot - 1);
    if (none && !is_busy(history) && is_waiting(history))
        flush_soon(history);
    loop_timer_arm(history->sweep, SWEEP_MS);
}

void history_add(struct history *history, const struct rollup_record *record)
{
    bool first = !is_waiting(history);

    rollup_queue_push(&history->queue, record);
    if (first && !is_busy(history))
        flush_soon(history);
}

void history_add_reading(struct history *history, const struct reading_report *report,
                         const struct profile_metric *metric)
{
    bool first = !is_waiting(history);

    reading_shelf_add(history->shelf, report, metric);
    if (first && is_waiting(history) && !is_busy(history))
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
    history->sweep = loop_timer_new(loop, on_sweep, history);
    history->shelf = reading_shelf_new(0);
    loop_timer_arm(history->sweep, SWEEP_MS);
    return history;
}

void history_set_keep(struct history *history, int64_t keep_ms, int64_t keep_hours_ms,
                      uint32_t readings)
{
    history->keep_ms = keep_ms;
    history->keep_hours_ms = keep_hours_ms;
    history->readings_most = readings;
    reading_shelf_set_most(history->shelf, readings);
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
    if (is_waiting(history) && !is_busy(history))
        flush_soon(history);
}

void history_counts(const struct history *history, struct history_counts *out)
{
    *out = (struct history_counts){.stored = history->stored,
                                   .dropped = history->queue.dropped,
                                   .waiting = history->queue.count,
                                   .readings_stored = history->readings_stored,
                                   .readings_dropped = reading_shelf_dropped(history->shelf),
                                   .readings_waiting = reading_shelf_waiting(history->shelf)};
}

void history_stop(struct history *history)
{
    history->stopping = true;
    loop_timer_disarm(history->keep);
    loop_timer_disarm(history->sweep);
    reading_shelf_end_before(history->shelf, UINT32_MAX);
    on_flush(history);
}

bool history_idle(const struct history *history)
{
    return history->owed == 0 && !is_busy(history) &&
           (!is_waiting(history) || !history->database_up);
}

void history_free(struct history *history)
{
    if (history == NULL)
        return;
    loop_timer_free(history->flush);
    loop_timer_free(history->keep);
    loop_timer_free(history->sweep);
    reading_shelf_free(history->shelf);
    rollup_queue_free(&history->queue);
    free(history);
}
