/* SPDX-License-Identifier: ISC */
/*
 * rollup_queue - ended slots that wait for their way up: bounded, first in first out.
 *
 * Pure. By value; zero is empty.
 */
#ifndef KT_ROLLUP_QUEUE_H
#define KT_ROLLUP_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/frame.h"
#include "probes/rollup.h"

#define ROLLUP_QUEUE_MOST 2000000 /* two slots of a million devices; then the oldest go */

struct rollup_queue {
    struct rollup_record *at;
    size_t first;
    size_t count;
    size_t room;
    uint64_t dropped;
};

void rollup_queue_push(struct rollup_queue *queue, const struct rollup_record *record);
/* As many as fit, oldest first; false: none waits. They wait on until rollup_queue_sent(). */
bool rollup_queue_frame(const struct rollup_queue *queue, struct frame *frame);
void rollup_queue_sent(struct rollup_queue *queue, size_t count);
const struct rollup_record *rollup_queue_peek(const struct rollup_queue *queue, size_t index);
void rollup_queue_free(struct rollup_queue *queue);
#endif
