/* SPDX-License-Identifier: ISC */
/*
 * desk - the flow of what is due by the clock: restorations that nobody claimed, tickets that
 * planned work held back, the word that this node is watching, and the figures that /metrics and
 * /readyz show.
 *
 * Decides nothing itself: each run is one set-based call of the ticket brain, which two daemons may
 * make at once. Quiet while the database is away.
 */
#ifndef KT_DESK_H
#define KT_DESK_H

#include <stdbool.h>
#include <stdint.h>

#include "sql/store.h"

struct desk;
struct loop;
struct pg_conn;

struct desk *desk_new(struct loop *loop);
/* Borrowed. Without a name the desk does not say that it is watching. */
void desk_set_node(struct desk *desk, const char *node);
/* Whether the poller itself is in touch: told to the database at once, and with every round. */
void desk_set_sight(struct desk *desk, bool blind, struct wall since);
/* The same as soon as it is known. While it is blind nothing is restored by time and no ticket
 * opens by it. */
void desk_set_blind(struct desk *desk, bool blind);
/* How long what came back by itself must stay: verify.window and verify.self_heal_after. */
void desk_set_patience(struct desk *desk, int64_t window_ms, int64_t self_heal_after_ms);
void desk_set_database(struct desk *desk, struct pg_conn *conn);
void desk_on_database(struct desk *desk, bool up);
void desk_wake(struct desk *desk); /* "kentongan_maintenance": what was held back may be due */
/* The newest figures; false until there are some. */
bool desk_stats(const struct desk *desk, struct store_stats *out);
void desk_stop(struct desk *desk);
bool desk_idle(const struct desk *desk);
void desk_free(struct desk *desk); /* NULL allowed */
#endif
