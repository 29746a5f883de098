/* SPDX-License-Identifier: ISC */
#include "daemon/loop_event.h"

#include <stdlib.h>
#include <sys/random.h>

#include <event2/event.h>

#define LAG_TICK_MS   100
#define LAG_WINDOW_MS 10000

struct loop {
    struct event_base *base;
    struct loop_timer *lag_timer;
    struct mono lag_due;
    struct mono lag_window_end;
    int64_t lag_worst_ms; /* of the window that goes on */
    int64_t lag_ms;       /* of the last full window */
};

struct loop_timer {
    struct event *event;
    void (*fire)(void *arg);
    void *arg;
};

static void on_lag_tick(void *arg)
{
    struct loop *loop = arg;
    struct mono now = mono_now();
    int64_t late_ms = mono_diff_ms(now, loop->lag_due);

    if (late_ms > loop->lag_worst_ms)
        loop->lag_worst_ms = late_ms;
    if (now.us >= loop->lag_window_end.us) {
        loop->lag_ms = loop->lag_worst_ms;
        loop->lag_worst_ms = 0;
        loop->lag_window_end = mono_add_ms(now, LAG_WINDOW_MS);
    }
    loop->lag_due = mono_add_ms(now, LAG_TICK_MS);
    loop_timer_arm(loop->lag_timer, LAG_TICK_MS);
}

struct loop *loop_new(struct err *err)
{
    struct loop *loop = calloc(1, sizeof *loop);

    if (loop == NULL)
        abort();
    loop->base = event_base_new();
    if (loop->base == NULL) {
        free(loop);
        err_set(err, "libevent offers no way to wait for events here");
        return NULL;
    }
    loop->lag_timer = loop_timer_new(loop, on_lag_tick, loop);
    loop->lag_due = mono_add_ms(mono_now(), LAG_TICK_MS);
    loop->lag_window_end = mono_add_ms(mono_now(), LAG_WINDOW_MS);
    loop_timer_arm(loop->lag_timer, LAG_TICK_MS);
    return loop;
}

void loop_run(struct loop *loop)
{
    event_base_dispatch(loop->base);
}

void loop_break(struct loop *loop)
{
    event_base_loopbreak(loop->base);
}

int64_t loop_lag_ms(const struct loop *loop)
{
    return loop->lag_ms > loop->lag_worst_ms ? loop->lag_ms : loop->lag_worst_ms;
}

void loop_free(struct loop *loop)
{
    if (loop == NULL)
        return;
    loop_timer_free(loop->lag_timer);
    event_base_free(loop->base);
    free(loop);
}

struct mono loop_mono(const struct loop *loop)
{
    (void)loop;
    return mono_now();
}

struct wall loop_wall(const struct loop *loop)
{
    (void)loop;
    return wall_now();
}

uint32_t loop_random(struct loop *loop)
{
    uint32_t bits;

    (void)loop;
    if (getrandom(&bits, sizeof bits, 0) != (ssize_t)sizeof bits)
        abort(); /* cannot happen for so few bytes once the system is up: getrandom(2) */
    return bits;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct loop_timer *timer = arg;

    (void)fd;
    (void)what;
    timer->fire(timer->arg);
}

struct loop_timer *loop_timer_new(struct loop *loop, void (*fire)(void *arg), void *arg)
{
    struct loop_timer *timer = calloc(1, sizeof *timer);

    if (timer == NULL)
        abort();
    *timer = (struct loop_timer){.fire = fire, .arg = arg};
    timer->event = evtimer_new(loop->base, on_timer, timer);
    if (timer->event == NULL)
        abort();
    return timer;
}

void loop_timer_arm(struct loop_timer *timer, int64_t delay_ms)
{
    struct timeval delay = {.tv_sec = delay_ms / 1000, .tv_usec = (delay_ms % 1000) * US_PER_MS};

    if (evtimer_add(timer->event, &delay) < 0)
        abort();
}

void loop_timer_disarm(struct loop_timer *timer)
{
    evtimer_del(timer->event);
}

void loop_timer_free(struct loop_timer *timer)
{
    if (timer == NULL)
        return;
    event_free(timer->event);
    free(timer);
}

struct event_base *loop_base(const struct loop *loop)
{
    return loop->base;
}
