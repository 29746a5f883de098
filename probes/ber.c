/* SPDX-License-Identifier: ISC */
#include "probes/ber_inside.h"

bool ber_take(struct ber_span *span, uint8_t *tag, struct ber_span *inside)
{
    size_t head = 2, length;

    if (span->left < head)
        return false;
    *tag = span->at[0];
    length = span->at[1];
    if (length >= 0x80) {
        size_t octets = length & 0x7f;

        if (octets == 0 || octets > 4 || span->left < head + octets)
            return false;
        length = 0;
        for (size_t i = 0; i < octets; i++)
            length = length << 8 | span->at[head + i];
        head += octets;
    }
    if (length > span->left - head)
        return false;
    *inside = (struct ber_span){span->at + head, length};
    span->at += head + length;
    span->left -= head + length;
    return true;
}

bool ber_take_tagged(struct ber_span *span, uint8_t wanted, struct ber_span *inside)
{
    uint8_t tag;

    return ber_take(span, &tag, inside) && tag == wanted;
}

bool ber_take_integer(struct ber_span *span, int32_t *number)
{
    struct ber_span inside;
    uint32_t bits;

    if (!ber_take_tagged(span, BER_INTEGER, &inside) || inside.left == 0 || inside.left > 4)
        return false;
    bits = (inside.at[0] & 0x80) != 0 ? UINT32_MAX : 0;
    for (size_t i = 0; i < inside.left; i++)
        bits = bits << 8 | inside.at[i];
    *number = bits <= INT32_MAX ? (int32_t)bits : -(int32_t)(UINT32_MAX - bits) - 1;
    return true;
}

/* At most 128 sub-identifiers of 32 bits, none padded, the last one complete. [X.690 8.19] */
static bool is_oid(struct ber_span inside)
{
    size_t subids = 0;
    uint64_t subid = 0;
    bool open = false;

    for (size_t i = 0; i < inside.left; i++) {
        if (!open && inside.at[i] == 0x80)
            return false;
        subid = (open ? subid << 7 : 0) | (inside.at[i] & 0x7f);
        if (subid > UINT32_MAX)
            return false;
        open = (inside.at[i] & 0x80) != 0;
        if (!open && ++subids > BER_OID_MAX - 1) /* the first octet holds two of them */
            return false;
    }
    return !open;
}

/* Unsigned numbers of 32 or 64 bits may have one leading zero octet, to stay positive. */
static bool is_unsigned(struct ber_span inside, size_t octets)
{
    if (inside.left == octets + 1)
        return inside.at[0] == 0;
    return inside.left >= 1 && inside.left <= octets;
}

static bool is_value(uint8_t tag, struct ber_span inside)
{
    switch (tag) {
    case BER_INTEGER:
        return inside.left >= 1 && inside.left <= 4;
    case BER_OCTETS:
    case BER_OPAQUE:
        return true;
    case BER_NULL:
    case BER_NO_OBJECT:
    case BER_NO_INSTANCE:
    case BER_END_OF_MIB:
        return inside.left == 0;
    case BER_OID:
        return is_oid(inside); /* empty ones ("06 00") are sent for "unknown" by real agents */
    case BER_IP_ADDRESS:
        return inside.left == 4;
    case BER_COUNTER32:
    case BER_GAUGE32:
    case BER_TICKS:
    case BER_UINTEGER32:
        return is_unsigned(inside, 4);
    case BER_COUNTER64:
        return is_unsigned(inside, 8);
    default:
        return false;
    }
}

static bool take_varbinds(struct ber_span *list, size_t *count)
{
    *count = 0;
    while (list->left > 0) {
        struct ber_span pair, name, value;
        uint8_t tag;

        if (++*count > BER_VARBINDS_MAX || !ber_take_tagged(list, BER_SEQUENCE, &pair))
            return false;
        if (!ber_take_tagged(&pair, BER_OID, &name) || name.left == 0 || !is_oid(name))
            return false;
        if (!ber_take(&pair, &tag, &value) || !is_value(tag, value) || pair.left != 0)
            return false;
    }
    return true;
}

bool ber_next(struct ber_list *list, struct ber_varbind *varbind)
{
    struct ber_span left = {list->at, list->left}, pair, name, value;
    uint8_t tag;

    if (left.left == 0 || !ber_take_tagged(&left, BER_SEQUENCE, &pair) ||
        !ber_take_tagged(&pair, BER_OID, &name) || !ber_take(&pair, &tag, &value))
        return false;
    *varbind = (struct ber_varbind){name.at, name.left, tag, value.at, value.left};
    *list = (struct ber_list){left.at, left.left};
    return true;
}

bool ber_number(const struct ber_varbind *varbind, int64_t *number)
{
    struct ber_span value = {varbind->value, varbind->value_bytes};
    uint64_t bits = 0;

    switch (varbind->tag) {
    case BER_INTEGER:
        if (value.left > 0 && (value.at[0] & 0x80) != 0)
            bits = UINT64_MAX;
        break;
    case BER_COUNTER32:
    case BER_GAUGE32:
    case BER_TICKS:
    case BER_UINTEGER32:
    case BER_COUNTER64:
        break;
    default:
        return false;
    }
    for (size_t i = 0; i < value.left; i++)
        bits = bits << 8 | value.at[i];
    if (varbind->tag != BER_INTEGER && bits > INT64_MAX)
        return false;
    *number = bits <= INT64_MAX ? (int64_t)bits : -(int64_t)(UINT64_MAX - bits) - 1;
    return true;
}

bool ber_take_pdu(struct ber_span *pdu, struct ber_message *message)
{
    struct ber_span list, id = *pdu, content;
    uint8_t tag;

    if (!ber_take_integer(pdu, &message->request_id) || !ber_take(&id, &tag, &content) ||
        !ber_take_integer(pdu, &message->error_status) ||
        !ber_take_integer(pdu, &message->error_index) ||
        !ber_take_tagged(pdu, BER_SEQUENCE, &list) || pdu->left != 0)
        return false;
    message->request_id_at = content.at;
    message->list = (struct ber_list){list.at, list.left};
    return take_varbinds(&list, &message->varbinds);
}

static bool take_ticks(struct ber_span *span, uint32_t *ticks)
{
    struct ber_span inside;

    if (!ber_take_tagged(span, BER_TICKS, &inside) || !is_unsigned(inside, 4))
        return false;
    *ticks = 0;
    for (size_t i = 0; i < inside.left; i++)
        *ticks = *ticks << 8 | inside.at[i];
    return true;
}

bool ber_trap_v1(const struct ber_message *message, struct ber_trap_v1 *trap)
{
    struct ber_span pdu = {message->inside, message->inside_bytes}, enterprise, agent, list;

    *trap = (struct ber_trap_v1){0};
    if (!ber_take_tagged(&pdu, BER_OID, &enterprise) || enterprise.left == 0 ||
        !is_oid(enterprise) || !ber_take_tagged(&pdu, BER_IP_ADDRESS, &agent) ||
        agent.left != sizeof trap->agent || !ber_take_integer(&pdu, &trap->generic) ||
        !ber_take_integer(&pdu, &trap->specific) || !take_ticks(&pdu, &trap->ticks) ||
        !ber_take_tagged(&pdu, BER_SEQUENCE, &list) || pdu.left != 0)
        return false;
    trap->enterprise = enterprise.at;
    trap->enterprise_bytes = enterprise.left;
    for (size_t i = 0; i < sizeof trap->agent; i++)
        trap->agent[i] = agent.at[i];
    trap->list = (struct ber_list){list.at, list.left};
    return take_varbinds(&list, &trap->varbinds);
}

enum ber_rc ber_check(const uint8_t *bytes, size_t count, struct ber_message *message)
{
    struct ber_span all = {bytes, count}, inside, community, pdu;
    int32_t version;

    *message = (struct ber_message){0};
    if (count > BER_MESSAGE_MAX || !ber_take_tagged(&all, BER_SEQUENCE, &inside) || all.left != 0)
        return BER_MALFORMED;
    if (!ber_take_integer(&inside, &version))
        return BER_MALFORMED;
    if (version != BER_V1 && version != BER_V2C)
        return BER_OTHER_VERSION;
    message->version = version == BER_V1 ? BER_V1 : BER_V2C;
    if (!ber_take_tagged(&inside, BER_OCTETS, &community))
        return BER_MALFORMED;
    message->community = community.at;
    message->community_bytes = community.left;
    if (!ber_take(&inside, &message->pdu, &pdu) || inside.left != 0)
        return BER_MALFORMED;
    message->inside = pdu.at;
    message->inside_bytes = pdu.left;
    if (message->pdu < 0xa0 || message->pdu > 0xa8)
        return BER_MALFORMED;
    if (message->pdu == BER_PDU_TRAP_V1)
        return BER_OK;
    return ber_take_pdu(&pdu, message) ? BER_OK : BER_MALFORMED;
}
