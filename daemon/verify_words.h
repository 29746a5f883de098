/* SPDX-License-Identifier: ISC */
/*
 * verify_words - a verdict on a repair, told to people and to the ticket's event log.
 *
 * Pure. One sentence in English with the numbers that it rests on; pages that speak another
 * language make their own from the same numbers, which are in the detail.
 */
#ifndef KT_VERIFY_WORDS_H
#define KT_VERIFY_WORDS_H

#include "daemon/base/text.h"
#include "probes/verify.h"

/* "13 of 30 probes were lost; this link usually loses 1 in 200." */
void verify_words(const struct verify_verdict *verdict, struct text *out);
/* {"reason","sent","lost","usual_percent","limit_percent","window_s"} */
void verify_detail(const struct verify_verdict *verdict, struct text *out);
#endif
