/* SPDX-License-Identifier: ISC */
#include "probes/wheel.h"

#include <assert.h>
#include <stddef.h>

static void list_init(struct wheel_list *head)
{
    head->next = head;
    head->prev = head;
}

static void list_insert(struct wheel_list *after, struct wheel_list *node)
{
    node->prev = after;
    node->next = after->next;
    after->next->prev = node;
    after->next = node;
}

static void list_remove(struct wheel_list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    *node = (struct wheel_list){0};
}

static struct wheel_item *item_of(struct wheel_list *node)
{
    return (struct wheel_item *)(void *)node;
}

void wheel_init(struct wheel *wheel, int64_t tick_ms, struct mono now)
{
    assert(tick_ms > 0);
    wheel->tick_us = tick_ms * US_PER_MS;
    wheel->turned = now.us / wheel->tick_us;
    list_init(&wheel->ready);
    for (size_t i = 0; i < WHEEL_SLOTS; i++)
        list_init(&wheel->slots[i]);
}

static struct wheel_list *slot_of(struct wheel *wheel, int64_t tick)
{
    return &wheel->slots[(uint64_t)tick & (WHEEL_SLOTS - 1)];
}

void wheel_arm(struct wheel *wheel, struct wheel_item *item, struct mono at)
{
    struct wheel_list *list;

    wheel_disarm(item);
    item->tick = (at.us + wheel->tick_us - 1) / wheel->tick_us;
    list = item->tick <= wheel->turned ? &wheel->ready : slot_of(wheel, item->tick);
    list_insert(list->prev, &item->link);
}

void wheel_disarm(struct wheel_item *item)
{
    if (wheel_is_armed(item))
        list_remove(&item->link);
}

bool wheel_is_armed(const struct wheel_item *item)
{
    return item->link.next != NULL;
}

/* Moves what is due by target; what waits for a later turn of the wheel stays. */
static void empty_slot(struct wheel *wheel, struct wheel_list *slot, int64_t target)
{
    struct wheel_list *node = slot->next;

    while (node != slot) {
        struct wheel_list *next = node->next;

        if (item_of(node)->tick <= target) {
            list_remove(node);
            list_insert(wheel->ready.prev, node);
        }
        node = next;
    }
}

void wheel_turn(struct wheel *wheel, struct mono now)
{
    int64_t target = now.us / wheel->tick_us;
    int64_t first = wheel->turned + 1;

    if (target < first)
        return;
    /* After a long gap one visit to each slot is enough. */
    for (int64_t tick = first; tick <= target && tick < first + WHEEL_SLOTS; tick++)
        empty_slot(wheel, slot_of(wheel, tick), target);
    wheel->turned = target;
}

struct wheel_item *wheel_pop(struct wheel *wheel)
{
    struct wheel_list *node = wheel->ready.next;

    if (node == &wheel->ready)
        return NULL;
    list_remove(node);
    return item_of(node);
}

void wheel_put_back(struct wheel *wheel, struct wheel_item *item)
{
    assert(!wheel_is_armed(item));
    list_insert(&wheel->ready, &item->link);
}

void wheel_hurry(struct wheel *wheel, struct wheel_item *item)
{
    wheel_disarm(item);
    wheel_put_back(wheel, item);
}

bool wheel_next_at(const struct wheel *wheel, struct mono *at)
{
    int64_t least = INT64_MAX; /* of the items seen that wait for a later turn */

    if (wheel->ready.next != &wheel->ready)
        least = wheel->turned;
    for (int64_t tick = wheel->turned + 1; least > tick && tick <= wheel->turned + WHEEL_SLOTS;
         tick++) {
        const struct wheel_list *slot = &wheel->slots[(uint64_t)tick & (WHEEL_SLOTS - 1)];

        for (const struct wheel_list *node = slot->next; node != slot; node = node->next) {
            int64_t due = ((const struct wheel_item *)(const void *)node)->tick;

            if (due < least)
                least = due;
        }
    }
    if (least == INT64_MAX)
        return false;
    at->us = least * wheel->tick_us;
    return true;
}
