/* SPDX-License-Identifier: ISC */
#include "daemon/parcel.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"

static char *copy(const char *text)
{
    char *out = strdup(text != NULL ? text : "");

    if (out == NULL)
        abort();
    return out;
}

struct parcel *parcel_new(struct courier *courier, const struct store_notification *n)
{
    struct parcel *parcel = calloc(1, sizeof *parcel);

    if (parcel == NULL)
        abort();
    *parcel = (struct parcel){.courier = courier,
                              .state = PARCEL_HELD,
                              .id = n->id,
                              .attempt = n->attempt,
                              .created = n->created,
                              .message_id = copy(n->message_id),
                              .endpoint = copy(n->endpoint),
                              .url = copy(n->url),
                              .secret = copy(n->secret),
                              .type = copy(n->type),
                              .data = copy(n->data),
                              .link_ticket = n->link_ticket,
                              .link_party = copy(n->link_party),
                              .link_generation = n->link_generation};
    return parcel;
}

void parcel_fail(struct parcel *parcel, struct wall now, const char *why)
{
    parcel->outcome = (struct webhook_outcome){.retry_after_ms = -1, .started = now};
    snprintf(parcel->outcome.reason, REASON_MAX, "%s", why);
}

static enum store_settle settle_as(enum delivery_verdict verdict)
{
    switch (verdict) {
    case DELIVERY_DELIVERED:
        return SETTLE_DELIVERED;
    case DELIVERY_RETRY:
        return SETTLE_RETRY;
    case DELIVERY_GONE:
        return SETTLE_GONE;
    case DELIVERY_DEAD:
    case DELIVERY_VERDICT_END:
        return SETTLE_DEAD;
    }
    abort();
}

struct store_settlement parcel_settlement(const struct parcel *parcel, const char *node)
{
    return (struct store_settlement){.id = parcel->id,
                                     .node = node,
                                     .how = settle_as(parcel->verdict),
                                     .attempt = parcel->attempt,
                                     .http_status = parcel->outcome.http_status,
                                     .reason = parcel->outcome.reason,
                                     .took_ms = parcel->outcome.took_ms,
                                     .started = parcel->outcome.started,
                                     .retry_at = parcel->retry_at};
}

void parcel_log(const struct parcel *parcel)
{
    bool lost = parcel->verdict == DELIVERY_DEAD || parcel->verdict == DELIVERY_GONE;
    char reason[REASON_MAX * 2];

    log_line(lost ? LOG_LEVEL_WARN : LOG_LEVEL_INFO, "courier.attempt",
             "outcome=%s endpoint=%s type=%s id=%s attempt=%" PRIu32 " took_ms=%" PRId64
             " reason=%s",
             delivery_verdict_name(parcel->verdict), parcel->endpoint, parcel->type,
             parcel->message_id, parcel->attempt, parcel->outcome.took_ms,
             log_quote(parcel->outcome.reason, reason, sizeof reason));
}

void parcel_free(struct parcel *parcel)
{
    free(parcel->message_id);
    free(parcel->endpoint);
    free(parcel->url);
    free(parcel->secret);
    free(parcel->type);
    free(parcel->data);
    free(parcel->link_party);
    free(parcel);
}

struct parcel *parcels_find(const struct parcel_list *parcels, int64_t id)
{
    struct parcel *parcel;

    TAILQ_FOREACH(parcel, parcels, link)
    {
        if (parcel->id == id)
            return parcel;
    }
    return NULL;
}

size_t parcels_count(const struct parcel_list *parcels, enum parcel_state state,
                     const char *endpoint)
{
    const struct parcel *parcel;
    size_t count = 0;

    TAILQ_FOREACH(parcel, parcels, link)
    {
        if (parcel->state == state && (endpoint == NULL || strcmp(parcel->endpoint, endpoint) == 0))
            count++;
    }
    return count;
}

void parcels_free(struct parcel_list *parcels)
{
    struct parcel *parcel;

    while ((parcel = TAILQ_FIRST(parcels)) != NULL) {
        TAILQ_REMOVE(parcels, parcel, link);
        parcel_free(parcel);
    }
}
