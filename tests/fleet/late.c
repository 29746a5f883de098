/* SPDX-License-Identifier: ISC */
#include "tests/fleet/late.h"

#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#define SLOTS 65536 /* a power of two, more than LATE_MS_MAX */

struct late_queue {
    late_due_fn *due;
    void *arg;
    struct event *timer;
    int64_t done_ms;  /* all up to here were sent */
    int64_t armed_ms; /* the timer's instant; 0: not armed */
    size_t count;
    struct late *slots[SLOTS]; /* by the millisecond that they are due in */
};

static void arm(struct late_queue *queue, int64_t due_ms, struct mono now)
{
    int64_t wait_us = due_ms * US_PER_MS - now.us;
    struct timeval wait;

    if (wait_us < 0)
        wait_us = 0;
    queue->armed_ms = due_ms;
    wait = (struct timeval){.tv_sec = (time_t)(wait_us / US_PER_S),
                            .tv_usec = (suseconds_t)(wait_us % US_PER_S)};
    evtimer_add(queue->timer, &wait);
}

static void send_slot(struct late_queue *queue, size_t slot)
{
    struct late *late = queue->slots[slot];

    queue->slots[slot] = NULL;
    while (late != NULL) {
        struct late *next = late->next;

        queue->due(late, queue->arg);
        free(late);
        queue->count--;
        late = next;
    }
}

static void on_due(evutil_socket_t fd, short what, void *arg)
{
    struct late_queue *queue = arg;
    struct mono now = mono_now();
    int64_t now_ms = now.us / US_PER_MS, next_ms;

    (void)fd;
    (void)what;
    while (queue->done_ms < now_ms)
        send_slot(queue, (size_t)++queue->done_ms % SLOTS);
    queue->due(NULL, queue->arg);
    queue->armed_ms = 0;
    if (queue->count == 0)
        return;
    for (next_ms = queue->done_ms + 1; queue->slots[(size_t)next_ms % SLOTS] == NULL; next_ms++)
        ;
    arm(queue, next_ms + 1, now); /* a slot is sent when its millisecond is over */
}

struct late_queue *late_new(struct event_base *base, late_due_fn *due, void *arg)
{
    struct late_queue *queue = calloc(1, sizeof *queue);

    if (queue == NULL)
        abort();
    queue->due = due;
    queue->arg = arg;
    queue->timer = evtimer_new(base, on_due, queue);
    if (queue->timer == NULL)
        abort();
    return queue;
}

void late_free(struct late_queue *queue)
{
    if (queue == NULL)
        return;
    event_free(queue->timer);
    for (size_t i = 0; i < SLOTS; i++)
        while (queue->slots[i] != NULL) {
            struct late *late = queue->slots[i];

            queue->slots[i] = late->next;
            free(late);
        }
    free(queue);
}

void late_add(struct late_queue *queue, struct mono now, int64_t delay_ms, const struct late *like,
              const uint8_t *reply)
{
    struct late *late = malloc(sizeof *late + like->bytes);
    int64_t due_ms = now.us / US_PER_MS + delay_ms;

    if (late == NULL)
        abort();
    *late = *like;
    memcpy(late->reply, reply, like->bytes);
    if (queue->count++ == 0)
        queue->done_ms = now.us / US_PER_MS;
    if (due_ms <= queue->done_ms)
        due_ms = queue->done_ms + 1;
    late->next = queue->slots[(size_t)due_ms % SLOTS];
    queue->slots[(size_t)due_ms % SLOTS] = late;
    if (queue->armed_ms == 0 || due_ms + 1 < queue->armed_ms)
        arm(queue, due_ms + 1, now);
}
