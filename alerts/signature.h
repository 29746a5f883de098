/* SPDX-License-Identifier: ISC */
/*
 * signature - Standard Webhooks 1.0.0 (symmetric): who sent this, and when.
 *
 * A secret is "whsec_" and the base64 of 24 to 64 bytes; what is signed is "id.timestamp.body" with
 * HMAC-SHA256, printed as "v1,BASE64". While a secret is rotated there are two signatures with a
 * blank between. Keys are wiped by whoever decoded them; no error sentence holds any part of a
 * secret.
 */
#ifndef KT_SIGNATURE_H
#define KT_SIGNATURE_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/base/err.h"

#define SIGNATURE_KEY_MIN 24
#define SIGNATURE_KEY_MAX 64
#define SIGNATURE_MAX     96 /* two of 47 with a blank, and the terminator */

struct signature_key {
    unsigned char bytes[SIGNATURE_KEY_MAX];
    size_t count;
};

/* On false *key is wiped. */
KT_MUST_CHECK bool signature_key_decode(const char *secret, struct signature_key *key,
                                        struct err *err);
void signature_key_wipe(struct signature_key *key);

/* The webhook-signature header. key_2: NULL, or the second key of a rotation. */
KT_MUST_CHECK bool signature_make(const struct signature_key *key,
                                  const struct signature_key *key_2, const char *message_id,
                                  int64_t timestamp_s, const char *body, size_t body_bytes,
                                  char out[SIGNATURE_MAX], struct err *err);
#endif
