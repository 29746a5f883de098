/* SPDX-License-Identifier: ISC */
/*
 * courier - carries what the outbox owes to its receivers, and tells the outbox how it went.
 *
 * Leases rows of the outbox (on a wake, when the next is due, and every few seconds), renders,
 * signs and sends them, and settles each. At most COURIER_MOST are under way, two of one endpoint,
 * so a receiver that hangs holds up its own queue only. A result that the database could not take
 * is kept and told again, and a row whose lease is about to run out is not sent: at most one
 * duplicate per crash, with the same webhook-id. What an answer means is alerts/delivery.h, what is
 * sent is alerts/notice.h.
 */
#ifndef KT_COURIER_H
#define KT_COURIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/clock.h"

struct courier;
struct loop;
struct pg_conn;
struct webhooks;

#define COURIER_MOST              128 /* rows in hand */
#define COURIER_MOST_PER_ENDPOINT 2   /* requests under way */

#define COURIER_LINK_MAX 256

struct courier_counters {
    uint64_t delivered, retried, dead, gone; /* attempts, by what they led to */
    size_t in_flight;                        /* requests under way */
    size_t unsettled;                        /* results that the database has not confirmed */
};

/* The value behind a name in the secrets file, or NULL. Two secrets with a blank between: a
 * rotation. */
typedef const char *courier_secret_fn(const char *name, void *arg);

/* For whom an action link is wanted: the same for all tries of one notification. */
struct courier_link {
    int64_t ticket;
    const char *party;
    int32_t generation; /* of the ticket, when it was owed */
    struct wall owed;
};

/* The path of that link into out; false: it carries none. It opens the ticket: never log it. */
typedef bool courier_link_fn(const struct courier_link *link, char out[COURIER_LINK_MAX],
                             void *arg);

/* node: copied; who leases, different for each process that ever runs. The others are borrowed. */
struct courier *courier_new(struct loop *loop, struct pg_conn *conn, struct webhooks *webhooks,
                            const char *node, courier_secret_fn *secret, void *arg);
/* Who makes action links; without, no notification carries one. */
void courier_set_links(struct courier *courier, courier_link_fn *make, void *arg);
/* What notifications' links begin with; copied. */
void courier_set_base_url(struct courier *courier, const char *base_url);
/* Of one exchange, as the webhooks' policy has it: a lease lasts as long and 10 s more. 20 s at
 * first. */
void courier_set_timeout(struct courier *courier, int64_t timeout_ms);

void courier_on_database(struct courier *courier, bool up);
void courier_wake(struct courier *courier); /* something is owed */

void courier_counters(const struct courier *courier, struct courier_counters *out);
void courier_stop(struct courier *courier);       /* nothing more is leased or sent */
bool courier_idle(const struct courier *courier); /* nothing under way, every result confirmed */
/* Before the webhooks, and with no turn of the loop between; NULL allowed. */
void courier_free(struct courier *courier);
#endif
