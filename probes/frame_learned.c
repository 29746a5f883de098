/* SPDX-License-Identifier: ISC */
/* The records of what detectors have learned; in a plan's device, and by themselves. */
#include "probes/frame_inside.h"

#include <assert.h>

void put_learned(uint8_t **at, const struct learned *learned)
{
    put(at, learned->of, 4);
    put_i64(at, learned->at.us);
    put(at, learned->usual_ppm, 4);
    put(at, learned->habit_ppm, 4);
    put(at, learned->recent_ppm, 4);
    put(at, learned->burst_milli, 4);
    put(at, learned->burst_ms, 4);
    put(at, learned->srtt_us, 4);
    put(at, learned->rttvar_us, 4);
}

bool get_learned(const uint8_t **at, struct learned *learned)
{
    learned->of = (uint32_t)get(at, 4);
    learned->at.us = get_i64(at);
    learned->usual_ppm = (uint32_t)get(at, 4);
    learned->habit_ppm = (uint32_t)get(at, 4);
    learned->recent_ppm = (uint32_t)get(at, 4);
    learned->burst_milli = (uint32_t)get(at, 4);
    learned->burst_ms = (uint32_t)get(at, 4);
    learned->srtt_us = (uint32_t)get(at, 4);
    learned->rttvar_us = (uint32_t)get(at, 4);
    return learned_is_sane(learned);
}

bool frame_add_learned(struct frame *frame, const struct learned_news *news)
{
    uint8_t *at = frame_record_add(frame);

    assert(frame->type == FRAME_LEARNED);
    if (at == NULL)
        return false;
    put(&at, news->device_id, 4);
    put_learned(&at, &news->learned);
    return true;
}

bool frame_get_learned(const struct frame *frame, size_t index, struct learned_news *news)
{
    const uint8_t *at = frame_record_at(frame, index);

    news->device_id = (uint32_t)get(&at, 4);
    return get_learned(&at, &news->learned) && wall_is_set(news->learned.at);
}
