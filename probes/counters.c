/* SPDX-License-Identifier: ISC */
#include "probes/counters.h"

#include <string.h>

void counters_sums(struct prober_counters *counters, uint64_t *sums[COUNTERS_SUMS])
{
    uint64_t *const list[COUNTERS_SUMS] = {
        &counters->sent,
        &counters->answered,
        &counters->silent,
        &counters->locked_out,
        &counters->late,
        &counters->refused_address,
        &counters->refused_version,
        &counters->refused_community,
        &counters->refused_request,
        &counters->refused_objects,
        &counters->refused_auth,
        &counters->refused_malformed,
        &counters->send_failed,
        &counters->forgotten,
        &counters->readings.begun,
        &counters->readings.whole,
        &counters->readings.partial,
        &counters->readings.left_out,
        &counters->readings.spared,
        &counters->readings.held,
        &counters->readings.bytes,
        &counters->readings.questions,
        &counters->readings.silences,
        &counters->readings.halved,
        &counters->readings.values,
        &counters->readings.dropped,
        &counters->turns,
        &counters->long_turns,
    };

    memcpy(sums, list, sizeof list);
}

void counters_add(struct prober_counters *counters, const struct prober_counters *more)
{
    struct prober_counters copy = *more;
    uint64_t *to[COUNTERS_SUMS], *from[COUNTERS_SUMS];

    counters_sums(counters, to);
    counters_sums(&copy, from);
    for (size_t i = 0; i < COUNTERS_SUMS; i++)
        *to[i] += *from[i];
    counters->turn_cpu_us = more->turn_cpu_us;
    counters->loop_lag_ms = more->loop_lag_ms;
    counters->devices = more->devices;
}
