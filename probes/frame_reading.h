/* SPDX-License-Identifier: ISC */
/*
 * frame_reading - the records of readings and profiles between parent and child (probes/frame.h).
 * Pure.
 */
#ifndef KT_FRAME_READING_H
#define KT_FRAME_READING_H

#include "probes/frame.h"
#include "probes/reading_report.h"

#define FRAME_CHUNK_TEXT_MAX 1000

#define FRAME_READING_BYTES                                                                        \
    (4 + 4 + 2 + 2 + 1 + 1 + 8 + 8 + 4 + READING_INSTANCE_MAX + VALUE_TEXT_MAX)
#define FRAME_CHUNK_BYTES (4 + 4 + 4 + 4 + 2 + FRAME_CHUNK_TEXT_MAX)

/* A piece of the profiles' text. */
struct profile_chunk {
    uint32_t serial;
    uint32_t total;      /* bytes of the whole */
    uint32_t offset;     /* of this piece */
    uint32_t interval_s; /* how often devices are to be read by them; 0: not at all */
    uint16_t bytes;
    char text[FRAME_CHUNK_TEXT_MAX];
};

/* FRAME_PROFILES, down */
bool frame_add_chunk(struct frame *frame, const struct profile_chunk *chunk);
bool frame_get_chunk(const struct frame *frame, size_t index, struct profile_chunk *chunk);
/* FRAME_READINGS, up */
bool frame_add_reading(struct frame *frame, const struct reading_report *report);
bool frame_get_reading(const struct frame *frame, size_t index, struct reading_report *report);
#endif
