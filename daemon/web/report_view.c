/* SPDX-License-Identifier: ISC */
#include "daemon/web/report_view.h"

#include <inttypes.h>
#include <string.h>

#include "daemon/report.h"

#define BAR_WIDTH 100 /* of the longest p90, in the unit of the drawing */

struct view {
    const struct js *report;
    enum words_language language;
    const char *by;
    double longest_s; /* p90 of restoration, over the groups */
};

/* "2 h 14 min"; a dash for what there is none of. */
static void set_duration(const struct view *view, struct js *out, const char *key,
                         const struct js *row, const char *from)
{
    const struct js *value = js_get(row, from);
    struct text words = {0};

    if (js_is_null(value))
        text_add(&words, "–");
    else
        words_add_duration(view->language, (int64_t)(js_as_real(value, 0) + 0.5), &words);
    js_set_text(out, key, text_get(&words));
    text_free(&words);
}

/* Cut off, not rounded: what is not all of the time never shows as 100.00 %. */
static void set_share(const struct view *view, struct js *out, const char *key,
                      const struct js *row, const char *from)
{
    const struct js *value = js_get(row, from);
    int64_t hundredths = (int64_t)(js_as_real(value, 0) * 10000.0 + 1e-6);
    struct text words = {0};

    if (js_is_null(value)) {
        text_add(&words, "–");
    } else {
        words_add_number(view->language, (double)hundredths / 100.0, 2, &words);
        text_add(&words, " %");
    }
    js_set_text(out, key, text_get(&words));
    text_free(&words);
}

static void set_name(const struct view *view, struct js *out, const struct js *row)
{
    const char *group = js_text(row, "group", NULL);
    const char *name = js_text(row, "name", NULL);

    if (group == NULL)
        js_set_text(out, "name", words_coded(view->language, "none", view->by));
    else if (strcmp(view->by, "cause") == 0)
        js_set_text(out, "name", words_coded(view->language, "cause", group));
    else
        js_set_text(out, "name", name != NULL && *name != '\0' ? name : group);
    if (group != NULL && name != NULL && strcmp(view->by, "site") == 0)
        js_set_text(out, "code", group);
}

static struct js *show_row(const struct view *view, const struct js *row)
{
    double p90_s = js_as_real(js_get(row, "restore_p90_s"), 0);
    struct js *out = js_object();

    set_name(view, out, row);
    js_set_i64(out, "n", js_i64(row, "n", 0));
    js_set_i64(out, "open", js_i64(row, "open", 0));
    js_set(out, "has_open", js_new_bool(js_i64(row, "open", 0) > 0));
    set_duration(view, out, "detect", row, "detect_p50_s");
    set_duration(view, out, "accept", row, "accept_p50_s");
    set_duration(view, out, "mean", row, "restore_mean_s");
    set_duration(view, out, "p50", row, "restore_p50_s");
    set_duration(view, out, "p90", row, "restore_p90_s");
    set_duration(view, out, "p95", row, "restore_p95_s");
    set_share(view, out, "citizen", row, "availability_citizen");
    set_share(view, out, "network", row, "availability_network");
    set_share(view, out, "contract", row, "availability_contract");
    set_share(view, out, "coverage", row, "coverage");
    if (p90_s > 0 && view->longest_s > 0)
        js_set_i64(out, "bar", (int64_t)(p90_s / view->longest_s * BAR_WIDTH + 0.5));
    return out;
}

static bool is_total(const struct js *rows, size_t index)
{
    return index + 1 == js_count(rows); /* the document's last row */
}

static void find_longest(struct view *view, const struct js *rows)
{
    for (size_t i = 0; !is_total(rows, i) && i < js_count(rows); i++) {
        double p90_s = js_as_real(js_get(js_at(rows, i), "restore_p90_s"), 0);

        if (p90_s > view->longest_s)
            view->longest_s = p90_s;
    }
}

static void set_month(const struct view *view, struct js *out)
{
    const char *month = js_text(view->report, "month", "");
    int year = 0, number = 1;
    char other[8];
    struct text words = {0};

    if (report_month_parts(month, &year, &number))
        words_add_month(view->language, year, number, &words);
    js_set_text(out, "month", month);
    js_set_text(out, "month_words", text_get(&words));
    text_free(&words);
    report_month_after(month, -1, other);
    js_set_text(out, "before", other);
    report_month_after(month, 1, other);
    js_set_text(out, "after", other);
}

static void set_groups(const struct view *view, struct js *out)
{
    struct js *groups = js_array();

    for (const char *const *by = report_groups; *by != NULL; by++) {
        struct js *group = js_object();

        js_set_text(group, "by", *by);
        js_set_text(group, "words", words_coded(view->language, "by", *by));
        js_set(group, "chosen", js_new_bool(strcmp(*by, view->by) == 0));
        js_push(groups, group);
    }
    js_set(out, "groups", groups);
    js_set_text(out, "by", view->by);
    js_set_text(out, "by_words", words_coded(view->language, "by", view->by));
}

static void set_until(const struct view *view, struct js *out)
{
    struct text words = {0};
    struct wall until;

    if (wall_parse(js_text(view->report, "until", ""), &until))
        words_add_when(view->language, until, &words);
    js_set_text(out, "until", text_get(&words));
    text_free(&words);
}

struct js *report_view(const struct js *report, enum words_language language)
{
    const struct js *rows = js_get(report, "rows");
    struct view view = {
        .report = report, .language = language, .by = js_text(report, "by", report_groups[0])};
    struct js *out = js_object();
    struct js *shown = js_array();

    find_longest(&view, rows);
    for (size_t i = 0; !is_total(rows, i) && i < js_count(rows); i++)
        js_push(shown, show_row(&view, js_at(rows, i)));
    set_month(&view, out);
    set_groups(&view, out);
    set_until(&view, out);
    js_set(out, "rows", shown);
    js_set(out, "total",
           show_row(&view, js_at(rows, js_count(rows) == 0 ? 0 : js_count(rows) - 1)));
    return out;
}
