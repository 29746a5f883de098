/* SPDX-License-Identifier: ISC */
#include "daemon/web/api_token.h"

#include <stdio.h>
#include <string.h>

#include "daemon/web/digest.h"

#define PREFIX       "kt_"
#define PREFIX_BYTES (sizeof PREFIX - 1)
#define RANDOM_BYTES 32

void api_token_make(char token[API_TOKEN_MAX])
{
    unsigned char bits[RANDOM_BYTES];

    digest_random(bits, sizeof bits);
    memcpy(token, PREFIX, PREFIX_BYTES);
    digest_base64url(bits, sizeof bits, token + PREFIX_BYTES);
    explicit_bzero(bits, sizeof bits);
}

bool api_token_hash(const char *token, char hex[API_TOKEN_HASH_MAX])
{
    unsigned char bits[RANDOM_BYTES];
    unsigned char hash[DIGEST_BYTES];
    size_t count = sizeof bits;
    bool good = strncmp(token, PREFIX, PREFIX_BYTES) == 0 &&
                digest_base64url_read(token + PREFIX_BYTES, bits, &count) && count == sizeof bits;

    explicit_bzero(bits, sizeof bits);
    if (!good)
        return false;
    digest_sha256(token, strlen(token), hash);
    for (size_t i = 0; i < sizeof hash; i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    return true;
}
