/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "probes/wheel.h"

#define TICK_MS 20
#define MS(ms)  ((struct mono){(ms)*US_PER_MS})

static struct wheel wheel;
static struct wheel_item items[64];

static int fresh(void **state)
{
    (void)state;
    wheel_init(&wheel, TICK_MS, MS(0));
    for (size_t i = 0; i < 64; i++)
        items[i] = (struct wheel_item){0};
    return 0;
}

static void nothing_fires_early_and_all_within_a_tick(void **state)
{
    (void)state;
    wheel_arm(&wheel, &items[0], MS(1003));
    wheel_turn(&wheel, MS(1003));
    assert_null(wheel_pop(&wheel));
    wheel_turn(&wheel, MS(1019));
    assert_null(wheel_pop(&wheel));
    wheel_turn(&wheel, MS(1020));
    assert_ptr_equal(wheel_pop(&wheel), &items[0]);
    assert_false(wheel_is_armed(&items[0]));
    assert_null(wheel_pop(&wheel));
}

static void what_was_disarmed_never_fires(void **state)
{
    (void)state;
    wheel_arm(&wheel, &items[0], MS(100));
    wheel_arm(&wheel, &items[1], MS(100));
    wheel_disarm(&items[0]);
    wheel_disarm(&items[0]);
    wheel_turn(&wheel, MS(200));
    wheel_disarm(&items[1]);
    assert_null(wheel_pop(&wheel));
}

static void what_is_past_is_ready_at_once(void **state)
{
    (void)state;
    wheel_turn(&wheel, MS(5000));
    wheel_arm(&wheel, &items[0], MS(10));
    assert_ptr_equal(wheel_pop(&wheel), &items[0]);
}

static void a_later_turn_of_the_wheel_is_waited_for(void **state)
{
    int64_t turn_ms = WHEEL_SLOTS * TICK_MS;

    (void)state;
    wheel_arm(&wheel, &items[0], MS(100 + 2 * turn_ms));
    wheel_arm(&wheel, &items[1], MS(100));
    wheel_turn(&wheel, MS(100));
    assert_ptr_equal(wheel_pop(&wheel), &items[1]);
    wheel_turn(&wheel, MS(100 + turn_ms));
    assert_null(wheel_pop(&wheel));
    wheel_turn(&wheel, MS(100 + 2 * turn_ms));
    assert_ptr_equal(wheel_pop(&wheel), &items[0]);
}

static void a_gap_of_many_turns_misses_nothing(void **state)
{
    size_t fired = 0;

    (void)state;
    for (size_t i = 0; i < 64; i++)
        wheel_arm(&wheel, &items[i], MS((int64_t)i * 7919));
    wheel_turn(&wheel, MS(INT64_C(1000000)));
    while (wheel_pop(&wheel) != NULL)
        fired++;
    assert_int_equal(fired, 64);
}

static void the_hurried_goes_before_the_others(void **state)
{
    (void)state;
    wheel_arm(&wheel, &items[0], MS(40));
    wheel_arm(&wheel, &items[1], MS(90000));
    wheel_turn(&wheel, MS(40));
    wheel_hurry(&wheel, &items[1]);
    assert_ptr_equal(wheel_pop(&wheel), &items[1]);
    wheel_put_back(&wheel, &items[1]);
    assert_ptr_equal(wheel_pop(&wheel), &items[1]);
    assert_ptr_equal(wheel_pop(&wheel), &items[0]);
}

static void the_next_instant_is_exactly_when_something_pops(void **state)
{
    static const int64_t dues_ms[] = {20, 21, 4000, 81919, 81920, 81921, 300000, 7000000};
    struct mono at;

    (void)state;
    assert_false(wheel_next_at(&wheel, &at));
    for (size_t i = 0; i < sizeof dues_ms / sizeof *dues_ms; i++) {
        fresh(NULL);
        wheel_arm(&wheel, &items[0], MS(dues_ms[i]));
        assert_true(wheel_next_at(&wheel, &at));
        wheel_turn(&wheel, (struct mono){at.us - 1});
        assert_null(wheel_pop(&wheel));
        wheel_turn(&wheel, at);
        assert_ptr_equal(wheel_pop(&wheel), &items[0]);
        assert_false(wheel_next_at(&wheel, &at));
    }
}

static uint32_t dice = 2463534242;

static uint32_t throw_dice(void)
{
    dice ^= dice << 13;
    dice ^= dice >> 17;
    dice ^= dice << 5;
    return dice;
}

/* Against the plainest of models: an array of instants. */
static void it_agrees_with_a_list_over_a_long_random_run(void **state)
{
    int64_t due_ms[64], now_ms = 0;

    (void)state;
    for (size_t i = 0; i < 64; i++)
        due_ms[i] = -1;
    for (int step = 0; step < 20000; step++) {
        size_t i = throw_dice() % 64;
        struct wheel_item *item;

        due_ms[i] = now_ms + throw_dice() % 200000;
        wheel_arm(&wheel, &items[i], MS(due_ms[i]));
        now_ms += throw_dice() % 400;
        wheel_turn(&wheel, MS(now_ms));
        while ((item = wheel_pop(&wheel)) != NULL) {
            assert_in_range(due_ms[item - items], 0, now_ms);
            due_ms[item - items] = -1;
        }
        for (size_t k = 0; k < 64; k++)
            assert_true(due_ms[k] < 0 || due_ms[k] > now_ms - TICK_MS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nothing_fires_early_and_all_within_a_tick, fresh),
        cmocka_unit_test_setup(what_was_disarmed_never_fires, fresh),
        cmocka_unit_test_setup(what_is_past_is_ready_at_once, fresh),
        cmocka_unit_test_setup(a_later_turn_of_the_wheel_is_waited_for, fresh),
        cmocka_unit_test_setup(a_gap_of_many_turns_misses_nothing, fresh),
        cmocka_unit_test_setup(the_hurried_goes_before_the_others, fresh),
        cmocka_unit_test_setup(the_next_instant_is_exactly_when_something_pops, fresh),
        cmocka_unit_test_setup(it_agrees_with_a_list_over_a_long_random_run, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
