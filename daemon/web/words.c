/* SPDX-License-Identifier: ISC */
#include "daemon/web/words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "daemon/web/assets.h"
#include "daemon/web/mo.h"

#define MESSAGE_MAX    512
#define NUMBER_MAX     64
#define PER_MINUTE     60
#define PER_HOUR       3600
#define PER_DAY        86400
#define ACCEPTED_PARTS 16 /* of a header; the rest is not read */

/* clang-format off */
static const struct language {
    const char *code;
    const char *asset;
    char clock;    /* between hours and minutes */
    char decimal;
    char thousand;
} languages[WORDS_END] = {
    [WORDS_ID] = {"id", "id.mo", '.', ',', '.'},
    [WORDS_EN] = {"en", "en.mo", ':', '.', ','},
};
/* clang-format on */

/* -- which language -- */

const char *words_code(enum words_language language)
{
    return languages[language].code;
}

enum words_language words_language(const char *code, enum words_language fallback)
{
    for (int i = 1; code != NULL && i < WORDS_END; i++)
        if (strcmp(languages[i].code, code) == 0)
            return (enum words_language)i;
    return fallback;
}

/* "id", "id-ID", and "in", which older Android phones say (ISO 639 before 1989). 0: another one. */
static int language_of_tag(const char *tag, size_t bytes)
{
    size_t primary = strcspn(tag, "-_");

    if (primary > bytes)
        primary = bytes;
    if (primary != 2)
        return 0;
    if (strncasecmp(tag, "id", 2) == 0 || strncasecmp(tag, "in", 2) == 0)
        return WORDS_ID;
    return strncasecmp(tag, "en", 2) == 0 ? WORDS_EN : 0;
}

/* In thousandths; 1000 without one, 0 for what cannot be read. part ends at a comma or the end. */
static int weight_of(const char *part, size_t bytes)
{
    const char *weight = memchr(part, ';', bytes);
    int value = 0, unit = 100;

    if (weight == NULL)
        return 1000;
    weight += 1 + strspn(weight + 1, " \t");
    if (strncasecmp(weight, "q=", 2) != 0)
        return 1000;
    weight += 2;
    if (*weight == '1')
        return 1000;
    if (*weight != '0' || weight[1] != '.')
        return 0;
    for (weight += 2; *weight >= '0' && *weight <= '9'; weight++, unit /= 10)
        value += unit * (*weight - '0');
    return value;
}

enum words_language words_accepted(const char *header, enum words_language fallback)
{
    int best = 0;
    enum words_language found = fallback;

    for (int part = 0; header != NULL && *header != '\0' && part < ACCEPTED_PARTS; part++) {
        size_t bytes = strcspn(header, ",");
        size_t tag = strcspn(header, ",; \t");
        int language = language_of_tag(header, tag);

        if (language != 0 && weight_of(header, bytes) > best) {
            best = weight_of(header, bytes);
            found = (enum words_language)language;
        }
        header += bytes;
        header += strspn(header, ", \t");
    }
    return found;
}

/* -- messages -- */

static const char *find(enum words_language language, const char *message)
{
    const struct web_asset *asset = web_asset_find(languages[language].asset);

    return asset == NULL ? NULL : mo_find(asset->bytes, asset->count, message);
}

bool words_have(enum words_language language, const char *message)
{
    return find(language, message) != NULL;
}

const char *words_get(enum words_language language, const char *message)
{
    const char *found = find(language, message);

    return found != NULL ? found : message;
}

const char *words_coded(enum words_language language, const char *group, const char *code)
{
    char message[MESSAGE_MAX];
    const char *found;

    if ((size_t)snprintf(message, sizeof message, "%s:%s", group, code) >= sizeof message)
        return code;
    found = find(language, message);
    return found != NULL ? found : code;
}

static size_t line_of(const char *source, const char *at)
{
    size_t line = 1;

    for (; source < at; source++)
        line += *source == '\n';
    return line;
}

bool words_translate(enum words_language language, const char *source, struct text *out,
                     struct err *err)
{
    char message[MESSAGE_MAX];
    const char *at = source;
    const char *mark;

    while ((mark = strstr(at, "[[")) != NULL) {
        const char *end = strstr(mark, "]]");
        size_t bytes = end == NULL ? 0 : (size_t)(end - mark - 2);

        if (end == NULL || bytes == 0 || bytes >= sizeof message)
            return err_set(err, "%zu: [[ is not closed, or holds no message",
                           line_of(source, mark));
        memcpy(message, mark + 2, bytes);
        message[bytes] = '\0';
        text_add_bytes(out, at, (size_t)(mark - at));
        text_add(out, words_get(language, message));
        at = end + 2;
    }
    text_add(out, at);
    return true;
}

/* -- durations, times, numbers -- */

static void add_unit(enum words_language language, int64_t count, const char *unit,
                     struct text *out)
{
    text_addf(out, "%lld %s", (long long)count, words_coded(language, "unit", unit));
}

void words_add_duration(enum words_language language, int64_t seconds, struct text *out)
{
    static const struct {
        int64_t seconds;
        const char *name;
    } units[] = {{PER_DAY, "day"}, {PER_HOUR, "hour"}, {PER_MINUTE, "minute"}, {1, "second"}};
    size_t i = 0;
    int64_t rest;

    if (seconds < 0)
        seconds = 0;
    while (units[i].seconds > seconds && units[i].seconds > 1)
        i++;
    add_unit(language, seconds / units[i].seconds, units[i].name, out);
    if (units[i].seconds <= PER_MINUTE)
        return; /* seconds behind minutes say more than was measured */
    rest = seconds % units[i].seconds / units[i + 1].seconds;
    if (rest > 0) {
        text_add(out, " ");
        add_unit(language, rest, units[i + 1].name, out);
    }
}

void words_set_zone(const char *zone)
{
    if (setenv("TZ", zone, 1) != 0)
        abort();
    tzset();
}

/* "1" → "Jan": the message holds all twelve, with blanks between. */
static void add_month(enum words_language language, const char *names, int month, struct text *out)
{
    const char *at = words_coded(language, "calendar", names);

    while (--month > 0 && strchr(at, ' ') != NULL)
        at = strchr(at, ' ') + 1;
    text_add_bytes(out, at, strcspn(at, " "));
}

void words_add_when(enum words_language language, struct wall at, struct text *out)
{
    time_t seconds = (time_t)(at.us / US_PER_S);
    struct tm tm;

    if (!wall_is_set(at) || localtime_r(&seconds, &tm) == NULL)
        return;
    text_addf(out, "%d ", tm.tm_mday);
    add_month(language, "months", tm.tm_mon + 1, out);
    text_addf(out, " %d %02d%c%02d %s", tm.tm_year + 1900, tm.tm_hour, languages[language].clock,
              tm.tm_min, tm.tm_zone);
}

void words_add_clock(enum words_language language, struct wall at, struct text *out)
{
    time_t seconds = (time_t)(at.us / US_PER_S);
    struct tm tm;

    if (wall_is_set(at) && localtime_r(&seconds, &tm) != NULL)
        text_addf(out, "%02d%c%02d", tm.tm_hour, languages[language].clock, tm.tm_min);
}

void words_add_month(enum words_language language, int year, int month, struct text *out)
{
    add_month(language, "whole months", month, out);
    text_addf(out, " %d", year);
}

void words_add_number(enum words_language language, double number, int decimals, struct text *out)
{
    char digits[NUMBER_MAX];
    size_t whole;
    const char *at = digits;

    if (!isfinite(number) || fabs(number) >= 1e15 || decimals < 0 || decimals > 9) {
        text_add(out, "-");
        return;
    }
    snprintf(digits, sizeof digits, "%.*f", decimals, number);
    if (*at == '-')
        text_add_bytes(out, at++, 1);
    whole = strcspn(at, ".");
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0)
            text_add_bytes(out, &languages[language].thousand, 1);
        text_add_bytes(out, at + i, 1);
    }
    if (at[whole] == '\0')
        return;
    text_add_bytes(out, &languages[language].decimal, 1);
    text_add(out, at + whole + 1);
}
