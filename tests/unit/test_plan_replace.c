/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/plan_world.h"

static void devices_that_stay_keep_their_state(void **state)
{
    (void)state;
    world.silent[2] = true;
    commit(1, 3);
    run_until(now_ms() + 90000);
    assert_int_equal(plan_state(world.plan, 2), LINK_DOWN);
    world.changes_count = 0;
    commit(2, 4);
    assert_int_equal(plan_count(world.plan), 3);
    assert_int_equal(plan_state(world.plan, 1), LINK_STATE_END);
    assert_int_equal(plan_state(world.plan, 2), LINK_DOWN);
    assert_int_equal(plan_state(world.plan, 3), LINK_UP);
    assert_int_equal(plan_state(world.plan, 4), LINK_UNKNOWN);
    assert_int_equal(world.changes_count, 0);
    run_until(now_ms() + 60000);
    assert_int_equal(world.changes_count, 1); /* number 4 has answered */
}

static void a_probe_under_way_survives_a_replacement(void **state)
{
    size_t sent;

    (void)state;
    commit(1, 1);
    run_to_next_sending();
    sent = world.sent;
    commit(1, 2);
    settle(1);
    assert_int_equal(plan_state(world.plan, 1), LINK_UP);
    assert_int_equal(world.sent, sent);
}

static void a_result_of_a_device_taken_off_the_plan_is_nobodys(void **state)
{
    (void)state;
    commit(1, 2);
    run_until(now_ms() + 60000);
    world.changes_count = 0;
    run_to_next_sending();
    commit(5, 6);
    settle(1);
    settle(2);
    assert_int_equal(world.changes_count, 0);
}

static void what_was_asked_is_still_owed_after_a_replacement(void **state)
{
    (void)state;
    commit(1, 2);
    run_until(now_ms() + 61000);
    world.changes_count = 0;
    assert_true(plan_probe_now(world.plan, 2));
    commit(2, 3);
    run_until(now_ms() + 100);
    assert_int_equal(world.changes_count, 1);
    assert_int_equal(world.changes[0].device_id, 2);
    assert_true(world.changes[0].asked);
}

static void the_fast_schedule_goes_on_over_a_replacement(void **state)
{
    int64_t sent_ms;

    (void)state;
    commit(1, 1);
    run_until(now_ms() + 61000);
    world.silent[1] = true;
    run_to_next_sending();
    sent_ms = world.sent_ms[1];
    run_until(now_ms() + 1100);
    assert_int_equal(plan_state(world.plan, 1), LINK_SUSPECT);
    commit(1, 1);
    run_to_next_sending();
    assert_in_range(world.sent_ms[1] - sent_ms, 1900, 2200);
}

static void another_address_is_another_agent_with_the_same_link(void **state)
{
    struct plan_device device = device_of(1);
    struct sockaddr_in v4;

    (void)state;
    world.policy.misses_to_down = 1;
    world.dropped = PLAN_OBJECT_ENGINE_TIME;
    commit(1, 1);
    run_until(now_ms() + 61000);
    world.dropped = 0;
    run_to_next_sending();
    assert_int_equal(world.objects, PLAN_OBJECT_UPTIME);
    memcpy(&v4, &device.address, sizeof v4);
    v4.sin_port = htons(1161);
    memcpy(&device.address, &v4, sizeof v4);
    commit_one(&device);
    assert_int_equal(plan_state(world.plan, 1), LINK_UP);
    world.silent[1] = true;
    settle(1); /* silence of the old address: no miss */
    assert_int_equal(plan_state(world.plan, 1), LINK_UP);
    world.silent[1] = false;
    run_to_next_sending();
    assert_int_equal(world.objects, PLAN_OBJECTS_ALL);
}

static void an_outage_given_later_counts_where_nothing_is_known_yet(void **state)
{
    struct plan_device device = device_of(1);

    (void)state;
    commit(1, 1);
    device.begins_down = true;
    device.first_bad.us = DAWN_US + 5;
    commit_one(&device);
    assert_int_equal(plan_state(world.plan, 1), LINK_DOWN);
    run_until(now_ms() + 20000);
    assert_int_equal(plan_state(world.plan, 1), LINK_UP);
    commit_one(&device); /* the parent did not know yet */
    assert_int_equal(plan_state(world.plan, 1), LINK_UP);
}

static void a_device_beside_that_becomes_the_gateway_tells_its_state_at_once(void **state)
{
    struct plan_device device = device_of(1);

    (void)state;
    commit_one(&device);
    run_until(now_ms() + 61000);
    world.changes_count = 0;
    device.gateway_of = 7;
    commit_one(&device);
    run_until(now_ms() + 100);
    assert_int_equal(world.changes_count, 1);
    assert_int_equal(world.changes[0].state, LINK_UP);
    commit_one(&device); /* the role is not new any more */
    run_until(now_ms() + 61000);
    assert_int_equal(world.changes_count, 1);
}

static void an_open_outage_ends_with_the_first_good_answers_of_the_new_gateway(void **state)
{
    struct plan_device device = device_of(1);
    int64_t swapped_us;

    (void)state;
    commit_one(&device);
    run_until(now_ms() + 61000);
    world.changes_count = 0;
    device.gateway_of = 7;
    device.begins_down = true;
    device.first_bad.us = DAWN_US + 5;
    swapped_us = world.now.wall.us;
    commit_one(&device);
    assert_int_equal(plan_state(world.plan, 1), LINK_DOWN);
    run_until(now_ms() + 20000);
    assert_int_equal(world.changes_count, 2);
    assert_int_equal(world.changes[0].state, LINK_RECOVERING);
    assert_int_equal(world.changes[1].effect, LINK_FX_ENDS);
    assert_int_equal(world.changes[1].first_bad.us, DAWN_US + 5);
    assert_in_range(world.changes[1].first_good.us, swapped_us, swapped_us + 100 * US_PER_MS);
}

static void
a_silent_device_begins_the_outage_of_its_new_site_when_it_becomes_its_gateway(void **state)
{
    struct plan_device device = device_of(1);
    int64_t swapped_us;

    (void)state;
    commit_one(&device);
    run_until(now_ms() + 61000);
    world.silent[1] = true;
    run_until(now_ms() + 90000);
    assert_int_equal(plan_state(world.plan, 1), LINK_DOWN);
    run_to_next_sending();
    settle(1);
    world.changes_count = 0;
    device.gateway_of = 7;
    swapped_us = world.now.wall.us;
    commit_one(&device);
    run_until(now_ms() + 30000);
    assert_int_equal(world.changes_count, 1);
    assert_int_equal(world.changes[0].effect, LINK_FX_BEGINS);
    assert_in_range(world.changes[0].first_bad.us, swapped_us, swapped_us + 100 * US_PER_MS);
    assert_false(wall_is_set(world.changes[0].last_good));
}

static void a_retired_gateway_that_is_silent_is_told_as_down_in_its_new_place(void **state)
{
    struct plan_device device = device_of(1);

    (void)state;
    device.gateway_of = 7;
    world.silent[1] = true;
    commit_one(&device);
    run_until(now_ms() + 90000);
    assert_int_equal(plan_state(world.plan, 1), LINK_DOWN);
    world.changes_count = 0;
    device.gateway_of = 0;
    commit_one(&device);
    run_until(now_ms() + 30000);
    assert_int_equal(world.changes_count, 1);
    assert_int_equal(world.changes[0].state, LINK_DOWN);
}

static void a_device_given_twice_is_probed_once(void **state)
{
    struct plan_device device = device_of(1);

    (void)state;
    plan_begin(world.plan, &world.policy);
    plan_device(world.plan, &device);
    plan_device(world.plan, &device);
    plan_commit(world.plan, &world.now);
    assert_int_equal(plan_count(world.plan), 1);
}

static void an_empty_plan_is_a_plan(void **state)
{
    (void)state;
    commit(1, 3);
    plan_begin(world.plan, &world.policy);
    plan_commit(world.plan, &world.now);
    assert_int_equal(plan_count(world.plan), 0);
    run_until(now_ms() + 120000);
    assert_int_equal(world.sent, 0);
}

#define T(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(devices_that_stay_keep_their_state),
        T(a_probe_under_way_survives_a_replacement),
        T(a_result_of_a_device_taken_off_the_plan_is_nobodys),
        T(what_was_asked_is_still_owed_after_a_replacement),
        T(the_fast_schedule_goes_on_over_a_replacement),
        T(another_address_is_another_agent_with_the_same_link),
        T(an_outage_given_later_counts_where_nothing_is_known_yet),
        T(a_device_beside_that_becomes_the_gateway_tells_its_state_at_once),
        T(an_open_outage_ends_with_the_first_good_answers_of_the_new_gateway),
        T(a_silent_device_begins_the_outage_of_its_new_site_when_it_becomes_its_gateway),
        T(a_retired_gateway_that_is_silent_is_told_as_down_in_its_new_place),
        T(a_device_given_twice_is_probed_once),
        T(an_empty_plan_is_a_plan),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
