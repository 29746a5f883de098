/* SPDX-License-Identifier: ISC */
#include "daemon/reading_shelf.h"

#include <stdlib.h>

#include "daemon/reading_fold.h"
#include "probes/rollup.h"

struct reading_shelf {
    struct reading_fold *fold;
    struct copy_rows batches[SHELF_BATCHES]; /* a ring */
    size_t first, count;
    size_t waiting; /* rows in them */
    uint64_t dropped;
    bool front_is_out; /* handed out, and still the front */
};

static struct copy_rows *batch_at(struct reading_shelf *shelf, size_t index)
{
    return &shelf->batches[(shelf->first + index) % SHELF_BATCHES];
}

static void drop_front(struct reading_shelf *shelf)
{
    struct copy_rows *front = batch_at(shelf, 0);

    shelf->waiting -= front->count;
    copy_rows_free(front);
    shelf->first = (shelf->first + 1) % SHELF_BATCHES;
    shelf->count--;
    shelf->front_is_out = false;
}

static struct copy_rows *open_batch(struct reading_shelf *shelf)
{
    struct copy_rows *last = shelf->count == 0 ? NULL : batch_at(shelf, shelf->count - 1);

    if (last != NULL && !last->ended && last->count < SHELF_BATCH_ROWS)
        return last;
    if (shelf->count == SHELF_BATCHES) {
        shelf->dropped += batch_at(shelf, 0)->count;
        drop_front(shelf);
    }
    return batch_at(shelf, shelf->count++);
}

static void on_sum(const struct fold_sum *sum, void *arg)
{
    struct reading_shelf *shelf = arg;
    struct store_reading_row row = {.device_id = sum->device_id,
                                    .slot = rollup_slot_at(sum->slot),
                                    .metric = sum->name.metric,
                                    .instance = sum->name.instance,
                                    .kind = sum->name.kind,
                                    .unit = sum->name.unit,
                                    .main = sum->name.main,
                                    .place = sum->name.place,
                                    .count = sum->count,
                                    .last = sum->last,
                                    .mean = sum->mean,
                                    .least = sum->least,
                                    .most = sum->most};

    store_reading_row_add(open_batch(shelf), &row);
    shelf->waiting++;
}

struct reading_shelf *reading_shelf_new(uint32_t most)
{
    struct reading_shelf *shelf = calloc(1, sizeof *shelf);

    if (shelf == NULL)
        abort();
    shelf->fold = reading_fold_new(most, on_sum, shelf);
    return shelf;
}

void reading_shelf_free(struct reading_shelf *shelf)
{
    if (shelf == NULL)
        return;
    while (shelf->count > 0)
        drop_front(shelf);
    reading_fold_free(shelf->fold);
    free(shelf);
}

void reading_shelf_set_most(struct reading_shelf *shelf, uint32_t most)
{
    reading_fold_set_most(shelf->fold, most);
}

void reading_shelf_add(struct reading_shelf *shelf, const struct reading_report *report,
                       const struct profile_metric *metric)
{
    char unit[PROFILE_UNIT_MAX + 2];
    struct fold_name name = {.metric = metric->name,
                             .instance = report->instance,
                             .kind = profile_kind_name(metric->kind),
                             .unit = unit,
                             .main = metric->history == PROFILE_HISTORY_MAIN,
                             .place = report->metric};

    if (report->status != VALUE_OK || metric->kind == PROFILE_TEXT ||
        metric->history == PROFILE_HISTORY_NONE)
        return;
    profile_unit(metric, unit);
    if (!reading_fold_add(shelf->fold, report->device_id, rollup_slot(report->at), &name,
                          report->number))
        shelf->dropped++;
}

void reading_shelf_end_before(struct reading_shelf *shelf, uint32_t slot)
{
    reading_fold_end_before(shelf->fold, slot);
}

struct copy_rows *reading_shelf_front(struct reading_shelf *shelf)
{
    if (shelf->count == 0)
        return NULL;
    copy_rows_end(batch_at(shelf, 0));
    shelf->front_is_out = true;
    return batch_at(shelf, 0);
}

void reading_shelf_taken(struct reading_shelf *shelf)
{
    if (shelf->front_is_out)
        drop_front(shelf);
}

bool reading_shelf_is_full(const struct reading_shelf *shelf)
{
    return shelf->count > 1 ||
           (shelf->count == 1 && shelf->batches[shelf->first].count >= SHELF_BATCH_ROWS);
}

size_t reading_shelf_waiting(const struct reading_shelf *shelf)
{
    return shelf->waiting;
}

uint64_t reading_shelf_dropped(const struct reading_shelf *shelf)
{
    return shelf->dropped;
}
