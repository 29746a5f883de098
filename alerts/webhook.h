/* SPDX-License-Identifier: ISC */
/*
 * webhook - one signed POST per notification, over libcurl's multi interface on the event loop.
 *
 * Standard Webhooks 1.0.0: webhook-id, webhook-timestamp, webhook-signature. Knows nothing of
 * tickets or queues: the courier (daemon/courier.h) decides what is sent and what an outcome means.
 * Private destinations are refused after DNS, on the address that would be connected to
 * (alerts/net_guard.h). Redirects are never followed, an answer is read up to 16 kB, a proxy in the
 * environment is ignored, certificates are always checked.
 */
#ifndef KT_WEBHOOK_H
#define KT_WEBHOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alerts/net_guard.h"
#include "alerts/reason.h"
#include "daemon/base/clock.h"
#include "daemon/base/err.h"

struct event_base;
struct webhooks;

struct webhook_policy {
    int64_t timeout_ms;           /* of the whole exchange */
    const struct net_list *allow; /* private destinations that may be called; copied; NULL: none */
};

/* Borrowed for the call; keys that were made from the secrets are wiped before it returns. */
struct webhook_message {
    const char *message_id; /* letters, digits, '_' and '-' only */
    const char *url;
    const char *body;
    size_t body_bytes;
    const char *secret;   /* "whsec_…" */
    const char *secret_2; /* a second one while a secret is rotated, or NULL */
};

struct webhook_outcome {
    int http_status;        /* 0: no answer */
    int64_t retry_after_ms; /* from Retry-After (seconds or a date), -1: none */
    int64_t took_ms;
    struct wall started;
    char reason[REASON_MAX]; /* "204", "timed out after 20s", "refused: 10.0.0.1 is private …"; for
                         people: no secret, nothing of the URL but its host */
};

typedef void webhook_done_cb(const struct webhook_outcome *outcome, void *arg);

KT_MUST_CHECK struct webhooks *webhooks_new(struct event_base *base, struct err *err);
void webhooks_set_policy(struct webhooks *hooks, const struct webhook_policy *policy);
/*
 * Starts one exchange. done() is called exactly once, later, never from inside this call and never
 * after webhooks_free(). A URL or secret that is no good is an outcome too (status 0 and a reason).
 */
void webhook_send(struct webhooks *hooks, const struct webhook_message *message, struct wall now,
                  webhook_done_cb *done, void *arg);
size_t webhooks_in_flight(const struct webhooks *hooks);
void webhooks_free(struct webhooks *hooks); /* aborts what is in flight; NULL allowed */
#endif
