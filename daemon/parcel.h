/* SPDX-License-Identifier: ISC */
/*
 * parcel - one row of the outbox in the courier's hands, from its lease to its confirmed result.
 *
 * HELD → SENDING → SETTLING, then freed; a result that met an unreachable database waits as
 * UNSETTLED. Holds copies of the row's texts. Decides nothing and calls nobody: daemon/courier.c
 * does.
 */
#ifndef KT_PARCEL_H
#define KT_PARCEL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "alerts/delivery.h"
#include "alerts/webhook.h"
#include "daemon/base/clock.h"
#include "sql/store.h"

struct courier;

enum parcel_state { PARCEL_HELD = 1, PARCEL_SENDING, PARCEL_SETTLING, PARCEL_UNSETTLED };

struct parcel {
    TAILQ_ENTRY(parcel) link;
    struct courier *courier; /* NULL: freed while the store owed an answer */
    enum parcel_state state;
    int64_t id;
    uint32_t attempt;         /* of the newest lease */
    uint32_t settled_attempt; /* of the settlement under way */
    uint32_t settle_tries;    /* times the database refused it */
    struct mono lease_ends;
    struct wall created;
    char *message_id;
    char *endpoint;
    char *url;
    char *secret; /* its name */
    char *type;
    char *data;
    int64_t link_ticket;
    char *link_party; /* "": it carries no link */
    int32_t link_generation;
    enum delivery_verdict verdict;
    struct webhook_outcome outcome;
    struct wall retry_at; /* with DELIVERY_RETRY */
};

TAILQ_HEAD(parcel_list, parcel);

struct parcel *parcel_new(struct courier *courier, const struct store_notification *n);
/* The outcome of an attempt that no request was made for. */
void parcel_fail(struct parcel *parcel, struct wall now, const char *why);
/* Borrows from the parcel. */
struct store_settlement parcel_settlement(const struct parcel *parcel, const char *node);
void parcel_log(const struct parcel *parcel);
void parcel_free(struct parcel *parcel);

struct parcel *parcels_find(const struct parcel_list *parcels, int64_t id);
/* endpoint NULL: of any. */
size_t parcels_count(const struct parcel_list *parcels, enum parcel_state state,
                     const char *endpoint);
void parcels_free(struct parcel_list *parcels); /* all of them */
#endif
