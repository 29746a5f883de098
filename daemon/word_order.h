/* SPDX-License-Identifier: ISC */
/*
 * word_order - puts words in order a little at a time, as probes/order.h does with numbers.
 *
 * The words stay where they are; word() tells the nth of them. Where they are nearly in order
 * already, which they are when a database has sorted them, hardly any are compared. Equal ones stay
 * as they came. Pure; zero is empty. [Knuth, TAOCP 3, 5.2.4: merging, from short runs to long ones]
 */
#ifndef KT_WORD_ORDER_H
#define KT_WORD_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef const char *word_order_fn(size_t nth, const void *arg);

struct word_order {
    word_order_fn *word;
    const void *arg;
    uint32_t *at; /* in order, once done */
    uint32_t *next;
    size_t count;
    size_t width;             /* of the runs that are merged; 0: it is looked whether any are */
    size_t left, right, done; /* how far the two runs are taken, and what they make is filled */
};

/* count: at most 2^32 - 1. */
void word_order_open(struct word_order *order, size_t count, word_order_fn *word, const void *arg);
/* Moves no more than `most`, each some twenty times in all for a million. True: in order. */
bool word_order_step(struct word_order *order, size_t most);
static inline size_t word_order_of(const struct word_order *order, size_t index)
{
    return order->at[index];
}
void word_order_free(struct word_order *order);
#endif
