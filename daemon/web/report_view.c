/* SPDX-License-Identifier: ISC */
#include "daemon/web/report_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/report.h"

#define ROWS_MAX     300 /* a page has bounds; the CSV has none */
#define LOW_COVERAGE 0.95
#define NO_BREAK     "\xc2\xa0"
#define DASH         "\xe2\x80\x93"

struct view {
    const struct js *report;
    const char *month;
    const char *by;
    enum words_language language;
    bool language_asked;
    double worst; /* the greatest loss of a group, which is a whole bar */
};

static const struct js *rows_of(const struct view *view)
{
    return js_get(view->report, "rows");
}

static const char *coded(const struct view *view, const char *code)
{
    return words_coded(view->language, "report", code);
}

/* -- figures -- */

static void set_count(const struct view *view, struct js *out, const char *key, double count)
{
    struct text words = {0};

    words_add_number(view->language, count, 0, &words);
    js_set_text(out, key, text_get(&words));
    text_free(&words);
}

/* "1 menit 10 detik": up to ten minutes the seconds matter here. */
static void add_words(const struct view *view, int64_t seconds, struct text *out)
{
    words_add_duration(view->language, seconds, out);
    if (seconds < 60 || seconds >= 600 || seconds % 60 == 0)
        return;
    text_add(out, " ");
    words_add_duration(view->language, seconds % 60, out);
}

/* "2 jam 14 menit" may only be broken between its two parts. */
static void add_duration(const struct view *view, const struct js *seconds, struct text *out)
{
    struct text words = {0};
    int blanks = 0;

    if (js_is_null(seconds)) {
        text_add(out, DASH);
        return;
    }
    add_words(view, (int64_t)js_as_real(seconds, 0), &words);
    for (const char *at = text_get(&words); *at != '\0'; at++) {
        if (*at == ' ' && blanks++ % 2 == 0)
            text_add(out, NO_BREAK);
        else
            text_add_bytes(out, at, 1);
    }
    text_free(&words);
}

static void set_duration(const struct view *view, struct js *out, const char *key,
                         const struct js *seconds)
{
    struct text words = {0};

    add_duration(view, seconds, &words);
    js_set_text(out, key, text_get(&words));
    text_free(&words);
}

/* "96,89 %", cut off behind the second decimal; shares come with six. A little is not nothing. */
static void set_share(const struct view *view, struct js *out, const char *key,
                      const struct js *share)
{
    struct text words = {0};
    int64_t millionths = (int64_t)(js_as_real(share, 0) * 1e6 + 0.5);
    int64_t hundredths;

    if (js_is_null(share)) {
        text_add(&words, DASH);
    } else {
        text_add(&words, millionths > 0 && millionths < 100 ? "< " : "");
        if (millionths > 0 && millionths < 100)
            millionths = 100;
        hundredths = millionths / 100; /* cut off, not rounded */
        words_add_number(view->language, (double)hundredths / 100.0, 2, &words);
        text_add(&words, NO_BREAK "%");
    }
    js_set_text(out, key, text_get(&words));
    text_free(&words);
}

static double lost(const struct js *row, const char *availability)
{
    return 1.0 - js_as_real(js_get(row, availability), 1.0);
}

static bool is_total(const struct view *view, size_t index)
{
    return index + 1 == js_count(rows_of(view));
}

static double worst_loss(const struct view *view)
{
    double worst = 0;

    for (size_t i = 0; i < js_count(rows_of(view)); i++) {
        double loss = lost(js_at(rows_of(view), i), "availability_citizen");

        if (loss > worst && !is_total(view, i))
            worst = loss;
    }
    return worst;
}

/* -- a row -- */

static void set_name(const struct view *view, struct js *out, const struct js *row, bool total)
{
    const char *group = js_text(row, "group", NULL);
    const char *name = js_text(row, "name", group);

    if (total) {
        js_set_text(out, "name", coded(view, "total"));
        return;
    }
    if (group == NULL) {
        js_set_text(out, "name", words_coded(view->language, "none", view->by));
        return;
    }
    if (strcmp(view->by, "cause") == 0)
        name = words_coded(view->language, "cause", group);
    js_set_text(out, "name", name);
    if (strcmp(view->by, "cause") != 0 && strcmp(group, name) != 0)
        js_set_text(out, "code", group);
}

static void set_times(const struct view *view, struct js *out, const struct js *row)
{
    static const char *const figures[] = {"detect", "accept", "restore"};
    static const char *const kinds[] = {"mean", "p50", "p90", "p95"};
    struct js *times = js_array();

    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        struct js *time = js_object();
        char key[32];

        js_set_text(time, "words", coded(view, figures[i]));
        js_set(time, "first", js_new_bool(i == 0));
        for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
            snprintf(key, sizeof key, "%s_%s_s", figures[i], kinds[k]);
            set_duration(view, time, kinds[k], js_get(row, key));
        }
        js_push(times, time);
    }
    js_set(out, "times", times);
}

static void set_number(struct js *out, const char *key, double number)
{
    char text[32];

    snprintf(text, sizeof text, "%.2f", number);
    js_set_text(out, key, text);
}

static void set_bar(const struct view *view, struct js *out, const struct js *row)
{
    double network = lost(row, "availability_network");
    double citizen = lost(row, "availability_citizen");
    struct js *bar;

    if (view->worst <= 0 || js_is_null(js_get(row, "availability_citizen")))
        return;
    bar = js_object();
    set_number(bar, "network", 100.0 * network / view->worst);
    set_number(bar, "excused", 100.0 * (citizen - network) / view->worst);
    js_set(out, "bar", bar);
}

static struct js *row_view(const struct view *view, const struct js *row, bool total)
{
    struct js *out = js_object();
    const struct js *coverage = js_get(row, "coverage");

    set_name(view, out, row, total);
    js_set(out, "total", js_new_bool(total));
    set_count(view, out, "n", js_as_real(js_get(row, "n"), 0));
    set_count(view, out, "open", js_as_real(js_get(row, "open"), 0));
    set_times(view, out, row);
    set_share(view, out, "citizen", js_get(row, "availability_citizen"));
    set_share(view, out, "network", js_get(row, "availability_network"));
    set_share(view, out, "contract", js_get(row, "availability_contract"));
    set_share(view, out, "coverage", coverage);
    js_set(out, "low", js_new_bool(js_as_real(coverage, 1.0) < LOW_COVERAGE));
    if (!total)
        set_bar(view, out, row);
    return out;
}

/* Of hundreds of sites most have nothing to tell. */
static bool is_quiet(const struct view *view, const struct js *row)
{
    return strcmp(view->by, "site") == 0 && js_i64(row, "n", 0) == 0 &&
           js_i64(row, "open", 0) == 0 && js_as_real(js_get(row, "availability_citizen"), 0) >= 1;
}

static void set_rows(const struct view *view, struct js *out)
{
    struct js *rows = js_array();
    size_t quiet = 0, cut = 0;

    for (size_t i = 0; i < js_count(rows_of(view)); i++) {
        const struct js *row = js_at(rows_of(view), i);

        if (is_total(view, i))
            js_push(rows, row_view(view, row, true));
        else if (is_quiet(view, row))
            quiet++;
        else if (js_count(rows) >= ROWS_MAX)
            cut++;
        else
            js_push(rows, row_view(view, row, false));
    }
    js_set(out, "rows", rows);
    if (quiet > 0)
        set_count(view, out, "quiet", (double)quiet);
    if (cut > 0)
        set_count(view, out, "cut", (double)cut);
}

/* -- what stands above the rows -- */

static void push_card(struct js *cards, const char *name, const char *value, const char *more)
{
    struct js *card = js_object();

    js_set_text(card, "name", name);
    js_set_text(card, "value", value);
    if (more != NULL)
        js_set_text(card, "more", more);
    js_push(cards, card);
}

static void push_share(const struct view *view, struct js *cards, const char *code,
                       const struct js *share)
{
    struct js *said = js_object();

    set_share(view, said, "share", share);
    push_card(cards, coded(view, code), js_text(said, "share", ""), NULL);
    js_free(said);
}

static void set_cards(const struct view *view, struct js *out)
{
    const struct js *total = js_at(rows_of(view), js_count(rows_of(view)) - 1);
    struct js *cards = js_array(), *said = js_object();
    struct text p90 = {0};

    set_count(view, said, "n", js_as_real(js_get(total, "n"), 0));
    set_count(view, said, "open", js_as_real(js_get(total, "open"), 0));
    set_duration(view, said, "p50", js_get(total, "restore_p50_s"));
    text_addf(&p90, "%s ", coded(view, "nine in ten"));
    add_duration(view, js_get(total, "restore_p90_s"), &p90);
    push_card(cards, coded(view, "n"), js_text(said, "n", ""), NULL);
    push_card(cards, coded(view, "open"), js_text(said, "open", ""), NULL);
    push_card(cards, coded(view, "half"), js_text(said, "p50", ""), text_get(&p90));
    push_share(view, cards, "citizen", js_get(total, "availability_citizen"));
    push_share(view, cards, "network", js_get(total, "availability_network"));
    push_share(view, cards, "coverage", js_get(total, "coverage"));
    js_set(out, "cards", cards);
    js_free(said);
    text_free(&p90);
}

static void set_query(const struct view *view, struct js *out, const char *by)
{
    char query[64];

    snprintf(query, sizeof query, "by=%s%s%s", by, view->language_asked ? "&lang=" : "",
             view->language_asked ? words_code(view->language) : "");
    js_set_text(out, "query", query);
}

static void set_groups(const struct view *view, struct js *out)
{
    struct js *groups = js_array();

    for (const char *const *by = report_groups; *by != NULL; by++) {
        struct js *group = js_object();

        js_set_text(group, "words", words_coded(view->language, "by", *by));
        js_set(group, "here", js_new_bool(strcmp(*by, view->by) == 0));
        set_query(view, group, *by);
        js_push(groups, group);
    }
    js_set(out, "groups", groups);
    js_set_text(out, "by_words", words_coded(view->language, "by", view->by));
    js_set(out, "by_cause", js_new_bool(strcmp(view->by, "cause") == 0));
}

static void set_month_words(const struct view *view, struct js *out, const char *key,
                            const char *month)
{
    struct text words = {0};
    int year, number;

    if (report_month_parts(month, &year, &number))
        words_add_month(view->language, year, number, &words);
    js_set_text(out, key, text_get(&words));
    text_free(&words);
}

static void set_beside(const struct view *view, struct js *out, const char *key, int months)
{
    char month[8];
    struct js *beside;

    report_month_after(view->month, months, month);
    if (month[0] == '\0')
        return;
    beside = js_object();
    js_set_text(beside, "month", month);
    set_month_words(view, beside, "words", month);
    set_query(view, beside, view->by);
    js_set(out, key, beside);
}

static void set_when(const struct view *view, struct js *out, const char *key)
{
    struct wall at = {0};
    struct text words = {0};

    wall_parse(js_text(view->report, key, NULL), &at);
    words_add_when(view->language, at, &words);
    js_set_text(out, key, text_get(&words));
    text_free(&words);
}

/* The document's end is the month's end, or when it was asked for, or, of a month to come, its
 * begin. */
static void set_head(const struct view *view, struct js *out, struct wall now)
{
    struct wall since = {0}, until = {0};
    bool unfinished, ahead;

    wall_parse(js_text(view->report, "until", NULL), &until);
    wall_parse(js_text(view->report, "since", NULL), &since);
    ahead = wall_diff_ms(now, since) <= 0;
    unfinished = wall_diff_ms(now, until) <= 0;
    js_set_text(out, "month", view->month);
    js_set_text(out, "by", view->by);
    set_month_words(view, out, "month_words", view->month);
    set_when(view, out, "since");
    set_when(view, out, "until");
    js_set(out, "ahead", js_new_bool(ahead));
    js_set(out, "unfinished", js_new_bool(unfinished));
    set_beside(view, out, "before", -1);
    if (!unfinished)
        set_beside(view, out, "after", 1);
}

/* "3 / 5"; nothing of nothing. */
static void set_of(const struct view *view, struct js *out, const char *key, const struct js *row,
                   const char *agree, const char *n)
{
    struct text words = {0};

    if (js_i64(row, n, 0) > 0) {
        words_add_number(view->language, (double)js_i64(row, agree, 0), 0, &words);
        text_add(&words, NO_BREAK "/" NO_BREAK);
        words_add_number(view->language, (double)js_i64(row, n, 0), 0, &words);
    } else {
        text_add(&words, DASH);
    }
    js_set_text(out, key, text_get(&words));
    text_free(&words);
}

/* How often what was guessed, and what people reported, is what was proven. */
static void set_agreement(const struct view *view, struct js *out)
{
    const struct js *agreement = js_get(view->report, "cause_agreement");
    const struct js *rows = js_get(agreement, "rows");
    struct js *copy, *list;

    if (strcmp(view->by, "cause") != 0 || js_count(rows) == 0)
        return;
    copy = js_object();
    list = js_array();
    for (size_t i = 0; i < js_count(rows); i++) {
        const struct js *row = js_at(rows, i);
        struct js *line = js_object();

        js_set_text(line, "name", words_coded(view->language, "cause", js_text(row, "proven", "")));
        set_count(view, line, "n", js_as_real(js_get(row, "n"), 0));
        set_of(view, line, "guess", row, "guess_agree", "guess_n");
        set_of(view, line, "reported", row, "reported_agree", "reported_n");
        js_push(list, line);
    }
    js_set(copy, "rows", list);
    set_of(view, copy, "guess", js_get(agreement, "guess"), "agree", "n");
    set_of(view, copy, "reported", js_get(agreement, "reported"), "agree", "n");
    set_count(view, copy, "n", js_as_real(js_get(agreement, "proven"), 0));
    set_count(view, copy, "unproven", js_as_real(js_get(agreement, "unproven"), 0));
    js_set(out, "agreement", copy);
}

struct js *report_view(const struct js *report, enum words_language language, bool language_asked,
                       struct wall now)
{
    struct view view = {.report = report,
                        .month = js_text(report, "month", ""),
                        .by = js_text(report, "by", ""),
                        .language = language,
                        .language_asked = language_asked};
    struct js *out = js_object();

    view.worst = worst_loss(&view);
    set_head(&view, out, now);
    set_cards(&view, out);
    set_groups(&view, out);
    set_rows(&view, out);
    set_agreement(&view, out);
    return out;
}
