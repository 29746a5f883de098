/* SPDX-License-Identifier: ISC */
/*
 * degradation - the flow from five-minute sums of probes to links that the database knows as
 * degraded.
 *
 * Hears each slot of each gateway, judges it (daemon/degraded.h) and tells the database which links
 * lose too much, since when, and when they are good again: together, a while after the slots have
 * come, so that the database has them and can tell whose link it is. Told again until it is
 * confirmed, and every half hour with fresh figures while it lasts. Keeps only the links that lost
 * something of late. Opens no ticket: condition_report() does. Owner: daemon/app.c.
 */
#ifndef KT_DEGRADATION_H
#define KT_DEGRADATION_H

#include <stdbool.h>
#include <stdint.h>

#include "probes/rollup.h"

struct degradation;
struct loop;
struct pg_conn;

/* The code of the site whose gateway that is, if it was up for the whole of the slot that began at
 * since; NULL: it was not, or it is no gateway. */
typedef const char *degradation_site_fn(uint32_t device_id, struct wall since, void *arg);

struct degradation *degradation_new(struct loop *loop, degradation_site_fn *site_of, void *arg);
/* 1 to 99 % of the probes; 0: no link is judged. */
void degradation_set_floor(struct degradation *flow, int64_t percent);
void degradation_set_database(struct degradation *flow, struct pg_conn *conn);
void degradation_on_database(struct degradation *flow, bool up);
void degradation_hear(struct degradation *flow, const struct rollup_record *record);
void degradation_stop(struct degradation *flow); /* says what is due, then no more */
bool degradation_idle(const struct degradation *flow);
void degradation_free(struct degradation *flow); /* NULL allowed */
#endif
