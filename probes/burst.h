/* SPDX-License-Identifier: ISC */
/*
 * burst - how long this link's silences last that heal by themselves, and so how long a silence has
 * to last before it is another kind of thing.
 *
 * Pure, by value; zero has seen none. Only what usual loss does not explain is counted, and only
 * its length from where usual loss stopped to explain it: a length without memory [Feller, An
 * Introduction to Probability Theory, vol. 1, XVII.6] is the same from there on, so that the mean
 * is that of the whole. What is learned fades with a time constant of 30 days.
 */
#ifndef KT_BURST_H
#define KT_BURST_H

#include <stdint.h>

#include "daemon/base/clock.h"

#define BURST_SPAN_MOST_MS                                                                         \
    180000 /* who is silent for longer is not waited for, whatever it did                          \
            */

struct burst {
    struct mono at; /* of the last one */
    float count;    /* at that instant, faded */
    float mean_ms;
};

/* How many were seen, faded until then. */
double burst_count(const struct burst *burst, struct mono now);
/* A silence healed at `at` that went on for so long after usual loss had stopped to explain it. */
void burst_learn(struct burst *burst, int64_t ms, struct mono at);
/*
 * How long a silence has to go on, from where usual loss stops to explain it, so that a burst of
 * this link lasts that long once in false_down_years. From 0 to BURST_SPAN_MOST_MS; what is known
 * from few bursts counts for less.
 */
int64_t burst_span_ms(const struct burst *burst, uint32_t false_down_years, struct mono now);
#endif
