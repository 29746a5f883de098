/* SPDX-License-Identifier: ISC */
/* What is known of an SNMPv3 engine, in both directions. */
#include "probes/frame_inside.h"

#include <assert.h>
#include <string.h>

bool frame_add_agent(struct frame *frame, const struct agent_news *news)
{
    uint8_t *at = frame_record_add(frame);

    assert(frame->type == FRAME_AGENTS || frame->type == FRAME_AGENTS_KNOWN);
    if (at == NULL)
        return false;
    put(&at, news->device_id, 4);
    put(&at, news->auth, 1);
    put(&at, news->engine_bytes, 1);
    memset(at, 0, BER_ENGINE_MAX);
    memcpy(at, news->engine, news->engine_bytes);
    at += BER_ENGINE_MAX;
    put(&at, news->boots, 4);
    put(&at, news->time_s, 4);
    put_i64(&at, news->at.us);
    return true;
}

bool frame_get_agent(const struct frame *frame, size_t index, struct agent_news *news)
{
    const uint8_t *at = frame_record_at(frame, index);
    uint64_t auth, bytes;

    *news = (struct agent_news){.device_id = (uint32_t)get(&at, 4)};
    auth = get(&at, 1);
    bytes = get(&at, 1);
    if (auth == 0 || auth >= AUTH_STATE_END || bytes > BER_ENGINE_MAX)
        return false;
    news->auth = (enum auth_state)auth;
    news->engine_bytes = (uint8_t)bytes;
    memcpy(news->engine, at, bytes);
    at += BER_ENGINE_MAX;
    news->boots = (uint32_t)get(&at, 4);
    news->time_s = (uint32_t)get(&at, 4);
    news->at.us = get_i64(&at);
    return news->boots <= INT32_MAX && news->time_s <= INT32_MAX;
}
