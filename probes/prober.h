/* SPDX-License-Identifier: ISC */
/*
 * prober - the parent's end of the probing child: spawn it, hand it the plan, hear what changed.
 *
 * The child is this program again (re-executed, so it inherits no secret) with net-snmp, the UDP
 * sockets and the link brain of its devices. Frames (probes/frame.h) go over one SOCK_SEQPACKET pair.
 * A child that dies or falls silent is replaced with back-off; on_lost says that its devices are
 * unknown meanwhile, on_ready that the plan is being probed again. Never holds net-snmp or libevent's
 * HTTP; never decides whose fault a silence is (daemon/topology.h).
 */
#ifndef KT_PROBER_H
#define KT_PROBER_H

#include <stdbool.h>
#include <stdint.h>

#include <netinet/in.h>

#include "daemon/base/clock.h"
#include "daemon/base/err.h"
#include "probes/link_state.h"

struct event_base;

enum plan_snmp { PLAN_SNMP_V1 = 1, PLAN_SNMP_V2C, PLAN_SNMP_END };

#define PLAN_COMMUNITY_MAX 128

/* One device as the parent hands it down. Numbers are the database's. */
struct plan_device {
    uint32_t id;
    struct sockaddr_storage address; /* AF_INET or AF_INET6, with the port */
    enum plan_snmp snmp;
    char community[PLAN_COMMUNITY_MAX]; /* at most PLAN_COMMUNITY_MAX - 1 bytes */
    bool reply_from_any;                /* accept an answer from another address of the device */
    bool begins_down;                   /* an outage is open: start in LINK_DOWN */
    struct wall last_good;              /* of that outage; may be unset */
    struct wall first_bad;
};

struct plan_policy {
    int64_t interval_ms;
    int64_t timeout_ms;
    uint32_t misses_to_down;
    uint32_t answers_to_up;
};

/* What the child last heard from the agent itself; fields are -1 when it never said. */
struct device_vitals {
    int64_t uptime_ticks;  /* sysUpTime.0, 1/100 s */
    int64_t engine_time_s; /* snmpEngineTime.0 */
};

/* A device's state is another one than before, or was asked for by prober_probe_now(). */
struct link_change {
    uint32_t device_id;
    enum link_state state;
    enum link_effect effect;
    struct wall at;         /* when the child decided */
    struct wall last_good;  /* last answer before now */
    struct wall first_bad;  /* set while SUSPECT or DOWN, and with LINK_FX_ENDS: the outage's start */
    struct wall first_good; /* with LINK_FX_ENDS: restored_at */
    struct device_vitals vitals;
    bool asked;             /* this answers prober_probe_now(); state may be unchanged */
};

struct prober_counters {
    uint64_t sent;
    uint64_t answered;
    uint64_t silent;
    uint64_t late;              /* answered after the time-out: life all the same */
    uint64_t refused_address;   /* replies thrown away, by reason */
    uint64_t refused_version;
    uint64_t refused_community;
    uint64_t refused_request;   /* unknown request-id, or not a response */
    uint64_t refused_objects;
    uint64_t refused_malformed; /* the BER pre-check or net-snmp's parser */
    uint64_t send_failed;
    int64_t loop_lag_ms;        /* worst of the last second */
    uint32_t devices;
};

struct prober_callbacks {
    void (*on_change)(const struct link_change *change, void *arg);
    void (*on_ready)(void *arg);                    /* the child probes the committed plan */
    void (*on_lost)(const char *why, void *arg);    /* its devices are unknown until on_ready */
};

struct prober;

/*
 * self: path of the program to execute (/proc/self/exe). Spawns at once; on false nothing is left.
 * base, self and callbacks are borrowed for the prober's life.
 */
KT_MUST_CHECK struct prober *prober_new(struct event_base *base, const char *self,
                                        const struct prober_callbacks *callbacks, void *arg,
                                        struct err *err);
/*
 * The whole plan, replacing the one before: begin, each device, commit. Devices that stay keep
 * their state. The prober keeps a copy and hands it to a respawned child, with the states that
 * the parent last heard, so devices() need not be given again.
 */
void prober_plan_begin(struct prober *prober, const struct plan_policy *policy);
void prober_plan_device(struct prober *prober, const struct plan_device *device);
void prober_plan_commit(struct prober *prober);
/* One probe out of turn; answered by on_change with asked = true, answered or not. */
void prober_probe_now(struct prober *prober, uint32_t device_id);

bool prober_is_ready(const struct prober *prober);
uint32_t prober_restarts(const struct prober *prober);
int prober_pid(const struct prober *prober); /* -1 between two children */
/* Sums over all children of this parent's life. */
void prober_counters(const struct prober *prober, struct prober_counters *out);

void prober_stop(struct prober *prober); /* no new probes, no respawn; the child ends by itself */
bool prober_idle(const struct prober *prober); /* stopped and the child is reaped */
void prober_free(struct prober *prober);       /* kills and reaps what is left; NULL allowed */

/* The child's main(): what "kentongand --prober FD" runs. Returns the exit code. */
int prober_child_main(int fd);
#endif
