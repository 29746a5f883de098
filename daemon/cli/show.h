/* SPDX-License-Identifier: ISC */
/*
 * show - how the command line writes what people read: names from outside, times, durations,
 * places.
 *
 * Times come as RFC 3339 from SQL and are shown in the configured zone, to which show_zone() sets
 * the whole process once at the start.
 */
#ifndef KT_SHOW_H
#define KT_SHOW_H

#include <stdint.h>

#include "daemon/base/clock.h"
#include "daemon/base/json.h"
#include "daemon/base/text.h"

#define SHOW_TIME_MAX     48
#define SHOW_DURATION_MAX 48

/* What a terminal might obey becomes \xNN or \u{NN}: control bytes, broken UTF-8, marks that turn
 * the direction of writing. */
void show_safe(const char *text, struct text *out);

void show_zone(const char *zone);
/* "2026-11-24 09:03 WIB"; "" when it is not set. */
const char *show_time(struct wall at, char out[SHOW_TIME_MAX]);
/* The same of a member that holds RFC 3339 or null. */
const char *show_member_time(const struct js *object, const char *key, char out[SHOW_TIME_MAX]);
struct wall show_member_wall(const struct js *object, const char *key); /* unset when null */
/* "35s" "14m" "2h 14m" "3d 2h": two units at most, what is smaller is cut off. */
const char *show_duration(int64_t ms, char out[SHOW_DURATION_MAX]);
/* "33.14.01.2003 Karangjati (Kalijambe)" of an object with code, name and kecamatan. */
void show_place(const struct js *place, struct text *out);
/* "name   value" with value safe; nothing at all when it is NULL or "". */
void show_line(const char *name, const char *value, struct text *out);
#endif
