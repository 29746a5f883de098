/* SPDX-License-Identifier: ISC */
/*
 * link_token - the secret part of /t/TOKEN: one ticket, one party, one generation, until an
 * instant.
 *
 * Whoever holds a token may act for its party on its ticket, so it is never logged and never
 * stored. Base64url of: version, ticket, generation, expiry, party, and 128 bits of HMAC-SHA-256
 * over them. The same words give the same token, so a notification's body is the same over its
 * retries. Whether the ticket still belongs to the party is asked of the database, not here.
 */
#ifndef KT_WEB_LINK_TOKEN_H
#define KT_WEB_LINK_TOKEN_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "daemon/base/err.h"

#define LINK_PARTY_MAX 64 /* with its terminator */
#define LINK_TOKEN_MAX 140
#define LINK_KEY_BYTES 32
#define LINK_LIFE_MS   (INT64_C(72) * 3600 * 1000)

struct link_words {
    int64_t ticket;
    char party[LINK_PARTY_MAX];
    uint32_t generation; /* the ticket's, which moves when its party changes */
    struct wall expires; /* whole seconds; link_path_make() sets it */
};

enum link_verdict { LINK_OK = 1, LINK_EXPIRED, LINK_FORGED };

/* False: the party's code is empty or too long; out is "" then. */
KT_MUST_CHECK bool link_token_make(const void *key, size_t key_bytes,
                                   const struct link_words *words, char out[LINK_TOKEN_MAX]);
/* *words is filled in unless the token is forged. */
enum link_verdict link_token_read(const void *key, size_t key_bytes, const char *token,
                                  struct wall now, struct link_words *words);

#define LINK_PATH_MAX (LINK_TOKEN_MAX + 4)

/* "/t/TOKEN" for a notification that was owed at that instant: it ends LINK_LIFE_MS later. */
KT_MUST_CHECK bool link_path_make(const void *key, size_t key_bytes, const struct link_words *words,
                                  struct wall owed, char out[LINK_PATH_MAX]);

/*
 * secret: the secrets file's link_key, 32 characters at least, which all daemons of one database
 * share; NULL: state_dir/link.key, made at the first start. On false err says what to do.
 */
KT_MUST_CHECK bool link_key_load(const char *secret, const char *state_dir,
                                 char out[LINK_KEY_BYTES], struct err *err);
#endif
