/* SPDX-License-Identifier: ISC */
/*
 * ber_v3 - is this datagram a well-formed SNMPv3 message of the User-based Security Model, and
 * whose?
 *
 * As probes/ber.h for v1 and v2c, and with the same bounds: it stands in front of net-snmp, which
 * is known to read past the end of v3 messages whose lengths disagree. Header and security
 * parameters are looked at byte by byte; a scoped PDU in clear too, an encrypted one is opaque. It
 * says nothing of who wrote the message: what is not authentic yet is a claim (probes/usm.h judges
 * it). Pure; what it points out lies inside the caller's bytes. [RFC 3412 §6, RFC 3414 §2.4]
 */
#ifndef KT_BER_V3_H
#define KT_BER_V3_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/ber.h"

#define BER_ENGINE_MAX 32 /* bytes of an snmpEngineID [RFC 3411 §5] */
#define BER_USER_MAX   32 /* bytes of a msgUserName [RFC 3414 §2.4] */

enum ber_v3_flag { BER_V3_AUTH = 1, BER_V3_PRIV = 2, BER_V3_REPORTABLE = 4 };

struct ber_octets {
    const uint8_t *at;
    size_t bytes;
};

struct ber_v3 {
    int32_t msg_id;
    uint8_t flags;            /* BER_V3_*; never PRIV without AUTH */
    struct ber_octets engine; /* authoritative; empty while it is being asked for */
    uint32_t boots;
    uint32_t time_s;
    struct ber_octets user;
    struct ber_octets digest;    /* empty without AUTH, else 12 to 48 bytes */
    struct ber_octets encrypted; /* with PRIV: the scoped PDU, and then plain.pdu is 0 */
    struct ber_message plain;    /* without PRIV; version and community are not used */
};

/* BER_OTHER_VERSION: a message of another version, or of another security model. */
enum ber_rc ber_v3_check(const uint8_t *bytes, size_t count, struct ber_v3 *message);
#endif
