/* SPDX-License-Identifier: ISC */
/*
 * delivery - what the outcome of one attempt means for its notification.
 *
 * Pure. 2xx: delivered. 410: the receiver is gone for good. Everything else, redirects among it, is
 * a failed attempt, tried again on the schedule (0, 5 s, 30 s, 2 min, 10 min, 30 min, 2 h, 5 h, 10
 * h, 14 h, 20 h, 24 h, each ± 20 %), then dead. Source: Standard Webhooks 1.0.0, "Deliverability
 * and reliability".
 */
#ifndef KT_DELIVERY_H
#define KT_DELIVERY_H

#include <stdint.h>

enum delivery_verdict {
    DELIVERY_DELIVERED = 1,
    DELIVERY_RETRY,
    DELIVERY_DEAD, /* the schedule is at its end */
    DELIVERY_GONE, /* the endpoint is to be disabled */
    DELIVERY_VERDICT_END
};

#define DELIVERY_ATTEMPTS_MAX 12

struct delivery_attempt {
    int http_status;        /* 0: no answer */
    int64_t retry_after_ms; /* the receiver's wish, -1: none */
    uint32_t number;        /* 1 for the first */
};

/* random: 32 uniform bits. *retry_in_ms is set with DELIVERY_RETRY only. */
enum delivery_verdict delivery_judge(const struct delivery_attempt *attempt, uint32_t random,
                                     int64_t *retry_in_ms);
const char *delivery_verdict_name(enum delivery_verdict verdict);
#endif
