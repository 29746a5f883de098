/* SPDX-License-Identifier: ISC */
/*
 * frame_trap - the records of traps between parent and child (probes/frame.h). Pure.
 */
#ifndef KT_FRAME_TRAP_H
#define KT_FRAME_TRAP_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/frame.h"
#include "probes/trap_report.h"

#define FRAME_TRAP_BYTES      (1 + 16 + 1 + 1 + OID_BYTES_MAX + 3 * 8 + 4)
#define FRAME_TRAP_KEY_BYTES  (2 * 8)
#define FRAME_TRAP_BEAT_BYTES (TRAP_COUNTERS_SUMS * 8)

/* FRAME_TRAP_LISTEN, FRAME_TRAPS, FRAME_TRAP_BEAT; FRAME_TRAP_ANSWER has numbers. */
bool frame_add_trap_key(struct frame *frame, const struct siphash_key *key);
bool frame_add_trap(struct frame *frame, const struct trap_report *report);
bool frame_add_trap_counters(struct frame *frame, const struct trap_counters *counters);

void frame_get_trap_key(const struct frame *frame, size_t index, struct siphash_key *key);
bool frame_get_trap(const struct frame *frame, size_t index, struct trap_report *report);
/* Sets those of the child, leaves the others. */
void frame_get_trap_counters(const struct frame *frame, size_t index,
                             struct trap_counters *counters);
#endif
