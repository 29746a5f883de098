/* SPDX-License-Identifier: ISC */
#include "probes/units.h"

#include <assert.h>
#include <stdlib.h>

static size_t blocks_of(size_t count)
{
    return (count + UNITS_BLOCK - 1) / UNITS_BLOCK;
}

void units_open(struct units *units, size_t room)
{
    *units = (struct units){.room = room};
    units->ids = calloc(room + 1, sizeof *units->ids);
    units->blocks = calloc(blocks_of(room) + 1, sizeof(struct unit *));
    if (units->ids == NULL || units->blocks == NULL)
        abort();
}

struct unit *units_add(struct units *units, uint32_t id)
{
    size_t index = units->count++;

    assert(index < units->room && (index == 0 || units->ids[index - 1] < id));
    units->ids[index] = id;
    if (index % UNITS_BLOCK == 0) {
        struct unit *block = calloc(UNITS_BLOCK, sizeof *block);

        if (block == NULL)
            abort();
        units->blocks[index / UNITS_BLOCK] = block;
    }
    return units_at(units, index);
}

bool units_find(const struct units *units, uint32_t id, size_t *index)
{
    size_t least = 0, end = units->count;

    while (least < end) {
        size_t middle = least + (end - least) / 2;

        if (units->ids[middle] < id)
            least = middle + 1;
        else
            end = middle;
    }
    *index = least;
    return least < units->count && units->ids[least] == id;
}

void units_shrink(struct units *units, size_t count)
{
    for (size_t i = blocks_of(count); i < blocks_of(units->count); i++)
        free(units->blocks[i]);
    units->count = count;
}

void units_free(struct units *units)
{
    units_shrink(units, 0);
    free(units->ids);
    free(units->blocks);
    *units = (struct units){0};
}
