/* SPDX-License-Identifier: ISC */
/*
 * store_verify - repairs that were claimed and want proof: which they are, and what became of each
 * (functions/verify_pending.sql, verify_settle.sql).
 *
 * The rules of sql/store.h hold. Both calls may be repeated: a settlement of a claim that is no
 * longer there, or that was settled before, is answered "stale" and changes nothing.
 */
#ifndef KT_STORE_VERIFY_H
#define KT_STORE_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "sql/store.h"

struct store_claim {
    int64_t ticket;
    uint32_t device_id; /* the root's gateway */
    const char *site;   /* the root */
    struct wall claimed_at;
};

/* Called once per claimed ticket (claim != NULL), then once with claim == NULL and the status. */
typedef void store_claim_cb(const struct store_claim *claim, const struct store_status *status,
                            void *arg);
void store_verify_pending(struct pg_conn *conn, store_claim_cb *cb, void *arg);

struct store_proof {
    int64_t ticket;
    struct wall claimed_at; /* with ticket: which claim this is about */
    bool passed;
    struct wall first_good; /* with passed: restored_at, unless the outage ended before */
    const char *reason;     /* "ok" "silent" "lossy" "rebooted" "flapped" */
    const char *words;      /* one sentence with the numbers, for people */
    const char *detail;     /* JSON object: {reason, sent, lost, …} */
};

/* outcome: "restored" "unproven" "stale"; "" unless the status is STORE_OK. */
typedef void store_proof_cb(const struct store_status *status, const char *outcome, void *arg);
void store_verify_settle(struct pg_conn *conn, const struct store_proof *proof, struct wall now,
                         store_proof_cb *cb, void *arg);
#endif
