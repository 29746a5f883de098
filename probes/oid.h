/* SPDX-License-Identifier: ISC */
/*
 * oid - object identifiers as they travel: the content octets of X.690 §8.19, without tag and
 * length, in which two of them are equal when their bytes are.
 *
 * Pure, by value, nothing to free. Sub-identifiers have up to 32 bits; the first two share one
 * [X.690 §8.19.4].
 */
#ifndef KT_OID_H
#define KT_OID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OID_BYTES_MAX 95   /* of an object that we ask for; what agents answer may be longer */
#define OID_TEXT_MAX  1536 /* of any that ber_check() lets through: 128 numbers of ten digits */

struct oid {
    uint8_t bytes;
    uint8_t at[OID_BYTES_MAX];
};

/* "1.3.6.1.2.1.1.3.0", with or without a dot before it. False: it is none, or too long. */
bool oid_read(const char *dotted, struct oid *oid);
/* The bytes of a name on the wire; false when there are too many. */
bool oid_copy(const uint8_t *at, size_t bytes, struct oid *oid);
/* Dotted, cut off where out ends. Returns how long the whole is. */
size_t oid_print(const uint8_t *at, size_t bytes, char *out, size_t room);
bool oid_append(struct oid *oid, uint32_t subid); /* false: it would be too long, nothing done */
bool oid_equal(const struct oid *oid, const uint8_t *at, size_t bytes);
/* Does the name lie below prefix (and is not prefix itself)? */
bool oid_under(const struct oid *prefix, const uint8_t *at, size_t bytes);
/* By sub-identifier, as GETNEXT orders names [RFC 3416 §4.2.2]: less than, equal to or more than 0.
 */
int oid_compare(const uint8_t *a, size_t a_bytes, const uint8_t *b, size_t b_bytes);
/* Takes the next sub-identifier off *at; false at the end or when it is cut off. */
bool oid_next(const uint8_t **at, size_t *left, uint32_t *subid);
#endif
