/* SPDX-License-Identifier: ISC */
/*
 * probe_once - one device, asked now, by a person who waits: "kentongan probe ADDRESS".
 *
 * Blocks for at most tries × timeout per question (a v1 agent that lacks an object is asked again
 * without it). Judges replies exactly as the engine does, so what it says of a device is what the
 * daemon would say of it.
 */
#ifndef KT_PROBE_ONCE_H
#define KT_PROBE_ONCE_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/err.h"
#include "probes/counters.h"
#include "probes/plan.h"

struct probe_once_ask {
    struct plan_device device; /* id, credential and outage fields are not looked at */
    struct credential credential;
    int64_t timeout_ms;
    uint32_t tries; /* 1 or more */
};

struct probe_once_result {
    bool answered;
    uint32_t tries;       /* requests that were sent */
    int64_t rtt_us;       /* of the request that was answered */
    int32_t error_status; /* 0, or SNMP's: the agent lives but refused */
    struct device_vitals vitals;
    struct prober_counters counters; /* refused_*: what came and was not the answer */
};

/* False when the system failed us. Silence is not failure: true, and answered = false. */
KT_MUST_CHECK bool probe_once(const struct probe_once_ask *ask, struct probe_once_result *result,
                              struct err *err);
#endif
