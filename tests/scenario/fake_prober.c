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
#define BATCH         64

/* A probe under way, with the answer that it will get. */
struct flight {
    int64_t due_us;
    uint64_t order; /* of those that are due together: as they left */
    bool is_echo;   /* the second reason, of which the result says device and outcome */
    struct plan_result result;
};

/* One child. */
struct shard {
    struct plan *plan;
    struct flight *flights; /* a heap: the next that is due on top */
    size_t flight_count, flight_room;
};

struct probers {
    struct shard shards[WORLD_SHARDS_MAX];
    struct verify_copy *trials; /* as the real one keeps them, too */
    struct frame frame;
    struct plan_policy policy;
    struct plan_device *devices; /* as the real one keeps them for the next child */
    size_t device_count;
    size_t slots[WORLD_SITES_MAX + 1]; /* where among them a device is */
    uint64_t sent;
    bool ready;
};

static bool is_due_before(const struct flight *a, const struct flight *b)
{
    return a->due_us != b->due_us ? a->due_us < b->due_us : a->order < b->order;
}

static void flight_add(struct shard *shard, const struct flight *flight)
{
    size_t at = shard->flight_count++;

    if (at == shard->flight_room) {
        shard->flight_room = at == 0 ? 64 : at * 2;
        shard->flights = reallocarray(shard->flights, shard->flight_room, sizeof *flight);
        if (shard->flights == NULL)
            abort();
    }
    for (; at > 0 && is_due_before(flight, &shard->flights[(at - 1) / 2]); at = (at - 1) / 2)
        shard->flights[at] = shard->flights[(at - 1) / 2];
    shard->flights[at] = *flight;
}

static struct flight flight_pop(struct shard *shard)
{
    struct flight first = shard->flights[0], last = shard->flights[--shard->flight_count];
    size_t at = 0, child;

    while ((child = 2 * at + 1) < shard->flight_count) {
        if (child + 1 < shard->flight_count &&
            is_due_before(&shard->flights[child + 1], &shard->flights[child]))
            child++;
        if (!is_due_before(&shard->flights[child], &last))
            break;
        shard->flights[at] = shard->flights[child];
        at = child;
    }
    shard->flights[at] = last;
    return first;
}

static bool answers(struct world_site *site)
{
    if (site->mute || !world_reaches(site))
        return false;
    if (site->lose > 0) {
        site->lose--;
        return false;
    }
    return site->loss_percent == 0 || (int)(world_random() % 100) >= site->loss_percent;
}

static int64_t uptime_ticks(const struct world_site *site, int64_t at_us)
{
    int64_t since_us = site->own_clock ? site->agent_us : site->booted_us;

    return (at_us - since_us) / 10000 % (INT64_C(1) << 32);
}

static int64_t engine_time_s(const struct world_site *site, int64_t at_us)
{
    if (site->engineless)
        return -1;
    return (at_us - site->agent_us) / US_PER_S;
}

static int64_t host_ticks(const struct world_site *site, const struct plan_probe *probe,
                          int64_t at_us)
{
    bool asked = (probe->objects & PLAN_OBJECT_HOST_UPTIME) != 0;

    return asked && !site->hostless ? (at_us - site->booted_us) / 10000 % (INT64_C(1) << 32) : -1;
}

/* An address answers for a mute agent, too. */
static void send_echo(struct probers *prober, struct shard *shard, const struct plan_probe *probe)
{
    struct world *world = world_here();
    bool alive = world_reaches(&world->sites[probe->device->id - 1]);
    int64_t took_us = alive ? ROUND_TRIP_US : world->policy.timeout_ms * US_PER_MS;
    struct flight echo = {.due_us = world->now_us + took_us,
                          .order = prober->sent++,
                          .is_echo = true,
                          .result = {.device_id = probe->device->id,
                                     .probe = {.outcome = alive ? PROBE_ANSWERED : PROBE_SILENT,
                                               .at = {WORLD_EPOCH_US + world->now_us + took_us}}}};

    if (world->pings && probe->echo_too)
        flight_add(shard, &echo);
}

static bool send_probe(const struct plan_probe *probe, void *arg)
{
    struct probers *prober = arg;
    struct world *world = world_here();
    struct world_site *site = &world->sites[probe->device->id - 1];
    struct shard *shard = &prober->shards[site->shard];
    bool alive = answers(site);
    int64_t took_us = alive ? ROUND_TRIP_US : probe->timeout_ms * US_PER_MS;
    struct wall sent = {WORLD_EPOCH_US + world->now_us};
    struct flight flight = {
        .due_us = world->now_us + took_us,
        .order = prober->sent++,
        .result = {.device_id = probe->device->id,
                   .serial = probe->serial,
                   .rtt_us = alive ? took_us : -1,
                   .probe = {.outcome = alive ? PROBE_ANSWERED : PROBE_SILENT,
                             .sent_at = sent,
                             .at = {sent.us + took_us}},
                   .vitals = {.uptime_ticks = alive ? uptime_ticks(site, world->now_us) : -1,
                              .engine_time_s = alive ? engine_time_s(site, world->now_us) : -1,
                              .host_ticks = alive ? host_ticks(site, probe, world->now_us) : -1}}};

    send_echo(prober, shard, probe);
    world->probes++;
    flight_add(shard, &flight);
    return true;
}

static void on_change(const struct link_change *change, void *arg)
{
    struct probers *prober = arg;
    struct plan_device *device = &prober->devices[prober->slots[change->device_id]];

    device->begins_down = change->state == LINK_DOWN || change->state == LINK_RECOVERING;
    device->last_good = change->state == LINK_UP ? change->at : change->last_good;
    device->first_bad = change->first_bad;
    if (change->loss_ppm != 0)
        device->learned.usual_ppm = change->loss_ppm;
    outage_on_link_change(change, world_here()->outages);
}

static void on_verdict(const struct verify_verdict *verdict, void *arg)
{
    struct probers *prober = arg;
    struct verify_verdict heard = *verdict;

    if (!verify_copy_hear(prober->trials, verdict))
        return;
    if (heard.reason != VERIFY_OK &&
        !outages_in_touch_for(world_here()->outages, verify_lasts_ms(heard.window_ms)))
        heard.reason = VERIFY_INTERRUPTED; /* as daemon/app_sight.c does */
    verify_on_verdict(&heard, world_here()->verify);
}

static void shard_begin(struct probers *prober, struct shard *shard)
{
    shard->plan = plan_new(on_change, prober, loop_mono(NULL));
    plan_on_verdict(shard->plan, on_verdict);
    shard->flight_count = 0;
}

struct probers *fake_prober_new(void)
{
    struct probers *prober = calloc(1, sizeof *prober);

    if (prober == NULL)
        abort();
    prober->devices = calloc(world_here()->site_count + 1, sizeof *prober->devices);
    if (prober->devices == NULL)
        abort();
    for (uint32_t i = 0; i < world_here()->shards; i++)
        shard_begin(prober, &prober->shards[i]);
    prober->trials = verify_copy_new();
    return prober;
}

void probers_free(struct probers *prober)
{
    if (prober == NULL)
        return;
    for (uint32_t i = 0; i < world_here()->shards; i++) {
        plan_free(prober->shards[i].plan);
        free(prober->shards[i].flights);
    }
    verify_copy_free(prober->trials);
    free(prober->devices);
    free(prober);
}

void probers_plan_begin(struct probers *prober, const struct plan_policy *policy)
{
    prober->policy = *policy;
    prober->device_count = 0;
    for (uint32_t i = 0; i < world_here()->shards; i++)
        plan_begin(prober->shards[i].plan, policy);
}

uint32_t probers_shard(const struct probers *prober, uint32_t device_id)
{
    (void)prober;
    return world_here()->sites[device_id - 1].shard;
}

static struct plan *plan_with(struct probers *prober, uint32_t device_id)
{
    return prober->shards[probers_shard(prober, device_id)].plan;
}

void probers_plan_credential(struct probers *prober, const struct credential *credential)
{
    (void)prober;
    (void)credential;
}

void probers_plan_device(struct probers *prober, const struct plan_device *device)
{
    prober->slots[device->id] = prober->device_count;
    prober->devices[prober->device_count++] = *device;
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

    for (size_t i = 0; i < prober->device_count; i++) {
        struct plan_device *device = &prober->devices[i];

        outages_begins(device, world_here()->outages);
        plan_device(plan_with(prober, device->id), device);
    }
    for (uint32_t i = 0; i < world_here()->shards; i++)
        plan_commit(prober->shards[i].plan, &at);
    prober->ready = true;
}

bool probers_plan_prepare(struct probers *prober, size_t most)
{
    (void)prober;
    (void)most;
    return true;
}

bool probers_plan_settle(struct probers *prober, size_t most)
{
    (void)prober;
    (void)most;
    return true;
}

/* By frames, as the real child hears of them; first sent, then heard: a verdict may come at once.
 */
static void hand_down_trials(struct probers *prober)
{
    struct plan_now at = now();
    struct verify_order order;
    uint64_t ticket;

    while (world_here()->lost == 0 && verify_copy_frame(prober->trials, &prober->frame)) {
        verify_copy_sent(prober->trials, &prober->frame);
        for (size_t i = 0; i < prober->frame.count; i++) {
            if (prober->frame.type == FRAME_VERIFY_CANCEL &&
                frame_get_ticket(&prober->frame, i, &ticket)) {
                for (uint32_t shard = 0; shard < world_here()->shards; shard++)
                    plan_verify_cancel(prober->shards[shard].plan, ticket);
            } else if (prober->frame.type == FRAME_VERIFY &&
                       frame_get_order(&prober->frame, i, &order)) {
                plan_verify(plan_with(prober, order.device_id), &at, &order);
            }
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

uint32_t probers_count(const struct probers *prober)
{
    (void)prober;
    return world_here()->shards;
}

size_t probers_heard_traps(const struct probers *prober, uint32_t device_id, struct wall from,
                           struct wall to, struct trap_heard out[TRAP_HEARD_MOST])
{
    const struct world_site *site;
    size_t count = 0;

    (void)prober;
    if (device_id == 0)
        return 0;
    site = &world_here()->sites[device_id - 1];
    for (size_t i = 0; i < site->said_count; i++)
        if (site->said[i].at.us >= from.us && site->said[i].at.us <= to.us)
            out[count++] = site->said[i];
    return count;
}

bool probers_is_ready(const struct probers *prober, uint32_t shard)
{
    (void)prober;
    return !world_is_lost(shard);
}

/* A child that is gone knows nothing; the next one starts from what the parent last heard. */
void fake_prober_respawn(struct probers *prober, uint32_t shard)
{
    struct plan_now at = now();
    struct plan *plan;

    plan_free(prober->shards[shard].plan);
    shard_begin(prober, &prober->shards[shard]);
    plan = prober->shards[shard].plan;
    plan_begin(plan, &prober->policy);
    for (size_t i = 0; i < prober->device_count; i++)
        if (probers_shard(prober, prober->devices[i].id) == shard)
            plan_device(plan, &prober->devices[i]);
    plan_commit(plan, &at);
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
        plan_renew(plan_with(prober, devices[i]), &at, devices[i]);
    }
}

void probers_probe_now(struct probers *prober, uint32_t device_id)
{
    if (!world_is_lost(probers_shard(prober, device_id)))
        plan_probe_now(plan_with(prober, device_id), device_id);
}

bool fake_prober_next(int64_t *us)
{
    struct probers *prober = world_here()->prober;
    bool some = false;

    *us = INT64_MAX;
    for (uint32_t i = 0; prober != NULL && prober->ready && i < world_here()->shards; i++) {
        const struct shard *shard = &prober->shards[i];
        struct mono at;

        if (world_is_lost(i))
            continue;
        if (plan_next_at(shard->plan, &at)) {
            some = true;
            if (at.us - US_PER_S < *us)
                *us = at.us - US_PER_S;
        }
        if (shard->flight_count > 0) {
            some = true;
            if (shard->flights[0].due_us < *us)
                *us = shard->flights[0].due_us;
        }
    }
    return some;
}

static void shard_run_due(struct probers *prober, struct shard *shard)
{
    struct plan_now at = now();

    while (shard->flight_count > 0 && shard->flights[0].due_us <= world_here()->now_us) {
        struct flight flight = flight_pop(shard);

        if (flight.is_echo)
            plan_hear_echo(shard->plan, flight.result.device_id,
                           flight.result.probe.outcome == PROBE_ANSWERED, flight.result.probe.at);
        else
            plan_settle(shard->plan, &at, &flight.result, world_random());
    }
    while (plan_due(shard->plan, &at, BATCH, send_probe, prober) == BATCH)
        continue;
}

void fake_prober_run_due(void)
{
    struct probers *prober = world_here()->prober;

    for (uint32_t i = 0; prober != NULL && prober->ready && i < world_here()->shards; i++)
        if (!world_is_lost(i))
            shard_run_due(prober, &prober->shards[i]);
}
