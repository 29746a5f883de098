/* SPDX-License-Identifier: ISC */
#include "probes/profile_hand.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "probes/frame_reading.h"
#include "probes/profile.h"

struct profile_hand {
    struct text packed;
    size_t sent;
    uint32_t serial;
    uint32_t interval_s;
};

struct profile_hand *profile_hand_new(void)
{
    struct profile_hand *hand = calloc(1, sizeof *hand);

    if (hand == NULL)
        abort();
    return hand;
}

void profile_hand_free(struct profile_hand *hand)
{
    if (hand == NULL)
        return;
    text_free(&hand->packed);
    free(hand);
}

uint32_t profile_hand_give(struct profile_hand *hand, const char *packed, uint32_t interval_s)
{
    text_clear(&hand->packed);
    text_add(&hand->packed, packed);
    assert(hand->packed.bytes > 0 && hand->packed.bytes <= PROFILE_HAND_MAX);
    hand->sent = 0;
    hand->interval_s = interval_s;
    return ++hand->serial;
}

uint32_t profile_hand_serial(const struct profile_hand *hand)
{
    return hand->serial;
}

void profile_hand_rewind(struct profile_hand *hand)
{
    hand->sent = 0;
}

bool profile_hand_frame(const struct profile_hand *hand, struct frame *frame)
{
    struct profile_chunk chunk = {.serial = hand->serial,
                                  .total = (uint32_t)hand->packed.bytes,
                                  .interval_s = hand->interval_s};
    size_t at = hand->sent;

    if (at == hand->packed.bytes)
        return false;
    frame_begin(frame, FRAME_PROFILES);
    while (at < hand->packed.bytes) {
        size_t left = hand->packed.bytes - at;

        chunk.offset = (uint32_t)at;
        chunk.bytes = (uint16_t)(left < FRAME_CHUNK_TEXT_MAX ? left : FRAME_CHUNK_TEXT_MAX);
        memcpy(chunk.text, hand->packed.at + at, chunk.bytes);
        if (!frame_add_chunk(frame, &chunk))
            break;
        at += chunk.bytes;
    }
    return true;
}

void profile_hand_sent(struct profile_hand *hand, const struct frame *frame)
{
    size_t bytes = frame->count * FRAME_CHUNK_TEXT_MAX, left = hand->packed.bytes - hand->sent;

    hand->sent += bytes < left ? bytes : left;
}

static bool feed_whole(struct profile_feed *feed, struct profiles **profiles)
{
    struct text complaints = {0};

    *profiles = profiles_unpack(text_get(&feed->packed), &complaints);
    text_free(&complaints);
    return *profiles != NULL; /* the parent has read it before */
}

bool profile_feed_take(struct profile_feed *feed, const struct frame *frame,
                       struct profiles **profiles)
{
    struct profile_chunk chunk;

    *profiles = NULL;
    for (size_t i = 0; i < frame->count; i++) {
        if (!frame_get_chunk(frame, i, &chunk) || *profiles != NULL)
            return false;
        if (chunk.offset == 0) {
            text_clear(&feed->packed);
            feed->serial = chunk.serial;
            feed->interval_s = chunk.interval_s;
        }
        if (chunk.serial != feed->serial || chunk.offset != feed->packed.bytes ||
            memchr(chunk.text, '\0', chunk.bytes) != NULL)
            return false;
        text_add_bytes(&feed->packed, chunk.text, chunk.bytes);
        if (feed->packed.bytes == chunk.total && !feed_whole(feed, profiles))
            return false;
    }
    return true;
}

void profile_feed_free(struct profile_feed *feed)
{
    text_free(&feed->packed);
}
