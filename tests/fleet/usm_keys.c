/* SPDX-License-Identifier: ISC */
#include "tests/fleet/usm_keys.h"

#include <stdlib.h>
#include <string.h>

#define PASSWORD_STREAM (1024 * 1024) /* RFC 3414 appendix A.2 */
#define DES_BLOCK       8
#define HMAC_BLOCK_MAX  128

/* RFC 3414 and RFC 7860. */
static const struct usm_auth auths[] = {
    {"MD5", "MD5", 12},        {"SHA", "SHA1", 12},       {"SHA-224", "SHA224", 16},
    {"SHA-256", "SHA256", 24}, {"SHA-384", "SHA384", 32}, {"SHA-512", "SHA512", 48},
};

/* Single DES is three-key DES with one key three times: the default provider has no single DES. */
static const struct {
    const char *name;
    const char *cipher;
    size_t key_bytes;
} privs[USM_PRIV_END] = {
    [USM_DES] = {"DES", "DES-EDE3-CBC", 8},
    [USM_AES128] = {"AES", "AES-128-CFB", 16},
    [USM_AES192] = {"AES-192", "AES-192-CFB", 24},
    [USM_AES256] = {"AES-256", "AES-256-CFB", 32},
};

const struct usm_auth *usm_auth_find(const char *name)
{
    for (size_t i = 0; i < sizeof auths / sizeof auths[0]; i++)
        if (strcmp(auths[i].name, name) == 0)
            return &auths[i];
    return NULL;
}

enum usm_priv usm_priv_find(const char *name)
{
    if (strcmp(name, "AES-128") == 0)
        return USM_AES128;
    for (enum usm_priv priv = USM_DES; priv < USM_PRIV_END; priv++)
        if (strcmp(privs[priv].name, name) == 0)
            return priv;
    return USM_PRIV_NONE;
}

static void hash_begin(const struct usm_keys *keys)
{
    if (EVP_DigestInit_ex2(keys->hash, keys->md, NULL) != 1)
        abort();
}

static void hash_more(const struct usm_keys *keys, const uint8_t *bytes, size_t count)
{
    if (EVP_DigestUpdate(keys->hash, bytes, count) != 1)
        abort();
}

static void hash_end(const struct usm_keys *keys, uint8_t *out)
{
    if (EVP_DigestFinal_ex(keys->hash, out, NULL) != 1)
        abort();
}

static void password_key(const struct usm_keys *keys, const char *password, uint8_t *out)
{
    size_t bytes = strlen(password);

    hash_begin(keys);
    for (size_t done = 0; done < PASSWORD_STREAM; done += bytes) {
        size_t left = PASSWORD_STREAM - done;

        hash_more(keys, (const uint8_t *)password, bytes < left ? bytes : left);
    }
    hash_end(keys, out);
}

bool usm_keys_open(struct usm_keys *keys, const struct usm_auth *auth, const char *auth_pass,
                   enum usm_priv priv, const char *priv_pass)
{
    *keys = (struct usm_keys){.auth = auth, .priv = priv};
    if (auth == NULL)
        return true;
    keys->md = EVP_MD_fetch(NULL, auth->digest, NULL);
    keys->hash = EVP_MD_CTX_new();
    if (keys->md == NULL || keys->hash == NULL)
        return false;
    keys->key_bytes = (size_t)EVP_MD_get_size(keys->md);
    password_key(keys, auth_pass, keys->auth_ku);
    if (priv == USM_PRIV_NONE)
        return true;
    password_key(keys, priv_pass, keys->priv_ku);
    keys->cipher = EVP_CIPHER_fetch(NULL, privs[priv].cipher, NULL);
    keys->crypt = EVP_CIPHER_CTX_new();
    return keys->cipher != NULL && keys->crypt != NULL;
}

void usm_keys_close(struct usm_keys *keys)
{
    EVP_MD_CTX_free(keys->hash);
    EVP_MD_free(keys->md);
    EVP_CIPHER_CTX_free(keys->crypt);
    EVP_CIPHER_free(keys->cipher);
    *keys = (struct usm_keys){0};
}

/* RFC 3414 section 2.6 */
static void localise(const struct usm_keys *keys, const uint8_t *ku, const uint8_t *engine,
                     size_t engine_bytes, uint8_t *out)
{
    hash_begin(keys);
    hash_more(keys, ku, keys->key_bytes);
    hash_more(keys, engine, engine_bytes);
    hash_more(keys, ku, keys->key_bytes);
    hash_end(keys, out);
}

/* A key that is too short for the cipher is followed by its own hash [draft-blumenthal-aes-usm-04].
 */
void usm_localise(const struct usm_keys *keys, const uint8_t *engine, size_t engine_bytes,
                  struct usm_local *local)
{
    if (keys->auth == NULL)
        return;
    localise(keys, keys->auth_ku, engine, engine_bytes, local->auth);
    if (keys->priv == USM_PRIV_NONE)
        return;
    localise(keys, keys->priv_ku, engine, engine_bytes, local->priv);
    if (privs[keys->priv].key_bytes > keys->key_bytes) {
        hash_begin(keys);
        hash_more(keys, local->priv, keys->key_bytes);
        hash_end(keys, local->priv + keys->key_bytes);
    }
}

/* RFC 2104 */
void usm_mac(const struct usm_keys *keys, const struct usm_local *local, const uint8_t *bytes,
             size_t count, uint8_t mac[USM_MAC_MAX])
{
    size_t block = (size_t)EVP_MD_get_block_size(keys->md);
    uint8_t inner[HMAC_BLOCK_MAX], outer[HMAC_BLOCK_MAX], digest[EVP_MAX_MD_SIZE];

    for (size_t i = 0; i < block; i++) {
        uint8_t byte = i < keys->key_bytes ? local->auth[i] : 0;

        inner[i] = byte ^ 0x36;
        outer[i] = byte ^ 0x5c;
    }
    hash_begin(keys);
    hash_more(keys, inner, block);
    hash_more(keys, bytes, count);
    hash_end(keys, digest);
    hash_begin(keys);
    hash_more(keys, outer, block);
    hash_more(keys, digest, keys->key_bytes);
    hash_end(keys, digest);
    memcpy(mac, digest, keys->auth->mac_bytes);
}

static void put_u32(uint8_t *out, uint32_t number)
{
    for (size_t i = 0; i < 4; i++)
        out[i] = (uint8_t)(number >> (24 - 8 * i));
}

/* RFC 3826 section 3.1.2.1 for AES, RFC 3414 section 8.1.1.1 for DES. */
bool usm_crypt(const struct usm_keys *keys, const struct usm_local *local, bool encrypt,
               uint32_t boots, uint32_t time, const uint8_t salt[USM_SALT], uint8_t *bytes,
               size_t count)
{
    uint8_t iv[16], key[32] = {0};
    int made = 0;

    if (keys->priv == USM_DES) {
        if (count % DES_BLOCK != 0)
            return false;
        for (size_t i = 0; i < 3; i++)
            memcpy(key + i * DES_BLOCK, local->priv, DES_BLOCK);
        for (size_t i = 0; i < DES_BLOCK; i++)
            iv[i] = local->priv[DES_BLOCK + i] ^ salt[i];
    } else {
        memcpy(key, local->priv, privs[keys->priv].key_bytes);
        put_u32(iv, boots);
        put_u32(iv + 4, time);
        memcpy(iv + 8, salt, USM_SALT);
    }
    return EVP_CipherInit_ex2(keys->crypt, keys->cipher, key, iv, encrypt, NULL) == 1 &&
           EVP_CIPHER_CTX_set_padding(keys->crypt, 0) == 1 &&
           EVP_CipherUpdate(keys->crypt, bytes, &made, bytes, (int)count) == 1 &&
           made == (int)count;
}
