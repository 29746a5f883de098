/* SPDX-License-Identifier: ISC */
/*
 * profile_hand - the profiles on their way from the parent, which reads files, to its child, which
 * cannot.
 *
 * They go as the text that they are, in pieces, and the child reads them by the same code; so both
 * have the same set, in which a profile and a metric are known by their places. A struct
 * profile_hand is the giving end, a struct profile_feed the taking one. Pure.
 */
#ifndef KT_PROFILE_HAND_H
#define KT_PROFILE_HAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/text.h"
#include "probes/frame.h"

#define PROFILE_HAND_MAX (4 * 1024 * 1024) /* bytes: a full folder, and those built in */

struct profiles;

struct profile_hand;

struct profile_hand *profile_hand_new(void);
void profile_hand_free(struct profile_hand *hand); /* NULL allowed */
/* packed: of profile_files_read(); to be sent from its beginning. interval_s: how often devices are
 * to be read by them, 0: not at all. Returns its serial. */
uint32_t profile_hand_give(struct profile_hand *hand, const char *packed, uint32_t interval_s);
uint32_t profile_hand_serial(const struct profile_hand *hand); /* of the last; 0: none yet */
/* A new child knows nothing. */
void profile_hand_rewind(struct profile_hand *hand);
/* The next frame for the child, false when there is none; the same until profile_hand_sent(). */
bool profile_hand_frame(const struct profile_hand *hand, struct frame *frame);
void profile_hand_sent(struct profile_hand *hand, const struct frame *frame);

/* Zero is empty. */
struct profile_feed {
    struct text packed;
    uint32_t serial;
    uint32_t interval_s;
};

/*
 * One frame of FRAME_PROFILES. False: the parent never sends that. *profiles: NULL until the text
 * is whole; then a set, the caller's, and feed->serial is its serial.
 */
bool profile_feed_take(struct profile_feed *feed, const struct frame *frame,
                       struct profiles **profiles);
void profile_feed_free(struct profile_feed *feed);
#endif
