/* SPDX-License-Identifier: ISC */
#include "probes/plan_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "probes/address.h"
#include "probes/budget.h"
#include "probes/lanes.h"
#include "probes/verify_list.h"
#include "probes/wheel.h"

enum plan_snmp plan_snmp_of(const char *word)
{
    static const char *const words[PLAN_SNMP_END] = {
        [PLAN_SNMP_V1] = "1",
        [PLAN_SNMP_V2C] = "2c",
        [PLAN_SNMP_V3] = "3",
        [PLAN_ICMP] = "none",
    };

    for (int i = PLAN_SNMP_V1; i < PLAN_SNMP_END; i++)
        if (strcmp(words[i], word) == 0)
            return (enum plan_snmp)i;
    return PLAN_SNMP_END;
}

struct plan *plan_new(plan_change_fn *on_change, void *arg, struct mono now)
{
    struct plan *plan = calloc(1, sizeof *plan);

    if (plan == NULL)
        abort();
    plan->on_change = on_change;
    plan->arg = arg;
    plan->next.step = NEXT_GATHER;
    plan->learned_from = now;
    wheel_init(&plan->wheel, PLAN_TICK_MS, now);
    return plan;
}

void plan_on_verdict(struct plan *plan, plan_verdict_fn *on_verdict)
{
    plan->on_verdict = on_verdict;
}

void plan_on_rollup(struct plan *plan, plan_rollup_fn *on_rollup)
{
    plan->on_rollup = on_rollup;
}

static void tell_rollup(struct plan *plan, const struct unit *unit, struct rollup_record *record)
{
    record->device_id = unit->device.id;
    plan->on_rollup(record, plan->arg);
}

void plan_sweep(struct plan *plan, const struct plan_now *now, size_t most)
{
    uint32_t slot = rollup_slot(now->wall);
    struct rollup_record record;

    if (plan->on_rollup == NULL)
        return;
    if (slot != plan->swept_slot)
        plan->swept = 0;
    plan->swept_slot = slot;
    for (; most > 0 && plan->swept < plan->units.count; plan->swept++, most--) {
        struct unit *unit = plan_unit_at(plan, plan->swept);

        if (rollup_take(&unit->rollup, slot, &record))
            tell_rollup(plan, unit, &record);
    }
}

/* A probe in time, or one that was given up; what comes late was counted as lost. */
static void count_probe(struct plan *plan, struct unit *unit, const struct plan_result *result)
{
    bool answered = result->probe.outcome == PROBE_ANSWERED;
    int64_t rtt_us = answered && result->rtt_us < 0 ? 0 : result->rtt_us;
    struct rollup_record record;

    if (plan->on_rollup != NULL &&
        rollup_add(&unit->rollup, result->probe.at, answered ? rtt_us : -1, &record))
        tell_rollup(plan, unit, &record);
}

void plan_free(struct plan *plan)
{
    if (plan == NULL)
        return;
    plan_next_free(&plan->next);
    plan_last_free(plan);
    units_free(&plan->units);
    credentials_free(&plan->credentials);
    lanes_free(&plan->lanes);
    verify_list_free(&plan->trials);
    free(plan);
}

struct unit *plan_unit_at(struct plan *plan, size_t index)
{
    struct unit *unit = units_at(&plan->units, index);

    if (unit->awaited)
        plan_unit_move_in(plan, unit);
    return unit;
}

struct unit *plan_unit(struct plan *plan, uint32_t id)
{
    size_t index;

    return units_find(&plan->units, id, &index) ? plan_unit_at(plan, index) : NULL;
}

/* Each verdict once, when the plan is whole again: who hears it may order anew. */
void plan_tell_verdicts(struct plan *plan, struct mono now)
{
    struct verify_verdict verdict;

    while (verify_list_pop(&plan->trials, &verdict)) {
        struct unit *unit = plan_unit(plan, verdict.device_id);

        if (unit != NULL)
            unit_hear_verdict(unit, verdict.reason, now);
        plan->on_verdict(&verdict, plan->arg);
    }
}

/* True: it may leave now. False: its lane has room later, and there it is due again. */
static bool pass_lane(struct plan *plan, struct unit *unit, struct mono now)
{
    struct mono at;

    if (unit->booked || unit->device.lane == 0)
        return true;
    at = lanes_book(&plan->lanes, unit->device.lane, now, budget_heartbeat_bytes(unit->device.snmp),
                    plan->policy.lane_bytes_per_s);
    if (at.us <= now.us || unit->asked) /* who was asked for answers for others: it goes first */
        return true;
    unit->booked = true;
    wheel_arm(&plan->wheel, &unit->due, at);
    return false;
}

/* Where misses are only counted, their number has to span the time that is believed in; and a
 * repair on trial is to lose nothing, but may be slow. */
static int64_t timeout_least_ms(const struct plan *plan, const struct unit *unit)
{
    bool patient = plan->policy.false_down_years == 0 || unit->verify_gap_ms != 0;

    return patient ? plan->policy.timeout_ms : RTO_LEAST_MS;
}

/* Who is due. A unit of the plan before has a successor, and that one's turn is to be looked at. */
static struct unit *pop_due(struct plan *plan)
{
    struct unit *unit;

    while ((unit = (struct unit *)(void *)wheel_pop(&plan->wheel)) != NULL) {
        if (unit->generation == plan->generation)
            break;
        (void)plan_unit(plan, unit->device.id);
    }
    return unit;
}

size_t plan_due(struct plan *plan, const struct plan_now *now, size_t most, plan_probe_fn *send,
                void *arg)
{
    size_t sent = 0;

    wheel_turn(&plan->wheel, now->mono);
    while (sent < most) {
        struct unit *unit = pop_due(plan);
        struct plan_probe probe;

        if (unit == NULL)
            break;
        if (!pass_lane(plan, unit, now->mono))
            continue;
        probe = (struct plan_probe){
            &unit->device,
            unit->serial + 1,
            unit_objects(unit),
            rto_ms(&unit->rto, plan->policy.timeout_ms, timeout_least_ms(plan, unit)),
            unit->asked ? now->mono : (struct mono){unit->due.tick * plan->wheel.tick_us},
            unit_wants_echo(unit)};
        if (!send(&probe, arg)) {
            unit->booked = true; /* it has paid already */
            wheel_put_back(&plan->wheel, &unit->due);
            break;
        }
        unit->serial++;
        unit->host_asked = (probe.objects & PLAN_OBJECT_HOST_UPTIME) != 0;
        unit->booked = false;
        unit->under_way = true;
        unit->sent_at = now->mono;
        sent++;
    }
    return sent;
}

static struct link_change change_of(const struct unit *unit, enum link_effect effect,
                                    struct wall at, struct wall last_good)
{
    bool dark = unit->link.state == LINK_SUSPECT || unit->link.state == LINK_DOWN ||
                unit->link.state == LINK_RECOVERING || effect == LINK_FX_ENDS;

    return (struct link_change){
        .device_id = unit->device.id,
        .state = unit->link.state,
        .effect = effect,
        .at = at,
        .last_good = last_good,
        .first_bad = dark ? unit->link.first_bad : (struct wall){0},
        .first_good = effect == LINK_FX_ENDS ? unit->link.first_good : (struct wall){0},
        .vitals = unit->vitals,
        .loss_ppm = loss_known_ppm(&unit->loss),
        .ping = unit->ping,
        .gateway_of = unit->device.gateway_of,
        .asked = unit->asked,
    };
}

static void hear(struct unit *unit, const struct plan_result *result)
{
    uint32_t left = unit->objects & ~result->dropped;

    if ((result->dropped & PLAN_OBJECT_HOST_UPTIME) != 0)
        unit->no_host = true;
    rto_sample(&unit->rto, result->rtt_us);
    unit->vitals = result->vitals;
    unit_drop_echo(unit);
    /* With nothing left to ask, the refusal itself is the sign of life: go on asking. */
    unit->objects = left != 0 ? left : PLAN_OBJECT_UPTIME;
}

static void try_repair(struct plan *plan, struct unit *unit, const struct plan_now *now,
                       const struct plan_result *result, enum link_effect effect)
{
    struct verify_probe probe = {
        .sent_at = unit->sent_at,
        .at = now->mono,
        .at_wall = result->probe.at,
        .answered = result->probe.outcome == PROBE_ANSWERED,
        .state = unit->link.state,
        .effect = effect,
        .uptime_ticks = result->vitals.uptime_ticks,
        .gap_least_ms = unit_gap_least_ms(unit, &plan->policy),
    };

    verify_list_step(&plan->trials, unit->device.id, &probe);
    unit->verify_gap_ms = verify_list_gap_ms(&plan->trials, unit->device.id);
}

void plan_settle(struct plan *plan, const struct plan_now *now, const struct plan_result *result,
                 uint32_t random)
{
    struct unit *unit = plan_unit(plan, result->device_id);
    bool answered = result->probe.outcome == PROBE_ANSWERED;
    bool in_time = unit != NULL && unit->under_way && unit->serial == result->serial;

    if (unit == NULL || (!in_time && !answered))
        return; /* taken off the plan while its probe was under way; or given up already */
    if (in_time) {
        unit->under_way = false;
        count_probe(plan, unit, result);
    }
    if (answered)
        hear(unit, result);

    struct link before = unit->link;
    enum link_effect effect = link_step(&unit->link, &plan->detector, &result->probe, now->mono);

    if (in_time && !answered && unit->host_asked)
        unit->host_lost = true;
    if (unit->link.state == LINK_UP)
        unit->host_lost = false;
    if (!answered && unit->device.snmp == PLAN_ICMP)
        unit_hear_echo(unit, false); /* it is what was asked */

    bool other = unit_take_echo(unit) && unit->link.state == LINK_DOWN;
    struct link_change change = change_of(unit, effect, result->probe.at, before.last_good);

    if (effect == LINK_FX_BEGINS)
        unit->down_at = now->mono;
    unit->asked = false;
    unit_learn(unit, before.state, answered && in_time, now->mono);
    if (unit->verify_gap_ms != 0 && in_time)
        try_repair(plan, unit, now, result, effect);
    if (!unit->under_way)
        wheel_arm(&plan->wheel, &unit->due, unit_next_due(unit, &plan->policy, now->mono, random));
    if (change.asked || other || unit->link.state != before.state)
        plan->on_change(&change, plan->arg);
    plan_tell_verdicts(plan, now->mono);
}

void plan_hear_echo(struct plan *plan, uint32_t device_id, bool answered, struct wall at)
{
    struct unit *unit = plan_unit(plan, device_id);
    struct link_change change;

    if (unit == NULL)
        return;
    unit_hear_echo(unit, answered);
    if (unit->under_way || !unit_take_echo(unit) || unit->link.state != LINK_DOWN)
        return;
    change = change_of(unit, LINK_FX_NONE, at, unit->link.last_good);
    change.asked = false; /* that is still to come */
    plan->on_change(&change, plan->arg);
}

void plan_forget(struct plan *plan, const struct plan_now *now, uint32_t device_id, uint32_t serial)
{
    struct unit *unit = plan_unit(plan, device_id);

    if (unit == NULL || !unit->under_way || unit->serial != serial)
        return;
    unit->under_way = false;
    wheel_arm(&plan->wheel, &unit->due, now->mono);
}

void plan_slept(struct plan *plan)
{
    for (size_t i = 0; i < plan->units.count; i++)
        link_slept(&plan_unit_at(plan, i)->link);
}

void plan_renew(struct plan *plan, const struct plan_now *now, uint32_t device_id)
{
    struct unit *unit = plan_unit(plan, device_id);

    if (unit == NULL)
        return;
    link_renew(&unit->link);
    unit->doubtful = false;
    unit->serial++; /* an answer that still comes is life; a silence says nothing */
    unit->under_way = false;
    wheel_arm(&plan->wheel, &unit->due, unit_soon(unit, &plan->policy, now->mono));
}

bool plan_probe_now(struct plan *plan, uint32_t device_id)
{
    struct unit *unit = plan_unit(plan, device_id);

    if (unit == NULL)
        return false;
    unit->asked = true;
    if (!unit->under_way)
        wheel_hurry(&plan->wheel, &unit->due);
    return true;
}

void plan_verify(struct plan *plan, const struct plan_now *now, const struct verify_order *order)
{
    struct unit *unit = plan_unit(plan, order->device_id);
    uint32_t usual_ppm = unit == NULL ? LOSS_FLOOR_PPM : loss_usual_ppm(&unit->loss);

    plan_verify_cancel(plan, order->ticket);
    verify_list_add(&plan->trials, order, usual_ppm, now->mono);
    if (unit == NULL) {
        verify_list_interrupt(&plan->trials, order->device_id);
        plan_tell_verdicts(plan, now->mono);
        return;
    }
    unit->verify_gap_ms = verify_list_gap_ms(&plan->trials, order->device_id);
    if (!unit->under_way)
        wheel_hurry(&plan->wheel, &unit->due);
}

void plan_verify_cancel(struct plan *plan, uint64_t ticket)
{
    struct unit *unit;
    uint32_t id;

    if (!verify_list_find(&plan->trials, ticket, &id))
        return;
    verify_list_cancel(&plan->trials, ticket);
    unit = plan_unit(plan, id);
    if (unit != NULL)
        unit->verify_gap_ms = verify_list_gap_ms(&plan->trials, id);
}

bool plan_next_at(const struct plan *plan, struct mono *at)
{
    return wheel_next_at(&plan->wheel, at);
}

const struct plan_device *plan_find(const struct plan *plan, uint32_t device_id)
{
    size_t index;

    return units_find(&plan->units, device_id, &index) ? &units_at(&plan->units, index)->device
                                                       : NULL;
}

struct lanes *plan_lanes(struct plan *plan)
{
    return &plan->lanes;
}

const struct plan_device *plan_at(const struct plan *plan, size_t index)
{
    return &units_at(&plan->units, index)->device;
}

const struct credentials *plan_credentials(const struct plan *plan)
{
    return &plan->credentials;
}

size_t plan_count(const struct plan *plan)
{
    return plan->units.count;
}

const struct plan_policy *plan_policy(const struct plan *plan)
{
    return &plan->policy;
}

enum link_state plan_state(struct plan *plan, uint32_t device_id)
{
    const struct unit *unit = plan_unit(plan, device_id);

    return unit == NULL ? LINK_STATE_END : unit->link.state;
}
