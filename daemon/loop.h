/* SPDX-License-Identifier: ISC */
/*
 * loop - the flows' clock and timers: one seam, two implementations.
 *
 * daemon/loop_event.c runs on libevent; tests/scenario/replay.c moves a clock of its own through a
 * sorted list, so that a month of outages takes milliseconds. A flow reads loop_mono()/loop_wall()
 * once per callback and keeps one timer, armed for the earliest thing that is due.
 */
#ifndef KT_LOOP_H
#define KT_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/clock.h"

struct event_base;
struct loop;
struct loop_timer;

struct mono loop_mono(const struct loop *loop);
struct wall loop_wall(const struct loop *loop);
uint32_t loop_random(struct loop *loop); /* 32 uniform bits */

/* One-shot, not armed yet. fire() may re-arm or free its own timer. */
struct loop_timer *loop_timer_new(struct loop *loop, void (*fire)(void *arg), void *arg);
void loop_timer_arm(struct loop_timer *timer, int64_t delay_ms); /* replaces an earlier delay */
void loop_timer_disarm(struct loop_timer *timer);
void loop_timer_free(struct loop_timer *timer); /* NULL allowed */

/* libevent's base; NULL in the replay, where no adapter of the real world is linked. */
struct event_base *loop_base(const struct loop *loop);
#endif
