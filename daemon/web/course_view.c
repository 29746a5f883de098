/* SPDX-License-Identifier: ISC */
#include "daemon/web/course_view.h"

#include <math.h>
#include <string.h>

#include "daemon/base/text.h"

#define HOURS     24
#define HEIGHT    12.0
#define CUTS_MOST 4

/* A step is an hour. */
struct day {
    struct wall from;
    struct wall now;
    int64_t sent[HOURS];
    int64_t lost[HOURS];
};

/* The place of [hour, …]; HOURS when it has none. */
static size_t hour_of(const struct js *step)
{
    int64_t hour = js_as_i64(js_at(step, 0), HOURS);

    return hour < 0 || hour > HOURS ? HOURS : (size_t)hour;
}

static struct day day_of(const struct js *course, struct wall now)
{
    const struct js *link = js_get(course, "link");
    struct day day = {.now = now};

    wall_parse(js_text(course, "from", ""), &day.from);
    for (size_t i = 0; i < js_count(link); i++) {
        const struct js *step = js_at(link, i);
        size_t hour = hour_of(step);

        if (hour == HOURS)
            continue;
        day.sent[hour] = js_as_i64(js_at(step, 1), 0);
        day.lost[hour] = js_as_i64(js_at(step, 2), 0);
    }
    return day;
}

static struct wall step_at(const struct day *day, size_t step)
{
    struct wall at = wall_add_ms(day->from, (int64_t)step * 3600 * 1000);

    return at.us < day->now.us ? at : day->now;
}

/* -- the link -- */

/* How high the answered part of a step stands; below 0: nobody looked. */
static double height_of(const struct day *day, size_t step)
{
    if (day->sent[step] == 0)
        return -1;
    return HEIGHT * (double)(day->sent[step] - day->lost[step]) / (double)day->sent[step];
}

/* An area over steps that look alike; most days are one. */
static void add_area(size_t from, size_t to, double bottom, double height, struct text *out)
{
    if (height > 0.05)
        text_addf(out, "M%zu %.3gv%.3gh%zuv%.3gz", from, bottom, -height, to - from, height);
}

static void set_areas(const struct day *day, struct js *out)
{
    struct text answered = {0}, lost = {0};

    for (size_t from = 0, to; from < HOURS; from = to) {
        double height = height_of(day, from);

        for (to = from + 1; to < HOURS && fabs(height_of(day, to) - height) < 0.05;)
            to++;
        if (height < 0)
            continue;
        add_area(from, to, HEIGHT, height, &answered);
        add_area(from, to, HEIGHT - height, HEIGHT - height, &lost);
    }
    js_set_text(out, "answered", text_get(&answered));
    js_set_text(out, "lost", text_get(&lost));
    text_free(&answered);
    text_free(&lost);
}

/* Rounded down: of what was lost, however little, there is no 100 %. False: nobody looked. */
static bool set_percent(const struct day *day, enum words_language language, struct js *out)
{
    int64_t sent = 0, lost = 0;
    double tenths;
    struct text words = {0};

    for (size_t i = 0; i < HOURS; i++) {
        sent += day->sent[i];
        lost += day->lost[i];
    }
    if (sent == 0)
        return false;
    tenths = floor(1000.0 * (double)(sent - lost) / (double)sent);
    words_add_number(language, tenths / 10, tenths > 999 || lost == sent ? 0 : 1, &words);
    js_set_text(out, "percent", text_get(&words));
    text_free(&words);
    return true;
}

static bool is_cut(const struct day *day, size_t step)
{
    return day->sent[step] > 0 && 2 * day->lost[step] > day->sent[step];
}

static void add_cut(const struct day *day, size_t from, size_t to, enum words_language language,
                    struct text *out)
{
    if (out->bytes > 0)
        text_add(out, ", ");
    words_add_clock(language, step_at(day, from), out);
    text_add(out, "–");
    words_add_clock(language, step_at(day, to), out);
}

/* The newest first. */
static void set_cuts(const struct day *day, enum words_language language, struct js *out)
{
    struct text words = {0};
    size_t cuts = 0;

    for (size_t to = HOURS; to > 0 && cuts < CUTS_MOST; to--) {
        size_t from = to;

        while (from > 0 && is_cut(day, from - 1))
            from--;
        if (from == to)
            continue;
        add_cut(day, from, to, language, &words);
        cuts++;
        to = from + 1;
    }
    if (cuts > 0)
        js_set_text(out, "cut", text_get(&words));
    text_free(&words);
}

static void set_unknown(const struct day *day, enum words_language language, struct js *out)
{
    struct text words = {0};
    int64_t unknown = 0;

    for (size_t i = 0; i + 1 < HOURS; i++) /* the present one has perhaps just begun */
        unknown += day->sent[i] == 0;
    if (unknown > 0) {
        words_add_duration(language, unknown * 3600, &words);
        js_set_text(out, "unknown", text_get(&words));
    }
    text_free(&words);
}

/* -- readings -- */

/* A step of the line is one to the right at its height; it begins anew behind a gap. False: there
 * is none. */
static bool set_line(const struct js *reading, struct js *out)
{
    const struct js *steps = js_get(reading, "steps");
    double least = js_as_real(js_get(reading, "least"), 0);
    double span = js_as_real(js_get(reading, "most"), 0) - least;
    size_t next = HOURS;
    struct text line = {0};
    bool drawn;

    for (size_t i = 0; i < js_count(steps); i++) {
        size_t hour = hour_of(js_at(steps, i));
        double mean = js_as_real(js_at(js_at(steps, i), 1), least);
        double part = span > 0 ? (mean - least) / span : 0.5;

        if (hour == HOURS)
            continue;
        text_addf(&line, "%c%zu %.3gh1", hour == next ? 'L' : 'M', hour,
                  HEIGHT - 1 - (HEIGHT - 2) * part);
        next = hour + 1;
    }
    drawn = line.bytes > 0;
    js_set_text(out, "line", text_get(&line));
    text_free(&line);
    return drawn;
}

static void set_number(struct js *out, const char *key, double number, const char *unit,
                       enum words_language language)
{
    struct text words = {0};

    if (number < 0)
        text_add(&words, "−");
    words_add_number(language, fabs(number), strcmp(unit, "V") == 0 ? 1 : 0, &words);
    js_set_text(out, key, text_get(&words));
    text_free(&words);
}

/* NULL: there is nothing to draw. */
static struct js *reading_view(const struct js *reading, enum words_language language)
{
    static const char *const numbers[] = {"last", "least", "most"};
    const char *unit = js_text(reading, "unit", ""), *instance = js_text(reading, "instance", "");
    struct js *out = js_object();
    struct text name = {0};

    if (!set_line(reading, out)) {
        js_free(out);
        return NULL;
    }
    text_addf(&name, "%s%s%s", words_coded(language, "metric", js_text(reading, "metric", "")),
              *instance == '\0' ? "" : " ", instance);
    js_set_text(out, "name", text_get(&name));
    js_set_text(out, "unit", unit);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        set_number(out, numbers[i], js_as_real(js_get(reading, numbers[i]), 0), unit, language);
    text_free(&name);
    return out;
}

static void set_readings(const struct js *course, enum words_language language, struct js *out)
{
    const struct js *readings = js_get(course, "readings");
    struct js *list = js_array();

    for (size_t i = 0; i < js_count(readings); i++) {
        struct js *one = reading_view(js_at(readings, i), language);

        if (one != NULL)
            js_push(list, one);
    }
    js_set(out, "readings", list);
}

struct js *course_view(const struct js *course, enum words_language language, struct wall now)
{
    struct day day = day_of(course, now);
    struct text words = {0};
    struct js *out = js_object();

    if (!set_percent(&day, language, out)) {
        js_free(out);
        return NULL;
    }
    words_add_clock(language, day.from, &words);
    js_set_text(out, "from", text_get(&words));
    text_clear(&words);
    words_add_clock(language, step_at(&day, HOURS), &words);
    js_set_text(out, "to", text_get(&words));
    text_free(&words);
    set_areas(&day, out);
    set_cuts(&day, language, out);
    set_unknown(&day, language, out);
    set_readings(course, language, out);
    return out;
}
