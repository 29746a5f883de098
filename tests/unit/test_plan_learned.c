/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "probes/outlook.h"
#include "tests/unit/plan_world.h"

static struct learned_news told[DEVICES_MAX];
static size_t told_count;
static size_t rollup_count;

static void on_learned(const struct learned_news *news, void *arg)
{
    (void)arg;
    assert_in_range(told_count, 0, DEVICES_MAX - 1);
    told[told_count++] = *news;
}

static void on_rollup(const struct rollup_record *record, void *arg)
{
    (void)arg;
    assert_in_range(record->sent, 1, 1000);
    rollup_count++;
}

static int begin_learning(void **state)
{
    begin(state);
    told_count = rollup_count = 0;
    world.policy = (struct plan_policy){.interval_ms = 30000,
                                        .timeout_ms = 1000,
                                        .misses_to_down = 3,
                                        .answers_to_up = 3,
                                        .false_down_years = 100};
    plan_on_learned(world.plan, on_learned);
    plan_on_rollup(world.plan, on_rollup);
    return 0;
}

/* So many silences of that length, an hour apart, that heal by themselves. */
static void burst(uint32_t id, size_t count, int64_t ms)
{
    for (size_t i = 0; i < count; i++) {
        world.silent[id] = true;
        run_until(now_ms() + ms);
        world.silent[id] = false;
        run_until(now_ms() + 1800000);
    }
}

/* From the beginning of a silence to the verdict. */
static int64_t cut_ms(uint32_t id)
{
    int64_t from_ms = now_ms();

    world.silent[id] = true;
    while (plan_state(world.plan, id) != LINK_DOWN)
        run_until(now_ms() + 10);
    return now_ms() - from_ms;
}

static void anew_with(const struct learned *learned)
{
    struct plan_device device = device_of(1);

    plan_free(world.plan);
    memset(world.settle_at, 0, sizeof world.settle_at);
    world.plan = plan_new(on_change, NULL, world.now.mono);
    plan_on_learned(world.plan, on_learned);
    device.learned = *learned;
    told_count = 0;
    commit_one(&device);
    world.silent[1] = false;
    while (plan_state(world.plan, 1) != LINK_UP)
        run_until(now_ms() + 10);
    run_to_next_sending();
    run_until(now_ms() + 100); /* the cut begins just behind an answer */
}

static void a_burst_span_is_known_to_whoever_comes_next(void **state)
{
    struct learned learned;
    struct outlook outlook;
    int64_t ms;

    (void)state;
    commit(1, 1);
    run_until(now_ms() + 60000);
    burst(1, 12, 40000);
    told_count = 0;
    plan_flush(world.plan, &world.now);
    assert_int_equal(told_count, 1);
    learned = told[0].learned;
    assert_in_range(learned.burst_milli, 5000, 20000);
    outlook = outlook_of(&learned, &world.policy, PLAN_SNMP_V2C, 0);

    anew_with(&(struct learned){0});
    ms = cut_ms(1);
    assert_in_range(ms, 0, 45000);
    anew_with(&learned);
    ms = cut_ms(1);
    assert_true(ms > 60000);
    assert_in_range(ms, outlook.known_ms, outlook.latest_ms + 1000);
}

static void what_is_known_already_is_not_told(void **state)
{
    struct learned learned = {.at = world.now.wall, .habit_ppm = 200000, .srtt_us = 10};

    (void)state;
    anew_with(&learned);
    plan_flush(world.plan, &world.now);
    assert_int_equal(told_count, 0);
}

/* A call a second; the most that one of them told. */
static size_t tell_for_s(int seconds)
{
    size_t busiest = 0;

    for (int i = 0; i < seconds; i++) {
        size_t before = told_count;

        run_until(now_ms() + 1000);
        plan_tell_learned(world.plan, &world.now, 2000);
        if (told_count - before > busiest)
            busiest = told_count - before;
    }
    return busiest;
}

static void news_are_told_once_and_spread_over_the_round(void **state)
{
    (void)state;
    commit(1, 1000);
    assert_in_range(tell_for_s(610), 1, 8); /* round trips are new; of a thousand in 300 calls */
    assert_int_equal(told_count, 1000);
    tell_for_s(300);
    assert_int_equal(told_count, 1000);
    for (uint32_t id = 1; id <= 1000; id += 2)
        world.silent[id] = true;
    run_until(now_ms() + 6000); /* a fifth of them misses a probe or more */
    memset(world.silent, 0, sizeof world.silent);
    assert_in_range(tell_for_s(310), 1, 8);
    assert_in_range(told_count, 1050, 1250);
}

static void what_counts_until_the_end_is_told_before_it(void **state)
{
    (void)state;
    commit(1, 3);
    run_until(now_ms() + 60000);
    rollup_count = 0;
    plan_flush(world.plan, &world.now);
    assert_int_equal(rollup_count, 3);
    plan_flush(world.plan, &world.now);
    assert_int_equal(rollup_count, 3); /* once */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_burst_span_is_known_to_whoever_comes_next, begin_learning,
                                        end),
        cmocka_unit_test_setup_teardown(what_is_known_already_is_not_told, begin_learning, end),
        cmocka_unit_test_setup_teardown(news_are_told_once_and_spread_over_the_round,
                                        begin_learning, end),
        cmocka_unit_test_setup_teardown(what_counts_until_the_end_is_told_before_it, begin_learning,
                                        end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
