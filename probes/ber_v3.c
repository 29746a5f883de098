/* SPDX-License-Identifier: ISC */
#include "probes/ber_v3.h"

#include "probes/ber_inside.h"

#define VERSION_3        3
#define MODEL_USM        3
#define SIZE_LEAST       484 /* of the greatest message that the sender takes [RFC 3412 §6.3] */
#define DIGEST_LEAST     12
#define DIGEST_MOST      48 /* HMAC-384-SHA-512 [RFC 7860] */
#define SALT_BYTES       8
#define CONTEXT_NAME_MAX 255
#define FLAGS_KNOWN      (BER_V3_AUTH | BER_V3_PRIV | BER_V3_REPORTABLE)

static bool take_octets(struct ber_span *span, size_t most, struct ber_octets *octets)
{
    struct ber_span inside;

    if (!ber_take_tagged(span, BER_OCTETS, &inside) || inside.left > most)
        return false;
    *octets = (struct ber_octets){inside.at, inside.left};
    return true;
}

/* A number that is never negative. */
static bool take_count(struct ber_span *span, uint32_t *count)
{
    int32_t number;

    if (!ber_take_integer(span, &number) || number < 0)
        return false;
    *count = (uint32_t)number;
    return true;
}

/* HeaderData. The bits that RFC 3412 reserves are ignored, as it asks. */
static enum ber_rc take_header(struct ber_span *message, struct ber_v3 *out)
{
    struct ber_octets flags;
    struct ber_span header;
    uint32_t id, size;
    int32_t model;

    if (!ber_take_tagged(message, BER_SEQUENCE, &header) || !take_count(&header, &id) ||
        !take_count(&header, &size) || size < SIZE_LEAST)
        return BER_MALFORMED;
    if (!take_octets(&header, 1, &flags) || flags.bytes != 1 ||
        !ber_take_integer(&header, &model) || header.left != 0)
        return BER_MALFORMED;
    out->msg_id = (int32_t)id;
    out->flags = flags.at[0] & FLAGS_KNOWN;
    if ((out->flags & BER_V3_PRIV) != 0 && (out->flags & BER_V3_AUTH) == 0)
        return BER_MALFORMED;
    return model == MODEL_USM ? BER_OK : BER_OTHER_VERSION;
}

/* UsmSecurityParameters: a sequence inside octets, each ending where the other does. */
static bool take_security(struct ber_span *message, struct ber_v3 *out)
{
    struct ber_span octets, all;
    struct ber_octets salt;

    if (!ber_take_tagged(message, BER_OCTETS, &octets) ||
        !ber_take_tagged(&octets, BER_SEQUENCE, &all) || octets.left != 0)
        return false;
    if (!take_octets(&all, BER_ENGINE_MAX, &out->engine) || !take_count(&all, &out->boots) ||
        !take_count(&all, &out->time_s) || !take_octets(&all, BER_USER_MAX, &out->user) ||
        !take_octets(&all, DIGEST_MOST, &out->digest) || !take_octets(&all, SALT_BYTES, &salt) ||
        all.left != 0)
        return false;
    if ((out->flags & BER_V3_AUTH) == 0)
        out->digest = (struct ber_octets){0}; /* filled with zeros by some; it means nothing */
    else if (out->digest.bytes < DIGEST_LEAST)
        return false;
    return (out->flags & BER_V3_PRIV) == 0 || salt.bytes == SALT_BYTES;
}

static bool take_scoped(struct ber_span *message, struct ber_v3 *out)
{
    struct ber_octets engine, name;
    struct ber_span scoped, pdu;

    if (!ber_take_tagged(message, BER_SEQUENCE, &scoped) ||
        !take_octets(&scoped, BER_ENGINE_MAX, &engine) ||
        !take_octets(&scoped, CONTEXT_NAME_MAX, &name))
        return false;
    if (!ber_take(&scoped, &out->plain.pdu, &pdu) || scoped.left != 0)
        return false;
    if (out->plain.pdu < BER_PDU_GET || out->plain.pdu > BER_PDU_REPORT ||
        out->plain.pdu == BER_PDU_TRAP_V1)
        return false;
    return ber_take_pdu(&pdu, &out->plain);
}

enum ber_rc ber_v3_check(const uint8_t *bytes, size_t count, struct ber_v3 *message)
{
    struct ber_span all = {bytes, count}, inside;
    int32_t version;
    enum ber_rc rc;

    *message = (struct ber_v3){0};
    if (count > BER_MESSAGE_MAX || !ber_take_tagged(&all, BER_SEQUENCE, &inside) || all.left != 0)
        return BER_MALFORMED;
    if (!ber_take_integer(&inside, &version))
        return BER_MALFORMED;
    if (version != VERSION_3)
        return BER_OTHER_VERSION;
    rc = take_header(&inside, message);
    if (rc != BER_OK)
        return rc;
    if (!take_security(&inside, message))
        return BER_MALFORMED;
    if ((message->flags & BER_V3_PRIV) == 0)
        return take_scoped(&inside, message) && inside.left == 0 ? BER_OK : BER_MALFORMED;
    if (!take_octets(&inside, BER_MESSAGE_MAX, &message->encrypted) || inside.left != 0)
        return BER_MALFORMED;
    return message->encrypted.bytes > 0 ? BER_OK : BER_MALFORMED;
}
