/* SPDX-License-Identifier: ISC */
#include "probes/trap_parent.h"

#include <stdlib.h>
#include <unistd.h>

#include "probes/dice.h"
#include "probes/frame_trap.h"

struct trap_parent {
    int fd;
    bool told; /* the child has the socket */
    struct trap_desk *desk;
    trap_hint_fn *on_hint;
    void *arg;
};

static struct siphash_key random_key(void)
{
    struct dice dice = {0};
    struct siphash_key key;

    for (size_t i = 0; i < 2; i++)
        key.halves[i] = (uint64_t)dice_throw(&dice) << 32 | dice_throw(&dice);
    return key;
}

struct trap_parent *trap_parent_new(int fd, trap_name_fn *name, trap_hint_fn *on_hint, void *arg)
{
    struct trap_parent *parent = calloc(1, sizeof *parent);
    struct siphash_key key = random_key();

    if (parent == NULL)
        abort();
    *parent = (struct trap_parent){.fd = fd, .on_hint = on_hint, .arg = arg};
    parent->desk = trap_desk_new(&key, name, arg, mono_now());
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
    count = trap_desk_answers(parent->desk, &numbers);
    frame_begin(frame, FRAME_TRAP_ANSWER);
    for (size_t i = 0; i < count; i++)
        if (!frame_add_number(frame, numbers[i]))
            break;
    return frame->count > 0;
}

void trap_parent_sent(struct trap_parent *parent, const struct frame *frame)
{
    if (frame->type == FRAME_TRAP_LISTEN)
        parent->told = true;
    else
        trap_desk_answered(parent->desk, frame->count);
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
            parent->on_hint(&hint, parent->arg);
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
    for (size_t i = 0; i < frame->count; i++)
        frame_get_trap_counters(frame, i, &child);
    trap_desk_count(parent->desk, &child);
    return true;
}

void trap_parent_child_gone(struct trap_parent *parent)
{
    parent->told = false;
    trap_desk_child_gone(parent->desk);
}
