/* SPDX-License-Identifier: ISC */
#include "daemon/baselines.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/json.h"
#include "daemon/base/log.h"
#include "daemon/loop.h"
#include "sql/store_condition.h"

#define DEVICES_AT_ONCE 250 /* some 65 ms in the database, a few here */
#define NEXT_MS         500 /* between two of them */
#define RETRY_MS        60000
#define HOUR_US         (3600 * US_PER_S)
#define WEEKS_MOST      8

struct known {
    uint32_t device_id;
    uint32_t name; /* of measure and instance: two of one device share it once in a billion */
    struct baseline baseline;
};

struct list {
    struct known *known; /* by device, then name */
    size_t count;
    size_t room;
    int64_t hour; /* since 1970 */
};

struct baselines {
    struct loop *loop;
    struct loop_timer *timer;
    struct pg_conn *conn;
    struct list now;
    struct list next; /* that is being read */
    int64_t after;    /* the last device that was read */
    bool reading;     /* next is not whole */
    bool wanted;
    bool owed;
    bool database_up;
    bool stopping;
};

static uint32_t name_of(const char *measure, const char *instance)
{
    uint32_t hash = 2166136261U; /* FNV-1a */

    for (const char *at = measure; *at != '\0'; at++)
        hash = (hash ^ (uint8_t)*at) * 16777619U;
    hash *= 16777619U;
    for (const char *at = instance; *at != '\0'; at++)
        hash = (hash ^ (uint8_t)*at) * 16777619U;
    return hash;
}

static int compare(const void *a, const void *b)
{
    const struct known *left = a, *right = b;

    if (left->device_id != right->device_id)
        return left->device_id < right->device_id ? -1 : 1;
    return (left->name > right->name) - (left->name < right->name);
}

const struct baseline *baselines_find(const struct baselines *baselines, uint32_t device_id,
                                      const char *measure, const char *instance, struct wall at)
{
    struct known key = {.device_id = device_id, .name = name_of(measure, instance)};
    const struct known *found;

    if (baselines->now.count == 0 || baselines->now.hour != at.us / HOUR_US)
        return NULL;
    found = bsearch(&key, baselines->now.known, baselines->now.count, sizeof key, compare);
    return found == NULL ? NULL : &found->baseline;
}

size_t baselines_count(const struct baselines *baselines)
{
    return baselines->now.count;
}

/* ---- reading ---- */

static void clear(struct list *list)
{
    free(list->known);
    *list = (struct list){0};
}

static void arm(struct baselines *baselines, int64_t ms)
{
    if (!baselines->stopping)
        loop_timer_arm(baselines->timer, ms);
}

/* [device, measure, instance, weeks, q1, median, q3] */
static void take(struct list *list, const struct js *row)
{
    int64_t weeks = js_as_i64(js_at(row, 3), 0);

    if (list->count == list->room) {
        list->room = list->room == 0 ? 1024 : list->room * 2;
        list->known = reallocarray(list->known, list->room, sizeof *list->known);
        if (list->known == NULL)
            abort();
    }
    list->known[list->count++] = (struct known){
        .device_id = (uint32_t)js_as_i64(js_at(row, 0), 0),
        .name = name_of(js_as_text(js_at(row, 1)), js_as_text(js_at(row, 2))),
        .baseline = {.weeks = (uint8_t)(weeks < WEEKS_MOST ? weeks : WEEKS_MOST),
                     .q1 = (float)js_as_real(js_at(row, 4), 0),
                     .median = (float)js_as_real(js_at(row, 5), 0),
                     .q3 = (float)js_as_real(js_at(row, 6), 0)},
    };
}

static bool is_row(const struct js *row)
{
    return js_count(row) == 7 && js_as_text(js_at(row, 1)) != NULL &&
           js_as_text(js_at(row, 2)) != NULL;
}

static void finish(struct baselines *baselines)
{
    clear(&baselines->now);
    baselines->now = baselines->next;
    baselines->next = (struct list){0};
    baselines->reading = false;
    if (baselines->now.count > 0)
        qsort(baselines->now.known, baselines->now.count, sizeof *baselines->now.known, compare);
    log_debug("degraded.baselines", "numbers=%zu", baselines->now.count);
}

static void on_read(const struct store_status *status, const char *json, void *arg)
{
    struct baselines *baselines = arg;
    struct err err;
    struct js *page =
        status->rc == STORE_OK && json != NULL ? js_parse(json, strlen(json), &err) : NULL;
    const struct js *rows = js_get(page, "rows");

    baselines->owed = false;
    if (status->rc == STORE_REFUSED || status->rc == STORE_BROKEN)
        log_warn("degraded.no_baselines", "reason=\"%s\"", status->words);
    if (page == NULL) {
        arm(baselines, RETRY_MS);
        return;
    }
    for (size_t i = 0; i < js_count(rows); i++)
        if (is_row(js_at(rows, i)))
            take(&baselines->next, js_at(rows, i));
    if (js_kind(js_get(page, "last")) == JS_INTEGER)
        baselines->after = js_i64(page, "last", 0);
    else
        finish(baselines);
    js_free(page);
    arm(baselines, baselines->reading ? NEXT_MS : 0);
}

static void begin(struct baselines *baselines, int64_t hour)
{
    clear(&baselines->next);
    baselines->next.hour = hour;
    baselines->after = 0;
    baselines->reading = true;
}

static void on_time(void *arg)
{
    struct baselines *baselines = arg;
    struct wall now = loop_wall(baselines->loop);
    int64_t hour = now.us / HOUR_US;

    if (!baselines->database_up || !baselines->wanted || baselines->owed)
        return;
    if (!baselines->reading && baselines->now.hour == hour) {
        arm(baselines, ((hour + 1) * HOUR_US - now.us) / US_PER_MS + 1);
        return;
    }
    if (!baselines->reading || baselines->next.hour != hour)
        begin(baselines, hour);
    baselines->owed = true;
    store_baselines(baselines->conn, baselines->after, DEVICES_AT_ONCE, now, on_read, baselines);
}

void baselines_on_database(struct baselines *baselines, bool up)
{
    baselines->database_up = up;
    if (up)
        arm(baselines, NEXT_MS);
}

void baselines_set_wanted(struct baselines *baselines, bool wanted)
{
    baselines->wanted = wanted;
    if (!wanted)
        clear(&baselines->now);
    else if (baselines->database_up)
        arm(baselines, NEXT_MS);
}

/* ---- life ---- */

struct baselines *baselines_new(struct loop *loop)
{
    struct baselines *baselines = calloc(1, sizeof *baselines);

    if (baselines == NULL)
        abort();
    baselines->loop = loop;
    baselines->timer = loop_timer_new(loop, on_time, baselines);
    return baselines;
}

void baselines_set_database(struct baselines *baselines, struct pg_conn *conn)
{
    baselines->conn = conn;
}

void baselines_stop(struct baselines *baselines)
{
    baselines->stopping = true;
    loop_timer_disarm(baselines->timer);
}

bool baselines_idle(const struct baselines *baselines)
{
    return !baselines->owed;
}

void baselines_free(struct baselines *baselines)
{
    if (baselines == NULL)
        return;
    loop_timer_free(baselines->timer);
    clear(&baselines->now);
    clear(&baselines->next);
    free(baselines);
}
