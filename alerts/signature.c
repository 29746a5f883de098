/* SPDX-License-Identifier: ISC */
#include "alerts/signature.h"

#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "daemon/base/text.h"

#define SECRET_PREFIX    "whsec_"
#define MAC_BYTES        32
#define MAC_PRINTED      44 /* base64 of 32 bytes */
#define BASE64_BYTES_MAX 88 /* of SIGNATURE_KEY_MAX bytes */

/* EVP_DecodeBlock skips blanks at both ends and takes '=' anywhere near the end: be stricter first.
 */
static bool is_base64(const char *text, size_t bytes)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t plain = strspn(text, letters);

    return bytes % 4 == 0 && bytes - plain <= 2 && strspn(text + plain, "=") == bytes - plain;
}

static bool decode(const char *text, size_t bytes, struct signature_key *key)
{
    unsigned char raw[BASE64_BYTES_MAX / 4 * 3];
    size_t padding = bytes - strcspn(text, "=");
    int got = EVP_DecodeBlock(raw, (const unsigned char *)text, (int)bytes);

    if (got >= (int)padding) {
        key->count = (size_t)got - padding; /* EVP_DecodeBlock counts the padding as zero bytes */
        if (key->count <= sizeof key->bytes)
            memcpy(key->bytes, raw, key->count);
    }
    OPENSSL_cleanse(raw, sizeof raw);
    return got >= (int)padding;
}

bool signature_key_decode(const char *secret, struct signature_key *key, struct err *err)
{
    const char *encoded = secret + strlen(SECRET_PREFIX);
    size_t bytes;

    *key = (struct signature_key){0};
    if (strncmp(secret, SECRET_PREFIX, strlen(SECRET_PREFIX)) != 0)
        return err_set(err, "a webhook secret begins with " SECRET_PREFIX);
    bytes = strlen(encoded);
    if (bytes > BASE64_BYTES_MAX)
        return err_set(err, "a webhook secret is at most %d bytes long", SIGNATURE_KEY_MAX);
    if (!is_base64(encoded, bytes) || !decode(encoded, bytes, key)) {
        signature_key_wipe(key);
        return err_set(err, "a webhook secret is base64 behind " SECRET_PREFIX ", this is not");
    }
    if (key->count < SIGNATURE_KEY_MIN || key->count > SIGNATURE_KEY_MAX) {
        size_t count = key->count;

        signature_key_wipe(key);
        return err_set(err,
                       "a webhook secret is %d to %d bytes long, this has %zu; make one with: "
                       "echo " SECRET_PREFIX "$(openssl rand -base64 32)",
                       SIGNATURE_KEY_MIN, SIGNATURE_KEY_MAX, count);
    }
    return true;
}

void signature_key_wipe(struct signature_key *key)
{
    OPENSSL_cleanse(key, sizeof *key);
}

/* "v1,BASE64" and a terminator, 48 bytes. */
static bool sign_one(const struct signature_key *key, const struct text *content, char *out)
{
    unsigned char mac[MAC_BYTES];
    unsigned int mac_bytes = 0;

    if (HMAC(EVP_sha256(), key->bytes, (int)key->count, (const unsigned char *)text_get(content),
             content->bytes, mac, &mac_bytes) == NULL ||
        mac_bytes != sizeof mac)
        return false;
    memcpy(out, "v1,", 3);
    EVP_EncodeBlock((unsigned char *)out + 3, mac, MAC_BYTES);
    return true;
}

bool signature_make(const struct signature_key *key, const struct signature_key *key_2,
                    const char *message_id, int64_t timestamp_s, const char *body,
                    size_t body_bytes, char out[SIGNATURE_MAX], struct err *err)
{
    struct text content = {0};
    char *second = out + 3 + MAC_PRINTED + 1;
    bool made;

    text_addf(&content, "%s.%lld.", message_id, (long long)timestamp_s);
    text_add_bytes(&content, body, body_bytes);
    made = sign_one(key, &content, out);
    if (made && key_2 != NULL) {
        made = sign_one(key_2, &content, second);
        second[-1] = ' ';
    }
    text_free(&content);
    return made || err_set(err, "OpenSSL cannot make an HMAC-SHA256");
}
