/* SPDX-License-Identifier: ISC */
/*
 * show_readings - what devices said of themselves, as tables for people.
 *
 * Of sql/functions/site_readings.sql's JSON. Counters are shown as rates, with thousands cut to
 * k, M, G where their unit is bits or octets. Says so where not all of them have a history.
 */
#ifndef KT_SHOW_READINGS_H
#define KT_SHOW_READINGS_H

#include "daemon/base/json.h"
#include "daemon/base/text.h"

/* limit: history.readings. */
void show_readings(const struct js *readings, int64_t limit, struct text *out);
/* "-84 dBm", "battery (5)", "2.31 Gbit/s", "RouterOS", "no value". */
void show_reading_value(const struct js *reading, struct text *out);
/* "-84 dBm", "2.31 Gbit/s". */
void show_number(double number, const char *unit, struct text *out);
#endif
