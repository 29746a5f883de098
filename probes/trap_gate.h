/* SPDX-License-Identifier: ISC */
/*
 * trap_gate - how many datagrams of one sender are looked at: a token bucket per source address,
 * asked before a byte is parsed.
 *
 * The table has a fixed size; a sender that is not in it takes the place of the one in its row that
 * was quiet longest, and begins with a full bucket: a flood from many addresses costs a parse each,
 * no memory. Pure, constant time; senders are hashed under a secret key, so that nobody chooses his
 * row. Owner: whoever called trap_gate_new().
 */
#ifndef KT_TRAP_GATE_H
#define KT_TRAP_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "probes/siphash.h"

/* A village's boxes all at once, then one each half second. */
#define TRAP_GATE_BURST   20
#define TRAP_GATE_GAP_MS  500
#define TRAP_GATE_SENDERS 4096

/* So many at once, then one each gap. Zero is a full one. */
struct trap_bucket {
    int64_t full_at_us; /* when it will be full again if nothing more is taken */
};

/* Takes one; false when it is empty. */
bool trap_bucket_take(struct trap_bucket *bucket, struct mono now, int64_t gap_us, int64_t burst);

struct trap_gate;

struct trap_gate *trap_gate_new(const struct siphash_key *key);
void trap_gate_free(struct trap_gate *gate); /* NULL allowed */
/* host: the sender's address without its port, 4 or 16 bytes. False: not now. */
bool trap_gate_pass(struct trap_gate *gate, const void *host, size_t bytes, struct mono now);
#endif
