/* SPDX-License-Identifier: ISC */
/*
 * history - the flow that keeps what probes and readings came to: five minutes at a time, from the
 * prober to rows in PostgreSQL, and their housekeeping.
 *
 * Slots of probes come ended from the prober, values of readings are put together here
 * (daemon/reading_shelf.h). Both go over in batches; while the database is away they wait, the
 * oldest going when there are too many. Nothing of it is needed to judge a link: it is for people
 * who ask how a link has been.
 */
#ifndef KT_HISTORY_H
#define KT_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "probes/profile.h"
#include "probes/reading_report.h"
#include "probes/rollup.h"

struct history;
struct loop;
struct pg_conn;
struct pg_copy;

struct history_counts {
    uint64_t stored;  /* rows that were new */
    uint64_t dropped; /* for want of room */
    uint64_t waiting;
    uint64_t readings_stored;
    uint64_t readings_dropped;
    uint64_t readings_waiting;
};

struct history *history_new(struct loop *loop);
/* How long five-minute rows and hours are kept, and how many readings of a device. */
void history_set_keep(struct history *history, int64_t keep_ms, int64_t keep_hours_ms,
                      uint32_t readings);
void history_set_database(struct history *history, struct pg_conn *conn, struct pg_copy *copy);
void history_on_database(struct history *history, bool up);
void history_add(struct history *history, const struct rollup_record *record);
void history_add_reading(struct history *history, const struct reading_report *report,
                         const struct profile_metric *metric);
void history_counts(const struct history *history, struct history_counts *out);
void history_stop(struct history *history); /* stores what waits, then no more */
bool history_idle(const struct history *history);
void history_free(struct history *history); /* NULL allowed; the copy is the caller's */
#endif
