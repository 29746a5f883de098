/* SPDX-License-Identifier: ISC */
#include "probes/harvest.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "probes/frame_reading.h"
#include "probes/rates.h"

struct harvest {
    const struct profiles *profiles;
    uint32_t serial;
    struct rates *rates;
    struct reading_report *queue; /* a ring, so that taking from its front moves nothing */
    size_t first, count, room;
    uint64_t dropped;
    /* The reading that is being taken: */
    const struct profile *profile;
    uint16_t profile_index;
    uint32_t device_id;
    struct plan_now began;
    uint32_t bytes;
    double uptime_s;
    bool taking; /* harvest_take() was called */
};

struct harvest *harvest_new(void)
{
    struct harvest *harvest = calloc(1, sizeof *harvest);

    if (harvest == NULL)
        abort();
    harvest->rates = rates_new();
    return harvest;
}

void harvest_free(struct harvest *harvest)
{
    if (harvest == NULL)
        return;
    rates_free(harvest->rates);
    free(harvest->queue);
    free(harvest);
}

void harvest_profiles(struct harvest *harvest, const struct profiles *profiles, uint32_t serial)
{
    harvest->profiles = profiles;
    harvest->serial = serial;
    rates_forget_all(harvest->rates);
}

void harvest_begin(struct harvest *harvest, uint32_t device_id, const struct profile *profile,
                   const struct plan_now *began, uint32_t bytes)
{
    size_t index = 0;

    while (index < profiles_count(harvest->profiles) &&
           profiles_at(harvest->profiles, index) != profile)
        index++;
    assert(index < profiles_count(harvest->profiles));
    harvest->profile = profile;
    harvest->profile_index = (uint16_t)index;
    harvest->device_id = device_id;
    harvest->began = *began;
    harvest->bytes = bytes;
    harvest->uptime_s = -1;
    harvest->taking = false;
}

void harvest_look(const struct reading_value *value, void *arg)
{
    struct harvest *harvest = arg;

    if (value->value.status == VALUE_OK &&
        strcmp(harvest->profile->metrics[value->metric]->name, HARVEST_UPTIME) == 0)
        harvest->uptime_s = value->value.number;
}

static void grow(struct harvest *harvest)
{
    size_t room = harvest->room == 0 ? 64 : 2 * harvest->room;
    struct reading_report *queue = calloc(room, sizeof *queue);

    if (queue == NULL)
        abort();
    for (size_t i = 0; i < harvest->count; i++)
        queue[i] = harvest->queue[(harvest->first + i) % harvest->room];
    free(harvest->queue);
    harvest->queue = queue;
    harvest->first = 0;
    harvest->room = room;
}

static void add(struct harvest *harvest, const struct reading_report *report)
{
    if (harvest->count == HARVEST_MOST) {
        harvest->dropped++;
        return;
    }
    if (harvest->count == harvest->room)
        grow(harvest);
    harvest->queue[(harvest->first + harvest->count++) % harvest->room] = *report;
}

void harvest_take(const struct reading_value *value, void *arg)
{
    struct harvest *harvest = arg;
    const struct profile_metric *metric = harvest->profile->metrics[value->metric];
    struct reading_report report = {.device_id = harvest->device_id,
                                    .set = harvest->serial,
                                    .profile = harvest->profile_index,
                                    .metric = value->metric,
                                    .status = value->value.status,
                                    .health = value->health,
                                    .number = value->value.number,
                                    .at = harvest->began.wall,
                                    .bytes = harvest->bytes};

    if (!harvest->taking)
        rates_begin(harvest->rates, harvest->device_id, harvest->began.mono, harvest->uptime_s);
    harvest->taking = true;
    memcpy(report.instance, value->instance, sizeof report.instance);
    memcpy(report.text, value->text, sizeof report.text);
    if (metric->kind == PROFILE_COUNTER && value->value.status == VALUE_OK) {
        if (!rates_step(harvest->rates, value->metric, value->instance, &value->value,
                        &report.number))
            return; /* the next reading knows how much it grew */
        report.health = profile_judge(metric, report.number);
    }
    add(harvest, &report);
}

void harvest_end(struct harvest *harvest)
{
    if (harvest->taking)
        rates_end(harvest->rates);
    harvest->profile = NULL;
}

bool harvest_frame(const struct harvest *harvest, struct frame *frame)
{
    if (harvest->count == 0)
        return false;
    frame_begin(frame, FRAME_READINGS);
    for (size_t i = 0; i < harvest->count; i++)
        if (!frame_add_reading(frame, &harvest->queue[(harvest->first + i) % harvest->room]))
            break;
    return true;
}

void harvest_sent(struct harvest *harvest, const struct frame *frame)
{
    assert(frame->count <= harvest->count);
    harvest->first = (harvest->first + frame->count) % harvest->room;
    harvest->count -= frame->count;
}

uint64_t harvest_dropped(const struct harvest *harvest)
{
    return harvest->dropped;
}

void harvest_forget_before(struct harvest *harvest, struct mono since)
{
    rates_forget_before(harvest->rates, since);
}
