/* SPDX-License-Identifier: ISC */
#include "tests/sink/sink.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "daemon/base/text.h"

static bool secret_decode(const char *text, struct sink_secret *secret)
{
    unsigned char raw[128];
    size_t length = strlen(text);
    int got;

    if (strncmp(text, "whsec_", 6) != 0)
        return false;
    text += 6;
    length -= 6;
    if (length == 0 || length % 4 != 0 || length > 88)
        return false;
    got = EVP_DecodeBlock(raw, (const unsigned char *)text, (int)length);
    if (got < 0)
        return false;
    for (size_t i = length; i > 0 && text[i - 1] == '='; i--)
        got--; /* EVP_DecodeBlock counts the padding as bytes */
    if (got < 1 || got > SINK_SECRET_BYTES)
        return false;
    memcpy(secret->key, raw, (size_t)got);
    secret->bytes = (size_t)got;
    return true;
}

bool sink_read_secrets(struct sink *sink, const char *file)
{
    char line[256];
    FILE *in = fopen(file, "re");
    bool good = in != NULL;

    while (good && fgets(line, sizeof line, in) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] == '\0' || line[0] == '#')
            continue;
        good = sink->secret_count < SINK_SECRETS_MAX &&
               secret_decode(line, &sink->secrets[sink->secret_count]);
        if (good)
            sink->secret_count++;
    }
    if (in != NULL)
        fclose(in);
    return good;
}

static bool signature_fits(const struct sink_secret *secret, const struct text *content,
                           const char *signature)
{
    unsigned char mac[32];
    unsigned char printed[64];
    unsigned int mac_bytes = sizeof mac;

    if (HMAC(EVP_sha256(), secret->key, (int)secret->bytes,
             (const unsigned char *)text_get(content), content->bytes, mac, &mac_bytes) == NULL)
        return false;
    EVP_EncodeBlock(printed, mac, (int)mac_bytes);
    return strlen(signature) == 3 + 44 && strncmp(signature, "v1,", 3) == 0 &&
           CRYPTO_memcmp(signature + 3, printed, 44) == 0;
}

bool sink_verify(const struct sink *sink, const char *id, const char *timestamp,
                 const char *signatures, const char *body, size_t body_bytes)
{
    struct text content = {0};
    char copy[512];
    char *rest = copy;
    bool fits = false;

    if (id == NULL || timestamp == NULL || signatures == NULL ||
        !text_copy(copy, sizeof copy, signatures))
        return false;
    text_addf(&content, "%s.%s.", id, timestamp);
    text_add_bytes(&content, body, body_bytes);
    for (char *one = strsep(&rest, " "); one != NULL && !fits; one = strsep(&rest, " "))
        for (size_t i = 0; i < sink->secret_count && !fits; i++)
            fits = signature_fits(&sink->secrets[i], &content, one);
    text_free(&content);
    return fits;
}
