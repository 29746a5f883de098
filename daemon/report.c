/* SPDX-License-Identifier: ISC */
#include "daemon/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MONTH_CHARS 7

const char *const report_columns[] = {
    "group",
    "name",
    "n",
    "open",
    "detect_mean_s",
    "detect_p50_s",
    "detect_p90_s",
    "detect_p95_s",
    "accept_mean_s",
    "accept_p50_s",
    "accept_p90_s",
    "accept_p95_s",
    "restore_mean_s",
    "restore_p50_s",
    "restore_p90_s",
    "restore_p95_s",
    "availability_citizen",
    "availability_network",
    "availability_contract",
    "coverage",
    NULL,
};
const char *const report_groups[] = {"kecamatan", "site", "party", "cause", NULL};

/* -- what can be asked for -- */

static bool all_digits(const char *text, size_t count)
{
    return strspn(text, "0123456789") >= count;
}

bool report_is_month(const char *month)
{
    int year, number;

    if (strlen(month) != MONTH_CHARS || !all_digits(month, 4) || month[4] != '-' ||
        !all_digits(month + 5, 2))
        return false;
    year = (month[0] - '0') * 10 + month[1] - '0';
    number = (month[5] - '0') * 10 + month[6] - '0';
    return year >= 19 && year <= 21 && number >= 1 && number <= 12;
}

bool report_month_parts(const char *month, int *year, int *number)
{
    if (!report_is_month(month))
        return false;
    *year = 0;
    for (size_t i = 0; i < 4; i++)
        *year = *year * 10 + month[i] - '0';
    *number = (month[5] - '0') * 10 + month[6] - '0';
    return true;
}

bool report_is_group(const char *by)
{
    for (const char *const *group = report_groups; *group != NULL; group++)
        if (strcmp(*group, by) == 0)
            return true;
    return false;
}

void report_month_after(const char *month, int months, char out[8])
{
    int year = 0, number = 0, all;
    char text[32];

    out[0] = '\0';
    if (!report_month_parts(month, &year, &number))
        return;
    all = year * 12 + number - 1 + months;
    snprintf(text, sizeof text, "%04d-%02d", all / 12, all % 12 + 1);
    if (report_is_month(text))
        memcpy(out, text, MONTH_CHARS + 1);
}

/* -- CSV -- */

static void add_text(const char *text, struct text *out)
{
    bool is_formula = *text != '\0' && strchr("=+-@\t\r", *text) != NULL;
    bool is_quoted = strpbrk(text, ",\"\r\n") != NULL;

    text_add(out, is_quoted ? "\"" : "");
    text_add(out, is_formula ? "'" : "");
    for (; *text != '\0'; text++) {
        text_add(out, *text == '"' ? "\"" : "");
        text_add_bytes(out, text, 1);
    }
    text_add(out, is_quoted ? "\"" : "");
}

/* The digits that SQL wrote, never with an exponent: a spreadsheet with a decimal comma takes one
 * for a text. */
static void add_real(double number, struct text *out)
{
    char digits[64];
    size_t bytes = (size_t)snprintf(digits, sizeof digits, "%.9f", number);

    if (bytes >= sizeof digits)
        return; /* no share and no duration */
    while (digits[bytes - 1] == '0')
        bytes--;
    if (digits[bytes - 1] == '.')
        bytes--;
    text_add_bytes(out, digits, bytes);
}

static void add_field(const struct js *value, struct text *out)
{
    switch (js_kind(value)) {
    case JS_TEXT:
        add_text(js_as_text(value), out);
        break;
    case JS_INTEGER:
        text_addf(out, "%" PRId64, js_as_i64(value, 0));
        break;
    case JS_REAL:
        add_real(js_as_real(value, 0), out);
        break;
    case JS_NULL:
    case JS_BOOL:
    case JS_ARRAY:
    case JS_OBJECT:
        break;
    }
}

void report_csv(const struct js *report, struct text *out)
{
    const struct js *rows = js_get(report, "rows");

    for (size_t i = 0; report_columns[i] != NULL; i++)
        text_addf(out, "%s%s", i > 0 ? "," : "", report_columns[i]);
    text_add(out, "\n");
    for (size_t n = 0; n < js_count(rows); n++) {
        for (size_t i = 0; report_columns[i] != NULL; i++) {
            text_add(out, i > 0 ? "," : "");
            add_field(js_get(js_at(rows, n), report_columns[i]), out);
        }
        text_add(out, "\n");
    }
}
