/* SPDX-License-Identifier: ISC */
#include "probes/verify_copy.h"

#include <stdlib.h>
#include <string.h>

enum copy_state { COPY_UNSENT = 1, COPY_SENT, COPY_CANCELLED /* the child has still to be told */ };

struct copy_item {
    struct verify_order order;
    enum copy_state state;
};

struct verify_copy {
    struct copy_item *at;
    size_t count;
    size_t room;
    uint32_t serial; /* of the last order */
};

struct verify_copy *verify_copy_new(void)
{
    struct verify_copy *copy = calloc(1, sizeof *copy);

    if (copy == NULL)
        abort();
    return copy;
}

void verify_copy_free(struct verify_copy *copy)
{
    if (copy == NULL)
        return;
    free(copy->at);
    free(copy);
}

static void drop(struct verify_copy *copy, size_t index)
{
    copy->count--;
    memmove(copy->at + index, copy->at + index + 1, (copy->count - index) * sizeof *copy->at);
}

void verify_copy_cancel(struct verify_copy *copy, uint64_t ticket)
{
    for (size_t i = copy->count; i-- > 0;) {
        if (copy->at[i].order.ticket != ticket)
            continue;
        if (copy->at[i].state == COPY_UNSENT)
            drop(copy, i);
        else
            copy->at[i].state = COPY_CANCELLED;
    }
}

void verify_copy_order(struct verify_copy *copy, const struct verify_order *order)
{
    struct copy_item *item;

    verify_copy_cancel(copy, order->ticket);
    if (copy->count == copy->room) {
        size_t room = copy->room == 0 ? 8 : copy->room * 2;
        struct copy_item *at = reallocarray(copy->at, room, sizeof *at);

        if (at == NULL)
            abort();
        copy->at = at;
        copy->room = room;
    }
    item = &copy->at[copy->count++];
    *item = (struct copy_item){.order = *order, .state = COPY_UNSENT};
    item->order.serial = ++copy->serial;
}

bool verify_copy_hear(struct verify_copy *copy, const struct verify_verdict *verdict)
{
    for (size_t i = 0; i < copy->count; i++) {
        const struct copy_item *item = &copy->at[i];

        if (item->order.ticket != verdict->ticket || item->order.serial != verdict->serial ||
            item->order.device_id != verdict->device_id || item->state != COPY_SENT)
            continue;
        drop(copy, i);
        return true;
    }
    return false;
}

void verify_copy_rewind(struct verify_copy *copy)
{
    for (size_t i = copy->count; i-- > 0;) {
        if (copy->at[i].state == COPY_CANCELLED)
            drop(copy, i);
        else
            copy->at[i].state = COPY_UNSENT;
    }
}

static bool has(const struct verify_copy *copy, enum copy_state state)
{
    for (size_t i = 0; i < copy->count; i++)
        if (copy->at[i].state == state)
            return true;
    return false;
}

/* Cancellations first: an order of the same ticket may be behind them. */
bool verify_copy_frame(struct verify_copy *copy, struct frame *frame)
{
    bool cancels = has(copy, COPY_CANCELLED);

    frame_begin(frame, cancels ? FRAME_VERIFY_CANCEL : FRAME_VERIFY);
    for (size_t i = 0; i < copy->count; i++) {
        const struct copy_item *item = &copy->at[i];

        if (cancels && item->state == COPY_CANCELLED &&
            !frame_add_ticket(frame, item->order.ticket))
            break;
        if (!cancels && item->state == COPY_UNSENT && !frame_add_order(frame, &item->order))
            break;
    }
    return frame->count > 0;
}

/* What the frame holds are the first so many of its kind: nothing changed since it was made. */
void verify_copy_sent(struct verify_copy *copy, const struct frame *frame)
{
    size_t left = frame->count, i = 0;

    while (i < copy->count && left > 0) {
        struct copy_item *item = &copy->at[i];

        if (frame->type == FRAME_VERIFY && item->state == COPY_UNSENT) {
            item->state = COPY_SENT;
            left--;
        } else if (frame->type == FRAME_VERIFY_CANCEL && item->state == COPY_CANCELLED) {
            drop(copy, i);
            left--;
            continue;
        }
        i++;
    }
}
