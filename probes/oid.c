/* SPDX-License-Identifier: ISC */
#include "probes/oid.h"

#include <stdio.h>
#include <string.h>

bool oid_append(struct oid *oid, uint32_t subid)
{
    size_t septets = 1;

    while (septets < 5 && subid >> (7 * septets) != 0)
        septets++;
    if (oid->bytes + septets > OID_BYTES_MAX)
        return false;
    for (size_t i = septets; i-- > 0;)
        oid->at[oid->bytes++] =
            (uint8_t)((subid >> (7 * i) & 0x7f) | (i > 0 ? UINT32_C(0x80) : 0U));
    return true;
}

/* One number of up to 32 bits without sign, and what ends it. */
static bool read_subid(const char **text, uint32_t *subid)
{
    const char *at = *text;
    uint64_t number = 0;

    if (*at < '0' || *at > '9')
        return false;
    for (; *at >= '0' && *at <= '9'; at++) {
        number = number * 10 + (uint64_t)(*at - '0');
        if (number > UINT32_MAX)
            return false;
    }
    if (*at == '.')
        at++;
    else if (*at != '\0')
        return false;
    *subid = (uint32_t)number;
    *text = at;
    return true;
}

bool oid_read(const char *dotted, struct oid *oid)
{
    uint32_t first, second, subid;

    *oid = (struct oid){0};
    if (*dotted == '.')
        dotted++;
    if (!read_subid(&dotted, &first) || !read_subid(&dotted, &second))
        return false;
    if (first > 2 || (first < 2 && second > 39) || second > UINT32_MAX - 80)
        return false;
    if (!oid_append(oid, first * 40 + second))
        return false;
    while (*dotted != '\0')
        if (!read_subid(&dotted, &subid) || !oid_append(oid, subid))
            return false;
    return dotted[-1] != '.';
}

bool oid_copy(const uint8_t *at, size_t bytes, struct oid *oid)
{
    *oid = (struct oid){0};
    if (bytes > OID_BYTES_MAX)
        return false;
    memcpy(oid->at, at, bytes);
    oid->bytes = (uint8_t)bytes;
    return true;
}

bool oid_next(const uint8_t **at, size_t *left, uint32_t *subid)
{
    uint32_t number = 0;

    for (size_t i = 0; i < *left; i++) {
        number = number << 7 | ((*at)[i] & 0x7f);
        if (((*at)[i] & 0x80) != 0)
            continue;
        *at += i + 1;
        *left -= i + 1;
        *subid = number;
        return true;
    }
    return false;
}

/* As snprintf(): nothing is written beyond room, and the length counts on. */
static size_t add(char *out, size_t room, size_t used, const char *dot, uint32_t number)
{
    int more = snprintf(used < room ? out + used : NULL, used < room ? room - used : 0, "%s%lu",
                        dot, (unsigned long)number);

    return used + (size_t)(more < 0 ? 0 : more);
}

size_t oid_print(const uint8_t *at, size_t bytes, char *out, size_t room)
{
    size_t used = 0;
    uint32_t subid;

    if (room > 0)
        out[0] = '\0';
    if (!oid_next(&at, &bytes, &subid))
        return 0;
    used = add(out, room, used, "", subid < 80 ? subid / 40 : 2);
    used = add(out, room, used, ".", subid < 80 ? subid % 40 : subid - 80);
    while (oid_next(&at, &bytes, &subid))
        used = add(out, room, used, ".", subid);
    return used;
}

bool oid_equal(const struct oid *oid, const uint8_t *at, size_t bytes)
{
    return oid->bytes == bytes && memcmp(oid->at, at, bytes) == 0;
}

bool oid_under(const struct oid *prefix, const uint8_t *at, size_t bytes)
{
    return bytes > prefix->bytes && memcmp(prefix->at, at, prefix->bytes) == 0;
}

int oid_compare(const uint8_t *a, size_t a_bytes, const uint8_t *b, size_t b_bytes)
{
    uint32_t x, y;

    for (;;) {
        bool more_a = oid_next(&a, &a_bytes, &x), more_b = oid_next(&b, &b_bytes, &y);

        if (!more_a || !more_b)
            return (int)more_a - (int)more_b;
        if (x != y)
            return x < y ? -1 : 1;
    }
}
