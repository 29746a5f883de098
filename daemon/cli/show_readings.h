/* SPDX-License-Identifier: ISC */
/*
 * show_readings - what devices said of themselves, as tables for people.
 *
 * Of sql/functions/site_readings.sql's JSON. Counters are shown as rates, with thousands cut to
 * k, M, G where their unit is bits or octets.
 */
#ifndef KT_SHOW_READINGS_H
#define KT_SHOW_READINGS_H

#include "daemon/base/json.h"
#include "daemon/base/text.h"

void show_readings(const struct js *readings, struct text *out);
/* "-84 dBm", "battery (5)", "2.31 Gbit/s", "RouterOS", "no value". */
void show_reading_value(const struct js *reading, struct text *out);
#endif
