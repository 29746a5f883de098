/* SPDX-License-Identifier: ISC */
/*
 * message - SNMPv1 and v2c messages, and the PDU that v3 carries as well.
 *
 * Requests are decoded, responses encoded. A decoded message borrows the bytes that it was read
 * from; its names and values stay as they stood on the wire. Pure.
 */
#ifndef KT_FLEET_MESSAGE_H
#define KT_FLEET_MESSAGE_H

#include "tests/fleet/ber.h"

#define BINDS_MAX 96

enum { SNMP_V1 = 0, SNMP_V2C = 1, SNMP_V3 = 3 };

/* RFC 3416 section 3 and RFC 1157 section 4.1.1. */
enum {
    ERROR_NONE = 0,
    ERROR_TOO_BIG = 1,
    ERROR_NO_SUCH_NAME = 2,
    ERROR_AUTHORIZATION = 16,
    ERROR_NOT_WRITABLE = 17
};

/* What of number and bytes holds follows from the tag; the exceptions and NULL need none. */
struct value {
    enum ber_tag tag;
    int64_t number;
    const uint8_t *bytes; /* of a text, or of a name's content octets */
    size_t length;
};

struct bind {
    const uint8_t *name; /* content octets */
    size_t name_bytes;
    struct value value;
};

struct pdu {
    enum ber_tag type;
    int32_t request_id;
    int32_t error_status; /* of a GETBULK: non-repeaters */
    int32_t error_index;  /* of a GETBULK: max-repetitions */
    size_t count;
    struct bind binds[BINDS_MAX];
};

struct message {
    int version;
    const uint8_t *community;
    size_t community_bytes;
    struct pdu pdu;
};

/* A request of any kind; false: it is none. Values are not looked at. */
bool pdu_take(struct slice *in, struct pdu *pdu);
void pdu_put(struct writer *out, const struct pdu *pdu);
/* At most so many bytes will this bind take. */
size_t bind_bytes(const struct bind *bind);

/* False: not a v1 or v2c request that we understand. */
bool message_decode(const uint8_t *bytes, size_t count, struct message *message);
/* The encoded bytes end up at the start of out; 0 when they do not fit. */
size_t message_encode(const struct message *message, uint8_t *out, size_t room);
#endif
