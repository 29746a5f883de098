/* SPDX-License-Identifier: ISC */
#include "probes/change_queue.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_LEAST 256

/* Room for one more at the end: what was taken from the front is used first, but only once it is so
 * much that the moving is paid for. */
static void make_room(struct change_queue *queue)
{
    if (queue->first > queue->count) {
        memcpy(queue->at, queue->at + queue->first, queue->count * sizeof *queue->at);
        queue->first = 0;
        return;
    }
    queue->room = queue->room == 0 ? ROOM_LEAST : queue->room * 2;
    queue->at = reallocarray(queue->at, queue->room, sizeof *queue->at);
    if (queue->at == NULL)
        abort();
}

void change_queue_push(struct change_queue *queue, const struct link_change *change)
{
    if (queue->first + queue->count == queue->room)
        make_room(queue);
    queue->at[queue->first + queue->count++] = *change;
}

bool change_queue_frame(const struct change_queue *queue, struct frame *frame)
{
    frame_begin(frame, FRAME_CHANGES);
    for (size_t i = 0; i < queue->count; i++)
        if (!frame_add_change(frame, &queue->at[queue->first + i]))
            break;
    return frame->count > 0;
}

void change_queue_sent(struct change_queue *queue, size_t count)
{
    queue->first += count;
    queue->count -= count;
    if (queue->count == 0)
        queue->first = 0;
}

void change_queue_free(struct change_queue *queue)
{
    free(queue->at);
    *queue = (struct change_queue){0};
}
