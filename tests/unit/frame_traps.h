/* SPDX-License-Identifier: ISC */
/* frame_traps - frames of traps, for whoever makes and breaks frames of every type. */
#ifndef KT_TEST_FRAME_TRAPS_H
#define KT_TEST_FRAME_TRAPS_H

#include "probes/frame_trap.h"
#include "probes/trap_v3.h"

/* One more record, of the frame's type. */
static inline void frame_make_trap(struct frame *frame)
{
    struct trap_report report = {.host = {.bytes = 4}, .kind = TRAP_OTHER};
    struct trap_counters counters = {.received = 9, .dropped = 3};
    struct siphash_key key = {{1, UINT64_MAX}};
    struct trap_raw raw = {.host = {.bytes = 4}, .count = 3, .bytes = {0x30, 1, 0}};
    struct trap_order order = {.device_id = 7, .number = 8, .key = key, .count = 1};
    struct trap_proven proven = {
        .device_id = 7, .number = 8, .proof = TRAP_PROOF_KEY, .kind = TRAP_OTHER};
    struct trap_answer answer = {.inform = 9, .reply = {true, 2, {0x30, 0}}};

    if (frame->type == FRAME_TRAP_REPLY)
        assert_true(frame_add_trap_answer(frame, &answer));
    else if (frame->type == FRAME_TRAPS_RAW)
        assert_true(frame_add_trap_raw(frame, &raw));
    else if (frame->type == FRAME_TRAP_ORDERS)
        assert_true(frame_add_trap_order(frame, &order));
    else if (frame->type == FRAME_TRAP_PROVEN)
        assert_true(frame_add_trap_proven(frame, &proven));
    else if (frame->type == FRAME_TRAPS)
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
    struct trap_raw raw;
    struct trap_order order;
    struct trap_proven proven;
    struct trap_answer answer;

    if (frame->type == FRAME_TRAP_REPLY)
        assert_true(!frame_get_trap_answer(frame, index, &answer) ||
                    answer.reply.count <= TRAP_V3_BYTES);
    else if (frame->type == FRAME_TRAPS_RAW)
        assert_true(!frame_get_trap_raw(frame, index, &raw) || raw.count <= TRAP_V3_BYTES);
    else if (frame->type == FRAME_TRAP_ORDERS)
        assert_true(!frame_get_trap_order(frame, index, &order) || order.count <= TRAP_V3_BYTES);
    else if (frame->type == FRAME_TRAP_PROVEN)
        assert_true(!frame_get_trap_proven(frame, index, &proven) ||
                    (proven.oid.bytes <= OID_BYTES_MAX && proven.reply.count <= TRAP_V3_BYTES));
    else if (frame->type == FRAME_TRAP_BEAT)
        frame_get_trap_counters(frame, index, &counters);
    else if (frame->type == FRAME_TRAP_LISTEN)
        frame_get_trap_key(frame, index, &key);
    else if (frame_get_trap(frame, index, &report))
        assert_true(report.oid.bytes <= OID_BYTES_MAX && report.uptime_ticks >= -1 &&
                    trap_kind_name(report.kind) != NULL);
}
#endif
