/* SPDX-License-Identifier: ISC */
#include "probes/frame_inside.h"

#include <assert.h>
#include <string.h>

#include "probes/frame_reading.h"
#include "probes/frame_trap.h"
#include "probes/trap_v3.h"

#define FRAME_MAGIC      UINT32_C(0x4b540001) /* "KT", layout 1 */
#define FRAME_HEAD       8
#define POLICY_BYTES     (8 + 8 + 4 + 4 + 4 + 4 + 4)
#define USM_BYTES        (USM_USER_MAX + 1 + 1 + USM_PASS_MAX + 1 + USM_PASS_MAX)
#define CREDENTIAL_BYTES (4 + 1 + CREDENTIAL_COMMUNITY_MAX + USM_BYTES)
#define DEVICE_BYTES     (4 + 1 + 1 + 1 + 2 + FRAME_HOST_BYTES + 4 + 5 * 4 + 8 + 8 + LEARNED_BYTES)
#define NUMBER_BYTES     4
#define ORDER_BYTES      (8 + 4 + 4 + 8)
#define TICKET_BYTES     8
#define CHANGE_BYTES     (4 + 1 + 1 + 1 + 1 + 4 * 8 + 3 * 8 + 4 + 4)
#define VERDICT_BYTES    (8 + 4 + 4 + 1 + 8 + 4 * 4 + 8)
#define ROLLUP_BYTES     (4 + 4 + 2 + 2 + 6 * 4)
#define AGENT_BYTES      (4 + 1 + 1 + BER_ENGINE_MAX + 4 + 4 + 8)
#define BEAT_BYTES       (COUNTERS_SUMS * 8 + 8 + 8 + 4)

static const size_t record_bytes[FRAME_TYPE_END] = {
    [FRAME_PLAN_BEGIN] = POLICY_BYTES,
    [FRAME_PLAN_CREDENTIALS] = CREDENTIAL_BYTES,
    [FRAME_PLAN_DEVICES] = DEVICE_BYTES,
    [FRAME_PLAN_COMMIT] = NUMBER_BYTES,
    [FRAME_PROBE_NOW] = NUMBER_BYTES,
    [FRAME_VERIFY] = ORDER_BYTES,
    [FRAME_VERIFY_CANCEL] = TICKET_BYTES,
    [FRAME_READY] = NUMBER_BYTES,
    [FRAME_CHANGES] = CHANGE_BYTES,
    [FRAME_VERDICTS] = VERDICT_BYTES,
    [FRAME_PROFILES] = FRAME_CHUNK_BYTES,
    [FRAME_READINGS] = FRAME_READING_BYTES,
    [FRAME_AGENTS_KNOWN] = AGENT_BYTES,
    [FRAME_AGENTS] = AGENT_BYTES,
    [FRAME_ROLLUPS] = ROLLUP_BYTES,
    [FRAME_BEAT] = BEAT_BYTES,
    [FRAME_LEARNED] = 4 + LEARNED_BYTES,
    [FRAME_TRAPS] = FRAME_TRAP_BYTES,
    [FRAME_TRAP_LISTEN] = FRAME_TRAP_KEY_BYTES,
    [FRAME_TRAPS_RAW] = TRAP_V3_RAW_BYTES,
    [FRAME_TRAP_ORDERS] = TRAP_ORDER_BYTES,
    [FRAME_TRAP_PROVEN] = TRAP_PROVEN_BYTES,
    [FRAME_TRAP_ANSWER] = NUMBER_BYTES,
    [FRAME_RENEW] = NUMBER_BYTES,
    [FRAME_STOP] = NUMBER_BYTES,
    [FRAME_TRAP_REPLY] = TRAP_ANSWER_BYTES,
    [FRAME_TRAP_BEAT] = FRAME_TRAP_BEAT_BYTES,
};

void frame_begin(struct frame *frame, enum frame_type type)
{
    frame->type = type;
    frame->count = 0;
    frame->bytes = FRAME_HEAD;
}

uint8_t *frame_record_add(struct frame *frame)
{
    uint8_t *head = frame->at, *record = frame->at + frame->bytes;
    size_t bytes = record_bytes[frame->type];

    if (frame->bytes + bytes > FRAME_MAX)
        return NULL;
    frame->count++;
    frame->bytes += bytes;
    put(&head, FRAME_MAGIC, 4);
    put(&head, frame->type, 2);
    put(&head, frame->count, 2);
    return record;
}

const uint8_t *frame_record_at(const struct frame *frame, size_t index)
{
    assert(index < frame->count);
    return frame->at + FRAME_HEAD + index * record_bytes[frame->type];
}

bool frame_open(struct frame *frame, size_t bytes)
{
    const uint8_t *at = frame->at;
    uint64_t magic, type, count;

    if (bytes < FRAME_HEAD || bytes > FRAME_MAX)
        return false;
    magic = get(&at, 4);
    type = get(&at, 2);
    count = get(&at, 2);
    if (magic != FRAME_MAGIC || type == 0 || type >= FRAME_TYPE_END || count == 0)
        return false;
    if (bytes != FRAME_HEAD + count * record_bytes[type])
        return false;
    frame->type = (enum frame_type)type;
    frame->count = count;
    frame->bytes = bytes;
    return true;
}

bool frame_add_number(struct frame *frame, uint32_t number)
{
    uint8_t *at = frame_record_add(frame);

    assert(record_bytes[frame->type] == NUMBER_BYTES);
    if (at == NULL)
        return false;
    put(&at, number, 4);
    return true;
}

bool frame_get_number(const struct frame *frame, size_t index, uint32_t *number)
{
    const uint8_t *at = frame_record_at(frame, index);

    *number = (uint32_t)get(&at, 4);
    return true;
}

bool frame_add_change(struct frame *frame, const struct link_change *change)
{
    uint8_t *at = frame_record_add(frame);

    assert(frame->type == FRAME_CHANGES);
    if (at == NULL)
        return false;
    put(&at, change->device_id, 4);
    put(&at, change->state, 1);
    put(&at, change->effect, 1);
    put(&at, change->ping, 1);
    put(&at, change->asked ? 1 : 0, 1);
    put_i64(&at, change->at.us);
    put_i64(&at, change->last_good.us);
    put_i64(&at, change->first_bad.us);
    put_i64(&at, change->first_good.us);
    put_i64(&at, change->vitals.uptime_ticks);
    put_i64(&at, change->vitals.engine_time_s);
    put_i64(&at, change->vitals.host_ticks);
    put(&at, change->loss_ppm, 4);
    put(&at, change->gateway_of, 4);
    return true;
}

bool frame_get_change(const struct frame *frame, size_t index, struct link_change *change)
{
    const uint8_t *at = frame_record_at(frame, index);
    uint64_t state, effect, ping, asked;

    memset(change, 0, sizeof *change);
    change->device_id = (uint32_t)get(&at, 4);
    state = get(&at, 1);
    effect = get(&at, 1);
    ping = get(&at, 1);
    asked = get(&at, 1);
    if (state == 0 || state >= LINK_STATE_END || effect == 0 || effect >= LINK_FX_END ||
        ping == 0 || ping >= LINK_PING_END || asked > 1)
        return false;
    change->state = (enum link_state)state;
    change->effect = (enum link_effect)effect;
    change->ping = (enum link_ping)ping;
    change->asked = asked == 1;
    change->at.us = get_i64(&at);
    change->last_good.us = get_i64(&at);
    change->first_bad.us = get_i64(&at);
    change->first_good.us = get_i64(&at);
    change->vitals.uptime_ticks = get_i64(&at);
    change->vitals.engine_time_s = get_i64(&at);
    change->vitals.host_ticks = get_i64(&at);
    change->loss_ppm = (uint32_t)get(&at, 4);
    change->gateway_of = (uint32_t)get(&at, 4);
    return change->vitals.uptime_ticks >= -1 && change->vitals.engine_time_s >= -1 &&
           change->vitals.host_ticks >= -1 && change->loss_ppm <= PPM_MOST;
}

bool frame_add_order(struct frame *frame, const struct verify_order *order)
{
    uint8_t *at = frame_record_add(frame);

    assert(frame->type == FRAME_VERIFY);
    if (at == NULL)
        return false;
    put(&at, order->ticket, 8);
    put(&at, order->device_id, 4);
    put(&at, order->serial, 4);
    put_i64(&at, order->window_ms);
    return true;
}

bool frame_get_order(const struct frame *frame, size_t index, struct verify_order *order)
{
    const uint8_t *at = frame_record_at(frame, index);

    order->ticket = get(&at, 8);
    order->device_id = (uint32_t)get(&at, 4);
    order->serial = (uint32_t)get(&at, 4);
    order->window_ms = get_i64(&at);
    return order->ticket > 0 && order->ticket <= INT64_MAX && order->window_ms > 0 &&
           order->window_ms <= DURATION_MOST_MS;
}

bool frame_add_ticket(struct frame *frame, uint64_t ticket)
{
    uint8_t *at = frame_record_add(frame);

    assert(frame->type == FRAME_VERIFY_CANCEL);
    if (at == NULL)
        return false;
    put(&at, ticket, 8);
    return true;
}

bool frame_get_ticket(const struct frame *frame, size_t index, uint64_t *ticket)
{
    const uint8_t *at = frame_record_at(frame, index);

    *ticket = get(&at, 8);
    return *ticket > 0 && *ticket <= INT64_MAX;
}

bool frame_add_verdict(struct frame *frame, const struct verify_verdict *verdict)
{
    uint8_t *at = frame_record_add(frame);

    assert(frame->type == FRAME_VERDICTS);
    if (at == NULL)
        return false;
    put(&at, verdict->ticket, 8);
    put(&at, verdict->device_id, 4);
    put(&at, verdict->serial, 4);
    put(&at, verdict->reason, 1);
    put_i64(&at, verdict->first_good.us);
    put(&at, verdict->sent, 4);
    put(&at, verdict->lost, 4);
    put(&at, verdict->usual_ppm, 4);
    put(&at, verdict->limit_ppm, 4);
    put_i64(&at, verdict->window_ms);
    return true;
}

/* A repair that passed has an instant at which it held, and probes that say so. */
static bool verdict_makes_sense(const struct verify_verdict *verdict)
{
    bool passed = verdict->reason == VERIFY_OK;

    return verdict->ticket > 0 && verdict->ticket <= INT64_MAX && verdict->lost <= verdict->sent &&
           verdict->usual_ppm <= PPM_MOST && verdict->limit_ppm <= PPM_MOST &&
           verdict->window_ms > 0 && verdict->window_ms <= DURATION_MOST_MS &&
           passed == wall_is_set(verdict->first_good) &&
           (!passed || verdict->sent >= VERIFY_PROBES_LEAST);
}

bool frame_get_verdict(const struct frame *frame, size_t index, struct verify_verdict *verdict)
{
    const uint8_t *at = frame_record_at(frame, index);
    uint64_t reason;

    memset(verdict, 0, sizeof *verdict);
    verdict->ticket = get(&at, 8);
    verdict->device_id = (uint32_t)get(&at, 4);
    verdict->serial = (uint32_t)get(&at, 4);
    reason = get(&at, 1);
    if (reason == 0 || reason >= VERIFY_REASON_END)
        return false;
    verdict->reason = (enum verify_reason)reason;
    verdict->first_good.us = get_i64(&at);
    verdict->sent = (uint32_t)get(&at, 4);
    verdict->lost = (uint32_t)get(&at, 4);
    verdict->usual_ppm = (uint32_t)get(&at, 4);
    verdict->limit_ppm = (uint32_t)get(&at, 4);
    verdict->window_ms = get_i64(&at);
    return verdict_makes_sense(verdict);
}

bool frame_add_counters(struct frame *frame, const struct prober_counters *counters)
{
    uint8_t *at = frame_record_add(frame);
    struct prober_counters copy = *counters;
    uint64_t *fields[COUNTERS_SUMS];

    assert(frame->type == FRAME_BEAT);
    if (at == NULL)
        return false;
    counters_sums(&copy, fields);
    for (size_t i = 0; i < COUNTERS_SUMS; i++)
        put(&at, *fields[i], 8);
    put_i64(&at, counters->turn_cpu_us);
    put_i64(&at, counters->loop_lag_ms);
    put(&at, counters->devices, 4);
    return true;
}

bool frame_get_counters(const struct frame *frame, size_t index, struct prober_counters *counters)
{
    const uint8_t *at = frame_record_at(frame, index);
    uint64_t *fields[COUNTERS_SUMS];

    counters_sums(counters, fields);
    for (size_t i = 0; i < COUNTERS_SUMS; i++)
        *fields[i] = get(&at, 8);
    counters->turn_cpu_us = get_i64(&at);
    counters->loop_lag_ms = get_i64(&at);
    counters->devices = (uint32_t)get(&at, 4);
    return counters->loop_lag_ms >= 0 && counters->turn_cpu_us >= 0;
}
