/* SPDX-License-Identifier: ISC */
/*
 * envelope - the headers of one attempt: which message, when, and who signed it.
 *
 * Made from a struct webhook_message; knows no HTTP client. Keys are decoded, used and wiped in
 * here.
 */
#ifndef KT_ENVELOPE_H
#define KT_ENVELOPE_H

#include "alerts/webhook.h"
#include "daemon/base/err.h"

#define ENVELOPE_HEADERS     5
#define ENVELOPE_HEADER_MAX  192
#define ENVELOPE_MESSAGE_MAX 128 /* of a message id */

/* "name: value", ready to be sent. */
struct envelope {
    char headers[ENVELOPE_HEADERS][ENVELOPE_HEADER_MAX];
};

/* False: the id would not be one header, a secret is no good, or the URL is neither http nor https.
 */
KT_MUST_CHECK bool envelope_make(const struct webhook_message *message, struct wall now,
                                 struct envelope *envelope, struct err *err);
#endif
