/* SPDX-License-Identifier: ISC */
/*
 * digest - SHA-256, HMAC-SHA-256, random bytes and the two alphabets of base64, for the web.
 *
 * The only home of OpenSSL in daemon/. Stateless; cannot fail but for memory, which aborts.
 */
#ifndef KT_WEB_DIGEST_H
#define KT_WEB_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#define DIGEST_BYTES 32
/* Of n bytes, with its terminator; with "=" in base64, without in base64url. */
#define DIGEST_BASE64_MAX(n) (((n) + 2) / 3 * 4 + 1)

void digest_sha256(const void *bytes, size_t count, unsigned char out[DIGEST_BYTES]);
void digest_hmac(const void *key, size_t key_bytes, const void *bytes, size_t count,
                 unsigned char out[DIGEST_BYTES]);
void digest_random(void *out, size_t count);

/* RFC 4648 sections 4 and 5; out has room for DIGEST_BASE64_MAX(count). */
void digest_base64(const void *bytes, size_t count, char *out);
void digest_base64url(const void *bytes, size_t count, char *out);
/*
 * Only what digest_base64url() writes is read: a text that another text also stands for is refused.
 * *count: in, the room; out, how many there are.
 */
bool digest_base64url_read(const char *text, void *out, size_t *count);
#endif
