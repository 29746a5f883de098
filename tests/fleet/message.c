/* SPDX-License-Identifier: ISC */
#include "tests/fleet/message.h"

#include <string.h>

static bool take_binds(struct slice *in, struct pdu *pdu)
{
    struct slice list;

    if (!ber_take(in, BER_SEQUENCE, &list))
        return false;
    for (pdu->count = 0; list.left > 0; pdu->count++) {
        struct slice pair, name, ignored;
        uint8_t tag;

        if (pdu->count == BINDS_MAX || !ber_take(&list, BER_SEQUENCE, &pair) ||
            !ber_take(&pair, BER_OID, &name) || !ber_take_any(&pair, &tag, &ignored) ||
            pair.left != 0)
            return false;
        pdu->binds[pdu->count].name = name.at;
        pdu->binds[pdu->count].name_bytes = name.left;
        pdu->binds[pdu->count].value.tag = BER_NULL;
    }
    return true;
}

bool pdu_take(struct slice *in, struct pdu *pdu)
{
    struct slice inside;
    uint8_t tag;

    if (!ber_take_any(in, &tag, &inside) ||
        (tag != BER_GET && tag != BER_GETNEXT && tag != BER_SET && tag != BER_GETBULK))
        return false;
    pdu->type = (enum ber_tag)tag;
    return ber_take_i32(&inside, &pdu->request_id) && ber_take_i32(&inside, &pdu->error_status) &&
           ber_take_i32(&inside, &pdu->error_index) && take_binds(&inside, pdu);
}

static void put_value(struct writer *out, const struct value *value)
{
    const uint8_t *end = out->at;

    switch (value->tag) {
    case BER_INTEGER:
    case BER_COUNTER32:
    case BER_GAUGE32:
    case BER_TIMETICKS:
    case BER_COUNTER64:
        ber_put_number(out, value->tag, value->number);
        return;
    case BER_OCTETS:
    case BER_OID:
        ber_put_bytes(out, value->bytes, value->length);
        break;
    case BER_NULL:
    case BER_SEQUENCE:
    case BER_NO_SUCH_OBJECT:
    case BER_NO_SUCH_INSTANCE:
    case BER_END_OF_VIEW:
    case BER_GET:
    case BER_GETNEXT:
    case BER_RESPONSE:
    case BER_SET:
    case BER_GETBULK:
    case BER_TRAP:
    case BER_REPORT:
        break;
    }
    ber_put_header(out, value->tag, end);
}

static void put_bind(struct writer *out, const struct bind *bind)
{
    const uint8_t *end = out->at, *name_end;

    put_value(out, &bind->value);
    name_end = out->at;
    ber_put_bytes(out, bind->name, bind->name_bytes);
    ber_put_header(out, BER_OID, name_end);
    ber_put_header(out, BER_SEQUENCE, end);
}

size_t bind_bytes(const struct bind *bind)
{
    return bind->name_bytes + bind->value.length + 20; /* a number takes 11, three headers 2 to 4 */
}

void pdu_put(struct writer *out, const struct pdu *pdu)
{
    const uint8_t *end = out->at;

    for (size_t i = pdu->count; i > 0; i--)
        put_bind(out, &pdu->binds[i - 1]);
    ber_put_header(out, BER_SEQUENCE, end);
    ber_put_number(out, BER_INTEGER, pdu->error_index);
    ber_put_number(out, BER_INTEGER, pdu->error_status);
    ber_put_number(out, BER_INTEGER, pdu->request_id);
    ber_put_header(out, pdu->type, end);
}

bool message_decode(const uint8_t *bytes, size_t count, struct message *message)
{
    struct slice in = {bytes, count};
    struct slice outer, community;
    int32_t version;

    if (!ber_take(&in, BER_SEQUENCE, &outer) || !ber_take_i32(&outer, &version) ||
        (version != SNMP_V1 && version != SNMP_V2C) || !ber_take(&outer, BER_OCTETS, &community))
        return false;
    message->version = version;
    message->community = community.at;
    message->community_bytes = community.left;
    return pdu_take(&outer, &message->pdu) &&
           (message->pdu.type != BER_GETBULK || version != SNMP_V1);
}

size_t message_encode(const struct message *message, uint8_t *out, size_t room)
{
    struct writer writer = {out, out + room, false};
    const uint8_t *end = writer.at, *community_end;
    size_t bytes;

    pdu_put(&writer, &message->pdu);
    community_end = writer.at;
    ber_put_bytes(&writer, message->community, message->community_bytes);
    ber_put_header(&writer, BER_OCTETS, community_end);
    ber_put_number(&writer, BER_INTEGER, message->version);
    ber_put_header(&writer, BER_SEQUENCE, end);
    if (writer.full)
        return 0;
    bytes = (size_t)(end - writer.at);
    memmove(out, writer.at, bytes);
    return bytes;
}
