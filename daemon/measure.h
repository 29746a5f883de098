/* SPDX-License-Identifier: ISC */
/*
 * measure - from rounds of one number (a signal, a voltage, a round trip) to "it is out of bounds".
 *
 * Pure, by value, nothing to free. The number is degraded when DEGRADED_BAD of its last
 * DEGRADED_ROUNDS rounds are beyond the bad limit; it is well again after DEGRADED_GOOD rounds in a
 * row within the good one, which is the stricter [SmokePing: k of n to raise, a lower threshold to
 * clear]. A round is whenever the owner hears of the number: five minutes of probes, or one reading
 * of a device. Rounds that lie MEASURE_GAP_S apart have nothing to do with each other.
 */
#ifndef KT_MEASURE_H
#define KT_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "daemon/degraded.h"

#define MEASURE_GAP_S 7200

struct measure_limits {
    double bad;  /* beyond it, itself excluded, a round is bad */
    double good; /* beyond it, itself excluded, a round is not good; on the better side of bad */
    bool below;  /* beyond is below: of a signal; else above: of a round trip */
};

struct measure {
    float values[DEGRADED_ROUNDS]; /* newest first */
    struct wall at[DEGRADED_ROUNDS];
    uint8_t count; /* of them */
    uint8_t bad;   /* a bit each, the newest in the lowest */
    uint8_t good_run;
    bool is_degraded;
    struct wall since;      /* the first bad round; while it is degraded */
    struct wall good_since; /* the first good one of those in a row */
};

/* One more round. What is no number, or not after the round before, changes nothing. */
enum degraded_news measure_hear(struct measure *measure, struct wall at, double value,
                                const struct measure_limits *limits);
bool measure_is_beyond(double value, double limit, bool below);
/* The mean of its last rounds; 0: there are none. */
double measure_figure(const struct measure *measure);
/* Since when it would be degraded by its last rounds alone; unset: it would not. */
struct wall measure_bad_since(const struct measure *measure);
/* Nothing is known that another round would need. */
bool measure_is_clean(const struct measure *measure);
#endif
