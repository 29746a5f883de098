/* SPDX-License-Identifier: ISC */
/* frame_traps - frames of traps, for whoever makes and breaks frames of every type. */
#ifndef KT_TEST_FRAME_TRAPS_H
#define KT_TEST_FRAME_TRAPS_H

#include "probes/frame_trap.h"

/* One more record, of the frame's type. */
static inline void frame_make_trap(struct frame *frame)
{
    struct trap_report report = {.host = {.bytes = 4}, .kind = TRAP_OTHER};
    struct trap_counters counters = {.received = 9, .dropped = 3};
    struct siphash_key key = {{1, UINT64_MAX}};

    if (frame->type == FRAME_TRAPS)
        assert_true(frame_add_trap(frame, &report));
    else if (frame->type == FRAME_TRAP_BEAT)
        assert_true(frame_add_trap_counters(frame, &counters));
    else
        assert_true(frame_add_trap_key(frame, &key));
}

static inline void frame_read_trap(const struct frame *frame, size_t index)
{
    struct trap_report report;
    struct trap_counters counters;
    struct siphash_key key;

    if (frame->type == FRAME_TRAP_BEAT)
        frame_get_trap_counters(frame, index, &counters);
    else if (frame->type == FRAME_TRAP_LISTEN)
        frame_get_trap_key(frame, index, &key);
    else if (frame_get_trap(frame, index, &report))
        assert_true(report.oid.bytes <= OID_BYTES_MAX && report.uptime_ticks >= -1 &&
                    trap_kind_name(report.kind) != NULL);
}
#endif
