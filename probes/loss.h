/* SPDX-License-Identifier: ISC */
/*
 * loss - how many probes a link loses when all is well, and how many it may lose at most to be
 * itself again.
 *
 * Pure, by value, nothing to free; parts per million throughout, so that a proof of repair is the
 * same numbers on every machine. What is learned is an average that forgets slowly; the caller
 * feeds it with probes that were sent while the device was UP, and with those alone: a link that is
 * cut says nothing of the link that it was. [definitions §2]
 */
#ifndef KT_LOSS_H
#define KT_LOSS_H

#include <stdbool.h>
#include <stdint.h>

#define LOSS_FLOOR_PPM 5000   /* 0.5 %: no radio is better than that for long */
#define LOSS_CAP_PPM   600000 /* 60 %: beyond it no limit would mean anything */

struct loss {
    int64_t ppb;    /* parts per billion, so that rounding does not eat small steps */
    int64_t probes; /* learned from; counted up to what the average remembers */
};

/* ppm: what another prober had learned; 0: nothing is known. */
void loss_init(struct loss *loss, uint32_t ppm);
void loss_learn(struct loss *loss, bool lost);
uint32_t loss_usual_ppm(const struct loss *loss); /* from floor to cap */
/* The same when enough was learned to be handed on, else 0. */
uint32_t loss_known_ppm(const struct loss *loss);
/* The usual loss p and three standard deviations of it over so many probes: p + 3·√(p(1−p)/n). */
uint32_t loss_limit_ppm(uint32_t usual_ppm, uint32_t probes);
/* Is so much lost of so many within the limit? */
bool loss_is_usual(uint32_t usual_ppm, uint32_t probes, uint32_t lost);
#endif
