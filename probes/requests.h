/* SPDX-License-Identifier: ISC */
/*
 * requests - what was sent and may still be answered, by request-id.
 *
 * Part of probes/engine.c. Each try of an ask is a request; the earlier ones point at the one that
 * took over, so that a late answer to any of them is the ask's. Memory is kept for the next.
 */
#ifndef KT_REQUESTS_H
#define KT_REQUESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "daemon/base/hash.h"
#include "probes/engine.h"
#include "probes/usm_flow.h"
#include "probes/wheel.h"

/* A question as the request keeps it: shared between tries. */
struct kept_question;

struct request {
    struct wheel_item due; /* first: what the wheel pops is a request */
    int32_t id;
    int32_t newer; /* the id of the try that took over; 0: this is the last */
    int32_t older; /* the one that it took over from; 0: this is the first */
    uint32_t device_id;
    uint32_t token;
    uint32_t timeout_ms;
    uint16_t tries_left;
    uint8_t snmp;
    uint8_t asker;
    bool late;                  /* given up already */
    bool unsent;                /* its message could not be made yet */
    struct usm_attempt attempt; /* with PLAN_SNMP_V3 */
    uint64_t cookie;            /* of an echo: what its reply must bring back */
    struct wall sent_at;
    struct wall first_sent_at;
    const struct question *question;
    struct kept_question *kept; /* NULL: the question lives by itself */
    UT_hash_handle hh;
};

struct requests {
    struct request *by_id;
    struct request *spare; /* linked by due.link.next */
    struct request_block *blocks;
};

void requests_free(struct requests *requests);
struct request *requests_find(const struct requests *requests, int32_t id);
/* A request of that id and ask; the question is copied where it has no id. */
struct request *requests_open(struct requests *requests, int32_t id, const struct engine_ask *ask);
/* The next try of it, all else being the same. */
struct request *requests_again(struct requests *requests, int32_t id, struct request *old);
/* The same try with another message, which has an id of its own. */
void requests_rename(struct requests *requests, struct request *request, int32_t id);
void requests_close(struct requests *requests, struct request *request);
#endif
