/* SPDX-License-Identifier: ISC */
/*
 * pg_conn - one libpq connection in pipeline mode on the event loop, that comes back by itself.
 *
 * Connects without blocking, prepares the statements of its side (so a typo stops the start, not
 * the night), listens (the working side only), then pipelines: one sync per statement, so each is
 * its own transaction and one that is refused leaves its neighbours untouched. A lost connection
 * answers everything that was sent with "unreachable" and reconnects with back-off; so does a
 * server that has not answered for 15 s. Any callback may free the connection. The only user of
 * libpq's asynchronous calls; sql/store_*.c are its only callers.
 */
#ifndef KT_PG_CONN_H
#define KT_PG_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "daemon/base/err.h"

struct event_base;
struct pg_conn;

enum pg_side {
    /* Every statement of queries/; hears NOTIFY. */
    PG_SIDE_WORK = 1,
    /*
     * Nothing that it is sent can change anything, whatever its author thought: the role is
     * kentongan_web, every transaction is read only. Only statements whose file has a line
     * "-- side: read" exist here; sending another is a mistake of ours (assert). Hears no NOTIFY.
     */
    PG_SIDE_READ,
    PG_SIDE_END
};

struct pg_conn_events {
    void (*on_up)(void *arg); /* connected, prepared, schema version known */
    void (*on_down)(const char *why,
                    void *arg); /* was up, is not; or could not connect (said once) */
    /*
     * "kentongan_outbox": something is owed; "kentongan_plan": an inventory was imported;
     * "kentongan_verify": a ticket was claimed, or is claimed no longer. Unused on PG_SIDE_READ.
     */
    void (*on_notify)(const char *channel, void *arg);
    /* The schema is another version than this program's: it never works. The owner stops. */
    void (*on_misfit)(const char *words, void *arg);
};

/*
 * conninfo: a Unix socket, or hostaddr (a host name would block in DNS: refused here in words).
 * Nothing is sent before the loop runs. events borrowed for life. NULL and err: conninfo is no
 * good.
 */
KT_MUST_CHECK struct pg_conn *pg_conn_new(struct event_base *base, const char *conninfo,
                                          enum pg_side side, const struct pg_conn_events *events,
                                          void *arg, struct err *err);
bool pg_conn_is_up(const struct pg_conn *conn);
/* Statements sent and not answered yet. */
size_t pg_conn_pending(const struct pg_conn *conn);
void pg_conn_free(
    struct pg_conn *conn); /* answers what is pending with "unreachable"; NULL allowed */
#endif
