/* SPDX-License-Identifier: ISC */
/* A new plan takes the place of the one before: what stays, what begins anew. */
#include "probes/plan_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "probes/address.h"

void plan_begin(struct plan *plan, const struct plan_policy *policy)
{
    assert(policy->interval_ms > 0 && policy->misses_to_down > 0 && policy->answers_to_up > 0);
    plan->next_policy = *policy;
    plan->next_count = 0;
    credentials_free(&plan->next_credentials);
}

void plan_credential(struct plan *plan, const struct credential *credential)
{
    credentials_add(&plan->next_credentials, credential);
}

void plan_device(struct plan *plan, const struct plan_device *device)
{
    if (plan->next_count == plan->next_room) {
        size_t room = plan->next_room == 0 ? 64 : plan->next_room * 2;
        struct plan_device *next = calloc(room, sizeof *next);

        if (next == NULL)
            abort();
        if (plan->next_count > 0)
            memcpy(next, plan->next, plan->next_count * sizeof *next);
        plan_wipe(plan->next, plan->next_room * sizeof *next);
        plan->next = next;
        plan->next_room = room;
    }
    plan->next[plan->next_count++] = *device;
}

static int by_id(const void *a, const void *b)
{
    uint32_t x = ((const struct plan_device *)a)->id, y = ((const struct plan_device *)b)->id;

    return (x > y) - (x < y);
}

/* Does the device answer where, how and to whom the old one did? */
static bool same_agent(const struct plan *plan, const struct plan_device *new,
                       const struct plan_device *old)
{
    return address_equal(&new->address, &old->address) &&
           new->snmp == old->snmp &&credential_same(
                            credentials_find(&plan->next_credentials, new->credential),
                            credentials_find(&plan->credentials, old->credential));
}

static void begin_down(struct unit *unit, const struct plan_now *now)
{
    int64_t dark_ms = wall_diff_ms(now->wall, unit->device.first_bad);

    link_init_down(&unit->link, unit->device.last_good, unit->device.first_bad);
    unit->down_at = mono_add_ms(now->mono, dark_ms > 0 ? -dark_ms : 0);
}

static void unit_init(struct unit *unit, const struct plan_device *device,
                      const struct plan_now *now)
{
    *unit = (struct unit){.device = *device,
                          .objects = PLAN_OBJECTS_ALL,
                          .vitals = {-1, -1},
                          .ping = LINK_PING_UNKNOWN,
                          .echo = LINK_PING_UNKNOWN};
    link_init(&unit->link);
    loss_init(&unit->loss, device->loss_ppm);
    unit->link.last_good = device->last_good;
    if (device->begins_down)
        begin_down(unit, now);
    detector_know(&unit->link.detector, device->loss_ppm / 1e6);
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
    unit->under_way = old->under_way;
    unit->verify_gap_ms = old->verify_gap_ms;
}

/* On the fast schedule the turn that was arranged stands; steady turns follow the new interval. */
static void unit_place(struct plan *plan, struct unit *unit, const struct unit *old,
                       const struct plan_now *now)
{
    enum link_state state = unit->link.state;
    bool fast = state == LINK_SUSPECT || state == LINK_RECOVERING ||
                (state == LINK_UNKNOWN && unit->link.detector.miss_run > 0);

    if (unit->under_way)
        return;
    if (unit->asked || (old != NULL && has_new_role(&unit->device, &old->device)))
        wheel_hurry(&plan->wheel, &unit->due);
    else if (fast && old != NULL && !old->under_way)
        wheel_arm(&plan->wheel, &unit->due, (struct mono){old->due.tick * plan->wheel.tick_us});
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

static void lay_lanes(struct plan *plan)
{
    struct lanes lanes = {0};

    for (size_t i = 0; i < plan->count; i++)
        if (plan->units[i].device.lane != 0)
            lanes_add(&lanes, plan->units[i].device.lane);
    lanes_seal(&lanes, &plan->lanes);
    lanes_free(&plan->lanes);
    plan->lanes = lanes;
}

static void take_policy(struct plan *plan)
{
    const struct plan_policy *policy = &plan->next_policy;

    plan->policy = *policy;
    plan->detector = (struct detector_policy){
        .misses_least = policy->misses_to_down,
        .answers_to_up = policy->answers_to_up,
        .false_down_years = policy->false_down_years,
        .evidence = policy->false_down_years == 0
                        ? 0
                        : detector_evidence(policy->interval_ms, policy->false_down_years)};
}

void plan_commit(struct plan *plan, const struct plan_now *now)
{
    struct unit *units = calloc(plan->next_count + 1, sizeof *units);
    size_t count = 0, old = 0;

    if (units == NULL)
        abort();
    if (plan->next_count > 0)
        qsort(plan->next, plan->next_count, sizeof *plan->next, by_id);
    credentials_sort(&plan->next_credentials);
    take_policy(plan);
    for (size_t i = 0; i < plan->next_count; i++) {
        const struct plan_device *device = &plan->next[i];
        const struct unit *was = NULL;

        if (count > 0 && units[count - 1].device.id == device->id)
            continue; /* given twice: the first counts */
        while (old < plan->count && plan->units[old].device.id < device->id)
            old++;
        if (old < plan->count && plan->units[old].device.id == device->id)
            was = &plan->units[old];
        unit_init(&units[count], device, now);
        if (was != NULL)
            unit_inherit(plan, &units[count], was, now);
        unit_place(plan, &units[count++], was, now);
    }
    for (size_t i = 0; i < plan->count; i++)
        wheel_disarm(&plan->units[i].due);
    plan_wipe(plan->units, plan->count * sizeof *units);
    plan->units = units;
    plan->count = count;
    plan_wipe(plan->next, plan->next_room * sizeof *plan->next);
    plan->next = NULL;
    plan->next_count = 0;
    plan->next_room = 0;
    credentials_free(&plan->credentials);
    plan->credentials = plan->next_credentials;
    plan->next_credentials = (struct credentials){0};
    lay_lanes(plan);
    interrupt_strangers(plan);
    plan_tell_verdicts(plan, now->mono);
}
