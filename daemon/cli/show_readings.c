/* SPDX-License-Identifier: ISC */
#include "daemon/cli/show_readings.h"

#include <inttypes.h>
#include <string.h>

#include "daemon/cli/show.h"
#include "daemon/cli/table.h"

void show_number(double number, const char *unit, struct text *out)
{
    static const char *const prefixes[] = {"", "k", "M", "G", "T"};
    size_t prefix = 0;
    bool is_data = strncmp(unit, "bit", 3) == 0 || strncmp(unit, "octets", 6) == 0;

    while (is_data && prefix + 1 < sizeof prefixes / sizeof prefixes[0] &&
           (number >= 1000 || number <= -1000)) {
        number /= 1000;
        prefix++;
    }
    text_addf(out, is_data ? "%.4g" : "%.10g", number);
    if (*unit != '\0')
        text_addf(out, " %s%s", prefixes[prefix], unit);
}

void show_reading_value(const struct js *reading, struct text *out)
{
    const char *word = js_text(reading, "word", ""), *text = js_text(reading, "text", "");
    const char *status = js_text(reading, "status", "ok");
    double number = js_as_real(js_get(reading, "value"), 0);

    if (strcmp(status, "invalid") == 0)
        text_add(out, "no value");
    else if (strcmp(status, "ok") != 0)
        text_add(out, status);
    else if (*text != '\0')
        text_add(out, text);
    else if (*word != '\0')
        text_addf(out, "%s (%.10g)", word, number);
    else
        show_number(number, js_text(reading, "unit", ""), out);
}

static void add_row(struct table *table, const struct js *reading)
{
    struct text value = {0};

    show_reading_value(reading, &value);
    table_add(table, js_text(reading, "metric", ""));
    table_add(table, js_text(reading, "instance", ""));
    table_add(table, text_get(&value));
    table_add(table, js_text(reading, "health", ""));
    text_free(&value);
}

/* A device of more than the limit has a history of those alone (daemon/reading_fold.h). */
static void add_kept(const struct js *device, int64_t limit, struct text *out)
{
    const struct js *list = js_get(device, "readings");
    int64_t kept = js_i64(device, "kept", 0), numbers = 0;

    for (size_t i = 0; i < js_count(list); i++)
        numbers += !js_is_null(js_get(js_at(list, i), "value"));
    if (kept >= limit && kept < numbers)
        text_addf(out, "a history is kept of %" PRId64 " of these %" PRId64 " values\n", kept,
                  numbers);
}

void show_readings(const struct js *readings, int64_t limit, struct text *out)
{
    static const struct table_column columns[] = {
        {"READING", 0, false}, {"OF", 32, false}, {"VALUE", 64, false}, {"HEALTH", 0, false}};
    char at[SHOW_TIME_MAX];

    for (size_t i = 0; i < js_count(readings); i++) {
        const struct js *device = js_at(readings, i), *list = js_get(device, "readings");
        struct table *table = table_new(columns, sizeof columns / sizeof columns[0]);
        struct text title = {0}, safe = {0};

        text_addf(&title, "%s, read as %s at %s", js_text(device, "device", ""),
                  js_text(device, "profile", ""), show_member_time(device, "at", at));
        show_safe(text_get(&title), &safe);
        text_addf(out, "\n%s\n", text_get(&safe));
        for (size_t j = 0; j < js_count(list); j++)
            add_row(table, js_at(list, j));
        table_print(table, 0, out);
        table_free(table);
        add_kept(device, limit, out);
        text_free(&title);
        text_free(&safe);
    }
}
