/* SPDX-License-Identifier: ISC */
#include <math.h>
#include <string.h>

#include "daemon/base/json.h"
#include "daemon/base/log.h"
#include "daemon/degradation_inside.h"
#include "daemon/loop.h"
#include "sql/store_condition.h"

#define TELL_MS         20000
#define BROKEN_RETRY_MS 5000
#define AT_ONCE         250 /* in one statement: a quarter of a second, and as many locks */

int64_t degradation_tell_ms(void)
{
    int64_t slots_ms = (int64_t)rollup_slot_s() * 2000;

    return slots_ms < TELL_MS ? slots_ms : TELL_MS;
}

void degradation_arm(struct degradation *flow, int64_t ms)
{
    if (flow->armed || flow->stopping)
        return;
    flow->armed = true;
    loop_timer_arm(flow->timer, ms);
}

static void on_told(const struct store_status *status, void *arg)
{
    struct degradation *flow = arg;
    bool more = false;

    flow->owed--;
    flow->telling = false;
    if (status->rc == STORE_REFUSED)
        log_error("degraded.refused", "reason=\"%s\"", status->words);
    for (size_t i = 0; i < flow->table.room; i++) {
        struct series *series = &flow->table.places[i];

        if (series->sent != 0 && (status->rc == STORE_OK || status->rc == STORE_REFUSED))
            series->confirmed = series->sent;
        series->sent = 0;
        more = more || series->confirmed < series->revision;
    }
    if (more)
        degradation_arm(flow, status->rc == STORE_OK ? 0 : BROKEN_RETRY_MS);
}

static void set_instant(struct js *condition, const char *key, struct wall at)
{
    char text[WALL_TEXT_MAX];

    wall_format(at, text);
    js_set_text(condition, key, at.us != 0 ? text : NULL);
}

static void add_limits(const struct degradation *flow, const struct series *series,
                       struct js *condition)
{
    if (series_is_loss(series)) {
        js_set(condition, "floor", js_new_real((double)flow->floors.loss_percent));
        return;
    }
    js_set(condition, "floor", js_new_real(series->limits.bad));
    js_set(condition, "needs", js_new_real(series->limits.good));
    js_set(condition, "below", js_new_bool(series->limits.below));
    js_set(condition, "base", js_new_real(series->base));
}

static void add(const struct degradation *flow, struct series *series, struct js *conditions)
{
    struct js *condition = js_object();

    js_set_text(condition, "site", series->site);
    js_set_text(condition, "kind", "degraded");
    js_set_i64(condition, "device", series->device_id);
    js_set_text(condition, "measure", series->measure);
    js_set_text(condition, "instance", series->instance);
    js_set_text(condition, "unit", series->unit);
    set_instant(condition, "since", series->since);
    set_instant(condition, "until", series->until);
    set_instant(condition, "bad_since", series_bad_since(series));
    js_set(condition, "figure", js_new_real(series_figure(series)));
    add_limits(flow, series, condition);
    js_push(conditions, condition);
    series->sent = series->revision;
}

void degradation_tell(struct degradation *flow)
{
    struct js *conditions;
    struct text printed = {0};

    if (!flow->database_up || flow->telling)
        return;
    conditions = js_array();
    for (size_t i = 0; i < flow->table.room && js_count(conditions) < AT_ONCE; i++)
        if (flow->table.places[i].confirmed < flow->table.places[i].revision)
            add(flow, &flow->table.places[i], conditions);
    if (js_count(conditions) > 0) {
        js_print(conditions, 0, &printed);
        flow->telling = true;
        flow->owed++;
        store_condition_report(flow->conn, text_get(&printed), loop_wall(flow->loop), on_told,
                               flow);
    }
    text_free(&printed);
    js_free(conditions);
}

static void take(struct degradation *flow, const struct js *told)
{
    uint32_t device_id = (uint32_t)js_i64(told, "device", 0);
    struct wall since;
    struct series *series;

    if (device_id == 0 || !wall_parse(js_text(told, "since", ""), &since))
        return;
    series = series_add(&flow->table, device_id, js_text(told, "measure", ""),
                        js_text(told, "instance", ""));
    if (series == NULL || series_is_degraded(series))
        return;
    memccpy(series->site, js_text(told, "site", ""), '\0', sizeof series->site - 1);
    memccpy(series->unit, js_text(told, "unit", ""), '\0', sizeof series->unit - 1);
    series->since = since;
    series->heard = loop_wall(flow->loop);
    if (series_is_loss(series)) {
        series->loss.is_degraded = true;
        series->loss.since = rollup_slot(since);
    } else {
        series->number.is_degraded = true;
        series->number.since = since;
        series->base = js_as_real(js_get(told, "base"), (double)NAN);
        series->limits = (struct measure_limits){.bad = js_as_real(js_get(told, "floor"), 0),
                                                 .good = js_as_real(js_get(told, "needs"), 0),
                                                 .below = js_bool(told, "below", false)};
    }
}

static void on_loaded(const struct store_status *status, const char *json, void *arg)
{
    struct degradation *flow = arg;
    struct err err;
    struct js *list =
        status->rc == STORE_OK && json != NULL ? js_parse(json, strlen(json), &err) : NULL;

    flow->owed--;
    flow->loaded = status->rc == STORE_OK;
    for (size_t i = 0; i < js_count(list); i++)
        take(flow, js_at(list, i));
    js_free(list);
}

void degradation_load(struct degradation *flow)
{
    if (flow->loaded)
        return;
    flow->loaded = true; /* or on its way */
    flow->owed++;
    store_degraded_load(flow->conn, on_loaded, flow);
}
