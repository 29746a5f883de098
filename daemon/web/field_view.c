/* SPDX-License-Identifier: ISC */
#include "daemon/web/field_view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "daemon/web/cause_view.h"
#include "daemon/web/course_view.h"
#include "daemon/web/measure_view.h"
#include "daemon/web/now_view.h"

/* Of all notes on a page together, newest first; a page has to fit into one round trip. */
#define NOTES_BYTES_MAX ((size_t)4000)
#define WORDS_BYTES_MAX 128

/* What every part of the view looks at. */
struct view {
    const struct js *ticket;
    enum words_language language;
    struct wall now;
    const char *key;
    const struct field_refusal *refusal; /* NULL: none */
    const char *state;
};

static struct wall instant(const struct js *object, const char *key)
{
    struct wall at = {0};

    wall_parse(js_text(object, key, NULL), &at);
    return at;
}

static void set_when(const struct view *view, struct js *out, const char *key, struct wall at)
{
    struct text words = {0};

    words_add_when(view->language, at, &words);
    js_set_text(out, key, text_get(&words));
    text_free(&words);
}

static void set_clock(const struct view *view, struct js *out, const char *key, struct wall at)
{
    struct text words = {0};

    words_add_clock(view->language, at, &words);
    js_set_text(out, key, text_get(&words));
    text_free(&words);
}

static void set_duration(const struct view *view, struct js *out, const char *key, struct wall from,
                         struct wall to)
{
    struct text words = {0};

    words_add_duration(view->language, wall_diff_ms(to, from) / 1000, &words);
    js_set_text(out, key, text_get(&words));
    text_free(&words);
}

static const char *coded(const struct view *view, const char *group, const char *code)
{
    return words_coded(view->language, group, code);
}

/* -- the head: what, where, since when -- */

static const char *tone_of(const char *state)
{
    static const struct {
        const char *state;
        const char *tone;
    } tones[] = {{"waiting", "wait"}, {"claimed", "wait"},   {"restored", "good"},
                 {"closed", "good"},  {"cancelled", "wait"}, {"rejected", "wait"}};

    for (size_t i = 0; i < sizeof tones / sizeof *tones; i++)
        if (strcmp(tones[i].state, state) == 0)
            return tones[i].tone;
    return "bad";
}

/* back: the link answers again, but nobody has proven yet that it stays so. */
static void add_span(const struct view *view, struct js *out)
{
    struct wall since = instant(view->ticket, "first_bad");
    struct wall until = instant(view->ticket, "restored");

    if (!wall_is_set(until))
        until = instant(view->ticket, "back");
    set_when(view, out, "since", since);
    set_when(view, out, "until", until);
    js_set(out, "down", js_new_bool(!wall_is_set(until)));
    js_set(out, "over", js_new_bool(wall_is_set(until)));
    set_duration(view, out, "duration", since, wall_is_set(until) ? until : view->now);
}

static void add_title(const struct view *view, struct js *out)
{
    struct text title = {0};

    text_addf(&title, "%s · %s", js_text(view->ticket, "ticket", ""),
              js_text(js_get(view->ticket, "root"), "name", ""));
    js_set_text(out, "title", text_get(&title));
    text_free(&title);
}

/* Only numbers get here, so what becomes part of an address is ours. */
static struct js *place_of(const struct js *root)
{
    double lat = js_as_real(js_get(root, "lat"), NAN);
    double lng = js_as_real(js_get(root, "lng"), NAN);
    char words[WORDS_BYTES_MAX];
    struct js *out;

    if (!(fabs(lat) <= 90 && fabs(lng) <= 180))
        return js_new_null();
    out = js_object();
    snprintf(words, sizeof words, "%.5f, %.5f", lat, lng);
    js_set_text(out, "text", words);
    snprintf(words, sizeof words, "%.5f,%.5f", lat, lng);
    js_set_text(out, "point", words);
    snprintf(words, sizeof words, "%.5f", lat);
    js_set_text(out, "lat", words);
    snprintf(words, sizeof words, "%.5f", lng);
    js_set_text(out, "lng", words);
    return out;
}

static void add_root(const struct view *view, struct js *out)
{
    const struct js *root = js_get(view->ticket, "root");
    struct js *copy = js_object();

    js_set_text(copy, "code", js_text(root, "code", ""));
    js_set_text(copy, "name", js_text(root, "name", ""));
    js_set_text(copy, "kecamatan", js_text(root, "kecamatan", ""));
    js_set(out, "root", copy);
    js_set(out, "place", place_of(root));
}

/* party: the one that reads this, or will; the others are no names but roles. */
static const char *who_is_next(const struct view *view, const struct js *next)
{
    const char *who = js_text(next, "who", "");

    if (strcmp(who, "party") == 0)
        return js_text(view->ticket, "party_name", js_text(view->ticket, "party", ""));
    return coded(view, "who", who);
}

static void add_next(const struct view *view, struct js *out)
{
    const struct js *next = js_get(view->ticket, "next");
    const char *what = js_text(next, "what", "");
    struct js *copy;

    if (*what == '\0')
        return;
    copy = js_object();
    js_set_text(copy, "what", coded(view, "next", what));
    js_set_text(copy, "who", who_is_next(view, next));
    js_set(out, "next", copy);
}

/* -- what went wrong -- */

static void add_refusal(const struct view *view, struct js *out)
{
    const struct field_refusal *refusal = view->refusal;
    char code[WORDS_BYTES_MAX];
    const char *words;
    struct js *copy;

    if (refusal == NULL)
        return;
    copy = js_object();
    snprintf(code, sizeof code, "%s.%s", refusal->sqlstate, refusal->action);
    words = coded(view, "refused", code);
    js_set_text(copy, "detail", "");
    if (words == code) {
        words = coded(view, "refused", refusal->sqlstate);
        js_set_text(copy, "detail", strcmp(refusal->sqlstate, "KT422") == 0 ? refusal->words : "");
    }
    js_set_text(copy, "title", coded(view, "refused", "title"));
    js_set_text(copy, "words", words);
    js_set(out, "refused", copy);
}

/* "Too many probes were lost … (12/90)" */
static void set_reason(const struct view *view, struct js *out, const char *key,
                       const struct js *event)
{
    const struct js *detail = js_get(event, "detail");
    const char *reason = js_text(detail, "reason", "");
    const char *known = coded(view, "unproven", reason);
    int64_t sent = js_i64(detail, "sent", 0);
    struct text words = {0};

    text_add(&words, known == reason ? js_text(event, "note", reason) : known);
    if (strcmp(reason, "degraded") == 0 && known != reason)
        text_addf(&words, " %s", js_text(event, "note", "")); /* which measure, and how far off */
    else if (known != reason && sent > 0)
        text_addf(&words, " (%lld/%lld)", (long long)js_i64(detail, "lost", 0), (long long)sent);
    js_set_text(out, key, text_get(&words));
    text_free(&words);
}

/* Of a claim that did not hold; somebody who is on site again knows. */
static void add_unproven(const struct view *view, struct js *out)
{
    const struct js *timeline = js_get(view->ticket, "timeline");
    struct js *copy;

    if (strcmp(view->state, "accepted") != 0)
        return;
    for (size_t i = 0; i < js_count(timeline); i++) {
        const struct js *event = js_at(timeline, i);

        if (strcmp(js_text(event, "action", ""), "unproven") != 0)
            continue;
        copy = js_object();
        set_reason(view, copy, "words", event);
        js_set(out, "unproven", copy);
        return;
    }
}

/* -- the forms -- */

static struct js *choices(const struct view *view, const char *list, const char *group,
                          const char *chosen)
{
    const struct js *codes = js_get(view->ticket, list);
    struct js *out = js_array();

    for (size_t i = 0; i < js_count(codes); i++) {
        const char *code = js_as_text(js_at(codes, i));
        struct js *choice = js_object();

        if (code == NULL)
            code = "";
        js_set_text(choice, "code", code);
        js_set_text(choice, "word", coded(view, group, code));
        js_set(choice, "chosen", js_new_bool(strcmp(code, chosen) == 0));
        js_push(out, choice);
    }
    return out;
}

/* The form that the state asks for stands open, and so does one that was refused. */
static bool is_open(const struct view *view, const char *action)
{
    if (view->refusal != NULL)
        return strcmp(view->refusal->action, action) == 0;
    return (strcmp(action, "claim") == 0 && strcmp(view->state, "onsite") == 0) ||
           (strcmp(action, "close") == 0 && strcmp(view->state, "restored") == 0);
}

static struct js *form_of(const struct view *view, const char *action)
{
    bool again = view->refusal != NULL && strcmp(view->refusal->action, action) == 0;
    const char *cause = js_text(view->ticket, "cause_reported", "");
    const char *done = js_text(view->ticket, "action", "");
    char key[WORDS_BYTES_MAX];
    struct js *out = js_object();

    if (again) {
        cause = view->refusal->cause;
        done = view->refusal->action_code;
    }
    snprintf(key, sizeof key, "%s-%s", view->key, action);
    js_set_text(out, "key", key);
    js_set(out, "open", js_new_bool(is_open(view, action)));
    js_set_text(out, "note", again ? view->refusal->note : "");
    if (strcmp(action, "claim") == 0 || strcmp(action, "close") == 0) {
        js_set(out, "causes", choices(view, "causes", "cause", cause));
        js_set(out, "action_codes", choices(view, "action_codes", "action", done));
    }
    return out;
}

/* Those of the contract's page; another action that is allowed has no form here. */
static void add_forms(const struct view *view, struct js *out)
{
    static const char *const known[] = {"accept", "decline", "onsite", "claim", "note", "close"};
    const struct js *allowed = js_get(view->ticket, "actions");
    struct js *forms = js_object();

    for (size_t i = 0; i < js_count(allowed); i++) {
        const char *action = js_as_text(js_at(allowed, i));

        for (size_t k = 0; action != NULL && k < sizeof known / sizeof *known; k++)
            if (strcmp(action, known[k]) == 0)
                js_set(forms, action, form_of(view, action));
    }
    js_set(out, "do", forms);
    js_set_i64(out, "seq", js_i64(view->ticket, "seq", 0));
}

/* -- the rest: affected, facts, history -- */

static bool is_ended(const struct view *view)
{
    return wall_is_set(instant(view->ticket, "restored")) ||
           wall_is_set(instant(view->ticket, "closed")) ||
           wall_is_set(instant(view->ticket, "cancelled"));
}

static void add_affected(const struct view *view, struct js *out)
{
    const struct js *affected = js_get(view->ticket, "affected");
    const struct js *sites = js_get(affected, "sites");
    int64_t count = js_i64(affected, "count", 0), now = js_i64(affected, "now", count);
    struct js *copy, *list;

    if (count == 0)
        return;
    copy = js_object();
    list = js_array();
    for (size_t i = 0; i < js_count(sites); i++) {
        struct js *site = js_object();

        js_set_text(site, "name", js_text(js_at(sites, i), "name", ""));
        js_set_text(site, "kecamatan", js_text(js_at(sites, i), "kecamatan", ""));
        set_when(view, site, "until", instant(js_at(sites, i), "until"));
        js_push(list, site);
    }
    js_set_i64(copy, "count", count);
    if (now < count && !is_ended(view))
        js_set_i64(copy, "now", now);
    js_set(copy, "sites", list);
    if (count > (int64_t)js_count(sites))
        js_set_i64(copy, "more", count - (int64_t)js_count(sites));
    js_set(out, "affected", copy);
}

static void add_course(const struct view *view, struct js *out)
{
    const struct js *kept = js_get(view->ticket, "course");
    struct js *course = course_view(kept, view->language, view->now);
    struct wall silent = now_silent_since(js_get(view->ticket, "now"));

    if (course == NULL)
        return;
    if (wall_is_set(silent)) { /* of the last minutes nothing is kept yet */
        set_when(view, course, "silent", silent);
        set_clock(view, course, "counted", instant(kept, "until"));
    }
    js_set(out, "course", course);
}

static void add_cause(const struct view *view, struct js *out)
{
    struct js *cause = cause_view(view->ticket, view->language);

    if (cause != NULL)
        js_set(out, "cause", cause);
}

static void add_measures(const struct view *view, struct js *out)
{
    struct js *measures = measure_view(js_get(view->ticket, "measures"), view->language);

    if (measures != NULL)
        js_set(out, "measures", measures);
}

static void push_fact(struct js *facts, const char *name, const char *value)
{
    struct js *fact;

    if (*value == '\0')
        return;
    fact = js_object();
    js_set_text(fact, "name", name);
    js_set_text(fact, "value", value);
    js_push(facts, fact);
}

static void push_instants(const struct view *view, struct js *facts)
{
    static const char *const keys[] = {"last_good", "first_bad", "opened",   "accepted",
                                       "onsite",    "claimed",   "restored", "closed"};
    struct text words = {0};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        text_clear(&words);
        words_add_when(view->language, instant(view->ticket, keys[i]), &words);
        push_fact(facts, coded(view, "fact", keys[i]), text_get(&words));
    }
    text_free(&words);
}

static void push_count(const struct view *view, struct js *facts, const char *key)
{
    int64_t count = js_i64(view->ticket, key, 0);
    char words[32];

    if (count == 0)
        return;
    snprintf(words, sizeof words, "%lld", (long long)count);
    push_fact(facts, coded(view, "fact", key), words);
}

static void add_facts(const struct view *view, struct js *out)
{
    const struct js *ticket = view->ticket;
    struct js *facts = js_array();

    push_fact(facts, coded(view, "fact", "party"),
              js_text(ticket, "party_name", js_text(ticket, "party", "")));
    push_fact(facts, coded(view, "fact", "feeder"), js_text(ticket, "feeder", ""));
    push_fact(facts, coded(view, "fact", "contract"), js_text(ticket, "contract", ""));
    push_instants(view, facts);
    push_fact(facts, coded(view, "fact", "cause"),
              coded(view, "cause", js_text(ticket, "cause_reported", "")));
    push_fact(facts, coded(view, "fact", "action"),
              coded(view, "action", js_text(ticket, "action", "")));
    push_count(view, facts, "reopen_count");
    push_count(view, facts, "unproven_count");
    js_set(out, "facts", facts);
}

/* "Kabel · Kabel dipasang ulang" */
static void set_work(const struct view *view, struct js *out, const struct js *event)
{
    const struct js *detail = js_get(event, "detail");
    const char *cause = js_text(detail, "cause", "");
    const char *action = js_text(detail, "action", "");
    struct text words = {0};

    text_addf(&words, "%s%s%s", coded(view, "cause", cause),
              *cause != '\0' && *action != '\0' ? " · " : "", coded(view, "action", action));
    js_set_text(out, "detail", text_get(&words));
    text_free(&words);
}

/* *left: what the notes of this page may still take. */
static void set_note(struct js *out, const char *note, size_t *left)
{
    size_t bytes = strlen(note);
    size_t kept = text_cut(note, bytes, *left);
    struct text words = {0};

    *left -= kept;
    text_add_bytes(&words, note, kept);
    if (kept < bytes)
        text_add(&words, "…");
    js_set_text(out, "note", text_get(&words));
    text_free(&words);
}

/* A party's name as its people know it; the engine goes without saying. */
static const char *name_of(const struct view *view, const char *actor)
{
    if (strcmp(actor, "engine") == 0)
        return "";
    if (strcmp(actor, js_text(view->ticket, "party", "")) == 0)
        return js_text(view->ticket, "party_name", actor);
    return actor;
}

/* The engine's own words are for its log: what it did is said by the event's name. */
static struct js *event_view(const struct view *view, const struct js *event, size_t *left)
{
    const char *actor = js_text(event, "actor", "");
    const char *action = js_text(event, "action", "");
    bool by_engine = strcmp(actor, "engine") == 0;
    struct js *out = js_object();

    js_set_text(out, "what", coded(view, "did", action));
    js_set_text(out, "who", name_of(view, actor));
    set_when(view, out, "when", instant(event, "at"));
    if (strcmp(action, "unproven") == 0)
        set_reason(view, out, "detail", event);
    else if (strcmp(action, "prove") == 0)
        js_set_text(out, "detail",
                    coded(view, "cause", js_text(js_get(event, "detail"), "proven", "")));
    else if (js_text(js_get(event, "detail"), "site", NULL) != NULL)
        js_set_text(out, "detail", js_text(js_get(event, "detail"), "site", ""));
    else
        set_work(view, out, event);
    set_note(out, by_engine ? "" : js_text(event, "note", ""), left);
    return out;
}

static void add_timeline(const struct view *view, struct js *out)
{
    const struct js *timeline = js_get(view->ticket, "timeline");
    struct js *list = js_array();
    size_t left = NOTES_BYTES_MAX;

    for (size_t i = 0; i < js_count(timeline); i++)
        js_push(list, event_view(view, js_at(timeline, i), &left));
    js_set(out, "timeline", list);
}

struct js *field_view(const struct js *ticket, enum words_language language, struct wall now,
                      const char *key, const struct field_refusal *refusal)
{
    const struct view view = {.ticket = ticket,
                              .language = language,
                              .now = now,
                              .key = key,
                              .refusal = refusal,
                              .state = js_text(ticket, "state", "")};
    struct js *out = js_object();

    add_title(&view, out);
    js_set_text(out, "number", js_text(ticket, "ticket", ""));
    js_set_text(out, "state", words_coded(language, "state", view.state));
    js_set_text(out, "tone", tone_of(view.state));
    js_set_text(out, "kind", words_coded(language, "kind", js_text(ticket, "kind", "")));
    js_set(out, "watching", js_new_bool(strcmp(view.state, "claimed") == 0));
    add_root(&view, out);
    add_span(&view, out);
    js_set(out, "moment", now_view(js_get(ticket, "now"), language));
    add_next(&view, out);
    add_refusal(&view, out);
    add_unproven(&view, out);
    add_forms(&view, out);
    add_affected(&view, out);
    add_cause(&view, out);
    add_measures(&view, out);
    add_course(&view, out);
    add_facts(&view, out);
    add_timeline(&view, out);
    return out;
}
