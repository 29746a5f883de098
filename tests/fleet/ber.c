/* SPDX-License-Identifier: ISC */
#include "tests/fleet/ber.h"

#include <string.h>

/* What is left to read. */
struct slice {
    const uint8_t *at;
    size_t left;
};

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

static bool take_any(struct slice *in, uint8_t *tag, struct slice *content)
{
    size_t length;

    if (!take_byte(in, tag) || !take_length(in, &length))
        return false;
    *content = (struct slice){in->at, length};
    in->at += length;
    in->left -= length;
    return true;
}

static bool take(struct slice *in, enum ber_tag tag, struct slice *content)
{
    uint8_t found;

    return take_any(in, &found, content) && found == (uint8_t)tag;
}

static bool take_i32(struct slice *in, int32_t *number)
{
    struct slice content;
    int64_t wide;

    if (!take(in, BER_INTEGER, &content) || content.left == 0 || content.left > 4)
        return false;
    wide = content.at[0] < 0x80 ? 0 : -1;
    while (content.left > 0) {
        wide = wide * 256 + *content.at++;
        content.left--;
    }
    *number = (int32_t)wide;
    return true;
}

/* X.690 8.19: base 128 with a continuation bit; the first two arcs share one number. */
static bool take_oid(struct slice *in, struct oid *oid)
{
    struct slice content;
    uint64_t sub = 0;

    if (!take(in, BER_OID, &content))
        return false;
    oid->count = 0;
    for (; content.left > 0; content.left--) {
        uint8_t byte = *content.at++;

        sub = sub << 7 | (byte & 0x7fU);
        if (sub > UINT32_MAX)
            return false;
        if (byte & 0x80U)
            continue;
        if (oid->count == 0) {
            uint32_t first = sub < 80 ? (uint32_t)sub / 40 : 2;

            oid->sub[oid->count++] = first;
            sub -= 40U * first;
        }
        if (oid->count == OID_SUBS_MAX)
            return false;
        oid->sub[oid->count++] = (uint32_t)sub;
        sub = 0;
    }
    return sub == 0;
}

static bool take_binds(struct slice *in, struct message *message)
{
    struct slice list;

    if (!take(in, BER_SEQUENCE, &list))
        return false;
    for (message->count = 0; list.left > 0; message->count++) {
        struct slice pair;
        struct slice ignored;
        uint8_t tag;

        if (message->count == BINDS_MAX || !take(&list, BER_SEQUENCE, &pair) ||
            !take_oid(&pair, &message->binds[message->count].name) ||
            !take_any(&pair, &tag, &ignored) || pair.left != 0)
            return false;
        message->binds[message->count].value.tag = BER_NULL;
    }
    return true;
}

bool message_decode(const uint8_t *bytes, size_t count, struct message *message)
{
    struct slice in = {bytes, count};
    struct slice outer;
    struct slice community;
    struct slice pdu;
    uint8_t tag;

    if (!take(&in, BER_SEQUENCE, &outer) || !take_i32(&outer, &message->version) ||
        (message->version != SNMP_V1 && message->version != SNMP_V2C) ||
        !take(&outer, BER_OCTETS, &community) || !take_any(&outer, &tag, &pdu))
        return false;
    if (tag != BER_GET && tag != BER_GETNEXT && tag != BER_SET &&
        (tag != BER_GETBULK || message->version == SNMP_V1))
        return false;
    message->community = community.at;
    message->community_bytes = community.left;
    message->pdu = (enum ber_tag)tag;
    return take_i32(&pdu, &message->request_id) && take_i32(&pdu, &message->error_status) &&
           take_i32(&pdu, &message->error_index) && take_binds(&pdu, message);
}

/*
 * Written from the end to the front, so that each length is known when its turn comes. Once
 * something did not fit, full stays set and nothing more is written.
 */
struct writer {
    uint8_t *start;
    uint8_t *at;
    bool full;
};

static void put_byte(struct writer *out, unsigned byte)
{
    if (out->at == out->start)
        out->full = true;
    else
        *--out->at = (uint8_t)byte;
}

static void put_bytes(struct writer *out, const uint8_t *bytes, size_t count)
{
    if ((size_t)(out->at - out->start) < count) {
        out->full = true;
        return;
    }
    out->at -= count;
    if (count > 0)
        memcpy(out->at, bytes, count);
}

/* Closes what was written since end: its length, then its tag. */
static void put_header(struct writer *out, enum ber_tag tag, const uint8_t *end)
{
    size_t length = (size_t)(end - out->at);

    if (length < 0x80) {
        put_byte(out, (unsigned)length);
    } else {
        put_byte(out, length & 0xffU);
        put_byte(out, length >> 8 & 0xffU);
        put_byte(out, 0x82);
    }
    put_byte(out, (unsigned)tag);
}

/* Shortest two's complement form. Unsigned 32-bit types use it too: a high first bit costs a zero
 * byte. */
static void put_number(struct writer *out, enum ber_tag tag, int64_t number)
{
    const uint8_t *end = out->at;
    uint8_t byte;

    do {
        byte = (uint8_t)(number & 0xff);
        put_byte(out, byte);
        number = (number - byte) / 256;
    } while (number != (byte >= 0x80 ? -1 : 0));
    put_header(out, tag, end);
}

static void put_sub(struct writer *out, uint64_t sub)
{
    put_byte(out, sub & 0x7fU);
    for (sub >>= 7; sub > 0; sub >>= 7)
        put_byte(out, 0x80U | (sub & 0x7fU));
}

static void put_oid(struct writer *out, const struct oid *oid)
{
    const uint8_t *end = out->at;

    for (size_t i = oid->count; i > 2; i--)
        put_sub(out, oid->sub[i - 1]);
    if (oid->count > 0)
        put_sub(out, (uint64_t)oid->sub[0] * 40 + (oid->count > 1 ? oid->sub[1] : 0));
    put_header(out, BER_OID, end);
}

static void put_value(struct writer *out, const struct value *value)
{
    const uint8_t *end = out->at;

    if (value->tag == BER_INTEGER || value->tag == BER_TIMETICKS) {
        put_number(out, value->tag, value->number);
    } else if (value->tag == BER_OID) {
        put_oid(out, value->oid);
    } else {
        if (value->tag == BER_OCTETS)
            put_bytes(out, value->bytes, value->length);
        put_header(out, value->tag, end);
    }
}

static void put_bind(struct writer *out, const struct bind *bind)
{
    const uint8_t *end = out->at;

    put_value(out, &bind->value);
    put_oid(out, &bind->name);
    put_header(out, BER_SEQUENCE, end);
}

size_t message_encode(const struct message *message, uint8_t *out, size_t room)
{
    struct writer writer = {out, out + room, false};
    const uint8_t *end = writer.at;
    const uint8_t *community_end;
    size_t bytes;

    for (size_t i = message->count; i > 0; i--)
        put_bind(&writer, &message->binds[i - 1]);
    put_header(&writer, BER_SEQUENCE, end);
    put_number(&writer, BER_INTEGER, message->error_index);
    put_number(&writer, BER_INTEGER, message->error_status);
    put_number(&writer, BER_INTEGER, message->request_id);
    put_header(&writer, message->pdu, end);
    community_end = writer.at;
    put_bytes(&writer, message->community, message->community_bytes);
    put_header(&writer, BER_OCTETS, community_end);
    put_number(&writer, BER_INTEGER, message->version);
    put_header(&writer, BER_SEQUENCE, end);
    if (writer.full)
        return 0;
    bytes = (size_t)(end - writer.at);
    memmove(out, writer.at, bytes);
    return bytes;
}

int oid_compare(const struct oid *a, const struct oid *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++)
        if (a->sub[i] != b->sub[i])
            return a->sub[i] < b->sub[i] ? -1 : 1;
    return (a->count > b->count) - (a->count < b->count);
}

bool oid_starts_with(const struct oid *oid, const struct oid *prefix)
{
    return oid->count >= prefix->count &&
           memcmp(oid->sub, prefix->sub, prefix->count * sizeof prefix->sub[0]) == 0;
}
