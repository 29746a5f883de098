/* SPDX-License-Identifier: ISC */
/*
 * usm_keys - the arithmetic of USM: from a password to a localised key, digests, encryption.
 *
 * Part of usm.c. An owner calls usm_keys_open() once and usm_keys_close() at its end.
 */
#ifndef KT_FLEET_USM_KEYS_H
#define KT_FLEET_USM_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

#define USM_KEY_MAX 64
#define USM_MAC_MAX 48
#define USM_SALT    8

enum usm_priv { USM_PRIV_NONE, USM_DES, USM_AES128, USM_AES192, USM_AES256, USM_PRIV_END };

struct usm_auth {
    const char *name;
    const char *digest; /* libcrypto's name of it */
    size_t mac_bytes;
};

struct usm_keys {
    const struct usm_auth *auth;
    enum usm_priv priv;
    EVP_MD *md;
    EVP_CIPHER *cipher;
    EVP_MD_CTX *hash;
    EVP_CIPHER_CTX *crypt;
    uint8_t auth_ku[USM_KEY_MAX];
    uint8_t priv_ku[USM_KEY_MAX];
    size_t key_bytes;
};

/* The key of one user at one engine. */
struct usm_local {
    uint8_t auth[USM_KEY_MAX];
    uint8_t priv[2 * USM_KEY_MAX];
};

const struct usm_auth *usm_auth_find(const char *name); /* "SHA", "SHA-256", …; NULL: none */
enum usm_priv usm_priv_find(const char *name);          /* USM_PRIV_NONE: none */

/* auth may be NULL, and priv USM_PRIV_NONE. False: libcrypto cannot. */
bool usm_keys_open(struct usm_keys *keys, const struct usm_auth *auth, const char *auth_pass,
                   enum usm_priv priv, const char *priv_pass);
void usm_keys_close(struct usm_keys *keys);

void usm_localise(const struct usm_keys *keys, const uint8_t *engine, size_t engine_bytes,
                  struct usm_local *local);
/* keys->auth->mac_bytes of it. */
void usm_mac(const struct usm_keys *keys, const struct usm_local *local, const uint8_t *bytes,
             size_t count, uint8_t mac[USM_MAC_MAX]);
/* In place. DES takes whole blocks of 8. False: it does not fit the cipher. */
bool usm_crypt(const struct usm_keys *keys, const struct usm_local *local, bool encrypt,
               uint32_t boots, uint32_t time, const uint8_t salt[USM_SALT], uint8_t *bytes,
               size_t count);
#endif
