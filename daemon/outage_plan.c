/* SPDX-License-Identifier: ISC */
/* Another plan is taken in slices, so that the loop has others to see to meanwhile: the roster is
 * made and the devices are handed on while the plan before counts, then both are exchanged, and all
 * sites are gone through. */
#include "daemon/outage_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/loop.h"

#define SLICE 1000 /* sites or devices looked at in one turn, a microsecond or two each */

/* ---- what is counted, and what is to be done ---- */

struct counted *outages_counted(struct outages *outages, size_t index)
{
    struct counted *counted = &outages->counted[index];
    size_t before;

    if (counted->known || outages->last_counted == NULL)
        return counted;
    before = roster_before(outages->roster, index);
    if (before == TOPOLOGY_NONE)
        return counted;
    *counted = outages->last_counted[before];
    outages->last_counted[before] = (struct counted){0};
    return counted;
}

void outages_free_counted(struct outages *outages)
{
    free(outages->last_counted);
    free(outages->counted);
    outages->last_counted = outages->counted = NULL;
}

void outages_clear_counted(struct outages *outages)
{
    outages_free_counted(outages);
    outages->counted = calloc(roster_count(outages->roster) + 1, sizeof *outages->counted);
    if (outages->counted == NULL)
        abort();
}

void outages_clear_marks(struct outages *outages)
{
    size_t sites = roster_count(outages->roster);

    marks_reset(&outages->undecided, sites);
    marks_reset(&outages->roots, sites);
    marks_reset(&outages->others, sites);
    marks_reset(&outages->untold, sites);
    marks_reset(&outages->flapping, sites);
    marks_reset(&outages->covering, sites);
    outages_cause_plan(outages);
    outages->pass_left = 0;
}

void outages_touch_anew(struct outages *outages, size_t index)
{
    size_t feeder = feeders_of(roster_feeders(outages->roster), index);

    outages_touch(outages, index);
    if (feeder != FEEDERS_NONE)
        marks_add(&outages->feeders, feeder);
}

/* ---- all sites ---- */

/* The child began it DOWN, and says something only when it answers. */
static void resume_outage(struct outages *outages, size_t index)
{
    struct site *site = roster_site(outages->roster, index);
    const struct span *span = spans_current(&site->spans);

    if (span == NULL || site->state != LINK_UNKNOWN || site->device_id == 0 || site->left_out ||
        outages->probers == NULL ||
        !probers_is_ready(outages->probers, probers_shard(outages->probers, site->device_id)))
        return;
    site->state = LINK_DOWN;
    site->since = span->first_bad;
    site->state_told = false;
    topology_set(roster_topology(outages->roster), index, LINK_DOWN, (struct wall){0});
    outages_touch(outages, index);
}

static void sweep_site(struct outages *outages, size_t index)
{
    resume_outage(outages, index);
    if (index < outages->sweep.touched)
        return;
    outages_touch_anew(outages, index);
    outages->sweep.touched = index + 1;
}

/* Sites that the new plan has not any more. */
static bool uncount_gone(struct outages *outages, size_t most)
{
    static const struct counted nothing = {0};
    struct sweep *sweep = &outages->sweep;

    if (outages->last_counted == NULL)
        return true;
    for (; most > 0 && sweep->counted < outages->last_count; most--)
        outages_count(&outages->counts, &outages->last_counted[sweep->counted++], &nothing);
    if (sweep->counted < outages->last_count)
        return false;
    free(outages->last_counted);
    outages->last_counted = NULL;
    return true;
}

/* True: through. */
static bool sweep(struct outages *outages, size_t most)
{
    struct sweep *sweep = &outages->sweep;
    size_t sites = roster_count(outages->roster);

    if (sweep->judged < sites)
        outages_arm_soon(outages);
    for (; most > 0 && sweep->at < sites; most--)
        sweep_site(outages, sweep->at++);
    for (; most > 0 && sweep->at == sites && sweep->judged < sites; most--) {
        outages_judge_anew(outages, sweep->judged++);
        if (sweep->judged == sites)
            outages_cover_doubt(outages);
    }
    if (sweep->at < sites || sweep->judged < sites || !uncount_gone(outages, most) ||
        !roster_move_in(outages->roster, most) ||
        (outages->probers != NULL && !probers_plan_settle(outages->probers, most)))
        return false;
    sweep->going = false;
    return true;
}

static void on_slice(void *arg);

static void go_on(struct outages *outages)
{
    if (!outages->stopping && (outages->sweep.going || outages->taking.step != TAKE_NOTHING))
        loop_timer_arm(outages->taking.timer, 0);
}

void outages_sweep(struct outages *outages)
{
    outages->sweep.at = 0;
    outages->sweep.going = true;
    (void)sweep(outages, SLICE);
    go_on(outages);
}

/* ---- a plan ---- */

void outages_begins(struct plan_device *device, void *arg)
{
    struct outages *outages = arg;
    size_t index = roster_by_device(outages->roster, device->id);
    const struct span *span =
        index == TOPOLOGY_NONE ? NULL : spans_current(&roster_site(outages->roster, index)->spans);

    device->begins_down = span != NULL;
    device->last_good = span == NULL ? (struct wall){0} : span->last_good;
    device->first_bad = span == NULL ? (struct wall){0} : span->first_bad;
}

static void exchange(struct outages *outages)
{
    struct taking *taking = &outages->taking;
    struct roster *last = outages->roster;

    free(outages->last_counted);
    outages->last_counted = outages->counted;
    outages->last_count = last == NULL ? 0 : roster_count(last);
    outages->counted = NULL;
    roster_take_over(taking->roster, last, loop_wall(outages->loop));
    outages->roster = taking->roster;
    taking->roster = NULL;
    outages->counted = calloc(roster_count(outages->roster) + 1, sizeof *outages->counted);
    if (outages->counted == NULL)
        abort();
    outages->counts.sites = roster_count(outages->roster);
    outages_clear_marks(outages);
    if (outages->probers != NULL)
        probers_plan_commit(outages->probers);
    outages->sweep = (struct sweep){.going = true};
}

static void next_step(struct taking *taking, enum plan_step step)
{
    taking->step = step;
    taking->given = 0;
}

static void tell(struct outages *outages, bool taken, const char *why)
{
    struct taking *taking = &outages->taking;

    next_step(taking, TAKE_NOTHING);
    taking->told(taken, why, taking->arg);
}

static void begin_probers(struct outages *outages)
{
    const struct planned *planned = &outages->taking.planned;

    probers_plan_begin(outages->probers, &outages->policy);
    for (size_t i = 0; i < planned->credential_count; i++)
        probers_plan_credential(outages->probers, &planned->credentials[i]);
}

static void make_roster(struct outages *outages, size_t most)
{
    struct taking *taking = &outages->taking;
    struct err err;

    switch (roster_prepare(taking->roster, outages->roster, most, &err)) {
    case TOPOLOGY_SEALS:
        return;
    case TOPOLOGY_REFUSED:
        roster_free(taking->roster);
        taking->roster = NULL;
        tell(outages, false, err.text);
        return;
    case TOPOLOGY_SEALED:
        break;
    }
    next_step(taking, outages->probers == NULL ? TAKE_ORDER : TAKE_BEGIN);
}

static void take_slice(struct outages *outages, size_t most)
{
    struct taking *taking = &outages->taking;
    const struct planned *planned = &taking->planned;

    switch (taking->step) {
    case TAKE_NOTHING:
        break;
    case TAKE_ROSTER:
        make_roster(outages, most);
        break;
    case TAKE_BEGIN:
        begin_probers(outages);
        next_step(taking, TAKE_DEVICES);
        break;
    case TAKE_DEVICES:
        for (; most > 0 && taking->given < planned->device_count; most--)
            probers_plan_device(outages->probers, &planned->devices[taking->given++]);
        if (taking->given == planned->device_count)
            next_step(taking, TAKE_AGENTS);
        break;
    case TAKE_AGENTS:
        for (; most > 0 && taking->given < planned->agent_count; most--)
            probers_agent_know(outages->probers, &planned->agents[taking->given++]);
        if (taking->given == planned->agent_count)
            next_step(taking, TAKE_ORDER);
        break;
    case TAKE_ORDER:
        if (outages->probers != NULL && !probers_plan_prepare(outages->probers, most))
            break;
        exchange(outages);
        tell(outages, true, NULL);
        break;
    }
}

/* What is left to do of the plan before goes first. */
static void slice(struct outages *outages, size_t most)
{
    if (outages->sweep.going)
        (void)sweep(outages, most);
    else
        take_slice(outages, most);
}

static void on_slice(void *arg)
{
    struct outages *outages = arg;

    slice(outages, SLICE);
    go_on(outages);
}

void outages_begin_plan(struct outages *outages, struct roster *roster,
                        const struct planned *planned, outages_taken_fn *told, void *arg)
{
    struct taking *taking = &outages->taking;

    assert(taking->step == TAKE_NOTHING);
    taking->roster = roster;
    taking->planned = *planned;
    taking->told = told;
    taking->arg = arg;
    next_step(taking, TAKE_ROSTER);
    go_on(outages);
}

struct at_once {
    struct err *err;
    bool taken;
};

static void on_taken(bool taken, const char *why, void *arg)
{
    struct at_once *at_once = arg;

    at_once->taken = taken;
    if (!taken)
        err_set(at_once->err, "%s", why);
}

bool outages_take_plan(struct outages *outages, struct roster *roster,
                       const struct planned *planned, struct err *err)
{
    struct at_once at_once = {.err = err};

    outages_begin_plan(outages, roster, planned, on_taken, &at_once);
    while (outages->sweep.going || outages->taking.step != TAKE_NOTHING)
        slice(outages, SIZE_MAX);
    loop_timer_disarm(outages->taking.timer);
    return at_once.taken;
}

void outages_plan_init(struct outages *outages)
{
    outages->taking.step = TAKE_NOTHING;
    outages->taking.timer = loop_timer_new(outages->loop, on_slice, outages);
}

void outages_plan_stop(struct outages *outages)
{
    loop_timer_disarm(outages->taking.timer);
}

void outages_plan_free(struct outages *outages)
{
    loop_timer_free(outages->taking.timer);
    roster_free(outages->taking.roster);
}
