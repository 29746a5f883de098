/* SPDX-License-Identifier: ISC */
/*
 * readings - the flow of what devices say of themselves, from the prober to the database.
 *
 * Puts the values of one reading together as one row and tells the database of some hundred at a
 * time; the last reading of each device is kept there. While the database is away readings are
 * dropped: the next ones come in minutes, and no rule needs them. Knows no device but by number.
 */
#ifndef KT_READINGS_H
#define KT_READINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "probes/profile.h"
#include "probes/reading_report.h"

struct loop;
struct pg_conn;
struct readings;

struct readings *readings_new(struct loop *loop);
/* By which profiles the reports with that serial are to be read; borrowed until the next call. */
void readings_set_profiles(struct readings *readings, const struct profiles *profiles,
                           uint32_t serial);
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
