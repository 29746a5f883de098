/* SPDX-License-Identifier: ISC */
#include "daemon/degraded.h"

#include <string.h>

#define PPM UINT64_C(1000000)

static bool lost_more(const struct degraded_round *round, uint32_t ppm)
{
    return round->lost * PPM > (uint64_t)round->sent * ppm;
}

struct sum {
    uint32_t sent;
    uint32_t lost;
};

static struct sum all_of(const struct degraded *degraded)
{
    struct sum all = {0};

    for (int i = 0; i < DEGRADED_ROUNDS; i++) {
        all.sent += degraded->rounds[i].sent;
        all.lost += degraded->rounds[i].lost;
    }
    return all;
}

/* lost > f n + 2 sqrt(f (1 - f) n), without the root: both sides less f n, squared. */
static bool is_beyond_chance(const struct sum *all, uint32_t floor_ppm)
{
    int64_t excess = (int64_t)(all->lost * PPM) - (int64_t)all->sent * floor_ppm;
    double limit = 4.0 * floor_ppm * (double)(PPM - floor_ppm) * all->sent;

    return excess > 0 && (double)excess * (double)excess > limit;
}

uint32_t degraded_bad_since(const struct degraded *degraded)
{
    struct sum all = all_of(degraded);
    uint32_t since = 0;
    int bad = 0;

    for (int i = 0; i < DEGRADED_ROUNDS; i++) {
        if (!lost_more(&degraded->rounds[i], degraded->floor_ppm))
            continue;
        bad++;
        since = degraded->rounds[i].slot;
    }
    return bad >= DEGRADED_BAD && is_beyond_chance(&all, degraded->floor_ppm) ? since : 0;
}

static void raise_if_bad(struct degraded *degraded)
{
    degraded->since = degraded_bad_since(degraded);
    degraded->is_degraded = degraded->since != 0;
    degraded->good_run = 0;
}

enum degraded_news degraded_hear(struct degraded *degraded, const struct degraded_round *round,
                                 uint32_t floor_ppm)
{
    if (round->sent == 0 || round->slot <= degraded->rounds[0].slot)
        return DEGRADED_NOTHING;
    memmove(&degraded->rounds[1], &degraded->rounds[0],
            (DEGRADED_ROUNDS - 1) * sizeof degraded->rounds[0]);
    degraded->rounds[0] = *round;
    degraded->floor_ppm = floor_ppm;
    if (!degraded->is_degraded) {
        raise_if_bad(degraded);
        return degraded->is_degraded ? DEGRADED_BEGINS : DEGRADED_NOTHING;
    }
    if (lost_more(round, floor_ppm / 2)) {
        degraded->good_run = 0;
        return DEGRADED_NOTHING;
    }
    if (degraded->good_run++ == 0)
        degraded->good_since = round->slot;
    if (degraded->good_run < DEGRADED_GOOD)
        return DEGRADED_NOTHING;
    degraded->is_degraded = false;
    return DEGRADED_ENDS;
}

uint32_t degraded_loss_ppm(const struct degraded *degraded)
{
    struct sum all = all_of(degraded);

    return all.sent == 0 ? 0 : (uint32_t)(all.lost * PPM / all.sent);
}

bool degraded_is_clean(const struct degraded *degraded)
{
    return !degraded->is_degraded && all_of(degraded).lost == 0;
}
