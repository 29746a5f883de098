/* SPDX-License-Identifier: ISC */
/*
 * child_inside - the prober's child, as the files that make it up share it: probes/prober_child.c,
 * which has the loop, and probes/child_hear.c, which does what the parent says.
 */
#ifndef KT_CHILD_INSIDE_H
#define KT_CHILD_INSIDE_H

#include "probes/change_queue.h"
#include "probes/child_readings.h"
#include "probes/dice.h"
#include "probes/engine.h"
#include "probes/frame.h"
#include "probes/learned_queue.h"
#include "probes/prober.h"
#include "probes/rollup_queue.h"
#include "probes/trap_port.h"
#include "probes/trap_v3.h"

struct event;

struct child {
    int fd;
    struct event_base *base;
    struct event *from_parent;
    struct event *to_parent;
    struct event *tick;
    struct event *work; /* child_take_on() */
    struct plan *plan;
    struct engine *engine;
    struct child_readings *readings;
    struct trap_port *traps;                     /* NULL: none are heard here */
    struct trap_proven proven[TRAP_ORDERS_MOST]; /* not sent yet */
    size_t proven_count;
    struct dice dice;
    struct mono turned_at;           /* the last tick */
    struct mono sent_at;             /* the turn for which packets were allowed last */
    int64_t packets_owed_milli;      /* thousandths of a packet that the last turn left */
    bool unfinished;                 /* it left work to the next, which is to come at once */
    struct mono tick_due;            /* the next one */
    struct mono beat_at;             /* the next beat */
    int64_t lag_ms;                  /* worst since the last beat */
    uint64_t turns;                  /* of the loop */
    uint64_t long_turns;             /* of more than TURN_LONG_US */
    int64_t turn_cpu_us;             /* the longest of them */
    struct change_queue changes;     /* not sent yet */
    struct verify_verdict *verdicts; /* not sent yet */
    size_t verdicts_count;
    size_t verdicts_room;
    struct rollup_queue rollups;
    uint32_t taking;              /* the serial of a plan that is not in force yet; 0: none */
    bool settling;                /* a plan or profiles are, and not everything follows them yet */
    uint32_t ready_serial;        /* not sent yet; 0: none */
    struct link_change *pingless; /* of devices that we may not ping: told with the switch */
    size_t pingless_count;
    size_t pingless_room;
    struct learned_queue learned;
    bool beat_due;
    bool ending; /* when all that waits is sent */
    int exit_code;
    struct frame frame;
};

static inline struct plan_now child_now(void)
{
    return (struct plan_now){mono_now(), wall_now()};
}

/* For the parent, when its socket has room. */
void child_tell_change(struct child *child, const struct link_change *change);
void child_replies_read(
    void *arg); /* arg: the child. Something was read: tell it, ask what is next */
/* A plan that has come is taken in slices, and everything that follows from it. False: there is
 * more to do; until then nothing more is heard of the parent. */
bool child_take_on(struct child *child, const struct plan_now *now);
/* passed: a descriptor that came with it, or -1. False: no parent of ours says that. */
bool child_hear(struct child *child, const struct frame *frame, int passed);
#endif
