/* SPDX-License-Identifier: ISC */
/* Another plan: who stays keeps what is known of it. A little at a time; nothing is read meanwhile.
 */
#include "probes/rounds_inside.h"

#include <stdlib.h>

#include "probes/lanes.h"

static uint32_t hash_on(uint32_t hash, const void *bytes, size_t count)
{
    const uint8_t *at = bytes;

    for (size_t i = 0; i < count; i++)
        hash = (hash ^ at[i]) * UINT32_C(16777619);
    return hash;
}

/* Of what makes it the same agent as before, by FNV-1a. */
static uint32_t fingerprint_of(const struct plan_device *device)
{
    const union address *address = &device->address;
    uint32_t hash = UINT32_C(2166136261) ^ (uint32_t)device->snmp;

    if (address->any.sa_family == AF_INET) {
        hash = hash_on(hash, &address->v4.sin_addr, sizeof address->v4.sin_addr);
        return hash_on(hash, &address->v4.sin_port, sizeof address->v4.sin_port);
    }
    hash = hash_on(hash, &address->v6.sin6_addr, sizeof address->v6.sin6_addr);
    return hash_on(hash, &address->v6.sin6_port, sizeof address->v6.sin6_port);
}

void rounds_change_drop(struct rounds *rounds)
{
    struct change *change = &rounds->change;

    for (size_t i = 0; i < change->sorted.count; i++)
        visit_memory_clear(&change->sorted.at[i].memory);
    free(change->sorted.at);
    order_free(&change->order);
    *change = (struct change){.step = CHANGE_NONE, .since = change->since};
}

void rounds_begin(struct rounds *rounds, int64_t interval_ms)
{
    rounds->next.count = 0;
    rounds->next_interval_ms = interval_ms;
}

void rounds_device(struct rounds *rounds, const struct plan_device *device, const char *profile)
{
    struct devices *next = &rounds->next;

    if (device->snmp == PLAN_ICMP)
        return;
    if (next->count == next->room) {
        next->room = next->room == 0 ? 64 : 2 * next->room;
        next->at = reallocarray(next->at, next->room, sizeof *next->at);
        if (next->at == NULL)
            abort();
    }
    next->at[next->count++] = (struct read_device){
        .place = rounds_place_of(device->id),
        .id = device->id,
        .fingerprint = fingerprint_of(device),
        .lane = device->lane,
        .era = rounds->era,
        .profile = rounds->profiles == NULL || profile[0] == '\0'
                       ? NULL
                       : profiles_find(rounds->profiles, profile),
    };
}

/* What is known of a device that stays goes over to the new list; both are in order. */
static void carry_over(struct rounds *rounds, struct read_device *old)
{
    struct change *change = &rounds->change;
    struct devices *next = &change->sorted;
    struct read_device *new;

    rounds_device_renew(rounds, old);
    while (change->to < next->count && next->at[change->to].place < old->place)
        change->to++;
    new = change->to < next->count && next->at[change->to].place == old->place
              ? &next->at[change->to]
              : NULL;
    if (new == NULL || new->fingerprint != old->fingerprint || new->profile != old->profile) {
        rounds_device_clear(rounds, old);
        return;
    }
    new->memory = old->memory;
    new->token = old->token;
    new->bytes = old->bytes;
    old->memory = (struct visit_memory){0};
}

/* The lanes are the plan's, in order. */
static void lay_meter(struct rounds *rounds)
{
    const struct lanes *lanes = plan_lanes(rounds->plan);

    meter_free(&rounds->meter);
    for (size_t i = 0; i < lanes->count; i++)
        meter_add(&rounds->meter, lanes->at[i].id, 0);
    meter_seal(&rounds->meter);
}

void rounds_pause(struct rounds *rounds, struct mono now)
{
    struct change *change = &rounds->change;

    /* Readings under way point into the old list: they are dropped, it happens once per change of
     * the inventory. */
    while (rounds->open_count > 0)
        rounds_visit_close(rounds, rounds_find(rounds, rounds->open[0]));
    if (change->step == CHANGE_NONE)
        change->since = now;
    rounds_change_drop(rounds);
    change->step = CHANGE_GIVE;
}

static void change_sort(struct rounds *rounds)
{
    order_open(&rounds->change.order, rounds->next.count);
    rounds->change.done = 0;
    rounds->change.step = CHANGE_SORT;
}

static void change_gather(struct rounds *rounds)
{
    struct change *change = &rounds->change;

    change->sorted.at = calloc(rounds->next.count + 1, sizeof *change->sorted.at);
    if (change->sorted.at == NULL)
        abort();
    change->done = 0;
    change->step = CHANGE_GATHER;
}

static void change_weigh(struct rounds *rounds)
{
    struct change *change = &rounds->change;

    free(rounds->now.at);
    rounds->now = change->sorted;
    change->sorted = (struct devices){0};
    rounds->interval_ms = rounds->next_interval_ms;
    lay_meter(rounds);
    change->done = 0;
    change->step = CHANGE_WEIGH;
}

static void change_end(struct rounds *rounds)
{
    struct mono since = rounds->change.since;

    rounds_change_drop(rounds);
    free(rounds->next.at);
    rounds->next = (struct devices){0};
    if (rounds->interval_ms > 0)
        rounds_find_place(rounds, since);
}

static void change_carry(struct rounds *rounds)
{
    order_free(&rounds->change.order);
    rounds->change.done = 0;
    rounds->change.step = CHANGE_CARRY;
}

/* Each step does so many of its devices; true when it is through. */

static bool sort(struct rounds *rounds, size_t most)
{
    struct change *change = &rounds->change;

    for (; most > 0 && change->done < rounds->next.count; most--)
        order_add(&change->order, rounds->next.at[change->done++].place);
    return change->done == rounds->next.count && order_step(&change->order, most);
}

static bool gather(struct rounds *rounds, size_t most)
{
    struct devices *sorted = &rounds->change.sorted;

    for (; most > 0 && sorted->count < rounds->next.count; most--) {
        size_t index = sorted->count++;

        sorted->at[index] = rounds->next.at[order_of(&rounds->change.order, index)];
    }
    return sorted->count == rounds->next.count;
}

static bool carry(struct rounds *rounds, size_t most)
{
    struct change *change = &rounds->change;

    for (; most > 0 && change->done < rounds->now.count; most--)
        carry_over(rounds, &rounds->now.at[change->done++]);
    return change->done == rounds->now.count;
}

static bool weigh(struct rounds *rounds, size_t most)
{
    struct change *change = &rounds->change;

    for (; most > 0 && change->done < rounds->now.count; most--) {
        const struct read_device *device = &rounds->now.at[change->done++];

        meter_change(&rounds->meter, device->lane, 0, device->bytes);
    }
    return change->done == rounds->now.count;
}

bool rounds_commit_step(struct rounds *rounds, size_t most)
{
    struct change *change = &rounds->change;

    switch (change->step) {
    case CHANGE_NONE:
        break;
    case CHANGE_GIVE:
        change_sort(rounds);
        break;
    case CHANGE_SORT:
        if (sort(rounds, most))
            change_gather(rounds);
        break;
    case CHANGE_GATHER:
        if (gather(rounds, most))
            change_carry(rounds);
        break;
    case CHANGE_CARRY:
        if (carry(rounds, most))
            change_weigh(rounds);
        break;
    case CHANGE_WEIGH:
        if (weigh(rounds, most))
            change_end(rounds);
        break;
    }
    return change->step == CHANGE_NONE;
}

void rounds_commit(struct rounds *rounds, const struct plan_now *now)
{
    rounds_pause(rounds, now->mono);
    while (!rounds_commit_step(rounds, SIZE_MAX))
        ;
}
