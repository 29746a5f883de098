/* SPDX-License-Identifier: ISC */
#include "probes/detector.h"

void detector_init(struct detector *detector)
{
    *detector = (struct detector){0};
}

/* The runs stop at their ceiling: a village that is dark for a year must not come round to zero. */
static void count_up(uint32_t *run)
{
    if (*run < UINT32_MAX)
        (*run)++;
}

bool detector_miss(struct detector *detector, const struct detector_policy *policy)
{
    detector->answer_run = 0;
    count_up(&detector->miss_run);
    return detector->miss_run >= policy->misses_to_down;
}

bool detector_answer(struct detector *detector, const struct detector_policy *policy)
{
    detector->miss_run = 0;
    count_up(&detector->answer_run);
    return detector->answer_run >= policy->answers_to_up;
}
