/* SPDX-License-Identifier: ISC */
/*
 * fakes - a clock, an outbox and receivers that a test of the courier holds in its hands.
 *
 * Linked in place of the loop, sql/store_outbox.c and alerts/webhook.c. Nothing happens by itself:
 * time moves with fake_advance(), the database answers with fake_answer(), a receiver with
 * fake_reply().
 */
#ifndef KT_FAKES_H
#define KT_FAKES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alerts/webhook.h"
#include "daemon/loop.h"
#include "sql/store.h"

#define FAKE_ROWS_MAX  256
#define FAKE_SENDS_MAX 512

enum fake_row_state { ROW_QUEUED = 1, ROW_LEASED, ROW_DELIVERED, ROW_DEAD, ROW_GONE };

struct fake_row {
    int64_t id;
    char message_id[64];
    char endpoint[64];
    char secret[64];
    char data[256];
    char link_party[64]; /* "": it carries no action link */
    enum fake_row_state state;
    uint32_t attempt;
    struct wall next_at;
    struct wall leased_until;
    char reason[256];
    uint32_t settlements; /* that were taken */
    struct wall settled_at;
};

/* One request that the courier made. */
struct fake_send {
    char message_id[64];
    char url[128];
    char body[2048];
    char secret[256];
    char secret_2[256]; /* "" for none */
    struct wall at;
    bool replied;
    webhook_done_cb *done;
    void *arg;
};

struct courier;

struct fakes {
    struct mono mono;
    struct wall wall;
    uint32_t random;
    struct fake_row rows[FAKE_ROWS_MAX];
    size_t row_count;
    struct fake_send sends[FAKE_SENDS_MAX];
    size_t send_count;
    uint32_t most_per_endpoint; /* that the outbox leases at a time */
    uint32_t leases;            /* questions asked */
    uint32_t last_most;         /* of the last one */
    struct wall next_due;       /* answered when set, else worked out */
    enum store_rc settle_rc;    /* STORE_OK unless a test says otherwise */
};

extern struct fakes fakes;

void fake_reset(void);
struct loop *fake_loop(void);
/* Moves time on, firing timers as they come due; the database is not asked to answer. */
void fake_advance(int64_t ms);

int64_t fake_owe(const char *endpoint, const char *secret); /* a row, due now; returns its id */
struct fake_row *fake_row(int64_t id);
/* Statements that wait for an answer; answering does not answer what the answers lead to. */
size_t fake_pending(void);
void fake_answer(void);
void fake_answer_all(void); /* until nothing waits */
/* Answers with "unreachable"; done: what was asked had happened all the same. */
void fake_lose(bool done);

size_t fake_open_sends(void);
void fake_reply(size_t send, int http_status, int64_t retry_after_ms);

/* A courier on all of this, *state; its secrets are called "one" and "rotating". */
int fake_set_up(void **state);
int fake_tear_down(void **state); /* NULL: the test freed it */
void fake_database_up(struct courier *courier);
void fake_database_down(struct courier *courier, bool had_happened); /* see fake_lose() */
#endif
