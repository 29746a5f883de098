/* SPDX-License-Identifier: ISC */
/* A new plan takes the place of the one before: what stays, what begins anew. */
#include "probes/plan_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "probes/address.h"

/* Does the device answer where, how and to whom the old one did? */
static bool same_agent(const struct plan *plan, const struct plan_device *new,
                       const struct plan_device *old)
{
    return address_equal(&new->address, &old->address) &&
           new->snmp == old->snmp &&credential_same(
                            credentials_find(&plan->credentials, new->credential),
                            credentials_find(&plan->last.credentials, old->credential));
}

static void begin_down(struct unit *unit, const struct plan_now *now)
{
    int64_t dark_ms = wall_diff_ms(now->wall, unit->device.first_bad);

    link_init_down(&unit->link, unit->device.last_good, unit->device.first_bad);
    unit->down_at = mono_add_ms(now->mono, dark_ms > 0 ? -dark_ms : 0);
    unit_recall(unit, now);
}

static void unit_init(struct unit *unit, const struct plan_now *now)
{
    const struct plan_device *device = &unit->device;

    unit->objects = PLAN_OBJECTS_ALL;
    unit->vitals = (struct device_vitals){-1, -1, -1};
    unit->ping = unit->echo = LINK_PING_UNKNOWN;
    link_init(&unit->link);
    loss_init(&unit->loss, device->learned.usual_ppm);
    unit->told = device->learned;
    unit->link.last_good = device->last_good;
    unit_recall(unit, now);
    if (device->begins_down)
        begin_down(unit, now);
}

/* The link's owner in the parent is another one, who has not heard what the one before was told. */
static bool has_new_role(const struct plan_device *new, const struct plan_device *old)
{
    return new->gateway_of != old->gateway_of;
}

/* As unit_init() left it, with what does not depend on the role. A silence from before is not the
 * new site's: its outage, if it comes to one, begins with the first miss in the new role. */
static void link_begin_anew(struct unit *unit, const struct unit *old)
{
    bool in_outage = old->link.state == LINK_DOWN || old->link.state == LINK_RECOVERING;

    if (!unit->device.begins_down && !in_outage)
        unit->link.last_good = old->link.last_good;
    detector_know(&unit->link.detector, loss_known_ppm(&unit->loss) / 1e6);
}

/*
 * What the device was before the replacement goes on, unless it is another agent by now: then the
 * probe under way went to the old one, and says nothing of the new.
 */
static void unit_inherit(const struct plan *plan, struct unit *unit, const struct unit *old,
                         const struct plan_now *now)
{
    bool anew = has_new_role(&unit->device, &old->device);
    bool begins = unit->device.begins_down && old->link.state == LINK_UNKNOWN;

    unit->serial = old->serial;
    unit->asked = old->asked;
    unit->loss = old->loss;
    unit->rollup = old->rollup;
    unit->doubtful = old->doubtful && !anew;
    unit->learn_from = old->learn_from;
    if (unit->device.learned.of == old->device.learned.of)
        unit->told = old->told;
    if (anew) {
        link_begin_anew(unit, old);
    } else if (!begins) {
        unit->link = old->link;
        unit->down_at = old->down_at;
    } else {
        begin_down(unit, now);
    }
    if (!same_agent(plan, &unit->device, &old->device)) {
        unit->serial++;
        return;
    }
    unit->rto = old->rto;
    unit->vitals = old->vitals;
    unit->ping = old->ping;
    unit->echo = old->echo;
    unit->sent_at = old->sent_at;
    unit->objects = old->objects;
    unit->no_host = old->no_host;
    unit->host_asked = old->host_asked;
    unit->host_lost = old->host_lost;
    unit->under_way = old->under_way;
    unit->verify_gap_ms = old->verify_gap_ms;
}

/* On the fast schedule the turn that was arranged stands; steady turns follow the new interval, but
 * one that had come is not lost. */
static void unit_place(struct plan *plan, struct unit *unit, const struct unit *old,
                       const struct plan_now *now)
{
    enum link_state state = unit->link.state;
    bool fast = state == LINK_SUSPECT || state == LINK_RECOVERING ||
                (state == LINK_UNKNOWN && unit->link.detector.miss_run > 0);
    struct mono was_due = {old == NULL ? 0 : old->due.tick * plan->wheel.tick_us};
    bool has_come = old != NULL && was_due.us <= now->mono.us;

    if (unit->under_way)
        return;
    if (unit->asked || (old != NULL && has_new_role(&unit->device, &old->device)))
        wheel_hurry(&plan->wheel, &unit->due);
    else if (old != NULL && !old->under_way && (fast || has_come))
        wheel_arm(&plan->wheel, &unit->due, was_due);
    else
        wheel_arm(&plan->wheel, &unit->due, unit_next_due(unit, &plan->policy, now->mono, 0));
}

/* What is on trial and no longer in the plan as the same agent proves nothing any more. */
static void interrupt_strangers(struct plan *plan)
{
    uint32_t id;

    for (size_t i = 0; verify_list_device(&plan->trials, i, &id); i++) {
        const struct unit *unit = plan_unit(plan, id);

        if (unit == NULL || unit->verify_gap_ms == 0)
            verify_list_interrupt(&plan->trials, id);
    }
}

void plan_unit_move_in(struct plan *plan, struct unit *unit)
{
    const struct plan_now *now = &plan->last.left_at;
    struct unit *was = NULL;
    size_t index;

    if (units_find(&plan->last.units, unit->device.id, &index))
        was = units_at(&plan->last.units, index);
    unit->awaited = false;
    unit_init(unit, now);
    if (was != NULL)
        unit_inherit(plan, unit, was, now);
    unit_place(plan, unit, was, now);
    if (was != NULL)
        wheel_disarm(&was->due);
}

static void take_policy(struct plan *plan)
{
    const struct plan_policy *policy = &plan->next.policy;

    plan->policy = *policy;
    plan->detector = (struct detector_policy){
        .misses_least = policy->misses_to_down,
        .answers_to_up = policy->answers_to_up,
        .false_down_years = policy->false_down_years,
        .evidence = policy->false_down_years == 0
                        ? 0
                        : detector_evidence(policy->interval_ms, policy->false_down_years)};
}

void plan_switch(struct plan *plan, const struct plan_now *now)
{
    struct next_plan *next = &plan->next;
    struct last_plan *last = &plan->last;

    while (!plan_prepare(plan, SIZE_MAX))
        ;
    while (!plan_move_in(plan, SIZE_MAX)) /* of the switch before */
        ;
    *last = (struct last_plan){.credentials = plan->credentials,
                               .units = plan->units,
                               .given = next->given,
                               .left_at = *now};
    take_policy(plan);
    plan->generation++;
    plan->credentials = next->credentials;
    credentials_sort(&plan->credentials);
    plan->units = next->units;
    lanes_seal(&next->lanes, &plan->lanes);
    lanes_free(&plan->lanes);
    plan->lanes = next->lanes;
    plan->swept = 0;
    *next = (struct next_plan){.step = NEXT_GATHER};
    interrupt_strangers(plan);
    plan_tell_verdicts(plan, now->mono);
}

/* From the end, so that what is left is always a plan. */
static bool bury_units(struct units *units, size_t most)
{
    size_t left = units->count > most ? units->count - most : 0;

    for (size_t i = left; i < units->count; i++)
        wheel_disarm(&units_at(units, i)->due); /* nobody inherited from it */
    units_shrink(units, left);
    return left == 0;
}

static bool bury_given(struct given *given, size_t most)
{
    for (size_t blocks = most / GIVEN_BLOCK + 1; blocks > 0 && given->count > 0; blocks--) {
        size_t last = (given->count - 1) / GIVEN_BLOCK;

        free(given->blocks[last]);
        given->blocks[last] = NULL;
        given->count = last * GIVEN_BLOCK;
    }
    return given->count == 0;
}

bool plan_move_in(struct plan *plan, size_t most)
{
    struct last_plan *last = &plan->last;

    if (last->moved < plan->units.count) {
        for (; most > 0 && last->moved < plan->units.count; most--)
            (void)plan_unit_at(plan, last->moved++);
        return false;
    }
    if (!bury_units(&last->units, most) || !bury_given(&last->given, most))
        return false;
    plan_last_free(plan);
    last->moved = plan->units.count;
    return true;
}

void plan_last_free(struct plan *plan)
{
    struct last_plan *last = &plan->last;

    units_free(&last->units);
    plan_given_free(&last->given);
    credentials_free(&last->credentials);
}

void plan_commit(struct plan *plan, const struct plan_now *now)
{
    plan_switch(plan, now);
    while (!plan_move_in(plan, SIZE_MAX))
        ;
}
