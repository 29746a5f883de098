/* SPDX-License-Identifier: ISC */
#include "daemon/readings.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/json.h"
#include "daemon/base/log.h"
#include "daemon/history.h"
#include "daemon/loop.h"
#include "probes/probers.h"
#include "probes/profile_files.h"
#include "sql/store_reading.h"

#define TICK_MS       1000
#define BATCH_BYTES   ((size_t)256 * 1024)      /* leave before the tick */
#define WAITING_BYTES ((size_t)4 * 1024 * 1024) /* a database that is slow, not away */
#define DROPPED_US    (600 * US_PER_S)

/* A put that is under way; the readings may be freed before its answer. */
struct put {
    struct readings *readings; /* NULL: freed meanwhile */
};

struct readings {
    struct loop *loop;
    struct loop_timer *timer;
    struct pg_conn *conn;
    struct history *history;     /* NULL: none is kept */
    readings_value_fn *on_value; /* NULL: nobody */
    void *on_value_arg;
    struct probers *probers;
    struct profiles *profiles; /* that reports with that serial are by */
    uint32_t serial;
    struct profiles *next; /* read, and not handed down yet; NULL: none */
    struct text packed;    /* of the newest */
    struct put *put;       /* NULL: none under way */
    struct text rows;      /* whole ones, with commas between */
    /* The row that is being put together: */
    struct text row; /* "" when there is none */
    uint32_t device_id;
    struct wall at;
    bool fed; /* since the last tick: more of it may be on its way */
    uint64_t dropped;
    struct log_gate gate;
    bool database_up;
    bool stopping;
};

static void add_text(const char *key, const char *value, struct text *out)
{
    text_add(out, ",\"");
    text_add(out, key);
    text_add(out, *value == '\0' ? "\":null" : "\":\"");
    if (*value == '\0')
        return;
    js_escape(value, strlen(value), out);
    text_add(out, "\"");
}

void readings_print(const struct profile_metric *metric, const struct reading_report *report,
                    struct text *out)
{
    bool is_number = report->status == VALUE_OK && metric->kind != PROFILE_TEXT;
    const char *word = is_number ? profile_word(metric, report->number) : NULL;
    char unit[PROFILE_UNIT_MAX + 2];

    text_add(out, "{\"metric\":\"");
    text_add(out, metric->name);
    text_add(out, "\"");
    add_text("instance", report->instance, out);
    if (is_number)
        text_addf(out, ",\"value\":%.12g", report->number);
    else
        text_add(out, ",\"value\":null");
    profile_unit(metric, unit);
    add_text("unit", unit, out);
    add_text("word", word != NULL ? word : "", out);
    add_text("text", report->text, out);
    add_text("status", value_status_name(report->status), out);
    add_text("health", profile_health_name(report->health), out);
    text_add(out, "}");
}

static void drop(struct readings *readings)
{
    readings->dropped++;
    if (!log_gate_pass(&readings->gate, loop_mono(readings->loop), DROPPED_US))
        return;
    log_warn("readings.dropped", "rows=%" PRIu64 " reason=\"the database is too slow\"",
             readings->dropped);
    readings->gate.held = 0;
}

static void close_row(struct readings *readings)
{
    if (readings->row.bytes == 0)
        return;
    text_add(&readings->row, "]}");
    if (readings->rows.bytes + readings->row.bytes > WAITING_BYTES) {
        drop(readings);
    } else {
        text_add(&readings->rows, readings->rows.bytes == 0 ? "[" : ",");
        text_add(&readings->rows, text_get(&readings->row));
    }
    text_clear(&readings->row);
}

static void on_put(const struct store_status *status, void *arg);

static void flush(struct readings *readings)
{
    if (readings->put != NULL || readings->rows.bytes == 0 || !readings->database_up)
        return;
    readings->put = malloc(sizeof *readings->put);
    if (readings->put == NULL)
        abort();
    readings->put->readings = readings;
    text_add(&readings->rows, "]");
    store_readings_put(readings->conn, text_get(&readings->rows), on_put, readings->put);
    text_clear(&readings->rows);
}

/* What was refused is not told again: the next reading is on its way. */
static void on_put(const struct store_status *status, void *arg)
{
    struct put *put = arg;
    struct readings *readings = put->readings;

    free(put);
    if (readings == NULL)
        return;
    readings->put = NULL;
    if (status->rc == STORE_REFUSED)
        log_error("readings.refused", "reason=\"%s\"", status->words);
    if (readings->rows.bytes >= BATCH_BYTES)
        flush(readings);
}

static void on_tick(void *arg)
{
    struct readings *readings = arg;

    if (!readings->fed)
        close_row(readings);
    readings->fed = false;
    flush(readings);
    loop_timer_arm(readings->timer, TICK_MS);
}

static void begin_row(struct readings *readings, const struct reading_report *report,
                      const struct profile *profile)
{
    char at[WALL_TEXT_MAX];

    readings->device_id = report->device_id;
    readings->at = report->at;
    wall_format(report->at, at);
    text_addf(&readings->row, "{\"device\":%u,\"at\":\"%s\",\"profile\":\"%s\"", report->device_id,
              at, profile->name);
    if (report->bytes > 0)
        text_addf(&readings->row, ",\"bytes\":%u", report->bytes);
    text_add(&readings->row, ",\"readings\":[");
}

/* A report by other profiles than ours came from before they changed. */
void readings_on_report(const struct reading_report *report, struct readings *readings)
{
    const struct profile *profile;

    if (readings->stopping || report->set != readings->serial || readings->profiles == NULL ||
        report->profile >= profiles_count(readings->profiles))
        return;
    profile = profiles_at(readings->profiles, report->profile);
    if (report->metric >= profile->metric_count)
        return;
    if (readings->history != NULL)
        history_add_reading(readings->history, report, profile->metrics[report->metric]);
    if (readings->on_value != NULL)
        readings->on_value(report, profile->metrics[report->metric], readings->on_value_arg);
    if (!readings->database_up)
        return;
    if (report->device_id != readings->device_id || report->at.us != readings->at.us)
        close_row(readings);
    if (readings->row.bytes == 0)
        begin_row(readings, report, profile);
    else
        text_add(&readings->row, ",");
    readings_print(profile->metrics[report->metric], report, &readings->row);
    readings->fed = true;
    if (readings->rows.bytes >= BATCH_BYTES)
        flush(readings);
}

struct readings *readings_new(struct loop *loop)
{
    struct readings *readings = calloc(1, sizeof *readings);

    if (readings == NULL)
        abort();
    readings->loop = loop;
    readings->timer = loop_timer_new(loop, on_tick, readings);
    loop_timer_arm(readings->timer, TICK_MS);
    return readings;
}

bool readings_read_profiles(struct readings *readings, const char *folder, struct text *complaints)
{
    struct text packed = {0};
    struct profiles *profiles = profile_files_read(folder, &packed, complaints);

    if (profiles == NULL) {
        text_free(&packed);
        return false;
    }
    profiles_free(readings->next);
    text_free(&readings->packed);
    readings->next = profiles;
    readings->packed = packed;
    return true;
}

void readings_on_value(struct readings *readings, readings_value_fn *fn, void *arg)
{
    readings->on_value = fn;
    readings->on_value_arg = arg;
}

void readings_set_history(struct readings *readings, struct history *history)
{
    readings->history = history;
}

const struct profiles *readings_profiles(const struct readings *readings)
{
    return readings->profiles;
}

void readings_set_probers(struct readings *readings, struct probers *probers)
{
    readings->probers = probers;
}

void readings_apply(struct readings *readings, int64_t interval_ms)
{
    if (readings->probers == NULL || readings->packed.bytes == 0)
        return;
    close_row(readings);
    if (readings->next != NULL) {
        profiles_free(readings->profiles);
        readings->profiles = readings->next;
        readings->next = NULL;
    }
    readings->serial = probers_profiles(readings->probers, text_get(&readings->packed),
                                        (uint32_t)(interval_ms / 1000));
}

void readings_set_database(struct readings *readings, struct pg_conn *conn)
{
    readings->conn = conn;
}

void readings_on_database(struct readings *readings, bool up)
{
    readings->database_up = up;
    if (up)
        return;
    text_clear(&readings->row);
    text_clear(&readings->rows);
}

uint64_t readings_dropped(const struct readings *readings)
{
    return readings->dropped;
}

void readings_stop(struct readings *readings)
{
    readings->stopping = true;
    loop_timer_disarm(readings->timer);
}

bool readings_idle(const struct readings *readings)
{
    return readings->put == NULL;
}

void readings_free(struct readings *readings)
{
    if (readings == NULL)
        return;
    if (readings->put != NULL)
        readings->put->readings = NULL;
    loop_timer_free(readings->timer);
    profiles_free(readings->profiles);
    profiles_free(readings->next);
    text_free(&readings->packed);
    text_free(&readings->row);
    text_free(&readings->rows);
    free(readings);
}
