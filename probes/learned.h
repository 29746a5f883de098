/* SPDX-License-Identifier: ISC */
/*
 * learned - what a detector has learned of one device, as the prober's child tells it and is told
 * it again: by its parent when it replaces a dead one, from the database when the daemon starts.
 *
 * Plain data, and what of it still holds; pure. Zero knows nothing. Where it lives: with the plan
 * (plan_device), in the parent's copy of that (probes/plan_copy.h), in rows (daemon/habits.h).
 */
#ifndef KT_LEARNED_H
#define KT_LEARNED_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/clock.h"

#define LEARNED_PPM_MOST   1000000
#define LEARNED_COUNT_MOST 1000000000 /* a million bursts, and a mean of 11 days */
#define LEARNED_RTT_MOST   60000000   /* as rto_sample() takes them */

struct learned {
    struct wall at; /* when it was so; unset: only usual_ppm says anything */
    /* A hash of the device's place: site, role, address, SNMP version. What bears another one was
     * learned of something else. Whoever makes the plan sets it; it comes back with what is told.
     */
    uint32_t of;
    uint32_t usual_ppm;   /* what a repair is judged by (probes/loss.h); 0: not known well enough */
    uint32_t habit_ppm;   /* loss of the last hour (probes/detector.h) */
    uint32_t recent_ppm;  /* of the last ten minutes */
    uint32_t burst_milli; /* thousandths of bursts seen, faded until then (probes/burst.h) */
    uint32_t burst_ms;    /* their mean */
    uint32_t srtt_us;     /* probes/rto.h; 0: no sample */
    uint32_t rttvar_us;
};

/* One device's, as it travels up. */
struct learned_news {
    uint32_t device_id;
    struct learned learned;
};

bool learned_is_sane(const struct learned *learned); /* every number in its range */
/* Was anything learned at all? */
bool learned_says_something(const struct learned *learned);
/*
 * Drops what is too old to be believed at `now`: the loss of the last ten minutes after an hour;
 * habit, bursts and round trips after a week. The usual loss stays. An instant of the future is one
 * of a clock that was set back: as old as can be, beyond an hour.
 */
void learned_believe(struct learned *learned, struct wall now);
/*
 * Would whoever knows `told` judge the link noticeably otherwise than `now` says, or has it not
 * heard of it for so long that it will soon not be believed? spread: any number of the device, so
 * that not all are told again in the same hour.
 */
bool learned_is_news(const struct learned *told, const struct learned *now, uint32_t spread);
#endif
