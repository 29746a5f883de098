/* SPDX-License-Identifier: ISC */
/*
 * detector - when are misses enough to believe in a silence?
 *
 * Pure, by value, nothing to free. The rule of this version: misses_to_down misses in a row, any
 * answer forgets them; answers_to_up answers in a row end a silence. The statistical rule of the
 * definitions (a sequential test on learned loss) takes this place without anything else changing.
 */
#ifndef KT_DETECTOR_H
#define KT_DETECTOR_H

#include <stdbool.h>
#include <stdint.h>

struct detector_policy {
    uint32_t misses_to_down; /* 1 … 100 */
    uint32_t answers_to_up;  /* 1 … 100 */
};

struct detector {
    uint32_t miss_run;
    uint32_t answer_run;
};

void detector_init(struct detector *detector);
/* Feed one result; true when there have been enough misses (or answers) in a row for a verdict. */
bool detector_miss(struct detector *detector, const struct detector_policy *policy);
bool detector_answer(struct detector *detector, const struct detector_policy *policy);
#endif
