/* SPDX-License-Identifier: ISC */
/*
 * store_condition - what is wrong with sites that answer: they flap, or a measure
 * of theirs is bad.
 *
 * The rules of sql/store.h hold.
 */
#ifndef KT_STORE_CONDITION_H
#define KT_STORE_CONDITION_H

#include "sql/store.h"

/* JSON [{site, kind, since, until, …}] as functions/condition_report.sql takes it. */
void store_condition_report(struct pg_conn *conn, const char *conditions_json, struct wall now,
                            store_done_cb *cb, void *arg);
/* What came and went of late, as functions/flapping_load.sql gives it: for a daemon that starts. */
void store_flapping_load(struct pg_conn *conn, struct wall now, store_json_cb *cb, void *arg);
/* What was proven of the outages of the last year (functions/cause_load.sql). */
void store_cause_load(struct pg_conn *conn, struct wall now, store_json_cb *cb, void *arg);
/* JSON [{site, device, measure, instance, unit, since, floor, needs, below, base}] of what is
 * degraded: likewise. */
void store_degraded_load(struct pg_conn *conn, store_json_cb *cb, void *arg);
/* What is usual now, of up to `most` devices behind `after`, as functions/baselines_load.sql gives
 * it.
 */
void store_baselines(struct pg_conn *conn, int64_t after, int64_t most, struct wall now,
                     store_json_cb *cb, void *arg);
#endif
