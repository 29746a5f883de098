/* SPDX-License-Identifier: ISC */
/*
 * readings - the flow of what devices say of themselves, from the prober to the database.
 *
 * Puts the values of one reading together as one row and tells the database of some hundred at a
 * time; the last reading of each device is kept there. While the database is away last readings are
 * dropped: the next ones come in minutes, and no rule needs them. What they were before is kept by
 * daemon/history.h, which hears of each value. Knows no device but by number.
 */
#ifndef KT_READINGS_H
#define KT_READINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/err.h"
#include "probes/profile.h"
#include "probes/reading_report.h"

struct history;
struct loop;
struct pg_conn;
struct probers;
struct readings;

struct readings *readings_new(struct loop *loop);
/* The profiles built in and those of the folder, to be used from readings_apply() on. False:
 * complaints tells what is wrong, and those that were read before stay. */
KT_MUST_CHECK bool readings_read_profiles(struct readings *readings, const char *folder,
                                          struct text *complaints);
/* Somebody who hears of each value besides. */
typedef void readings_value_fn(const struct reading_report *report,
                               const struct profile_metric *metric, void *arg);
void readings_on_value(struct readings *readings, readings_value_fn *fn, void *arg);
void readings_set_history(struct readings *readings, struct history *history);
/* Those that are in use; NULL before the first readings_apply(). Good until the next. */
const struct profiles *readings_profiles(const struct readings *readings);
void readings_set_probers(struct readings *readings, struct probers *probers);
/* Hands the profiles to the probers; 0: devices are not read. */
void readings_apply(struct readings *readings, int64_t interval_ms);
void readings_set_database(struct readings *readings, struct pg_conn *conn);
void readings_on_database(struct readings *readings, bool up);
void readings_on_report(const struct reading_report *report, struct readings *readings);

uint64_t readings_dropped(const struct readings *readings); /* rows that nobody could take */
void readings_stop(struct readings *readings);
bool readings_idle(const struct readings *readings);
void readings_free(struct readings *readings); /* NULL allowed */

/* One value as the database keeps it: {"metric","instance","value",…}. */
void readings_print(const struct profile_metric *metric, const struct reading_report *report,
                    struct text *out);
#endif
