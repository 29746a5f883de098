/* SPDX-License-Identifier: ISC */
#include "probes/learned_queue.h"

#include <stdlib.h>

#define WAIT_MOST 2000 /* three frames */

size_t learned_queue_room(const struct learned_queue *queue)
{
    return queue->count < WAIT_MOST ? WAIT_MOST - queue->count : 0;
}

void learned_queue_push(struct learned_queue *queue, const struct learned_news *news)
{
    if (queue->first + queue->count == queue->room) {
        queue->room = queue->room == 0 ? 64 : queue->room * 2;
        queue->at = reallocarray(queue->at, queue->room, sizeof *queue->at);
        if (queue->at == NULL)
            abort();
    }
    queue->at[queue->first + queue->count++] = *news;
}

bool learned_queue_frame(const struct learned_queue *queue, struct frame *frame)
{
    frame_begin(frame, FRAME_LEARNED);
    for (size_t i = 0; i < queue->count; i++)
        if (!frame_add_learned(frame, &queue->at[queue->first + i]))
            break;
    return frame->count > 0;
}

void learned_queue_sent(struct learned_queue *queue, size_t count)
{
    queue->first += count;
    queue->count -= count;
    if (queue->count == 0)
        learned_queue_free(queue);
}

void learned_queue_free(struct learned_queue *queue)
{
    free(queue->at);
    *queue = (struct learned_queue){0};
}
