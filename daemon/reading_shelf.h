/* SPDX-License-Identifier: ISC */
/*
 * reading_shelf - five-minute sums of readings on their way to the database.
 *
 * Values go in, are folded (daemon/reading_fold.h), and come out as batches of rows ready to be
 * copied, oldest first. Bounded: when the database is away for long the oldest batch goes. Knows no
 * timer and no connection: daemon/history.c drives it.
 */
#ifndef KT_READING_SHELF_H
#define KT_READING_SHELF_H

#include "probes/profile.h"
#include "probes/reading_report.h"
#include "sql/store_reading.h"

#define SHELF_BATCH_ROWS 20000 /* some 2 MB */
#define SHELF_BATCHES    32    /* 640,000 rows: eight minutes of 100,000 devices with four each */

struct reading_shelf;

struct reading_shelf *reading_shelf_new(uint32_t most);
void reading_shelf_free(struct reading_shelf *shelf); /* NULL allowed */
/* Readings kept of a device: reading_fold_set_most(). */
void reading_shelf_set_most(struct reading_shelf *shelf, uint32_t most);

/* What is no number, or has none now, is passed over, and so is what its profile keeps no history
 * of. */
void reading_shelf_add(struct reading_shelf *shelf, const struct reading_report *report,
                       const struct profile_metric *metric);
/* Ends the slots before this one: reading_fold_end_before(). */
void reading_shelf_end_before(struct reading_shelf *shelf, uint32_t slot);

/* The oldest batch, to which nothing is added from now on; NULL: none. The same until _taken(). */
struct copy_rows *reading_shelf_front(struct reading_shelf *shelf);
/* The batch that was handed out last is in the database; it may have been dropped meanwhile. */
void reading_shelf_taken(struct reading_shelf *shelf);
bool reading_shelf_is_full(const struct reading_shelf *shelf);     /* there is a whole batch */
size_t reading_shelf_waiting(const struct reading_shelf *shelf);   /* rows */
uint64_t reading_shelf_dropped(const struct reading_shelf *shelf); /* rows and values, ever */
#endif
