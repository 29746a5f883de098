/* SPDX-License-Identifier: ISC */
/* The second reason: an echo beside the probe tells a mute agent from a silent device. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/plan_world.h"

static const struct link_change *last_change(void)
{
    assert_true(world.changes_count > 0);
    return &world.changes[world.changes_count - 1];
}

/* The next probe of device 1, and what becomes of the echo that went along with it, if one did. */
static bool next_probe(bool echo_answered)
{
    run_to_next_sending();
    if (world.under_way[1].echo_too)
        plan_hear_echo(world.plan, 1, echo_answered, world.now.wall);
    return world.under_way[1].echo_too;
}

static void up_first(void)
{
    commit(1, 1);
    run_to_next_sending();
    assert_false(world.under_way[1].echo_too);
    run_until(now_ms() + 20);
    assert_int_equal(plan_state(world.plan, 1), LINK_UP);
    assert_int_equal(last_change()->ping, LINK_PING_UNKNOWN);
}

static void down_with(bool echo_answered)
{
    up_first();
    world.silent[1] = true;
    assert_false(next_probe(echo_answered)); /* nobody suspects anything yet */
    assert_true(next_probe(echo_answered));
    assert_true(next_probe(echo_answered));
    run_until(now_ms() + 1010);
    assert_int_equal(last_change()->state, LINK_DOWN);
    assert_int_equal(last_change()->effect, LINK_FX_BEGINS);
}

static void a_mute_agent_is_down_but_its_address_answers(void **state)
{
    (void)state;
    down_with(true);
    assert_int_equal(last_change()->ping, LINK_PING_ANSWERS);
}

static void a_silent_device_answers_neither(void **state)
{
    (void)state;
    down_with(false);
    assert_int_equal(last_change()->ping, LINK_PING_SILENT);
}

static void nothing_is_known_where_nobody_could_ping(void **state)
{
    (void)state;
    up_first();
    world.silent[1] = true;
    for (int miss = 0; miss < 3; miss++)
        run_to_next_sending();
    run_until(now_ms() + 1010);
    assert_int_equal(last_change()->state, LINK_DOWN);
    assert_int_equal(last_change()->ping, LINK_PING_UNKNOWN);
}

static void of_one_that_is_down_a_change_is_told_and_nothing_else(void **state)
{
    size_t changes, echoes = 0;

    (void)state;
    down_with(false);
    changes = world.changes_count;
    for (int probe = 0; probe < 40; probe++)
        echoes += next_probe(false);
    assert_int_equal(echoes, 10);
    assert_int_equal(world.changes_count, changes);
    for (int probe = 0; probe < 8; probe++)
        next_probe(true);
    assert_int_equal(world.changes_count, changes + 1);
    assert_int_equal(last_change()->state, LINK_DOWN);
    assert_int_equal(last_change()->effect, LINK_FX_NONE);
    assert_int_equal(last_change()->ping, LINK_PING_ANSWERS);
    assert_true(wall_is_set(last_change()->first_bad));
    assert_false(last_change()->asked);
}

static void an_echo_answers_no_question_out_of_turn(void **state)
{
    (void)state;
    down_with(false);
    assert_true(plan_probe_now(world.plan, 1));
    plan_hear_echo(world.plan, 1, true, world.now.wall);
    assert_int_equal(last_change()->ping, LINK_PING_ANSWERS);
    assert_false(last_change()->asked);
    run_to_next_sending();
    run_until(now_ms() + 1010);
    assert_true(last_change()->asked);
}

static void who_answers_again_needs_no_second_reason(void **state)
{
    (void)state;
    down_with(true);
    world.silent[1] = false;
    for (int probe = 0; probe < 3; probe++)
        run_to_next_sending();
    run_until(now_ms() + 20);
    assert_int_equal(last_change()->effect, LINK_FX_ENDS);
    assert_int_equal(last_change()->ping, LINK_PING_UNKNOWN);
    plan_hear_echo(world.plan, 1, false, world.now.wall); /* late */
    assert_int_equal(last_change()->effect, LINK_FX_ENDS);
    world.silent[1] = true;
    run_to_next_sending();
    run_until(now_ms() + 1010);
    assert_int_equal(last_change()->state, LINK_SUSPECT);
    assert_int_equal(last_change()->ping, LINK_PING_UNKNOWN);
}

/* Both came back together, and the echo was faster: that makes no mute agent of it. */
static void an_echo_counts_once_its_probe_was_missed(void **state)
{
    size_t changes;

    (void)state;
    down_with(false);
    world.silent[1] = false;
    changes = world.changes_count;
    run_to_next_sending();
    plan_hear_echo(world.plan, 1, true, world.now.wall);
    assert_int_equal(world.changes_count, changes);
    run_until(now_ms() + 20);
    assert_int_equal(world.changes_count, changes + 1);
    assert_int_equal(last_change()->state, LINK_RECOVERING);
    assert_int_equal(last_change()->ping, LINK_PING_UNKNOWN);
}

static void what_is_only_pinged_has_one_reason(void **state)
{
    struct plan_device device = device_of(1);

    (void)state;
    device.snmp = PLAN_ICMP;
    device.credential = 0;
    world.silent[1] = true;
    commit_one(&device);
    for (int miss = 0; miss < 3; miss++)
        assert_false(next_probe(true));
    run_until(now_ms() + 1010);
    assert_int_equal(last_change()->state, LINK_DOWN);
    assert_int_equal(last_change()->ping, LINK_PING_SILENT);
}

static void a_stranger_and_another_agent_are_not_known_to_answer(void **state)
{
    struct plan_device device = device_of(1);

    (void)state;
    down_with(true);
    plan_hear_echo(world.plan, 99, true, world.now.wall);
    device.address.v4.sin_addr.s_addr ^= htonl(0x100);
    commit_one(&device);
    assert_true(plan_probe_now(world.plan, 1));
    run_to_next_sending();
    run_until(now_ms() + 1010);
    assert_int_equal(last_change()->state, LINK_DOWN);
    assert_int_equal(last_change()->ping, LINK_PING_UNKNOWN);
}

#define T(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_mute_agent_is_down_but_its_address_answers),
        T(a_silent_device_answers_neither),
        T(nothing_is_known_where_nobody_could_ping),
        T(of_one_that_is_down_a_change_is_told_and_nothing_else),
        T(an_echo_answers_no_question_out_of_turn),
        T(who_answers_again_needs_no_second_reason),
        T(an_echo_counts_once_its_probe_was_missed),
        T(what_is_only_pinged_has_one_reason),
        T(a_stranger_and_another_agent_are_not_known_to_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
