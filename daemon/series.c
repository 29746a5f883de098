/* SPDX-License-Identifier: ISC */
#include "daemon/series.h"

#include <stdlib.h>
#include <string.h>

#include "probes/rollup.h"

#define ROOM_FIRST 256

static size_t place_of_device(size_t room, uint32_t device_id)
{
    return device_id * UINT32_C(2654435761) & (room - 1);
}

static bool is_of(const struct series *series, uint32_t device_id, const char *measure,
                  const char *instance)
{
    return series->device_id == device_id && strcmp(series->measure, measure) == 0 &&
           strcmp(series->instance, instance) == 0;
}

/* Its place, or the free one behind the device's others, of which *others is the number. */
static struct series *place_of(const struct series_table *table, uint32_t device_id,
                               const char *measure, const char *instance, size_t *others)
{
    size_t at = place_of_device(table->room, device_id);

    *others = 0;
    while (table->places[at].device_id != 0 &&
           !is_of(&table->places[at], device_id, measure, instance)) {
        *others += table->places[at].device_id == device_id;
        at = (at + 1) & (table->room - 1);
    }
    return &table->places[at];
}

struct series *series_find(const struct series_table *table, uint32_t device_id,
                           const char *measure, const char *instance)
{
    size_t others;
    struct series *series =
        table->room == 0 ? NULL : place_of(table, device_id, measure, instance, &others);

    return series == NULL || series->device_id == 0 ? NULL : series;
}

static bool is_of_link(const char *measure)
{
    return strcmp(measure, "loss") == 0 || strcmp(measure, "rtt") == 0;
}

bool series_is_loss(const struct series *series)
{
    return strcmp(series->measure, "loss") == 0;
}

static bool is_needed(const struct series *series)
{
    return series->device_id != 0 &&
           (series->confirmed < series->revision || !degraded_is_clean(&series->loss) ||
            !measure_is_clean(&series->number));
}

/* A quarter full at the most. */
void series_tidy(struct series_table *table)
{
    struct series_table next = {.room = ROOM_FIRST};
    size_t others;

    for (size_t i = 0; i < table->room; i++)
        next.used += is_needed(&table->places[i]);
    while (next.room < next.used * 4)
        next.room *= 2;
    next.places = calloc(next.room, sizeof *next.places);
    if (next.places == NULL)
        abort();
    for (size_t i = 0; i < table->room; i++) {
        const struct series *series = &table->places[i];

        if (is_needed(series))
            *place_of(&next, series->device_id, series->measure, series->instance, &others) =
                *series;
    }
    free(table->places);
    *table = next;
}

struct series *series_add(struct series_table *table, uint32_t device_id, const char *measure,
                          const char *instance)
{
    struct series *series;
    size_t others;

    if ((table->used + 1) * 2 > table->room)
        series_tidy(table);
    series = place_of(table, device_id, measure, instance, &others);
    if (series->device_id != 0)
        return series;
    if ((others >= SERIES_OF_DEVICE && !is_of_link(measure)) || table->used >= SERIES_MOST)
        return NULL;
    table->used++;
    series->device_id = device_id;
    memccpy(series->measure, measure, '\0', sizeof series->measure - 1);
    memccpy(series->instance, instance, '\0', sizeof series->instance - 1);
    return series;
}

bool series_is_degraded(const struct series *series)
{
    return series->loss.is_degraded || series->number.is_degraded;
}

struct wall series_bad_since(const struct series *series)
{
    if (!series_is_loss(series))
        return measure_bad_since(&series->number);
    return rollup_slot_at(degraded_bad_since(&series->loss));
}

double series_figure(const struct series *series)
{
    return series_is_loss(series) ? degraded_loss_ppm(&series->loss) / 10000.0
                                  : measure_figure(&series->number);
}

void series_free(struct series_table *table)
{
    free(table->places);
    *table = (struct series_table){0};
}
