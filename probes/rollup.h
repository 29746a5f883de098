/* SPDX-License-Identifier: ISC */
/*
 * rollup - what five minutes of probes came to: how many, how many were lost, how long the rest
 * took.
 *
 * One struct rollup per device, by value; pure. Probes are counted when they are settled, in the
 * slot of that moment; a slot is told when the first probe of another one comes, or when the owner
 * asks (rollup_take()). Only what was seen is told: a child that begins in the middle of a slot
 * tells the rest of it, and one that ends there its beginning. Each part says from when to when it
 * counted, so that whoever keeps them can add them up, and knows one that comes twice.
 */
#ifndef KT_ROLLUP_H
#define KT_ROLLUP_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/clock.h"

#define ROLLUP_SLOT_S  300 /* unless a test has rollup_set_slot_s() said otherwise */
#define ROLLUP_SLOWEST 6   /* of so many the 95th percentile is exact up to 119 answers */
#define ROLLUP_MOST    UINT16_MAX

struct rollup {
    uint32_t slot; /* wall clock / 300 s; 0: nothing yet */
    uint16_t sent;
    uint16_t lost;
    uint32_t from_ms; /* its first and its last probe, since the slot began */
    uint32_t until_ms;
    uint32_t min_us;
    uint64_t sum_us;
    uint32_t slowest_us[ROLLUP_SLOWEST]; /* falling */
};

/* One slot of one device, as it travels. Times are 0 when nothing was answered. */
struct rollup_record {
    uint32_t device_id;
    uint32_t slot;
    uint16_t sent;
    uint16_t lost;
    uint32_t from_ms; /* 0 to 299999, not after until_ms */
    uint32_t until_ms;
    uint32_t min_us;
    uint32_t mean_us;
    uint32_t p95_us; /* nearest rank; of more than 119 answers the 6th slowest */
    uint32_t max_us;
};

uint32_t rollup_slot(struct wall at);
struct wall rollup_slot_at(uint32_t slot);      /* its beginning */
#define ROLLUP_SLOT_ENV "KENTONGAN_TEST_SLOT_S" /* in the environment of such a daemon */
uint32_t rollup_slot_s(void);
/* For tests of whole daemons, which cannot wait for half an hour: before anything else, and the
 * same in the child. 1 to ROLLUP_SLOT_S, another number is ROLLUP_SLOT_S. */
void rollup_set_slot_s(int64_t seconds);
/*
 * Counts one probe that was settled at that time; rtt_us below 0: it was lost. True: the slot
 * before has ended, and *out is what it came to (device_id is the caller's).
 */
bool rollup_add(struct rollup *rollup, struct wall at, int64_t rtt_us, struct rollup_record *out);
/* Ends the slot if it is another than `now`; as above. */
bool rollup_take(struct rollup *rollup, uint32_t now, struct rollup_record *out);
#endif
