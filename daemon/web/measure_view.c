/* SPDX-License-Identifier: ISC */
#include "daemon/web/measure_view.h"

#include <math.h>
#include <string.h>

#include "daemon/base/text.h"

#define SHOWN_MOST     6
#define NO_BREAK_SPACE "\xc2\xa0"

/* A whole number stands without a decimal. */
static void set_number(struct js *out, const char *key, const struct js *number, const char *unit,
                       enum words_language language)
{
    double value = js_as_real(number, 0);
    struct text words = {0};

    if (js_is_null(number))
        return;
    if (value < 0)
        text_add(&words, "−");
    words_add_number(language, fabs(value), fabs(value - round(value)) < 0.05 ? 0 : 1, &words);
    if (*unit != '\0')
        text_addf(&words, NO_BREAK_SPACE "%s", unit);
    js_set_text(out, key, text_get(&words));
    text_free(&words);
}

/* "" where there is no such time: what is missing here would be looked for in the page around it.
 */
static void set_when(struct js *out, const char *key, const struct js *measure,
                     enum words_language language)
{
    struct wall at = {0};
    struct text words = {0};

    if (wall_parse(js_text(measure, key, NULL), &at))
        words_add_when(language, at, &words);
    js_set_text(out, key, text_get(&words));
    text_free(&words);
}

static struct js *one_view(const struct js *measure, enum words_language language)
{
    const char *instance = js_text(measure, "instance", ""), *unit = js_text(measure, "unit", "");
    struct js *out = js_object();
    struct text name = {0};

    text_addf(&name, "%s%s%s", words_coded(language, "metric", js_text(measure, "measure", "")),
              *instance == '\0' ? "" : " ", instance);
    js_set_text(out, "name", text_get(&name));
    text_free(&name);
    set_number(out, "figure", js_get(measure, "figure"), unit, language);
    set_number(out, "needs", js_get(measure, "needs"), unit, language);
    set_number(out, "usual", js_get(measure, "usual"), unit, language);
    set_when(out, "since", measure, language);
    set_when(out, "until", measure, language);
    return out;
}

struct js *measure_view(const struct js *measures, enum words_language language)
{
    struct js *list;

    if (js_count(measures) == 0)
        return NULL;
    list = js_array();
    for (size_t i = 0; i < js_count(measures) && i < SHOWN_MOST; i++)
        js_push(list, one_view(js_at(measures, i), language));
    return list;
}
