/* SPDX-License-Identifier: ISC */
#include "daemon/word_order.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void word_order_open(struct word_order *order, size_t count, word_order_fn *word, const void *arg)
{
    assert(count < UINT32_MAX);
    *order = (struct word_order){.word = word, .arg = arg, .count = count};
    order->at = calloc(count + 1, sizeof *order->at);
    order->next = calloc(count + 1, sizeof *order->next);
    if (order->at == NULL || order->next == NULL)
        abort();
}

void word_order_free(struct word_order *order)
{
    free(order->at);
    free(order->next);
    *order = (struct word_order){0};
}

static bool is_before(const struct word_order *order, size_t a, size_t b)
{
    return strcmp(order->word(order->at[a], order->arg), order->word(order->at[b], order->arg)) < 0;
}

static void begin_pair(struct word_order *order)
{
    order->left = order->done;
    order->right = order->done + order->width;
}

/* As they came; then each is a run of its own, unless all are one. */
static bool fill(struct word_order *order, size_t most)
{
    for (; most > 0 && order->done < order->count; most--, order->done++) {
        order->at[order->done] = (uint32_t)order->done;
        if (order->done > 0 && is_before(order, order->done, order->done - 1))
            order->right = 1; /* not in order */
    }
    if (order->done < order->count)
        return false;
    order->width = order->right == 0 ? order->count + 1 : 1;
    order->done = 0;
    begin_pair(order);
    return order->width > order->count;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* One more of the two runs that begin at that place. */
static void merge_one(struct word_order *order)
{
    size_t begin = order->done - order->done % (2 * order->width);
    size_t middle = least(begin + order->width, order->count);
    size_t end = least(begin + 2 * order->width, order->count);
    bool left = order->left < middle;

    if (left && order->right < end)
        left = !is_before(order, order->right, order->left);
    order->next[order->done++] = order->at[left ? order->left++ : order->right++];
    if (order->done == end)
        begin_pair(order);
}

bool word_order_step(struct word_order *order, size_t most)
{
    uint32_t *at;

    if (order->width == 0 && !fill(order, most))
        return false;
    if (order->width >= order->count)
        return true;
    for (; most > 0 && order->done < order->count; most--)
        merge_one(order);
    if (order->done < order->count)
        return false;
    at = order->at;
    order->at = order->next;
    order->next = at;
    order->width *= 2;
    order->done = 0;
    begin_pair(order);
    return order->width >= order->count;
}
