/* SPDX-License-Identifier: ISC */
#include "daemon/cli/show.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Bidi embeddings, overrides, isolates and marks: they make a name read as another one (Unicode TR
 * 36). */
static bool turns_writing(uint32_t point)
{
    return point == 0x61c || (point >= 0x200e && point <= 0x200f) ||
           (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

void show_safe(const char *text, struct text *out)
{
    const char *end = strchr(text, '\0');

    while (text < end) {
        uint32_t point = 0;
        size_t step = text_utf8_step(text, (size_t)(end - text), &point);

        if (step == 0 || (step == 1 && text_is_control(point)))
            text_addf(out, "\\x%02x", (unsigned)(unsigned char)*text);
        else if (text_is_control(point) || turns_writing(point))
            text_addf(out, "\\u{%x}", (unsigned)point);
        else
            text_add_bytes(out, text, step);
        text += step == 0 ? 1 : step;
    }
}

void show_zone(const char *zone)
{
    if (setenv("TZ", zone, 1) != 0)
        abort();
    tzset();
}

const char *show_time(struct wall at, char out[SHOW_TIME_MAX])
{
    time_t seconds = (time_t)(at.us / US_PER_S);
    struct tm parts;

    out[0] = '\0';
    if (wall_is_set(at) && localtime_r(&seconds, &parts) != NULL)
        strftime(out, SHOW_TIME_MAX, "%Y-%m-%d %H:%M %Z", &parts);
    return out;
}

struct wall show_member_wall(const struct js *object, const char *key)
{
    struct wall at = {0};

    if (!wall_parse(js_text(object, key, ""), &at))
        return (struct wall){0};
    return at;
}

const char *show_member_time(const struct js *object, const char *key, char out[SHOW_TIME_MAX])
{
    return show_time(show_member_wall(object, key), out);
}

const char *show_duration(int64_t ms, char out[SHOW_DURATION_MAX])
{
    static const struct {
        int64_t s;
        const char *name;
    } units[] = {{86400, "d"}, {3600, "h"}, {60, "m"}, {1, "s"}};
    int64_t s = ms > 0 ? ms / 1000 : 0;
    size_t i = 0;
    long long first, second;

    while (i < 3 && s < units[i].s)
        i++;
    first = (long long)(s / units[i].s);
    second = i < 3 ? (long long)(s % units[i].s / units[i + 1].s) : 0;
    if (second > 0)
        snprintf(out, SHOW_DURATION_MAX, "%lld%s %lld%s", first, units[i].name, second,
                 units[i + 1].name);
    else
        snprintf(out, SHOW_DURATION_MAX, "%lld%s", first, units[i].name);
    return out;
}

void show_place(const struct js *place, struct text *out)
{
    const char *code = js_text(place, "code", "");
    const char *name = js_text(place, "name", "");
    const char *kecamatan = js_text(place, "kecamatan", "");

    text_addf(out, "%s%s%s", code, *name != '\0' ? " " : "", name);
    if (*kecamatan != '\0' && strcmp(kecamatan, name) != 0)
        text_addf(out, " (%s)", kecamatan);
}

void show_line(const char *name, const char *value, struct text *out)
{
    if (value == NULL || *value == '\0')
        return;
    text_addf(out, "%-12s  ", name);
    show_safe(value, out);
    text_add(out, "\n");
}
