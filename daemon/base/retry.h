/* SPDX-License-Identifier: ISC */
/*
 * retry - when to try again: a schedule of delays, each blurred by jitter.
 *
 * Pure. Used for deliveries (definitions: webhooks), for reconnecting to PostgreSQL and for
 * respawning the prober. Randomness is handed in, so a test owns it.
 */
#ifndef KT_RETRY_H
#define KT_RETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct retry_schedule {
    const int64_t *delays_ms; /* delays_ms[n] stands before attempt n + 1 (n = 0: the first) */
    size_t count;
    uint32_t jitter_percent; /* 20: each delay × [0.8, 1.2] */
    bool forever;            /* the last delay repeats; else the schedule ends */
};

/*
 * The delay in ms after failed_attempts failures (1 or more), or -1 when the schedule is at its
 * end. random: 32 uniform bits.
 */
int64_t retry_delay_ms(const struct retry_schedule *schedule, uint32_t failed_attempts,
                       uint32_t random);
#endif
