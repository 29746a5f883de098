/* SPDX-License-Identifier: ISC */
#include "tests/unit/mib.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct oid mib_oid(const char *dotted)
{
    struct oid oid = {0};

    if (!oid_read(dotted, &oid))
        fail_msg("no OID: %s", dotted);
    return oid;
}

void mib_free(struct mib *mib)
{
    free(mib->rows);
    mib->rows = NULL;
    mib->count = mib->room = 0;
}

static int order_of(const struct oid *a, const struct oid *b)
{
    return oid_compare(a->at, a->bytes, b->at, b->bytes);
}

/* The first row that is not before the name. */
static size_t place_of(const struct mib *mib, const struct oid *oid)
{
    size_t low = 0, high = mib->count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (order_of(&mib->rows[middle].oid, oid) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void mib_add(struct mib *mib, const char *oid, uint8_t tag, const void *value, size_t bytes)
{
    struct mib_row row = {.oid = mib_oid(oid), .tag = tag, .bytes = bytes};
    size_t at = place_of(mib, &row.oid);

    assert_in_range(bytes, 0, sizeof row.value);
    if (bytes > 0)
        memcpy(row.value, value, bytes);
    if (at < mib->count && order_of(&mib->rows[at].oid, &row.oid) == 0) {
        mib->rows[at] = row;
        return;
    }
    if (mib->count == mib->room) {
        mib->room = mib->room == 0 ? 64 : 2 * mib->room;
        mib->rows = reallocarray(mib->rows, mib->room, sizeof *mib->rows);
        assert_non_null(mib->rows);
    }
    memmove(mib->rows + at + 1, mib->rows + at, (mib->count - at) * sizeof *mib->rows);
    mib->rows[at] = row;
    mib->count++;
}

void mib_add_number(struct mib *mib, const char *oid, uint8_t tag, int64_t number)
{
    uint8_t octets[9];
    size_t count = 0;

    /* as many as keep the sign */
    for (size_t i = sizeof octets; i-- > 0;) {
        int64_t rest = i >= 8 ? (number < 0 ? -1 : 0) : number >> (8 * i);
        uint8_t octet = (uint8_t)(rest & 0xff);

        if (count == 0 && i > 0) {
            int64_t next = number >> (8 * (i - 1));

            if ((rest == 0 && (next & 0x80) == 0) || (rest == -1 && (next & 0x80) != 0))
                continue;
        }
        octets[count++] = octet;
    }
    mib_add(mib, oid, tag, octets, count);
}

void mib_add_text(struct mib *mib, const char *oid, const char *text)
{
    mib_add(mib, oid, BER_OCTETS, text, strlen(text));
}

void mib_remove(struct mib *mib, const char *oid)
{
    struct oid prefix = mib_oid(oid);
    size_t from = place_of(mib, &prefix), to = from;

    while (to < mib->count && (order_of(&mib->rows[to].oid, &prefix) == 0 ||
                               oid_under(&prefix, mib->rows[to].oid.at, mib->rows[to].oid.bytes)))
        to++;
    memmove(mib->rows + from, mib->rows + to, (mib->count - to) * sizeof *mib->rows);
    mib->count -= to - from;
}

static void load_hex(struct mib *mib, const char *oid, uint8_t tag, const char *hex)
{
    uint8_t octets[256];
    size_t count = 0;
    unsigned octet;

    while (count < sizeof octets && sscanf(hex + 2 * count, "%2x", &octet) == 1)
        octets[count++] = (uint8_t)octet;
    mib_add(mib, oid, tag, octets, count);
}

static void load_value(struct mib *mib, const char *oid, const char *tag, const char *value)
{
    char *end;
    unsigned long number = strtoul(tag, &end, 10);
    unsigned a, b, c, d;

    if (strcmp(end, "x") == 0) {
        load_hex(mib, oid, (uint8_t)number, value);
    } else if (*end != '\0') {
        return; /* what snmpsim makes up as it goes */
    } else if (number == BER_OCTETS) {
        mib_add(mib, oid, BER_OCTETS, value, strnlen(value, 255));
    } else if (number == BER_NULL) {
        mib_add(mib, oid, BER_NULL, "", 0);
    } else if (number == BER_OID) {
        struct oid content = {0};

        (void)oid_read(value, &content);
        mib_add(mib, oid, BER_OID, content.at, content.bytes);
    } else if (number == BER_IP_ADDRESS && sscanf(value, "%u.%u.%u.%u", &a, &b, &c, &d) == 4) {
        mib_add(mib, oid, BER_IP_ADDRESS,
                (uint8_t[]){(uint8_t)a, (uint8_t)b, (uint8_t)c, (uint8_t)d}, 4);
    } else if (number == BER_COUNTER64) {
        mib_add_number(mib, oid, BER_COUNTER64, (int64_t)strtoull(value, NULL, 10));
    } else {
        mib_add_number(mib, oid, (uint8_t)number, strtoll(value, NULL, 10));
    }
}

bool mib_load(struct mib *mib, const char *path)
{
    char line[4096];
    FILE *file = fopen(path, "re");

    if (file == NULL)
        return false;
    while (fgets(line, sizeof line, file) != NULL) {
        char *tag = strchr(line, '|'), *value = tag == NULL ? NULL : strchr(tag + 1, '|');
        struct oid oid;

        if (value == NULL)
            continue;
        *tag++ = *value++ = '\0';
        value[strcspn(value, "\r\n")] = '\0';
        if (oid_read(line, &oid))
            load_value(mib, line, tag, value);
    }
    fclose(file);
    return true;
}

/* Written from the front with lengths of two octets, which SNMP allows. */
static void put_head(uint8_t **at, uint8_t tag, size_t bytes)
{
    *(*at)++ = tag;
    *(*at)++ = 0x82;
    *(*at)++ = (uint8_t)(bytes >> 8);
    *(*at)++ = (uint8_t)bytes;
}

static void put_varbind(uint8_t **at, const struct oid *name, uint8_t tag, const uint8_t *value,
                        size_t bytes)
{
    put_head(at, BER_SEQUENCE, 4U + name->bytes + 4U + bytes);
    put_head(at, BER_OID, name->bytes);
    memcpy(*at, name->at, name->bytes);
    *at += name->bytes;
    put_head(at, tag, bytes);
    if (bytes > 0)
        memcpy(*at, value, bytes);
    *at += bytes;
}

/* NULL: the end of the MIB. */
static const struct mib_row *row_after(const struct mib *mib, const struct oid *name)
{
    size_t at = place_of(mib, name);

    if (at < mib->count && order_of(&mib->rows[at].oid, name) == 0 &&
        !(mib->loops_at.bytes > 0 && order_of(name, &mib->loops_at) == 0))
        at++;
    return at < mib->count ? &mib->rows[at] : NULL;
}

static const struct mib_row *row_at(const struct mib *mib, const struct oid *name)
{
    size_t at = place_of(mib, name);

    return at < mib->count && order_of(&mib->rows[at].oid, name) == 0 ? &mib->rows[at] : NULL;
}

static bool asks_for(const struct question *question, const struct oid *oid, size_t *index)
{
    for (size_t i = 0; oid->bytes > 0 && i < question->count; i++)
        if (order_of(&question->oids[i], oid) == 0) {
            *index = i;
            return true;
        }
    return false;
}

static void give_error(const struct mib *mib, struct fetch_answer *answer, int32_t status,
                       size_t index)
{
    answer->error_status = status;
    answer->error_index = mib->no_index ? 0 : (int32_t)index + 1;
}

/* False when the agent would answer with an error, which is then in the answer. */
static bool put_one(struct mib *mib, const struct question *question, size_t index,
                    struct oid *name, uint8_t **at, struct fetch_answer *answer)
{
    bool get = question->kind == QUESTION_GET;
    const struct mib_row *row = get ? row_at(mib, name) : row_after(mib, name);

    if (row != NULL) {
        *name = row->oid;
        put_varbind(at, name, row->tag, row->value, row->bytes);
    } else if (mib->v1) {
        give_error(mib, answer, 2, index);
        return false;
    } else {
        put_varbind(at, name, get ? BER_NO_INSTANCE : BER_END_OF_MIB, NULL, 0);
    }
    return true;
}

bool mib_answer(struct mib *mib, const struct question *question, struct fetch_answer *answer)
{
    struct oid names[QUESTION_OIDS_MAX];
    size_t most = question->count, given = 0, index;
    uint8_t *at = mib->reply;

    *answer = (struct fetch_answer){0};
    mib->questions++;
    if (question->count > mib->widest)
        mib->widest = question->count;
    if (question->kind == QUESTION_GETBULK) {
        assert_false(mib->v1);
        assert_in_range(question->max_repetitions, 1, QUESTION_REPETITIONS_MAX);
        most *= question->max_repetitions;
        if (mib->stops_after > 0 && most > mib->stops_after)
            most = mib->stops_after;
    }
    if (mib->dead || asks_for(question, &mib->mute_at, &index) ||
        (mib->silent_above > 0 && most > mib->silent_above))
        return false;
    if (asks_for(question, &mib->broken_at, &index)) {
        give_error(mib, answer, 5, index);
        return true;
    }
    if (mib->too_big_above > 0 && most > mib->too_big_above) {
        answer->error_status = 1;
        return true;
    }
    if (mib->gives_none)
        return true;
    for (size_t i = 0; i < question->count; i++)
        names[i] = question->oids[i];
    for (; given < most; given++)
        if (!put_one(mib, question, given % question->count, &names[given % question->count], &at,
                     answer))
            return true;
    mib->varbinds += (unsigned)given;
    mib->octets += (size_t)(at - mib->reply);
    answer->list = (struct ber_list){mib->reply, (size_t)(at - mib->reply)};
    return true;
}
