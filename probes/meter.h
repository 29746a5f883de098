/* SPDX-License-Identifier: ISC */
/*
 * meter - what one round of readings costs each lane: the sum over the devices behind it.
 *
 * Pure. Begin, add every device, seal; then each device's cost may change. Zero is empty. What
 * follows from a sum is probes/budget.h's, when something may leave probes/lanes.h's. Owner:
 * probes/rounds.h.
 */
#ifndef KT_METER_H
#define KT_METER_H

#include <stddef.h>
#include <stdint.h>

struct meter_lane {
    uint32_t id;
    uint64_t bytes;
};

struct meter {
    struct meter_lane *at;
    size_t count;
    size_t room;
};

void meter_add(struct meter *meter, uint32_t lane, uint32_t bytes);
void meter_seal(struct meter *meter);
/* A device of that lane costs another sum than before. */
void meter_change(struct meter *meter, uint32_t lane, uint32_t from, uint32_t to);
uint64_t meter_bytes(const struct meter *meter, uint32_t lane); /* 0: no such lane */
void meter_free(struct meter *meter);                           /* leaves it empty */
#endif
