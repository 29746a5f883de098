/* SPDX-License-Identifier: ISC */
/*
 * ber - is this datagram a well-formed SNMPv1/v2c message, and whose? Asked before net-snmp's
 * parser.
 *
 * Looks at every byte that the parser will look at: definite lengths, nesting that ends exactly
 * where its parent says, bounded numbers, names and counts. Long-form lengths that could be shorter
 * are allowed, because RFC 3417 §8 (1) allows them and agents of the UCD family send them ("30 82
 * 00 1a"). Pure, allocates nothing; what it points out lies inside the caller's bytes.
 */
#ifndef KT_BER_H
#define KT_BER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BER_MESSAGE_MAX  8192 /* bytes of a datagram that is looked at at all */
#define BER_VARBINDS_MAX 256
#define BER_OID_MAX      128 /* sub-identifiers [RFC 3416 §4.1] */

enum ber_rc {
    BER_OK = 1,
    BER_MALFORMED,
    BER_OTHER_VERSION, /* a message of a version that is not spoken here (SNMPv3, for one) */
    BER_RC_END
};

enum ber_tag {
    BER_INTEGER = 0x02,
    BER_OCTETS = 0x04,
    BER_NULL = 0x05,
    BER_OID = 0x06,
    BER_SEQUENCE = 0x30,
    BER_IP_ADDRESS = 0x40,
    BER_COUNTER32 = 0x41,
    BER_GAUGE32 = 0x42, /* Unsigned32 as well */
    BER_TICKS = 0x43,
    BER_OPAQUE = 0x44,
    BER_COUNTER64 = 0x46,
    BER_UINTEGER32 = 0x47,
    BER_NO_OBJECT = 0x80, /* exceptions of v2c and v3 [RFC 3416 §2.3] */
    BER_NO_INSTANCE = 0x81,
    BER_END_OF_MIB = 0x82,
};

enum ber_version { BER_V1 = 0, BER_V2C = 1 }; /* as on the wire */
enum ber_pdu {
    BER_PDU_GET = 0xa0,
    BER_PDU_RESPONSE = 0xa2,
    BER_PDU_TRAP_V1 = 0xa4,
    BER_PDU_INFORM = 0xa6,
    BER_PDU_TRAP_V2 = 0xa7,
    BER_PDU_REPORT = 0xa8,
};

/* What is left of a variable-binding list. ber_check() made sure that it is whole. */
struct ber_list {
    const uint8_t *at;
    size_t left;
};

/* name: the object identifier's content octets, as on the wire; value: the content of tag. */
struct ber_varbind {
    const uint8_t *name;
    size_t name_bytes;
    uint8_t tag;
    const uint8_t *value;
    size_t value_bytes;
};

struct ber_message {
    enum ber_version version;
    const uint8_t *community;
    size_t community_bytes;
    uint8_t pdu;                  /* 0xa0 … 0xa8; a v1 trap's inside is not looked at */
    int32_t request_id;           /* 0 for a v1 trap */
    const uint8_t *request_id_at; /* its content octets */
    int32_t error_status;
    int32_t error_index;
    size_t varbinds;
    struct ber_list list;  /* of that many; empty for a v1 trap */
    const uint8_t *inside; /* the PDU's content */
    size_t inside_bytes;
};

/* A v1 trap's inside [RFC 1157 §4.1.6]. */
struct ber_trap_v1 {
    const uint8_t *enterprise; /* an object identifier's content octets; never empty */
    size_t enterprise_bytes;
    uint8_t agent[4];
    int32_t generic;
    int32_t specific;
    uint32_t ticks;
    size_t varbinds;
    struct ber_list list;
};

enum ber_rc ber_check(const uint8_t *bytes, size_t count, struct ber_message *message);
/* The inside of a message that ber_check() found to be a v1 trap; false when it is malformed. */
bool ber_trap_v1(const struct ber_message *message, struct ber_trap_v1 *trap);
/* The next of the list, which moves on; false at its end. */
bool ber_next(struct ber_list *list, struct ber_varbind *varbind);
/* A whole number of any type that agents send for one; false: it is none, or above INT64_MAX. */
bool ber_number(const struct ber_varbind *varbind, int64_t *number);
#endif
