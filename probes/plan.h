/* SPDX-License-Identifier: ISC */
/*
 * plan - which device is probed when, and what its results make of it.
 *
 * Pure: instants and randomness are parameters, so the prober's child drives it by the system's
 * clock and the scenario tests by a number. It hands out probes that are due (plan_due) and takes
 * their results (plan_settle); what changed goes to the plan_change_fn. It sends nothing and knows
 * no time-out: every probe that it handed out must come back as settled or forgotten. Owner:
 * whoever called plan_new().
 */
#ifndef KT_PLAN_H
#define KT_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "probes/address.h"
#include "probes/credential.h"
#include "probes/learned.h"
#include "probes/link_state.h"
#include "probes/rollup.h"
#include "probes/verify.h"

/* How a device is asked. PLAN_ICMP: it speaks no SNMP, an echo request does. */
enum plan_snmp { PLAN_SNMP_V1 = 1, PLAN_SNMP_V2C, PLAN_SNMP_V3, PLAN_ICMP, PLAN_SNMP_END };

/* As the inventory writes it: "1", "2c", "3" or "none"; PLAN_SNMP_END: no such word. */
enum plan_snmp plan_snmp_of(const char *word);

#define PLAN_YEARS_MOST 10000

#define PLAN_RENEW_MS 5000 /* within which devices that begin anew are asked */

#define PLAN_TICK_MS 20 /* probes are due in ticks: a wake-up costs more than an encoding */

/* One device as the parent hands it down. Numbers are the database's. */
struct plan_device {
    uint32_t id;
    union address address; /* AF_INET or AF_INET6, with the port */
    enum plan_snmp snmp;
    uint32_t credential;  /* the id of one that plan_credential() was given; 0: none */
    uint32_t lane;        /* which radio hop its packets share with others; 0: paced by none */
    uint32_t interval_ms; /* at least so long between two turns, to keep a byte budget; 0: no own */
    uint32_t gateway_of;  /* a hash of the code of the site whose gateway it is; 0: of none */
    uint32_t profile;     /* profile_hash() of the name that people gave it; 0: as it says itself */
    bool reply_from_any;  /* accept an answer from another address of the device */
    bool begins_down;     /* an outage is open: start in LINK_DOWN */
    struct wall last_good;  /* last answer that is known of; may be unset */
    struct wall first_bad;  /* with begins_down: the start of that outage */
    struct learned learned; /* what was learned of it before */
};

struct plan_policy {
    int64_t interval_ms;
    int64_t timeout_ms;
    uint32_t misses_to_down;
    uint32_t answers_to_up;
    uint32_t false_down_years; /* probes/detector.h; 0: misses are only counted */
    uint32_t packets_per_s;    /* of all devices together; 0: as many as are due */
    uint32_t lane_bytes_per_s; /* of the devices of one lane, both directions; 0: no limit */
};

/*
 * What the last answer said of the agent itself. A field is -1 when that answer did not say: an
 * older value beside a newer instant would prove a boot that never was. Silence leaves it alone.
 */
struct device_vitals {
    int64_t uptime_ticks;  /* sysUpTime.0, 1/100 s */
    int64_t engine_time_s; /* snmpEngineTime.0 */
    int64_t host_ticks;    /* hrSystemUptime.0, 1/100 s; said by answers that end a silence only */
};

/* A device's state is another one than before, or was asked for by plan_probe_now(); or, while it
 * is DOWN, what is silent is another. */
struct link_change {
    uint32_t device_id;
    enum link_state state;
    enum link_effect effect;
    struct wall at; /* when the result that decided it came */
    struct wall
        last_good; /* last answer before that result; through an outage, the one before it */
    struct wall
        first_bad; /* set while SUSPECT, DOWN, RECOVERING, and with LINK_FX_ENDS: its start */
    struct wall first_good; /* with LINK_FX_ENDS: restored_at */
    struct device_vitals vitals;
    uint32_t loss_ppm; /* what it usually loses; 0: not known well enough */
    enum link_ping ping;
    uint32_t gateway_of; /* its role when that was decided, as plan_device has it */
    bool asked; /* this answers probe_now; UP and RECOVERING mean answered, else it was silent */
};

/* Both clocks, read once by whoever calls. */
struct plan_now {
    struct mono mono;
    struct wall wall;
};

/*
 * What a heartbeat asks for; a set of these bits. An agent's two clocks may both count from its own
 * start, the third counts from the start of what it runs on: it is asked for when a silence ends,
 * which is when it matters, and costs nothing else.
 */
enum plan_object {
    PLAN_OBJECT_UPTIME = 1,
    PLAN_OBJECT_ENGINE_TIME = 2,
    PLAN_OBJECTS_ALL = 3, /* of each heartbeat */
    PLAN_OBJECT_HOST_UPTIME = 4,
    PLAN_OBJECTS_END = 8
};

/* One probe to send. The device is borrowed until the next switch. */
struct plan_probe {
    const struct plan_device *device;
    uint32_t serial;  /* which probe of this device; goes back with its result */
    uint32_t objects; /* what this device is still asked for; never empty */
    int64_t timeout_ms;
    struct mono due_at; /* its turn, in ticks; out of turn: now */
    bool echo_too;      /* an ICMP echo goes along: plan_hear_echo() */
};

struct plan_result {
    uint32_t device_id;
    uint32_t serial;
    struct probe_result probe;
    int64_t rtt_us;              /* with PROBE_ANSWERED; below 0: not known */
    struct device_vitals vitals; /* with PROBE_ANSWERED */
    uint32_t dropped;            /* objects that the agent says it has not (v1): asked no more */
};

typedef void plan_change_fn(const struct link_change *change, void *arg);
typedef void plan_rollup_fn(const struct rollup_record *record, void *arg);
typedef void plan_learned_fn(const struct learned_news *news, void *arg);
typedef void plan_verdict_fn(const struct verify_verdict *verdict, void *arg);
/* False: it could not leave now; the device stays due and plan_due() stops. */
typedef bool plan_probe_fn(const struct plan_probe *probe, void *arg);

struct plan;

struct plan *plan_new(plan_change_fn *on_change, void *arg, struct mono now);
/* Who hears what five minutes came to, with the same arg; without it nothing is counted. */
void plan_on_rollup(struct plan *plan, plan_rollup_fn *on_rollup);
/* Who hears what was learned, with the same arg; see plan_tell_learned(). */
void plan_on_learned(struct plan *plan, plan_learned_fn *on_learned);
/* Who hears verdicts, with the same arg; without it none must be ordered. */
void plan_on_verdict(struct plan *plan, plan_verdict_fn *on_verdict);
void plan_free(struct plan *plan); /* wipes the communities; NULL allowed */

/*
 * The whole plan, replacing the one before. Devices that stay (by id) keep state and schedule. One
 * that is the gateway of another site than before, or of none any more, begins as a new one would
 * and is asked at once: whoever hears of it knows nothing of that site yet.
 */
void plan_begin(struct plan *plan, const struct plan_policy *policy);
void plan_credential(struct plan *plan, const struct credential *credential);
void plan_device(struct plan *plan, const struct plan_device *device);
void plan_commit(struct plan *plan, const struct plan_now *now);
/*
 * The same in steps, for who has a loop to run: plan_prepare() until it is true, while the plan
 * before goes on; the switch; plan_move_in() until that is true. From the switch on the new plan is
 * in force, and everything else may be called at any time. No step looks at more than `most`.
 */
bool plan_prepare(struct plan *plan, size_t most);
void plan_switch(struct plan *plan, const struct plan_now *now);
bool plan_move_in(struct plan *plan, size_t most);

/* Hands out at most `most` probes that are due; the rest stay due. Returns how many left. */
size_t plan_due(struct plan *plan, const struct plan_now *now, size_t most, plan_probe_fn *send,
                void *arg);
/*
 * A result. An answer is life however late; a silence counts only for the probe that is under way.
 * random: 32 uniform bits, for the jitter.
 */
void plan_settle(struct plan *plan, const struct plan_now *now, const struct plan_result *result,
                 uint32_t random);
/*
 * The second reason: whether the echo that went along with a probe was answered. A device that is
 * silent otherwise is so altogether, or its agent is; a change of that is told while it is DOWN.
 */
void plan_hear_echo(struct plan *plan, uint32_t device_id, bool answered, struct wall at);
/* The probe says nothing (we were asleep ourselves): neither miss nor answer, probed again at once.
 */
void plan_forget(struct plan *plan, const struct plan_now *now, uint32_t device_id,
                 uint32_t serial);
/*
 * What was believed of the device, and the probe that is under way, may have been our own fault (we
 * were cut off, or asleep): it begins anew in LINK_UNKNOWN and is asked within PLAN_RENEW_MS, at a
 * time of its own, so that a fleet is not asked at once. Its last answer and what was learned of
 * its link stay. Nothing is told until it answers, or is silent long enough.
 */
void plan_renew(struct plan *plan, const struct plan_now *now, uint32_t device_id);
/* We were asleep: what anybody missed before was missed in another time (link_slept()). */
void plan_slept(struct plan *plan);
/* One probe out of turn, answered by a change with asked = true. False: no such device. */
bool plan_probe_now(struct plan *plan, uint32_t device_id);

/*
 * A claimed repair on trial (probes/verify.h): from now on the device is probed at the verify gap
 * at least, whatever its state, and nothing is learned of its usual loss. One verdict per order,
 * also when the device leaves the plan or becomes another agent, or was never there; none after
 * plan_verify_cancel(). Ordering a ticket again begins anew.
 */
void plan_verify(struct plan *plan, const struct plan_now *now, const struct verify_order *order);
void plan_verify_cancel(struct plan *plan, uint64_t ticket);

/*
 * Ends the slots that are over, of at most `most` devices; the rest with the next calls. For
 * devices that are asked rarely: the others end theirs with the first probe of the next.
 */
void plan_sweep(struct plan *plan, const struct plan_now *now, size_t most);

/*
 * Tells what was learned and has noticeably changed since it was told, of at most `most` devices:
 * of each once in ten intervals or five minutes, whichever is shorter, evenly spread when called
 * once a second or so. What was given with the plan counts as told.
 */
void plan_tell_learned(struct plan *plan, const struct plan_now *now, size_t most);
/* Before the end: tells all that is counted and learned, at once. Slots that go on afterwards are
 * told in pieces. */
void plan_flush(struct plan *plan, const struct plan_now *now);

/* When plan_due() will have something to do; false when never. */
bool plan_next_at(const struct plan *plan, struct mono *at);
const struct plan_device *plan_find(const struct plan *plan,
                                    uint32_t device_id); /* NULL: not in it */
/* All of the last commit, in the order of their ids. */
const struct credentials *plan_credentials(const struct plan *plan);
/* Of a device's; borrowed until the next switch. NULL: it has none. */
static inline const struct credential *plan_find_credential(const struct plan *plan,
                                                            uint32_t credential_id)
{
    return credentials_find(plan_credentials(plan), credential_id);
}
/* What its heartbeats share with other questions; for as long as the plan. */
struct lanes *plan_lanes(struct plan *plan);
size_t plan_count(const struct plan *plan);
const struct plan_device *plan_at(const struct plan *plan, size_t index); /* by id */
const struct plan_policy *plan_policy(const struct plan *plan);           /* of the last commit */
/* LINK_STATE_END when the device is not in the plan. */
enum link_state plan_state(struct plan *plan, uint32_t device_id);
#endif
