/* SPDX-License-Identifier: ISC */
/* The loop of a scenario: a list of timers and a clock that world.c moves. */
#include "tests/scenario/world.h"

#include <stdlib.h>

#include "daemon/loop.h"

struct loop_timer {
    struct loop_timer *next;
    void (*fire)(void *arg);
    void *arg;
    int64_t due_us; /* INT64_MAX: not armed */
};

static struct loop_timer *timers;

struct mono loop_mono(const struct loop *loop)
{
    (void)loop;
    return (struct mono){world_here()->now_us + US_PER_S}; /* never zero, which means "not set" */
}

struct wall loop_wall(const struct loop *loop)
{
    (void)loop;
    return (struct wall){WORLD_EPOCH_US + world_here()->now_us};
}

uint32_t loop_random(struct loop *loop)
{
    (void)loop;
    return world_random();
}

struct event_base *loop_base(const struct loop *loop)
{
    (void)loop;
    return NULL;
}

struct loop_timer *loop_timer_new(struct loop *loop, void (*fire)(void *arg), void *arg)
{
    struct loop_timer *timer = calloc(1, sizeof *timer);

    (void)loop;
    if (timer == NULL)
        abort();
    *timer = (struct loop_timer){.next = timers, .fire = fire, .arg = arg, .due_us = INT64_MAX};
    timers = timer;
    return timer;
}

void loop_timer_arm(struct loop_timer *timer, int64_t delay_ms)
{
    timer->due_us = world_here()->now_us + delay_ms * US_PER_MS;
}

void loop_timer_disarm(struct loop_timer *timer)
{
    timer->due_us = INT64_MAX;
}

void loop_timer_free(struct loop_timer *timer)
{
    struct loop_timer **at = &timers;

    if (timer == NULL)
        return;
    while (*at != timer)
        at = &(*at)->next;
    *at = timer->next;
    free(timer);
}

static struct loop_timer *earliest(void)
{
    struct loop_timer *first = timers;

    for (struct loop_timer *timer = timers; timer != NULL; timer = timer->next)
        if (timer->due_us < first->due_us)
            first = timer;
    return first;
}

bool fake_loop_next(int64_t *us)
{
    struct loop_timer *timer = earliest();

    if (timer == NULL || timer->due_us == INT64_MAX)
        return false;
    *us = timer->due_us;
    return true;
}

void fake_loop_run_due(void)
{
    struct loop_timer *timer;

    while ((timer = earliest()) != NULL && timer->due_us <= world_here()->now_us) {
        timer->due_us = INT64_MAX;
        timer->fire(timer->arg);
    }
}
