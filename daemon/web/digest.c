/* SPDX-License-Identifier: ISC */
#include "daemon/web/digest.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

static const char letters_url[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char letters_plain[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void digest_sha256(const void *bytes, size_t count, unsigned char out[DIGEST_BYTES])
{
    if (EVP_Digest(bytes, count, out, NULL, EVP_sha256(), NULL) != 1)
        abort();
}

void digest_hmac(const void *key, size_t key_bytes, const void *bytes, size_t count,
                 unsigned char out[DIGEST_BYTES])
{
    unsigned int got = 0;

    if (HMAC(EVP_sha256(), key, (int)key_bytes, bytes, count, out, &got) == NULL ||
        got != DIGEST_BYTES)
        abort();
}

void digest_random(void *out, size_t count)
{
    if (RAND_bytes(out, (int)count) != 1)
        abort(); /* the kernel's generator is always there once the machine is up */
}

static void encode(const unsigned char *bytes, size_t count, const char *letters, bool pad,
                   char *out)
{
    for (size_t i = 0; i < count; i += 3) {
        size_t left = count - i;
        uint32_t group = (uint32_t)bytes[i] << 16;

        group |= left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0;
        group |= left > 2 ? (uint32_t)bytes[i + 2] : 0;
        for (size_t n = 0; n < 4; n++) {
            if (n <= left)
                *out++ = letters[group >> (18 - 6 * n) & 63];
            else if (pad)
                *out++ = '=';
        }
    }
    *out = '\0';
}

void digest_base64(const void *bytes, size_t count, char *out)
{
    encode(bytes, count, letters_plain, true, out);
}

void digest_base64url(const void *bytes, size_t count, char *out)
{
    encode(bytes, count, letters_url, false, out);
}

bool digest_base64url_read(const char *text, void *out, size_t *count)
{
    unsigned char *to = out;
    size_t room = *count;
    uint32_t bits = 0;
    unsigned held = 0; /* how many of the low bits of bits are not written yet */

    *count = 0;
    for (; *text != '\0'; text++) {
        const char *letter = strchr(letters_url, *text);

        if (letter == NULL)
            return false;
        bits = (bits & 0xff) << 6 | (uint32_t)(letter - letters_url);
        held += 6;
        if (held < 8)
            continue;
        held -= 8;
        if (*count == room)
            return false;
        to[(*count)++] = (unsigned char)(bits >> held & 0xff);
    }
    /* Six bits over: a letter too many. Others must be the zeros that the writer put there. */
    return held < 6 && (bits & ((1U << held) - 1)) == 0;
}
