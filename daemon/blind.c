/* SPDX-License-Identifier: ISC */
#include "daemon/blind.h"

#include <assert.h>
#include <string.h>

#define LOSS_LEAST     0.01 /* of a reference, until more is known */
#define LOSS_LEAST_PPM 10000
#define CHANCE         0.001
#define MISSES_WEIGHED 20

const char *sight_name(enum sight sight)
{
    static const char *const names[SIGHT_END] = {
        [SIGHT_SEES] = "sees", [SIGHT_UNSURE] = "unsure", [SIGHT_BLIND] = "blind"};

    assert(sight >= SIGHT_SEES && sight < SIGHT_END);
    return names[sight];
}

void blind_init(struct blind *blind)
{
    *blind = (struct blind){.sight = SIGHT_SEES};
}

static struct blind_reference *find(struct blind *blind, uint32_t device_id)
{
    for (size_t i = 0; i < blind->count; i++)
        if (blind->references[i].device_id == device_id)
            return &blind->references[i];
    return NULL;
}

size_t blind_able(const struct blind *blind)
{
    size_t able = 0;

    for (size_t i = 0; i < blind->count; i++)
        able += !blind->references[i].unable;
    return able;
}

bool blind_can_tell(const struct blind *blind)
{
    return blind_able(blind) >= BLIND_REFERENCES_LEAST;
}

/* Of those that can be asked: is it true of every one? */
static bool all_missed(const struct blind *blind)
{
    for (size_t i = 0; i < blind->count; i++)
        if (!blind->references[i].unable && blind->references[i].misses == 0)
            return false;
    return true;
}

static bool all_down(const struct blind *blind)
{
    for (size_t i = 0; i < blind->count; i++)
        if (!blind->references[i].unable && blind->references[i].state != LINK_DOWN)
            return false;
    return true;
}

/* Have they been silent together for so long that usual loss does not explain it? One that is down
 * says nothing about this moment. */
static bool is_more_than_chance(const struct blind *blind)
{
    double chance = 1.0;

    for (size_t i = 0; i < blind->count; i++) {
        const struct blind_reference *reference = &blind->references[i];
        double loss = reference->loss_ppm < LOSS_LEAST_PPM ? LOSS_LEAST : reference->loss_ppm / 1e6;

        for (uint32_t n = 0; !reference->unable && reference->state != LINK_DOWN &&
                             n < reference->misses && n < MISSES_WEIGHED;
             n++)
            chance *= loss;
    }
    return chance < CHANCE || all_down(blind);
}

/* Something got through to us: whoever was silent is to blame for it himself from now on. */
static void see(struct blind *blind, struct wall at)
{
    blind->answered_at = at; /* not the latest: the clock may have been set back */
    if (blind->dark || blind->sight == SIGHT_BLIND)
        blind->dark_until = at;
    if (blind->sight == SIGHT_BLIND)
        blind->since = at;
    blind->dark = false;
    blind->sight = SIGHT_SEES;
    blind->witness_count = 0;
}

void blind_take(struct blind *blind, const uint32_t *devices, size_t count, struct wall at)
{
    struct blind before = *blind;

    if (count > BLIND_REFERENCES_MOST)
        count = BLIND_REFERENCES_MOST;
    blind->count = count;
    for (size_t i = 0; i < count; i++) {
        const struct blind_reference *old = find(&before, devices[i]);

        blind->references[i] =
            old != NULL ? *old
                        : (struct blind_reference){.device_id = devices[i], .state = LINK_UNKNOWN};
    }
    if (!blind_can_tell(blind) && blind->sight != SIGHT_SEES)
        see(blind, at); /* nobody says any more that we are blind */
    else if (blind_can_tell(blind) && !blind_can_tell(&before) && !wall_is_set(blind->answered_at))
        blind->sight = SIGHT_UNSURE;
}

/* Who answers each time says nothing; he who does not any more says when he last did. */
static void hear_of_answer(struct blind *blind, struct wall at)
{
    if (at.us > blind->answered_at.us)
        blind->answered_at = at;
}

static void hear_witness(struct blind *blind, const struct link_change *change, bool answered)
{
    if (change->at.us < blind->asked_at.us)
        return; /* of what was under way before */
    for (size_t i = 0; i < blind->witness_count; i++) {
        struct blind_witness *witness = &blind->witnesses[i];

        if (witness->device_id != change->device_id || (!change->asked && !answered))
            continue;
        witness->answered = witness->answered || answered;
        witness->heard = true;
    }
}

/* RECOVERING goes on through a miss: only the step into it is an answer. */
static bool is_answer(const struct link_change *change, enum link_state before)
{
    return change->state == LINK_UP || (change->state == LINK_RECOVERING && before == LINK_DOWN);
}

static void hear_reference(struct blind *blind, struct blind_reference *reference,
                           const struct link_change *change)
{
    bool answered = is_answer(change, reference->state);

    reference->state = change->state;
    reference->loss_ppm = change->loss_ppm;
    reference->unable = change->state == LINK_UNKNOWN && !change->asked;
    if (answered) {
        reference->misses = 0;
        blind->bad = false;
        see(blind, change->at);
        return;
    }
    if (reference->unable || change->state == LINK_RECOVERING)
        return;
    hear_of_answer(blind, change->last_good);
    if (wall_is_set(change->first_bad))
        reference->first_bad = change->first_bad;
    else if (reference->misses == 0)
        reference->first_bad = change->at;
    reference->misses++;
}

bool blind_hear(struct blind *blind, const struct link_change *change)
{
    struct blind_reference *reference = find(blind, change->device_id);
    bool answered = change->state == LINK_UP || change->state == LINK_RECOVERING;
    bool witness = false;

    for (size_t i = 0; i < blind->witness_count; i++)
        witness = witness || blind->witnesses[i].device_id == change->device_id;
    if (witness)
        hear_witness(blind, change, answered);
    if (reference != NULL)
        hear_reference(blind, reference, change);
    else if (blind->bad) /* then any site speaks for us */
        hear_of_answer(blind, change->state == LINK_UP ? change->at : change->last_good);
    return witness || reference != NULL;
}

void blind_lose(struct blind *blind, uint32_t device_id)
{
    struct blind_reference *reference = find(blind, device_id);

    if (reference != NULL && !reference->unable)
        *reference = (struct blind_reference){.device_id = device_id, .state = LINK_UNKNOWN};
}

/* Where nothing ever answered, the silence itself says since when. */
static struct wall last_sight(const struct blind *blind)
{
    struct wall first = {0};

    if (wall_is_set(blind->answered_at))
        return blind->answered_at;
    for (size_t i = 0; i < blind->count; i++) {
        struct wall at = blind->references[i].first_bad;

        if (!blind->references[i].unable && wall_is_set(at) &&
            (!wall_is_set(first) || at.us < first.us))
            first = at;
    }
    return first;
}

static void go_blind(struct blind *blind)
{
    blind->witness_count = 0;
    blind->bad = false;
    if (blind->sight == SIGHT_BLIND)
        return;
    blind->since = last_sight(blind);
    blind->sight = SIGHT_BLIND;
    blind->dark = true;
}

/* When it is not too early to say. */
static void weigh_witnesses(struct blind *blind, bool overdue)
{
    size_t heard = 0, answered = 0;

    for (size_t i = 0; i < blind->witness_count; i++) {
        heard += blind->witnesses[i].heard;
        answered += blind->witnesses[i].answered;
    }
    if (heard < blind->witness_count && !overdue)
        return;
    if (2 * answered < blind->witness_count) {
        go_blind(blind);
    } else {
        blind->bad = true;
        see(blind, blind->asked_at);
    }
}

bool blind_decide(struct blind *blind, bool overdue)
{
    if (!blind_can_tell(blind)) {
        blind->sight = SIGHT_SEES;
        return false;
    }
    if (blind->witness_count > 0) {
        weigh_witnesses(blind, overdue);
        return false;
    }
    if (!all_missed(blind))
        return false; /* one that is not silent, or of which nothing is known yet */
    if (!blind->bad && is_more_than_chance(blind))
        blind->dark = true;
    if (blind->sight == SIGHT_SEES && !blind->bad)
        blind->sight = SIGHT_UNSURE;
    return all_down(blind) && !blind->bad && blind->sight != SIGHT_BLIND;
}

void blind_ask(struct blind *blind, const uint32_t *devices, size_t count, struct wall at)
{
    assert(count <= BLIND_WITNESSES_MOST);
    if (count == 0) {
        go_blind(blind);
        return;
    }
    for (size_t i = 0; i < count; i++)
        blind->witnesses[i] = (struct blind_witness){.device_id = devices[i]};
    blind->witness_count = count;
    blind->asked_at = at;
}

bool blind_vouches(const struct blind *blind, struct wall fresh)
{
    return !blind_can_tell(blind) ||
           (blind->sight == SIGHT_SEES && !blind->dark && blind->answered_at.us >= fresh.us);
}

bool blind_was_dark(const struct blind *blind, struct wall first_bad)
{
    return blind_can_tell(blind) && blind->dark_until.us > first_bad.us;
}
