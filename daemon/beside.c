/* SPDX-License-Identifier: ISC */
#include "daemon/beside.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/hash.h"
#include "daemon/base/json.h"
#include "daemon/base/log.h"
#include "daemon/loop.h"
#include "probes/probers.h"
#include "sql/store_reading.h"

#define WRITE_EVERY_MS 1000
#define RETRY_MS       5000
#define ROWS_MOST      1000 /* in one call */
#define LINES_MOST     20   /* of single devices in the log, in so long */
#define LINES_MS       60000
#define STALE_MS       60000 /* so long after we were in touch again old verdicts may come */

enum beside_state { BESIDE_UNKNOWN = 1, BESIDE_UP, BESIDE_DOWN, BESIDE_STATE_END };

struct entry {
    struct beside_device device;
    enum beside_state state;
    struct wall since;
    struct wall down_since; /* set: it was down when its prober was lost, or we went blind */
    bool heard;             /* of which there is something to tell */
    bool due;
    bool under_way;
    bool planned;
    UT_hash_handle hh;
};

struct beside {
    struct loop *loop;
    struct loop_timer *timer;
    struct pg_conn *conn;
    struct entry *entries; /* by device */
    struct mono lines_until;
    uint32_t lines; /* until then */
    uint32_t held;  /* changes that were not said */
    bool blind;
    struct wall in_touch_at; /* when it ended last, */
    struct mono stale_until; /* and what was silent before that was believed by then is ignored */
    bool up;
    bool owed; /* one call at a time */
    bool stopping;
};

static const char *const state_words[BESIDE_STATE_END] = {
    [BESIDE_UNKNOWN] = "unknown", [BESIDE_UP] = "up", [BESIDE_DOWN] = "down"};

static void write_due(void *arg);

struct beside *beside_new(struct loop *loop)
{
    struct beside *beside = calloc(1, sizeof *beside);

    if (beside == NULL)
        abort();
    beside->loop = loop;
    beside->timer = loop_timer_new(loop, write_due, beside);
    return beside;
}

void beside_free(struct beside *beside)
{
    struct entry *entry, *next;

    if (beside == NULL)
        return;
    HASH_ITER(hh, beside->entries, entry, next)
    {
        HASH_DEL(beside->entries, entry);
        free(entry);
    }
    loop_timer_free(beside->timer);
    free(beside);
}

void beside_set_database(struct beside *beside, struct pg_conn *conn)
{
    beside->conn = conn;
}

static struct entry *find(const struct beside *beside, uint32_t device_id)
{
    struct entry *entry;

    HASH_FIND(hh, beside->entries, &device_id, sizeof device_id, entry);
    return entry;
}

/* NULL: nobody probes it, and what is said of it was under way. */
static struct entry *find_probed(const struct beside *beside, uint32_t device_id)
{
    struct entry *entry = find(beside, device_id);

    return entry == NULL || entry->device.left_out ? NULL : entry;
}

static void arm(struct beside *beside, int64_t delay_ms)
{
    if (beside->up && !beside->owed && !beside->stopping)
        loop_timer_arm(beside->timer, delay_ms);
}

/* A loss of power is a line a device; more than a few of them say nothing more. */
static void say(struct beside *beside, const struct entry *entry)
{
    struct mono now = loop_mono(beside->loop);

    if (now.us >= beside->lines_until.us) {
        if (beside->held > 0)
            log_info("devices.state", "changes_not_said=%u", beside->held);
        beside->lines_until = mono_add_ms(now, LINES_MS);
        beside->lines = beside->held = 0;
    }
    if (beside->lines >= LINES_MOST) {
        beside->held++;
        return;
    }
    beside->lines++;
    log_info("device.state", "site=%s device=%u state=%s", entry->device.code,
             entry->device.device_id, state_words[entry->state]);
    if (beside->lines == LINES_MOST)
        log_info("devices.state", "lines=%d quiet_s=%d", LINES_MOST, LINES_MS / 1000);
}

static void set_state(struct beside *beside, struct entry *entry, enum beside_state state,
                      struct wall since)
{
    if (entry->state == state)
        return;
    entry->state = state;
    entry->since = since;
    if (state != BESIDE_UNKNOWN)
        entry->down_since = (struct wall){0};
    entry->heard = true;
    entry->due = true;
    say(beside, entry);
    arm(beside, WRITE_EVERY_MS);
}

/* Told even if it was unknown before: the database may know it from an earlier run. */
static void forget(struct beside *beside, struct entry *entry)
{
    set_state(beside, entry, BESIDE_UNKNOWN, loop_wall(beside->loop));
    entry->down_since = (struct wall){0};
    if (entry->heard)
        return;
    entry->since = loop_wall(beside->loop);
    entry->heard = true;
    entry->due = true;
    arm(beside, WRITE_EVERY_MS);
}

void beside_take_plan(struct beside *beside, const struct beside_device *devices, size_t count)
{
    struct entry *entry, *next;

    HASH_ITER(hh, beside->entries, entry, next)
    entry->planned = false;
    for (size_t i = 0; i < count; i++) {
        entry = find(beside, devices[i].device_id);
        if (entry == NULL) {
            entry = calloc(1, sizeof *entry);
            if (entry == NULL)
                abort();
            entry->state = BESIDE_UNKNOWN;
            entry->device.device_id = devices[i].device_id;
            HASH_ADD(hh, beside->entries, device.device_id, sizeof entry->device.device_id, entry);
        }
        entry->device = devices[i];
        entry->planned = true;
        if (entry->device.left_out)
            forget(beside, entry);
    }
    HASH_ITER(hh, beside->entries, entry, next)
    if (!entry->planned) {
        HASH_DEL(beside->entries, entry);
        free(entry);
    }
}

/* It says more of us than of the device, which is asked anew when we are in touch again. */
static bool is_ours(const struct beside *beside, const struct entry *entry,
                    const struct link_change *change)
{
    if (entry->device.reference)
        return false;
    return beside->blind || (loop_mono(beside->loop).us < beside->stale_until.us &&
                             change->first_bad.us < beside->in_touch_at.us);
}

/* A miss or two are no state of their own, as with sites. */
bool beside_on_change(struct beside *beside, const struct link_change *change)
{
    struct entry *entry = find_probed(beside, change->device_id);

    if (entry == NULL)
        return false;
    switch (change->state) {
    case LINK_UP:
        set_state(beside, entry, BESIDE_UP,
                  wall_is_set(change->first_good) ? change->first_good : change->at);
        break;
    case LINK_DOWN:
        if (is_ours(beside, entry, change))
            set_state(beside, entry, BESIDE_UNKNOWN, loop_wall(beside->loop));
        else
            set_state(beside, entry, BESIDE_DOWN,
                      wall_is_set(change->first_bad) ? change->first_bad : change->at);
        break;
    case LINK_UNKNOWN:
    case LINK_SUSPECT:
    case LINK_RECOVERING:
    case LINK_STATE_END:
        break;
    }
    return true;
}

void beside_on_prober_lost(struct beside *beside, const struct probers *probers, uint32_t shard)
{
    struct entry *entry, *next;

    HASH_ITER(hh, beside->entries, entry, next)
    {
        if (probers_shard(probers, entry->device.device_id) != shard)
            continue;
        if (entry->state == BESIDE_DOWN)
            entry->down_since = entry->since;
        set_state(beside, entry, BESIDE_UNKNOWN, loop_wall(beside->loop));
    }
}

void beside_on_prober_ready(struct beside *beside, const struct probers *probers, uint32_t shard)
{
    struct entry *entry, *next;

    if (beside->blind)
        return;
    HASH_ITER(hh, beside->entries, entry, next)
    if (wall_is_set(entry->down_since) && probers_shard(probers, entry->device.device_id) == shard)
        set_state(beside, entry, BESIDE_DOWN, entry->down_since);
}

/* What fell silent after our last sight of a reference may have been up. */
static void lose_sight(struct beside *beside, struct wall since)
{
    struct entry *entry, *next;
    struct wall now = loop_wall(beside->loop);

    if (!wall_is_set(since))
        since = now;
    HASH_ITER(hh, beside->entries, entry, next)
    {
        if (entry->device.reference || entry->state == BESIDE_UNKNOWN)
            continue;
        if (entry->state == BESIDE_DOWN && entry->since.us < since.us)
            entry->down_since = entry->since;
        set_state(beside, entry, BESIDE_UNKNOWN, since.us > entry->since.us ? since : now);
    }
}

/* Who was down before is so until he answers; the prober begins the others anew. */
static void regain_sight(struct beside *beside, struct probers *probers)
{
    uint32_t *devices = calloc(HASH_COUNT(beside->entries) + 1, sizeof *devices);
    struct entry *entry, *next;
    size_t count = 0;

    if (devices == NULL)
        abort();
    beside->in_touch_at = loop_wall(beside->loop);
    beside->stale_until = mono_add_ms(loop_mono(beside->loop), STALE_MS);
    HASH_ITER(hh, beside->entries, entry, next)
    {
        if (entry->device.reference || entry->device.left_out)
            continue;
        if (wall_is_set(entry->down_since))
            set_state(beside, entry, BESIDE_DOWN, entry->down_since);
        else
            devices[count++] = entry->device.device_id;
    }
    probers_renew(probers, devices, count);
    free(devices);
}

void beside_set_blind(struct beside *beside, struct probers *probers, bool blind, struct wall since)
{
    if (blind == beside->blind)
        return;
    beside->blind = blind;
    if (blind)
        lose_sight(beside, since);
    else
        regain_sight(beside, probers);
}

const char *beside_site_of(const struct beside *beside, uint32_t device_id)
{
    const struct entry *entry = find_probed(beside, device_id);

    return entry == NULL ? NULL : entry->device.code;
}

void beside_counts(const struct beside *beside, struct beside_counts *out)
{
    const struct entry *entry, *next;

    *out = (struct beside_counts){0};
    HASH_ITER(hh, beside->entries, entry, next)
    {
        out->up += entry->state == BESIDE_UP;
        out->down += entry->state == BESIDE_DOWN;
        out->unknown += entry->state == BESIDE_UNKNOWN;
        out->left_out += entry->device.left_out;
    }
}

static struct js *row_of(const struct entry *entry)
{
    struct js *row = js_object();
    char since[WALL_TEXT_MAX];

    wall_format(entry->since, since);
    js_set_i64(row, "device", entry->device.device_id);
    js_set_text(row, "state", state_words[entry->state]);
    js_set_text(row, "since", since);
    return row;
}

static void on_written(const struct store_status *status, void *arg)
{
    struct beside *beside = arg;
    bool written = status->rc == STORE_OK || status->rc == STORE_REFUSED;
    struct entry *entry, *next;

    beside->owed = false;
    if (status->rc == STORE_REFUSED)
        log_error("devices.refused", "reason=\"%s\"", status->words);
    HASH_ITER(hh, beside->entries, entry, next)
    {
        entry->due = entry->due || (entry->under_way && !written);
        entry->under_way = false;
    }
    arm(beside, written ? WRITE_EVERY_MS : RETRY_MS);
}

static void write_due(void *arg)
{
    struct beside *beside = arg;
    struct js *rows = js_array();
    struct text json = {0};
    struct entry *entry, *next;
    size_t count = 0;

    HASH_ITER(hh, beside->entries, entry, next)
    {
        if (!entry->due || count == ROWS_MOST)
            continue;
        count++;
        js_push(rows, row_of(entry));
        entry->due = false;
        entry->under_way = true;
    }
    js_print(rows, 0, &json);
    js_free(rows);
    if (count > 0) {
        beside->owed = true;
        store_device_report(beside->conn, text_get(&json), loop_wall(beside->loop), on_written,
                            beside);
    }
    text_free(&json);
}

/* What was under way when it went away may be there or not. */
void beside_on_database(struct beside *beside, bool up)
{
    struct entry *entry, *next;

    beside->up = up;
    if (!up) {
        loop_timer_disarm(beside->timer);
        return;
    }
    HASH_ITER(hh, beside->entries, entry, next)
    entry->due = entry->heard;
    arm(beside, 0);
}

void beside_stop(struct beside *beside)
{
    beside->stopping = true;
    loop_timer_disarm(beside->timer);
}

bool beside_idle(const struct beside *beside)
{
    return !beside->owed;
}
