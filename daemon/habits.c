/* SPDX-License-Identifier: ISC */
#include "daemon/habits.h"

#include <stdlib.h>

#include "daemon/base/hash.h"
#include "daemon/base/log.h"
#include "daemon/loop.h"
#include "sql/store.h"

#define GATHER_MS 120000 /* between two rounds of writing */
#define NEXT_MS   1000 /* between two statements of a round: neither we nor PostgreSQL is held up */
#define RETRY_MS  30000
#define ROWS_MOST 5000 /* in one statement */

struct entry {
    struct learned_news news;
    bool under_way;
    UT_hash_handle hh;
};

struct habits {
    struct loop *loop;
    struct loop_timer *timer;
    struct pg_conn *conn;
    struct entry *entries; /* that wait, by device, oldest first */
    bool up;
    bool armed;
    bool owed; /* one statement at a time */
    bool stopping;
};

static void on_time(void *arg);

struct habits *habits_new(struct loop *loop)
{
    struct habits *habits = calloc(1, sizeof *habits);

    if (habits == NULL)
        abort();
    habits->loop = loop;
    habits->timer = loop_timer_new(loop, on_time, habits);
    return habits;
}

void habits_free(struct habits *habits)
{
    struct entry *entry, *next;

    if (habits == NULL)
        return;
    HASH_ITER(hh, habits->entries, entry, next)
    {
        HASH_DEL(habits->entries, entry);
        free(entry);
    }
    loop_timer_free(habits->timer);
    free(habits);
}

void habits_set_database(struct habits *habits, struct pg_conn *conn)
{
    habits->conn = conn;
}

size_t habits_waiting(const struct habits *habits)
{
    return HASH_COUNT(habits->entries);
}

static void arm(struct habits *habits, int64_t delay_ms)
{
    if (!habits->up || habits->owed || habits->armed || habits->entries == NULL)
        return;
    habits->armed = true;
    loop_timer_arm(habits->timer, delay_ms);
}

void habits_hear(struct habits *habits, const struct learned_news *news)
{
    struct entry *entry;

    HASH_FIND(hh, habits->entries, &news->device_id, sizeof news->device_id, entry);
    if (entry == NULL) {
        entry = calloc(1, sizeof *entry);
        if (entry == NULL)
            abort();
        entry->news.device_id = news->device_id;
        HASH_ADD(hh, habits->entries, news.device_id, sizeof entry->news.device_id, entry);
    }
    entry->news = *news;
    entry->under_way = false; /* an older word is */
    arm(habits, GATHER_MS);
}

static struct store_learned row_of(const struct learned_news *news)
{
    const struct learned *learned = &news->learned;

    return (struct store_learned){.device_id = news->device_id,
                                  .of = learned->of,
                                  .at = learned->at,
                                  .usual_ppm = learned->usual_ppm,
                                  .habit_ppm = learned->habit_ppm,
                                  .recent_ppm = learned->recent_ppm,
                                  .burst_milli = learned->burst_milli,
                                  .burst_ms = learned->burst_ms,
                                  .srtt_us = learned->srtt_us,
                                  .rttvar_us = learned->rttvar_us};
}

/* What was under way stands at the front, for it was the oldest: only that is looked at. */
static void settle(struct habits *habits, bool written)
{
    struct entry *entry, *next;
    size_t looked = 0;

    HASH_ITER(hh, habits->entries, entry, next)
    {
        if (looked++ == ROWS_MOST)
            break;
        if (entry->under_way && written) {
            HASH_DEL(habits->entries, entry);
            free(entry);
        } else {
            entry->under_way = false;
        }
    }
}

static void on_written(const struct store_status *status, void *arg)
{
    struct habits *habits = arg;
    bool written = status->rc == STORE_OK || status->rc == STORE_REFUSED;

    habits->owed = false;
    if (status->rc == STORE_REFUSED || status->rc == STORE_BROKEN)
        log_warn("habits.not_stored", "reason=\"%s\"", status->words);
    settle(habits, written);
    if (!habits->stopping)
        arm(habits, written ? NEXT_MS : RETRY_MS);
    else if (written)
        arm(habits, 0);
}

static void on_time(void *arg)
{
    struct habits *habits = arg;
    size_t waiting = habits_waiting(habits), count = 0;
    size_t most = waiting < ROWS_MOST ? waiting : ROWS_MOST;
    struct store_learned *rows = calloc(most + 1, sizeof *rows);
    struct entry *entry, *next;

    habits->armed = false;
    if (rows == NULL)
        abort();
    HASH_ITER(hh, habits->entries, entry, next)
    {
        if (count == most)
            break;
        entry->under_way = true;
        rows[count++] = row_of(&entry->news);
    }
    if (count > 0 && habits->up && !habits->owed) {
        habits->owed = true;
        store_learned_report(habits->conn, rows, count, on_written, habits);
    }
    free(rows);
}

void habits_on_database(struct habits *habits, bool up)
{
    habits->up = up;
    if (!up) {
        loop_timer_disarm(habits->timer);
        habits->armed = false;
    }
    arm(habits, GATHER_MS);
}

void habits_stop(struct habits *habits)
{
    habits->stopping = true;
    loop_timer_disarm(habits->timer);
    habits->armed = false;
    arm(habits, 0);
}

bool habits_idle(const struct habits *habits)
{
    return !habits->owed && !habits->armed;
}
