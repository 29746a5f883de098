/* SPDX-License-Identifier: ISC */
#include "probes/rto.h"

#include <stdlib.h>

#define SAMPLE_MOST_US INT64_C(60000000)

void rto_sample(struct rto *rto, int64_t rtt_us)
{
    int64_t srtt = rto->srtt_us, var = rto->rttvar_us;

    if (rtt_us < 0 || rtt_us > SAMPLE_MOST_US)
        return;
    if (srtt == 0) { /* §2.2 */
        srtt = rtt_us;
        var = rtt_us / 2;
    } else { /* §2.3: alpha 1/8, beta 1/4 */
        var += (llabs(srtt - rtt_us) - var) / 4;
        srtt += (rtt_us - srtt) / 8;
    }
    rto->srtt_us = srtt == 0 ? 1 : (uint32_t)srtt;
    rto->rttvar_us = (uint32_t)var;
}

int64_t rto_ms(const struct rto *rto, int64_t first_ms, int64_t least_ms)
{
    int64_t ms = ((int64_t)rto->srtt_us + 4 * (int64_t)rto->rttvar_us + 999) / 1000;

    if (rto->srtt_us == 0)
        return first_ms;
    if (ms > RTO_MOST_MS)
        ms = RTO_MOST_MS;
    if (ms < RTO_LEAST_MS)
        ms = RTO_LEAST_MS;
    return ms < least_ms ? least_ms : ms;
}
