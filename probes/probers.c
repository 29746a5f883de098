/* SPDX-License-Identifier: ISC */
#include "probes/probers.h"

#include <assert.h>
#include <stdlib.h>

#include "probes/trap_parent.h"

/* One child with what the parent's end needs to know of it. */
struct part {
    struct probers *all;
    struct prober *prober;
};

struct probers {
    const struct probers_callbacks *callbacks;
    void *arg;
    uint32_t count;
    struct part parts[PROBERS_MOST];
    struct trap_parent *traps;      /* NULL: none are heard */
    struct credentials credentials; /* of the plan that is being given */
    uint64_t *has;                  /* by place in credentials: the shards that were given it */
};

static uint32_t shard_of(const struct part *part)
{
    return (uint32_t)(part - part->all->parts);
}

static void on_change(const struct link_change *change, void *arg)
{
    struct part *part = arg;

    part->all->callbacks->on_change(change, part->all->arg);
}

static void on_ready(void *arg)
{
    struct part *part = arg;

    part->all->callbacks->on_ready(shard_of(part), part->all->arg);
}

static void on_lost(const char *why, void *arg)
{
    struct part *part = arg;

    part->all->callbacks->on_lost(shard_of(part), why, part->all->arg);
}

static void on_agent(const struct agent_news *news, void *arg)
{
    struct part *part = arg;

    if (part->all->callbacks->on_agent != NULL)
        part->all->callbacks->on_agent(news, part->all->arg);
}

static void on_verified(const struct verify_verdict *verdict, void *arg)
{
    struct part *part = arg;

    part->all->callbacks->on_verified(verdict, part->all->arg);
}

static void on_reading(const struct reading_report *report, void *arg)
{
    struct part *part = arg;

    if (part->all->callbacks->on_reading != NULL)
        part->all->callbacks->on_reading(report, part->all->arg);
}

static void on_rollup(const struct rollup_record *record, void *arg)
{
    struct part *part = arg;

    if (part->all->callbacks->on_rollup != NULL)
        part->all->callbacks->on_rollup(record, part->all->arg);
}

static void on_learned(const struct learned_news *news, void *arg)
{
    struct part *part = arg;

    if (part->all->callbacks->on_learned != NULL)
        part->all->callbacks->on_learned(news, part->all->arg);
}

static void on_begins(struct plan_device *device, void *arg)
{
    struct part *part = arg;

    if (part->all->callbacks->on_begins != NULL)
        part->all->callbacks->on_begins(device, part->all->arg);
}

static const struct prober_callbacks part_callbacks = {.on_change = on_change,
                                                       .on_ready = on_ready,
                                                       .on_lost = on_lost,
                                                       .on_agent = on_agent,
                                                       .on_verified = on_verified,
                                                       .on_reading = on_reading,
                                                       .on_rollup = on_rollup,
                                                       .on_learned = on_learned,
                                                       .on_begins = on_begins};

struct probers *probers_new(struct event_base *base, const struct prober_start *start,
                            uint32_t count, const struct probers_callbacks *callbacks, void *arg,
                            struct err *err)
{
    struct probers *probers = calloc(1, sizeof *probers);

    assert(count >= 1 && count <= PROBERS_MOST);
    if (probers == NULL)
        abort();
    probers->callbacks = callbacks;
    probers->arg = arg;
    for (; probers->count < count; probers->count++) {
        struct part *part = &probers->parts[probers->count];

        part->all = probers;
        part->prober = prober_new(base, start, &part_callbacks, part, err);
        if (part->prober == NULL) {
            probers_free(probers);
            return NULL;
        }
    }
    return probers;
}

void probers_free(struct probers *probers)
{
    if (probers == NULL)
        return;
    for (uint32_t i = 0; i < probers->count; i++)
        prober_free(probers->parts[i].prober);
    trap_parent_free(probers->traps);
    credentials_free(&probers->credentials);
    free(probers->has);
    free(probers);
}

uint32_t probers_count(const struct probers *probers)
{
    return probers->count;
}

/* Mixed, so that numbers given by district or in steps do not all fall to one. [Knuth, TAOCP
 * 3, 6.4]
 */
uint32_t probers_shard(const struct probers *probers, uint32_t device_id)
{
    uint64_t mixed = device_id * UINT32_C(2654435769);

    return (uint32_t)(mixed * probers->count >> 32);
}

struct prober *probers_at(struct probers *probers, uint32_t shard)
{
    assert(shard < probers->count);
    return probers->parts[shard].prober;
}

static struct prober *of_device(struct probers *probers, uint32_t device_id)
{
    return probers->parts[probers_shard(probers, device_id)].prober;
}

void probers_plan_begin(struct probers *probers, const struct plan_policy *policy)
{
    credentials_free(&probers->credentials);
    free(probers->has);
    probers->has = NULL;
    if (probers->traps != NULL)
        trap_desk_begin(trap_parent_desk(probers->traps));
    for (uint32_t i = 0; i < probers->count; i++) {
        struct plan_policy share = *policy;

        /* The limit is for all together; each has its share, and none is left without. */
        share.packets_per_s = (policy->packets_per_s + probers->count - 1) / probers->count;
        share.lane_bytes_per_s = (policy->lane_bytes_per_s + probers->count - 1) / probers->count;
        prober_plan_begin(probers->parts[i].prober, &share);
    }
}

/* Kept until a device names it: only its shard may know it. */
void probers_plan_credential(struct probers *probers, const struct credential *credential)
{
    assert(probers->has == NULL);
    credentials_add(&probers->credentials, credential);
    if (probers->traps == NULL)
        return;
    if (credential->kind == CREDENTIAL_USM)
        trap_desk_user(trap_parent_desk(probers->traps), credential->id);
    else
        trap_desk_credential(trap_parent_desk(probers->traps), credential->id,
                             credential->community);
}

static void hand_credential(struct probers *probers, uint32_t id, uint32_t shard)
{
    const struct credential *credential;
    uint64_t *has;

    if (probers->has == NULL) {
        credentials_sort(&probers->credentials);
        probers->has = calloc(probers->credentials.count + 1, sizeof *probers->has);
        if (probers->has == NULL)
            abort();
    }
    credential = credentials_find(&probers->credentials, id);
    if (credential == NULL)
        return;
    has = &probers->has[credential - probers->credentials.at];
    if ((*has >> shard & 1) == 0)
        prober_plan_credential(probers->parts[shard].prober, credential);
    *has |= UINT64_C(1) << shard;
}

void probers_plan_device(struct probers *probers, const struct plan_device *device)
{
    uint32_t shard = probers_shard(probers, device->id);

    hand_credential(probers, device->credential, shard);
    prober_plan_device(probers->parts[shard].prober, device);
    if (probers->traps != NULL)
        trap_desk_device(trap_parent_desk(probers->traps), device->id, &device->address.any,
                         device->credential);
}

void probers_agent_know(struct probers *probers, const struct agent_news *news)
{
    prober_agent_know(of_device(probers, news->device_id), news);
}

bool probers_plan_prepare(struct probers *probers, size_t most)
{
    for (uint32_t i = 0; i < probers->count; i++)
        if (!prober_plan_prepare(probers->parts[i].prober, most))
            return false;
    return probers->traps == NULL || trap_desk_prepare(trap_parent_desk(probers->traps), most);
}

bool probers_plan_settle(struct probers *probers, size_t most)
{
    for (uint32_t i = 0; i < probers->count; i++)
        if (!prober_plan_settle(probers->parts[i].prober, most))
            return false;
    return true;
}

void probers_plan_commit(struct probers *probers)
{
    credentials_free(&probers->credentials);
    free(probers->has);
    probers->has = NULL;
    for (uint32_t i = 0; i < probers->count; i++)
        prober_plan_commit(probers->parts[i].prober);
    if (probers->traps != NULL)
        trap_desk_commit(trap_parent_desk(probers->traps));
}

void probers_probe_now(struct probers *probers, uint32_t device_id)
{
    prober_probe_now(of_device(probers, device_id), device_id);
}

void probers_renew(struct probers *probers, const uint32_t *devices, size_t count)
{
    for (size_t i = 0; i < count; i++)
        prober_renew(of_device(probers, devices[i]), devices[i]);
    for (uint32_t i = 0; count > 0 && i < probers->count; i++)
        prober_renewed(probers->parts[i].prober);
}

void probers_verify(struct probers *probers, const struct verify_order *order)
{
    prober_verify(of_device(probers, order->device_id), order);
}

void probers_verify_cancel(struct probers *probers, uint64_t ticket)
{
    for (uint32_t i = 0; i < probers->count; i++)
        prober_verify_cancel(probers->parts[i].prober, ticket);
}

uint32_t probers_profiles(struct probers *probers, const char *packed, uint32_t interval_s)
{
    uint32_t serial = 0;

    for (uint32_t i = 0; i < probers->count; i++) {
        uint32_t given = prober_profiles(probers->parts[i].prober, packed, interval_s);

        assert(i == 0 || given == serial);
        serial = given;
    }
    return serial;
}

static enum trap_kind name_trap(const struct oid *oid, void *arg)
{
    const struct probers *probers = arg;

    return probers->callbacks->name_trap == NULL ? TRAP_OTHER
                                                 : probers->callbacks->name_trap(oid, probers->arg);
}

static bool on_order(const struct trap_order *order, void *arg)
{
    struct probers *probers = arg;

    return prober_prove_trap(of_device(probers, order->device_id), order);
}

static void on_hint(const struct trap_hint *hint, void *arg)
{
    struct probers *probers = arg;

    for (size_t i = 0; i < hint->count; i++)
        prober_hint(of_device(probers, hint->devices[i]), hint->devices[i]);
    if (probers->callbacks->on_trap != NULL)
        probers->callbacks->on_trap(hint, probers->arg);
}

static void on_answer(void *arg)
{
    struct probers *probers = arg;

    prober_answer_traps(probers->parts[0].prober);
}

static bool on_boot(struct trap_engine *engine, void *arg)
{
    struct probers *probers = arg;

    return probers->callbacks->on_trap_boot != NULL &&
           probers->callbacks->on_trap_boot(engine, probers->arg);
}

void probers_listen_traps(struct probers *probers, int fd)
{
    static const struct trap_parent_callbacks callbacks = {name_trap, on_hint, on_order, on_answer,
                                                           on_boot};

    assert(probers->traps == NULL);
    probers->traps = trap_parent_new(fd, &callbacks, probers);
    for (uint32_t i = 0; i < probers->count; i++)
        prober_hear_traps(probers->parts[i].prober, probers->traps, i == 0);
}

void probers_trap_counters(const struct probers *probers, struct trap_counters *out)
{
    *out = (struct trap_counters){0};
    if (probers->traps != NULL)
        trap_desk_counters(trap_parent_desk(probers->traps), out);
}

size_t probers_heard_traps(const struct probers *probers, uint32_t device_id, struct wall from,
                           struct wall to, struct trap_heard out[TRAP_HEARD_MOST])
{
    return probers->traps == NULL
               ? 0
               : trap_desk_heard(trap_parent_desk(probers->traps), device_id, from, to, out);
}

bool probers_last_trap(const struct probers *probers, uint32_t device_id, enum trap_kind *kind,
                       struct wall *at)
{
    return probers->traps != NULL &&
           trap_desk_last(trap_parent_desk(probers->traps), device_id, kind, at);
}

bool probers_is_ready(const struct probers *probers, uint32_t shard)
{
    return prober_is_ready(probers->parts[shard].prober);
}

bool probers_are_ready(const struct probers *probers)
{
    for (uint32_t i = 0; i < probers->count; i++)
        if (!prober_is_ready(probers->parts[i].prober))
            return false;
    return true;
}

uint32_t probers_restarts(const struct probers *probers)
{
    uint32_t restarts = 0;

    for (uint32_t i = 0; i < probers->count; i++)
        restarts += prober_restarts(probers->parts[i].prober);
    return restarts;
}

void probers_counters(const struct probers *probers, struct prober_counters *out)
{
    struct prober_counters sum = {0};
    int64_t lag_ms = 0, turn_cpu_us = 0;
    uint32_t devices = 0;

    for (uint32_t i = 0; i < probers->count; i++) {
        struct prober_counters one;

        prober_counters(probers->parts[i].prober, &one);
        counters_add(&sum, &one);
        devices += one.devices;
        if (one.loop_lag_ms > lag_ms)
            lag_ms = one.loop_lag_ms;
        if (one.turn_cpu_us > turn_cpu_us)
            turn_cpu_us = one.turn_cpu_us;
    }
    *out = sum;
    out->turn_cpu_us = turn_cpu_us;
    out->loop_lag_ms = lag_ms;
    out->devices = devices;
}

void probers_stop(struct probers *probers)
{
    for (uint32_t i = 0; i < probers->count; i++)
        prober_stop(probers->parts[i].prober);
}

bool probers_idle(const struct probers *probers)
{
    for (uint32_t i = 0; i < probers->count; i++)
        if (!prober_idle(probers->parts[i].prober))
            return false;
    return true;
}
