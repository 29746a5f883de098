/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "probes/budget.h"
#include "probes/lanes.h"
#include "probes/rounds.h"
#include "tests/unit/mib.h"

#define DEVICES_MOST 4000
#define ASKS_MOST    4096
#define INTERVAL_MS  60000
#define TICK_MS      20

static const char profile_text[] = "profile plain\n"
                                   "title Any\n"
                                   "match any\n"
                                   "metric uptime\n"
                                   "    oid 1.3.6.1.2.1.1.3.0\n"
                                   "\n"
                                   "profile other\n"
                                   "title Other\n"
                                   "match 1.3.6.1.4.1.99999\n"
                                   "metric name\n"
                                   "    oid 1.3.6.1.2.1.1.5.0\n"
                                   "    kind text\n";

/* A question that is out. */
struct asked {
    uint32_t device_id;
    uint32_t token;
    struct question question;
};

struct world {
    struct plan *plan;
    struct rounds *rounds;
    struct plan_now now;
    struct mib mib; /* every device answers so */
    bool full;      /* the socket takes nothing */
    bool mute;      /* questions stay out */
    struct asked asked[ASKS_MOST];
    size_t asked_count;
    unsigned out[DEVICES_MOST + 1];  /* questions that are out, by device */
    unsigned read[DEVICES_MOST + 1]; /* readings that ended */
    unsigned busiest;                /* readings begun within one tick */
    const char *profile;             /* of the last reading */
    bool partial;
    uint32_t lane_rate;    /* of the plans to come, bytes/s */
    uint32_t laned;        /* devices up to this one are on lane 5 */
    uint32_t own_ms;       /* of each device: its line is metered */
    struct mono lane_free; /* what was asked on lane 5 has left by then */
};

#define LANE 5

static void on_change(const struct link_change *change, void *arg)
{
    (void)change;
    (void)arg;
}

/* Nothing leaves before the bytes of what left before, with its answer, have gone over the hop. */
static void pass_over_lane(struct world *world, const struct question *question)
{
    int64_t bytes = budget_question_bytes(PLAN_SNMP_V2C, question) +
                    budget_expected_bytes(PLAN_SNMP_V2C, question);

    assert_true(world->lane_free.us <= world->now.mono.us);
    world->lane_free.us = world->now.mono.us + bytes * US_PER_S / world->lane_rate;
}

static bool on_ask(const struct plan_device *device, const struct question *question,
                   uint32_t token, void *arg)
{
    struct world *world = arg;

    if (world->full)
        return false;
    assert_in_range(world->asked_count, 0, ASKS_MOST - 1);
    assert_int_equal(world->out[device->id], 0); /* one at a time */
    if (world->lane_rate > 0 && device->lane == LANE)
        pass_over_lane(world, question);
    world->out[device->id]++;
    world->asked[world->asked_count++] = (struct asked){device->id, token, *question};
    return true;
}

static void on_result(const struct round_result *result, void *arg)
{
    struct world *world = arg;
    const struct profile *profile = visit_profile(result->visit);

    world->read[result->device_id]++;
    world->profile = profile == NULL ? NULL : profile->name;
    world->partial = visit_sum(result->visit)->partial;
    assert_true(result->ended.us >= result->began.us);
}

static const struct rounds_callbacks callbacks = {on_ask, on_result};

static struct profiles *profiles_of(const char *text)
{
    struct profiles *profiles = profiles_new();
    struct text complaints = {0};

    if (!profiles_add(profiles, "test", text, &complaints) ||
        !profiles_ready(profiles, &complaints))
        fail_msg("%s", text_get(&complaints));
    return profiles;
}

static int world_open(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    assert_non_null(world);
    world->now = (struct plan_now){{INT64_C(1000000) * US_PER_S}, {INT64_C(1700000000) * US_PER_S}};
    world->plan = plan_new(on_change, world, world->now.mono);
    world->rounds = rounds_new(world->plan, &callbacks, world);
    rounds_profiles(world->rounds, profiles_of(profile_text));
    mib_add_number(&world->mib, "1.3.6.1.2.1.1.3.0", BER_TICKS, 100000);
    mib_add_text(&world->mib, "1.3.6.1.2.1.1.5.0", "desa");
    *state = world;
    return 0;
}

static int world_close(void **state)
{
    struct world *world = *state;

    rounds_free(world->rounds);
    plan_free(world->plan);
    mib_free(&world->mib);
    free(world);
    return 0;
}

static struct plan_device device_of(uint32_t id)
{
    struct plan_device device = {.id = id, .snmp = PLAN_SNMP_V2C};

    device.address.v4.sin_family = AF_INET;
    device.address.v4.sin_addr.s_addr = htonl(UINT32_C(0x7f000000) + id);
    device.address.v4.sin_port = htons(161);
    return device;
}

static bool on_probe(const struct plan_probe *probe, void *arg)
{
    struct world *world = arg;
    struct plan_result result = {
        .device_id = probe->device->id,
        .serial = probe->serial,
        .probe = {.outcome = PROBE_ANSWERED, .sent_at = world->now.wall, .at = world->now.wall},
        .vitals = {-1, -1, -1}};

    plan_settle(world->plan, &world->now, &result, 0);
    return true;
}

/* Devices 1 … count, all UP unless they are silent. */
static void take_plan(struct world *world, uint32_t count, bool answering, const char *profile)
{
    struct plan_policy policy = {
        .interval_ms = 1000, .timeout_ms = 500, .misses_to_down = 3, .answers_to_up = 1};

    policy.lane_bytes_per_s = world->lane_rate;
    plan_begin(world->plan, &policy);
    rounds_begin(world->rounds, INTERVAL_MS);
    for (uint32_t id = 1; id <= count; id++) {
        struct plan_device device = device_of(id);

        device.lane = id <= world->laned ? LANE : 0;
        device.interval_ms = world->own_ms;
        plan_device(world->plan, &device);
        rounds_device(world->rounds, &device, profile);
    }
    plan_commit(world->plan, &world->now);
    rounds_commit(world->rounds, &world->now);
    for (uint32_t id = 1; answering && id <= count; id++)
        assert_true(plan_probe_now(world->plan, id));
    if (answering)
        plan_due(world->plan, &world->now, count, on_probe, world);
}

static void answer_all(struct world *world)
{
    while (world->asked_count > 0 && !world->mute) {
        struct asked asked = world->asked[--world->asked_count];
        struct fetch_answer answer;
        bool heard = mib_answer(&world->mib, &asked.question, &answer);

        world->out[asked.device_id]--;
        rounds_answer(world->rounds, &world->now, asked.device_id, asked.token,
                      heard ? &answer : NULL);
    }
}

static unsigned begun(const struct world *world)
{
    struct reading_counters counters;

    rounds_counters(world->rounds, &counters);
    return (unsigned)counters.begun;
}

static void pass(struct world *world, int64_t ms)
{
    for (int64_t at = 0; at < ms; at += TICK_MS) {
        unsigned before = begun(world), now;

        world->now.mono = mono_add_ms(world->now.mono, TICK_MS);
        world->now.wall = wall_add_ms(world->now.wall, TICK_MS);
        rounds_due(world->rounds, &world->now, SIZE_MAX);
        now = begun(world);
        if (now - before > world->busiest)
            world->busiest = now - before;
        answer_all(world);
    }
}

static void every_device_is_read_once_per_round(void **state)
{
    struct world *world = *state;
    struct reading_counters counters;

    take_plan(world, 300, true, "");
    for (unsigned round = 1; round <= 3; round++) {
        pass(world, INTERVAL_MS);
        for (uint32_t id = 1; id <= 300; id++)
            assert_int_equal(world->read[id], round);
    }
    assert_int_equal(rounds_open(world->rounds), 0);
    assert_string_equal(world->profile, "plain");
    rounds_counters(world->rounds, &counters);
    assert_int_equal(counters.begun, 900);
    assert_int_equal(counters.whole, 900);
    assert_int_equal(counters.partial, 0);
    assert_in_range(counters.questions, 900, 9000);
    assert_in_range(counters.values, 900, 9000);
    assert_int_equal(counters.silences, 0);
}

static void readings_are_spread_over_the_round(void **state)
{
    struct world *world = *state;

    take_plan(world, DEVICES_MOST, true, "");
    pass(world, INTERVAL_MS);
    assert_int_equal(begun(world), DEVICES_MOST);
    assert_in_range(world->busiest, 1, 8); /* 4000 in 3000 ticks */
}

static void who_is_not_up_is_left_out(void **state)
{
    struct world *world = *state;
    struct reading_counters counters;

    take_plan(world, 100, false, "");
    pass(world, INTERVAL_MS);
    rounds_counters(world->rounds, &counters);
    assert_int_equal(counters.begun, 0);
    assert_int_equal(counters.left_out, 100);
}

static void a_device_that_is_being_read_is_not_read_twice(void **state)
{
    struct world *world = *state;

    take_plan(world, 20, true, "");
    world->mute = true;
    pass(world, 3 * INTERVAL_MS);
    assert_int_equal(begun(world), 20);
    assert_int_equal(rounds_open(world->rounds), 20);
    world->mute = false;
    answer_all(world);
    assert_int_equal(rounds_open(world->rounds), 0);
}

static void a_full_socket_delays_and_loses_nothing(void **state)
{
    struct world *world = *state;

    take_plan(world, 50, true, "");
    world->full = true;
    pass(world, 2000);
    assert_int_equal(world->asked_count, 0);
    world->full = false;
    pass(world, INTERVAL_MS);
    for (uint32_t id = 1; id <= 50; id++)
        assert_in_range(world->read[id], 1, 2);
}

static void only_so_many_are_read_at_once(void **state)
{
    struct world *world = *state;

    take_plan(world, DEVICES_MOST, true, "");
    world->mute = true;
    pass(world, INTERVAL_MS);
    assert_int_equal(rounds_open(world->rounds), ROUNDS_OPEN_MOST);
    world->mute = false;
    answer_all(world);
    pass(world, INTERVAL_MS);
    assert_true(begun(world) > DEVICES_MOST);
}

static void silence_ends_a_reading_and_old_answers_do_not_count(void **state)
{
    struct world *world = *state;
    struct fetch_answer answer;
    struct asked old;

    take_plan(world, 1, true, "");
    world->mute = true;
    pass(world, INTERVAL_MS);
    assert_int_equal(world->asked_count, 1);
    old = world->asked[0];
    assert_true(mib_answer(&world->mib, &old.question, &answer));
    rounds_answer(world->rounds, &world->now, 1, old.token + 7, &answer);
    rounds_answer(world->rounds, &world->now, 2, old.token, &answer);
    assert_int_equal(world->asked_count, 1); /* nothing came of either */
    world->mib.dead = true;
    world->mute = false;
    answer_all(world);
    assert_int_equal(world->read[1], 1);
    assert_true(world->partial);
    rounds_answer(world->rounds, &world->now, 1, old.token, &answer);
    assert_int_equal(world->read[1], 1);
}

static void what_people_say_picks_the_profile(void **state)
{
    struct world *world = *state;

    take_plan(world, 1, true, "other");
    pass(world, INTERVAL_MS);
    assert_string_equal(world->profile, "other");
    take_plan(world, 1, true, "");
    pass(world, INTERVAL_MS);
    assert_string_equal(world->profile, "plain");
}

static void a_new_plan_moves_nobody_and_drops_who_left(void **state)
{
    struct world *world = *state;
    struct mono before, after;

    take_plan(world, 100, true, "");
    world->mute = true;
    pass(world, INTERVAL_MS / 2);
    assert_true(rounds_open(world->rounds) > 0);
    assert_true(rounds_next_at(world->rounds, &before));
    memset(world->out, 0, sizeof world->out);
    world->asked_count = 0;
    take_plan(world, 100, true, "");
    assert_int_equal(rounds_open(world->rounds), 0);
    assert_true(rounds_next_at(world->rounds, &after));
    assert_int_equal(before.us, after.us);
    world->mute = false;
    take_plan(world, 1, true, "");
    pass(world, INTERVAL_MS);
    assert_int_equal(world->read[1], 1);
    assert_int_equal(world->read[2], 0);
}

static void without_profiles_or_devices_nothing_is_due(void **state)
{
    struct world *world = *state;
    struct mono at;

    assert_false(rounds_next_at(world->rounds, &at));
    take_plan(world, 10, true, "");
    assert_true(rounds_next_at(world->rounds, &at));
    rounds_profiles(world->rounds, NULL);
    assert_false(rounds_next_at(world->rounds, &at));
    pass(world, INTERVAL_MS);
    assert_int_equal(begun(world), 0);
    rounds_profiles(world->rounds, profiles_of(profile_text));
    pass(world, INTERVAL_MS);
    assert_int_equal(begun(world), 10);
}

static void new_profiles_drop_what_is_under_way(void **state)
{
    struct world *world = *state;

    take_plan(world, 20, true, "other");
    world->mute = true;
    pass(world, INTERVAL_MS);
    assert_int_equal(rounds_open(world->rounds), 20);
    rounds_profiles(world->rounds, profiles_of(profile_text));
    assert_int_equal(rounds_open(world->rounds), 0);
}

static void after_a_sleep_nobody_is_read_twice_to_make_up_for_it(void **state)
{
    struct world *world = *state;

    take_plan(world, 100, true, "");
    world->now.mono = mono_add_ms(world->now.mono, 50 * INTERVAL_MS);
    pass(world, INTERVAL_MS);
    for (uint32_t id = 1; id <= 100; id++)
        assert_in_range(world->read[id], 1, 1);
}

static void what_was_forgotten_leaves_no_reading_behind(void **state)
{
    struct world *world = *state;

    take_plan(world, 1, true, "");
    world->mute = true;
    pass(world, INTERVAL_MS);
    rounds_forget(world->rounds, 1, world->asked[0].token + 1);
    assert_int_equal(rounds_open(world->rounds), 1);
    rounds_forget(world->rounds, 1, world->asked[0].token);
    assert_int_equal(rounds_open(world->rounds), 0);
    assert_int_equal(world->read[1], 0);
}

static struct reading_counters counters_of(const struct world *world)
{
    struct reading_counters counters;

    rounds_counters(world->rounds, &counters);
    return counters;
}

/* on_ask() sees that no two questions are on the hop at once; all the same all are read, others as
 * soon as ever, and a heartbeat that comes between waits for one question at most. */
static void a_hop_gets_no_burst_of_its_subtree(void **state)
{
    struct world *world = *state;
    struct mono now, at;

    world->lane_rate = 4000;
    world->laned = 150;
    take_plan(world, 300, true, "");
    pass(world, 20000); /* the heartbeats that it begins with are 150 times 200 bytes */
    for (unsigned i = 0; i < INTERVAL_MS / 1000; i++) {
        pass(world, 1000);
        now = world->now.mono;
        at = lanes_book(plan_lanes(world->plan), LANE, now, 0, world->lane_rate);
        assert_true(mono_diff_ms(at, now) < 200); /* a question and its answer, less the burst */
    }
    pass(world, INTERVAL_MS / 2);
    for (uint32_t id = 1; id <= 300; id++)
        assert_in_range(world->read[id], 1, 2);
    assert_true(counters_of(world).held > 0);
    assert_true(counters_of(world).bytes > (uint64_t)300 * 100);
}

/* 150 devices of some 250 bytes are 37 kB a round; half of a hop of 200 bytes/s are 6 kB. */
static void on_a_hop_too_small_for_all_they_take_turns(void **state)
{
    struct world *world = *state;
    unsigned least = UINT32_MAX, most = 0;
    uint64_t bytes;

    world->lane_rate = 200;
    world->laned = 150;
    take_plan(world, 160, true, "");
    pass(world, 40 * (int64_t)INTERVAL_MS); /* it learns what they cost */
    memset(world->read, 0, sizeof world->read);
    bytes = counters_of(world).bytes;
    pass(world, 40 * (int64_t)INTERVAL_MS);
    for (uint32_t id = 1; id <= 150; id++) {
        least = world->read[id] < least ? world->read[id] : least;
        most = world->read[id] > most ? world->read[id] : most;
    }
    assert_in_range(least, 2, 12);
    assert_in_range(most, least, least + 1);
    assert_int_equal(world->read[151], 40); /* nobody else waits for them */
    assert_true(counters_of(world).spared > 0);
    assert_true(counters_of(world).bytes - bytes <
                (uint64_t)40 * INTERVAL_MS / 1000 * 200 * 6 / 10 + (uint64_t)10 * 40 * 500);
}

static void a_metered_line_is_read_as_often_as_its_budget_bears(void **state)
{
    struct world *world = *state;
    uint64_t bytes;

    world->own_ms = (uint32_t)budget_interval_ms(3, PLAN_SNMP_V2C);
    take_plan(world, 1, true, "");
    pass(world, 100 * (int64_t)INTERVAL_MS); /* it learns what one costs */
    world->read[1] = 0;
    bytes = counters_of(world).bytes;
    pass(world, 600 * (int64_t)INTERVAL_MS);
    bytes = counters_of(world).bytes - bytes;
    assert_in_range(world->read[1], 10, 100);
    /* a quarter of 3 MB in 30 days is 0.289 bytes/s */
    assert_in_range(bytes, (uint64_t)600 * INTERVAL_MS / 1000 * 289 / 2000,
                    (uint64_t)600 * INTERVAL_MS / 1000 * 289 / 1000 + 500);
}

/* A lane that heartbeats fill lets no reading through: it is given up after a round. */
static void who_waits_for_a_whole_round_makes_room(void **state)
{
    struct world *world = *state;

    world->lane_rate = 1000;
    world->laned = 10;
    take_plan(world, 10, true, "");
    for (unsigned i = 0; i < 2 * INTERVAL_MS / TICK_MS; i++) {
        (void)lanes_book(plan_lanes(world->plan), LANE, world->now.mono, 30, world->lane_rate);
        pass(world, TICK_MS);
    }
    assert_int_equal(world->read[1], 0);
    assert_true(counters_of(world).left_out > 0);
    assert_in_range(rounds_open(world->rounds), 0, 10);
}

#define T(test) cmocka_unit_test_setup_teardown(test, world_open, world_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(every_device_is_read_once_per_round),
        T(a_hop_gets_no_burst_of_its_subtree),
        T(on_a_hop_too_small_for_all_they_take_turns),
        T(a_metered_line_is_read_as_often_as_its_budget_bears),
        T(who_waits_for_a_whole_round_makes_room),
        T(readings_are_spread_over_the_round),
        T(who_is_not_up_is_left_out),
        T(a_device_that_is_being_read_is_not_read_twice),
        T(a_full_socket_delays_and_loses_nothing),
        T(only_so_many_are_read_at_once),
        T(silence_ends_a_reading_and_old_answers_do_not_count),
        T(what_people_say_picks_the_profile),
        T(a_new_plan_moves_nobody_and_drops_who_left),
        T(without_profiles_or_devices_nothing_is_due),
        T(new_profiles_drop_what_is_under_way),
        T(after_a_sleep_nobody_is_read_twice_to_make_up_for_it),
        T(what_was_forgotten_leaves_no_reading_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
