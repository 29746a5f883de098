/* SPDX-License-Identifier: ISC */
/*
 * ber - SNMP's encoding, as the demo devices read and write it.
 *
 * A codec of its own, not kentongand's: an agent that shared the codec of what it tests would
 * share, and so hide, its mistakes. Reading goes forward through a slice of borrowed bytes; writing
 * goes from the end of a buffer to its front, so that each length is known when its turn comes.
 * Pure. What the bytes mean is message.h's and usm.h's business.
 */
#ifndef KT_FLEET_BER_H
#define KT_FLEET_BER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Tags of RFC 2578, RFC 3416 and RFC 3412. */
enum ber_tag {
    BER_INTEGER = 0x02,
    BER_OCTETS = 0x04,
    BER_NULL = 0x05,
    BER_OID = 0x06,
    BER_SEQUENCE = 0x30,
    BER_COUNTER32 = 0x41,
    BER_GAUGE32 = 0x42,
    BER_TIMETICKS = 0x43,
    BER_COUNTER64 = 0x46,
    BER_NO_SUCH_OBJECT = 0x80,
    BER_NO_SUCH_INSTANCE = 0x81,
    BER_END_OF_VIEW = 0x82,
    BER_GET = 0xA0,
    BER_GETNEXT = 0xA1,
    BER_RESPONSE = 0xA2,
    BER_SET = 0xA3,
    BER_GETBULK = 0xA5,
    BER_TRAP = 0xA7,
    BER_REPORT = 0xA8
};

/* What is left to read. */
struct slice {
    const uint8_t *at;
    size_t left;
};

/* Each takes one element from the front; false: it is not there, or is not that. */
bool ber_take_any(struct slice *in, uint8_t *tag, struct slice *content);
bool ber_take(struct slice *in, enum ber_tag tag, struct slice *content);
bool ber_take_i32(struct slice *in, int32_t *number);

/* Once something did not fit, full stays set and nothing more is written. */
struct writer {
    uint8_t *start;
    uint8_t *at;
    bool full;
};

void ber_put_byte(struct writer *out, unsigned byte);
void ber_put_bytes(struct writer *out, const uint8_t *bytes, size_t count);
/* Closes what was written since end: its length, then its tag. */
void ber_put_header(struct writer *out, enum ber_tag tag, const uint8_t *end);
/* Shortest two's complement form, for the unsigned types too: a high first bit costs a zero byte.
 */
void ber_put_number(struct writer *out, enum ber_tag tag, int64_t number);

/* <0, 0, >0 in the order in which an agent walks; of two encoded names without tag and length. */
int ber_name_compare(const uint8_t *a, size_t a_bytes, const uint8_t *b, size_t b_bytes);
/* "1.3.6.1" as its content octets: how many, 0 when it is no name or does not fit. */
size_t ber_name_read(const char *dotted, uint8_t *out, size_t room);
#endif
