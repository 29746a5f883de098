/* SPDX-License-Identifier: ISC */
/* A device that begins anew: what was believed of it is gone, what was learned is not. And what
 * remains of a suspicion when we were asleep ourselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/plan_world.h"

static void run(int64_t ms)
{
    run_until(now_ms() + ms);
}

static void what_was_down_is_unknown_and_asked_soon(void **state)
{
    (void)state;
    commit(1, 1);
    run(60000);
    world.silent[1] = true;
    run(120000);
    assert_int_equal(plan_state(world.plan, 1), LINK_DOWN);
    world.silent[1] = false;
    world.changes_count = 0;
    plan_renew(world.plan, &world.now, 1);
    assert_int_equal(plan_state(world.plan, 1), LINK_UNKNOWN);
    run(PLAN_RENEW_MS + 100);
    assert_int_equal(world.changes_count, 1);
    assert_int_equal(world.changes[0].state, LINK_UP);
    assert_int_equal(world.changes[0].effect, LINK_FX_NONE);
}

static void a_silence_that_goes_on_begins_after_it(void **state)
{
    const struct link_change *change;
    struct wall renewed, answered;

    (void)state;
    commit(1, 1);
    run(70000);
    world.silent[1] = true;
    run(3600000);
    answered = world.changes[world.changes_count - 1].last_good;
    renewed = world.now.wall;
    plan_renew(world.plan, &world.now, 1);
    run(60000);
    change = &world.changes[world.changes_count - 1];
    assert_int_equal(change->effect, LINK_FX_BEGINS);
    assert_true(change->first_bad.us >= renewed.us);
    assert_int_equal(change->last_good.us, answered.us);
}

/* The probe that was under way has been forgotten: its silence is not the first miss. */
static void the_probe_under_way_proves_nothing(void **state)
{
    (void)state;
    commit(1, 1);
    run(70000);
    world.silent[1] = true;
    while (world.settle_at[1].us <= world.now.mono.us)
        run(1);
    plan_renew(world.plan, &world.now, 1);
    world.silent[1] = false;
    world.changes_count = 0;
    run(PLAN_RENEW_MS + 1500);
    assert_int_equal(world.changes_count, 1);
    assert_int_equal(world.changes[0].state, LINK_UP);
}

static void a_fleet_is_not_asked_at_once(void **state)
{
    (void)state;
    commit(1, 1000);
    run(70000);
    for (uint32_t id = 1; id <= 1000; id++)
        plan_renew(world.plan, &world.now, id);
    world.busiest = 0;
    run(PLAN_RENEW_MS + 100);
    assert_in_range(world.busiest, 1, 20); /* of ticks of 20 ms */
    for (uint32_t id = 1; id <= 1000; id++)
        assert_int_equal(plan_state(world.plan, id), LINK_UP);
}

/* Two misses, then a night, then one miss more are not three in a row. */
static void misses_from_before_a_sleep_are_not_counted_on(void **state)
{
    const struct link_change *change;
    struct wall woken;

    (void)state;
    commit(1, 2);
    run(70000);
    world.silent[1] = true;
    while (plan_state(world.plan, 1) != LINK_SUSPECT)
        run(10);
    run(1000); /* the second miss is under way or told */
    set_now(now_ms() + 3600000);
    woken = world.now.wall;
    for (uint32_t id = 1; id <= 2; id++) {
        world.settle_at[id].us = 0;
        plan_forget(world.plan, &world.now, id, world.under_way[id].serial);
    }
    plan_slept(world.plan);
    assert_int_equal(plan_state(world.plan, 1), LINK_SUSPECT);
    world.changes_count = 0;
    run(1500);
    assert_int_equal(world.changes_count, 0); /* one miss */
    run(60000);
    change = &world.changes[world.changes_count - 1];
    assert_int_equal(change->effect, LINK_FX_BEGINS);
    assert_true(change->first_bad.us >= woken.us);
    assert_int_equal(plan_state(world.plan, 2), LINK_UP);
}

static void an_outage_goes_on_through_a_sleep(void **state)
{
    (void)state;
    commit(1, 1);
    run(70000);
    world.silent[1] = true;
    run(120000);
    world.changes_count = 0;
    plan_slept(world.plan);
    assert_int_equal(plan_state(world.plan, 1), LINK_DOWN);
    world.silent[1] = false;
    run(200000);
    assert_int_equal(plan_state(world.plan, 1), LINK_UP);
    assert_int_equal(world.changes[world.changes_count - 1].effect, LINK_FX_ENDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_down_is_unknown_and_asked_soon, begin, end),
        cmocka_unit_test_setup_teardown(a_silence_that_goes_on_begins_after_it, begin, end),
        cmocka_unit_test_setup_teardown(the_probe_under_way_proves_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_fleet_is_not_asked_at_once, begin, end),
        cmocka_unit_test_setup_teardown(misses_from_before_a_sleep_are_not_counted_on, begin, end),
        cmocka_unit_test_setup_teardown(an_outage_goes_on_through_a_sleep, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
