/* SPDX-License-Identifier: ISC */
/*
 * unit - one device of a plan with all that is known of it, and when it is to be probed next.
 *
 * Part of probes/plan.c, which owns its units and alone writes their fields; pure. Armed in the
 * wheel, or under way, never both.
 */
#ifndef KT_UNIT_H
#define KT_UNIT_H

#include <stdbool.h>
#include <stdint.h>

#include "probes/loss.h"
#include "probes/plan.h"
#include "probes/rollup.h"
#include "probes/rto.h"
#include "probes/wheel.h"

struct unit {
    struct wheel_item due; /* first: what the wheel pops is a unit */
    struct plan_device device;
    struct link link;
    struct loss loss;
    struct rto rto;
    struct rollup rollup;
    struct learned told; /* the last that was told of it, or was known before */
    struct device_vitals vitals;
    struct mono sent_at;
    struct mono down_at;
    uint32_t serial;
    uint32_t generation;    /* of the plan that it belongs to */
    uint32_t objects;       /* of each heartbeat; unit_objects() of the next one */
    int64_t verify_gap_ms;  /* while a repair is on trial; else 0 */
    struct mono learn_from; /* of its usual loss: nothing before that */
    enum link_ping ping;
    enum link_ping echo; /* of the round under way: it counts once the probe itself was missed */
    bool awaited; /* of a plan in force, and nobody has looked at it since: plan_unit_move_in() */
    bool under_way;
    bool asked;
    bool no_host;    /* the agent has no clock of its host (v1) */
    bool host_asked; /* the probe under way asks for it */
    bool host_lost; /* one that did was lost: in this silence it is asked for no more, lest an agent
                       that does not stomach it never recovers */
    bool booked;    /* its place in the lane is paid for: what pops next may leave */
    bool doubtful;  /* a probe sent while UP was lost: usual loss, or the start of an outage? */
};

/* random: 32 uniform bits, for the jitter. */
struct mono unit_next_due(const struct unit *unit, const struct plan_policy *policy,
                          struct mono now, uint32_t random);
/* A turn of its own within PLAN_RENEW_MS, or within the interval. */
struct mono unit_soon(const struct unit *unit, const struct plan_policy *policy, struct mono now);
/* No two probes of it are sent closer than this, as long as it is on trial. */
int64_t unit_gap_least_ms(const struct unit *unit, const struct plan_policy *policy);
/* What its next probe asks for. */
uint32_t unit_objects(const struct unit *unit);
/* Is the next probe the time for an echo beside it? */
bool unit_wants_echo(const struct unit *unit);
/* Its result; counts when unit_take_echo() says so. */
void unit_hear_echo(struct unit *unit, bool answered);
/* When the probe beside it was missed. True: what is silent about the device is another than
 * before.
 */
bool unit_take_echo(struct unit *unit);
/* The agent itself answered: there is no second reason. */
void unit_drop_echo(struct unit *unit);
/* After a step of the link: what its probe says of the usual loss. answered: in time. */
void unit_learn(struct unit *unit, enum link_state before, bool answered, struct mono now);
/* All that was learned of it by now. */
struct learned unit_learned(const struct unit *unit, const struct plan_now *now);
/* A new detector and time-out begin with what the plan knows of the device, as far as that still
 * holds. */
void unit_recall(struct unit *unit, const struct plan_now *now);
/* A trial of the device is over. */
void unit_hear_verdict(struct unit *unit, enum verify_reason reason, struct mono now);
#endif
