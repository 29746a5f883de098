/* SPDX-License-Identifier: ISC */
#include "probes/rounds_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "probes/budget.h"
#include "probes/lanes.h"

#define BEHIND_MS 1000 /* a turn that could not begin for so long is left out */

struct rounds *rounds_new(struct plan *plan, const struct rounds_callbacks *callbacks, void *arg)
{
    struct rounds *rounds = calloc(1, sizeof *rounds);

    if (rounds == NULL)
        abort();
    rounds->plan = plan;
    rounds->callbacks = callbacks;
    rounds->arg = arg;
    rounds->change.step = CHANGE_NONE;
    rounds->open = calloc(ROUNDS_OPEN_MOST, sizeof *rounds->open);
    if (rounds->open == NULL)
        abort();
    return rounds;
}

struct read_device *rounds_find(const struct rounds *rounds, uint32_t id)
{
    uint32_t place = rounds_place_of(id);
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

void rounds_visit_close(struct rounds *rounds, struct read_device *device)
{
    struct under_way *under_way = device->under_way;
    uint32_t last = rounds->open[--rounds->open_count];

    rounds->open[under_way->at] = last;
    if (last != device->id)
        rounds_find(rounds, last)->under_way->at = under_way->at;
    rounds->waiting -= under_way->waits;
    rounds->held -= under_way->held;
    rounds->counters.bytes += under_way->bytes;
    visit_free(under_way->visit);
    free(under_way);
    device->under_way = NULL;
}

void rounds_device_clear(struct rounds *rounds, struct read_device *device)
{
    if (device->under_way != NULL)
        rounds_visit_close(rounds, device);
    visit_memory_clear(&device->memory);
}

void rounds_device_renew(struct rounds *rounds, struct read_device *device)
{
    if (device->era == rounds->era)
        return;
    rounds_device_clear(rounds, device);
    device->profile = NULL;
    device->era = rounds->era;
}

void rounds_profiles(struct rounds *rounds, struct profiles *profiles)
{
    while (rounds->open_count > 0)
        rounds_visit_close(rounds, rounds_find(rounds, rounds->open[0]));
    rounds->era++;
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
    for (size_t i = 0; i < rounds->now.count; i++)
        visit_memory_clear(&rounds->now.at[i].memory);
    free(rounds->now.at);
    free(rounds->next.at);
    rounds_change_drop(rounds);
    free(rounds->open);
    meter_free(&rounds->meter);
    free(rounds);
}

/* --- turns --- */

static int64_t offset_ms(const struct rounds *rounds, const struct read_device *device)
{
    return (int64_t)(((uint64_t)device->place * (uint64_t)rounds->interval_ms) >> 32);
}

static struct mono due_at(const struct rounds *rounds, size_t index)
{
    return mono_add_ms(rounds->round_at, offset_ms(rounds, &rounds->now.at[index]));
}

/* The place in the round follows from the clock alone: a new plan moves nobody. */
void rounds_find_place(struct rounds *rounds, struct mono now)
{
    int64_t interval_us = rounds->interval_ms * US_PER_MS;

    rounds->round = (uint32_t)(now.us / interval_us);
    rounds->round_at = (struct mono){now.us - now.us % interval_us};
    rounds->cursor = 0;
    for (size_t end = rounds->now.count; rounds->cursor < end;) {
        size_t middle = rounds->cursor + (end - rounds->cursor) / 2;

        if (due_at(rounds, middle).us <= now.us)
            rounds->cursor = middle + 1;
        else
            end = middle;
    }
}

/* --- readings --- */

/* What its readings cost from now on. A part is no measure of the whole. */
static void weigh(struct rounds *rounds, struct read_device *device, bool partial)
{
    uint32_t before = device->bytes, seen = device->under_way->bytes;

    if (partial && seen < before)
        return;
    device->bytes = before > 0 ? (before + seen) / 2 : seen;
    meter_change(&rounds->meter, device->lane, before, device->bytes);
}

static void visit_over(struct rounds *rounds, const struct plan_now *now,
                       struct read_device *device)
{
    struct under_way *under_way = device->under_way;
    const struct fetch_sum *sum = visit_sum(under_way->visit);
    struct round_result result = {device->id, under_way->began, now->wall, under_way->bytes,
                                  under_way->visit};

    rounds->counters.questions += sum->questions;
    rounds->counters.silences += sum->silences;
    rounds->counters.halved += sum->halved;
    rounds->counters.values += sum->values;
    if (sum->partial)
        rounds->counters.partial++;
    else
        rounds->counters.whole++;
    weigh(rounds, device, sum->partial);
    rounds->callbacks->on_result(&result, rounds->arg);
    rounds_visit_close(rounds, device);
}

/* False: its lane has no room yet. */
static bool pay(struct rounds *rounds, const struct plan_now *now,
                const struct plan_device *planned, struct under_way *under_way)
{
    uint32_t rate = plan_policy(rounds->plan)->lane_bytes_per_s;
    bool was_held = under_way->held;

    under_way->cost = budget_question_bytes(planned->snmp, &under_way->question) +
                      budget_expected_bytes(planned->snmp, &under_way->question);
    under_way->held = !lanes_try(plan_lanes(rounds->plan), planned->lane, now->mono,
                                 under_way->cost, rate, &under_way->held_until);
    rounds->counters.held += under_way->held && !was_held;
    rounds->held += under_way->held;
    rounds->held -= was_held;
    if (under_way->held && (rounds->held == 1 || under_way->held_until.us < rounds->held_at.us))
        rounds->held_at = under_way->held_until;
    return !under_way->held;
}

static void ask(struct rounds *rounds, const struct plan_now *now, struct read_device *device)
{
    struct under_way *under_way = device->under_way;
    const struct plan_device *planned = plan_find(rounds->plan, device->id);

    assert(planned != NULL);
    if (!under_way->paid && !pay(rounds, now, planned, under_way))
        return;
    under_way->paid = true;
    if (under_way->waits)
        rounds->waiting--;
    device->token++;
    under_way->waits =
        !rounds->callbacks->ask(planned, &under_way->question, device->token, rounds->arg);
    if (under_way->waits)
        rounds->waiting++;
    else
        under_way->bytes += under_way->cost;
}

static void go_on(struct rounds *rounds, const struct plan_now *now, struct read_device *device)
{
    device->under_way->paid = false;
    if (visit_next(device->under_way->visit, &device->under_way->question))
        ask(rounds, now, device);
    else
        visit_over(rounds, now, device);
}

static void begin(struct rounds *rounds, const struct plan_now *now, struct read_device *device)
{
    const struct plan_device *planned = plan_find(rounds->plan, device->id);
    struct under_way *under_way = calloc(1, sizeof *under_way);

    if (under_way == NULL)
        abort();
    rounds_device_renew(rounds, device);
    under_way->began = now->wall;
    under_way->began_at = now->mono;
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

static bool may_begin(const struct rounds *rounds, const struct read_device *device)
{
    return device->under_way == NULL && plan_state(rounds->plan, device->id) == LINK_UP;
}

/* Not in this round, because readings would cost its line or its lane more than they may. */
static bool is_spared(const struct rounds *rounds, const struct read_device *device)
{
    const struct plan_device *planned = plan_find(rounds->plan, device->id);
    uint32_t rate = plan_policy(rounds->plan)->lane_bytes_per_s;
    uint32_t own = 1, lane = 1;

    if (planned->interval_ms > 0)
        own =
            budget_stretch(planned->snmp, planned->interval_ms, device->bytes, rounds->interval_ms);
    if (rate > 0 && device->lane != 0)
        lane = budget_lane_stretch(meter_bytes(&rounds->meter, device->lane), rate,
                                   rounds->interval_ms);
    return (rounds->round + device->id) % (own > lane ? own : lane) != 0;
}

static void ask_waiting(struct rounds *rounds, const struct plan_now *now)
{
    for (size_t i = 0; i < rounds->open_count && rounds->waiting > 0; i++) {
        struct read_device *device = rounds_find(rounds, rounds->open[i]);
        size_t waiting = rounds->waiting;

        if (!device->under_way->waits)
            continue;
        ask(rounds, now, device);
        if (rounds->waiting == waiting)
            return; /* the socket is full still */
    }
}

/* Those that began first go first. Who waited for a whole round makes room for others. */
static void ask_held(struct rounds *rounds, const struct plan_now *now)
{
    struct mono next = {INT64_MAX};

    if (rounds->held == 0 || rounds->held_at.us > now->mono.us)
        return;
    for (size_t i = 0; i < rounds->open_count;) {
        struct read_device *device = rounds_find(rounds, rounds->open[i]);
        struct under_way *under_way = device->under_way;

        if (under_way->held && mono_diff_ms(now->mono, under_way->began_at) > rounds->interval_ms) {
            weigh(rounds, device, true);
            rounds_visit_close(rounds, device); /* the last takes its place */
            rounds->counters.left_out++;
            continue;
        }
        if (under_way->held && under_way->held_until.us <= now->mono.us)
            ask(rounds, now, device);
        if (under_way->held && under_way->held_until.us < next.us)
            next = under_way->held_until;
        i++;
    }
    rounds->held_at = next;
}

static void next_round(struct rounds *rounds)
{
    rounds->cursor = 0;
    rounds->round++;
    rounds->round_at = mono_add_ms(rounds->round_at, rounds->interval_ms);
}

static bool is_idle(const struct rounds *rounds)
{
    return rounds->book == NULL || rounds->interval_ms <= 0 || rounds->now.count == 0 ||
           rounds->change.step != CHANGE_NONE;
}

/* False: it has to wait until another reading is over. begun: one more is under way. */
static bool take_turn(struct rounds *rounds, const struct plan_now *now, bool *begun)
{
    struct read_device *device = &rounds->now.at[rounds->cursor];
    int64_t behind_ms = mono_diff_ms(now->mono, due_at(rounds, rounds->cursor));
    bool may = may_begin(rounds, device), full = rounds->open_count == ROUNDS_OPEN_MOST;
    bool spared = may && is_spared(rounds, device);

    may = may && !spared;
    if (may && full && behind_ms < BEHIND_MS)
        return false;
    *begun = may && !full;
    if (*begun)
        begin(rounds, now, device);
    else if (spared)
        rounds->counters.spared++;
    else
        rounds->counters.left_out++;
    rounds->cursor++;
    return true;
}

/* When the next device has its turn. */
static struct mono turn_at(const struct rounds *rounds)
{
    if (rounds->cursor < rounds->now.count)
        return due_at(rounds, rounds->cursor);
    return mono_add_ms(rounds->round_at,
                       rounds->interval_ms + offset_ms(rounds, &rounds->now.at[0]));
}

void rounds_due(struct rounds *rounds, const struct plan_now *now, size_t most)
{
    struct mono at;
    bool begun;

    if (is_idle(rounds))
        return;
    ask_waiting(rounds, now);
    ask_held(rounds, now);
    at = turn_at(rounds);
    if (mono_diff_ms(now->mono, at) > rounds->interval_ms / 4)
        rounds_find_place(rounds,
                          now->mono); /* asleep, or nothing was to be read: not made up for */
    while (most > 0 && rounds->waiting == 0) {
        if (rounds->cursor == rounds->now.count)
            next_round(rounds);
        if (due_at(rounds, rounds->cursor).us > now->mono.us || !take_turn(rounds, now, &begun))
            return;
        most -= begun;
    }
}

/* As many bytes as it had; its lane hears of those that nobody expected. */
static void count_answer(struct rounds *rounds, const struct plan_now *now,
                         struct read_device *device, const struct fetch_answer *answer)
{
    struct under_way *under_way = device->under_way;
    const struct plan_device *planned = plan_find(rounds->plan, device->id);
    uint32_t bytes = budget_question_bytes(planned->snmp, &under_way->question) +
                     budget_answer_bytes(planned->snmp, answer->list.left);

    if (bytes > under_way->cost)
        (void)lanes_book(plan_lanes(rounds->plan), planned->lane, now->mono,
                         bytes - under_way->cost, plan_policy(rounds->plan)->lane_bytes_per_s);
    under_way->bytes += bytes - under_way->cost; /* either way: unsigned, it wraps back */
}

void rounds_answer(struct rounds *rounds, const struct plan_now *now, uint32_t device_id,
                   uint32_t token, const struct fetch_answer *answer)
{
    struct read_device *device = rounds_find(rounds, device_id);

    if (device == NULL || device->under_way == NULL || device->token != token ||
        device->under_way->waits || device->under_way->held)
        return;
    if (answer != NULL) {
        count_answer(rounds, now, device, answer);
        visit_reply(device->under_way->visit, answer);
    } else {
        visit_silence(device->under_way->visit, plan_state(rounds->plan, device_id) == LINK_UP);
    }
    go_on(rounds, now, device);
}

void rounds_forget(struct rounds *rounds, uint32_t device_id, uint32_t token)
{
    struct read_device *device = rounds_find(rounds, device_id);

    if (device != NULL && device->under_way != NULL && device->token == token)
        rounds_visit_close(rounds, device);
}

bool rounds_next_at(const struct rounds *rounds, struct mono *at)
{
    if (is_idle(rounds))
        return false;
    *at = turn_at(rounds);
    if (rounds->held > 0 && rounds->held_at.us < at->us)
        *at = rounds->held_at;
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
