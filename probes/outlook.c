/* SPDX-License-Identifier: ISC */
#include "probes/outlook.h"

#define DEVICE    1
#define DAY_MS    (INT64_C(24) * 3600 * 1000)
#define NO_JITTER 100 /* the middle of what plan_settle() makes of its random bits */

struct trial {
    struct plan_now now;
    struct plan_probe probe;
    struct mono first_at;
    bool is_down;
    struct outlook outlook;
};

static void on_change(const struct link_change *change, void *arg)
{
    struct trial *trial = arg;

    trial->is_down = change->state == LINK_DOWN;
}

static bool on_probe(const struct plan_probe *probe, void *arg)
{
    struct trial *trial = arg;

    trial->probe = *probe;
    return true;
}

static void advance(struct trial *trial, struct mono at)
{
    int64_t us = at.us - trial->now.mono.us;

    if (us < 0)
        return;
    trial->now.mono.us += us;
    trial->now.wall.us += us;
}

/* Its next probe leaves, and is never answered. */
static void lose_one(struct plan *plan, struct trial *trial)
{
    struct plan_result result = {.device_id = DEVICE, .probe = {.outcome = PROBE_SILENT}};
    struct mono at = trial->now.mono;

    (void)plan_next_at(plan, &at);
    advance(trial, at);
    if (plan_due(plan, &trial->now, 1, on_probe, trial) == 0) {
        advance(trial, mono_add_ms(trial->now.mono, PLAN_TICK_MS));
        return;
    }
    if (trial->outlook.misses++ == 0) {
        trial->first_at = trial->now.mono;
        trial->outlook.timeout_ms = trial->probe.timeout_ms;
    }
    result.serial = trial->probe.serial;
    result.probe.sent_at = trial->now.wall;
    advance(trial, mono_add_ms(trial->now.mono, trial->probe.timeout_ms));
    result.probe.at = trial->now.wall;
    plan_settle(plan, &trial->now, &result, NO_JITTER);
}

struct outlook outlook_of(const struct learned *learned, const struct plan_policy *policy,
                          enum plan_snmp snmp, uint32_t interval_ms)
{
    struct wall at = wall_is_set(learned->at) ? learned->at : (struct wall){1};
    struct trial trial = {.now = {{DAY_MS * US_PER_MS}, at}};
    struct plan *plan = plan_new(on_change, &trial, trial.now.mono);
    struct plan_device device = {
        .id = DEVICE, .snmp = snmp, .interval_ms = interval_ms, .learned = *learned};
    struct plan_policy alone = *policy;

    alone.packets_per_s = 0;
    alone.lane_bytes_per_s = 0;
    plan_begin(plan, &alone);
    plan_device(plan, &device);
    plan_commit(plan, &trial.now);
    while (!trial.is_down && trial.now.mono.us < 2 * DAY_MS * US_PER_MS)
        lose_one(plan, &trial);
    plan_free(plan);
    if (!trial.is_down)
        trial.outlook.misses = 0;
    trial.outlook.known_ms = mono_diff_ms(trial.now.mono, trial.first_at);
    trial.outlook.latest_ms =
        trial.outlook.known_ms +
        (interval_ms > policy->interval_ms ? interval_ms : policy->interval_ms);
    return trial.outlook;
}
