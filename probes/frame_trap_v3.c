/* SPDX-License-Identifier: ISC */
#include "probes/trap_v3.h"

#include <assert.h>
#include <string.h>

#include "probes/frame_inside.h"
#include "probes/frame_trap.h"

static void put_bytes(uint8_t **at, const uint8_t *bytes, size_t count)
{
    put(at, count, 2);
    memcpy(*at, bytes, TRAP_V3_BYTES);
    *at += TRAP_V3_BYTES;
}

static bool get_bytes(const uint8_t **at, uint8_t *bytes, uint16_t *count)
{
    *count = (uint16_t)get(at, 2);
    memcpy(bytes, *at, TRAP_V3_BYTES);
    *at += TRAP_V3_BYTES;
    return *count > 0 && *count <= TRAP_V3_BYTES;
}

static void put_reply(uint8_t **at, const struct trap_reply *reply)
{
    put(at, reply->report, 1);
    put_bytes(at, reply->bytes, reply->count);
}

static bool get_reply(const uint8_t **at, struct trap_reply *reply)
{
    uint64_t report = get(at, 1);

    (void)get_bytes(at, reply->bytes, &reply->count);
    reply->report = report == 1;
    return report <= 1 && reply->count <= TRAP_V3_BYTES;
}

bool frame_add_trap_raw(struct frame *frame, const struct trap_raw *raw)
{
    uint8_t *at = frame_record_add(frame);

    assert(frame->type == FRAME_TRAPS_RAW);
    if (at == NULL)
        return false;
    put(&at, raw->host.bytes, 1);
    memcpy(at, raw->host.at, sizeof raw->host.at);
    at += sizeof raw->host.at;
    put(&at, raw->inform, 4);
    put_bytes(&at, raw->bytes, raw->count);
    return true;
}

bool frame_get_trap_raw(const struct frame *frame, size_t index, struct trap_raw *raw)
{
    const uint8_t *at = frame_record_at(frame, index);

    memset(raw, 0, sizeof *raw);
    raw->host.bytes = (uint8_t)get(&at, 1);
    memcpy(raw->host.at, at, sizeof raw->host.at);
    at += sizeof raw->host.at;
    raw->inform = (uint32_t)get(&at, 4);
    return get_bytes(&at, raw->bytes, &raw->count) &&
           (raw->host.bytes == 4 || raw->host.bytes == 16);
}

bool frame_add_trap_order(struct frame *frame, const struct trap_order *order)
{
    uint8_t *at = frame_record_add(frame);

    assert(frame->type == FRAME_TRAP_ORDERS);
    if (at == NULL)
        return false;
    put(&at, order->device_id, 4);
    put(&at, order->number, 4);
    put(&at, order->key.halves[0], 8);
    put(&at, order->key.halves[1], 8);
    put(&at, order->engine.bytes, 1);
    memcpy(at, order->engine.at, BER_ENGINE_MAX);
    at += BER_ENGINE_MAX;
    put(&at, order->engine.boots, 4);
    put(&at, order->engine.time_s, 4);
    put_bytes(&at, order->bytes, order->count);
    return true;
}

bool frame_get_trap_order(const struct frame *frame, size_t index, struct trap_order *order)
{
    const uint8_t *at = frame_record_at(frame, index);

    memset(order, 0, sizeof *order);
    order->device_id = (uint32_t)get(&at, 4);
    order->number = (uint32_t)get(&at, 4);
    order->key.halves[0] = get(&at, 8);
    order->key.halves[1] = get(&at, 8);
    order->engine.bytes = (uint8_t)get(&at, 1);
    memcpy(order->engine.at, at, BER_ENGINE_MAX);
    at += BER_ENGINE_MAX;
    order->engine.boots = (uint32_t)get(&at, 4);
    order->engine.time_s = (uint32_t)get(&at, 4);
    return get_bytes(&at, order->bytes, &order->count) && order->engine.bytes <= BER_ENGINE_MAX &&
           order->engine.boots <= INT32_MAX && order->engine.time_s <= INT32_MAX;
}

bool frame_add_trap_proven(struct frame *frame, const struct trap_proven *proven)
{
    uint8_t *at = frame_record_add(frame);

    assert(frame->type == FRAME_TRAP_PROVEN);
    if (at == NULL)
        return false;
    put(&at, proven->device_id, 4);
    put(&at, proven->number, 4);
    put(&at, proven->proof, 1);
    put(&at, proven->kind, 1);
    put(&at, proven->oid.bytes, 1);
    memcpy(at, proven->oid.at, OID_BYTES_MAX);
    at += OID_BYTES_MAX;
    put_i64(&at, proven->uptime_ticks);
    put(&at, proven->digest, 8);
    put_reply(&at, &proven->reply);
    return true;
}

bool frame_get_trap_proven(const struct frame *frame, size_t index, struct trap_proven *proven)
{
    const uint8_t *at = frame_record_at(frame, index);
    uint64_t proof, kind;

    memset(proven, 0, sizeof *proven);
    proven->device_id = (uint32_t)get(&at, 4);
    proven->number = (uint32_t)get(&at, 4);
    proof = get(&at, 1);
    kind = get(&at, 1);
    proven->oid.bytes = (uint8_t)get(&at, 1);
    if (proof == 0 || proof >= TRAP_PROOF_END || kind == 0 || kind >= TRAP_KIND_END ||
        proven->oid.bytes > OID_BYTES_MAX)
        return false;
    proven->proof = (enum trap_proof)proof;
    proven->kind = (enum trap_kind)kind;
    memcpy(proven->oid.at, at, proven->oid.bytes);
    at += OID_BYTES_MAX;
    proven->uptime_ticks = get_i64(&at);
    proven->digest = get(&at, 8);
    return get_reply(&at, &proven->reply) && proven->uptime_ticks >= -1 &&
           proven->uptime_ticks <= UINT32_MAX;
}

bool frame_add_trap_answer(struct frame *frame, const struct trap_answer *answer)
{
    uint8_t *at = frame_record_add(frame);

    assert(frame->type == FRAME_TRAP_REPLY);
    if (at == NULL)
        return false;
    put(&at, answer->inform, 4);
    put_reply(&at, &answer->reply);
    return true;
}

bool frame_get_trap_answer(const struct frame *frame, size_t index, struct trap_answer *answer)
{
    const uint8_t *at = frame_record_at(frame, index);

    memset(answer, 0, sizeof *answer);
    answer->inform = (uint32_t)get(&at, 4);
    return get_reply(&at, &answer->reply) && answer->inform != 0 && answer->reply.count > 0;
}
