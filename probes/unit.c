/* SPDX-License-Identifier: ISC */
#include "probes/unit.h"

#include <stddef.h>

#define DOWN_INTERVAL_MS INT64_C(15000)              /* so that restoration is seen soon */
#define DOWN_PATIENCE_MS (24 * INT64_C(3600) * 1000) /* after a day nobody waits by the minute */

#define UNPROVEN_MS (24 * INT64_C(3600) * 1000)

/* Where misses are only counted: gaps after the first, second … of them; the last repeats. */
static const int64_t fast_gaps_ms[] = {1000, 1000, 2000, 2000, 3000, 3000, 4000, 4000, 5000};
#define FAST_GAPS     (sizeof fast_gaps_ms / sizeof *fast_gaps_ms)
#define FAST_LEAST_MS INT64_C(540) /* the shortest gap of either kind with its jitter */

static int64_t at_most(int64_t ms, int64_t ceiling_ms)
{
    return ms < ceiling_ms ? ms : ceiling_ms;
}

/*
 * The device's next turn in a round of period_ms. Its place in the round follows from its id alone:
 * multiples of the golden ratio lie evenly however many there are [Knuth, TAOCP 3, 6.4], so the
 * fleet is never polled at once, and a restart or reload does not shuffle it.
 */
static struct mono next_turn(const struct unit *unit, struct mono now, int64_t period_ms)
{
    uint32_t place = unit->device.id * UINT32_C(2654435769);
    int64_t period_us = period_ms * US_PER_MS;
    int64_t phase_us = (int64_t)(((uint64_t)place * (uint64_t)period_ms) >> 32) * US_PER_MS;

    if (now.us < phase_us)
        return (struct mono){phase_us};
    return (struct mono){now.us - (now.us - phase_us) % period_us + period_us};
}

static int64_t gap_after(uint32_t miss_run)
{
    size_t nth = miss_run == 0 ? 0 : miss_run - 1;

    return fast_gaps_ms[nth < FAST_GAPS ? nth : FAST_GAPS - 1];
}

/*
 * Gaps are ±10 %. The detector's run from one sending to the next; where misses are only counted,
 * from the giving up of one probe, so that their number spans some time.
 */
static struct mono next_fast(const struct unit *unit, const struct plan_policy *policy,
                             struct mono now, uint32_t misses, uint32_t random)
{
    bool counts = policy->false_down_years == 0;
    int64_t gap_ms = counts ? gap_after(misses)
                            : detector_gap_ms(&unit->link.detector, policy->false_down_years, now);
    struct mono from = counts ? now : unit->sent_at;
    struct mono latest = mono_add_ms(unit->sent_at, policy->interval_ms);
    struct mono at = {from.us + at_most(gap_ms, policy->interval_ms) * (900 + random % 201)};

    /* Suspicion must never make probing slower than it was without. */
    if (at.us > latest.us)
        at = latest;
    return at.us < now.us ? now : at;
}

static struct mono next_by_state(const struct unit *unit, const struct plan_policy *policy,
                                 struct mono now, uint32_t random)
{
    int64_t interval_ms = policy->interval_ms;
    int64_t own_ms =
        unit->device.interval_ms > interval_ms ? unit->device.interval_ms : interval_ms;
    uint32_t misses = unit->link.detector.miss_run;

    switch (unit->link.state) {
    case LINK_UNKNOWN:
        if (misses == 0)
            break;
        return next_fast(unit, policy, now, misses, random);
    case LINK_SUSPECT:
        return next_fast(unit, policy, now, misses, random);
    case LINK_RECOVERING:
        return next_fast(unit, policy, now, 1, random);
    case LINK_DOWN:
        if (mono_diff_ms(now, unit->down_at) < DOWN_PATIENCE_MS)
            return next_turn(unit, now, at_most(interval_ms, DOWN_INTERVAL_MS));
        break;
    case LINK_UP:
    case LINK_STATE_END:
        break;
    }
    return next_turn(unit, now, own_ms);
}

static bool is_fast(const struct unit *unit)
{
    return unit->link.state == LINK_SUSPECT || unit->link.state == LINK_RECOVERING ||
           (unit->link.state == LINK_UNKNOWN && unit->link.detector.miss_run > 0);
}

/* A trial has a pace of its own instead of turns; the fast schedule may be faster still. */
struct mono unit_next_due(const struct unit *unit, const struct plan_policy *policy,
                          struct mono now, uint32_t random)
{
    struct mono at = next_by_state(unit, policy, now, random), trial;

    if (unit->verify_gap_ms == 0)
        return at;
    trial = mono_add_ms(unit->sent_at, at_most(unit->verify_gap_ms, policy->interval_ms));
    if (trial.us < now.us)
        trial = now;
    return is_fast(unit) && at.us < trial.us ? at : trial;
}

struct mono unit_soon(const struct unit *unit, const struct plan_policy *policy, struct mono now)
{
    return next_turn(unit, now, at_most(PLAN_RENEW_MS, policy->interval_ms));
}

int64_t unit_gap_least_ms(const struct unit *unit, const struct plan_policy *policy)
{
    int64_t fast_ms = at_most(FAST_LEAST_MS, policy->interval_ms * 9 / 10);
    int64_t least_ms = at_most(unit->verify_gap_ms, fast_ms);

    return least_ms < 1 ? 1 : least_ms;
}

uint32_t unit_objects(const struct unit *unit)
{
    bool host = unit->link.state == LINK_RECOVERING && !unit->no_host && !unit->host_lost;

    return unit->objects | (host ? (uint32_t)PLAN_OBJECT_HOST_UPTIME : 0);
}

/* Each miss of a suspect counts, so each is worth a second opinion; of one that is down every
 * fourth will do: once a minute. */
bool unit_wants_echo(const struct unit *unit)
{
    if (unit->device.snmp == PLAN_ICMP)
        return false; /* there is no second reason */
    if (unit->link.state == LINK_DOWN)
        return unit->serial % 4 == 0;
    return unit->link.state != LINK_RECOVERING && unit->link.detector.miss_run > 0;
}

void unit_hear_echo(struct unit *unit, bool answered)
{
    bool silent = unit->link.detector.miss_run > 0 || unit->link.state == LINK_DOWN;

    if (silent) /* else the agent answered meanwhile */
        unit->echo = answered ? LINK_PING_ANSWERS : LINK_PING_SILENT;
}

bool unit_take_echo(struct unit *unit)
{
    enum link_ping before = unit->ping;

    if (unit->echo != LINK_PING_UNKNOWN)
        unit->ping = unit->echo;
    unit->echo = LINK_PING_UNKNOWN;
    return unit->ping != before;
}

void unit_drop_echo(struct unit *unit)
{
    unit->ping = unit->echo = LINK_PING_UNKNOWN;
}

/*
 * The usual loss is that of probes that were sent while the device was UP. A miss among them counts
 * when the device turns out to be UP still; when it begins an outage it was none of the link's
 * habits. Nothing is learned during a trial, nor for a day after a repair that was not proven: else
 * it would become the habit that the next one is judged by.
 */
void unit_learn(struct unit *unit, enum link_state before, bool answered, struct mono now)
{
    enum link_state after = unit->link.state;

    if (unit->verify_gap_ms != 0 || now.us < unit->learn_from.us) {
        unit->doubtful = false;
        return;
    }
    if (before == LINK_UP && answered)
        loss_learn(&unit->loss, false);
    if (after == LINK_UP && unit->doubtful)
        loss_learn(&unit->loss, true);
    unit->doubtful = after == LINK_SUSPECT;
}

void unit_hear_verdict(struct unit *unit, enum verify_reason reason, struct mono now)
{
    if (reason == VERIFY_OK)
        unit->learn_from = now;
    else if (reason != VERIFY_INTERRUPTED)
        unit->learn_from = mono_add_ms(now, UNPROVEN_MS);
}
