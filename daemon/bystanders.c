/* SPDX-License-Identifier: ISC */
#include "daemon/bystanders.h"

#include <stdlib.h>

#include "daemon/base/hash.h"

struct bystander {
    uint32_t device_id;
    bool is_silent;
    struct wall answered_at;
    struct cause_vitals vitals;
    struct mono vitals_at;
    struct wall back_at; /* the first answer after its last silence; unset: it never was */
    enum cause_run run;  /* through that silence */
    struct wall began;   /* when it began, by that answer */
    UT_hash_handle hh;
};

struct bystanders {
    struct bystander *known;
};

struct bystanders *bystanders_new(void)
{
    struct bystanders *bystanders = calloc(1, sizeof *bystanders);

    if (bystanders == NULL)
        abort();
    return bystanders;
}

void bystanders_free(struct bystanders *bystanders)
{
    struct bystander *one, *next;

    if (bystanders == NULL)
        return;
    HASH_ITER(hh, bystanders->known, one, next)
    {
        HASH_DEL(bystanders->known, one);
        free(one);
    }
    free(bystanders);
}

static struct bystander *find(const struct bystanders *bystanders, uint32_t device_id)
{
    struct bystander *one;

    HASH_FIND(hh, bystanders->known, &device_id, sizeof device_id, one);
    return one;
}

static struct bystander *find_or_add(struct bystanders *bystanders, uint32_t device_id)
{
    struct bystander *one = find(bystanders, device_id);

    if (one != NULL)
        return one;
    one = calloc(1, sizeof *one);
    if (one == NULL)
        abort();
    one->device_id = device_id;
    HASH_ADD(hh, bystanders->known, device_id, sizeof one->device_id, one);
    return one;
}

static bool says_something(const struct device_vitals *vitals)
{
    return vitals->uptime_ticks >= 0 || vitals->engine_time_s >= 0;
}

bool vitals_hear(struct cause_vitals *vitals, struct mono *vitals_at,
                 const struct link_change *change, struct mono now)
{
    bool answered = change->state == LINK_UP;
    bool silent = change->state == LINK_SUSPECT || change->effect == LINK_FX_BEGINS;
    struct wall at = answered ? change->at : change->last_good;

    if ((!answered && !silent) || !wall_is_set(at) || !says_something(&change->vitals))
        return false;
    *vitals =
        (struct cause_vitals){at, change->vitals.uptime_ticks, change->vitals.engine_time_s, -1};
    *vitals_at = mono_add_ms(now, -wall_diff_ms(change->at, at));
    return true;
}

/* How it fared, by the first answer that says something. */
static void look_back(struct bystander *one, const struct link_change *change, struct mono now)
{
    struct cause_facts facts = {.before = one->vitals,
                                .after = {change->at, change->vitals.uptime_ticks,
                                          change->vitals.engine_time_s, change->vitals.host_ticks},
                                .elapsed_ms = mono_diff_ms(now, one->vitals_at),
                                .last_good = one->answered_at};

    one->is_silent = false;
    one->back_at = change->at;
    one->run = cause_run(&facts);
    one->began = cause_began(&facts.after);
}

void bystanders_hear(struct bystanders *bystanders, const struct link_change *change,
                     struct mono now)
{
    struct bystander *one = find_or_add(bystanders, change->device_id);
    bool answers = change->state == LINK_UP || change->state == LINK_RECOVERING;

    if (answers && one->is_silent && says_something(&change->vitals))
        look_back(one, change, now);
    if (change->state == LINK_SUSPECT || change->state == LINK_DOWN)
        one->is_silent = true;
    (void)vitals_hear(&one->vitals, &one->vitals_at, change, now);
    if (answers && change->at.us > one->answered_at.us)
        one->answered_at = change->at;
    else if (!answers && change->last_good.us > one->answered_at.us)
        one->answered_at = change->last_good;
}

uint32_t bystanders_clues(const struct bystanders *bystanders, const uint32_t *devices,
                          size_t count, struct wall silent)
{
    bool any_silent = false;

    for (size_t i = 0; i < count; i++) {
        const struct bystander *one = find(bystanders, devices[i]);

        if (one != NULL && one->answered_at.us > silent.us)
            return CLUE(CLUE_BESIDE_ANSWERS);
        any_silent = any_silent || (one != NULL && one->is_silent);
    }
    return any_silent ? CLUE(CLUE_BESIDE_SILENT) : 0;
}

static bool began_together(struct wall a, struct wall b)
{
    int64_t apart_ms = wall_diff_ms(a, b);

    return wall_is_set(a) && wall_is_set(b) && apart_ms <= BYSTANDER_TOGETHER_MS &&
           apart_ms >= -BYSTANDER_TOGETHER_MS;
}

uint32_t bystanders_ran(const struct bystanders *bystanders, const uint32_t *devices, size_t count,
                        struct wall silent, struct wall began)
{
    uint32_t clues = 0;

    for (size_t i = 0; i < count; i++) {
        const struct bystander *one = find(bystanders, devices[i]);
        bool was_silent;

        if (one == NULL || one->is_silent || one->answered_at.us <= silent.us)
            continue;
        was_silent = one->back_at.us > silent.us;
        if (was_silent && (one->run == RUN_ANEW || one->run == RUN_MAYBE_ANEW) &&
            began_together(one->began, began))
            return CLUE(CLUE_BESIDE_BOOTED);
        if (!was_silent || one->run == RUN_ON || one->run == RUN_AGENT_ANEW)
            clues = CLUE(CLUE_BESIDE_RAN);
    }
    return clues;
}
