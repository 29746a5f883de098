/* SPDX-License-Identifier: ISC */
#include "probes/rounds.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define PLACE_FACTOR UINT32_C(2246822519) /* odd, and not the heartbeats': places of their own */
#define BEHIND_MS    1000                 /* a turn that could not begin for so long is left out */

/* A reading under way. */
struct under_way {
    struct visit *visit;
    struct wall began;
    struct question question;
    bool waits; /* for room in the socket */
    size_t at;  /* in rounds->open */
};

struct read_device {
    uint32_t place; /* in a round, as a fraction of 2^32; the order of the array */
    uint32_t id;
    uint32_t fingerprint;          /* of where and how it is asked */
    uint32_t token;                /* of its last question */
    uint32_t stretch;              /* read in each so manieth round */
    const struct profile *profile; /* as people say; else NULL */
    struct visit_memory memory;
    struct under_way *under_way; /* NULL: none */
};

struct devices {
    struct read_device *at;
    size_t count;
    size_t room;
};

struct rounds {
    const struct plan *plan;
    const struct rounds_callbacks *callbacks;
    void *arg;
    struct profiles *profiles;
    struct visit_book *book;
    int64_t interval_ms;
    int64_t next_interval_ms; /* of the plan that is being given */
    struct devices now;
    struct devices next;
    size_t cursor;        /* whose turn comes next */
    struct mono round_at; /* when this round began */
    uint32_t round;       /* which one it is */
    uint32_t *open;       /* ids of the devices that are being read */
    size_t open_count;
    size_t waiting; /* of them: questions that could not leave */
    struct reading_counters counters;
};

struct rounds *rounds_new(const struct plan *plan, const struct rounds_callbacks *callbacks,
                          void *arg)
{
    struct rounds *rounds = calloc(1, sizeof *rounds);

    if (rounds == NULL)
        abort();
    rounds->plan = plan;
    rounds->callbacks = callbacks;
    rounds->arg = arg;
    rounds->open = calloc(ROUNDS_OPEN_MOST, sizeof *rounds->open);
    if (rounds->open == NULL)
        abort();
    return rounds;
}

static uint32_t place_of(uint32_t id)
{
    return id * PLACE_FACTOR; /* a bijection, so that the place is the id to whoever searches */
}

static struct read_device *find(const struct rounds *rounds, uint32_t id)
{
    uint32_t place = place_of(id);
    size_t low = 0, high = rounds->now.count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (rounds->now.at[middle].place < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low < rounds->now.count && rounds->now.at[low].place == place ? &rounds->now.at[low]
                                                                         : NULL;
}

static void visit_close(struct rounds *rounds, struct read_device *device)
{
    struct under_way *under_way = device->under_way;
    uint32_t last = rounds->open[--rounds->open_count];

    rounds->open[under_way->at] = last;
    if (last != device->id)
        find(rounds, last)->under_way->at = under_way->at;
    rounds->waiting -= under_way->waits;
    visit_free(under_way->visit);
    free(under_way);
    device->under_way = NULL;
}

static void device_clear(struct rounds *rounds, struct read_device *device)
{
    if (device->under_way != NULL)
        visit_close(rounds, device);
    visit_memory_clear(&device->memory);
}

void rounds_profiles(struct rounds *rounds, struct profiles *profiles)
{
    for (size_t i = 0; i < rounds->now.count; i++) {
        device_clear(rounds, &rounds->now.at[i]);
        rounds->now.at[i].profile = NULL;
    }
    visit_book_free(rounds->book);
    profiles_free(rounds->profiles);
    rounds->profiles = profiles;
    rounds->book = profiles == NULL ? NULL : visit_book_new(profiles);
}

void rounds_free(struct rounds *rounds)
{
    if (rounds == NULL)
        return;
    rounds_profiles(rounds, NULL);
    free(rounds->now.at);
    free(rounds->next.at);
    free(rounds->open);
    free(rounds);
}

/* --- the plan --- */

/* Of what makes it the same agent as before, by FNV-1a. */
static uint32_t fingerprint_of(const struct plan_device *device)
{
    char text[ADDRESS_TEXT_MAX];
    uint32_t hash = UINT32_C(2166136261) ^ (uint32_t)device->snmp;

    address_print(&device->address, text);
    for (const char *at = text; *at != '\0'; at++)
        hash = (hash ^ (uint8_t)*at) * UINT32_C(16777619);
    return hash;
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
        .place = place_of(device->id),
        .id = device->id,
        .fingerprint = fingerprint_of(device),
        .stretch = 1,
        .profile = rounds->profiles == NULL || profile[0] == '\0'
                       ? NULL
                       : profiles_find(rounds->profiles, profile),
    };
}

static int by_place(const void *a, const void *b)
{
    const struct read_device *left = a, *right = b;

    return left->place < right->place ? -1 : left->place > right->place;
}

/* What is known of devices that stay goes over to the new list; both are in order. Readings under
 * way point into the old one: they are dropped, it happens once per change of the inventory. */
static void carry_over(struct rounds *rounds)
{
    struct devices *now = &rounds->now, *next = &rounds->next;
    size_t to = 0;

    for (size_t from = 0; from < now->count; from++) {
        struct read_device *old = &now->at[from], *new;

        if (old->under_way != NULL)
            visit_close(rounds, old);
        while (to < next->count && next->at[to].place < old->place)
            to++;
        new = to < next->count && next->at[to].place == old->place ? &next->at[to] : NULL;
        if (new == NULL || new->fingerprint != old->fingerprint || new->profile != old->profile) {
            device_clear(rounds, old);
            continue;
        }
        new->memory = old->memory;
        new->token = old->token;
        old->memory = (struct visit_memory){0};
    }
}

static int64_t offset_ms(const struct rounds *rounds, const struct read_device *device)
{
    return (int64_t)(((uint64_t)device->place * (uint64_t)rounds->interval_ms) >> 32);
}

static struct mono due_at(const struct rounds *rounds, size_t index)
{
    return mono_add_ms(rounds->round_at, offset_ms(rounds, &rounds->now.at[index]));
}

/* The place in the round follows from the clock alone: a new plan moves nobody. */
static void find_place(struct rounds *rounds, struct mono now)
{
    int64_t interval_us = rounds->interval_ms * US_PER_MS;

    rounds->round = (uint32_t)(now.us / interval_us);
    rounds->round_at = (struct mono){now.us - now.us % interval_us};
    rounds->cursor = 0;
    while (rounds->cursor < rounds->now.count && due_at(rounds, rounds->cursor).us <= now.us)
        rounds->cursor++;
}

/* Whom the byte budget of its site makes wait longer between heartbeats, it makes for readings. */
static void stretch_all(struct rounds *rounds)
{
    int64_t usual_ms = plan_policy(rounds->plan)->interval_ms;

    for (size_t i = 0; i < rounds->now.count; i++) {
        const struct plan_device *device = plan_find(rounds->plan, rounds->now.at[i].id);
        int64_t own_ms = device == NULL ? 0 : device->interval_ms;

        if (own_ms > usual_ms)
            rounds->now.at[i].stretch = (uint32_t)((own_ms + usual_ms - 1) / usual_ms);
    }
}

void rounds_commit(struct rounds *rounds, const struct plan_now *now)
{
    struct devices old = rounds->now;

    if (rounds->next.count > 0)
        qsort(rounds->next.at, rounds->next.count, sizeof *rounds->next.at, by_place);
    carry_over(rounds);
    rounds->now = rounds->next;
    rounds->next = (struct devices){0};
    free(old.at);
    rounds->interval_ms = rounds->next_interval_ms;
    stretch_all(rounds);
    if (rounds->interval_ms > 0)
        find_place(rounds, now->mono);
}

/* --- readings --- */

static void visit_over(struct rounds *rounds, const struct plan_now *now,
                       struct read_device *device)
{
    struct under_way *under_way = device->under_way;
    const struct fetch_sum *sum = visit_sum(under_way->visit);
    struct round_result result = {device->id, under_way->began, now->wall, under_way->visit};

    rounds->counters.questions += sum->questions;
    rounds->counters.silences += sum->silences;
    rounds->counters.halved += sum->halved;
    rounds->counters.values += sum->values;
    if (sum->partial)
        rounds->counters.partial++;
    else
        rounds->counters.whole++;
    rounds->callbacks->on_result(&result, rounds->arg);
    visit_close(rounds, device);
}

static void ask(struct rounds *rounds, struct read_device *device)
{
    struct under_way *under_way = device->under_way;
    const struct plan_device *planned = plan_find(rounds->plan, device->id);

    assert(planned != NULL);
    if (under_way->waits)
        rounds->waiting--;
    device->token++;
    under_way->waits =
        !rounds->callbacks->ask(planned, &under_way->question, device->token, rounds->arg);
    if (under_way->waits)
        rounds->waiting++;
}

static void go_on(struct rounds *rounds, const struct plan_now *now, struct read_device *device)
{
    if (visit_next(device->under_way->visit, &device->under_way->question))
        ask(rounds, device);
    else
        visit_over(rounds, now, device);
}

static void begin(struct rounds *rounds, const struct plan_now *now, struct read_device *device)
{
    const struct plan_device *planned = plan_find(rounds->plan, device->id);
    struct under_way *under_way = calloc(1, sizeof *under_way);

    if (under_way == NULL)
        abort();
    under_way->began = now->wall;
    under_way->at = rounds->open_count;
    under_way->visit = visit_new(&(struct visit_order){.book = rounds->book,
                                                       .snmp = planned->snmp,
                                                       .profile = device->profile,
                                                       .memory = &device->memory});
    device->under_way = under_way;
    rounds->open[rounds->open_count++] = device->id;
    rounds->counters.begun++;
    go_on(rounds, now, device);
}

/* False: not this time. */
static bool may_begin(const struct rounds *rounds, const struct read_device *device)
{
    if ((rounds->round + device->id) % device->stretch != 0)
        return false;
    return device->under_way == NULL && plan_state(rounds->plan, device->id) == LINK_UP;
}

static void ask_waiting(struct rounds *rounds)
{
    for (size_t i = 0; i < rounds->open_count && rounds->waiting > 0; i++) {
        struct read_device *device = find(rounds, rounds->open[i]);
        size_t waiting = rounds->waiting;

        if (!device->under_way->waits)
            continue;
        ask(rounds, device);
        if (rounds->waiting == waiting)
            return; /* the socket is full still */
    }
}

static void next_round(struct rounds *rounds)
{
    rounds->cursor = 0;
    rounds->round++;
    rounds->round_at = mono_add_ms(rounds->round_at, rounds->interval_ms);
}

static bool is_idle(const struct rounds *rounds)
{
    return rounds->book == NULL || rounds->interval_ms <= 0 || rounds->now.count == 0;
}

/* False: it has to wait until another reading is over. begun: one more is under way. */
static bool take_turn(struct rounds *rounds, const struct plan_now *now, bool *begun)
{
    struct read_device *device = &rounds->now.at[rounds->cursor];
    int64_t behind_ms = mono_diff_ms(now->mono, due_at(rounds, rounds->cursor));
    bool may = may_begin(rounds, device), full = rounds->open_count == ROUNDS_OPEN_MOST;

    if (may && full && behind_ms < BEHIND_MS)
        return false;
    *begun = may && !full;
    if (*begun)
        begin(rounds, now, device);
    else
        rounds->counters.left_out++;
    rounds->cursor++;
    return true;
}

void rounds_due(struct rounds *rounds, const struct plan_now *now, size_t most)
{
    struct mono at;
    bool begun;

    if (is_idle(rounds))
        return;
    ask_waiting(rounds);
    if (rounds_next_at(rounds, &at) && mono_diff_ms(now->mono, at) > rounds->interval_ms / 4)
        find_place(rounds, now->mono); /* asleep, or nothing was to be read: not made up for */
    while (most > 0 && rounds->waiting == 0) {
        if (rounds->cursor == rounds->now.count)
            next_round(rounds);
        if (due_at(rounds, rounds->cursor).us > now->mono.us || !take_turn(rounds, now, &begun))
            return;
        most -= begun;
    }
}

void rounds_answer(struct rounds *rounds, const struct plan_now *now, uint32_t device_id,
                   uint32_t token, const struct fetch_answer *answer)
{
    struct read_device *device = find(rounds, device_id);

    if (device == NULL || device->under_way == NULL || device->token != token ||
        device->under_way->waits)
        return;
    if (answer != NULL)
        visit_reply(device->under_way->visit, answer);
    else
        visit_silence(device->under_way->visit, plan_state(rounds->plan, device_id) == LINK_UP);
    go_on(rounds, now, device);
}

void rounds_forget(struct rounds *rounds, uint32_t device_id, uint32_t token)
{
    struct read_device *device = find(rounds, device_id);

    if (device != NULL && device->under_way != NULL && device->token == token)
        visit_close(rounds, device);
}

bool rounds_next_at(const struct rounds *rounds, struct mono *at)
{
    if (is_idle(rounds))
        return false;
    *at = rounds->cursor < rounds->now.count
              ? due_at(rounds, rounds->cursor)
              : mono_add_ms(rounds->round_at,
                            rounds->interval_ms + offset_ms(rounds, &rounds->now.at[0]));
    return true;
}

void rounds_counters(const struct rounds *rounds, struct reading_counters *out)
{
    *out = rounds->counters;
}

size_t rounds_open(const struct rounds *rounds)
{
    return rounds->open_count;
}
