/* SPDX-License-Identifier: ISC */
/*
 * ber - SNMPv1/v2c messages, as the demo devices read and write them.
 *
 * A codec of its own, not net-snmp's: kentongand builds and parses with net-snmp, and an agent that
 * shared its codec would share, and so hide, its mistakes. Only what an agent needs: requests are
 * decoded, responses encoded. A decoded message borrows the bytes that it was read from. Pure.
 * Who answers what is agent.h's business.
 */
#ifndef KT_FLEET_BER_H
#define KT_FLEET_BER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OID_SUBS_MAX 64
#define BINDS_MAX    48

struct oid {
    uint32_t sub[OID_SUBS_MAX];
    size_t count;
};

/* Tags of RFC 2578 and RFC 3416. */
enum ber_tag {
    BER_INTEGER = 0x02,
    BER_OCTETS = 0x04,
    BER_NULL = 0x05,
    BER_OID = 0x06,
    BER_SEQUENCE = 0x30,
    BER_TIMETICKS = 0x43,
    BER_NO_SUCH_OBJECT = 0x80,
    BER_NO_SUCH_INSTANCE = 0x81,
    BER_END_OF_VIEW = 0x82,
    BER_GET = 0xA0,
    BER_GETNEXT = 0xA1,
    BER_RESPONSE = 0xA2,
    BER_SET = 0xA3,
    BER_GETBULK = 0xA5
};

enum { SNMP_V1 = 0, SNMP_V2C = 1 };

/* What number, bytes or oid holds follows from the tag; the exceptions and NULL need none. */
struct value {
    enum ber_tag tag;
    int64_t number;
    const uint8_t *bytes;
    size_t length;
    const struct oid *oid;
};

struct bind {
    struct oid name;
    struct value value;
};

struct message {
    int version;
    const uint8_t *community;
    size_t community_bytes;
    enum ber_tag pdu;
    int32_t request_id;
    int32_t error_status; /* of a GETBULK: non-repeaters */
    int32_t error_index;  /* of a GETBULK: max-repetitions */
    size_t count;
    struct bind binds[BINDS_MAX];
};

/* False: not a v1 or v2c request that we understand. Values of requests are not looked at. */
bool message_decode(const uint8_t *bytes, size_t count, struct message *message);
/* The encoded bytes end up at the start of out; 0 when they do not fit. */
size_t message_encode(const struct message *message, uint8_t *out, size_t room);

/* <0, 0, >0 in the order in which an agent walks. */
int oid_compare(const struct oid *a, const struct oid *b);
bool oid_starts_with(const struct oid *oid, const struct oid *prefix);
#endif
