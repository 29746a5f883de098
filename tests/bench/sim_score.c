/* SPDX-License-Identifier: ISC */
#include "tests/bench/sim_score.h"

#include <math.h>
#include <stdlib.h>

#define MISSED_FROM_S 120 /* a cut shorter than that may go unseen */
#define NEVER         (-1.0)

void sim_watch_init(struct sim_watch *watch)
{
    *watch = (struct sim_watch){.first_miss_s = {NEVER, NEVER}, .down_s = NEVER};
}

static void push(double **values, size_t *count, size_t *room, double value)
{
    if (*count == *room) {
        *room = *room == 0 ? 1024 : *room * 2;
        *values = reallocarray(*values, *room, sizeof **values);
        if (*values == NULL)
            abort();
    }
    (*values)[(*count)++] = value;
}

/* The cut that covers that instant; cut_count: none. */
static size_t cut_at(const struct channel *channel, double now_s)
{
    size_t i = 0;

    while (i < channel->cut_count && now_s >= channel->cuts[i].to_s)
        i++;
    return i < channel->cut_count && now_s >= channel->cuts[i].from_s ? i : channel->cut_count;
}

void sim_missed(const struct sim_score *score, struct sim_watch *watch, double sent_s)
{
    size_t cut = cut_at(score->channel, sent_s);

    if (cut == score->channel->cut_count)
        return;
    if (watch->first_miss_s[cut % 2] >= 0 && watch->cut[cut % 2] == cut)
        return;
    watch->cut[cut % 2] = cut;
    watch->first_miss_s[cut % 2] = sent_s;
}

static bool overlaps_a_cut(const struct channel *channel, double from_s, double to_s)
{
    for (size_t i = 0; i < channel->cut_count; i++)
        if (channel->cuts[i].from_s < to_s && from_s < channel->cuts[i].to_s)
            return true;
    return false;
}

static void judge_down(struct sim_score *score, const struct sim_watch *watch, double now_s)
{
    if (watch->down_s >= score->counts_from_s &&
        !overlaps_a_cut(score->channel, watch->bad_s, now_s))
        score->false_down++;
}

void sim_down(struct sim_score *score, struct sim_watch *watch, double bad_s, double now_s)
{
    watch->bad_s = bad_s;
    watch->down_s = now_s;
    /* The verdict may fall a little behind the end of its cut. */
    for (size_t i = 0; i < 2; i++)
        if (watch->first_miss_s[i] >= 0 && watch->first_miss_s[i] >= bad_s &&
            watch->first_miss_s[i] <= now_s)
            push(&score->detect_s, &score->detect_count, &score->detect_room,
                 now_s - watch->first_miss_s[i]);
}

/* Cuts that are over by now: those of some length that this DOWN did not meet were missed. */
static void settle_cuts(struct sim_score *score, struct sim_watch *watch, double until_s)
{
    const struct channel *channel = score->channel;

    for (; watch->seen < channel->cut_count && channel->cuts[watch->seen].to_s <= until_s;
         watch->seen++) {
        double from_s = channel->cuts[watch->seen].from_s, to_s = channel->cuts[watch->seen].to_s;
        bool met = watch->down_s >= 0 && watch->bad_s < to_s && from_s < until_s;

        if (met)
            score->found++;
        else if (to_s - from_s > MISSED_FROM_S)
            score->missed_cuts++;
    }
}

void sim_up(struct sim_score *score, struct sim_watch *watch, double now_s)
{
    const struct channel *channel = score->channel;
    size_t before = watch->seen;
    double over_s = NEVER;

    judge_down(score, watch, now_s);
    /* Those that ended before this DOWN began were not met by it. */
    while (watch->seen < channel->cut_count && channel->cuts[watch->seen].to_s <= watch->bad_s) {
        score->missed_cuts +=
            channel->cuts[watch->seen].to_s - channel->cuts[watch->seen].from_s > MISSED_FROM_S;
        watch->seen++;
    }
    before = watch->seen;
    settle_cuts(score, watch, now_s);
    if (watch->seen > before)
        over_s = channel->cuts[watch->seen - 1].to_s;
    if (over_s >= 0)
        push(&score->restore_s, &score->restore_count, &score->restore_room, now_s - over_s);
    watch->down_s = NEVER;
}

void sim_end(struct sim_score *score, struct sim_watch *watch, double now_s)
{
    if (watch->down_s >= 0)
        judge_down(score, watch, now_s);
    settle_cuts(score, watch, now_s);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double sim_rank(double *values, size_t count, double share)
{
    size_t rank = (size_t)ceil(share * (double)count);

    if (count == 0)
        return 0;
    qsort(values, count, sizeof *values, by_value);
    return values[rank == 0 ? 0 : rank - 1];
}

void sim_score_free(struct sim_score *score)
{
    free(score->detect_s);
    free(score->restore_s);
}
