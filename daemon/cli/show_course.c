/* SPDX-License-Identifier: ISC */
#include "daemon/cli/show_course.h"

#include "daemon/cli/show.h"
#include "daemon/cli/show_readings.h"

#define LINES_MOST 8

struct range {
    size_t count; /* of steps in which there was a value */
    double least, most, last;
};

/* "·": no value; else by eighths of the way from the least to the most. */
static const char *bar_of(double number, const struct range *range)
{
    static const char *const bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    double span = range->most - range->least;
    int step = span > 0 ? (int)((number - range->least) / span * 8) : 3;

    return bars[step > 7 ? 7 : step < 0 ? 0 : step];
}

/* Of all values; the bars are of means. */
static struct range range_of(const struct js *reading)
{
    const struct js *least = js_get(reading, "least"), *most = js_get(reading, "most"),
                    *last = js_get(reading, "last");
    struct range range = {0};

    for (size_t i = 0; i < js_count(last); i++) {
        double low = js_as_real(js_at(least, i), 0), high = js_as_real(js_at(most, i), 0);

        if (js_is_null(js_at(last, i)))
            continue;
        range.least = range.count == 0 || low < range.least ? low : range.least;
        range.most = range.count == 0 || high > range.most ? high : range.most;
        range.last = js_as_real(js_at(last, i), 0);
        range.count++;
    }
    return range;
}

static void add_bars(const struct js *mean, const struct range *range, struct text *out)
{
    for (size_t i = 0; i < js_count(mean); i++) {
        const struct js *one = js_at(mean, i);

        text_add(out, js_is_null(one) ? "·" : bar_of(js_as_real(one, 0), range));
    }
}

static void add_figures(const struct js *reading, const struct range *range, struct text *out)
{
    const char *instance = js_text(reading, "instance", ""), *unit = js_text(reading, "unit", "");

    text_addf(out, "%s %s%s%s: ", js_text(reading, "device", ""), js_text(reading, "metric", ""),
              *instance == '\0' ? "" : " ", instance);
    show_number(range->last, unit, out);
    text_add(out, ", from ");
    show_number(range->least, unit, out);
    text_add(out, " to ");
    show_number(range->most, unit, out);
}

void show_course(const struct js *course, struct text *out)
{
    const struct js *readings = js_get(course, "readings");
    size_t lines = 0;

    for (size_t i = 0; i < js_count(readings) && lines < LINES_MOST; i++) {
        const struct js *reading = js_at(readings, i), *mean = js_get(reading, "mean");
        struct range range = range_of(reading);
        struct text line = {0};

        if (!js_bool(reading, "main", false) || range.count == 0 || js_count(mean) == 0)
            continue;
        add_bars(mean, &range, &line);
        show_line(lines++ == 0 ? "readings" : "", text_get(&line), out);
        text_clear(&line);
        add_figures(reading, &range, &line);
        show_line("", text_get(&line), out);
        text_free(&line);
    }
}
