/* SPDX-License-Identifier: ISC */
/*
 * probers - all probing children of this parent, as one: each has the shard of the devices that
 * their numbers put there.
 *
 * One child takes a hundred thousand devices and more; several use more cores, and what one of them
 * chokes on hurts its own shard alone. Each is a struct prober (probes/prober.h): spawned, watched
 * and replaced by itself, with the credentials of its own devices only. A device stays in its shard
 * for the life of the parent.
 */
#ifndef KT_PROBERS_H
#define KT_PROBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/err.h"
#include "probes/prober.h"
#include "probes/trap_desk.h"

#define PROBERS_MOST 64

struct probers;

struct probers_callbacks {
    void (*on_change)(const struct link_change *change, void *arg);
    void (*on_ready)(uint32_t shard, void *arg);
    void (*on_lost)(uint32_t shard, const char *why, void *arg); /* its devices are unknown */
    void (*on_agent)(const struct agent_news *news, void *arg);  /* may be NULL */
    void (*on_verified)(const struct verify_verdict *verdict, void *arg);
    void (*on_reading)(const struct reading_report *report, void *arg); /* NULL: nobody cares */
    void (*on_rollup)(const struct rollup_record *record, void *arg);   /* may be NULL */
    void (*on_learned)(const struct learned_news *news, void *arg);     /* may be NULL */
    /* A trap is believed; its devices are being asked already. May be NULL without traps. */
    void (*on_trap)(const struct trap_hint *hint, void *arg);
    /* A child gets the trap socket; as on_boot of probes/trap_parent.h. May be NULL. */
    bool (*on_trap_boot)(struct trap_engine *engine, void *arg);
    /* As plan_begins_fn of probes/plan_copy.h; NULL: as the devices were given. */
    void (*on_begins)(struct plan_device *device, void *arg);
    trap_name_fn *name_trap; /* asked of a believed one that is none of the generic; may be NULL */
};

/* count: 1 … PROBERS_MOST children, spawned at once. The rest as prober_new(). */
KT_MUST_CHECK struct probers *probers_new(struct event_base *base, const struct prober_start *start,
                                          uint32_t count, const struct probers_callbacks *callbacks,
                                          void *arg, struct err *err);
uint32_t probers_count(const struct probers *probers);
uint32_t probers_shard(const struct probers *probers, uint32_t device_id); /* 0 … count - 1 */
struct prober *probers_at(struct probers *probers, uint32_t shard);

/* As those of one prober; each child hears of its own devices and their credentials. */
void probers_plan_begin(struct probers *probers, const struct plan_policy *policy);
void probers_plan_credential(struct probers *probers, const struct credential *credential);
void probers_plan_device(struct probers *probers, const struct plan_device *device);
void probers_agent_know(struct probers *probers, const struct agent_news *news);
void probers_plan_commit(struct probers *probers);
/* As plan_copy_prepare() and plan_copy_settle() (probes/plan_copy.h), before and after the commit:
 * what it does is then short, however many the devices are. */
bool probers_plan_prepare(struct probers *probers, size_t most);
bool probers_plan_settle(struct probers *probers, size_t most);
void probers_probe_now(struct probers *probers, uint32_t device_id);
/* As plan_renew(), of so many devices at once. */
void probers_renew(struct probers *probers, const uint32_t *devices, size_t count);
void probers_verify(struct probers *probers, const struct verify_order *order);
void probers_verify_cancel(struct probers *probers, uint64_t ticket);

/* As prober_profiles(); the same serial for all of them. */
uint32_t probers_profiles(struct probers *probers, const char *packed, uint32_t interval_s);
/*
 * From now on traps are heard on that socket (probes/trap_socket.h), which is taken over: the first
 * child reads it, this one and whichever replaces it. Before the first plan. A trap that is
 * believed (probes/trap_desk.h) is a probers_probe_now() for its devices, nothing more.
 */
void probers_listen_traps(struct probers *probers, int fd);
/* All zeros while no traps are heard. */
void probers_trap_counters(const struct probers *probers, struct trap_counters *out);
/* The last trap of a device that was believed; false when there was none. */
bool probers_last_trap(const struct probers *probers, uint32_t device_id, enum trap_kind *kind,
                       struct wall *at);
/* As trap_desk_heard(); none while no traps are heard. */
size_t probers_heard_traps(const struct probers *probers, uint32_t device_id, struct wall from,
                           struct wall to, struct trap_heard out[TRAP_HEARD_MOST]);

bool probers_is_ready(const struct probers *probers, uint32_t shard);
bool probers_are_ready(const struct probers *probers); /* each of them */
uint32_t probers_restarts(const struct probers *probers);
/* Sums over all children; of the lags the worst. */
void probers_counters(const struct probers *probers, struct prober_counters *out);

void probers_stop(struct probers *probers);
bool probers_idle(const struct probers *probers);
void probers_free(struct probers *probers); /* NULL allowed */
#endif
