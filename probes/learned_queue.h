/* SPDX-License-Identifier: ISC */
/*
 * learned_queue - what was learned and waits for its way up, first in first out.
 *
 * Pure. By value; zero is empty. Whoever fills it asks learned_queue_room() first: what is not told
 * now is told later, as it is then.
 */
#ifndef KT_LEARNED_QUEUE_H
#define KT_LEARNED_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/frame.h"
#include "probes/learned.h"

struct learned_queue {
    struct learned_news *at;
    size_t first;
    size_t count;
    size_t room;
};

/* How many more should wait at most; 0 while the parent does not keep up. */
size_t learned_queue_room(const struct learned_queue *queue);
void learned_queue_push(struct learned_queue *queue, const struct learned_news *news);
/* As many as fit, oldest first; false: none waits. They wait on until learned_queue_sent(). */
bool learned_queue_frame(const struct learned_queue *queue, struct frame *frame);
void learned_queue_sent(struct learned_queue *queue, size_t count);
void learned_queue_free(struct learned_queue *queue);
#endif
