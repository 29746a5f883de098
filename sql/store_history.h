/* SPDX-License-Identifier: ISC */
/*
 * store_history - what the probes came to, in bulk into PostgreSQL, and its housekeeping there.
 *
 * The same rows may be sent twice: a slot of a device that is there stays as it is.
 */
#ifndef KT_STORE_HISTORY_H
#define KT_STORE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/err.h"
#include "sql/store.h"

struct event_base;
struct pg_conn;
struct pg_copy;

/* One slot of one device, or a part of one; times below 0: nothing was answered. */
struct store_rollup {
    uint32_t device_id;
    struct wall slot;
    uint32_t sent;
    uint32_t lost;
    uint32_t from_ms; /* counted from then to then, since the slot began */
    uint32_t until_ms;
    int64_t min_us;
    int64_t mean_us;
    int64_t p95_us;
    int64_t max_us;
};

typedef void store_count_cb(const struct store_status *status, int64_t count, void *arg);

KT_MUST_CHECK struct pg_copy *store_history_open(struct event_base *base, const char *conninfo,
                                                 struct err *err);
bool store_history_is_busy(const struct pg_copy *copy);
/* Only when not busy; count: how many are new or add to one that is there. Rows before oldest and
 * after now are let go. */
void store_rollups(struct pg_copy *copy, const struct store_rollup *rows, size_t count,
                   struct wall oldest, struct wall now, store_count_cb *cb, void *arg);
void store_history_close(struct pg_copy *copy); /* NULL allowed */

/* Answered with {folded, made, dropped}, or null when another node is at it. */
void store_history_keep(struct pg_conn *conn, int64_t keep_ms, int64_t keep_hours_ms,
                        struct wall now, store_json_cb *cb, void *arg);
#endif
