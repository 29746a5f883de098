/* SPDX-License-Identifier: ISC */
#include "tests/profiles/replay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>

#include <cmocka.h>

static void put(struct replay_line *line, const void *bytes, size_t count)
{
    line->value = malloc(count + 1);
    assert_non_null(line->value);
    memcpy(line->value, bytes, count);
    line->value_bytes = count;
}

/* As wide as an agent may send it; leading octets do no harm. */
static void put_number(struct replay_line *line, const char *text, size_t octets)
{
    uint64_t number = *text == '-' ? (uint64_t)strtoll(text, NULL, 10) : strtoull(text, NULL, 10);
    uint8_t bytes[9] = {0};

    for (size_t i = 0; i < octets && i < 8; i++)
        bytes[octets - 1 - i] = (uint8_t)(number >> (8 * i));
    put(line, bytes, octets);
}

static void put_hex(struct replay_line *line, const char *text)
{
    uint8_t bytes[512];
    size_t count = strlen(text) / 2;

    assert_true(count <= sizeof bytes);
    for (size_t i = 0; i < count; i++) {
        char digits[3] = {text[2 * i], text[2 * i + 1], '\0'};

        bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    put(line, bytes, count);
}

static void put_value(struct replay_line *line, const char *tag, const char *value)
{
    struct in_addr address;
    struct oid oid;

    line->tag = (uint8_t)strtoul(tag, NULL, 10);
    if (strchr(tag, 'x') != NULL) {
        put_hex(line, value);
    } else if (line->tag == BER_INTEGER) {
        put_number(line, value, 4);
    } else if (line->tag == BER_COUNTER64) {
        put_number(line, value, 9);
    } else if (line->tag == BER_COUNTER32 || line->tag == BER_GAUGE32 || line->tag == BER_TICKS) {
        put_number(line, value, 5);
    } else if (line->tag == BER_OID) {
        put(line, oid.at, oid_read(value, &oid) ? oid.bytes : 0);
    } else if (line->tag == BER_IP_ADDRESS) {
        assert_int_equal(inet_pton(AF_INET, value, &address), 1);
        put(line, &address, sizeof address);
    } else if (line->tag == BER_OCTETS) {
        put(line, value, strlen(value));
    } else {
        assert_int_equal(line->tag, BER_NULL);
        put(line, "", 0);
    }
}

static void take_line(struct replay *replay, char *text)
{
    char *tag, *value;
    struct oid oid;

    text[strcspn(text, "\r\n")] = '\0';
    if (*text == '\0' || *text == '#')
        return;
    tag = strchr(text, '|');
    value = tag == NULL ? NULL : strchr(tag + 1, '|');
    if (value == NULL)
        fail_msg("no OID|TAG|VALUE: %s", text);
    *tag++ = '\0';
    *value++ = '\0';
    if (!oid_read(text, &oid))
        return; /* longer than we ask for */
    replay->lines = reallocarray(replay->lines, replay->count + 1, sizeof *replay->lines);
    assert_non_null(replay->lines);
    replay->lines[replay->count] = (struct replay_line){.oid = oid};
    put_value(&replay->lines[replay->count++], tag, value);
}

static int by_oid(const void *a, const void *b)
{
    const struct replay_line *one = a, *other = b;

    return oid_compare(one->oid.at, one->oid.bytes, other->oid.at, other->oid.bytes);
}

bool replay_load(const char *path, struct replay *replay)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;

    *replay = (struct replay){.count = 0};
    if (file == NULL)
        return false;
    while (getline(&line, &room, file) >= 0)
        take_line(replay, line);
    free(line);
    fclose(file);
    qsort(replay->lines, replay->count, sizeof *replay->lines, by_oid);
    return true;
}

void replay_free(struct replay *replay)
{
    for (size_t i = 0; i < replay->count; i++)
        free(replay->lines[i].value);
    free(replay->lines);
}

const struct replay_line *replay_get(const struct replay *replay, const struct oid *oid)
{
    for (size_t i = 0; i < replay->count; i++)
        if (oid_equal(oid, replay->lines[i].oid.at, replay->lines[i].oid.bytes))
            return &replay->lines[i];
    return NULL;
}

size_t replay_next(const struct replay *replay, const struct oid *oid)
{
    size_t i = 0;

    while (i < replay->count && oid_compare(replay->lines[i].oid.at, replay->lines[i].oid.bytes,
                                            oid->at, oid->bytes) <= 0)
        i++;
    return i;
}

struct ber_varbind replay_varbind(const struct replay_line *line)
{
    return (struct ber_varbind){line->oid.at, line->oid.bytes, line->tag, line->value,
                                line->value_bytes};
}
