/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/blind.h"

static struct blind blind;

static int begin(void **state)
{
    (void)state;
    blind_init(&blind);
    return 0;
}

static void take(size_t count)
{
    static const uint32_t devices[] = {11, 12, 13};

    blind_take(&blind, devices, count, (struct wall){1000});
}

static void hear(uint32_t device, enum link_state state, int64_t at, bool asked)
{
    struct link_change change = {.device_id = device,
                                 .state = state,
                                 .effect = LINK_FX_NONE,
                                 .at = {at},
                                 .last_good = {state == LINK_UP ? 0 : 900},
                                 .asked = asked};

    blind_hear(&blind, &change);
}

/* Two references that answered at 2000 are silent at 3000. */
static void both_down(void)
{
    take(2);
    hear(11, LINK_UP, 2000, false);
    hear(12, LINK_UP, 2000, false);
    hear(11, LINK_DOWN, 3000, false);
    hear(12, LINK_DOWN, 3000, false);
}

static void fewer_than_two_references_give_no_verdict(void **state)
{
    (void)state;
    for (size_t count = 0; count < 2; count++) {
        take(count);
        hear(11, LINK_DOWN, 3000, false);
        assert_false(blind_decide(&blind, false));
        assert_int_equal(blind.sight, SIGHT_SEES);
        assert_true(blind_vouches(&blind, (struct wall){9999}));
    }
}

static void nothing_is_vouched_for_before_a_reference_has_answered(void **state)
{
    (void)state;
    take(2);
    assert_int_equal(blind.sight, SIGHT_UNSURE);
    assert_false(blind_vouches(&blind, (struct wall){0}));
    hear(12, LINK_UP, 2000, false);
    assert_int_equal(blind.sight, SIGHT_SEES);
    assert_true(blind_vouches(&blind, (struct wall){2000}));
    assert_false(blind_vouches(&blind, (struct wall){2001}));
}

static void all_references_down_and_nobody_to_ask_is_blindness(void **state)
{
    (void)state;
    both_down();
    assert_true(blind_decide(&blind, false));
    blind_ask(&blind, NULL, 0, (struct wall){3000});
    assert_int_equal(blind.sight, SIGHT_BLIND);
    assert_int_equal(blind.since.us, 2000);
    assert_false(blind_vouches(&blind, (struct wall){0}));
}

static void one_reference_that_is_not_down_is_sight(void **state)
{
    (void)state;
    take(3);
    hear(13, LINK_UP, 2000, false);
    hear(11, LINK_DOWN, 3000, false);
    hear(12, LINK_DOWN, 3000, false);
    assert_false(blind_decide(&blind, false));
    assert_int_equal(blind.sight, SIGHT_SEES);
    assert_false(blind.dark);
}

static void one_answer_ends_blindness(void **state)
{
    (void)state;
    both_down();
    assert_true(blind_decide(&blind, false));
    blind_ask(&blind, NULL, 0, (struct wall){3000});
    hear(12, LINK_RECOVERING, 4000, true);
    assert_int_equal(blind.sight, SIGHT_SEES);
    assert_int_equal(blind.since.us, 4000);
    assert_true(blind_was_dark(&blind, (struct wall){3999}));
    assert_false(blind_was_dark(&blind, (struct wall){4000}));
}

static void a_miss_on_the_way_back_is_no_answer(void **state)
{
    (void)state;
    both_down();
    assert_true(blind_decide(&blind, false));
    hear(12, LINK_RECOVERING, 4000, true);
    hear(12, LINK_RECOVERING, 5000, true);
    assert_int_equal(blind.answered_at.us, 4000);
}

static void half_of_the_witnesses_say_that_the_references_are_bad(void **state)
{
    static const uint32_t witnesses[] = {21, 22};

    (void)state;
    both_down();
    assert_true(blind_decide(&blind, false));
    blind_ask(&blind, witnesses, 2, (struct wall){3000});
    hear(21, LINK_SUSPECT, 3100, true);
    assert_false(blind_decide(&blind, false));
    assert_int_equal(blind.sight, SIGHT_UNSURE);
    hear(22, LINK_UP, 3100, true);
    assert_false(blind_decide(&blind, false));
    assert_int_equal(blind.sight, SIGHT_SEES);
    assert_true(blind.bad);
}

static void witnesses_that_say_nothing_in_time_were_silent(void **state)
{
    static const uint32_t witnesses[] = {21, 22, 23};

    (void)state;
    both_down();
    assert_true(blind_decide(&blind, false));
    blind_ask(&blind, witnesses, 3, (struct wall){3000});
    hear(21, LINK_UP, 3100, true);
    hear(22, LINK_UP, 2900, true); /* of before */
    assert_false(blind_decide(&blind, true));
    assert_int_equal(blind.sight, SIGHT_BLIND);
}

static void what_may_not_be_pinged_is_no_reference(void **state)
{
    (void)state;
    take(2);
    hear(11, LINK_UNKNOWN, 2000, false);
    assert_int_equal(blind_able(&blind), 1);
    assert_false(blind_decide(&blind, false));
    assert_int_equal(blind.sight, SIGHT_SEES);
}

static void a_child_that_is_gone_is_no_blindness(void **state)
{
    (void)state;
    take(2);
    hear(11, LINK_UP, 2000, false);
    hear(12, LINK_UP, 2000, false);
    hear(11, LINK_DOWN, 3000, false);
    blind_lose(&blind, 12);
    assert_false(blind_decide(&blind, false));
    assert_int_equal(blind.sight, SIGHT_SEES);
}

static void a_packet_lost_by_each_of_two_lossy_references_is_chance(void **state)
{
    struct link_change miss = {
        .device_id = 11, .state = LINK_SUSPECT, .at = {3000}, .loss_ppm = 300000};

    (void)state;
    take(2);
    hear(11, LINK_UP, 2000, false);
    hear(12, LINK_UP, 2000, false);
    blind_hear(&blind, &miss);
    miss.device_id = 12;
    blind_hear(&blind, &miss);
    assert_false(blind_decide(&blind, false));
    assert_false(blind.dark);
    for (int i = 0; i < 5; i++)
        blind_hear(&blind, &miss);
    assert_false(blind_decide(&blind, false));
    assert_true(blind.dark);
}

static void without_its_references_nobody_is_blind(void **state)
{
    (void)state;
    both_down();
    assert_true(blind_decide(&blind, false));
    blind_ask(&blind, NULL, 0, (struct wall){3000});
    take(1);
    assert_int_equal(blind.sight, SIGHT_SEES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(fewer_than_two_references_give_no_verdict, begin),
        cmocka_unit_test_setup(nothing_is_vouched_for_before_a_reference_has_answered, begin),
        cmocka_unit_test_setup(all_references_down_and_nobody_to_ask_is_blindness, begin),
        cmocka_unit_test_setup(one_reference_that_is_not_down_is_sight, begin),
        cmocka_unit_test_setup(one_answer_ends_blindness, begin),
        cmocka_unit_test_setup(a_miss_on_the_way_back_is_no_answer, begin),
        cmocka_unit_test_setup(half_of_the_witnesses_say_that_the_references_are_bad, begin),
        cmocka_unit_test_setup(witnesses_that_say_nothing_in_time_were_silent, begin),
        cmocka_unit_test_setup(what_may_not_be_pinged_is_no_reference, begin),
        cmocka_unit_test_setup(a_child_that_is_gone_is_no_blindness, begin),
        cmocka_unit_test_setup(a_packet_lost_by_each_of_two_lossy_references_is_chance, begin),
        cmocka_unit_test_setup(without_its_references_nobody_is_blind, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
