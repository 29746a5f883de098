/* SPDX-License-Identifier: ISC */
/*
 * frames - packets between the parent and its prober, out of a fuzzer's bytes: each stands behind
 * two bytes with its length.
 */
#ifndef KT_TESTS_FUZZ_FRAMES_H
#define KT_TESTS_FUZZ_FRAMES_H

#include <string.h>

#include "probes/frame.h"

struct packets {
    const uint8_t *at;
    size_t left;
};

/* The next packet, as it would come from the socket; false: there are no more. */
static inline bool packets_next(struct packets *packets, struct frame *frame, size_t *count)
{
    if (packets->left < 2)
        return false;
    *count = (size_t)packets->at[0] << 8 | packets->at[1];
    packets->at += 2;
    packets->left -= 2;
    if (*count > packets->left)
        *count = packets->left;
    if (*count > FRAME_MAX)
        *count = FRAME_MAX;
    memcpy(frame->at, packets->at, *count);
    packets->at += *count;
    packets->left -= *count;
    return true;
}
#endif
