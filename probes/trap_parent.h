/* SPDX-License-Identifier: ISC */
/*
 * trap_parent - the parent's end of traps: its child gets the socket, and what the child reports is
 * judged (probes/trap_desk.h).
 *
 * For probes/prober.c, which owns it and moves its frames. The socket outlives every child, so that
 * what comes while one is being replaced waits in it.
 */
#ifndef KT_TRAP_PARENT_H
#define KT_TRAP_PARENT_H

#include <stdbool.h>

#include "probes/frame.h"
#include "probes/trap_desk.h"
#include "probes/trap_v3.h"

struct trap_parent;

struct trap_parent_callbacks {
    trap_name_fn *name;                                          /* as trap_desk_new() */
    void (*on_hint)(const struct trap_hint *hint, void *arg);    /* a trap is believed */
    bool (*on_order)(const struct trap_order *order, void *arg); /* for the device's shard; false:
                                                                    it takes no more now */
    void (*on_answer)(void *arg); /* there is something new for the child that listens */
    /*
     * A child gets the socket: fills our engine's name and the number of its boots, one more than
     * ever before, and has kept it where no crash reaches it [RFC 3414 §2.2.2]. False: there is
     * none, and informs of SNMPv3 go unanswered. NULL: never any.
     */
    bool (*on_boot)(struct trap_engine *engine, void *arg);
};

/* fd: from trap_socket_open(), taken over. callbacks: borrowed. */
struct trap_parent *trap_parent_new(int fd, const struct trap_parent_callbacks *callbacks,
                                    void *arg);
void trap_parent_free(struct trap_parent *parent);              /* NULL allowed */
struct trap_desk *trap_parent_desk(struct trap_parent *parent); /* is told the plan */

/* The next frame for the child, false when there is none; *passed goes along, -1 for nothing. */
bool trap_parent_frame(struct trap_parent *parent, struct frame *frame, int *passed);
void trap_parent_sent(struct trap_parent *parent, const struct frame *frame);
/* A frame of FRAME_TRAPS, FRAME_TRAPS_RAW or FRAME_TRAP_BEAT; false: no honest child says that. */
bool trap_parent_hear(struct trap_parent *parent, const struct frame *frame);
/* A frame of FRAME_TRAP_PROVEN, from any child; false as above. */
bool trap_parent_hear_proven(struct trap_parent *parent, const struct frame *frame);
void trap_parent_child_gone(struct trap_parent *parent);
#endif
