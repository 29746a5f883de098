/* SPDX-License-Identifier: ISC */
/* The prober of a scenario: the real plan and link brain, a network that answers as the script
 * says. */
#include "tests/scenario/world.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/loop.h"
#include "probes/plan.h"
#include "probes/probers.h"
#include "probes/verify_copy.h"

#define ROUND_TRIP_US 20000
#define IN_FLIGHT_MAX 8192
#define BATCH         64

/* A probe under way, with the answer that it will get. */
struct flight {
    int64_t due_us;
    bool is_echo; /* the second reason, of which the result says device and outcome */
    struct plan_result result;
};

struct probers {
    struct plan *plan;
    struct verify_copy *trials; /* as the real one keeps them, too */
    struct frame frame;
    struct plan_policy policy;
    struct plan_device devices[WORLD_SITES_MAX]; /* as the real one keeps them for the next child */
    size_t device_count;
    struct flight flights[IN_FLIGHT_MAX];
    size_t flight_count;
    bool ready;
};

/* Does the site's device answer? Every site on some path to a core must forward. */
static bool reaches(const struct world_site *site)
{
    char uplinks[sizeof site->uplinks];
    char *rest = uplinks;
    char *code;

    if (site->cut || site->off || (world_here()->poller_cut && !site->near))
        return false;
    if (site->uplinks[0] == '\0')
        return true;
    memcpy(uplinks, site->uplinks, sizeof uplinks);
    while ((code = strsep(&rest, " ")) != NULL)
        if (*code != '\0' && reaches(world_site(code)))
            return true;
    return false;
}

static bool answers(struct world_site *site)
{
    if (site->mute || !reaches(site))
        return false;
    if (site->lose > 0) {
        site->lose--;
        return false;
    }
    return site->loss_percent == 0 || (int)(world_random() % 100) >= site->loss_percent;
}

static int64_t uptime_ticks(const struct world_site *site, int64_t at_us)
{
    return (at_us - site->booted_us) / 10000 % (INT64_C(1) << 32);
}

static int64_t engine_time_s(const struct world_site *site, int64_t at_us)
{
    return (at_us - site->agent_us) / US_PER_S;
}

/* An address answers for a mute agent, too. */
static void send_echo(struct probers *prober, const struct plan_probe *probe)
{
    struct world *world = world_here();
    bool alive = reaches(&world->sites[probe->device->id - 1]);
    int64_t took_us = alive ? ROUND_TRIP_US : world->policy.timeout_ms * US_PER_MS;

    if (world->pings && probe->echo_too && prober->flight_count < IN_FLIGHT_MAX)
        prober->flights[prober->flight_count++] = (struct flight){
            .due_us = world->now_us + took_us,
            .is_echo = true,
            .result = {.device_id = probe->device->id,
                       .probe = {.outcome = alive ? PROBE_ANSWERED : PROBE_SILENT,
                                 .at = {WORLD_EPOCH_US + world->now_us + took_us}}}};
}

static bool send_probe(const struct plan_probe *probe, void *arg)
{
    struct probers *prober = arg;
    struct world *world = world_here();
    struct world_site *site = &world->sites[probe->device->id - 1];
    bool alive = answers(site);
    int64_t took_us = alive ? ROUND_TRIP_US : world->policy.timeout_ms * US_PER_MS;
    struct wall sent = {WORLD_EPOCH_US + world->now_us};

    send_echo(prober, probe);
    if (prober->flight_count == IN_FLIGHT_MAX)
        return false;
    world->probes++;
    prober->flights[prober->flight_count++] = (struct flight){
        .due_us = world->now_us + took_us,
        .result = {.device_id = probe->device->id,
                   .serial = probe->serial,
                   .probe = {.outcome = alive ? PROBE_ANSWERED : PROBE_SILENT,
                             .sent_at = sent,
                             .at = {sent.us + took_us}},
                   .vitals = {.uptime_ticks = alive ? uptime_ticks(site, world->now_us) : -1,
                              .engine_time_s = alive ? engine_time_s(site, world->now_us) : -1}}};
    return true;
}

static void on_change(const struct link_change *change, void *arg)
{
    struct probers *prober = arg;

    for (size_t i = 0; i < prober->device_count; i++) {
        struct plan_device *device = &prober->devices[i];

        if (device->id != change->device_id)
            continue;
        if (change->effect == LINK_FX_BEGINS || change->effect == LINK_FX_ENDS)
            device->begins_down = change->effect == LINK_FX_BEGINS;
        device->last_good = change->last_good;
        device->first_bad = change->first_bad;
    }
    outage_on_link_change(change, world_here()->outages);
}

static void on_verdict(const struct verify_verdict *verdict, void *arg)
{
    struct probers *prober = arg;

    struct verify_verdict heard = *verdict;

    if (!verify_copy_hear(prober->trials, verdict))
        return;
    if (heard.reason != VERIFY_OK && !outages_in_touch(world_here()->outages))
        heard.reason = VERIFY_INTERRUPTED; /* as daemon/app.c does */
    verify_on_verdict(&heard, world_here()->verify);
}

struct probers *fake_prober_new(void)
{
    struct probers *prober = calloc(1, sizeof *prober);

    if (prober == NULL)
        abort();
    prober->plan = plan_new(on_change, prober, loop_mono(NULL));
    plan_on_verdict(prober->plan, on_verdict);
    prober->trials = verify_copy_new();
    return prober;
}

void probers_free(struct probers *prober)
{
    if (prober == NULL)
        return;
    plan_free(prober->plan);
    verify_copy_free(prober->trials);
    free(prober);
}

void probers_plan_begin(struct probers *prober, const struct plan_policy *policy)
{
    prober->policy = *policy;
    prober->device_count = 0;
    plan_begin(prober->plan, policy);
}

uint32_t probers_shard(const struct probers *prober, uint32_t device_id)
{
    (void)prober;
    (void)device_id;
    return 0;
}

void probers_plan_credential(struct probers *prober, const struct credential *credential)
{
    (void)prober;
    (void)credential;
}

void probers_plan_device(struct probers *prober, const struct plan_device *device)
{
    prober->devices[prober->device_count++] = *device;
    plan_device(prober->plan, device);
}

static struct plan_now now(void)
{
    return (struct plan_now){.mono = loop_mono(NULL), .wall = loop_wall(NULL)};
}

void probers_agent_know(struct probers *probers, const struct agent_news *news)
{
    (void)probers;
    (void)news;
}

void probers_plan_commit(struct probers *prober)
{
    struct plan_now at = now();

    plan_commit(prober->plan, &at);
    prober->ready = true;
}

/* By frames, as the real child hears of them; first sent, then heard: a verdict may come at once.
 */
static void hand_down_trials(struct probers *prober)
{
    struct plan_now at = now();
    struct verify_order order;
    uint64_t ticket;

    while (!world_here()->prober_lost && verify_copy_frame(prober->trials, &prober->frame)) {
        verify_copy_sent(prober->trials, &prober->frame);
        for (size_t i = 0; i < prober->frame.count; i++) {
            if (prober->frame.type == FRAME_VERIFY_CANCEL &&
                frame_get_ticket(&prober->frame, i, &ticket))
                plan_verify_cancel(prober->plan, ticket);
            else if (prober->frame.type == FRAME_VERIFY &&
                     frame_get_order(&prober->frame, i, &order))
                plan_verify(prober->plan, &at, &order);
        }
    }
}

void probers_verify(struct probers *prober, const struct verify_order *order)
{
    verify_copy_order(prober->trials, order);
    hand_down_trials(prober);
}

void probers_verify_cancel(struct probers *prober, uint64_t ticket)
{
    verify_copy_cancel(prober->trials, ticket);
    hand_down_trials(prober);
}

/* A child that is gone knows nothing; the next one starts from what the parent last heard. */
uint32_t probers_count(const struct probers *prober)
{
    (void)prober;
    return 1;
}

/* Nobody says anything unasked here. */
size_t probers_heard_traps(const struct probers *prober, uint32_t device_id, struct wall from,
                           struct wall to, struct trap_heard out[TRAP_HEARD_MOST])
{
    (void)prober;
    (void)device_id;
    (void)from;
    (void)to;
    (void)out;
    return 0;
}

bool probers_is_ready(const struct probers *prober, uint32_t shard)
{
    (void)prober;
    (void)shard;
    return !world_here()->prober_lost;
}

void fake_prober_respawn(struct probers *prober)
{
    struct plan_now at = now();

    plan_free(prober->plan);
    prober->flight_count = 0;
    prober->plan = plan_new(on_change, prober, at.mono);
    plan_on_verdict(prober->plan, on_verdict);
    plan_begin(prober->plan, &prober->policy);
    for (size_t i = 0; i < prober->device_count; i++)
        plan_device(prober->plan, &prober->devices[i]);
    plan_commit(prober->plan, &at);
    verify_copy_rewind(prober->trials);
    hand_down_trials(prober);
}

void probers_renew(struct probers *prober, const uint32_t *devices, size_t count)
{
    struct plan_now at = now();

    for (size_t i = 0; i < count; i++) {
        for (size_t d = 0; d < prober->device_count; d++)
            if (prober->devices[d].id == devices[i])
                prober->devices[d].begins_down = false;
        plan_renew(prober->plan, &at, devices[i]);
    }
}

void probers_probe_now(struct probers *prober, uint32_t device_id)
{
    plan_probe_now(prober->plan, device_id);
}

bool fake_prober_next(int64_t *us)
{
    struct probers *prober = world_here()->prober;
    struct mono at;
    bool some;

    if (prober == NULL || !prober->ready || world_here()->prober_lost)
        return false;
    some = plan_next_at(prober->plan, &at);
    *us = some ? at.us - US_PER_S : INT64_MAX;
    for (size_t i = 0; i < prober->flight_count; i++) {
        some = true;
        if (prober->flights[i].due_us < *us)
            *us = prober->flights[i].due_us;
    }
    return some;
}

void fake_prober_run_due(void)
{
    struct probers *prober = world_here()->prober;
    struct plan_now at = now();
    size_t i = 0;

    if (prober == NULL || !prober->ready || world_here()->prober_lost)
        return;
    while (i < prober->flight_count) {
        struct flight flight = prober->flights[i];

        if (flight.due_us > world_here()->now_us) {
            i++;
            continue;
        }
        prober->flights[i] = prober->flights[--prober->flight_count];
        if (flight.is_echo)
            plan_hear_echo(prober->plan, flight.result.device_id,
                           flight.result.probe.outcome == PROBE_ANSWERED, flight.result.probe.at);
        else
            plan_settle(prober->plan, &at, &flight.result, world_random());
    }
    while (plan_due(prober->plan, &at, BATCH, send_probe, prober) == BATCH)
        continue;
}
