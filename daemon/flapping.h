/* SPDX-License-Identifier: ISC */
/*
 * flapping - from the verdicts on one site to "it does nothing but come and go".
 *
 * Pure, by value, nothing to free. An observation is the site's verdict, up or down for its own
 * fault; of the last 20 the changes are weighted, 0.8 for the oldest up to 1.18 for the newest, and
 * their sum over 20 is the figure: more than 30 % begins flapping, 25 % or less ends it (Icinga 2,
 * flapping detection: FLAPPING_HIGH, FLAPPING_LOW).
 *
 * Icinga observes at each check, some minutes apart, and at once when something changes. So does
 * this: each change is an observation, and so is each SLOT_MS without one. Three outages in an hour
 * flap, whether they take seconds each or ten minutes; two never do, however short; and 75 minutes
 * without a change are calm. While a site cannot be judged (unreachable, unknown) its time stands
 * still.
 */
#ifndef KT_FLAPPING_H
#define KT_FLAPPING_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/clock.h"

#define FLAPPING_OBSERVATIONS 20
#define FLAPPING_SLOT_MS      (5 * 60 * 1000)
#define FLAPPING_HIGH         3000 /* hundredths of a percent: above it flapping begins */
#define FLAPPING_LOW          2500 /* at it or below flapping ends */

enum flapping_seen {
    FLAPPING_UNSEEN = 0, /* of a site of which nothing is known yet, too */
    FLAPPING_UP,
    FLAPPING_DOWN, /* for its own fault; another's is FLAPPING_UNSEEN */
};

struct flapping {
    uint32_t changes; /* one bit per observation, the newest is bit 0 */
    uint8_t seen;     /* enum flapping_seen, as last told */
    uint8_t last;     /* the last that was UP or DOWN; FLAPPING_UNSEEN: none yet */
    bool is_flapping;
    struct wall at;     /* of the last observation; while unseen: of no meaning */
    int64_t quiet_ms;   /* since the last observation when it was seen last; while unseen */
    struct wall change; /* the last; unset: none yet */
};

enum flapping_news { FLAPPING_NOTHING = 1, FLAPPING_BEGINS, FLAPPING_ENDS };

/* What is seen of the site, and since when; the same as before is no change. An instant before the
 * last one is taken for that. */
enum flapping_news flapping_see(struct flapping *flapping, enum flapping_seen seen, struct wall at);
/* Time has passed: the observations of the slots that ended meanwhile. */
enum flapping_news flapping_pass(struct flapping *flapping, struct wall now);
/* When flapping ends if nothing changes any more; unset while it does not flap or is not seen. */
struct wall flapping_calm_at(const struct flapping *flapping);
/* Hundredths of a percent, 0 to 9900. */
uint32_t flapping_figure(const struct flapping *flapping);
#endif
