/* SPDX-License-Identifier: ISC */
/*
 * loop_event - the real loop: libevent's base behind daemon/loop.h, with a measure of its lag.
 *
 * Owned by main(); everything else borrows it. Signals are ordinary events of the application.
 */
#ifndef KT_LOOP_EVENT_H
#define KT_LOOP_EVENT_H

#include "daemon/base/err.h"
#include "daemon/loop.h"

KT_MUST_CHECK struct loop *loop_new(struct err *err);
void loop_run(struct loop *loop);
void loop_break(struct loop *loop); /* loop_run() returns after the present callback */
/* Worst delay of a timer that is due each 100 ms, over the last full ten seconds. Milliseconds. */
int64_t loop_lag_ms(const struct loop *loop);
void loop_free(struct loop *loop); /* after everything that holds events */
#endif
