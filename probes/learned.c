/* SPDX-License-Identifier: ISC */
#include "probes/learned.h"

#define HOUR_MS        (INT64_C(3600) * 1000)
#define RECENT_MOST_MS HOUR_MS
#define MOST_MS        (7 * 24 * HOUR_MS)
/* Told again after 20 to 28 hours, so that what does not change does not grow too old. */
#define AGAIN_MS     (20 * HOUR_MS)
#define AGAIN_SPREAD 8

bool learned_is_sane(const struct learned *learned)
{
    return learned->usual_ppm <= LEARNED_PPM_MOST && learned->habit_ppm <= LEARNED_PPM_MOST &&
           learned->recent_ppm <= LEARNED_PPM_MOST && learned->burst_milli <= LEARNED_COUNT_MOST &&
           learned->burst_ms <= LEARNED_COUNT_MOST && learned->srtt_us <= LEARNED_RTT_MOST &&
           learned->rttvar_us <= LEARNED_RTT_MOST;
}

bool learned_says_something(const struct learned *learned)
{
    return learned->usual_ppm > 0 || learned->habit_ppm > 0 || learned->recent_ppm > 0 ||
           learned->burst_milli > 0 || learned->srtt_us > 0;
}

static int64_t age_ms(const struct learned *learned, struct wall now)
{
    int64_t ms = wall_diff_ms(now, learned->at);

    return wall_is_set(learned->at) && ms >= -HOUR_MS ? ms : INT64_MAX;
}

void learned_believe(struct learned *learned, struct wall now)
{
    int64_t ms = age_ms(learned, now);

    if (ms > RECENT_MOST_MS)
        learned->recent_ppm = 0;
    if (ms > MOST_MS)
        *learned =
            (struct learned){.of = learned->of, .at = learned->at, .usual_ppm = learned->usual_ppm};
}

/* More than a quarter of the larger apart, and more than `least`. */
static bool differs(uint32_t a, uint32_t b, uint32_t least)
{
    uint32_t larger = a > b ? a : b, apart = a > b ? a - b : b - a;

    return apart > larger / 4 && apart > least;
}

/* The time-out in force, without its limits. */
static uint32_t timeout_us(const struct learned *learned)
{
    return learned->srtt_us + 4 * learned->rttvar_us;
}

bool learned_is_news(const struct learned *told, const struct learned *now, uint32_t spread)
{
    int64_t again_ms = AGAIN_MS + spread % (AGAIN_SPREAD * 60) * (HOUR_MS / 60);

    if (!learned_says_something(now))
        return false;
    if (told->of != now->of || age_ms(told, now->at) > again_ms)
        return true;
    return differs(told->usual_ppm, now->usual_ppm, 5000) ||
           differs(told->habit_ppm, now->habit_ppm, 20000) ||
           differs(told->recent_ppm, now->recent_ppm, 40000) ||
           differs(told->burst_milli, now->burst_milli, 400) ||
           differs(told->burst_ms, now->burst_ms, 500) ||
           differs(told->srtt_us, now->srtt_us, 5000) ||
           differs(timeout_us(told), timeout_us(now), 100000);
}
