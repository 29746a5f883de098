/* SPDX-License-Identifier: ISC */
/*
 * kt-show-page FIXTURE id|en - prints the field page of a fixture: offered unproven restored
 * planned blind largest, or the page of a link that is no longer valid: gone. To look at, and to
 * weigh.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/web/field_view.h"
#include "daemon/web/page.h"
#include "tests/unit/field_fixtures.h"

#define SITES        50
#define EVENTS       30
#define HOURS        24
#define NAME_BYTES   40
#define NOTE_BYTES   2000
#define REASON_BYTES 500

/* Letters that do not compress: what people write does, so a real page is smaller. */
static const char *noise(size_t bytes)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .";
    static char out[NOTE_BYTES + 1];
    static uint32_t seed = 1;

    for (size_t i = 0; i < bytes; i++) {
        seed = seed * UINT32_C(1664525) + UINT32_C(1013904223);
        out[i] = letters[seed >> 26];
    }
    out[bytes] = '\0';
    return out;
}

static struct js *largest_timeline(void)
{
    struct js *out = js_array();

    for (int i = 0; i < EVENTS; i++) {
        struct js *event = js_object();

        js_set_text(event, "at", i % 2 == 0 ? "2026-11-24T05:10:00Z" : "2026-11-23T12:44:00Z");
        js_set_text(event, "actor", noise(12));
        js_set_text(event, "action", i % 3 == 0 ? "note" : i % 3 == 1 ? "claim" : "onsite");
        js_set_text(event, "note", noise(NOTE_BYTES));
        js_push(out, event);
    }
    return out;
}

static struct js *pair(int64_t hour, int64_t second)
{
    struct js *out = js_array();

    js_push(out, js_new_i64(hour));
    js_push(out, js_new_i64(second));
    return out;
}

/* No two hours alike, and two readings that come and go. */
static struct js *largest_course(void)
{
    struct js *out = js_object(), *link = js_array(), *readings = js_array();

    for (int64_t hour = 0; hour < HOURS; hour++) {
        struct js *step = pair(hour, 601);

        js_push(step, js_new_i64(hour * 7919 % 601));
        js_push(link, step);
    }
    for (int i = 0; i < 2; i++) {
        struct js *reading = js_object(), *steps = js_array();

        js_set_text(reading, "metric", noise(NAME_BYTES / 2));
        js_set_text(reading, "instance", noise(NAME_BYTES));
        js_set_text(reading, "unit", "dBm");
        js_set_i64(reading, "least", -80);
        js_set_i64(reading, "most", -60);
        js_set_i64(reading, "last", -71);
        for (int64_t hour = i; hour < HOURS; hour += 1 + (hour % 3 == 2))
            js_push(steps, pair(hour, -60 - hour * 7919 % 21));
        js_set(reading, "steps", steps);
        js_push(readings, reading);
    }
    js_set_text(out, "from", "2026-11-23T08:00:00Z");
    js_set(out, "link", link);
    js_set(out, "readings", readings);
    return out;
}

static struct js *largest_now(void)
{
    struct js *out = js_object(), *work = js_object(), *windows = js_array();

    for (int i = 0; i < 5; i++) {
        struct js *window = js_object();

        js_set_text(window, "name", noise(NAME_BYTES));
        js_set_text(window, "reason", noise(REASON_BYTES));
        js_set_text(window, "by", noise(NAME_BYTES));
        js_push(windows, window);
    }
    js_set_text(work, "until", "2026-11-24T09:30:00Z");
    js_set(work, "windows", windows);
    js_set_text(out, "state", "down");
    js_set_text(out, "since", "2026-11-24T07:15:40Z");
    js_set_text(out, "blind", "2026-11-24T07:15:40Z");
    js_set(out, "work", work);
    return out;
}

static void make_largest(struct js *ticket)
{
    static const char *const actions[] = {"accept", "decline", "onsite", "claim", "close", "note"};
    struct js *affected = js_object(), *sites = js_array(), *allowed = js_array();

    for (int i = 0; i < SITES; i++) {
        struct js *site = js_object();

        js_set_text(site, "name", noise(NAME_BYTES));
        js_set_text(site, "kecamatan", noise(NAME_BYTES / 2));
        js_push(sites, site);
    }
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        js_push(allowed, js_new_text(actions[i]));
    js_set_i64(affected, "count", 229);
    js_set(affected, "sites", sites);
    js_set(ticket, "affected", affected);
    js_set(ticket, "actions", allowed);
    js_set(ticket, "timeline", largest_timeline());
    js_set(ticket, "course", largest_course());
    js_set(ticket, "now", largest_now());
}

/* Five minutes are not over yet. */
static void set_now(struct js *ticket, const char *now)
{
    struct js *course = js_copy(js_get(ticket, "course"));

    js_set_text(course, "until", "2026-11-24T07:15:00.000000Z");
    js_set(ticket, "course", course);
    js_set(ticket, "now", js_parse(now, strlen(now), NULL));
}

static struct js *view_of(const char *name, enum words_language language)
{
    bool is_largest = strcmp(name, "largest") == 0;
    const char *fixture = strcmp(name, "restored") == 0                 ? field_restored
                          : is_largest || strcmp(name, "unproven") == 0 ? field_unproven
                                                                        : field_offered;
    struct js *ticket = js_parse(fixture, strlen(fixture), NULL);
    struct js *view;

    if (ticket == NULL)
        abort();
    if (is_largest)
        make_largest(ticket);
    if (strcmp(name, "planned") == 0)
        set_now(ticket, field_now_planned);
    if (strcmp(name, "blind") == 0)
        set_now(ticket, field_now_blind);
    view = field_view(ticket, language, FIELD_NOW, "Zk9uYm5xRk1aUXpq", NULL);
    js_free(ticket);
    return view;
}

static struct js *gone_of(enum words_language language)
{
    enum words_language other = language == WORDS_ID ? WORDS_EN : WORDS_ID;
    struct js *view = js_object(), *second = js_object();

    js_set_text(view, "title", words_get(language, "message:410.title"));
    js_set_text(view, "text", words_get(language, "message:410.text"));
    js_set_text(second, "lang", words_code(other));
    js_set_text(second, "title", words_get(other, "message:410.title"));
    js_set_text(second, "text", words_get(other, "message:410.text"));
    js_set(view, "other", second);
    return view;
}

int main(int argc, char **argv)
{
    enum words_language language = words_language(argc > 2 ? argv[2] : NULL, WORDS_ID);
    struct web_answer answer = {.status = 200};
    struct err err = {.text = "usage: kt-show-page FIXTURE id|en"};
    struct pages *pages = argc > 2 ? pages_new(&err) : NULL;
    bool is_gone = argc > 2 && strcmp(argv[1], "gone") == 0;
    struct js *view;

    if (pages == NULL) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    words_set_zone("Asia/Jakarta");
    view = is_gone ? gone_of(language) : view_of(argv[1], language);
    pages_answer(pages, is_gone ? "message.html" : "field.html", language, view, &answer);
    fputs(text_get(&answer.body), stdout);
    text_free(&answer.body);
    js_free(view);
    pages_free(pages);
    return answer.status == 200 ? 0 : 1;
}
