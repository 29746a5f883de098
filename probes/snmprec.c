/* SPDX-License-Identifier: ISC */
#include "probes/snmprec.h"

#include <inttypes.h>
#include <string.h>

#include "probes/oid.h"

#define MAC_OCTETS      6
#define TICKS_PER_S     100
#define OPAQUE_FLOAT    0x78 /* net-snmp's way to send one: 9f 78 04 and its four octets */
#define OPAQUE_HEAD     3
#define OPAQUE_FLOAT_ID 0x9f

const char *snmprec_type(uint8_t tag)
{
    switch ((enum ber_tag)tag) {
    case BER_INTEGER:
        return "INTEGER";
    case BER_OCTETS:
        return "STRING";
    case BER_NULL:
        return "NULL";
    case BER_OID:
        return "OID";
    case BER_IP_ADDRESS:
        return "IpAddress";
    case BER_COUNTER32:
        return "Counter32";
    case BER_GAUGE32:
        return "Gauge32";
    case BER_TICKS:
        return "TimeTicks";
    case BER_OPAQUE:
        return "Opaque";
    case BER_COUNTER64:
        return "Counter64";
    case BER_UINTEGER32:
        return "UInteger32";
    case BER_NO_OBJECT:
        return "noSuchObject";
    case BER_NO_INSTANCE:
        return "noSuchInstance";
    case BER_END_OF_MIB:
        return "endOfMibView";
    case BER_SEQUENCE:
        break;
    }
    return "?";
}

/* Two's complement of up to eight octets, or the same without a sign. */
static uint64_t bits_of(const struct ber_varbind *varbind)
{
    bool negative =
        varbind->tag == BER_INTEGER && varbind->value_bytes > 0 && (varbind->value[0] & 0x80) != 0;
    uint64_t bits = negative ? UINT64_MAX : 0;

    for (size_t i = 0; i < varbind->value_bytes; i++)
        bits = bits << 8 | varbind->value[i];
    return bits;
}

static void add_number(const struct ber_varbind *varbind, struct text *out)
{
    uint64_t bits = bits_of(varbind);

    if (varbind->tag == BER_INTEGER && bits > INT64_MAX)
        text_addf(out, "-%" PRIu64, ~bits + 1);
    else
        text_addf(out, "%" PRIu64, bits);
}

static void add_hex(const struct ber_varbind *varbind, const char *between, struct text *out)
{
    for (size_t i = 0; i < varbind->value_bytes; i++)
        text_addf(out, "%s%02x", i > 0 ? between : "", varbind->value[i]);
}

static void add_oid(const uint8_t *at, size_t bytes, struct text *out)
{
    char text[OID_TEXT_MAX];

    (void)oid_print(at, bytes, text, sizeof text);
    text_add(out, text);
}

static void add_address(const struct ber_varbind *varbind, struct text *out)
{
    for (size_t i = 0; i < varbind->value_bytes; i++)
        text_addf(out, "%s%u", i > 0 ? "." : "", varbind->value[i]);
}

/* Characters that neither a line nor its fields would lose. */
static bool is_plain(const struct ber_varbind *varbind)
{
    for (size_t i = 0; i < varbind->value_bytes; i++)
        if (varbind->value[i] < ' ' || varbind->value[i] > '~' || varbind->value[i] == '|')
            return false;
    return true;
}

void snmprec_line(const struct ber_varbind *varbind, struct text *out)
{
    bool octets = varbind->tag == BER_OCTETS || varbind->tag == BER_OPAQUE;
    bool hex = varbind->tag == BER_OPAQUE || (octets && !is_plain(varbind));

    add_oid(varbind->name, varbind->name_bytes, out);
    text_addf(out, "|%u%s|", varbind->tag, hex ? "x" : "");
    if (hex)
        add_hex(varbind, "", out);
    else if (octets)
        text_add_bytes(out, (const char *)varbind->value, varbind->value_bytes);
    else if (varbind->tag == BER_OID)
        add_oid(varbind->value, varbind->value_bytes, out);
    else if (varbind->tag == BER_IP_ADDRESS)
        add_address(varbind, out);
    else if (varbind->tag < BER_NO_OBJECT && varbind->tag != BER_NULL)
        add_number(varbind, out);
}

static void add_octets(const struct ber_varbind *varbind, struct text *out)
{
    const char *at = (const char *)varbind->value;
    bool text = text_is_utf8(at, varbind->value_bytes);

    for (size_t i = 0; text && i < varbind->value_bytes; i++)
        text = varbind->value[i] >= ' ' && varbind->value[i] != 0x7f;
    if (text)
        text_add_bytes(out, at, varbind->value_bytes);
    else
        add_hex(varbind, varbind->value_bytes == MAC_OCTETS ? ":" : " ", out);
}

static void add_opaque(const struct ber_varbind *varbind, struct text *out)
{
    uint32_t bits = 0;
    float number;

    if (varbind->value_bytes != OPAQUE_HEAD + sizeof number ||
        varbind->value[0] != OPAQUE_FLOAT_ID || varbind->value[1] != OPAQUE_FLOAT) {
        add_hex(varbind, " ", out);
        return;
    }
    for (size_t i = 0; i < sizeof number; i++)
        bits = bits << 8 | varbind->value[OPAQUE_HEAD + i];
    memcpy(&number, &bits, sizeof number);
    text_addf(out, "float %g", (double)number);
}

static void add_ticks(const struct ber_varbind *varbind, struct text *out)
{
    uint64_t ticks = bits_of(varbind);

    text_addf(out, "%llu.%02u s", (unsigned long long)(ticks / TICKS_PER_S),
              (unsigned)(ticks % TICKS_PER_S));
}

void snmprec_words(const struct ber_varbind *varbind, struct text *out)
{
    text_add(out, snmprec_type(varbind->tag));
    if (varbind->value_bytes == 0)
        return;
    text_add(out, " ");
    if (varbind->tag == BER_OCTETS)
        add_octets(varbind, out);
    else if (varbind->tag == BER_OPAQUE)
        add_opaque(varbind, out);
    else if (varbind->tag == BER_OID)
        add_oid(varbind->value, varbind->value_bytes, out);
    else if (varbind->tag == BER_IP_ADDRESS)
        add_address(varbind, out);
    else if (varbind->tag == BER_TICKS)
        add_ticks(varbind, out);
    else
        add_number(varbind, out);
}
