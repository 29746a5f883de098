/* SPDX-License-Identifier: ISC */
#include "probes/plan_copy.h"

#include <stdlib.h>
#include <string.h>

#include "probes/copy_book.h"

/* A metered device's heartbeats take half of its budget and its readings a quarter; hints may have
 * the rest, a probe in each second interval of its own. A few at once, so that the traps of one
 * event are all looked into. */
#define HINT_INTERVALS 2
#define HINTS_AT_ONCE  4

/* Devices of which something is still to be said. */
struct ids {
    uint32_t *at;
    size_t count;
    size_t room;
};

enum copy_step { COPY_NOTHING = 1, COPY_BEGIN, COPY_CREDENTIALS, COPY_DEVICES, COPY_COMMIT };

struct plan_copy {
    plan_begins_fn *begins; /* may be NULL */
    void *begins_arg;
    struct plan_policy policy;
    struct copy_book now;
    struct copy_book last; /* the plan before, until each device of this one was looked up in it */
    size_t moved;          /* how many of them were, by id; all: last is on its way out */
    struct plan_policy next_policy;
    struct copy_book next;
    struct credentials credentials;
    struct credentials next_credentials;
    uint32_t serial;
    enum copy_step step; /* which part of the plan goes next */
    size_t credentials_sent;
    size_t devices_sent;
    struct ids renews; /* to be sent after the plan */
    struct ids asks;   /* ditto, after those */
};

struct plan_copy *plan_copy_new(void)
{
    struct plan_copy *copy = calloc(1, sizeof *copy);

    if (copy == NULL)
        abort();
    copy->step = COPY_NOTHING;
    return copy;
}

void plan_copy_on_begins(struct plan_copy *copy, plan_begins_fn *begins, void *arg)
{
    copy->begins = begins;
    copy->begins_arg = arg;
}

void plan_copy_free(struct plan_copy *copy)
{
    if (copy == NULL)
        return;
    copy_book_clear(&copy->now, SIZE_MAX);
    copy_book_clear(&copy->last, SIZE_MAX);
    copy_book_clear(&copy->next, SIZE_MAX);
    credentials_free(&copy->credentials);
    credentials_free(&copy->next_credentials);
    free(copy->renews.at);
    free(copy->asks.at);
    free(copy);
}

void plan_copy_begin(struct plan_copy *copy, const struct plan_policy *policy)
{
    copy->next_policy = *policy;
    copy_book_clear(&copy->next, SIZE_MAX);
    credentials_free(&copy->next_credentials);
}

void plan_copy_credential(struct plan_copy *copy, const struct credential *credential)
{
    credentials_add(&copy->next_credentials, credential);
}

void plan_copy_device(struct plan_copy *copy, const struct plan_device *device)
{
    copy_book_add(&copy->next, device);
}

bool plan_copy_prepare(struct plan_copy *copy, size_t most)
{
    return copy_book_sort(&copy->next, most);
}

static void inherit(struct copy_entry *entry, const struct copy_entry *old)
{
    entry->asked = old->asked;
    entry->hinted_until = old->hinted_until;
    if (old->learned && entry->device.learned.of == old->device.learned.of) {
        entry->device.learned = old->device.learned;
        entry->learned = true;
    }
    if (entry->device.gateway_of != old->device.gateway_of)
        return; /* what was said was not of this site: the caller's word goes first again */
    entry->heard = old->heard;
    if (!old->heard)
        return;
    entry->device.begins_down = old->device.begins_down;
    entry->device.last_good = old->device.last_good;
    entry->device.first_bad = old->device.first_bad;
}

/* What is known of the device: the caller's word, then what children have said since. */
static void move_in(struct plan_copy *copy, struct copy_entry *entry)
{
    const struct copy_entry *old;

    if (!entry->awaited)
        return;
    entry->awaited = false;
    if (copy->begins != NULL)
        copy->begins(&entry->device, copy->begins_arg);
    old = copy_book_find(&copy->last, entry->device.id);
    if (old != NULL)
        inherit(entry, old);
}

static struct copy_entry *find(struct plan_copy *copy, uint32_t id)
{
    struct copy_entry *entry = copy_book_find(&copy->now, id);

    if (entry != NULL)
        move_in(copy, entry);
    return entry;
}

bool plan_copy_settle(struct plan_copy *copy, size_t most)
{
    if (copy->moved == copy->now.count)
        return copy_book_clear(&copy->last, most);
    for (; most > 0 && copy->moved < copy->now.count; most--)
        move_in(copy, copy_book_at(&copy->now, copy->moved++));
    return false;
}

void plan_copy_commit(struct plan_copy *copy)
{
    while (!plan_copy_prepare(copy, SIZE_MAX))
        ;
    while (!plan_copy_settle(copy, SIZE_MAX)) /* of the commit before */
        ;
    copy->last = copy->now;
    copy->moved = 0;
    copy->now = copy->next;
    copy->next = (struct copy_book){0};
    credentials_free(&copy->credentials);
    copy->credentials = copy->next_credentials;
    copy->next_credentials = (struct credentials){0};
    copy->policy = copy->next_policy;
    copy->serial++;
    copy->step = COPY_BEGIN;
    copy->credentials_sent = copy->devices_sent = 0;
}

static void ids_add(struct ids *ids, uint32_t id)
{
    if (ids->count == ids->room) {
        size_t room = ids->room == 0 ? 64 : ids->room * 2;
        uint32_t *at = reallocarray(ids->at, room, sizeof *at);

        if (at == NULL)
            abort();
        ids->at = at;
        ids->room = room;
    }
    ids->at[ids->count++] = id;
}

static void ids_drop(struct ids *ids, size_t count)
{
    ids->count -= count;
    if (ids->count > 0)
        memmove(ids->at, ids->at + count, ids->count * sizeof *ids->at);
}

void plan_copy_ask(struct plan_copy *copy, uint32_t device_id)
{
    struct copy_entry *entry = find(copy, device_id);

    if (entry == NULL || entry->asked)
        return; /* one answer will do for all who asked meanwhile */
    entry->asked = true;
    ids_add(&copy->asks, device_id);
}

void plan_copy_renew(struct plan_copy *copy, uint32_t device_id)
{
    struct copy_entry *entry = find(copy, device_id);

    if (entry == NULL)
        return;
    entry->device.begins_down = false;
    entry->device.first_bad = (struct wall){0};
    ids_add(&copy->renews, device_id);
}

/* A virtual-scheduling leaky bucket, as probes/lanes.h. */
bool plan_copy_hint(struct plan_copy *copy, uint32_t device_id, struct mono now)
{
    struct copy_entry *entry = find(copy, device_id);
    int64_t period_ms;

    if (entry == NULL)
        return false;
    period_ms = (int64_t)entry->device.interval_ms * HINT_INTERVALS;
    if (mono_diff_ms(entry->hinted_until, now) > period_ms * (HINTS_AT_ONCE - 1))
        return false;
    if (entry->hinted_until.us < now.us)
        entry->hinted_until = now;
    entry->hinted_until = mono_add_ms(entry->hinted_until, period_ms);
    plan_copy_ask(copy, device_id);
    return true;
}

bool plan_copy_hear(struct plan_copy *copy, const struct link_change *change)
{
    struct copy_entry *entry = find(copy, change->device_id);

    if (entry == NULL)
        return false;
    if (entry->device.gateway_of != change->gateway_of) {
        if (entry->asked && change->asked)
            ids_add(&copy->asks, change->device_id); /* the answer was about another site */
        return false;
    }
    entry->heard = true;
    if (change->asked)
        entry->asked = false;
    entry->device.begins_down = change->state == LINK_DOWN || change->state == LINK_RECOVERING;
    entry->device.first_bad = change->first_bad;
    if (change->loss_ppm != 0) {
        entry->device.learned.usual_ppm = change->loss_ppm;
        entry->learned = true;
    }
    entry->device.last_good = change->state == LINK_UP ? change->at : change->last_good;
    return true;
}

bool plan_copy_learn(struct plan_copy *copy, const struct learned_news *news)
{
    struct copy_entry *entry = find(copy, news->device_id);

    if (entry == NULL || entry->device.learned.of != news->learned.of)
        return false;
    entry->device.learned = news->learned;
    entry->learned = true;
    return true;
}

void plan_copy_rewind(struct plan_copy *copy)
{
    if (copy->serial == 0)
        return;
    copy->step = COPY_BEGIN;
    copy->credentials_sent = copy->devices_sent = 0;
    copy->renews.count = copy->asks.count = 0; /* it begins anew anyway */
    for (size_t i = 0; i < copy->now.count; i++) {
        struct copy_entry *entry = copy_book_at(&copy->now, i);

        move_in(copy, entry);
        if (entry->asked)
            ids_add(&copy->asks, entry->device.id);
    }
}

static bool frame_ids(const struct ids *ids, enum frame_type type, struct frame *frame)
{
    frame_begin(frame, type);
    for (size_t i = 0; i < ids->count; i++)
        if (!frame_add_number(frame, ids->at[i]))
            break;
    return frame->count > 0;
}

bool plan_copy_frame(struct plan_copy *copy, struct frame *frame)
{
    switch (copy->step) {
    case COPY_NOTHING:
        return frame_ids(&copy->renews, FRAME_RENEW, frame) ||
               frame_ids(&copy->asks, FRAME_PROBE_NOW, frame);
    case COPY_BEGIN:
        frame_begin(frame, FRAME_PLAN_BEGIN);
        return frame_add_policy(frame, &copy->policy);
    case COPY_CREDENTIALS:
        frame_begin(frame, FRAME_PLAN_CREDENTIALS);
        for (size_t i = copy->credentials_sent; i < copy->credentials.count; i++)
            if (!frame_add_credential(frame, &copy->credentials.at[i]))
                break;
        return frame->count > 0;
    case COPY_DEVICES:
        frame_begin(frame, FRAME_PLAN_DEVICES);
        for (size_t i = copy->devices_sent; i < copy->now.count; i++) {
            struct copy_entry *entry = copy_book_at(&copy->now, i);

            move_in(copy, entry);
            if (!frame_add_device(frame, &entry->device))
                break;
        }
        return frame->count > 0;
    case COPY_COMMIT:
        frame_begin(frame, FRAME_PLAN_COMMIT);
        return frame_add_number(frame, copy->serial);
    }
    return false;
}

static enum copy_step after_credentials(const struct plan_copy *copy)
{
    return copy->now.count > 0 ? COPY_DEVICES : COPY_COMMIT;
}

void plan_copy_sent(struct plan_copy *copy, const struct frame *frame)
{
    switch (copy->step) {
    case COPY_NOTHING:
        ids_drop(frame->type == FRAME_RENEW ? &copy->renews : &copy->asks, frame->count);
        return;
    case COPY_BEGIN:
        copy->step = after_credentials(copy);
        if (copy->credentials.count > 0)
            copy->step = COPY_CREDENTIALS;
        return;
    case COPY_CREDENTIALS:
        copy->credentials_sent += frame->count;
        if (copy->credentials_sent == copy->credentials.count)
            copy->step = after_credentials(copy);
        return;
    case COPY_DEVICES:
        copy->devices_sent += frame->count;
        if (copy->devices_sent == copy->now.count)
            copy->step = COPY_COMMIT;
        return;
    case COPY_COMMIT:
        copy->step = COPY_NOTHING;
        return;
    }
}

uint32_t plan_copy_serial(const struct plan_copy *copy)
{
    return copy->serial;
}
