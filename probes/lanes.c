/* SPDX-License-Identifier: ISC */
#include "probes/lanes.h"

#include <stdlib.h>

void lanes_add(struct lanes *lanes, uint32_t id)
{
    if (lanes->count > 0 && lanes->at[lanes->count - 1].id == id)
        return; /* neighbours come one after another */
    if (lanes->count == lanes->room) {
        lanes->room = lanes->room == 0 ? 64 : lanes->room * 2;
        lanes->at = reallocarray(lanes->at, lanes->room, sizeof *lanes->at);
        if (lanes->at == NULL)
            abort();
    }
    lanes->at[lanes->count++] = (struct lane){.id = id};
}

static int by_id(const void *a, const void *b)
{
    uint32_t x = ((const struct lane *)a)->id, y = ((const struct lane *)b)->id;

    return (x > y) - (x < y);
}

static struct lane *find(const struct lanes *lanes, uint32_t id)
{
    if (lanes->count == 0)
        return NULL;
    return bsearch(&(struct lane){.id = id}, lanes->at, lanes->count, sizeof *lanes->at, by_id);
}

static bool is_sorted(const struct lanes *lanes)
{
    for (size_t i = 1; i < lanes->count; i++)
        if (lanes->at[i - 1].id > lanes->at[i].id)
            return false;
    return true;
}

void lanes_seal(struct lanes *lanes, const struct lanes *old)
{
    size_t kept = 0, was = 0;

    if (!is_sorted(lanes))
        qsort(lanes->at, lanes->count, sizeof *lanes->at, by_id);
    for (size_t i = 0; i < lanes->count; i++) {
        if (kept > 0 && lanes->at[kept - 1].id == lanes->at[i].id)
            continue;
        lanes->at[kept] = lanes->at[i];
        while (old != NULL && was < old->count && old->at[was].id < lanes->at[i].id)
            was++;
        if (old != NULL && was < old->count && old->at[was].id == lanes->at[i].id)
            lanes->at[kept].booked_us = old->at[was].booked_us;
        kept++;
    }
    lanes->count = kept;
}

void lanes_free(struct lanes *lanes)
{
    free(lanes->at);
    *lanes = (struct lanes){0};
}

struct mono lanes_book(struct lanes *lanes, uint32_t id, struct mono now, uint32_t bytes,
                       uint32_t bytes_per_s)
{
    struct lane *lane = bytes_per_s == 0 ? NULL : find(lanes, id);
    struct mono at = now;

    if (lane == NULL)
        return now;
    if (lane->booked_us < now.us)
        lane->booked_us = now.us;
    if (lane->booked_us > now.us + LANES_BURST_US)
        at.us = lane->booked_us - LANES_BURST_US;
    lane->booked_us += (int64_t)bytes * US_PER_S / bytes_per_s;
    return at;
}

bool lanes_try(struct lanes *lanes, uint32_t id, struct mono now, uint32_t bytes,
               uint32_t bytes_per_s, struct mono *at)
{
    const struct lane *lane = bytes_per_s == 0 ? NULL : find(lanes, id);

    if (lane != NULL && lane->booked_us > now.us) {
        at->us = lane->booked_us;
        return false;
    }
    (void)lanes_book(lanes, id, now, bytes, bytes_per_s);
    return true;
}
