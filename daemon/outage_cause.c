/* SPDX-License-Identifier: ISC */
/* Why is it silent? Gathers what daemon/cause.h weighs and daemon/cause_proof.h judges. */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/json.h"
#include "daemon/base/log.h"
#include "daemon/feeder.h"
#include "daemon/loop.h"
#include "daemon/outage_inside.h"

#define ABOVE_BEFORE_MS                                                                            \
    60000 /* a site above tells of many: only what it said about then counts                       \
           */
#define LOSSY_PPM   50000
#define OTHERS_UP   2 /* of its feeder: then it has power */
#define RETOLD_MOST 6 /* times for its cause alone */

/* Said by the site's own devices; these are told as they were heard (outage_tell.c). */
#define CLUES_TOLD_ELSEWHERE                                                                       \
    (CLUE(CLUE_PING_ANSWERED) | CLUE(CLUE_PING_SILENT) | CLUE(CLUE_ON_BATTERY) |                   \
     CLUE(CLUE_BATTERY_LOW) | CLUE(CLUE_MAINS_BACK) | CLUE(CLUE_DYING_GASP) |                      \
     CLUE(CLUE_COLD_START) | CLUE(CLUE_WARM_START) | CLUE(CLUE_LINK_DOWN))

void outages_cause_plan(struct outages *outages)
{
    size_t count = feeders_count(roster_feeders(outages->roster));

    marks_reset(&outages->feeders, count);
    free(outages->feeder_boots);
    outages->feeder_boots = calloc(count + 1, sizeof *outages->feeder_boots);
    if (outages->feeder_boots == NULL)
        abort();
}

/* ---- what is seen ---- */

static uint32_t clue_of_trap(enum trap_kind kind)
{
    switch (kind) {
    case TRAP_COLD_START:
        return CLUE(CLUE_COLD_START);
    case TRAP_WARM_START:
        return CLUE(CLUE_WARM_START);
    case TRAP_LINK_DOWN:
    case TRAP_LINK_LOST:
        return CLUE(CLUE_LINK_DOWN);
    case TRAP_POWER_LOST:
        return CLUE(CLUE_ON_BATTERY);
    case TRAP_POWER_LOW:
        return CLUE(CLUE_BATTERY_LOW);
    case TRAP_POWER_BACK:
        return CLUE(CLUE_MAINS_BACK);
    case TRAP_DYING_GASP:
        return CLUE(CLUE_DYING_GASP);
    case TRAP_OTHER:
    case TRAP_LINK_UP:
    case TRAP_LINK_BACK:
    case TRAP_AUTH_FAILURE:
    case TRAP_KIND_END:
        break;
    }
    return 0;
}

static uint32_t clue_of_trap_above(enum trap_kind kind)
{
    if (kind == TRAP_DYING_GASP)
        return CLUE(CLUE_GASP_ABOVE);
    if (kind == TRAP_LINK_LOST)
        return CLUE(CLUE_LOS_ABOVE);
    return kind == TRAP_LINK_DOWN ? CLUE(CLUE_LINK_DOWN_ABOVE) : 0;
}

/* What the devices of a site said in that time. Mains that are back count when that was the last
 * word before the silence: afterwards they are why it comes back. */
static uint32_t hear_site(const struct outages *outages, size_t index, struct wall from,
                          const struct span *span, uint32_t (*clue_of)(enum trap_kind kind))
{
    uint32_t devices[BESIDE_HEARD_MOST + 1] = {roster_site(outages->roster, index)->device_id};
    size_t count = 1 + roster_beside(outages->roster, index, devices + 1, BESIDE_HEARD_MOST);
    uint32_t clues = 0;

    for (size_t i = 0; i < count; i++) {
        struct trap_heard heard[TRAP_HEARD_MOST];
        size_t said = probers_heard_traps(outages->probers, devices[i], from,
                                          wall_add_ms(span->detected, EVIDENCE_AFTER_MS), heard);

        for (size_t j = 0; j < said; j++) {
            uint32_t clue = clue_of(heard[j].kind);

            if (clue == CLUE(CLUE_ON_BATTERY) || clue == CLUE(CLUE_BATTERY_LOW))
                clues &= ~CLUE(CLUE_MAINS_BACK);
            if (clue != CLUE(CLUE_MAINS_BACK) || heard[j].at.us <= span->first_bad.us)
                clues |= clue;
        }
    }
    return clues;
}

/* Told twice, a clue counts once. What was heard stays seen, but of mains only the last word. */
static void hear_traps(const struct outages *outages, size_t index, struct span *span)
{
    const size_t *parents;
    size_t count = topology_uplinks(roster_topology(outages->roster), index, &parents);

    if (outages->probers == NULL)
        return;
    span->clues &= ~CLUE(CLUE_MAINS_BACK);
    span->clues |= hear_site(outages, index, wall_add_ms(span->first_bad, -EVIDENCE_BEFORE_MS),
                             span, clue_of_trap);
    for (size_t i = 0; i < count; i++)
        span->clues |=
            hear_site(outages, parents[i], wall_add_ms(span->first_bad, -ABOVE_BEFORE_MS), span,
                      clue_of_trap_above);
}

static void mark_feeder(struct outages *outages, size_t index)
{
    size_t feeder = feeders_of(roster_feeders(outages->roster), index);

    if (feeder != FEEDERS_NONE)
        marks_add(&outages->feeders, feeder);
}

void outages_cause_begin(struct outages *outages, size_t index, const struct link_change *change)
{
    struct span *span = spans_current(&roster_site(outages->roster, index)->spans);

    if (span != NULL && change->loss_ppm >= LOSSY_PPM)
        span->clues |= CLUE(CLUE_LOSSY);
}

void outages_cause_hear(struct outages *outages, size_t index, const struct link_change *change)
{
    struct site *site = roster_site(outages->roster, index);
    struct span *span = spans_current(&site->spans);

    (void)vitals_hear(&site->vitals, &site->vitals_at, change, loop_mono(outages->loop));
    if ((change->state == LINK_SUSPECT || change->state == LINK_RECOVERING) && !change->asked)
        outages_witness_ask(outages, index);
    if (span == NULL)
        return;
    if (change->ping == LINK_PING_ANSWERS)
        span->clues |= CLUE(CLUE_PING_ANSWERED);
    if (change->ping == LINK_PING_SILENT)
        span->clues |= CLUE(CLUE_PING_SILENT);
}

void outages_cause_blamed(struct outages *outages, size_t index)
{
    struct span *span = spans_current(&roster_site(outages->roster, index)->spans);

    if (span == NULL)
        return;
    span->clues &= ~(CLUE(CLUE_BLAMED) | CLUE(CLUE_PARENT_ANSWERS));
    span->clues |= span->root == index ? CLUE(CLUE_PARENT_ANSWERS) : CLUE(CLUE_BLAMED);
    hear_traps(outages, index, span);
    span->clues |= outages_witness_clues(outages, index, span);
    if (span->root == index)
        mark_feeder(outages, index);
}

/* ---- feeders ---- */

/* The sites of a feeder that are silent by their own fault; answering: how many are up. */
static size_t onsets_of(struct outages *outages, size_t feeder, struct feeder_onset *onsets,
                        size_t *answering)
{
    const size_t *sites, *parents;
    size_t count = feeders_sites(roster_feeders(outages->roster), feeder, &sites);
    size_t silent = 0;

    *answering = 0;
    for (size_t i = 0; i < count; i++) {
        struct site *site = roster_site(outages->roster, sites[i]);
        const struct span *span = spans_current(&site->spans);

        *answering += span == NULL && site->state == LINK_UP;
        if (span == NULL || span->root != sites[i])
            continue;
        onsets[silent++] = (struct feeder_onset){
            .site = sites[i],
            .parent = topology_uplinks(roster_topology(outages->roster), sites[i], &parents) > 0
                          ? parents[0]
                          : TOPOLOGY_NONE,
            .last_good = span->last_good,
            .first_bad = span->first_bad,
            .power =
                (span->clues & CLUES_OF_POWER) != 0 && (span->clues & CLUE(CLUE_MAINS_BACK)) == 0};
    }
    return silent;
}

/* Once together, together: when others of it are back, this is still why it fell silent. */
static void take_onset(struct outages *outages, const struct feeder_onset *onset, size_t answering)
{
    struct span *span = spans_current(&roster_site(outages->roster, onset->site)->spans);

    if (!onset->together || span->feeder) {
        if (!span->feeder && answering >= OTHERS_UP)
            span->clues |= CLUE(CLUE_FEEDER_UP);
        return;
    }
    span->feeder = true;
    span->clues |= CLUE(CLUE_FEEDER_DOWN);
    span->clues &= ~CLUE(CLUE_FEEDER_UP);
    if (span->retold++ < RETOLD_MOST)
        span->revision++;
    outages_touch(outages, onset->site);
}

void outages_cause_feeders(struct outages *outages)
{
    size_t feeder;

    while (marks_pop(&outages->feeders, &feeder)) {
        const size_t *sites;
        size_t count = feeders_sites(roster_feeders(outages->roster), feeder, &sites);
        struct feeder_onset *onsets = calloc(count + 1, sizeof *onsets);
        size_t answering;

        if (onsets == NULL)
            abort();
        count = onsets_of(outages, feeder, onsets, &answering);
        feeder_judge(onsets, count, answering);
        for (size_t i = 0; i < count; i++)
            take_onset(outages, &onsets[i], answering);
        free(onsets);
    }
}

/* ---- the end ---- */

/* At the end it is known of all others of its feeder: were they up? */
static void look_at_others(struct outages *outages, size_t index, struct span *span)
{
    size_t feeder = feeders_of(roster_feeders(outages->roster), index), up = 0;
    const size_t *sites;
    size_t count;

    span->clues &= ~CLUE(CLUE_FEEDER_UP);
    if (feeder == FEEDERS_NONE || span->feeder)
        return;
    count = feeders_sites(roster_feeders(outages->roster), feeder, &sites);
    for (size_t i = 0; i < count && up < OTHERS_UP; i++) {
        struct site *site = roster_site(outages->roster, sites[i]);

        up += sites[i] != index && site->state == LINK_UP && spans_current(&site->spans) == NULL;
    }
    if (up >= OTHERS_UP)
        span->clues |= CLUE(CLUE_FEEDER_UP);
}

/* Did another site of its feeder begin anew about then? */
static bool booted_together(struct outages *outages, size_t index, struct wall booted_at)
{
    size_t feeder = feeders_of(roster_feeders(outages->roster), index);
    struct wall before;
    int64_t apart_ms;

    if (feeder == FEEDERS_NONE || !wall_is_set(booted_at))
        return false;
    before = outages->feeder_boots[feeder];
    outages->feeder_boots[feeder] = booted_at;
    apart_ms = wall_diff_ms(booted_at, before);
    return wall_is_set(before) && apart_ms <= FEEDER_WINDOW_MS && apart_ms >= -FEEDER_WINDOW_MS;
}

/* Below 0: by the wall clock alone. */
static int64_t vitals_age_ms(const struct outages *outages, const struct site *site)
{
    return site->vitals_at.us == 0 ? -1 : mono_diff_ms(loop_mono(outages->loop), site->vitals_at);
}

void outages_cause_end(struct outages *outages, size_t index, const struct link_change *change)
{
    struct site *site = roster_site(outages->roster, index);
    struct span *span = spans_current(&site->spans);
    struct cause_facts facts = {.before = site->vitals,
                                .after = {change->at, change->vitals.uptime_ticks,
                                          change->vitals.engine_time_s, change->vitals.host_ticks},
                                .elapsed_ms = vitals_age_ms(outages, site)};
    struct cause_proof proof;

    if (span == NULL)
        return;
    hear_traps(outages, index, span);
    look_at_others(outages, index, span);
    facts.last_good = span->last_good;
    facts.detected = span->detected;
    facts.another_is_root = span->root != index;
    span->clues |= outages_witness_ran(outages, index, span, cause_began(&facts.after));
    facts.clues = span->clues;
    cause_prove(&facts, &proof);
    if (booted_together(outages, index, proof.booted_at)) {
        span->clues |= CLUE(CLUE_FEEDER_BOOTED);
        facts.clues = span->clues;
        cause_prove(&facts, &proof);
    }
    span->proven = (uint8_t)proof.cause;
    span->booted_at = proof.booted_at;
    outages_witness_learn(outages, index, span);
    log_info("outage.proven", "site=%s cause=%s", roster_code(outages->roster, index),
             cause_name(proof.cause));
}

/* ---- telling ---- */

/* detail: "" for none. */
static void add_piece(struct js *pieces, const char *source, const char *what, struct wall at,
                      const char *detail)
{
    struct js *piece = js_object();
    char text[WALL_TEXT_MAX];

    wall_format(at, text);
    js_set_text(piece, "source", source);
    js_set_text(piece, "what", what);
    js_set_text(piece, "at", text);
    js_set_text(piece, "detail", *detail != '\0' ? detail : NULL);
    js_push(pieces, piece);
}

static void add_clue(const struct outages *outages, size_t index, const struct span *span,
                     enum cause_clue clue, struct js *pieces)
{
    struct wall at = clue == CLUE_FEEDER_DOWN ? span->first_bad : span->detected;
    struct text words = {0};
    bool has_words = outages_witness_words(outages, index, span, clue, &words);

    if (has_words || (CLUE(clue) & CLUES_TOLD_ELSEWHERE) == 0)
        add_piece(pieces, cause_clue_source(clue), cause_clue_word(clue), at, text_get(&words));
    text_free(&words);
}

/* What the guess began with. */
static void add_habit(const struct outages *outages, size_t index, const struct span *span,
                      struct js *pieces)
{
    struct text words = {0};

    if (span->root == index && outages_witness_habit(outages, index, &words))
        add_piece(pieces, "history", "earlier-outages", span->detected, text_get(&words));
    text_free(&words);
}

/* A clue has one instant, so that telling it again is telling the same. */
static struct js *pieces_of(const struct outages *outages, size_t index, const struct span *span)
{
    struct js *pieces = js_array();

    if (!wall_is_set(span->restored))
        add_habit(outages, index, span, pieces);
    for (int i = CLUE_BLAMED; i < CLUE_END; i++)
        if ((span->clues & CLUE(i)) != 0)
            add_clue(outages, index, span, (enum cause_clue)i, pieces);
    if (wall_is_set(span->booted_at))
        add_piece(pieces, "boot", "began-anew", span->booted_at, "");
    else if (span->proven == CAUSE_LINK)
        add_piece(pieces, "boot", "ran-on", span->restored, "");
    return pieces;
}

static double rounded(double p)
{
    return (double)(int)(p * 100 + 0.5) / 100;
}

static void add_guess(struct js *cause, uint32_t clues, const struct cause_habit *habit)
{
    struct cause_guess guess;
    struct js *ranked = js_array();

    cause_guess(clues, habit, &guess);
    js_set_text(cause, "guess", cause_name(guess.ranked[0].cause));
    js_set(cause, "confidence", js_new_real(rounded(guess.ranked[0].p)));
    for (size_t i = 0; i < CAUSES_GUESSED; i++) {
        struct js *rank = js_object();

        js_set_text(rank, "cause", cause_name(guess.ranked[i].cause));
        js_set(rank, "p", js_new_real(rounded(guess.ranked[i].p)));
        js_push(ranked, rank);
    }
    js_set(cause, "ranked", ranked);
}

static void set_number(struct js *object, const char *key, int64_t number)
{
    js_set(object, key, number >= 0 ? js_new_i64(number) : js_new_null());
}

/* Those before the outage, for a daemon that starts while it lasts. */
static void add_vitals(const struct site *site, const struct span *span, struct js *cause)
{
    const struct cause_vitals *before = &site->vitals;
    struct js *vitals;
    char at[WALL_TEXT_MAX];

    if (wall_is_set(span->restored) || !wall_is_set(before->at) ||
        before->at.us > span->first_bad.us)
        return;
    vitals = js_object();
    wall_format(before->at, at);
    js_set_text(vitals, "at", at);
    set_number(vitals, "uptime_ticks", before->uptime_ticks);
    set_number(vitals, "engine_time_s", before->engine_time_s);
    js_set(cause, "vitals", vitals);
}

void outages_cause_print(struct outages *outages, size_t index, struct span *span, struct text *out)
{
    size_t feeder = feeders_of(roster_feeders(outages->roster), index);
    struct js *cause = js_object();
    char booted_at[WALL_TEXT_MAX];

    if (!wall_is_set(span->restored)) {
        hear_traps(outages, index, span);
        span->clues |= outages_witness_clues(outages, index, span);
    }
    wall_format(span->booted_at, booted_at);
    add_guess(cause, span->clues, &roster_site(outages->roster, index)->habit);
    js_set_text(cause, "proven", span->proven == 0 ? NULL : cause_name((enum cause)span->proven));
    js_set_text(cause, "booted_at", wall_is_set(span->booted_at) ? booted_at : NULL);
    js_set_text(cause, "feeder",
                span->feeder && feeder != FEEDERS_NONE
                    ? feeders_name(roster_feeders(outages->roster), feeder)
                    : NULL);
    add_vitals(roster_site(outages->roster, index), span, cause);
    js_set(cause, "evidence", pieces_of(outages, index, span));
    js_print(cause, 0, out);
    js_free(cause);
}
