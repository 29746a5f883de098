/* SPDX-License-Identifier: ISC */
/*
 * frame - what the parent and its prober say to each other, as bytes.
 *
 * One SOCK_SEQPACKET packet is one frame: an eight byte head (magic, type, count) and count records
 * of one fixed size. Numbers are big-endian. The reader trusts nothing, because the child parses
 * what anyone on a radio link may send: length, count, enumerators, flags and ranges are checked,
 * and a frame that fails any of it is refused whole. Pure; held by value, nothing to free.
 */
#ifndef KT_FRAME_H
#define KT_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/agent_news.h"
#include "probes/counters.h"
#include "probes/plan.h"

#define FRAME_MAX 32768

/* clang-format off */
enum frame_type {
    FRAME_PLAN_BEGIN = 1, /* down: one policy */
    FRAME_PLAN_CREDENTIALS, /* down: what opens them */
    FRAME_PLAN_DEVICES,   /* down: devices */
    FRAME_PLAN_COMMIT,    /* down: one serial */
    FRAME_PROBE_NOW,      /* down: device ids */
    FRAME_VERIFY,         /* down: repairs to be put on trial */
    FRAME_VERIFY_CANCEL,  /* down: tickets */
    FRAME_PROFILES,       /* down: pieces of the profiles' text (probes/frame_reading.h) */
    FRAME_AGENTS_KNOWN,   /* down: what is known of SNMPv3 engines; before the plan */
    FRAME_TRAP_LISTEN,    /* down: a key, and beside it the socket that traps come to */
    FRAME_TRAP_ANSWER,    /* down: numbers of informs that may be answered */
    FRAME_TRAP_ORDERS,    /* down: SNMPv3 traps and informs that want a proof (probes/trap_v3.h) */
    FRAME_READY,          /* up: one serial, the plan of that commit is being probed */
    FRAME_CHANGES,        /* up: link changes */
    FRAME_VERDICTS,       /* up: how trials ended */
    FRAME_AGENTS,         /* up: what is new of SNMPv3 engines */
    FRAME_READINGS,       /* up: values (probes/frame_reading.h) */
    FRAME_ROLLUPS,        /* up: what five minutes came to */
    FRAME_LEARNED,        /* up: what detectors have learned */
    FRAME_TRAPS,          /* up: traps, for the parent to judge */
    FRAME_TRAPS_RAW,      /* up: SNMPv3 traps as they came */
    FRAME_TRAP_PROVEN,    /* up: what was ordered */
    FRAME_TRAP_BEAT,      /* up, each second while there is a trap socket: its counters */
    FRAME_BEAT,           /* up, each second: the counters since the child began */
    FRAME_TRAP_REPLY,     /* down: what SNMPv3 informs are replied */
    FRAME_RENEW,          /* down: ids of devices that begin anew */
    FRAME_STOP,           /* down: one number; say what is counted so far and what waits, then end */
    FRAME_TYPE_END
};
/* clang-format on */

struct frame {
    enum frame_type type;
    size_t count;
    size_t bytes;
    uint8_t at[FRAME_MAX];
};

/* Writing: begin, then add until false (full; not added). Each type has its own add. */
void frame_begin(struct frame *frame, enum frame_type type);
bool frame_add_policy(struct frame *frame, const struct plan_policy *policy);
bool frame_add_credential(struct frame *frame, const struct credential *credential);
bool frame_add_device(struct frame *frame, const struct plan_device *device);
bool frame_add_number(struct frame *frame, uint32_t number); /* a serial or an id */
bool frame_add_order(struct frame *frame, const struct verify_order *order);
bool frame_add_ticket(struct frame *frame, uint64_t ticket);
bool frame_add_change(struct frame *frame, const struct link_change *change);
bool frame_add_verdict(struct frame *frame, const struct verify_verdict *verdict);
bool frame_add_rollup(struct frame *frame, const struct rollup_record *record);
bool frame_add_learned(struct frame *frame, const struct learned_news *news);
bool frame_add_agent(struct frame *frame, const struct agent_news *news);
bool frame_add_counters(struct frame *frame, const struct prober_counters *counters);

/* Reading: at[] holds bytes from the socket; false when they are no frame. Sets type and count. */
bool frame_open(struct frame *frame, size_t bytes);
/* The index-th record of an open frame of that type; false when it holds what no record may hold.
 */
bool frame_get_policy(const struct frame *frame, size_t index, struct plan_policy *policy);
bool frame_get_credential(const struct frame *frame, size_t index, struct credential *credential);
bool frame_get_device(const struct frame *frame, size_t index, struct plan_device *device);
bool frame_get_number(const struct frame *frame, size_t index, uint32_t *number);
bool frame_get_order(const struct frame *frame, size_t index, struct verify_order *order);
bool frame_get_ticket(const struct frame *frame, size_t index, uint64_t *ticket);
bool frame_get_change(const struct frame *frame, size_t index, struct link_change *change);
bool frame_get_verdict(const struct frame *frame, size_t index, struct verify_verdict *verdict);
bool frame_get_rollup(const struct frame *frame, size_t index, struct rollup_record *record);
bool frame_get_learned(const struct frame *frame, size_t index, struct learned_news *news);
bool frame_get_agent(const struct frame *frame, size_t index, struct agent_news *news);
bool frame_get_counters(const struct frame *frame, size_t index, struct prober_counters *counters);
#endif
