/* SPDX-License-Identifier: ISC */
/*
 * sim_score - what a rule's verdicts were worth, held against what was really cut.
 *
 * One for each rule of a run; fed device by device, in the order of time within a device.
 */
#ifndef KT_BENCH_SIM_SCORE_H
#define KT_BENCH_SIM_SCORE_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/bench/channel.h"

/* Of one device. */
struct sim_watch {
    double first_miss_s[2]; /* since the cut of that number (even, odd) began; below 0: none */
    size_t cut[2];
    double bad_s, down_s; /* first miss and verdict of the present DOWN; down_s below 0: it is up */
    size_t seen;          /* cuts below this one were found, or are over */
};

struct sim_score {
    const struct channel *channel;
    double counts_from_s; /* false alarms before it are forgiven */
    size_t false_down, missed_cuts, found;
    double *detect_s, *restore_s;
    size_t detect_count, restore_count, detect_room, restore_room;
};

void sim_watch_init(struct sim_watch *watch);
void sim_missed(const struct sim_score *score, struct sim_watch *watch, double sent_s);
void sim_down(struct sim_score *score, struct sim_watch *watch, double bad_s, double now_s);
void sim_up(struct sim_score *score, struct sim_watch *watch, double now_s);
/* The device's time is over. */
void sim_end(struct sim_score *score, struct sim_watch *watch, double now_s);
/* Of the sorted values; 0 of none. share: 0 … 1, nearest rank. */
double sim_rank(double *values, size_t count, double share);
void sim_score_free(struct sim_score *score);
#endif
