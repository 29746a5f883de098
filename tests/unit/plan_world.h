/* SPDX-License-Identifier: ISC */
/*
 * plan_world - a plan, a network of yes and no, and a clock that is a number, for the tests of the
 * plan.
 *
 * Each device answers after 10 ms, or is given up after a second. Include it after cmocka.h, once.
 */
#ifndef KT_TEST_PLAN_WORLD_H
#define KT_TEST_PLAN_WORLD_H

#include <string.h>

#include "probes/plan.h"

#define DEVICES_MAX 5000
#define CHANGES_MAX 8192
#define DAWN_US     (INT64_C(1700000000) * US_PER_S) /* the wall clock when the other says 0 */

struct world {
    struct plan *plan;
    struct plan_policy policy;
    struct plan_now now;
    bool silent[DEVICES_MAX + 1];
    struct plan_probe under_way[DEVICES_MAX + 1];
    struct mono settle_at[DEVICES_MAX + 1];
    int64_t sent_ms[DEVICES_MAX + 1]; /* the last sending */
    size_t sent;
    size_t busiest; /* sent within one tick */
    struct link_change changes[CHANGES_MAX];
    size_t changes_count;
    uint32_t random;
    uint32_t dropped;
    uint32_t objects;
    uint32_t lane;
    uint32_t interval_ms; /* of each device; 0: none of its own */
    uint32_t credential;  /* another one that the plan has; 0: none */
    bool ages;            /* the agents' uptime goes on, as it should; else it is 100 for ever */
};

static struct world world;

static inline void on_change(const struct link_change *change, void *arg)
{
    (void)arg;
    assert_in_range(world.changes_count, 0, CHANGES_MAX - 1);
    world.changes[world.changes_count++] = *change;
}

static inline void set_now(int64_t ms)
{
    world.now.mono.us = ms * US_PER_MS;
    world.now.wall.us = DAWN_US + ms * US_PER_MS;
}

static inline int64_t now_ms(void)
{
    return world.now.mono.us / US_PER_MS;
}

static inline int begin(void **state)
{
    (void)state;
    memset(&world, 0, sizeof world);
    set_now(1000000);
    world.policy = (struct plan_policy){60000, 1000, 3, 3, 0, 0, 0};
    world.random = 100; /* no jitter: the middle of 0 … 200 */
    world.plan = plan_new(on_change, NULL, world.now.mono);
    return 0;
}

static inline int end(void **state)
{
    (void)state;
    plan_free(world.plan);
    return 0;
}

static inline struct plan_device device_of(uint32_t id)
{
    struct plan_device device = {.id = id,
                                 .snmp = PLAN_SNMP_V2C,
                                 .credential = 1,
                                 .lane = world.lane,
                                 .interval_ms = world.interval_ms};
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(161)};

    v4.sin_addr.s_addr = htonl(0x0a000000U + id);
    memcpy(&device.address, &v4, sizeof v4);
    return device;
}

static inline void commit(uint32_t first, uint32_t last)
{
    plan_begin(world.plan, &world.policy);
    for (uint32_t id = last; id >= first && id > 0; id--) {
        struct plan_device device = device_of(id);

        plan_device(world.plan, &device);
    }
    plan_commit(world.plan, &world.now);
}

static inline void commit_one(const struct plan_device *device)
{
    plan_begin(world.plan, &world.policy);
    if (world.credential != 0)
        plan_credential(world.plan, &(struct credential){.id = world.credential,
                                                         .kind = CREDENTIAL_COMMUNITY,
                                                         .community = "Desa"});
    plan_device(world.plan, device);
    plan_commit(world.plan, &world.now);
}

static inline bool send_probe(const struct plan_probe *probe, void *arg)
{
    uint32_t id = probe->device->id;

    (void)arg;
    world.sent++;
    world.sent_ms[id] = now_ms();
    world.objects = probe->objects;
    world.under_way[id] = *probe;
    world.settle_at[id] = mono_add_ms(world.now.mono, world.silent[id] ? 1000 : 10);
    return true;
}

static inline struct plan_result result_of(uint32_t id, enum probe_outcome outcome)
{
    return (struct plan_result){
        .device_id = id,
        .serial = world.under_way[id].serial,
        .probe = {outcome, {DAWN_US + world.sent_ms[id] * US_PER_MS}, world.now.wall},
        .vitals = {world.ages ? now_ms() / 10 : 100, 1, -1},
        .dropped = world.dropped,
    };
}

static inline void settle(uint32_t id)
{
    struct plan_result result = result_of(id, world.silent[id] ? PROBE_SILENT : PROBE_ANSWERED);

    world.settle_at[id].us = 0;
    plan_settle(world.plan, &world.now, &result, world.random);
}

/* Ten milliseconds at a time: settle what is ripe, send what is due. */
static inline void run_until(int64_t end_ms)
{
    while (now_ms() < end_ms) {
        size_t before = world.sent;

        set_now(now_ms() + 10);
        for (uint32_t id = 1; id <= DEVICES_MAX; id++)
            if (world.settle_at[id].us != 0 && world.settle_at[id].us <= world.now.mono.us)
                settle(id);
        plan_due(world.plan, &world.now, DEVICES_MAX, send_probe, NULL);
        if (world.sent - before > world.busiest)
            world.busiest = world.sent - before;
    }
}

static inline void run_to_next_sending(void)
{
    size_t sent = world.sent;

    while (world.sent == sent)
        run_until(now_ms() + 10);
}
#endif
