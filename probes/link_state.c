/* SPDX-License-Identifier: ISC */
#include "probes/link_state.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>

#include "daemon/base/text.h"

struct link_cell {
    enum link_state next;
    enum link_effect effect;
};

/* clang-format off */
static const char *const state_names[LINK_STATE_END] = {
    [LINK_UNKNOWN]    = "unknown",
    [LINK_UP]         = "up",
    [LINK_SUSPECT]    = "suspect",
    [LINK_DOWN]       = "down",
    [LINK_RECOVERING] = "recovering",
};

static const char *const event_names[LINK_EVENT_END] = {
    [LINK_ANSWER]         = "answer",
    [LINK_ANSWERS_ENOUGH] = "answers-enough",
    [LINK_MISS]           = "miss",
    [LINK_MISSES_ENOUGH]  = "misses-enough",
};

static const char *const effect_names[LINK_FX_END] = {
    [LINK_FX_NONE]   = "",
    [LINK_FX_BEGINS] = " begins",
    [LINK_FX_ENDS]   = " ends",
};

#define TO(state, effect) { LINK_##state, LINK_FX_##effect }
static const struct link_cell link_table[LINK_STATE_END][LINK_EVENT_END] = {
    /*                   LINK_ANSWER                          LINK_ANSWERS_ENOUGH                  LINK_MISS                       LINK_MISSES_ENOUGH */
    [LINK_UNKNOWN]    = {[LINK_ANSWER] = TO(UP, NONE),         [LINK_ANSWERS_ENOUGH] = TO(UP, NONE), [LINK_MISS] = TO(UNKNOWN, NONE), [LINK_MISSES_ENOUGH] = TO(DOWN, BEGINS)},
    [LINK_UP]         = {[LINK_ANSWER] = TO(UP, NONE),         [LINK_ANSWERS_ENOUGH] = TO(UP, NONE), [LINK_MISS] = TO(SUSPECT, NONE), [LINK_MISSES_ENOUGH] = TO(DOWN, BEGINS)},
    [LINK_SUSPECT]    = {[LINK_ANSWER] = TO(UP, NONE),         [LINK_ANSWERS_ENOUGH] = TO(UP, NONE), [LINK_MISS] = TO(SUSPECT, NONE), [LINK_MISSES_ENOUGH] = TO(DOWN, BEGINS)},
    [LINK_DOWN]       = {[LINK_ANSWER] = TO(RECOVERING, NONE), [LINK_ANSWERS_ENOUGH] = TO(UP, ENDS), [LINK_MISS] = TO(DOWN, NONE),    [LINK_MISSES_ENOUGH] = TO(DOWN, NONE)},
    [LINK_RECOVERING] = {[LINK_ANSWER] = TO(RECOVERING, NONE), [LINK_ANSWERS_ENOUGH] = TO(UP, ENDS), [LINK_MISS] = TO(RECOVERING, NONE), [LINK_MISSES_ENOUGH] = TO(DOWN, NONE)},
};
#undef TO
/* clang-format on */

void link_init(struct link *link)
{
    *link = (struct link){.state = LINK_UNKNOWN};
    detector_init(&link->detector);
}

void link_init_down(struct link *link, struct wall last_good, struct wall first_bad)
{
    link_init(link);
    detector_init_down(&link->detector);
    link->state = LINK_DOWN;
    link->last_good = last_good;
    link->first_bad = first_bad;
}

void link_renew(struct link *link)
{
    link->state = LINK_UNKNOWN;
    link->first_bad = link->first_good = (struct wall){0};
    detector_restart(&link->detector);
}

/* In an outage, or on the way out of one: its start is history and must not be written over. */
static bool in_outage(const struct link *link)
{
    return link->state == LINK_DOWN || link->state == LINK_RECOVERING;
}

void link_slept(struct link *link)
{
    if (!in_outage(link) && link->detector.miss_run > 0)
        detector_restart(&link->detector);
}

/* Guards are counted into events here, so that the table needs none. */
static enum link_event count_result(struct link *link, const struct detector_policy *policy,
                                    const struct probe_result *result, struct mono now)
{
    if (result->outcome == PROBE_SILENT) {
        bool enough = detector_miss(&link->detector, policy, now);

        if (link->detector.miss_run == 1 && !in_outage(link))
            link->first_bad = result->sent_at;
        return enough ? LINK_MISSES_ENOUGH : LINK_MISS;
    }
    assert(result->outcome == PROBE_ANSWERED);
    if (!in_outage(link)) {
        link->first_bad = (struct wall){0};
        link->last_good = result->at;
    }
    if (link->state == LINK_DOWN)
        link->first_good = result->at;

    bool enough = detector_answer(&link->detector, policy, now);

    return enough ? LINK_ANSWERS_ENOUGH : LINK_ANSWER;
}

enum link_effect link_step(struct link *link, const struct detector_policy *policy,
                           const struct probe_result *result, struct mono now)
{
    enum link_event event = count_result(link, policy, result, now);
    const struct link_cell *cell = &link_table[link->state][event];

    assert(cell->next != 0);
    link->state = cell->next;
    if (cell->effect == LINK_FX_ENDS)
        link->last_good = result->at;
    return cell->effect;
}

const char *link_state_name(enum link_state state)
{
    assert(state >= LINK_UNKNOWN && state < LINK_STATE_END);
    return state_names[state];
}

void link_state_print(struct text *out)
{
    text_addf(out, "%-12s", "link");
    for (size_t event = LINK_ANSWER; event < LINK_EVENT_END; event++)
        text_addf(out, event + 1 < LINK_EVENT_END ? "%-16s" : "%s\n", event_names[event]);
    for (size_t state = LINK_UNKNOWN; state < LINK_STATE_END; state++) {
        text_addf(out, "%-12s", state_names[state]);
        for (size_t event = LINK_ANSWER; event < LINK_EVENT_END; event++) {
            const struct link_cell *cell = &link_table[state][event];
            char words[32];

            snprintf(words, sizeof words, "%s%s", state_names[cell->next],
                     effect_names[cell->effect]);
            text_addf(out, event + 1 < LINK_EVENT_END ? "%-16s" : "%s\n", words);
        }
    }
}
