/* SPDX-License-Identifier: ISC */
/*
 * agents - the flow from what an SNMPv3 engine says of itself to the database, the log and the
 * figures.
 *
 * A device that lives and does not let us in is a state of its own, auth-problem, that no outage
 * comes from; here it is said, kept and counted. What is new is written together, a second later
 * and no oftener; a database that is away is told when it is back, once, as things are then.
 */
#ifndef KT_AGENTS_H
#define KT_AGENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/agent_news.h"
#include "probes/prober.h"

struct agents;
struct loop;
struct pg_conn;

struct agents *agents_new(struct loop *loop);
void agents_set_database(struct agents *agents, struct pg_conn *conn); /* borrowed */
void agents_on_database(struct agents *agents, bool up);

/* The plan is another: devices that it has no longer are forgotten, what was remembered is known.
 */
void agents_take_plan(struct agents *agents, const struct planned *planned);
/* site: the device's, for the log. */
void agents_hear(struct agents *agents, const struct agent_news *news, const char *site);

size_t agents_problems(const struct agents *agents); /* devices in the state auth-problem */
void agents_stop(struct agents *agents);
bool agents_idle(const struct agents *agents); /* no answer is owed by the database */
void agents_free(struct agents *agents);       /* NULL allowed */
#endif
