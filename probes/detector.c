/* SPDX-License-Identifier: ISC */
#include "probes/detector.h"

#include <math.h>

#define LOSS_OF_CUT 0.999 /* p1: now and then something gets through a link that is cut */
#define YEAR_MS     (365.25 * 24 * 3600 * 1000)
/* A run this unlikely by usual loss, ln 1000, is a burst. */
#define ODD 6.9
/* Probes that the two averages remember. */
#define RECENT_MEMORY 24
#define HABIT_MEMORY  120
/* What the habit counts for beside the run that has just healed: one miss on a clean link may be
 * the beginning of rain. */
#define RUN_PRIOR 6
/* Of one run: a burst of twenty misses says how long bursts are, and little of usual loss. */
#define RUN_COUNTS 3
#define SIGMAS     3
#define SHORT_MS   60000

double detector_evidence(int64_t interval_ms, uint32_t false_down_years)
{
    return log(YEAR_MS / (double)interval_ms * (double)false_down_years);
}

void detector_init(struct detector *detector)
{
    *detector = (struct detector){0};
}

void detector_init_down(struct detector *detector)
{
    *detector = (struct detector){.down = true};
}

void detector_restart(struct detector *detector)
{
    *detector = (struct detector){
        .burst = detector->burst, .recent = detector->recent, .habit = detector->habit};
}

void detector_know(struct detector *detector, double loss)
{
    detector->habit = (float)loss;
}

double detector_loss(const struct detector *detector)
{
    double loss = fmax((double)detector->recent, (double)detector->habit);

    return fmin(fmax(loss, DETECTOR_LOSS_FLOOR), DETECTOR_LOSS_CAP);
}

/* The runs stop at their ceiling: a village that is dark for a year must not come round to zero. */
static void count_up(uint32_t *run)
{
    if (*run < UINT32_MAX)
        (*run)++;
}

static void count_way(struct detector *detector, bool lost)
{
    if (detector->way_sent == UINT16_MAX)
        return;
    detector->way_sent++;
    detector->way_lost = (uint16_t)(detector->way_lost + lost);
}

int64_t detector_span_ms(const struct detector *detector, uint32_t false_down_years,
                         struct mono now)
{
    int64_t ms = burst_span_ms(&detector->burst, false_down_years, now);

    if (ms > 0 && detector->odd_at.us != 0)
        ms += mono_diff_ms(detector->odd_at, detector->run_at);
    return ms > BURST_SPAN_MOST_MS ? BURST_SPAN_MOST_MS : ms;
}

int64_t detector_gap_ms(const struct detector *detector, uint32_t false_down_years, struct mono now)
{
    bool bursty =
        detector_span_ms(detector, false_down_years, now) > DETECTOR_MISSES_LEAST * DETECTOR_GAP_MS;

    return bursty ? DETECTOR_GAP_BURSTY_MS : DETECTOR_GAP_MS;
}

static bool is_enough(const struct detector *detector, const struct detector_policy *policy,
                      struct mono now)
{
    double sum = detector->miss_run * log(LOSS_OF_CUT / detector_loss(detector));

    if (detector->miss_run < policy->misses_least)
        return false;
    if (policy->false_down_years == 0)
        return true;
    return detector->miss_run >= DETECTOR_MISSES_LEAST && sum >= policy->evidence &&
           mono_diff_ms(now, detector->run_at) >=
               detector_span_ms(detector, policy->false_down_years, now);
}

bool detector_miss(struct detector *detector, const struct detector_policy *policy, struct mono now)
{
    bool enough;

    detector->answer_run = 0;
    if (!detector->down && detector->miss_run == 0) {
        detector->run_at = now;
        detector->odd_at = (struct mono){0};
    }
    count_up(&detector->miss_run);
    if (detector->down && detector->way_sent > 0)
        count_way(detector, true);
    if (!detector->down && detector->odd_at.us == 0 &&
        detector->miss_run * -log(detector_loss(detector)) >= ODD)
        detector->odd_at = now;
    enough = is_enough(detector, policy, now);
    if (enough) {
        detector->down = true;
        detector->way_sent = detector->way_lost = 0;
    }
    return enough;
}

static void average(float *loss, double memory, bool lost)
{
    *loss = (float)((double)*loss + ((lost ? 1.0 : 0.0) - (double)*loss) / memory);
}

/* A run of misses ended in an answer, without a verdict. */
static void learn_run(struct detector *detector, struct mono now)
{
    uint32_t counts = detector->miss_run < RUN_COUNTS ? detector->miss_run : RUN_COUNTS;
    double prior = RUN_PRIOR * (double)detector->habit;
    double of_run = (counts + prior) / (counts + 1 + RUN_PRIOR);

    for (uint32_t i = 0; i < counts; i++)
        average(&detector->recent, RECENT_MEMORY, true);
    detector->recent = (float)fmax((double)detector->recent, of_run);
    average(&detector->habit, HABIT_MEMORY, true);
    if (detector->odd_at.us != 0)
        burst_learn(&detector->burst, mono_diff_ms(now, detector->odd_at), now);
}

/*
 * An outage that was over so soon was a burst, too, and longer than this link was known for. Up to
 * a minute that is taken from any link; what lasted longer may as well have been a router that
 * started anew, so it counts only where bursts are known.
 */
static void learn_outage(struct detector *detector)
{
    int64_t lasted_ms = mono_diff_ms(detector->good_at, detector->run_at);
    bool known = detector->burst.count >= 1;

    if (detector->odd_at.us != 0 && lasted_ms <= (known ? BURST_SPAN_MOST_MS : SHORT_MS))
        burst_learn(&detector->burst, mono_diff_ms(detector->good_at, detector->odd_at),
                    detector->good_at);
}

/* Loss on the way out of a silence no worse than this link's own and chance [definitions §2]. */
static bool is_usual(const struct detector *detector)
{
    double loss = detector_loss(detector), sent = detector->way_sent;

    return detector->way_sent >= DETECTOR_WAY_MOST ||
           detector->way_lost <= sent * (loss + SIGMAS * sqrt(loss * (1 - loss) / sent));
}

static bool answer_when_down(struct detector *detector, const struct detector_policy *policy,
                             struct mono now)
{
    if (detector->way_sent == 0)
        detector->good_at = now;
    count_way(detector, false);
    if (detector->answer_run < policy->answers_to_up || !is_usual(detector))
        return false;
    learn_outage(detector);
    detector->down = false;
    detector->way_sent = detector->way_lost = 0;
    return true;
}

bool detector_answer(struct detector *detector, const struct detector_policy *policy,
                     struct mono now)
{
    uint32_t misses = detector->miss_run;

    count_up(&detector->answer_run);
    if (!detector->down && misses > 0)
        learn_run(detector, now);
    detector->miss_run = 0;
    if (detector->down)
        return answer_when_down(detector, policy, now);
    average(&detector->recent, RECENT_MEMORY, false);
    if (misses == 0)
        average(&detector->habit, HABIT_MEMORY, false);
    return detector->answer_run >= policy->answers_to_up;
}
