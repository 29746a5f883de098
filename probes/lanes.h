/* SPDX-License-Identifier: ISC */
/*
 * lanes - no radio hop gets a burst: what goes over one hop leaves at its pace.
 *
 * A lane is a hop that many devices share: all of a subtree hang behind it. Each has a rate in
 * bytes per second, both directions; a device whose turn has come is given the moment at which
 * there is room, in the order of asking, so that nothing is lost and nobody asks twice (a
 * virtual-scheduling leaky bucket, ITU-T I.371 annex A). Pure.
 */
#ifndef KT_LANES_H
#define KT_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/clock.h"

#define LANES_BURST_US 200000 /* so much may leave at once after a pause */

struct lane {
    uint32_t id;
    int64_t booked_us; /* monotonic: until then its room is given away */
};

/* By id once sealed; zero is empty. */
struct lanes {
    struct lane *at;
    size_t count;
    size_t room;
};

void lanes_add(struct lanes *lanes, uint32_t id); /* again and again as you like */
/* To be searched from now on; what the old ones had given away stays given. old may be NULL. */
void lanes_seal(struct lanes *lanes, const struct lanes *old);
void lanes_free(struct lanes *lanes);
/*
 * Books so many bytes of the lane from now on; returns when they may leave, now or later. A lane
 * that is not there, or a rate of 0: now.
 */
struct mono lanes_book(struct lanes *lanes, uint32_t id, struct mono now, uint32_t bytes,
                       uint32_t bytes_per_s);
/*
 * For what can wait: false while anything that was booked has not left yet, and then *at says when
 * to ask again. So whatever takes its turns by this keeps who books waiting for no longer than one
 * of its own datagrams takes.
 */
bool lanes_try(struct lanes *lanes, uint32_t id, struct mono now, uint32_t bytes,
               uint32_t bytes_per_s, struct mono *at);
#endif
