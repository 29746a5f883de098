/* SPDX-License-Identifier: ISC */
#include "probes/frame_reading.h"

#include <assert.h>
#include <float.h>
#include <string.h>

#include "daemon/base/text.h"
#include "probes/frame_inside.h"
#include "probes/profile_hand.h"

static void put_bytes(uint8_t **at, const void *bytes, size_t count)
{
    memcpy(*at, bytes, count);
    *at += count;
}

static void get_bytes(const uint8_t **at, void *bytes, size_t count)
{
    memcpy(bytes, *at, count);
    *at += count;
}

/* IEEE 754's bits, which both ends of one machine share. */
static void put_real(uint8_t **at, double number)
{
    uint64_t bits;

    memcpy(&bits, &number, sizeof bits);
    put(at, bits, 8);
}

static double get_real(const uint8_t **at)
{
    uint64_t bits = get(at, 8);
    double number;

    memcpy(&number, &bits, sizeof number);
    return number;
}

bool frame_add_chunk(struct frame *frame, const struct profile_chunk *chunk)
{
    uint8_t *at = frame_record_add(frame);

    assert(frame->type == FRAME_PROFILES && chunk->bytes <= FRAME_CHUNK_TEXT_MAX);
    if (at == NULL)
        return false;
    put(&at, chunk->serial, 4);
    put(&at, chunk->total, 4);
    put(&at, chunk->offset, 4);
    put(&at, chunk->interval_s, 4);
    put(&at, chunk->bytes, 2);
    memset(at, 0, FRAME_CHUNK_TEXT_MAX);
    memcpy(at, chunk->text, chunk->bytes);
    return true;
}

bool frame_get_chunk(const struct frame *frame, size_t index, struct profile_chunk *chunk)
{
    const uint8_t *at = frame_record_at(frame, index);

    chunk->serial = (uint32_t)get(&at, 4);
    chunk->total = (uint32_t)get(&at, 4);
    chunk->offset = (uint32_t)get(&at, 4);
    chunk->interval_s = (uint32_t)get(&at, 4);
    chunk->bytes = (uint16_t)get(&at, 2);
    get_bytes(&at, chunk->text, FRAME_CHUNK_TEXT_MAX);
    return chunk->serial > 0 && chunk->total <= PROFILE_HAND_MAX &&
           chunk->interval_s <= DURATION_MOST_MS / 1000 && chunk->bytes <= FRAME_CHUNK_TEXT_MAX &&
           chunk->offset <= chunk->total && chunk->bytes <= chunk->total - chunk->offset;
}

bool frame_add_reading(struct frame *frame, const struct reading_report *report)
{
    uint8_t *at = frame_record_add(frame);

    assert(frame->type == FRAME_READINGS);
    if (at == NULL)
        return false;
    put(&at, report->device_id, 4);
    put(&at, report->set, 4);
    put(&at, report->profile, 2);
    put(&at, report->metric, 2);
    put(&at, report->status, 1);
    put(&at, report->health, 1);
    put_real(&at, report->number);
    put_i64(&at, report->at.us);
    put(&at, report->bytes, 4);
    put_bytes(&at, report->instance, sizeof report->instance);
    put_bytes(&at, report->text, sizeof report->text);
    return true;
}

/* Terminated, UTF-8, nothing that a terminal obeys: it comes from a device and goes to people. */
static bool is_plain(const char *text, size_t room)
{
    size_t left = strnlen(text, room), step;
    uint32_t point;

    if (left == room)
        return false;
    for (; left > 0; text += step, left -= step) {
        step = text_utf8_step(text, left, &point);
        if (step == 0 || text_is_control(point))
            return false;
    }
    return true;
}

bool frame_get_reading(const struct frame *frame, size_t index, struct reading_report *report)
{
    const uint8_t *at = frame_record_at(frame, index);
    uint64_t status, health;

    memset(report, 0, sizeof *report);
    report->device_id = (uint32_t)get(&at, 4);
    report->set = (uint32_t)get(&at, 4);
    report->profile = (uint16_t)get(&at, 2);
    report->metric = (uint16_t)get(&at, 2);
    status = get(&at, 1);
    health = get(&at, 1);
    report->number = get_real(&at);
    report->at.us = get_i64(&at);
    report->bytes = (uint32_t)get(&at, 4);
    get_bytes(&at, report->instance, sizeof report->instance);
    get_bytes(&at, report->text, sizeof report->text);
    if (status == 0 || status >= VALUE_STATUS_END || health == 0 || health >= PROFILE_HEALTH_END)
        return false;
    report->status = (enum value_status)status;
    report->health = (enum profile_health)health;
    return report->profile < PROFILES_MAX && report->metric < PROFILE_METRICS_MAX &&
           report->number >= -DBL_MAX && report->number <= DBL_MAX &&
           is_plain(report->instance, sizeof report->instance) &&
           is_plain(report->text, sizeof report->text);
}
