/* SPDX-License-Identifier: ISC */
#include "probes/once.h"

#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "probes/engine.h"
#include "probes/icmp.h"

#define ONLY_ID  1 /* of the device, and of its credential */
#define CLOCK_MS 1000

struct once {
    struct once_ask ask;
    struct event_base *base;
    struct event *timer;
    struct plan *plan;
    struct engine *engine;
    uint32_t token; /* of the present question */
    bool settled;
    struct once_answer answer;
    uint8_t list[BER_MESSAGE_MAX];
};

static struct plan_now now_of(void)
{
    return (struct plan_now){mono_now(), wall_now()};
}

static void on_change(const struct link_change *change, void *arg)
{
    (void)change; /* nobody probes by this plan */
    (void)arg;
}

static void on_result(const struct engine_result *result, void *arg)
{
    struct once *once = arg;

    if (result->token != once->token || result->late || once->settled)
        return;
    once->settled = true;
    once->answer =
        (struct once_answer){.answered = result->answered, .locked_out = result->locked_out};
    if (!result->answered)
        return;
    once->answer.rtt_us = result->rtt_us;
    once->answer.error_status = result->error_status;
    once->answer.error_index = result->error_index;
    if (result->list.left > 0)
        memcpy(once->list, result->list.at, result->list.left);
    once->answer.list = (struct ber_list){once->list, result->list.left};
}

static void on_forgotten(const struct engine_result *result, void *arg)
{
    on_result(result, arg);
}

static void on_read(void *arg)
{
    (void)arg;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg; /* it only ends the waiting */
}

static void plan_of_one(struct once *once)
{
    struct plan_policy policy = {.interval_ms = CLOCK_MS,
                                 .timeout_ms = once->ask.timeout_ms,
                                 .misses_to_down = 1,
                                 .answers_to_up = 1};
    struct plan_device device = once->ask.device;
    struct plan_now now = now_of();

    device.id = ONLY_ID;
    device.credential = once->ask.credential.id = ONLY_ID;
    device.begins_down = false;
    once->plan = plan_new(on_change, once, now.mono);
    plan_begin(once->plan, &policy);
    plan_credential(once->plan, &once->ask.credential);
    plan_device(once->plan, &device);
    plan_commit(once->plan, &now);
}

struct once *once_open(const struct once_ask *ask, struct err *err)
{
    static const struct engine_callbacks callbacks = {on_result, on_forgotten, on_read};
    struct once *once = calloc(1, sizeof *once);

    if (once == NULL)
        abort();
    once->ask = *ask;
    once->base = event_base_new();
    once->timer = once->base == NULL ? NULL : evtimer_new(once->base, on_timer, once);
    if (once->timer == NULL) {
        err_set(err, "cannot make an event loop");
    } else {
        plan_of_one(once);
        once->engine = engine_new(once->base, once->plan, &callbacks, once, err);
    }
    if (once->engine != NULL) {
        engine_plan_changed(once->engine); /* here are its credentials */
        return once;
    }
    once_close(once);
    return NULL;
}

void once_close(struct once *once)
{
    if (once == NULL)
        return;
    engine_free(once->engine);
    plan_free(once->plan);
    if (once->timer != NULL)
        event_free(once->timer);
    if (once->base != NULL)
        event_base_free(once->base);
    explicit_bzero(once, sizeof *once);
    free(once);
}

/* Until something comes, or is due. */
static void wait_once(struct once *once)
{
    struct plan_now now = now_of();
    struct mono at = mono_add_ms(now.mono, CLOCK_MS), due;
    int64_t wait_us;

    engine_flush(once->engine);
    if (engine_next_at(once->engine, &due) && due.us < at.us)
        at = due;
    wait_us = at.us > now.mono.us ? at.us - now.mono.us : 0;
    event_add(once->timer, &(struct timeval){.tv_sec = (time_t)(wait_us / US_PER_S),
                                             .tv_usec = (suseconds_t)(wait_us % US_PER_S)});
    event_base_loop(once->base, EVLOOP_ONCE);
    now = now_of();
    /* What waits in the socket is not silence. */
    if (engine_read(once->engine))
        engine_expire(once->engine, &now);
}

/* Until the question is answered, or given up. */
static void ask_once(struct once *once, const struct question *question)
{
    struct engine_ask ask = {.device = plan_find(once->plan, ONLY_ID),
                             .question = question,
                             .asker = ENGINE_READING,
                             .token = ++once->token,
                             .tries = once->ask.tries,
                             .timeout_ms = once->ask.timeout_ms};

    once->settled = false;
    while (!once->settled) {
        struct plan_now now = now_of();

        if (ask.question != NULL && engine_ask(once->engine, &ask, &now))
            ask.question = NULL; /* it has left */
        wait_once(once);
    }
}

/* It said who it is, and nothing more: that may be a packet that was lost. */
static bool may_be_loss(const struct once *once)
{
    struct agent_news news;

    return once->answer.locked_out && (!once_agent(once, &news) || news.auth == AUTH_FINE);
}

bool once_question(struct once *once, const struct question *question, struct once_answer *answer,
                   struct err *err)
{
    struct prober_counters before, after;
    char text[ADDRESS_TEXT_MAX];

    if (question->kind == QUESTION_ECHO &&
        !engine_can_echo(once->engine, &once->ask.device.address))
        return err_set(err, "this user may not ping here: %s", ICMP_REMEDY);
    engine_counters(once->engine, &before);
    ask_once(once, question);
    for (uint32_t tries = 1; tries < once->ask.tries && may_be_loss(once); tries++)
        ask_once(once, question);
    *answer = once->answer;
    engine_counters(once->engine, &after);
    if (!answer->answered && after.send_failed - before.send_failed >= once->ask.tries)
        return err_set(err, "cannot send to %s: no route to it, or a firewall of this machine",
                       address_print(&once->ask.device.address, text));
    return true;
}

bool once_agent(const struct once *once, struct agent_news *news)
{
    struct plan_now now = now_of();

    return engine_agent_news(once->engine, 0, &now, news); /* nobody is ever told: all of it */
}

void once_counters(const struct once *once, struct prober_counters *out)
{
    engine_counters(once->engine, out);
}
