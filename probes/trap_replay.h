/* SPDX-License-Identifier: ISC */
/*
 * trap_replay - was this trap believed before? What was believed is remembered by its digest
 * (probes/trap.h) for TRAP_REPLAY_KEPT_MS at least, wherever a copy comes from.
 *
 * Two tables that take turns, each as old as that at most when the other is emptied; so an entry
 * lives one to two of it. Room is for what may be believed meanwhile (TRAP_REPLAY_PER_S); were it
 * ever full, everything counts as known, because forgetting would open the door. Pure. Owner:
 * whoever called trap_replay_new().
 */
#ifndef KT_TRAP_REPLAY_H
#define KT_TRAP_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/clock.h"

#define TRAP_REPLAY_KEPT_MS 300000
#define TRAP_REPLAY_PER_S   200
#define TRAP_REPLAY_BURST   4000
#define TRAP_REPLAY_ROOM    (TRAP_REPLAY_PER_S * (TRAP_REPLAY_KEPT_MS / 1000) + TRAP_REPLAY_BURST)

struct trap_replay;

struct trap_replay *trap_replay_new(struct mono now);
void trap_replay_free(struct trap_replay *replay); /* NULL allowed */
bool trap_replay_knows(struct trap_replay *replay, uint64_t digest, struct mono now);
/* False: there is no room; it is not to be believed. */
bool trap_replay_note(struct trap_replay *replay, uint64_t digest, struct mono now);
#endif
