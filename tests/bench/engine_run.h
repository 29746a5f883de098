/* SPDX-License-Identifier: ISC */
/*
 * engine_run - the prober's plan and engine, driven by a benchmark instead of a parent.
 *
 * What the prober's child does, in this process: the same libraries, the same reading of every
 * value, no frames. A round makes all devices due at once.
 */
#ifndef KT_ENGINE_RUN_H
#define KT_ENGINE_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/err.h"
#include "tests/bench/target.h"

struct engine_run;

struct run_result {
    size_t polls;
    size_t answered;
    double wall_s;
    double cpu_s;
    double last_wall_s; /* of the last round */
};

struct run_policy {
    int64_t interval_ms;
    int64_t timeout_ms;
    uint32_t tries;
    bool gentle; /* to agents that are not our own */
};

/* rss_empty_kib: of the process with an engine, before it knows a device. */
KT_MUST_CHECK struct engine_run *run_new(const struct target *target,
                                         const struct run_policy *policy, size_t *rss_empty_kib,
                                         struct err *err);
void run_free(struct engine_run *run);
void run_round(struct engine_run *run, struct run_result *result);
/* By the plan's own schedule, for so long; polls are those that were sent. */
void run_steady(struct engine_run *run, int64_t ms, struct run_result *result);
/* Of the last round: when the answers came after its start, us, at that share of them. */
uint32_t run_answer_us(struct engine_run *run, double share);
/* Of the last round or steady time: how late the probes left that were answered, from their turn
 * (in a round: its start) to the sending, us, at that share of them, rounded up to a tenth of a ms.
 */
uint32_t run_late_us(const struct engine_run *run, double share);
/* Resident memory of this process, KiB. */
size_t run_rss_kib(void);
#endif
