/* SPDX-License-Identifier: ISC */
#include "daemon/spans.h"

#include <string.h>

#include "daemon/cause.h"

static void remove_at(struct spans *spans, size_t index)
{
    memmove(&spans->at[index], &spans->at[index + 1],
            (spans->count - index - 1) * sizeof spans->at[0]);
    spans->count--;
}

static struct span *find(struct spans *spans, struct wall first_bad)
{
    for (size_t i = 0; i < spans->count; i++)
        if (spans->at[i].first_bad.us == first_bad.us)
            return &spans->at[i];
    return NULL;
}

/* The newest two finished ones become one that lasts from the first silence to the last return. */
static void make_room(struct spans *spans)
{
    struct span *kept;

    if (spans->count < SPANS_MAX)
        return;
    kept = &spans->at[SPANS_MAX - 2];
    kept->restored = spans->at[SPANS_MAX - 1].restored;
    if (kept->proven != spans->at[SPANS_MAX - 1].proven)
        kept->proven = CAUSE_UNPROVEN; /* of two outages in one */
    kept->revision++;
    spans->count--;
    spans->merged++;
}

struct span *spans_current(struct spans *spans)
{
    struct span *last = spans->count == 0 ? NULL : &spans->at[spans->count - 1];

    return last != NULL && !wall_is_set(last->restored) ? last : NULL;
}

void spans_begin(struct spans *spans, struct wall last_good, struct wall first_bad,
                 struct wall detected)
{
    if (spans_current(spans) != NULL || find(spans, first_bad) != NULL)
        return;
    make_room(spans);
    spans->at[spans->count++] = (struct span){.last_good = last_good,
                                              .first_bad = first_bad,
                                              .detected = detected,
                                              .ping = LINK_PING_UNKNOWN,
                                              .root = SPAN_ROOT_UNKNOWN,
                                              .revision = 1};
}

void spans_resume(struct spans *spans, struct wall last_good, struct wall first_bad,
                  struct wall detected, size_t root)
{
    struct span *span;

    spans_begin(spans, last_good, first_bad, detected);
    span = spans_current(spans);
    if (span == NULL || span->first_bad.us != first_bad.us || span->revision != 1)
        return;
    span->root = root;
    span->confirmed = span->revision;
}

void spans_end(struct spans *spans, struct wall restored)
{
    struct span *span = spans_current(spans);

    if (span == NULL)
        return;
    span->restored = restored;
    span->revision++;
}

void spans_blame(struct spans *spans, size_t root)
{
    struct span *span = spans_current(spans);

    if (span == NULL || span->root == root)
        return;
    span->root = root;
    span->revision++;
}

void spans_hear_ping(struct spans *spans, enum link_ping ping)
{
    struct span *span = spans_current(spans);

    if (span == NULL || (ping != LINK_PING_ANSWERS && ping != LINK_PING_SILENT) ||
        span->ping == ping)
        return;
    span->ping = ping;
    span->revision++;
}

bool spans_touch(struct spans *spans, struct wall detected_from)
{
    struct span *span = spans_current(spans);

    if (span == NULL || span->detected.us < detected_from.us)
        return false;
    span->revision++;
    return true;
}

bool span_is_due(const struct span *span)
{
    return span->root != SPAN_ROOT_UNKNOWN && span->sent < span->revision &&
           span->confirmed < span->revision;
}

void spans_settled(struct spans *spans, struct wall first_bad, bool confirmed)
{
    struct span *span = find(spans, first_bad);

    if (span == NULL)
        return;
    if (confirmed && span->sent > span->confirmed)
        span->confirmed = span->sent;
    span->sent = 0;
    if (span->confirmed == span->revision && wall_is_set(span->restored)) {
        spans->left = first_bad;
        remove_at(spans, (size_t)(span - spans->at));
    }
}

void spans_unsend(struct spans *spans)
{
    for (size_t i = 0; i < spans->count; i++)
        spans->at[i].sent = 0;
}

void spans_drop(struct spans *spans, struct wall first_bad)
{
    struct span *span = find(spans, first_bad);

    if (span != NULL)
        remove_at(spans, (size_t)(span - spans->at));
}
