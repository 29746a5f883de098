/* SPDX-License-Identifier: ISC */
#include "tests/fleet/ber.h"

#include <stdlib.h>
#include <string.h>

static bool take_byte(struct slice *in, uint8_t *byte)
{
    if (in->left == 0)
        return false;
    *byte = *in->at++;
    in->left--;
    return true;
}

/* Definite lengths only, up to four bytes (RFC 3417 section 8: SNMP uses no indefinite form). */
static bool take_length(struct slice *in, size_t *length)
{
    uint8_t byte;

    if (!take_byte(in, &byte))
        return false;
    *length = byte;
    if (byte >= 0x80) {
        unsigned more = byte & 0x7fU;

        if (more == 0 || more > 4)
            return false;
        for (*length = 0; more > 0; more--) {
            if (!take_byte(in, &byte))
                return false;
            *length = *length << 8 | byte;
        }
    }
    return *length <= in->left;
}

bool ber_take_any(struct slice *in, uint8_t *tag, struct slice *content)
{
    size_t length;

    if (!take_byte(in, tag) || !take_length(in, &length))
        return false;
    *content = (struct slice){in->at, length};
    in->at += length;
    in->left -= length;
    return true;
}

bool ber_take(struct slice *in, enum ber_tag tag, struct slice *content)
{
    uint8_t found;

    return ber_take_any(in, &found, content) && found == (uint8_t)tag;
}

bool ber_take_i32(struct slice *in, int32_t *number)
{
    struct slice content;
    int64_t wide;

    if (!ber_take(in, BER_INTEGER, &content) || content.left == 0 || content.left > 4)
        return false;
    wide = content.at[0] < 0x80 ? 0 : -1;
    while (content.left > 0) {
        wide = wide * 256 + *content.at++;
        content.left--;
    }
    *number = (int32_t)wide;
    return true;
}

void ber_put_byte(struct writer *out, unsigned byte)
{
    if (out->at == out->start)
        out->full = true;
    else
        *--out->at = (uint8_t)byte;
}

void ber_put_bytes(struct writer *out, const uint8_t *bytes, size_t count)
{
    if ((size_t)(out->at - out->start) < count) {
        out->full = true;
        return;
    }
    out->at -= count;
    if (count > 0)
        memcpy(out->at, bytes, count);
}

void ber_put_header(struct writer *out, enum ber_tag tag, const uint8_t *end)
{
    size_t length = (size_t)(end - out->at);

    if (length < 0x80) {
        ber_put_byte(out, (unsigned)length);
    } else {
        ber_put_byte(out, length & 0xffU);
        ber_put_byte(out, length >> 8 & 0xffU);
        ber_put_byte(out, 0x82);
    }
    ber_put_byte(out, (unsigned)tag);
}

void ber_put_number(struct writer *out, enum ber_tag tag, int64_t number)
{
    const uint8_t *end = out->at;
    uint8_t byte;

    do {
        byte = (uint8_t)(number & 0xff);
        ber_put_byte(out, byte);
        number = (number - byte) / 256;
    } while (number != (byte >= 0x80 ? -1 : 0));
    ber_put_header(out, tag, end);
}

/* How many bytes the sub-identifier at the front of a name takes. */
static size_t sub_bytes(const uint8_t *at, size_t left)
{
    size_t bytes = 1;

    while (bytes < left && at[bytes - 1] >= 0x80)
        bytes++;
    return bytes;
}

/* Of two sub-identifiers in shortest form the longer is the greater. */
int ber_name_compare(const uint8_t *a, size_t a_bytes, const uint8_t *b, size_t b_bytes)
{
    while (a_bytes > 0 && b_bytes > 0) {
        size_t x = sub_bytes(a, a_bytes), y = sub_bytes(b, b_bytes);
        int differ = x != y ? (x > y) - (x < y) : memcmp(a, b, x);

        if (differ != 0)
            return differ;
        a += x;
        a_bytes -= x;
        b += y;
        b_bytes -= y;
    }
    return (a_bytes > 0) - (b_bytes > 0);
}

/* X.690 8.19: base 128 with a continuation bit. */
static bool put_sub(struct writer *out, unsigned long long sub)
{
    ber_put_byte(out, sub & 0x7fU);
    for (sub >>= 7; sub > 0; sub >>= 7)
        ber_put_byte(out, 0x80U | (unsigned)(sub & 0x7fU));
    return !out->full;
}

size_t ber_name_read(const char *dotted, uint8_t *out, size_t room)
{
    size_t used = 0;
    unsigned long long first = 0;

    for (size_t nth = 0; *dotted != '\0'; nth++) {
        uint8_t bytes[10];
        struct writer sub = {bytes, bytes + sizeof bytes, false};
        char *end;
        unsigned long long number = strtoull(dotted, &end, 10);

        if (end == dotted || (*end != '.' && *end != '\0'))
            return 0;
        dotted = *end == '.' ? end + 1 : end;
        if (nth == 0) {
            first = number; /* the first two arcs share one number */
            continue;
        }
        if (!put_sub(&sub, nth == 1 ? first * 40 + number : number))
            return 0;
        number = (unsigned long long)(bytes + sizeof bytes - sub.at);
        if (used + number > room)
            return 0;
        memcpy(out + used, sub.at, (size_t)number);
        used += (size_t)number;
    }
    return used;
}
