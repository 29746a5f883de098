/* SPDX-License-Identifier: ISC */
/*
 * baselines - the flow that knows what is usual now: of each device's round trips and readings, by
 * this hour of the week (daemon/baseline.h).
 *
 * Nothing is learned here: the database keeps the hours of two years, and is asked for this hour of
 * the last eight weeks when the daemon starts and whenever an hour begins, some hundred devices at
 * a time, so that neither side is held up. In memory is the present hour only, 24 bytes of a
 * number, seventeen numbers of a device at the most. While it is being read, or the database is
 * away, there is no baseline, and floors speak alone. Owner: daemon/degradation.c.
 */
#ifndef KT_BASELINES_H
#define KT_BASELINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "daemon/baseline.h"

struct baselines;
struct loop;
struct pg_conn;

struct baselines *baselines_new(struct loop *loop);
void baselines_set_wanted(struct baselines *baselines, bool wanted); /* false: there are none */
void baselines_set_database(struct baselines *baselines, struct pg_conn *conn);
void baselines_on_database(struct baselines *baselines, bool up);
/* NULL: none is known for the hour of that instant. Good until the flow goes on. */
const struct baseline *baselines_find(const struct baselines *baselines, uint32_t device_id,
                                      const char *measure, const char *instance, struct wall at);
size_t baselines_count(const struct baselines *baselines);
void baselines_stop(struct baselines *baselines);
bool baselines_idle(const struct baselines *baselines); /* no answer is owed */
void baselines_free(struct baselines *baselines);       /* NULL allowed */
#endif
