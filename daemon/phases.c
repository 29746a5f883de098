/* SPDX-License-Identifier: ISC */
#include "daemon/phases.h"

#include <stdlib.h>

#include "daemon/base/log.h"
#include "daemon/loop.h"

#define LOOK_EVERY_MS 20

struct phases {
    struct loop *loop;
    struct loop_timer *timer;
    const struct phase *now; /* the one that is waited for */
    struct mono until;
    void (*on_end)(void *arg);
    void *arg;
};

static void enter(struct phases *phases, const struct phase *phase)
{
    phases->now = phase;
    if (phase->name == NULL) {
        phases->on_end(phases->arg);
        return;
    }
    phases->until = mono_add_ms(loop_mono(phases->loop), phase->limit_ms);
    phase->stop(phases->arg);
    loop_timer_arm(phases->timer, 0);
}

static void on_look(void *arg)
{
    struct phases *phases = arg;
    bool late = loop_mono(phases->loop).us >= phases->until.us;

    if (!phases->now->idle(phases->arg) && !late) {
        loop_timer_arm(phases->timer, LOOK_EVERY_MS);
        return;
    }
    if (late)
        log_warn("daemon.stop_cut_short", "phase=%s", phases->now->name);
    enter(phases, phases->now + 1);
}

struct phases *phases_start(struct loop *loop, const struct phase *table, void (*on_end)(void *arg),
                            void *arg)
{
    struct phases *phases = calloc(1, sizeof *phases);

    if (phases == NULL)
        abort();
    *phases = (struct phases){.loop = loop, .on_end = on_end, .arg = arg};
    phases->timer = loop_timer_new(loop, on_look, phases);
    enter(phases, table);
    return phases;
}

void phases_free(struct phases *phases)
{
    if (phases == NULL)
        return;
    loop_timer_free(phases->timer);
    free(phases);
}
