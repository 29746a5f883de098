/* SPDX-License-Identifier: ISC */
/*
 * The database of a scenario: keeps each site's open outage and who claims a repair, and a list of
 * what it came to know. It judges nothing (tickets are the ticket brain's, tested in tests/sql); a
 * report is a report.
 */
#include "tests/scenario/world.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/json.h"
#include "daemon/base/log.h"
#include "sql/store.h"
#include "sql/store_condition.h"
#include "sql/store_verify.h"

#define ANSWER_US 3000
#define OWED_MAX  65536

struct owed {
    int64_t due_us;
    store_fault_cb *on_fault;
    store_done_cb *on_done;
    store_proof_cb *on_proof;
    const char *outcome; /* with on_proof */
    store_claim_cb *on_claims;
    struct store_claim *claims; /* with on_claims: as they were when it was asked */
    size_t claim_count;
    store_json_cb *on_json;
    struct text json; /* with on_json */
    void *arg;
};

static struct owed owed[OWED_MAX]; /* in order of due_us: every answer takes the same time */
static size_t owed_count;

static void owe(const struct owed *answer)
{
    assert(owed_count < OWED_MAX);
    owed[owed_count] = *answer;
    owed[owed_count++].due_us = world_here()->now_us + ANSWER_US;
    if (owed_count > world_here()->owed_peak)
        world_here()->owed_peak = owed_count;
}

static void note(const char *what, const struct store_fault *fault, struct wall of)
{
    struct world *world = world_here();
    struct world_event *event = &world->events[world->event_count++];

    assert(world->event_count < WORLD_EVENTS_MAX);
    *event = (struct world_event){.at_ms = world->now_us / US_PER_MS,
                                  .of_ms = world_ms(of),
                                  .detected_ms = world_ms(fault->detected),
                                  .affected = fault->affected_count};
    memccpy(event->what, what, '\0', sizeof event->what);
    memccpy(event->site, fault->site, '\0', sizeof event->site);
    memccpy(event->root, fault->root, '\0', sizeof event->root);
}

static void note_cause_word(const char *what, const struct store_fault *fault, const char *cause,
                            const char *feeder)
{
    struct world *world = world_here();
    struct world_event *event;

    note(what, fault, fault->first_bad);
    event = &world->events[world->event_count - 1];
    memccpy(event->reason, cause, '\0', sizeof event->reason);
    memccpy(event->root, feeder, '\0', sizeof event->root);
}

static void note_vitals(struct world_site *site, const struct js *vitals)
{
    if (wall_is_set(site->vitals_at) || js_text(vitals, "at", NULL) == NULL ||
        !wall_parse(js_text(vitals, "at", NULL), &site->vitals_at))
        return;
    site->vitals_ticks = js_i64(vitals, "uptime_ticks", -1);
    site->vitals_engine_s = js_i64(vitals, "engine_time_s", -1);
}

/* A guess when it is another than before, of an outage that lasts; what is proven when it ends. */
static void note_cause(const struct store_fault *fault, struct world_site *site)
{
    struct err err;
    struct js *cause = js_parse(fault->cause, strlen(fault->cause), &err);
    const char *guess = js_text(cause, "guess", ""), *feeder = js_text(cause, "feeder", "");

    if (!wall_is_set(fault->restored) &&
        (strcmp(guess, site->guess) != 0 || strcmp(feeder, site->feeder_told) != 0)) {
        note_cause_word("guess", fault, guess, feeder);
        memccpy(site->guess, guess, '\0', sizeof site->guess);
        memccpy(site->feeder_told, feeder, '\0', sizeof site->feeder_told);
    }
    note_vitals(site, js_get(cause, "vitals"));
    if (wall_is_set(fault->restored))
        note_cause_word("cause", fault, js_text(cause, "proven", ""), "");
    js_free(cause);
}

/* What people are told of the poller itself; at start it has nothing to tell. */
void fake_store_note_sight(enum sight sight, struct wall since)
{
    static const struct store_fault poller = {.site = "poller", .root = "poller"};
    struct world *world = world_here();

    if ((sight == SIGHT_BLIND) == world->told_blind)
        return;
    world->told_blind = sight == SIGHT_BLIND;
    note(sight == SIGHT_BLIND ? "blind" : "sees", &poller, since);
}

/* ---- whom an open ticket counts as affected now, as functions/ticket_cover.sql and
 * ticket_leave.sql keep it ---- */

static void cover(struct world_site *site, size_t root)
{
    for (size_t i = 0; i < site->cover_count; i++)
        if (site->covers[i] == root)
            return;
    if (site->cover_count < WORLD_COVERS_MAX)
        site->covers[site->cover_count++] = root;
}

static void uncover(struct world_site *site, size_t root)
{
    for (size_t i = 0; i < site->cover_count; i++)
        if (site->covers[i] == root)
            site->covers[i--] = site->covers[--site->cover_count];
}

static bool is_named(const struct store_fault *fault, const char *code)
{
    for (size_t i = 0; i < fault->affected_count; i++)
        if (strcmp(fault->affected[i], code) == 0)
            return true;
    return false;
}

static bool is_root(const struct world_site *site)
{
    return site->has_outage && strcmp(site->outage_root, site->code) == 0;
}

/* Its own open outage is that root's. */
static bool is_attached(const struct world_site *site, const char *root)
{
    return site->has_outage && strcmp(site->outage_root, root) == 0 &&
           strcmp(site->code, root) != 0;
}

/* is_new: who was put down to it before it was told is in it, too. */
static void cover_root(const struct store_fault *fault, size_t root, bool is_new)
{
    struct world *world = world_here();
    bool over = wall_is_set(fault->restored);

    for (size_t i = 0; i < world->site_count; i++) {
        struct world_site *site = &world->sites[i];

        if (is_new && is_attached(site, fault->root))
            cover(site, root);
        else if (site->cover_count > 0 && (over || !is_named(fault, site->code)) &&
                 (!is_attached(site, fault->root) || site->cover_count > 1))
            uncover(site, root);
    }
    for (size_t i = 0; !over && i < fault->affected_count; i++)
        cover(world_site(fault->affected[i]), root);
}

/* before: the open outage as it was. */
static void cover_site(const struct store_fault *fault, struct world_site *site,
                       const char *root_before)
{
    struct world *world = world_here();
    const struct world_site *root = world_site(fault->root);
    const struct world_site *before = *root_before == '\0' ? NULL : world_site(root_before);

    if (root == site)
        cover_root(fault, (size_t)(site - world->sites), before != root);
    if (before != NULL && before != root && (root == site || !is_root(before)))
        uncover(site, (size_t)(before - world->sites));
    if (wall_is_set(fault->restored))
        site->cover_count = 0;
    else if (root != site && is_root(root))
        cover(site, (size_t)(root - world->sites));
}

/* Idempotent by site and first_bad, as fault_report() is. */
static void commit(const struct store_fault *fault)
{
    struct world_site *site = world_site(fault->site);
    bool same = site->has_outage && site->first_bad.us == fault->first_bad.us;

    if (!same || strcmp(site->outage_root, fault->root) != 0)
        note("outage", fault, fault->first_bad);
    if (!same) {
        site->ping_told = false;
        site->guess[0] = site->feeder_told[0] = '\0';
    }
    if (fault->answers_ping != NULL &&
        (!site->ping_told || site->answers_ping != *fault->answers_ping)) {
        site->ping_told = true;
        site->answers_ping = *fault->answers_ping;
        note(site->answers_ping ? "mute" : "silent", fault, fault->first_bad);
    }
    if (!site->has_outage || site->first_bad.us <= fault->first_bad.us) {
        cover_site(fault, site, site->has_outage ? site->outage_root : "");
        site->has_outage = !wall_is_set(fault->restored);
        if (!site->has_outage)
            site->vitals_at = (struct wall){0};
        memccpy(site->outage_root, fault->root, '\0', sizeof site->outage_root);
        site->last_good = fault->last_good;
        site->first_bad = fault->first_bad;
        site->detected = fault->detected;
    }
    if (wall_is_set(fault->restored))
        note("restored", fault, fault->restored);
    if (world_here()->causes)
        note_cause(fault, site);
}

void store_fault_report(struct pg_conn *conn, const struct store_fault *fault, struct wall now,
                        store_fault_cb *cb, void *arg)
{
    (void)conn;
    (void)now;
    assert(!world_here()->database_away);
    commit(fault);
    owe(&(struct owed){.on_fault = cb, .arg = arg});
}

void store_state_report(struct pg_conn *conn, const char *states_json, struct wall now,
                        store_done_cb *cb, void *arg)
{
    size_t states = 0;

    (void)conn;
    (void)now;
    for (const char *at = states_json; (at = strstr(at, "\"site\"")) != NULL; at++)
        states++;
    if (states > world_here()->states_peak)
        world_here()->states_peak = states;
    owe(&(struct owed){.on_done = cb, .arg = arg});
}

static struct wall time_of(const struct js *object, const char *key)
{
    struct wall at = {0};

    (void)wall_parse(js_text(object, key, ""), &at);
    return at;
}

/* Idempotent, as condition_report() is. */
static void take_condition(const struct js *condition)
{
    struct world_site *site = world_site(js_text(condition, "site", ""));
    struct wall since = time_of(condition, "since"), until = time_of(condition, "until");
    const struct store_fault fault = {.site = site->code, .root = site->code};

    if (!wall_is_set(site->flapping_since)) {
        note("flapping", &fault, since);
        site->flapping_since = since;
    }
    if (!wall_is_set(until))
        return;
    note("calm", &fault, until);
    site->flapping_since = (struct wall){0};
}

void store_condition_report(struct pg_conn *conn, const char *conditions_json, struct wall now,
                            store_done_cb *cb, void *arg)
{
    struct err err;
    struct js *conditions = js_parse(conditions_json, strlen(conditions_json), &err);

    (void)conn;
    (void)now;
    assert(!world_here()->database_away && js_count(conditions) > 0);
    for (size_t i = 0; i < js_count(conditions); i++)
        take_condition(js_at(conditions, i));
    js_free(conditions);
    owe(&(struct owed){.on_done = cb, .arg = arg});
}

/* The own outages of a site that it came to know of in the last 100 minutes. */
static struct js *own_outages(const struct world_site *site)
{
    const struct world *world = world_here();
    struct js *list = js_array();
    struct js *last = NULL;
    char at[WALL_TEXT_MAX];

    for (size_t i = 0; i < world->event_count; i++) {
        const struct world_event *event = &world->events[i];
        struct wall when = {WORLD_EPOCH_US + event->at_ms * US_PER_MS};

        if (strcmp(event->site, site->code) != 0 || strcmp(event->root, site->code) != 0 ||
            event->at_ms < world->now_us / US_PER_MS - 100 * 60 * 1000)
            continue;
        wall_format(when, at);
        if (strcmp(event->what, "outage") == 0) {
            last = js_array();
            js_push(last, js_new_text(at));
            js_push(list, last);
        } else if (strcmp(event->what, "restored") == 0 && last != NULL) {
            js_push(last, js_new_text(at));
        }
    }
    return list;
}

/* The vitals of open outages; nothing was proven before. */
void store_cause_load(struct pg_conn *conn, struct wall now, store_json_cb *cb, void *arg)
{
    struct world *world = world_here();
    struct owed to = {.on_json = cb, .arg = arg};
    struct js *sites = js_array();

    (void)conn;
    (void)now;
    for (size_t i = 0; i < world->site_count; i++) {
        struct js *site = js_object(), *vitals = js_object();
        char at[WALL_TEXT_MAX];

        wall_format(world->sites[i].vitals_at, at);
        js_set_text(vitals, "at", wall_is_set(world->sites[i].vitals_at) ? at : NULL);
        js_set_i64(vitals, "uptime_ticks", world->sites[i].vitals_ticks);
        js_set_i64(vitals, "engine_time_s", world->sites[i].vitals_engine_s);
        js_set_text(site, "site", world->sites[i].code);
        js_set(site, "vitals", vitals);
        js_push(sites, site);
    }
    js_print(sites, 0, &to.json);
    js_free(sites);
    owe(&to);
}

void store_flapping_load(struct pg_conn *conn, struct wall now, store_json_cb *cb, void *arg)
{
    struct world *world = world_here();
    struct owed to = {.on_json = cb, .arg = arg};
    struct js *sites = js_array();
    char since[WALL_TEXT_MAX];

    (void)conn;
    (void)now;
    assert(!world->database_away);
    for (size_t i = 0; i < world->site_count; i++) {
        struct js *site = js_object();

        wall_format(world->sites[i].flapping_since, since);
        js_set_text(site, "site", world->sites[i].code);
        js_set_text(site, "since", since);
        js_set(site, "outages", own_outages(&world->sites[i]));
        js_push(sites, site);
    }
    js_print(sites, 0, &to.json);
    js_free(sites);
    owe(&to);
}

static struct world_site *site_of(int64_t ticket)
{
    return &world_here()->sites[ticket - 1];
}

void store_verify_pending(struct pg_conn *conn, store_claim_cb *cb, void *arg)
{
    struct world *world = world_here();
    struct owed to = {.on_claims = cb, .arg = arg};

    (void)conn;
    assert(!world->database_away);
    to.claims = calloc(world->site_count + 1, sizeof *to.claims);
    if (to.claims == NULL)
        abort();
    for (size_t i = 0; i < world->site_count; i++)
        if (wall_is_set(world->sites[i].claimed_at))
            to.claims[to.claim_count++] =
                (struct store_claim){.ticket = (int64_t)i + 1,
                                     .device_id = (uint32_t)i + 1,
                                     .site = world->sites[i].code,
                                     .claimed_at = world->sites[i].claimed_at};
    owe(&to);
}

static void note_proof(const struct store_proof *proof, struct world_site *site)
{
    struct store_fault fault = {.site = site->code, .root = site->code};
    struct world_event *event;

    note(proof->passed ? "proven" : "unproven", &fault, proof->first_good);
    event = &world_here()->events[world_here()->event_count - 1];
    memccpy(event->reason, proof->reason, '\0', sizeof event->reason);
    if (!proof->passed)
        event->of_ms = event->at_ms;
    log_info("scenario.proof", "words=\"%s\" detail=%s", proof->words, proof->detail);
}

/* Idempotent by ticket and claim, as verify_settle() is. */
void store_verify_settle(struct pg_conn *conn, const struct store_proof *proof, struct wall now,
                         store_proof_cb *cb, void *arg)
{
    struct world_site *site = site_of(proof->ticket);
    struct owed to = {.on_proof = cb, .outcome = "stale", .arg = arg};

    (void)conn;
    (void)now;
    assert(!world_here()->database_away);
    if (wall_is_set(site->claimed_at) && site->claimed_at.us == proof->claimed_at.us) {
        note_proof(proof, site);
        site->claimed_at = (struct wall){0};
        to.outcome = proof->passed ? "restored" : "unproven";
    }
    owe(&to);
}

static void answer_claims(const struct owed *to, const struct store_status *status)
{
    for (size_t i = 0; i < to->claim_count && status->rc == STORE_OK; i++)
        to->on_claims(&to->claims[i], status, to->arg);
    to->on_claims(NULL, status, to->arg);
    free(to->claims);
}

static void answer_json(const struct owed *to, const struct store_status *status)
{
    struct text json = to->json;

    to->on_json(status, status->rc == STORE_OK ? text_get(&json) : NULL, to->arg);
    text_free(&json);
}

static void answer(const struct owed *to, const struct store_status *status)
{
    struct store_fault_answer fault = {.ticket = 1, .outcome = "recorded"};

    if (to->on_fault != NULL)
        to->on_fault(status, &fault, to->arg);
    else if (to->on_proof != NULL)
        to->on_proof(status, status->rc == STORE_OK ? to->outcome : "", to->arg);
    else if (to->on_claims != NULL)
        answer_claims(to, status);
    else if (to->on_json != NULL)
        answer_json(to, status);
    else
        to->on_done(status, to->arg);
}

bool fake_store_next(int64_t *us)
{
    if (owed_count == 0)
        return false;
    *us = owed[0].due_us;
    return true;
}

void fake_store_run_due(void)
{
    static const struct store_status ok = {.rc = STORE_OK, .words = ""};

    while (owed_count > 0 && owed[0].due_us <= world_here()->now_us) {
        struct owed first = owed[0];

        memmove(owed, owed + 1, --owed_count * sizeof owed[0]);
        answer(&first, &ok);
    }
}

void fake_store_forget(bool answered)
{
    static const struct store_status gone = {.rc = STORE_UNREACHABLE, .words = "away"};

    while (owed_count > 0) {
        struct owed last = owed[--owed_count];

        if (answered) {
            answer(&last, &gone);
            continue;
        }
        free(last.claims);
        text_free(&last.json);
        if (last.on_fault != NULL || last.on_proof != NULL)
            free(last.arg); /* the daemon's memory died with it */
    }
}
