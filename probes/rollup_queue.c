/* SPDX-License-Identifier: ISC */
#include "probes/rollup_queue.h"

#include <stdlib.h>
#include <string.h>

/* Room for one more at the end: what was taken from the front is used first. */
static void make_room(struct rollup_queue *queue)
{
    if (queue->first > 0 && queue->first >= queue->count) {
        memmove(queue->at, queue->at + queue->first, queue->count * sizeof *queue->at);
        queue->first = 0;
        return;
    }
    queue->room = queue->room == 0 ? 1024 : queue->room * 2;
    queue->at = reallocarray(queue->at, queue->room, sizeof *queue->at);
    if (queue->at == NULL)
        abort();
}

void rollup_queue_push(struct rollup_queue *queue, const struct rollup_record *record)
{
    if (queue->count == ROLLUP_QUEUE_MOST) {
        queue->first++;
        queue->count--;
        queue->dropped++;
    }
    if (queue->first + queue->count == queue->room)
        make_room(queue);
    queue->at[queue->first + queue->count++] = *record;
}

const struct rollup_record *rollup_queue_peek(const struct rollup_queue *queue, size_t index)
{
    return index < queue->count ? &queue->at[queue->first + index] : NULL;
}

bool rollup_queue_frame(const struct rollup_queue *queue, struct frame *frame)
{
    frame_begin(frame, FRAME_ROLLUPS);
    for (size_t i = 0; i < queue->count; i++)
        if (!frame_add_rollup(frame, &queue->at[queue->first + i]))
            break;
    return frame->count > 0;
}

void rollup_queue_sent(struct rollup_queue *queue, size_t count)
{
    queue->first += count;
    queue->count -= count;
    if (queue->count > 0)
        return;
    free(queue->at); /* for the next five minutes it is not needed */
    queue->at = NULL;
    queue->first = queue->room = 0;
}

void rollup_queue_free(struct rollup_queue *queue)
{
    free(queue->at);
    *queue = (struct rollup_queue){0};
}
