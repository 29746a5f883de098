/* SPDX-License-Identifier: ISC */
#include "probes/frame_trap.h"

#include <assert.h>
#include <string.h>

#include "probes/frame_inside.h"

bool frame_add_trap_key(struct frame *frame, const struct siphash_key *key)
{
    uint8_t *at = frame_record_add(frame);

    assert(frame->type == FRAME_TRAP_LISTEN);
    if (at == NULL)
        return false;
    put(&at, key->halves[0], 8);
    put(&at, key->halves[1], 8);
    return true;
}

void frame_get_trap_key(const struct frame *frame, size_t index, struct siphash_key *key)
{
    const uint8_t *at = frame_record_at(frame, index);

    key->halves[0] = get(&at, 8);
    key->halves[1] = get(&at, 8);
}

/* An uptime has 32 bits; one more number stands for none. */
static uint64_t uptime_out(int64_t ticks)
{
    return ticks < 0 ? UINT64_MAX : (uint64_t)ticks;
}

bool frame_add_trap(struct frame *frame, const struct trap_report *report)
{
    uint8_t *at = frame_record_add(frame);

    assert(frame->type == FRAME_TRAPS);
    if (at == NULL)
        return false;
    put(&at, report->host.bytes, 1);
    memcpy(at, report->host.at, sizeof report->host.at);
    at += sizeof report->host.at;
    put(&at, report->kind, 1);
    put(&at, report->oid.bytes, 1);
    memcpy(at, report->oid.at, OID_BYTES_MAX);
    at += OID_BYTES_MAX;
    put(&at, uptime_out(report->uptime_ticks), 8);
    put(&at, report->digest, 8);
    put(&at, report->community, 8);
    put(&at, report->inform, 4);
    return true;
}

bool frame_get_trap(const struct frame *frame, size_t index, struct trap_report *report)
{
    const uint8_t *at = frame_record_at(frame, index);
    uint64_t kind, uptime;

    memset(report, 0, sizeof *report);
    report->host.bytes = (uint8_t)get(&at, 1);
    memcpy(report->host.at, at, sizeof report->host.at);
    at += sizeof report->host.at;
    kind = get(&at, 1);
    report->oid.bytes = (uint8_t)get(&at, 1);
    if ((report->host.bytes != 4 && report->host.bytes != 16) || kind == 0 ||
        kind >= TRAP_KIND_END || report->oid.bytes > OID_BYTES_MAX)
        return false;
    report->kind = (enum trap_kind)kind;
    memcpy(report->oid.at, at, report->oid.bytes);
    at += OID_BYTES_MAX;
    uptime = get(&at, 8);
    report->uptime_ticks = uptime == UINT64_MAX ? -1 : (int64_t)(uptime & UINT32_MAX);
    report->digest = get(&at, 8);
    report->community = get(&at, 8);
    report->inform = (uint32_t)get(&at, 4);
    return uptime == UINT64_MAX || uptime <= UINT32_MAX;
}

bool frame_add_trap_counters(struct frame *frame, const struct trap_counters *counters)
{
    uint8_t *at = frame_record_add(frame);
    struct trap_counters copy = *counters;
    uint64_t *sums[TRAP_COUNTERS_SUMS];

    assert(frame->type == FRAME_TRAP_BEAT);
    if (at == NULL)
        return false;
    trap_counters_sums(&copy, sums);
    for (size_t i = 0; i < TRAP_COUNTERS_SUMS; i++)
        put(&at, *sums[i], 8);
    return true;
}

void frame_get_trap_counters(const struct frame *frame, size_t index,
                             struct trap_counters *counters)
{
    const uint8_t *at = frame_record_at(frame, index);
    uint64_t *sums[TRAP_COUNTERS_SUMS];

    trap_counters_sums(counters, sums);
    for (size_t i = 0; i < TRAP_COUNTERS_SUMS; i++)
        *sums[i] = get(&at, 8);
}
