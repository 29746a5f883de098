/* SPDX-License-Identifier: ISC */
#include "alerts/envelope.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "alerts/signature.h"

/* What would let a row of the database write headers of its own is refused. */
static bool id_is_plain(const char *id)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    size_t bytes = strlen(id);

    return bytes > 0 && bytes <= ENVELOPE_MESSAGE_MAX && strspn(id, letters) == bytes;
}

/* Without a scheme libcurl would guess one. */
static bool url_is_http(const char *url)
{
    return strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "https://", 8) == 0;
}

static bool make_signature(const struct webhook_message *message, int64_t timestamp_s,
                           char out[SIGNATURE_MAX], struct err *err)
{
    struct signature_key key, key_2 = {0};
    bool rotating = message->secret_2 != NULL;
    bool made = signature_key_decode(message->secret, &key, err) &&
                (!rotating || signature_key_decode(message->secret_2, &key_2, err)) &&
                signature_make(&key, rotating ? &key_2 : NULL, message->message_id, timestamp_s,
                               message->body, message->body_bytes, out, err);

    signature_key_wipe(&key);
    signature_key_wipe(&key_2);
    return made;
}

bool envelope_make(const struct webhook_message *message, struct wall now,
                   struct envelope *envelope, struct err *err)
{
    int64_t timestamp_s = now.us / US_PER_S;
    char signature[SIGNATURE_MAX];
    size_t n = 0;

    if (!id_is_plain(message->message_id))
        return err_set(err, "the message id has other than letters, digits, '_' and '-'");
    if (!url_is_http(message->url))
        return err_set(err, "the URL begins with neither http:// nor https://");
    if (!make_signature(message, timestamp_s, signature, err))
        return false;
    snprintf(envelope->headers[n++], ENVELOPE_HEADER_MAX, "content-type: application/json");
    snprintf(envelope->headers[n++], ENVELOPE_HEADER_MAX, "webhook-id: %s", message->message_id);
    snprintf(envelope->headers[n++], ENVELOPE_HEADER_MAX, "webhook-timestamp: %lld",
             (long long)timestamp_s);
    snprintf(envelope->headers[n++], ENVELOPE_HEADER_MAX, "webhook-signature: %s", signature);
    /* An empty value takes the header out: no waiting for "100 Continue". */
    snprintf(envelope->headers[n], ENVELOPE_HEADER_MAX, "expect:");
    return true;
}
