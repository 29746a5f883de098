/* SPDX-License-Identifier: ISC */
#include "daemon/flapping.h"

#define ALL_BITS ((UINT32_C(1) << FLAPPING_OBSERVATIONS) - 1)

/* Weights in hundredths: 118 for the newest, 2 less for each before it. */
static uint32_t figure_of(uint32_t changes)
{
    uint32_t sum = 0;

    for (uint32_t age = 0; age < FLAPPING_OBSERVATIONS; age++)
        if ((changes >> age & 1) != 0)
            sum += 118 - 2 * age;
    return sum * 100 / FLAPPING_OBSERVATIONS;
}

uint32_t flapping_figure(const struct flapping *flapping)
{
    return figure_of(flapping->changes);
}

static enum flapping_news decide(struct flapping *flapping)
{
    uint32_t figure = figure_of(flapping->changes);

    if (!flapping->is_flapping && figure > FLAPPING_HIGH) {
        flapping->is_flapping = true;
        return FLAPPING_BEGINS;
    }
    if (flapping->is_flapping && figure <= FLAPPING_LOW) {
        flapping->is_flapping = false;
        return FLAPPING_ENDS;
    }
    return FLAPPING_NOTHING;
}

static void observe(struct flapping *flapping, bool changed)
{
    flapping->changes = (flapping->changes << 1 | (changed ? 1 : 0)) & ALL_BITS;
}

/* Quiet slots never begin flapping: they only lower the figure. */
enum flapping_news flapping_pass(struct flapping *flapping, struct wall now)
{
    int64_t slots;

    if (flapping->seen == FLAPPING_UNSEEN)
        return FLAPPING_NOTHING;
    slots = wall_diff_ms(now, flapping->at) / FLAPPING_SLOT_MS;
    if (slots <= 0)
        return FLAPPING_NOTHING;
    flapping->at = wall_add_ms(flapping->at, slots * FLAPPING_SLOT_MS);
    for (int64_t i = 0; i < slots && flapping->changes != 0; i++)
        observe(flapping, false);
    return decide(flapping);
}

static void stand_still(struct flapping *flapping, struct wall at)
{
    int64_t quiet_ms = wall_diff_ms(at, flapping->at);

    flapping->quiet_ms = quiet_ms < 0 ? 0 : quiet_ms; /* less than a slot: time has passed */
    flapping->seen = FLAPPING_UNSEEN;
}

static void go_on(struct flapping *flapping, struct wall at)
{
    flapping->at = wall_add_ms(at, -flapping->quiet_ms);
    flapping->quiet_ms = 0;
}

enum flapping_news flapping_see(struct flapping *flapping, enum flapping_seen seen, struct wall at)
{
    enum flapping_news passed;

    if (flapping->seen == seen)
        return FLAPPING_NOTHING;
    if (flapping->seen == FLAPPING_UNSEEN)
        go_on(flapping, at);
    else if (at.us < flapping->at.us)
        at = flapping->at;
    passed = flapping_pass(flapping, at);
    if (seen == FLAPPING_UNSEEN) {
        stand_still(flapping, at);
        return passed;
    }
    flapping->seen = (uint8_t)seen;
    if (flapping->last == FLAPPING_UNSEEN || flapping->last == seen) {
        flapping->last = (uint8_t)seen;
        return passed;
    }
    flapping->last = (uint8_t)seen;
    flapping->at = flapping->change = at;
    observe(flapping, true);
    /* Calm until a moment ago, and not calm now, are one piece of news at the most. */
    if (passed == FLAPPING_ENDS && decide(flapping) == FLAPPING_BEGINS)
        return FLAPPING_NOTHING;
    return passed == FLAPPING_ENDS ? passed : decide(flapping);
}

struct wall flapping_calm_at(const struct flapping *flapping)
{
    uint32_t changes = flapping->changes;
    int64_t slots = 0;

    if (!flapping->is_flapping || flapping->seen == FLAPPING_UNSEEN)
        return (struct wall){0};
    for (; figure_of(changes) > FLAPPING_LOW; slots++)
        changes = changes << 1 & ALL_BITS;
    return wall_add_ms(flapping->at, slots * FLAPPING_SLOT_MS);
}
