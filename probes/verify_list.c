/* SPDX-License-Identifier: ISC */
#include "probes/verify_list.h"

#include <stdlib.h>

struct verify_item {
    struct verify verify;
    struct verify_verdict verdict;
    bool over;
};

void verify_list_free(struct verify_list *list)
{
    free(list->at);
    *list = (struct verify_list){0};
}

static void drop(struct verify_list *list, size_t index)
{
    list->at[index] = list->at[--list->count];
}

void verify_list_cancel(struct verify_list *list, uint64_t ticket)
{
    for (size_t i = list->count; i-- > 0;)
        if (list->at[i].verify.order.ticket == ticket)
            drop(list, i);
}

void verify_list_add(struct verify_list *list, const struct verify_order *order, uint32_t usual_ppm,
                     struct mono now)
{
    verify_list_cancel(list, order->ticket);
    if (list->count == list->room) {
        size_t room = list->room == 0 ? 8 : list->room * 2;
        struct verify_item *at = reallocarray(list->at, room, sizeof *at);

        if (at == NULL)
            abort();
        list->at = at;
        list->room = room;
    }
    list->at[list->count] = (struct verify_item){.over = false};
    verify_begin(&list->at[list->count++].verify, order, usual_ppm, now);
}

void verify_list_step(struct verify_list *list, uint32_t device_id,
                      const struct verify_probe *probe)
{
    for (size_t i = 0; i < list->count; i++) {
        struct verify_item *item = &list->at[i];

        if (!item->over && item->verify.order.device_id == device_id)
            item->over = verify_step(&item->verify, probe, &item->verdict);
    }
}

void verify_list_interrupt(struct verify_list *list, uint32_t device_id)
{
    for (size_t i = 0; i < list->count; i++) {
        struct verify_item *item = &list->at[i];

        if (item->over || item->verify.order.device_id != device_id)
            continue;
        verify_interrupt(&item->verify, &item->verdict);
        item->over = true;
    }
}

bool verify_list_pop(struct verify_list *list, struct verify_verdict *verdict)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!list->at[i].over)
            continue;
        *verdict = list->at[i].verdict;
        drop(list, i);
        return true;
    }
    return false;
}

int64_t verify_list_gap_ms(const struct verify_list *list, uint32_t device_id)
{
    int64_t least_ms = 0;

    for (size_t i = 0; i < list->count; i++) {
        const struct verify_item *item = &list->at[i];
        int64_t gap_ms = verify_gap_ms(&item->verify.order);

        if (item->over || item->verify.order.device_id != device_id)
            continue;
        if (least_ms == 0 || gap_ms < least_ms)
            least_ms = gap_ms;
    }
    return least_ms;
}

bool verify_list_find(const struct verify_list *list, uint64_t ticket, uint32_t *device_id)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->at[i].verify.order.ticket != ticket)
            continue;
        *device_id = list->at[i].verify.order.device_id;
        return true;
    }
    return false;
}

bool verify_list_device(const struct verify_list *list, size_t index, uint32_t *device_id)
{
    if (index >= list->count)
        return false;
    *device_id = list->at[index].verify.order.device_id;
    return true;
}
