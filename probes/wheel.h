/* SPDX-License-Identifier: ISC */
/*
 * wheel - a hashed timing wheel: many timers, O(1) to arm, to disarm and per timer that fires.
 *
 * Items are embedded in what they time and must not move while armed. Instants are rounded up to
 * ticks, so nothing fires early. wheel_turn() makes due items ready, wheel_pop() takes them one by
 * one, so the caller can stop after as many as it likes; the rest stay ready. Pure; nothing to
 * free. [Varghese and Lauck 1987, scheme 6]
 */
#ifndef KT_WHEEL_H
#define KT_WHEEL_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/clock.h"

#define WHEEL_SLOTS 4096 /* a power of two; with ticks of 20 ms one turn is 82 s */

struct wheel_list {
    struct wheel_list *next;
    struct wheel_list *prev;
};

/* Zero is not armed. */
struct wheel_item {
    struct wheel_list link; /* first, so that a list's node is its item */
    int64_t tick;
};

struct wheel {
    int64_t tick_us;
    int64_t turned; /* every tick up to here was looked at */
    struct wheel_list ready;
    struct wheel_list slots[WHEEL_SLOTS];
};

void wheel_init(struct wheel *wheel, int64_t tick_ms, struct mono now);
void wheel_arm(struct wheel *wheel, struct wheel_item *item,
               struct mono at); /* moves an armed one */
void wheel_disarm(struct wheel_item *item);
bool wheel_is_armed(const struct wheel_item *item);
void wheel_turn(struct wheel *wheel, struct mono now);
struct wheel_item *wheel_pop(struct wheel *wheel);                 /* NULL: none is ready */
void wheel_put_back(struct wheel *wheel, struct wheel_item *item); /* it stays the next to pop */
void wheel_hurry(struct wheel *wheel, struct wheel_item *item); /* ready now, before the others */
/* When there will be something to pop; false when nothing is armed. */
bool wheel_next_at(const struct wheel *wheel, struct mono *at);
#endif
