/* SPDX-License-Identifier: ISC */
/*
 * frame_inside - what the files behind probes/frame.h share: numbers to and from bytes, and the
 * places of records. For probes/frame*.c alone.
 */
#ifndef KT_FRAME_INSIDE_H
#define KT_FRAME_INSIDE_H

#include <stdint.h>

#include "probes/frame.h"

#define DURATION_MOST_MS INT64_C(86400000)
#define RUN_MOST         100
#define PPM_MOST         1000000
#define FRAME_HOST_BYTES 16
#define LEARNED_BYTES    (4 + 8 + 7 * 4)

/* Room for one more record, its count already written into the head; NULL when full. */
uint8_t *frame_record_add(struct frame *frame);
const uint8_t *frame_record_at(const struct frame *frame, size_t index);

/* A place in the bytes; each put and get moves it on. Room was checked for the whole record. */
static inline void put(uint8_t **at, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        (*at)[i] = (uint8_t)(number >> (8 * (bytes - 1 - i)));
    *at += bytes;
}

static inline uint64_t get(const uint8_t **at, size_t bytes)
{
    uint64_t number = 0;

    for (size_t i = 0; i < bytes; i++)
        number = number << 8 | (*at)[i];
    *at += bytes;
    return number;
}

static inline void put_i64(uint8_t **at, int64_t number)
{
    put(at, (uint64_t)number, 8);
}

/* Two's complement by hand: a conversion out of range would be the compiler's choice. */
static inline int64_t get_i64(const uint8_t **at)
{
    uint64_t number = get(at, 8);

    return number <= INT64_MAX ? (int64_t)number : -(int64_t)(UINT64_MAX - number) - 1;
}

void put_learned(uint8_t **at, const struct learned *learned);
bool get_learned(const uint8_t **at, struct learned *learned);

#endif
