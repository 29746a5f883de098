/* SPDX-License-Identifier: ISC */
/*
 * channel - a simulated link: does a round trip at this instant come back?
 *
 * A file of lines: `t_seconds,loss` (0 … 1, from then on), or one `ge,p_gb,p_bg,loss_good,loss_bad`
 * (Gilbert and Elliott, chances of a change per second), and in both `cut,from_s,to_s`. A channel
 * is shared by the devices of a run; each has its own struct channel_state and its own chance.
 */
#ifndef KT_BENCH_CHANNEL_H
#define KT_BENCH_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHANNEL_CUTS_MAX  4096
#define CHANNEL_STEPS_MAX 4096

struct channel {
    struct {
        double from_s, to_s;
    } cuts[CHANNEL_CUTS_MAX]; /* in order of time */
    size_t cut_count;
    struct {
        double from_s, loss;
    } steps[CHANNEL_STEPS_MAX]; /* in order of time */
    size_t step_count;
    bool ge;
    double p_gb, p_bg, loss_good, loss_bad;
};

struct channel_state {
    uint64_t random;
    double changes_s; /* when the Gilbert-Elliott chain changes next */
    size_t cut;       /* the first that is not over */
    size_t step;
    bool bad;
};

/* Ends the program with file:line and the reason when the file is none. */
void channel_read(struct channel *channel, const char *file);
void channel_start(const struct channel *channel, struct channel_state *state, uint64_t seed);
/* Instants of one state never go back. */
bool channel_is_cut(const struct channel *channel, struct channel_state *state, double now_s);
bool channel_loses(const struct channel *channel, struct channel_state *state, double now_s);
uint64_t channel_random(struct channel_state *state);
#endif
