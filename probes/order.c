/* SPDX-License-Identifier: ISC */
#include "probes/order.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void order_open(struct order *order, size_t room)
{
    *order = (struct order){.room = room, .in_order = true, .shift = 32};
    order->at = calloc(room + 1, sizeof *order->at);
    if (order->at == NULL)
        abort();
}

void order_add(struct order *order, uint32_t number)
{
    size_t count = order->count++;

    assert(count < order->room && count <= UINT32_MAX);
    if (count > 0 && order_number(order, count - 1) > number)
        order->in_order = false;
    order->at[count] = (uint64_t)number << 32 | (uint32_t)count;
}

static size_t digit_of(const struct order *order, size_t index)
{
    return (size_t)(order->at[index] >> order->shift) & (ORDER_DIGIT - 1);
}

static void begin_digit(struct order *order)
{
    size_t before = 0;

    for (size_t i = 0; i < ORDER_DIGIT; i++) {
        size_t here = order->places[i];

        order->places[i] = before;
        before += here;
    }
    order->counted = true;
    order->done = 0;
}

static void end_digit(struct order *order)
{
    uint64_t *at = order->at;

    order->at = order->next;
    order->next = at;
    memset(order->places, 0, sizeof order->places);
    order->counted = false;
    order->done = 0;
    order->shift += ORDER_BITS;
}

bool order_step(struct order *order, size_t most)
{
    if (order->in_order || order->shift >= 64)
        return true;
    if (order->next == NULL)
        order->next = calloc(order->room + 1, sizeof *order->next);
    if (order->next == NULL)
        abort();
    for (; most > 0 && order->done < order->count; most--, order->done++) {
        size_t digit = digit_of(order, order->done);

        if (order->counted)
            order->next[order->places[digit]++] = order->at[order->done];
        else
            order->places[digit]++;
    }
    if (order->done < order->count)
        return false;
    if (order->counted)
        end_digit(order);
    else
        begin_digit(order);
    return order->shift >= 64;
}

void order_free(struct order *order)
{
    free(order->at);
    free(order->next);
    order->at = order->next = NULL;
    order->count = order->room = 0;
}
