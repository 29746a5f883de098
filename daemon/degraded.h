/* SPDX-License-Identifier: ISC */
/*
 * degraded - from five-minute rounds of one link to "it answers, and loses too much".
 *
 * Pure, by value, nothing to free. A round has some ten probes, so that one lost answer is 10 %: a
 * single round proves nothing. A link is degraded when DEGRADED_BAD of the last DEGRADED_ROUNDS
 * rounds are beyond the floor, and all of them together are so by more than chance explains (two
 * standard deviations of as many probes at the floor). It is well again after DEGRADED_GOOD rounds
 * in a row that lost no more than half of the floor [SmokePing: k of n to raise, a lower threshold
 * to clear]. Rounds in which the site was down are not for it: the owner leaves them out.
 */
#ifndef KT_DEGRADED_H
#define KT_DEGRADED_H

#include <stdbool.h>
#include <stdint.h>

#define DEGRADED_ROUNDS 6 /* half an hour */
#define DEGRADED_BAD    3
#define DEGRADED_GOOD   6

struct degraded_round {
    uint32_t slot; /* as probes/rollup.h counts them; 0: none */
    uint16_t sent;
    uint16_t lost;
};

struct degraded {
    struct degraded_round rounds[DEGRADED_ROUNDS]; /* newest first */
    uint32_t since;      /* slot: the first bad round; while it is degraded */
    uint32_t good_since; /* slot: the first good one of those in a row */
    uint32_t floor_ppm;  /* of the last round */
    uint8_t good_run;
    bool is_degraded;
};

enum degraded_news { DEGRADED_NOTHING = 1, DEGRADED_BEGINS, DEGRADED_ENDS };

/* One more round. floor_ppm: of the probes, 1 to 999999. One without probes, or of a slot that was
 * heard, changes nothing. */
enum degraded_news degraded_hear(struct degraded *degraded, const struct degraded_round *round,
                                 uint32_t floor_ppm);
/* What the last rounds lost together, in millionths of what they sent. */
uint32_t degraded_loss_ppm(const struct degraded *degraded);
/* The first bad one of the last rounds, if by them alone it would be degraded; 0: it would not. */
uint32_t degraded_bad_since(const struct degraded *degraded);
/* Nothing is known that another round would need: none of the last rounds lost anything. */
bool degraded_is_clean(const struct degraded *degraded);
#endif
