/* SPDX-License-Identifier: ISC */
/*
 * habits - the flow that keeps what the prober learned of links, so that a restart of the daemon
 * need not learn it again.
 *
 * What the prober tells (probes/learned.h: only what changed noticeably) waits here, the newest of
 * each device, and goes over in bounded statements every two minutes; what a database that is away
 * does not take waits on. The plan brings it back (daemon/planner.h).
 */
#ifndef KT_HABITS_H
#define KT_HABITS_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/learned.h"

struct habits;
struct loop;
struct pg_conn;

struct habits *habits_new(struct loop *loop);
void habits_set_database(struct habits *habits, struct pg_conn *conn); /* borrowed */
void habits_on_database(struct habits *habits, bool up);
void habits_hear(struct habits *habits, const struct learned_news *news);
size_t habits_waiting(const struct habits *habits); /* devices */
void habits_stop(struct habits *habits);            /* writes what waits, at once */
bool habits_idle(const struct habits *habits);      /* no answer is owed by the database */
void habits_free(struct habits *habits);            /* NULL allowed */
#endif
