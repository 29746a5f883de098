/* SPDX-License-Identifier: ISC */
/*
 * change_queue - changes of links that wait for their way up, first in first out.
 *
 * Pure. By value; zero is empty. None may be lost, so it is not bounded: whoever pushes looks at
 * count. Each operation costs what it moves, however many wait.
 */
#ifndef KT_CHANGE_QUEUE_H
#define KT_CHANGE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/frame.h"
#include "probes/plan.h"

struct change_queue {
    struct link_change *at;
    size_t first;
    size_t count;
    size_t room;
};

void change_queue_push(struct change_queue *queue, const struct link_change *change);
/* As many as fit, oldest first; false: none waits. They wait on until change_queue_sent(). */
bool change_queue_frame(const struct change_queue *queue, struct frame *frame);
void change_queue_sent(struct change_queue *queue, size_t count);
void change_queue_free(struct change_queue *queue);
#endif
