/* SPDX-License-Identifier: ISC */
/*
 * rto - how long to wait for a device's answer, learned from its round trips. [RFC 6298 §2]
 *
 * Pure, by value; zero knows nothing. Every try has a request-id of its own, so that each round
 * trip is that of its own request and Karn's rule (no sample from an ambiguous answer) holds by
 * itself.
 */
#ifndef KT_RTO_H
#define KT_RTO_H

#include <stdint.h>

#define RTO_LEAST_MS 250
#define RTO_MOST_MS  10000

struct rto {
    uint32_t srtt_us; /* 0: no sample yet */
    uint32_t rttvar_us;
};

/* rtt_us below 0 (a clock was set back) or beyond a minute is no sample. */
void rto_sample(struct rto *rto, int64_t rtt_us);
/* SRTT + 4 · RTTVAR within the limits above, but at least least_ms; without a sample first_ms. */
int64_t rto_ms(const struct rto *rto, int64_t first_ms, int64_t least_ms);
#endif
