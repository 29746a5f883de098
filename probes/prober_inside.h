/* SPDX-License-Identifier: ISC */
/*
 * prober_inside - the parent's end of one child, as the files behind probes/prober.h share it.
 */
#ifndef KT_PROBER_INSIDE_H
#define KT_PROBER_INSIDE_H

#include <sys/types.h>

#include "probes/agent_book.h"
#include "probes/dice.h"
#include "probes/frame.h"
#include "probes/plan_copy.h"
#include "probes/prober.h"
#include "probes/profile_hand.h"
#include "probes/trap_parent.h"
#include "probes/verify_copy.h"

struct event;

struct prober {
    struct event_base *base;
    const struct prober_start *start;
    const struct prober_callbacks *callbacks;
    void *arg;
    struct plan_copy *copy;
    struct verify_copy *trials;
    struct profile_hand *profiles;
    struct agent_book *agents;
    struct trap_parent *traps; /* borrowed; NULL: none are heard */
    struct trap_orders orders;
    bool listens; /* its child has the trap socket */
    struct dice dice;
    struct event *watch;   /* each second while there is a child */
    struct event *respawn; /* while there is none */

    pid_t pid; /* -1: none */
    int fd;
    int pidfd;
    struct event *readable;
    struct event *writable;
    struct event *exited;
    struct mono spawned_at;
    uint32_t silent; /* watches since its last frame */
    char why[128];   /* why we killed it; "" when we did not */
    bool ready;
    bool stopping;
    bool stop_said;
    uint32_t farewell; /* watches since prober_stop() */

    uint32_t restarts;
    uint32_t deaths;               /* in a row */
    struct prober_counters before; /* of children that are gone */
    struct prober_counters last;   /* of this one */
    struct frame in;
    struct frame out; /* its own, because a callback may ask for something while in is read */
};

void prober_send(
    struct prober *prober); /* what the child has still to be told, as far as it goes */
/* The frame of so many bytes in prober->in. False: no honest child says that. */
bool prober_hear(struct prober *prober, size_t bytes);
#endif
