/* SPDX-License-Identifier: ISC */
#include "probes/trap_gate.h"

#include <stdlib.h>

#define WAYS 4 /* senders in a row; which row is the hash's choice */
#define ROWS (TRAP_GATE_SENDERS / WAYS)

struct sender {
    uint64_t tag; /* the hash; 0: nobody */
    struct trap_bucket bucket;
    uint64_t heard; /* the gate's count at its last datagram */
};

struct trap_gate {
    struct siphash_key key;
    uint64_t heard; /* datagrams so far: an order that equal times do not have */
    struct sender rows[ROWS][WAYS];
};

/* One number instead of a count and a time: each token moves the instant of fullness on by a gap.
 */
bool trap_bucket_take(struct trap_bucket *bucket, struct mono now, int64_t gap_us, int64_t burst)
{
    int64_t full_at_us = bucket->full_at_us > now.us ? bucket->full_at_us : now.us;

    if (full_at_us + gap_us - now.us > burst * gap_us)
        return false;
    bucket->full_at_us = full_at_us + gap_us;
    return true;
}

struct trap_gate *trap_gate_new(const struct siphash_key *key)
{
    struct trap_gate *gate = calloc(1, sizeof *gate);

    if (gate == NULL)
        abort();
    gate->key = *key;
    return gate;
}

void trap_gate_free(struct trap_gate *gate)
{
    free(gate);
}

static struct sender *sender_of(struct trap_gate *gate, uint64_t tag)
{
    struct sender *row = gate->rows[tag % ROWS], *oldest = row;

    for (size_t i = 0; i < WAYS; i++) {
        if (row[i].tag == tag)
            return &row[i];
        if (row[i].heard < oldest->heard)
            oldest = &row[i];
    }
    *oldest = (struct sender){.tag = tag};
    return oldest;
}

bool trap_gate_pass(struct trap_gate *gate, const void *host, size_t bytes, struct mono now)
{
    uint64_t tag = siphash(&gate->key, host, bytes);
    struct sender *sender = sender_of(gate, tag == 0 ? 1 : tag);

    sender->heard = ++gate->heard;
    return trap_bucket_take(&sender->bucket, now, TRAP_GATE_GAP_MS * US_PER_MS, TRAP_GATE_BURST);
}
