/* SPDX-License-Identifier: ISC */
#include "probes/meter.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

void meter_add(struct meter *meter, uint32_t lane, uint32_t bytes)
{
    if (meter->count > 0 && meter->at[meter->count - 1].id == lane) {
        meter->at[meter->count - 1].bytes += bytes; /* neighbours come one after another */
        return;
    }
    if (meter->count == meter->room) {
        meter->room = meter->room == 0 ? 64 : meter->room * 2;
        meter->at = reallocarray(meter->at, meter->room, sizeof *meter->at);
        if (meter->at == NULL)
            abort();
    }
    meter->at[meter->count++] = (struct meter_lane){lane, bytes};
}

static int by_id(const void *a, const void *b)
{
    uint32_t x = ((const struct meter_lane *)a)->id, y = ((const struct meter_lane *)b)->id;

    return (x > y) - (x < y);
}

void meter_seal(struct meter *meter)
{
    size_t kept = 0;
    bool in_order = true;

    for (size_t i = 1; i < meter->count; i++)
        in_order = in_order && meter->at[i - 1].id <= meter->at[i].id;
    if (!in_order)
        qsort(meter->at, meter->count, sizeof *meter->at, by_id);
    for (size_t i = 0; i < meter->count; i++)
        if (kept > 0 && meter->at[kept - 1].id == meter->at[i].id)
            meter->at[kept - 1].bytes += meter->at[i].bytes;
        else
            meter->at[kept++] = meter->at[i];
    meter->count = kept;
}

static struct meter_lane *find(const struct meter *meter, uint32_t lane)
{
    if (meter->count == 0)
        return NULL;
    return bsearch(&(struct meter_lane){.id = lane}, meter->at, meter->count, sizeof *meter->at,
                   by_id);
}

void meter_change(struct meter *meter, uint32_t lane, uint32_t from, uint32_t to)
{
    struct meter_lane *found = find(meter, lane);

    if (found == NULL)
        return;
    assert(found->bytes >= from);
    found->bytes = found->bytes - from + to;
}

uint64_t meter_bytes(const struct meter *meter, uint32_t lane)
{
    const struct meter_lane *found = find(meter, lane);

    return found == NULL ? 0 : found->bytes;
}

void meter_free(struct meter *meter)
{
    free(meter->at);
    *meter = (struct meter){0};
}
