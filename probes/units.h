/* SPDX-License-Identifier: ISC */
/*
 * units - the devices of one plan, by rising id.
 *
 * The ids lie together, because they are what is searched, several times for each probe; the units
 * lie in blocks, so that many are made and given up in small steps and none ever moves. Zero is
 * empty. Pure. Owner: a struct plan.
 */
#ifndef KT_UNITS_H
#define KT_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/unit.h"

#define UNITS_BLOCK 128

struct units {
    uint32_t *ids;
    struct unit **blocks;
    size_t count;
    size_t room;
};

/* Empty, with room for so many. */
void units_open(struct units *units, size_t room);
/* A unit that is all zero; its id is above those before. */
struct unit *units_add(struct units *units, uint32_t id);
/* False: there is none. */
bool units_find(const struct units *units, uint32_t id, size_t *index);
static inline struct unit *units_at(const struct units *units, size_t index)
{
    return &units->blocks[index / UNITS_BLOCK][index % UNITS_BLOCK];
}
/* Takes the last ones away, down to so many; none of them is armed. */
void units_shrink(struct units *units, size_t count);
void units_free(struct units *units);
#endif
