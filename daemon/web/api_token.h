/* SPDX-License-Identifier: ISC */
/*
 * api_token - the text of an API token and its hash. The text is shown once, to whoever made it;
 * the database knows the hash.
 *
 * "kt_" and 43 characters of base64url: 256 random bits, so a plain SHA-256 is enough of a hash.
 */
#ifndef KT_API_TOKEN_H
#define KT_API_TOKEN_H

#include <stdbool.h>

#define API_TOKEN_MAX      64 /* with the terminator */
#define API_TOKEN_HASH_MAX 65

void api_token_make(char token[API_TOKEN_MAX]);
/* False: no token ever looks like that. */
bool api_token_hash(const char *token, char hex[API_TOKEN_HASH_MAX]);
#endif
