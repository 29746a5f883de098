/* SPDX-License-Identifier: ISC */
/*
 * probe_once - one heartbeat of one device, asked now, for a person who waits.
 *
 * A v1 agent that lacks an object is asked again without it. What else is asked in the same breath
 * goes by probes/once.h.
 */
#ifndef KT_PROBE_ONCE_H
#define KT_PROBE_ONCE_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/err.h"
#include "probes/counters.h"
#include "probes/once.h"
#include "probes/plan.h"

struct probe_once_result {
    bool answered;
    bool locked_out;      /* not answered, but it lives (v3) */
    uint32_t tries;       /* requests that were sent; of v3 each of its messages */
    int64_t rtt_us;       /* of the request that was answered */
    int32_t error_status; /* 0, or SNMP's: the agent lives but refused */
    struct device_vitals vitals;
    struct agent_news agent;         /* auth 0: nothing is known of an SNMPv3 engine */
    struct prober_counters counters; /* refused_*: what came and was not the answer */
};

/* False when the system failed us. Silence is not failure: true, and answered = false. */
KT_MUST_CHECK bool probe_once(struct once *once, enum plan_snmp snmp,
                              struct probe_once_result *result, struct err *err);
#endif
