/* SPDX-License-Identifier: ISC */
/* A plan whose misses are judged, not counted: when suspects are asked, and how long one waits for
 * them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "probes/rto.h"
#include "tests/unit/plan_world.h"

static int begin_judging(void **state)
{
    begin(state);
    world.policy.interval_ms = 30000;
    world.policy.timeout_ms = 2000;
    world.policy.false_down_years = 100;
    return 0;
}

/* Clean for ten minutes, then silent: the instant of the first miss. */
static int64_t fall_silent(void)
{
    int64_t since;

    commit(1, 1);
    run_until(now_ms() + 600000);
    assert_int_equal(plan_state(world.plan, 1), LINK_UP);
    world.silent[1] = true;
    run_to_next_sending();
    since = now_ms();
    return since;
}

static void a_clean_device_is_down_after_eight_misses_a_second_apart(void **state)
{
    int64_t since = fall_silent();
    size_t sent = world.sent;

    (void)state;
    while (plan_state(world.plan, 1) != LINK_DOWN)
        run_until(now_ms() + 10);
    assert_int_equal(world.sent - sent + 1, DETECTOR_MISSES_LEAST);
    assert_in_range(now_ms() - since, 7900,
                    8500); /* seven gaps, and the last is given up after 1 s */
    assert_int_equal(world.changes[world.changes_count - 1].effect, LINK_FX_BEGINS);
    assert_int_equal(world.changes[world.changes_count - 1].first_bad.us,
                     DAWN_US + since * US_PER_MS);
}

static void seven_misses_and_an_answer_are_nothing(void **state)
{
    size_t sent;

    (void)state;
    fall_silent();
    for (sent = world.sent; world.sent < sent + DETECTOR_MISSES_LEAST - 2;)
        run_until(now_ms() + 10);
    run_until(now_ms() + 1000); /* the seventh is given up, the eighth answers */
    world.silent[1] = false;
    run_until(now_ms() + 2000);
    assert_int_equal(plan_state(world.plan, 1), LINK_UP);
    run_until(now_ms() + 600000);
    for (size_t i = 0; i < world.changes_count; i++)
        assert_int_equal(world.changes[i].effect, LINK_FX_NONE);
}

static void one_waits_as_round_trips_say_but_for_a_repair_as_long_as_is_set(void **state)
{
    struct verify_order order = {.ticket = 1, .device_id = 1, .serial = 1, .window_ms = 180000};

    (void)state;
    commit(1, 1);
    run_to_next_sending();
    assert_int_equal(world.under_way[1].timeout_ms, 2000);
    run_until(now_ms() + 600000);
    run_to_next_sending();
    assert_int_equal(world.under_way[1].timeout_ms, RTO_LEAST_MS);
    run_until(now_ms() + 1000);
    plan_verify(world.plan, &world.now, &order);
    run_to_next_sending();
    assert_int_equal(world.under_way[1].timeout_ms, 2000);
}

static void where_misses_are_counted_one_waits_as_long_as_is_set(void **state)
{
    (void)state;
    world.policy.false_down_years = 0;
    commit(1, 1);
    run_until(now_ms() + 600000);
    run_to_next_sending();
    assert_int_equal(world.under_way[1].timeout_ms, 2000);
}

static void a_way_back_is_asked_every_second_too(void **state)
{
    int64_t since;

    (void)state;
    fall_silent();
    run_until(now_ms() + 60000);
    assert_int_equal(plan_state(world.plan, 1), LINK_DOWN);
    world.silent[1] = false;
    run_to_next_sending();
    since = now_ms();
    while (plan_state(world.plan, 1) != LINK_UP)
        run_until(now_ms() + 10);
    assert_in_range(now_ms() - since, 1900, 2300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_clean_device_is_down_after_eight_misses_a_second_apart,
                                        begin_judging, end),
        cmocka_unit_test_setup_teardown(seven_misses_and_an_answer_are_nothing, begin_judging, end),
        cmocka_unit_test_setup_teardown(
            one_waits_as_round_trips_say_but_for_a_repair_as_long_as_is_set, begin_judging, end),
        cmocka_unit_test_setup_teardown(where_misses_are_counted_one_waits_as_long_as_is_set,
                                        begin_judging, end),
        cmocka_unit_test_setup_teardown(a_way_back_is_asked_every_second_too, begin_judging, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
