/* SPDX-License-Identifier: ISC */
/*
 * usm_words - an SNMPv3 user as the secrets file tells it: "v3 user=NAME level=authPriv
 * auth=SHA:PASSPHRASE priv=AES:PASSPHRASE".
 *
 * Pure, by value; whoever holds one wipes it. What its words become is probes/usm.h's affair.
 */
#ifndef KT_USM_WORDS_H
#define KT_USM_WORDS_H

#include <stdbool.h>

#include "daemon/base/err.h"

#define USM_USER_MAX   33  /* 32 bytes [RFC 3414 §2.4] */
#define USM_PASS_MAX   129 /* a passphrase; our bound */
#define USM_PASS_LEAST 8   /* [RFC 3414 §11.2]; net-snmp takes no shorter one */

/* In rising order: an answer of a lower level than asked is none. */
enum usm_level { USM_NOAUTH_NOPRIV = 1, USM_AUTH_NOPRIV, USM_AUTH_PRIV, USM_LEVEL_END };

enum usm_auth {
    USM_AUTH_NONE = 1,
    USM_AUTH_MD5,
    USM_AUTH_SHA,
    USM_AUTH_SHA224,
    USM_AUTH_SHA256,
    USM_AUTH_SHA384,
    USM_AUTH_SHA512,
    USM_AUTH_END
};

/* The last two stretch their key as Cisco does (draft-reeder); the plain ones as draft-blumenthal.
 */
enum usm_priv {
    USM_PRIV_NONE = 1,
    USM_PRIV_DES,
    USM_PRIV_AES128,
    USM_PRIV_AES192,
    USM_PRIV_AES256,
    USM_PRIV_AES192_CISCO,
    USM_PRIV_AES256_CISCO,
    USM_PRIV_END
};

struct usm_words {
    char user[USM_USER_MAX];
    enum usm_level level;
    enum usm_auth auth; /* USM_AUTH_NONE below USM_AUTH_NOPRIV */
    char auth_pass[USM_PASS_MAX];
    enum usm_priv priv; /* USM_PRIV_NONE below USM_AUTH_PRIV */
    char priv_pass[USM_PASS_MAX];
};

/* Is that a v3 user, well written or not? Anything else is a community or another secret. */
bool usm_words_are_meant(const char *secret);
/* False says what is wrong without a byte of a passphrase. */
KT_MUST_CHECK bool usm_words_read(const char *secret, struct usm_words *words, struct err *err);
/* As equal as bytes: what no word fills is zero. */
void usm_words_copy(struct usm_words *out, const struct usm_words *words);
bool usm_words_equal(const struct usm_words *a, const struct usm_words *b);

const char *usm_level_name(enum usm_level level);
const char *usm_auth_name(enum usm_auth auth);
const char *usm_priv_name(enum usm_priv priv);
#endif
