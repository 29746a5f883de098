/* SPDX-License-Identifier: ISC */
/*
 * value - one SNMP value as a number or a text, in whatever clothes the agent sends it.
 *
 * Agents disagree with their own MIBs: a gauge comes as INTEGER, Counter32 or text ("-98",
 * "14.1 ", "-106 dBm"), a negative one as 65 thousand, and what is not there as NULL, "", "nan" or
 * 2147483647. One reader takes them all; a struct value_rule says what a profile knows about the
 * object. Pure, by value, nothing to free. What the number means is probes/profile.h's concern.
 */
#ifndef KT_VALUE_H
#define KT_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/ber.h"

#define VALUE_INVALID_MAX 6
#define VALUE_TEXT_MAX    64 /* bytes with the NUL: a state, a name; what is longer is cut */

enum value_status {
    VALUE_OK = 1,
    VALUE_ABSENT,     /* the agent has no such thing: an exception, NULL, an empty text */
    VALUE_INVALID,    /* it sent its mark for "no value": nan, or what the rule knows as one */
    VALUE_UNREADABLE, /* not a number, or not one that can be told for sure */
    VALUE_STATUS_END
};

enum value_parse {
    VALUE_NUMBER = 1, /* any encoding of one number, a text's unit behind it */
    VALUE_FIRST,      /* the first number of a text, whatever stands around it */
    VALUE_SIGNED16,   /* the low 16 bits are a signed number */
    VALUE_SIGNED32,   /* the low 32 bits are one */
    VALUE_HEX,        /* a text of hexadecimal digits, with or without 0x */
    VALUE_PARSE_END
};

/*
 * The result is (raw × scale + offset), with both as fractions of one denominator, so that 154
 * tenths are 15.4 and not 15.400000000000002. invalid: raw numbers, before any of parse's mending.
 * least, most: of the result; what lies outside is VALUE_INVALID.
 */
struct value_rule {
    enum value_parse parse;
    double multiply, add, divide;
    double invalid[VALUE_INVALID_MAX];
    size_t invalid_count;
    double least, most;
};

struct value {
    enum value_status status;
    double number; /* with VALUE_OK; always finite */
    uint64_t raw;  /* with VALUE_OK of an unsigned type: all its bits, for differences */
    uint8_t bits;  /* 32 or 64 where raw wraps; 0 where there is none */
};

/* Takes the number as it is. */
extern const struct value_rule value_plain;

struct value value_read(const struct value_rule *rule, uint8_t tag, const uint8_t *at,
                        size_t bytes);
/* A text's characters without padding, or a number's digits, or octets as hexadecimal digits; valid
 * UTF-8 without control bytes. VALUE_OK or VALUE_ABSENT; out then holds "". */
enum value_status value_text(uint8_t tag, const uint8_t *at, size_t bytes,
                             char out[VALUE_TEXT_MAX]);
/*
 * How much a counter grew, per second, over elapsed_s > 0. False when it cannot be told: the
 * counter went back by a restart (a wrap of 32 bits is counted where it is likelier).
 */
bool value_rate(const struct value *before, const struct value *now, double elapsed_s,
                double *per_second);
const char *value_status_name(enum value_status status);
const char *value_parse_name(enum value_parse parse);
#endif
