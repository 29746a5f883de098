/* SPDX-License-Identifier: ISC */
#include "daemon/base/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 64

/* RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
size_t text_utf8_step(const char *at, size_t bytes, uint32_t *point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *byte = (const unsigned char *)at;
    size_t length;
    uint32_t value;

    if (bytes == 0)
        return 0;
    if (byte[0] < 0x80) {
        *point = byte[0];
        return 1;
    }
    length = byte[0] >= 0xf0 ? 4 : byte[0] >= 0xe0 ? 3 : 2;
    if (byte[0] < 0xc2 || byte[0] > 0xf4 || length > bytes)
        return 0;
    value = byte[0] & (0xffU >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((byte[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (byte[i] & 0x3fU);
    }
    if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    *point = value;
    return length;
}

bool text_is_control(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point <= 0x9f);
}

bool text_is_utf8(const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes;) {
        uint32_t point;
        size_t step = text_utf8_step(text + i, bytes - i, &point);

        if (step == 0)
            return false;
        i += step;
    }
    return true;
}

size_t text_cut(const char *text, size_t bytes, size_t most)
{
    if (bytes < most)
        return bytes;
    /* A full buffer may itself have been cut in the middle of its last character. */
    for (size_t back = 1; back <= 3 && back <= most; back++) {
        unsigned char byte = (unsigned char)text[most - back];
        uint32_t point;

        if ((byte & 0xc0) == 0x80)
            continue;
        if (byte >= 0xc2 && text_utf8_step(text + most - back, back, &point) == 0)
            return most - back;
        break;
    }
    return most;
}

bool text_copy(char *out, size_t out_bytes, const char *text)
{
    size_t bytes = text == NULL ? 0 : strlen(text);

    out[0] = '\0';
    if (text == NULL || bytes >= out_bytes)
        return false;
    for (size_t i = 0; i < bytes;) {
        uint32_t point = 0;
        size_t step = text_utf8_step(text + i, bytes - i, &point);

        if (step == 0 || text_is_control(point))
            return false;
        i += step;
    }
    memcpy(out, text, bytes + 1);
    return true;
}

bool text_equal_secret(const char *a, const char *b, size_t bytes)
{
    /* volatile, so that the compiler may not stop at the first difference */
    volatile unsigned char difference = 0;

    for (size_t i = 0; i < bytes; i++)
        difference = (unsigned char)(difference | (a[i] ^ b[i]));
    return difference == 0;
}

const char *text_get(const struct text *text)
{
    return text->at == NULL ? "" : text->at;
}

/* Room for more bytes and the terminator; false when the limit forbids them. */
static bool reserve(struct text *text, size_t more)
{
    size_t room = text->room == 0 ? FIRST_ROOM : text->room;
    char *grown;

    if (text->overflowed || (text->limit != 0 && more > text->limit - text->bytes)) {
        text->overflowed = true;
        return false;
    }
    if (more >= SIZE_MAX / 4 - text->bytes)
        abort();
    while (room < text->bytes + more + 1)
        room *= 2;
    if (room == text->room)
        return true;
    grown = realloc(text->at, room);
    if (grown == NULL)
        abort();
    text->at = grown;
    text->room = room;
    return true;
}

void text_add_bytes(struct text *text, const char *more, size_t bytes)
{
    if (!reserve(text, bytes))
        return;
    if (bytes > 0)
        memcpy(text->at + text->bytes, more, bytes);
    text->bytes += bytes;
    text->at[text->bytes] = '\0';
}

void text_add(struct text *text, const char *more)
{
    text_add_bytes(text, more, strlen(more));
}

/* Into the room that is there; where it was too little, once more. */
void text_addf(struct text *text, const char *format, ...)
{
    size_t left = text->at == NULL ? 0 : text->room - text->bytes;
    va_list args;
    int bytes;

    va_start(args, format);
    bytes = vsnprintf(left == 0 ? NULL : text->at + text->bytes, left, format, args);
    va_end(args);
    if (bytes < 0)
        abort();
    if (!reserve(text, (size_t)bytes)) {
        if (left > 0)
            text->at[text->bytes] = '\0';
        return;
    }
    if ((size_t)bytes >= left) {
        va_start(args, format);
        vsnprintf(text->at + text->bytes, (size_t)bytes + 1, format, args);
        va_end(args);
    }
    text->bytes += (size_t)bytes;
}

void text_clear(struct text *text)
{
    text->bytes = 0;
    text->overflowed = false;
    if (text->at != NULL)
        text->at[0] = '\0';
}

void text_free(struct text *text)
{
    free(text->at);
    *text = (struct text){.limit = text->limit};
}

/* Longest unit first: the first that divides a duration gives its shortest form. */
static const struct unit {
    const char *name;
    int64_t ms;
} units[] = {{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};

/* The digits at *at, moved behind; false when there is none or they pass most. */
static bool take_digits(const char **at, uint64_t most, uint64_t *number)
{
    const char *start = *at;

    *number = 0;
    for (; **at >= '0' && **at <= '9'; (*at)++) {
        uint64_t digit = (uint64_t)(**at - '0');

        if (*number > (most - digit) / 10)
            return false;
        *number = *number * 10 + digit;
    }
    return *at != start;
}

bool text_duration_ms(const char *text, int64_t *ms)
{
    uint64_t number;

    if (text == NULL || !take_digits(&text, INT64_MAX, &number))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(text, units[i].name) != 0)
            continue;
        if (number > (uint64_t)(INT64_MAX / units[i].ms))
            return false;
        *ms = (int64_t)number * units[i].ms;
        return true;
    }
    return false;
}

void text_duration_print(int64_t ms, char out[32])
{
    size_t i = 0;

    assert(ms >= 0);
    if (ms == 0) {
        snprintf(out, 32, "0s");
        return;
    }
    while (ms % units[i].ms != 0)
        i++;
    snprintf(out, 32, "%lld%s", (long long)(ms / units[i].ms), units[i].name);
}

bool text_i64(const char *text, int64_t least, int64_t most, int64_t *number)
{
    uint64_t magnitude;
    bool negative;
    int64_t value;

    if (text == NULL)
        return false;
    negative = *text == '-';
    text += negative;
    if (!take_digits(&text, (uint64_t)INT64_MAX + negative, &magnitude) || *text != '\0')
        return false;
    /* -(magnitude - 1) - 1, because the least number has no positive twin */
    value = !negative ? (int64_t)magnitude : magnitude == 0 ? 0 : -(int64_t)(magnitude - 1) - 1;
    if (value < least || value > most)
        return false;
    *number = value;
    return true;
}
