/* SPDX-License-Identifier: ISC */
#include "daemon/degradation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/degradation_inside.h"
#include "daemon/loop.h"

#define FRESH_S           1800 /* between two tellings of one that lasts */
#define SWEEP_MS          600000
#define SILENT_S          3600   /* at a site that was up all the time */
#define SILENT_INTERVALS  12     /* of readings, where those are longer */
#define SILENT_S_ANYWHERE 86400  /* whatever the site did */
#define FLOOR_OF_NONE_PPM 999999 /* what lasts when the judging is switched off comes to an end */
#define FLOOR_OF_NONE_MS  1e9
#define ANSWERS_LEAST     3    /* of fewer a round trip says little */
#define RTT_GOOD          0.75 /* of the floor */

/* ---- judging ---- */

static void note(struct degradation *flow, struct series *series, struct wall at)
{
    series->revision++;
    series->told_at = at;
    degradation_arm(flow, degradation_tell_ms());
}

/* Whether it turned bad once more: somebody may have proven meanwhile that it was good. */
static bool is_bad_again(const struct series *series, struct wall bad_before)
{
    return bad_before.us == 0 && series_bad_since(series).us != 0;
}

static void take(struct degradation *flow, struct series *series, enum degraded_news news,
                 struct wall at, struct wall bad_before)
{
    series->heard = at;
    switch (news) {
    case DEGRADED_BEGINS:
        series->since =
            series_is_loss(series) ? rollup_slot_at(series->loss.since) : series->number.since;
        series->until = (struct wall){0};
        break;
    case DEGRADED_ENDS:
        series->until = series_is_loss(series) ? rollup_slot_at(series->loss.good_since)
                                               : series->number.good_since;
        break;
    case DEGRADED_NOTHING:
        if (series_is_degraded(series) &&
            (is_bad_again(series, bad_before) || at.us - series->told_at.us >= FRESH_S * US_PER_S))
            note(flow, series, at);
        return;
    }
    log_info("link.degraded", "site=%s measure=%s instance=\"%s\" degraded=%s figure=%.6g%s",
             series->site, series->measure, series->instance,
             news == DEGRADED_BEGINS ? "yes" : "no", series_figure(series), series->unit);
    note(flow, series, at);
}

/* ---- links ---- */

/* Rounds in which nothing was lost are not kept: the first that did had five of them before it. */
static void begin_loss(struct degraded *degraded, const struct degraded_round *round)
{
    if (degraded->rounds[0].slot != 0 || degraded->is_degraded)
        return;
    for (uint32_t i = 0; i < DEGRADED_ROUNDS - 1; i++)
        degraded->rounds[i] = (struct degraded_round){round->slot - 1 - i, round->sent, 0};
}

static void hear_loss(struct degradation *flow, const struct rollup_record *record,
                      const char *site)
{
    struct degraded_round round = {record->slot, record->sent, record->lost};
    int64_t floor = flow->floors.loss_percent;
    struct series *series = record->lost > 0 && floor > 0
                                ? series_add(&flow->table, record->device_id, "loss", "")
                                : series_find(&flow->table, record->device_id, "loss", "");
    struct wall bad_before;

    if (series == NULL)
        return; /* nothing was lost of late */
    memccpy(series->site, site, '\0', sizeof series->site - 1);
    memcpy(series->unit, "%", sizeof "%");
    begin_loss(&series->loss, &round);
    bad_before = series_bad_since(series);
    take(flow, series,
         degraded_hear(&series->loss, &round,
                       floor > 0 ? (uint32_t)floor * 10000 : FLOOR_OF_NONE_PPM),
         rollup_slot_at(record->slot), bad_before);
}

/* ---- numbers ---- */

struct round {
    uint32_t device_id;
    const char *measure;
    const char *instance;
    const char *unit;
    const char *site;
    struct wall at;
    double value;
    struct measure_limits limits;
};

/* The stricter of the floor and of what is usual. *base: what is usual, if it was that; else NAN.
 */
static struct measure_limits limits_of(const struct degradation *flow, const struct round *round,
                                       double *base)
{
    const struct baseline_rule *rule = baseline_rule(round->unit, round->limits.below);
    const struct baseline *usual = rule == NULL || !flow->floors.baseline
                                       ? NULL
                                       : baselines_find(flow->baselines, round->device_id,
                                                        round->measure, round->instance, round->at);
    const struct series *series;
    struct measure_limits by_usual;

    *base = (double)NAN;
    if (usual != NULL && baseline_limits(usual, rule, &by_usual) &&
        measure_is_beyond(round->limits.bad, by_usual.bad, by_usual.below)) {
        *base = (double)usual->median;
        return by_usual;
    }
    /* What it was bad by is not known at present: that does not make it good. */
    series = series_find(&flow->table, round->device_id, round->measure, round->instance);
    if (usual == NULL && flow->floors.baseline && series != NULL && series->number.is_degraded &&
        !isnan(series->base)) {
        *base = series->base;
        return series->limits;
    }
    return round->limits;
}

/* One that is good, and was not bad of late, is not kept. */
static void hear_number(struct degradation *flow, const struct round *round)
{
    double base;
    struct measure_limits limits = limits_of(flow, round, &base);
    bool bad = measure_is_beyond(round->value, limits.bad, limits.below);
    struct series *series =
        bad ? series_add(&flow->table, round->device_id, round->measure, round->instance)
            : series_find(&flow->table, round->device_id, round->measure, round->instance);
    struct wall bad_before;

    if (series == NULL)
        return;
    memccpy(series->site, round->site, '\0', sizeof series->site - 1);
    memccpy(series->unit, round->unit, '\0', sizeof series->unit - 1);
    series->limits = limits;
    series->base = base;
    bad_before = series_bad_since(series);
    take(flow, series, measure_hear(&series->number, round->at, round->value, &limits), round->at,
         bad_before);
}

static void hear_rtt(struct degradation *flow, const struct rollup_record *record, const char *site)
{
    double floor = flow->floors.rtt_ms > 0 ? (double)flow->floors.rtt_ms : FLOOR_OF_NONE_MS;
    struct round round = {.device_id = record->device_id,
                          .measure = "rtt",
                          .instance = "",
                          .unit = "ms",
                          .site = site,
                          .at = rollup_slot_at(record->slot),
                          .value = record->mean_us / 1000.0,
                          .limits = {floor, floor * RTT_GOOD, false}};

    if (record->sent - record->lost >= ANSWERS_LEAST)
        hear_number(flow, &round);
}

void degradation_hear(struct degradation *flow, const struct rollup_record *record)
{
    const char *site;

    if (flow->stopping)
        return;
    site = flow->sites.steady(record->device_id, rollup_slot_at(record->slot), flow->arg);
    if (site == NULL)
        return;
    hear_loss(flow, record, site);
    hear_rtt(flow, record, site);
}

void degradation_hear_reading(struct degradation *flow, const struct reading_report *report,
                              const struct profile_metric *metric)
{
    char unit[PROFILE_UNIT_MAX + 2];
    struct round round = {.device_id = report->device_id,
                          .measure = metric->name,
                          .instance = report->instance,
                          .unit = unit,
                          .at = report->at,
                          .value = report->number};

    if (flow->stopping || !flow->floors.readings || report->status != VALUE_OK ||
        !profile_bounds(metric, &round.limits.bad, &round.limits.good, &round.limits.below))
        return;
    round.site = flow->sites.of(report->device_id, flow->arg);
    if (round.site == NULL)
        return;
    profile_unit(metric, unit);
    hear_number(flow, &round);
}

/* ---- what is not heard of any more ---- */

static bool is_gone(const struct degradation *flow, const struct series *series, struct wall now)
{
    int64_t silent_us = SILENT_INTERVALS * flow->floors.reading_interval_ms * US_PER_MS;
    struct wall since = {now.us - silent_us};

    if (since.us > now.us - SILENT_S * US_PER_S)
        since.us = now.us - SILENT_S * US_PER_S;
    if (series->heard.us > since.us)
        return false;
    return series->heard.us <= now.us - SILENT_S_ANYWHERE * US_PER_S ||
           flow->sites.steady(series->device_id, since, flow->arg) != NULL;
}

/* The radio was replaced, the port has another name, the judging of readings was switched off: it
 * is not bad any more, as far as anybody knows. */
static void end(struct degradation *flow, struct series *series, struct wall now)
{
    series->until = series->heard.us > series->since.us ? series->heard : series->since;
    series->loss = (struct degraded){0};
    series->number = (struct measure){0};
    log_info("link.degraded",
             "site=%s measure=%s instance=\"%s\" degraded=no reason=\"not heard of\"", series->site,
             series->measure, series->instance);
    note(flow, series, now);
}

static void on_sweep(void *arg)
{
    struct degradation *flow = arg;
    struct wall now = loop_wall(flow->loop);

    for (size_t i = 0; i < flow->table.room; i++) {
        struct series *series = &flow->table.places[i];

        if (series->device_id != 0 && series_is_degraded(series) && is_gone(flow, series, now))
            end(flow, series, now);
    }
    series_tidy(&flow->table);
    loop_timer_arm(flow->sweep, SWEEP_MS);
}

/* ---- life ---- */

static void on_due(void *arg)
{
    struct degradation *flow = arg;

    flow->armed = false;
    degradation_tell(flow);
}

struct degradation *degradation_new(struct loop *loop, const struct degradation_sites *sites,
                                    void *arg)
{
    struct degradation *flow = calloc(1, sizeof *flow);

    if (flow == NULL)
        abort();
    flow->loop = loop;
    flow->sites = *sites;
    flow->arg = arg;
    flow->timer = loop_timer_new(loop, on_due, flow);
    flow->sweep = loop_timer_new(loop, on_sweep, flow);
    flow->baselines = baselines_new(loop);
    loop_timer_arm(flow->sweep, SWEEP_MS);
    return flow;
}

void degradation_set_floors(struct degradation *flow, const struct degradation_floors *floors)
{
    flow->floors = *floors;
    baselines_set_wanted(flow->baselines, floors->baseline);
}

void degradation_set_database(struct degradation *flow, struct pg_conn *conn)
{
    flow->conn = conn;
    baselines_set_database(flow->baselines, conn);
}

void degradation_on_database(struct degradation *flow, bool up)
{
    flow->database_up = up;
    baselines_on_database(flow->baselines, up);
    if (!up || flow->stopping)
        return;
    degradation_arm(flow, degradation_tell_ms());
    degradation_load(flow);
}

void degradation_stop(struct degradation *flow)
{
    degradation_tell(flow);
    flow->stopping = true;
    baselines_stop(flow->baselines);
    loop_timer_disarm(flow->timer);
    loop_timer_disarm(flow->sweep);
}

bool degradation_idle(const struct degradation *flow)
{
    return flow->owed == 0 && baselines_idle(flow->baselines);
}

void degradation_free(struct degradation *flow)
{
    if (flow == NULL)
        return;
    loop_timer_free(flow->timer);
    loop_timer_free(flow->sweep);
    baselines_free(flow->baselines);
    series_free(&flow->table);
    free(flow);
}
