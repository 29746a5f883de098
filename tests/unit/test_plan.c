/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/plan_world.h"

/* The gap between the settling of the present probe of device 1 and the sending of the next. */
static int64_t gap_ms(void)
{
    size_t sent = world.sent;
    int64_t settled_ms;

    while (world.settle_at[1].us != 0)
        run_until(now_ms() + 10);
    settled_ms = now_ms();
    while (world.sent == sent)
        run_until(now_ms() + 10);
    return world.sent_ms[1] - settled_ms;
}

static void a_fleet_is_spread_evenly_over_the_interval(void **state)
{
    (void)state;
    commit(1, DEVICES_MAX);
    run_until(now_ms() + 60000);
    assert_int_equal(world.sent, DEVICES_MAX);
    /* 5000 in 60 s are 1.67 per tick of 20 ms; by the golden ratio no tick has more than a few */
    assert_in_range(world.busiest, 1, 4);
    run_until(now_ms() + 60000);
    assert_int_equal(world.sent, 2 * DEVICES_MAX);
    assert_int_equal(plan_state(world.plan, 1), LINK_UP);
}

static void a_device_has_its_turn_once_per_interval(void **state)
{
    int64_t before_ms;

    (void)state;
    commit(1, 1);
    run_to_next_sending();
    for (int round = 0; round < 20; round++) {
        before_ms = world.sent_ms[1];
        run_to_next_sending();
        assert_in_range(world.sent_ms[1] - before_ms, 60000 - PLAN_TICK_MS, 60000 + PLAN_TICK_MS);
    }
}

static void suspicion_speeds_up_by_the_fast_schedule(void **state)
{
    static const int64_t gaps_ms[] = {1000, 1000, 2000, 2000, 3000, 3000,
                                      4000, 4000, 5000, 5000, 5000};

    (void)state;
    world.policy.misses_to_down = 100;
    commit(1, 1);
    run_to_next_sending();
    run_until(now_ms() + 20);
    assert_int_equal(plan_state(world.plan, 1), LINK_UP);
    world.silent[1] = true;
    run_to_next_sending();
    for (size_t i = 0; i < sizeof gaps_ms / sizeof *gaps_ms; i++)
        assert_in_range(gap_ms(), gaps_ms[i], gaps_ms[i] + 2 * PLAN_TICK_MS);
}

static void jitter_is_a_tenth_either_way(void **state)
{
    static const uint32_t randoms[] = {0, 200};
    static const int64_t gaps_ms[] = {900, 1100};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        world.random = randoms[i];
        world.silent[1] = true;
        commit(1, 1);
        run_to_next_sending();
        assert_in_range(gap_ms(), gaps_ms[i], gaps_ms[i] + 2 * PLAN_TICK_MS);
        commit(2, 2);
    }
}

static void suspicion_never_slows_a_short_interval(void **state)
{
    (void)state;
    world.policy = (struct plan_policy){2000, 1000, 100, 3, 0, 0, 0};
    world.silent[1] = true;
    commit(1, 1);
    run_to_next_sending();
    for (int miss = 0; miss < 12; miss++) {
        int64_t before_ms = world.sent_ms[1];

        run_to_next_sending();
        assert_in_range(world.sent_ms[1] - before_ms, 1000, 2000 + PLAN_TICK_MS);
    }
}

static void three_misses_make_an_outage_that_began_with_the_first(void **state)
{
    int64_t first_ms;

    (void)state;
    commit(1, 1);
    run_to_next_sending();
    run_until(now_ms() + 20);
    assert_int_equal(world.changes_count, 1);
    assert_int_equal(world.changes[0].state, LINK_UP);
    assert_int_equal(world.changes[0].vitals.uptime_ticks, 100);
    assert_false(wall_is_set(world.changes[0].first_bad));
    world.silent[1] = true;
    run_to_next_sending();
    first_ms = world.sent_ms[1];
    run_until(now_ms() + 20000);
    assert_int_equal(world.changes_count, 3);
    assert_int_equal(world.changes[1].state, LINK_SUSPECT);
    assert_int_equal(world.changes[2].state, LINK_DOWN);
    assert_int_equal(world.changes[2].effect, LINK_FX_BEGINS);
    assert_int_equal(world.changes[2].first_bad.us, DAWN_US + first_ms * US_PER_MS);
    assert_int_equal(world.changes[2].last_good.us, world.changes[0].at.us);
    assert_int_equal(world.changes[2].vitals.uptime_ticks, 100);
    /* three time-outs of a second and two gaps of one, give or take ticks and jitter */
    assert_in_range(world.changes[2].at.us - world.changes[2].first_bad.us, 4700 * US_PER_MS,
                    5400 * US_PER_MS);
}

static void restoration_is_seen_fast_and_counts_from_its_first_answer(void **state)
{
    const struct link_change *ends = &world.changes[1];

    (void)state;
    struct plan_device device = device_of(1);

    device.begins_down = true;
    device.last_good.us = DAWN_US;
    device.first_bad.us = DAWN_US + 1;
    commit_one(&device);
    run_to_next_sending();
    run_until(now_ms() + 5000);
    assert_int_equal(world.changes_count, 2);
    assert_int_equal(world.changes[0].state, LINK_RECOVERING);
    assert_int_equal(world.changes[0].first_bad.us, DAWN_US + 1);
    assert_int_equal(ends->effect, LINK_FX_ENDS);
    assert_int_equal(ends->last_good.us, DAWN_US);
    assert_int_equal(ends->first_bad.us, DAWN_US + 1);
    assert_int_equal(ends->first_good.us, world.changes[0].at.us);
    assert_in_range(ends->at.us - ends->first_good.us, 1900 * US_PER_MS, 2400 * US_PER_MS);
}

static void a_device_that_begins_down_says_nothing_and_is_probed_each_15_s(void **state)
{
    struct plan_device device = device_of(1);

    (void)state;
    world.silent[1] = true;
    device.begins_down = true;
    device.first_bad = world.now.wall;
    commit_one(&device);
    assert_int_equal(plan_state(world.plan, 1), LINK_DOWN);
    run_until(now_ms() + 600000);
    assert_int_equal(world.sent, 40);
    assert_int_equal(world.changes_count, 0);
}

static void after_a_day_in_the_dark_the_interval_will_do(void **state)
{
    struct plan_device device = device_of(1);

    (void)state;
    world.silent[1] = true;
    device.begins_down = true;
    device.first_bad = wall_add_ms(world.now.wall, -INT64_C(86400000) + 60000);
    commit_one(&device);
    run_until(now_ms() + 60000);
    assert_int_equal(world.sent, 4);
    run_until(now_ms() + 600000);
    assert_in_range(world.sent, 13, 15);
}

static void the_dark_are_spread_as_well(void **state)
{
    (void)state;
    plan_begin(world.plan, &world.policy);
    for (uint32_t id = 1; id <= 1000; id++) {
        struct plan_device device = device_of(id);

        world.silent[id] = true;
        device.begins_down = true;
        device.first_bad = world.now.wall;
        plan_device(world.plan, &device);
    }
    plan_commit(world.plan, &world.now);
    run_until(now_ms() + 30000);
    assert_int_equal(world.sent, 2000);
    assert_in_range(world.busiest, 1, 4);
}

static void what_is_asked_is_probed_at_once_and_told_unchanged(void **state)
{
    (void)state;
    commit(1, 3);
    run_until(now_ms() + 61000);
    world.changes_count = 0;
    assert_true(plan_probe_now(world.plan, 2));
    set_now(now_ms() + 10);
    assert_int_equal(plan_due(world.plan, &world.now, 1, send_probe, NULL), 1);
    assert_int_equal(world.sent_ms[2], now_ms());
    run_until(now_ms() + 100);
    assert_int_equal(world.changes_count, 1);
    assert_true(world.changes[0].asked);
    assert_int_equal(world.changes[0].device_id, 2);
    assert_int_equal(world.changes[0].state, LINK_UP);
    assert_int_equal(world.changes[0].effect, LINK_FX_NONE);
    run_until(now_ms() + 120000);
    assert_int_equal(world.changes_count, 1);
}

static void an_asked_silence_is_told_too(void **state)
{
    (void)state;
    commit(1, 1);
    run_until(now_ms() + 61000);
    world.changes_count = 0;
    world.silent[1] = true;
    assert_true(plan_probe_now(world.plan, 1));
    run_until(now_ms() + 1100);
    assert_int_equal(world.changes_count, 1);
    assert_true(world.changes[0].asked);
    assert_int_equal(world.changes[0].state, LINK_SUSPECT);
}

static void a_probe_under_way_answers_whoever_asks_meanwhile(void **state)
{
    (void)state;
    commit(1, 1);
    run_to_next_sending();
    assert_true(plan_probe_now(world.plan, 1));
    run_until(now_ms() + 200);
    assert_int_equal(world.sent, 1);
    assert_int_equal(world.changes_count, 1);
    assert_true(world.changes[0].asked);
}

static void a_probe_says_since_when_it_is_due(void **state)
{
    int64_t turn_ms;

    (void)state;
    commit(1, 1);
    run_to_next_sending();
    turn_ms = world.sent_ms[1];
    run_until(turn_ms + 59990);
    set_now(turn_ms + 60500); /* half a second late */
    assert_int_equal(plan_due(world.plan, &world.now, 1, send_probe, NULL), 1);
    assert_int_equal(world.under_way[1].due_at.us, (turn_ms + 60000) * US_PER_MS);
    run_until(now_ms() + 100);
    assert_true(plan_probe_now(world.plan, 1));
    set_now(now_ms() + 10);
    assert_int_equal(plan_due(world.plan, &world.now, 1, send_probe, NULL), 1);
    assert_int_equal(world.under_way[1].due_at.us, world.now.mono.us);
}

static void nobody_waits_for_a_device_that_is_not_in_the_plan(void **state)
{
    (void)state;
    commit(1, 3);
    assert_false(plan_probe_now(world.plan, 4));
    assert_null(plan_find(world.plan, 4));
    assert_int_equal(plan_state(world.plan, 4), LINK_STATE_END);
}

static void a_late_answer_is_life(void **state)
{
    struct plan_result late;

    (void)state;
    commit(1, 1);
    world.silent[1] = true;
    run_to_next_sending();
    late = result_of(1, PROBE_ANSWERED);
    run_until(now_ms() + 1100);
    assert_int_equal(plan_state(world.plan, 1), LINK_UNKNOWN);
    late.probe.at = world.now.wall;
    plan_settle(world.plan, &world.now, &late, 0);
    assert_int_equal(plan_state(world.plan, 1), LINK_UP);
}

static void a_silence_counts_only_for_the_probe_under_way(void **state)
{
    struct plan_result silence;

    (void)state;
    world.policy.misses_to_down = 1;
    commit(1, 1);
    run_to_next_sending();
    silence = result_of(1, PROBE_SILENT);
    run_until(now_ms() + 100);
    plan_settle(world.plan, &world.now, &silence, 0); /* its answer has come already */
    assert_int_equal(plan_state(world.plan, 1), LINK_UP);
}

static void a_forgotten_probe_is_neither_miss_nor_answer_and_sent_again(void **state)
{
    (void)state;
    world.policy.misses_to_down = 1;
    world.silent[1] = true;
    commit(1, 1);
    run_to_next_sending();
    world.settle_at[1].us = 0;
    plan_forget(world.plan, &world.now, 1, world.under_way[1].serial + 1); /* of another */
    set_now(now_ms() + 10);
    assert_int_equal(plan_due(world.plan, &world.now, 10, send_probe, NULL), 0);
    plan_forget(world.plan, &world.now, 1, world.under_way[1].serial);
    set_now(now_ms() + 20);
    assert_int_equal(plan_due(world.plan, &world.now, 10, send_probe, NULL), 1);
    assert_int_equal(plan_state(world.plan, 1), LINK_UNKNOWN);
    assert_int_equal(world.changes_count, 0);
}

static bool refuse_to_send(const struct plan_probe *probe, void *arg)
{
    (void)probe;
    (*(int *)arg)++;
    return false;
}

static void what_cannot_leave_now_stays_due_and_the_rest_waits(void **state)
{
    int refused = 0;

    (void)state;
    commit(1, 100);
    set_now(now_ms() + 60000);
    assert_int_equal(plan_due(world.plan, &world.now, 1000, refuse_to_send, &refused), 0);
    assert_int_equal(refused, 1);
    assert_int_equal(plan_due(world.plan, &world.now, 30, send_probe, NULL), 30);
    assert_int_equal(plan_due(world.plan, &world.now, 1000, send_probe, NULL), 70);
    assert_int_equal(plan_due(world.plan, &world.now, 1000, send_probe, NULL), 0);
}

static void the_next_instant_is_when_something_is_due(void **state)
{
    struct mono at;

    (void)state;
    assert_false(plan_next_at(world.plan, &at));
    commit(1, 1);
    for (int round = 0; round < 50; round++) {
        world.silent[1] = round % 7 < 4;
        assert_true(plan_next_at(world.plan, &at));
        world.now = (struct plan_now){{at.us - 1}, {DAWN_US + at.us - 1}};
        assert_int_equal(plan_due(world.plan, &world.now, 9, send_probe, NULL), 0);
        world.now = (struct plan_now){at, {DAWN_US + at.us}};
        assert_int_equal(plan_due(world.plan, &world.now, 9, send_probe, NULL), 1);
        assert_false(plan_next_at(world.plan, &at)); /* it is under way */
        world.now.mono = world.settle_at[1];
        world.now.wall.us = DAWN_US + world.now.mono.us;
        world.changes_count = 0;
        settle(1);
    }
}

static void what_a_v1_agent_has_not_is_asked_no_more(void **state)
{
    (void)state;
    commit(1, 1);
    world.dropped = PLAN_OBJECT_ENGINE_TIME;
    run_to_next_sending();
    assert_int_equal(world.objects, PLAN_OBJECTS_ALL);
    run_to_next_sending();
    assert_int_equal(world.objects, PLAN_OBJECT_UPTIME);
    world.dropped = PLAN_OBJECT_UPTIME; /* it has nothing at all: the refusal is the sign of life */
    run_to_next_sending();
    run_to_next_sending();
    assert_int_equal(world.objects, PLAN_OBJECT_UPTIME);
    assert_int_equal(plan_state(world.plan, 1), LINK_UP);
}

static void run_to_state(enum link_state state)
{
    while (plan_state(world.plan, 1) != state)
        run_until(now_ms() + 10);
}

/* A silence of three misses, and the first answer after it. */
static void fall_silent_and_answer(void)
{
    run_to_state(LINK_UP);
    world.silent[1] = true;
    run_to_state(LINK_DOWN);
    world.silent[1] = false;
    run_to_state(LINK_RECOVERING);
}

static void the_clock_of_the_host_is_asked_for_when_a_silence_ends(void **state)
{
    (void)state;
    commit(1, 1);
    run_to_state(LINK_UP);
    assert_int_equal(world.objects, PLAN_OBJECTS_ALL);
    world.silent[1] = true;
    run_to_state(LINK_DOWN);
    assert_int_equal(world.objects, PLAN_OBJECTS_ALL);
    world.silent[1] = false;
    run_to_state(LINK_RECOVERING);
    assert_int_equal(world.objects, PLAN_OBJECTS_ALL);
    run_to_next_sending();
    assert_int_equal(world.objects, PLAN_OBJECTS_ALL | PLAN_OBJECT_HOST_UPTIME);
    run_to_state(LINK_UP);
    assert_int_equal(world.objects, PLAN_OBJECTS_ALL | PLAN_OBJECT_HOST_UPTIME);
    run_to_next_sending();
    assert_int_equal(world.objects, PLAN_OBJECTS_ALL);
}

static void an_agent_that_does_not_stomach_it_recovers_all_the_same(void **state)
{
    (void)state;
    commit(1, 1);
    fall_silent_and_answer();
    run_to_next_sending();
    assert_int_equal(world.objects, PLAN_OBJECTS_ALL | PLAN_OBJECT_HOST_UPTIME);
    world.silent[1] = true;
    while (world.settle_at[1].us != 0)
        run_until(now_ms() + 10);
    world.silent[1] = false;
    while (plan_state(world.plan, 1) != LINK_UP) {
        run_to_next_sending();
        assert_int_equal(world.objects, PLAN_OBJECTS_ALL);
        run_until(now_ms() + 500);
    }
    fall_silent_and_answer(); /* by chance lost: it is given another try */
    run_to_next_sending();
    assert_int_equal(world.objects, PLAN_OBJECTS_ALL | PLAN_OBJECT_HOST_UPTIME);
}

static void a_v1_agent_without_it_is_asked_once(void **state)
{
    (void)state;
    commit(1, 1);
    fall_silent_and_answer();
    run_to_next_sending();
    world.dropped = PLAN_OBJECT_HOST_UPTIME;
    run_to_state(LINK_UP);
    world.dropped = 0;
    fall_silent_and_answer();
    run_to_next_sending();
    assert_int_equal(world.objects, PLAN_OBJECTS_ALL);
}

#define T(test) cmocka_unit_test_setup_teardown(test, begin, end)

/* A hop that carries 2,000 bytes a second takes ten probes of 200 in that time, whoever is due. */
static void devices_behind_one_hop_leave_at_its_pace(void **state)
{
    size_t first;

    (void)state;
    world.policy.lane_bytes_per_s = 2000;
    world.policy.interval_ms = 60000;
    world.lane = 7;
    commit(1, 40);
    run_until(now_ms() + 60000);
    assert_in_range(world.sent, 40, 42); /* spread as they are, none is held up */
    first = world.sent;
    /* All at once: a reload makes none of them wait for its turn. */
    world.lane = 8;
    world.policy.interval_ms = 100;
    commit(1, 40);
    run_until(now_ms() + 10000);
    assert_in_range(world.sent - first, 90, 110);
}

static void a_device_with_a_budget_has_turns_of_its_own(void **state)
{
    (void)state;
    world.interval_ms = 240000;
    commit(1, 1);
    run_until(now_ms() + 960000);
    assert_in_range(world.sent, 4, 5);
}

static struct rollup_record rollups[16];
static size_t rollup_count;

static void on_rollup(const struct rollup_record *record, void *arg)
{
    (void)arg;
    assert_in_range(rollup_count, 0, 15);
    rollups[rollup_count++] = *record;
}

/* A device that is asked every minute, over two slots and a bit, with one probe lost. */
static void five_minutes_of_each_device_are_told_when_they_are_over(void **state)
{
    int64_t began_ms;
    uint32_t slot;

    (void)state;
    plan_on_rollup(world.plan, on_rollup);
    commit(1, 1);
    slot = rollup_slot(world.now.wall);
    while (rollup_slot(world.now.wall) == slot)
        run_until(now_ms() + 10);
    began_ms = now_ms();
    plan_sweep(world.plan, &world.now, 100);
    rollup_count = 0;
    run_until(now_ms() + 90000);
    world.silent[1] = true;
    run_to_next_sending();
    run_until(now_ms() + 1500);
    world.silent[1] = false;
    run_until(began_ms + 299000);
    assert_int_equal(rollup_count, 0);
    run_until(began_ms + 301000);
    plan_sweep(world.plan, &world.now, 100);
    assert_int_equal(rollup_count, 1);
    assert_int_equal(rollups[0].device_id, 1);
    assert_in_range(rollups[0].sent, 5, 9);
    assert_int_equal(rollups[0].lost, 1);
    plan_sweep(world.plan, &world.now, 100);
    assert_int_equal(rollup_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_fleet_is_spread_evenly_over_the_interval),
        T(a_device_has_its_turn_once_per_interval),
        T(suspicion_speeds_up_by_the_fast_schedule),
        T(jitter_is_a_tenth_either_way),
        T(suspicion_never_slows_a_short_interval),
        T(three_misses_make_an_outage_that_began_with_the_first),
        T(restoration_is_seen_fast_and_counts_from_its_first_answer),
        T(a_device_that_begins_down_says_nothing_and_is_probed_each_15_s),
        T(after_a_day_in_the_dark_the_interval_will_do),
        T(the_dark_are_spread_as_well),
        T(what_is_asked_is_probed_at_once_and_told_unchanged),
        T(an_asked_silence_is_told_too),
        T(a_probe_under_way_answers_whoever_asks_meanwhile),
        T(a_probe_says_since_when_it_is_due),
        T(nobody_waits_for_a_device_that_is_not_in_the_plan),
        T(a_late_answer_is_life),
        T(a_silence_counts_only_for_the_probe_under_way),
        T(a_forgotten_probe_is_neither_miss_nor_answer_and_sent_again),
        T(what_cannot_leave_now_stays_due_and_the_rest_waits),
        T(the_next_instant_is_when_something_is_due),
        T(what_a_v1_agent_has_not_is_asked_no_more),
        T(the_clock_of_the_host_is_asked_for_when_a_silence_ends),
        T(an_agent_that_does_not_stomach_it_recovers_all_the_same),
        T(a_v1_agent_without_it_is_asked_once),
        T(devices_behind_one_hop_leave_at_its_pace),
        T(a_device_with_a_budget_has_turns_of_its_own),
        T(five_minutes_of_each_device_are_told_when_they_are_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
