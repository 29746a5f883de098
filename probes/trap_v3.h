/* SPDX-License-Identifier: ISC */
/*
 * trap_v3 - an SNMPv3 trap or inform on its way from the socket to who can prove it, and the proof
 * back.
 *
 * The child that reads the socket need not be the one that holds the sender's credential. So it
 * looks at the form alone and hands the datagram up as it came; the parent orders a proof from the
 * shard of each v3 device at that address (probes/trap_parent.h), and that one says what it is
 * (probes/usm.h, probes/usm_inform.h) and makes the reply that an inform waits for, which goes back
 * the same way. Pure, by value. [RFC 3412 §7.2, RFC 3414 §3.2]
 */
#ifndef KT_TRAP_V3_H
#define KT_TRAP_V3_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/ber_v3.h"
#include "probes/frame.h"
#include "probes/trap_report.h"

#define TRAP_V3_BYTES     1472 /* of a datagram: fits an Ethernet frame; a longer one is malformed */
#define TRAP_ORDERS_MOST  32
#define TRAP_V3_RAW_BYTES (1 + 16 + 4 + 2 + TRAP_V3_BYTES)
#define TRAP_ORDER_BYTES  (4 + 4 + 2 * 8 + 1 + BER_ENGINE_MAX + 4 + 4 + 2 + TRAP_V3_BYTES)
#define TRAP_REPLY_BYTES  (1 + 2 + TRAP_V3_BYTES)
#define TRAP_PROVEN_BYTES (4 + 4 + 1 + 1 + 1 + OID_BYTES_MAX + 2 * 8 + TRAP_REPLY_BYTES)
#define TRAP_ANSWER_BYTES (4 + TRAP_REPLY_BYTES)

/* Who receives informs, and so is the authoritative engine: we. Zero: nobody is.
 * [RFC 3414 §1.5.1] */
struct trap_engine {
    uint8_t bytes; /* of its name */
    uint8_t at[BER_ENGINE_MAX];
    uint32_t boots;  /* 1 to 2147483646 */
    uint32_t time_s; /* since the last of them */
};

/* As it came. */
struct trap_raw {
    struct trap_host host;
    uint32_t inform; /* its number in the child, to be answered by; 0: nobody waits */
    uint16_t count;
    uint8_t bytes[TRAP_V3_BYTES];
};

/* Is this of that device? */
struct trap_order {
    uint32_t device_id;
    uint32_t number; /* of the order; comes back with the proof */
    struct siphash_key key;
    struct trap_engine engine; /* ours, with its clock as it is now */
    uint16_t count;
    uint8_t bytes[TRAP_V3_BYTES];
};

/* What the sender is sent. Zero: nothing. */
struct trap_reply {
    bool report;    /* it says what is wrong; false: the response */
    uint16_t count; /* 0: nothing */
    uint8_t bytes[TRAP_V3_BYTES];
};

struct trap_proven {
    uint32_t device_id;
    uint32_t number;
    enum trap_proof proof;
    /* With TRAP_PROOF_TRUE: */
    enum trap_kind kind;
    struct oid oid;
    int64_t uptime_ticks; /* -1: not said */
    uint64_t digest;      /* trap_v3_digest() */
    /* For an inform that is true, and for what is not and may be reported. */
    struct trap_reply reply;
};

/* A reply on its way to the child that heard the inform of this number. */
struct trap_answer {
    uint32_t inform;
    struct trap_reply reply;
};

/*
 * By its form alone: TRAP_OK may be a trap or an inform of SNMPv3, or a question for our engine's
 * name or clock, which goes before an inform [RFC 3414 §4]. waits: the sender may wait for a reply.
 * Another security model is TRAP_OTHER_VERSION.
 */
enum trap_rc trap_v3_form(const uint8_t *bytes, size_t count, bool *waits);

/*
 * What tells a proven trap from every other, also when it is sent again with another message id:
 * whose it is, its request id and all that it says.
 */
uint64_t trap_v3_digest(const struct siphash_key *key, const uint8_t *engine, size_t engine_bytes,
                        int32_t request_id, struct ber_list list);

/* Orders that one child has still to be given. Zero is empty. */
struct trap_orders {
    struct trap_order *at; /* NULL until the first */
    size_t count;
};

bool trap_orders_add(struct trap_orders *orders, const struct trap_order *order); /* false: full */
bool trap_orders_frame(const struct trap_orders *orders, struct frame *frame);
void trap_orders_sent(struct trap_orders *orders, const struct frame *frame);
void trap_orders_free(struct trap_orders *orders); /* empty again */

/* FRAME_TRAPS_RAW, FRAME_TRAP_ORDERS, FRAME_TRAP_PROVEN, FRAME_TRAP_REPLY. False when full, or when
 * no record of ours looks like that. */
bool frame_add_trap_raw(struct frame *frame, const struct trap_raw *raw);
bool frame_add_trap_order(struct frame *frame, const struct trap_order *order);
bool frame_add_trap_proven(struct frame *frame, const struct trap_proven *proven);
bool frame_add_trap_answer(struct frame *frame, const struct trap_answer *answer);
bool frame_get_trap_raw(const struct frame *frame, size_t index, struct trap_raw *raw);
bool frame_get_trap_order(const struct frame *frame, size_t index, struct trap_order *order);
bool frame_get_trap_proven(const struct frame *frame, size_t index, struct trap_proven *proven);
bool frame_get_trap_answer(const struct frame *frame, size_t index, struct trap_answer *answer);
#endif
