/* SPDX-License-Identifier: ISC */
/*
 * verify - the flow from "the repair is done" to its proof, or to the reason why there is none.
 *
 * Reads from the database which claims wait for proof (when it is up, when it is told, and every
 * minute), has each put on trial by the prober, and settles the verdict; a verdict is kept and told
 * again until the database confirmed it. A trial that proved nothing because the prober or the plan
 * was in the way is ordered anew: nobody is to claim twice for that. Holds no state that matters:
 * after a crash the database still has the claims, and their windows begin anew. How a repair is
 * judged is probes/verify.h; what becomes of the ticket, verify_settle().
 */
#ifndef KT_DAEMON_VERIFY_H
#define KT_DAEMON_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/verify.h"

struct loop;
struct pg_conn;
struct probers;
struct verify_flow;

struct verify_flow *verify_new(struct loop *loop);
/* Both are borrowed and may be set later; a flow without them waits. */
void verify_set_database(struct verify_flow *flow, struct pg_conn *conn);
void verify_set_probers(struct verify_flow *flow, struct probers *probers);
void verify_set_window(struct verify_flow *flow, int64_t window_ms); /* of orders to come */

void verify_on_database(struct verify_flow *flow, bool up);
void verify_wake(struct verify_flow *flow); /* "kentongan_verify": the claims are others now */
void verify_on_prober_ready(struct verify_flow *flow); /* also when it took a new plan */
void verify_on_verdict(const struct verify_verdict *verdict, void *arg); /* arg: the flow */

size_t verify_count(const struct verify_flow *flow); /* claims that wait for proof */
void verify_stop(struct verify_flow *flow);       /* tells what is due, then writes nothing more */
bool verify_idle(const struct verify_flow *flow); /* no answer is owed by the database */
void verify_free(struct verify_flow *flow);       /* NULL allowed */
#endif
