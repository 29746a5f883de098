/* SPDX-License-Identifier: ISC */
/*
 * baseline - from what a number was in this hour of the week, in the weeks before, to the limits
 * beyond which it is degraded.
 *
 * Pure, by value. The weeks come as quartiles (sql/functions/baseline_of.sql), so that one bad
 * week, or two of eight, do not move what is usual; the spread between the quartiles says how much
 * it varies by itself, and a line that is busy on Friday evenings is measured by Friday evenings.
 * It speaks only after BASELINE_WEEKS weeks.
 */
#ifndef KT_BASELINE_H
#define KT_BASELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/measure.h"

#define BASELINE_WEEKS 3

struct baseline {
    uint8_t weeks; /* of which there is something */
    float q1, median, q3;
};

/* How far from the median a number of that sort is bad: the greatest of the three. */
struct baseline_rule {
    double least;  /* in the number's unit */
    double share;  /* of the median */
    double sigmas; /* of the spread, as standard deviations of a normal one: (q3 - q1) / 1.349 */
    bool below;    /* to which side */
};

/* By unit: "ms", "dBm", "dB", "V", and counters ("errors/s"). NULL: a number of that unit is not
 * compared with what it was. */
const struct baseline_rule *baseline_rule(const char *unit, bool below);
/* Good is half way back to the median. False: too few weeks, or no numbers. */
bool baseline_limits(const struct baseline *baseline, const struct baseline_rule *rule,
                     struct measure_limits *out);
#endif
