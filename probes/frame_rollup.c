/* SPDX-License-Identifier: ISC */
/* The records of the history: what five minutes of a device came to. */
#include "probes/frame_inside.h"

#include <assert.h>

bool frame_add_rollup(struct frame *frame, const struct rollup_record *record)
{
    uint8_t *at = frame_record_add(frame);

    assert(frame->type == FRAME_ROLLUPS);
    if (at == NULL)
        return false;
    put(&at, record->device_id, 4);
    put(&at, record->slot, 4);
    put(&at, record->sent, 2);
    put(&at, record->lost, 2);
    put(&at, record->from_ms, 4);
    put(&at, record->until_ms, 4);
    put(&at, record->min_us, 4);
    put(&at, record->mean_us, 4);
    put(&at, record->p95_us, 4);
    put(&at, record->max_us, 4);
    return true;
}

bool frame_get_rollup(const struct frame *frame, size_t index, struct rollup_record *record)
{
    const uint8_t *at = frame_record_at(frame, index);

    record->device_id = (uint32_t)get(&at, 4);
    record->slot = (uint32_t)get(&at, 4);
    record->sent = (uint16_t)get(&at, 2);
    record->lost = (uint16_t)get(&at, 2);
    record->from_ms = (uint32_t)get(&at, 4);
    record->until_ms = (uint32_t)get(&at, 4);
    record->min_us = (uint32_t)get(&at, 4);
    record->mean_us = (uint32_t)get(&at, 4);
    record->p95_us = (uint32_t)get(&at, 4);
    record->max_us = (uint32_t)get(&at, 4);
    return record->slot > 0 && record->sent > 0 && record->lost <= record->sent &&
           record->from_ms <= record->until_ms && record->until_ms < rollup_slot_s() * 1000 &&
           record->min_us <= record->mean_us && record->mean_us <= record->max_us &&
           record->p95_us <= record->max_us && record->min_us <= record->p95_us;
}
