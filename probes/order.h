/* SPDX-License-Identifier: ISC */
/*
 * order - puts numbers in order a little at a time: with a hundred thousand, qsort() would hold up
 * whoever has a loop to run.
 *
 * Open for at most so many, add each number, step until it is done; then order_of() says which was
 * the least, the next … by when they were added. Equal ones stay as they came. Pure; zero is empty.
 * [Knuth, TAOCP 3, 5.2.5: from the least digit to the highest]
 */
#ifndef KT_ORDER_H
#define KT_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ORDER_BITS  11
#define ORDER_DIGIT (1 << ORDER_BITS)

struct order {
    uint64_t *at;   /* the number above, when it came below */
    uint64_t *next; /* as the digit under way puts them */
    size_t count;
    size_t room;
    bool in_order; /* they came so */
    bool counted;  /* of this digit, how often each occurs */
    unsigned shift;
    size_t done; /* of this digit */
    size_t places[ORDER_DIGIT];
};

void order_open(struct order *order, size_t room);
void order_add(struct order *order, uint32_t number);
/* Looks at no more than `most`, each some six times in all. True: they are in order. */
bool order_step(struct order *order, size_t most);
static inline uint32_t order_of(const struct order *order, size_t index)
{
    return (uint32_t)order->at[index];
}
static inline uint32_t order_number(const struct order *order, size_t index)
{
    return (uint32_t)(order->at[index] >> 32);
}
void order_free(struct order *order);
#endif
