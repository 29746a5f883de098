/* SPDX-License-Identifier: ISC */
/*
 * feeder - did the sites of one feeder lose their power together?
 *
 * Pure. When each fell silent is known between two instants only; they are together when one window
 * of FEEDER_WINDOW_MS meets all of them. Sites that are cut off behind a silent one say nothing of
 * their power, and are not given. Source: definitions, "Power or link: how the cause is proven".
 */
#ifndef KT_FEEDER_H
#define KT_FEEDER_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/base/clock.h"

#define FEEDER_WINDOW_MS 120000
/* Who is asked so rarely that its silence may have begun at any time in this says nothing. */
#define FEEDER_WIDTH_MS 600000
#define FEEDER_ENOUGH   3

/* One site of the feeder that is silent by its own fault. */
struct feeder_onset {
    size_t site;
    size_t parent; /* its first; of sites below one and the same, that one's radio may be it */
    struct wall last_good; /* unset: not known when */
    struct wall first_bad;
    bool power;    /* something there told of its power (CLUES_OF_POWER) */
    bool together; /* the answer */
};

/*
 * Sets together for each that lost its power with others, and sorts them by first_bad. answering:
 * how many sites of the feeder are up. Two or more that fell silent together are a loss of the
 * feeder when one of them tells of its power, when they are half of those that can be heard, or
 * when they are FEEDER_ENOUGH and hang below more than one site: one house, or one radio above, is
 * not the feeder.
 */
void feeder_judge(struct feeder_onset *onsets, size_t count, size_t answering);
#endif
