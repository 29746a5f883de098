/* SPDX-License-Identifier: ISC */
/*
 * detector - when are misses enough to believe in a silence, and answers enough to believe in its
 * end?
 *
 * Pure, by value, nothing to free. A sequential probability ratio test in its cumulative form
 * [Wald 1945; Page 1954]: every miss adds ln(p1/p0), an answer takes all back. p0 is what the link
 * loses these hours, learned from its own probes; p1 is 0.999. The threshold follows from the
 * false alarms that are allowed: one in false_down_years per device. Besides, a silence has to
 * outlast the bursts that this link heals by itself (probes/burst.h), and a link that was clean
 * until now may have begun to lose a quarter this minute, which the first eight misses in a row
 * exclude: 0.25^7 is one in 16,000. How it behaves, and why so: packaging/doc/detector.md.
 *
 * With false_down_years 0 misses are only counted.
 */
#ifndef KT_DETECTOR_H
#define KT_DETECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "probes/burst.h"

#define DETECTOR_MISSES_LEAST 8
/* Probes of the way out of an outage, two minutes or so, until a link that loses more than it did
 * is back all the same: that is another fault. */
#define DETECTOR_WAY_MOST   120
#define DETECTOR_LOSS_FLOOR 0.005
#define DETECTOR_LOSS_CAP   0.6
/* A suspect is asked every second: at loss by chance that costs no probe more than being asked
 * less often, and the same number of misses is there sooner. */
#define DETECTOR_GAP_MS 1000
/* Within a burst one probe in ten or so comes through: the more of them are sent until it has
 * lasted its time, the rarer is a burst from which none did. */
#define DETECTOR_GAP_BURSTY_MS 600

struct detector_policy {
    uint32_t misses_least; /* 1 … 100: in a row, whatever they say */
    uint32_t answers_to_up;
    uint32_t false_down_years; /* one false alarm per device in so many; 0: count only */
    double evidence;           /* detector_evidence() */
};

struct detector {
    struct mono run_at;  /* the first miss of the run; with down, of the silence */
    struct mono odd_at;  /* when usual loss stopped to explain the run; 0: it still does */
    struct mono good_at; /* with down: first answer of the way out */
    struct burst burst;
    float recent; /* loss of the last ten minutes or so, the fast schedule's probes included */
    float habit;  /* of the last hour: turns of the steady schedule alone */
    uint32_t miss_run;
    uint32_t answer_run;
    uint16_t way_sent; /* with down: probes since good_at */
    uint16_t way_lost;
    bool down; /* there were enough misses, and not yet enough answers */
};

/* Threshold of the sum of logarithms for one false alarm in false_down_years (1 … 10,000) of a
 * device that is probed every interval_ms. */
double detector_evidence(int64_t interval_ms, uint32_t false_down_years);

void detector_init(struct detector *detector);
/* An outage is known that this detector did not see begin. */
void detector_init_down(struct detector *detector);
/* The runs are over: what follows is judged by itself, with what was learned of the link. */
void detector_restart(struct detector *detector);
/* What another learned of its usual loss, 0 … 1. */
void detector_know(struct detector *detector, double loss);
/* Feed one result, when it is known; true when there have been enough for a verdict. */
bool detector_miss(struct detector *detector, const struct detector_policy *policy,
                   struct mono now);
bool detector_answer(struct detector *detector, const struct detector_policy *policy,
                     struct mono now);
/* How long after its last probe a suspect is asked again. */
int64_t detector_gap_ms(const struct detector *detector, uint32_t false_down_years,
                        struct mono now);
/* p0, from floor to cap. */
double detector_loss(const struct detector *detector);
/* How long a silence must last at least before it counts, at that instant; 0: nothing learned. */
int64_t detector_span_ms(const struct detector *detector, uint32_t false_down_years,
                         struct mono now);
#endif
