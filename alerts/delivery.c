/* SPDX-License-Identifier: ISC */
#include "alerts/delivery.h"

#include "daemon/base/retry.h"

#define MS_PER_S INT64_C(1000)
#define MS_PER_H (3600 * MS_PER_S)

static const int64_t delays_ms[DELIVERY_ATTEMPTS_MAX] = {
    0,
    5 * MS_PER_S,
    30 * MS_PER_S,
    120 * MS_PER_S,
    600 * MS_PER_S,
    1800 * MS_PER_S,
    2 * MS_PER_H,
    5 * MS_PER_H,
    10 * MS_PER_H,
    14 * MS_PER_H,
    20 * MS_PER_H,
    24 * MS_PER_H,
};

static const struct retry_schedule schedule = {
    .delays_ms = delays_ms, .count = DELIVERY_ATTEMPTS_MAX, .jitter_percent = 20};

/* A receiver may ask for patience, not for silence: at least the base, at most twice. */
static int64_t clamp_wish(int64_t wish_ms, int64_t base_ms)
{
    if (wish_ms < base_ms)
        return base_ms;
    return wish_ms > 2 * base_ms ? 2 * base_ms : wish_ms;
}

enum delivery_verdict delivery_judge(const struct delivery_attempt *attempt, uint32_t random,
                                     int64_t *retry_in_ms)
{
    uint32_t failed = attempt->number > 0 ? attempt->number : 1;
    int64_t delay_ms;

    if (attempt->http_status >= 200 && attempt->http_status < 300)
        return DELIVERY_DELIVERED;
    if (attempt->http_status == 410)
        return DELIVERY_GONE;
    delay_ms = retry_delay_ms(&schedule, failed, random);
    if (delay_ms < 0)
        return DELIVERY_DEAD;
    if (attempt->retry_after_ms >= 0)
        delay_ms = clamp_wish(attempt->retry_after_ms, delays_ms[failed]);
    *retry_in_ms = delay_ms;
    return DELIVERY_RETRY;
}

const char *delivery_verdict_name(enum delivery_verdict verdict)
{
    static const char *const names[DELIVERY_VERDICT_END] = {
        [DELIVERY_DELIVERED] = "delivered",
        [DELIVERY_RETRY] = "retry",
        [DELIVERY_DEAD] = "dead",
        [DELIVERY_GONE] = "gone",
    };

    return verdict >= DELIVERY_DELIVERED && verdict < DELIVERY_VERDICT_END ? names[verdict] : "?";
}
