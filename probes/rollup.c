/* SPDX-License-Identifier: ISC */
#include "probes/rollup.h"

#define RTT_MOST_US UINT32_MAX

static int64_t slot_s = ROLLUP_SLOT_S;

void rollup_set_slot_s(int64_t seconds)
{
    slot_s = seconds >= 1 && seconds <= ROLLUP_SLOT_S ? seconds : ROLLUP_SLOT_S;
}

uint32_t rollup_slot_s(void)
{
    return (uint32_t)slot_s;
}

struct wall rollup_slot_at(uint32_t slot)
{
    return (struct wall){(int64_t)slot * slot_s * US_PER_S};
}

uint32_t rollup_slot(struct wall at)
{
    int64_t slot = at.us / (slot_s * US_PER_S);

    return slot <= 0 || slot > UINT32_MAX ? 1 : (uint32_t)slot;
}

static uint32_t ms_of(struct wall at, uint32_t slot)
{
    int64_t ms = at.us / US_PER_MS - (int64_t)slot * slot_s * 1000;

    if (ms < 0)
        return 0;
    return (uint32_t)(ms < slot_s * 1000 ? ms : slot_s * 1000 - 1);
}

/* Nearest rank from above: how many are slower than the 95th percentile of so many. */
static uint32_t rank_from_top(uint32_t answers)
{
    uint32_t rank = (answers * 95 + 99) / 100, from_top = answers - rank;

    return from_top < ROLLUP_SLOWEST ? from_top : ROLLUP_SLOWEST - 1;
}

static struct rollup_record record_of(const struct rollup *rollup)
{
    uint32_t answers = (uint32_t)(rollup->sent - rollup->lost);
    struct rollup_record record = {.slot = rollup->slot,
                                   .sent = rollup->sent,
                                   .lost = rollup->lost,
                                   .from_ms = rollup->from_ms,
                                   .until_ms = rollup->until_ms};

    if (answers == 0)
        return record;
    record.min_us = rollup->min_us;
    record.mean_us = (uint32_t)(rollup->sum_us / answers);
    record.p95_us = rollup->slowest_us[rank_from_top(answers)];
    record.max_us = rollup->slowest_us[0];
    return record;
}

bool rollup_take(struct rollup *rollup, uint32_t now, struct rollup_record *out)
{
    bool ended = rollup->slot != now && rollup->sent > 0;

    if (ended)
        *out = record_of(rollup);
    if (rollup->slot != now)
        *rollup = (struct rollup){.slot = now};
    return ended;
}

static void note_rtt(struct rollup *rollup, uint32_t us)
{
    if (rollup->sent - rollup->lost == 1 || us < rollup->min_us)
        rollup->min_us = us;
    rollup->sum_us += us;
    for (uint32_t i = 0; i < ROLLUP_SLOWEST; i++) {
        uint32_t other = rollup->slowest_us[i];

        if (us <= other)
            continue;
        rollup->slowest_us[i] = us;
        us = other;
    }
}

/* A clock may be set back within a slot. */
static void note_time(struct rollup *rollup, uint32_t ms)
{
    if (rollup->sent == 0 || ms < rollup->from_ms)
        rollup->from_ms = ms;
    if (rollup->sent == 0 || ms > rollup->until_ms)
        rollup->until_ms = ms;
}

bool rollup_add(struct rollup *rollup, struct wall at, int64_t rtt_us, struct rollup_record *out)
{
    uint32_t slot = rollup_slot(at);
    bool ended = rollup_take(rollup, slot, out);

    if (rollup->sent == ROLLUP_MOST)
        return ended; /* a slot of five minutes has room for 200 probes a second */
    note_time(rollup, ms_of(at, slot));
    rollup->sent++;
    if (rtt_us < 0)
        rollup->lost++;
    else
        note_rtt(rollup, rtt_us > RTT_MOST_US ? RTT_MOST_US : (uint32_t)rtt_us);
    return ended;
}
