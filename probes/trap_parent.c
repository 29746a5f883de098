/* SPDX-License-Identifier: ISC */
#include "probes/trap_parent.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probes/dice.h"
#include "probes/frame_trap.h"

#define DOUBTS_MOST  64
#define REPLIES_MOST 64

/* An SNMPv3 trap or inform that is being proven. */
struct doubt {
    uint32_t number;                   /* 0: none */
    uint32_t inform;                   /* of the child; 0: nobody waits */
    uint32_t devices[TRAP_TRIES_MOST]; /* that have not answered; 0: none */
    enum trap_proof why;               /* the nearest so far; 0: nobody answered */
    struct trap_reply reply;           /* of that one */
};

struct trap_parent {
    int fd;
    bool told; /* the child has the socket */
    struct trap_desk *desk;
    const struct trap_parent_callbacks *callbacks;
    void *arg;
    uint32_t numbers; /* given out */
    struct doubt doubts[DOUBTS_MOST];
    struct trap_answer replies[REPLIES_MOST]; /* for the child */
    size_t replies_count;
    struct trap_engine engine; /* as it booted; its time_s is not kept */
    struct mono booted_at;
};

static struct siphash_key random_key(void)
{
    struct dice dice = {0};
    struct siphash_key key;

    for (size_t i = 0; i < 2; i++)
        key.halves[i] = (uint64_t)dice_throw(&dice) << 32 | dice_throw(&dice);
    return key;
}

struct trap_parent *trap_parent_new(int fd, const struct trap_parent_callbacks *callbacks,
                                    void *arg)
{
    struct trap_parent *parent = calloc(1, sizeof *parent);
    struct siphash_key key = random_key();

    if (parent == NULL)
        abort();
    *parent = (struct trap_parent){.fd = fd, .callbacks = callbacks, .arg = arg};
    parent->desk = trap_desk_new(&key, callbacks->name, arg, mono_now());
    return parent;
}

void trap_parent_free(struct trap_parent *parent)
{
    if (parent == NULL)
        return;
    close(parent->fd);
    trap_desk_free(parent->desk);
    free(parent);
}

struct trap_desk *trap_parent_desk(struct trap_parent *parent)
{
    return parent->desk;
}

bool trap_parent_frame(struct trap_parent *parent, struct frame *frame, int *passed)
{
    const uint32_t *numbers;
    size_t count;

    *passed = -1;
    if (!parent->told) {
        *passed = parent->fd;
        frame_begin(frame, FRAME_TRAP_LISTEN);
        return frame_add_trap_key(frame, trap_desk_key(parent->desk));
    }
    if (parent->replies_count > 0) {
        frame_begin(frame, FRAME_TRAP_REPLY);
        for (size_t i = 0; i < parent->replies_count; i++)
            if (!frame_add_trap_answer(frame, &parent->replies[i]))
                break;
        return true;
    }
    count = trap_desk_answers(parent->desk, &numbers);
    frame_begin(frame, FRAME_TRAP_ANSWER);
    for (size_t i = 0; i < count; i++)
        if (!frame_add_number(frame, numbers[i]))
            break;
    return frame->count > 0;
}

/* Nothing of the socket is heard before, so nothing is answered with boots that are not kept. */
static void boot(struct trap_parent *parent)
{
    const struct trap_parent_callbacks *callbacks = parent->callbacks;

    if (callbacks->on_boot == NULL || !callbacks->on_boot(&parent->engine, parent->arg))
        parent->engine = (struct trap_engine){0};
    parent->booted_at = mono_now();
}

void trap_parent_sent(struct trap_parent *parent, const struct frame *frame)
{
    if (frame->type == FRAME_TRAP_LISTEN) {
        parent->told = true;
        boot(parent);
    } else if (frame->type == FRAME_TRAP_REPLY) {
        parent->replies_count -= frame->count;
        memmove(parent->replies, parent->replies + frame->count,
                parent->replies_count * sizeof *parent->replies);
    } else {
        trap_desk_answered(parent->desk, frame->count);
    }
}

/* What there is no room for is lost, as the network may lose it too: the sender asks again. */
static void reply(struct trap_parent *parent, uint32_t inform, const struct trap_reply *reply)
{
    if (inform == 0 || reply->count == 0 || parent->replies_count == REPLIES_MOST)
        return;
    parent->replies[parent->replies_count++] = (struct trap_answer){inform, *reply};
    parent->callbacks->on_answer(parent->arg);
}

static bool hear_traps(struct trap_parent *parent, const struct frame *frame)
{
    struct mono now = mono_now();
    struct wall at = wall_now();

    for (size_t i = 0; i < frame->count; i++) {
        struct trap_report report;
        struct trap_hint hint;

        if (!frame_get_trap(frame, i, &report))
            return false;
        if (trap_desk_hear(parent->desk, &report, now, at, &hint) == TRAP_BELIEVED)
            parent->callbacks->on_hint(&hint, parent->arg);
    }
    return true;
}

/* Who asks for our name or clock does as it should, and is no refused trap. [RFC 3414 §4] */
static bool is_introduced(const struct doubt *doubt)
{
    return doubt->inform != 0 && doubt->reply.count > 0 &&
           (doubt->why == TRAP_PROOF_ENGINE || doubt->why == TRAP_PROOF_TIME);
}

/* Its devices have spoken, or cannot any more. */
static void settle(struct trap_parent *parent, struct doubt *doubt)
{
    if (doubt->number != 0 && !is_introduced(doubt))
        trap_desk_unproven(parent->desk, doubt->why == 0 ? TRAP_PROOF_TRUE : doubt->why);
    if (doubt->number != 0)
        reply(parent, doubt->inform, &doubt->reply);
    *doubt = (struct doubt){0};
}

static bool is_open(const struct doubt *doubt)
{
    for (size_t i = 0; i < TRAP_TRIES_MOST; i++)
        if (doubt->devices[i] != 0)
            return true;
    return false;
}

static struct trap_engine engine_now(const struct trap_parent *parent, struct mono now)
{
    struct trap_engine engine = parent->engine;
    int64_t time_s = mono_diff_ms(now, parent->booted_at) / 1000;

    engine.time_s = time_s > INT32_MAX ? INT32_MAX : (uint32_t)time_s;
    return engine;
}

static void have_proven(struct trap_parent *parent, const struct trap_raw *raw, struct mono now)
{
    uint32_t number = ++parent->numbers == 0 ? ++parent->numbers : parent->numbers;
    struct doubt *doubt = &parent->doubts[number % DOUBTS_MOST];
    struct trap_order order = {
        .number = number, .key = *trap_desk_key(parent->desk), .count = raw->count};
    uint32_t devices[TRAP_TRIES_MOST];
    size_t count = trap_desk_suspects(parent->desk, &raw->host, now, devices);

    if (count == 0)
        return;
    settle(parent, doubt); /* so old that its child is gone */
    doubt->number = number;
    doubt->inform = raw->inform;
    order.engine = engine_now(parent, now);
    memcpy(order.bytes, raw->bytes, raw->count);
    for (size_t i = 0; i < count; i++) {
        order.device_id = devices[i];
        doubt->devices[i] = devices[i]; /* the answer may not come before on_order() has returned */
        if (!parent->callbacks->on_order(&order, parent->arg))
            doubt->devices[i] = 0;
    }
    if (!is_open(doubt))
        settle(parent, doubt);
}

static bool hear_raw(struct trap_parent *parent, const struct frame *frame)
{
    struct mono now = mono_now();

    for (size_t i = 0; i < frame->count; i++) {
        struct trap_raw raw;

        if (!frame_get_trap_raw(frame, i, &raw))
            return false;
        have_proven(parent, &raw, now);
    }
    return true;
}

/* True when the device was asked that. */
static bool answers(struct doubt *doubt, uint32_t device_id)
{
    for (size_t i = 0; i < TRAP_TRIES_MOST; i++)
        if (doubt->devices[i] == device_id && device_id != 0) {
            doubt->devices[i] = 0;
            return true;
        }
    return false;
}

static void take_true(struct trap_parent *parent, uint32_t inform, const struct trap_proven *proven)
{
    struct trap_hint hint;
    enum trap_verdict verdict =
        trap_desk_hear_proven(parent->desk, proven, mono_now(), wall_now(), &hint);

    if (verdict == TRAP_BELIEVED || verdict == TRAP_REPEATED)
        reply(parent, inform, &proven->reply);
    if (verdict == TRAP_BELIEVED)
        parent->callbacks->on_hint(&hint, parent->arg);
}

static void take_proven(struct trap_parent *parent, const struct trap_proven *proven)
{
    struct doubt *doubt = &parent->doubts[proven->number % DOUBTS_MOST];
    uint32_t inform = doubt->inform;

    if (doubt->number != proven->number || !answers(doubt, proven->device_id))
        return; /* settled by another device, or too late */
    if (proven->proof == TRAP_PROOF_TRUE) {
        *doubt = (struct doubt){0};
        take_true(parent, inform, proven);
        return;
    }
    if (proven->proof > doubt->why) {
        doubt->why = proven->proof;
        doubt->reply = proven->reply;
    }
    if (!is_open(doubt))
        settle(parent, doubt);
}

bool trap_parent_hear_proven(struct trap_parent *parent, const struct frame *frame)
{
    for (size_t i = 0; i < frame->count; i++) {
        struct trap_proven proven;

        if (!frame_get_trap_proven(frame, i, &proven))
            return false;
        take_proven(parent, &proven);
    }
    return true;
}

bool trap_parent_hear(struct trap_parent *parent, const struct frame *frame)
{
    struct trap_counters child = {0};

    if (!parent->told)
        return false;
    if (frame->type == FRAME_TRAPS)
        return hear_traps(parent, frame);
    if (frame->type == FRAME_TRAPS_RAW)
        return hear_raw(parent, frame);
    for (size_t i = 0; i < frame->count; i++)
        frame_get_trap_counters(frame, i, &child);
    trap_desk_count(parent->desk, &child);
    return true;
}

void trap_parent_child_gone(struct trap_parent *parent)
{
    parent->told = false;
    parent->replies_count = 0; /* the numbers were its own */
    for (size_t i = 0; i < DOUBTS_MOST; i++)
        parent->doubts[i].inform = 0;
    trap_desk_child_gone(parent->desk);
}
