/* SPDX-License-Identifier: ISC */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/cause.h"

static enum cause first(uint32_t clues)
{
    struct cause_guess guess;

    cause_guess(clues, NULL, &guess);
    return guess.ranked[0].cause;
}

static double p_of(uint32_t clues, enum cause cause)
{
    struct cause_guess guess;

    cause_guess(clues, NULL, &guess);
    for (size_t i = 0; i < CAUSES_GUESSED; i++)
        if (guess.ranked[i].cause == cause)
            return guess.ranked[i].p;
    fail_msg("%s is not ranked", cause_name(cause));
    return 0;
}

static void every_set_of_clues_ranks_all_causes_and_their_sum_is_one(void **state)
{
    (void)state;
    for (uint32_t clues = 0; clues < CLUE(CLUE_END); clues += 9973 * 2) {
        struct cause_guess guess;
        double sum = 0;
        uint32_t seen = 0;

        cause_guess(clues & ~UINT32_C(1), NULL, &guess);
        for (size_t i = 0; i < CAUSES_GUESSED; i++) {
            assert_true(guess.ranked[i].p >= 0 && guess.ranked[i].p <= 1);
            assert_true(i == 0 || guess.ranked[i].p <= guess.ranked[i - 1].p);
            sum += guess.ranked[i].p;
            seen |= UINT32_C(1) << guess.ranked[i].cause;
        }
        assert_true(sum > 0.999999 && sum < 1.000001);
        assert_int_equal(seen, 0x3e); /* each once, and none of them unproven */
    }
}

static void a_clue_makes_its_cause_the_first(void **state)
{
    static const struct {
        uint32_t clues;
        enum cause cause;
    } rows[] = {
        {CLUE(CLUE_PARENT_ANSWERS), CAUSE_POWER}, /* the most usual */
        {CLUE(CLUE_BLAMED), CAUSE_UPSTREAM},
        {CLUE(CLUE_BLAMED) | CLUE(CLUE_ON_BATTERY), CAUSE_UPSTREAM},
        {CLUE(CLUE_PARENT_ANSWERS) | CLUE(CLUE_PING_ANSWERED), CAUSE_AGENT},
        {CLUE(CLUE_PARENT_ANSWERS) | CLUE(CLUE_LOS_ABOVE), CAUSE_LINK},
        {CLUE(CLUE_PARENT_ANSWERS) | CLUE(CLUE_SIGNAL_WEAK), CAUSE_LINK},
        {CLUE(CLUE_PARENT_ANSWERS) | CLUE(CLUE_GASP_ABOVE), CAUSE_POWER},
        {CLUE(CLUE_PARENT_ANSWERS) | CLUE(CLUE_SIGNAL_WEAK) | CLUE(CLUE_ON_BATTERY), CAUSE_POWER},
        {CLUE(CLUE_PARENT_ANSWERS) | CLUE(CLUE_SIGNAL_WEAK) | CLUE(CLUE_FEEDER_DOWN), CAUSE_POWER},
        {CLUE(CLUE_PARENT_ANSWERS) | CLUE(CLUE_BESIDE_ANSWERS) | CLUE(CLUE_PING_SILENT),
         CAUSE_DEVICE},
        {CLUE(CLUE_PARENT_ANSWERS) | CLUE(CLUE_ON_MAINS) | CLUE(CLUE_BESIDE_ANSWERS), CAUSE_DEVICE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (first(rows[i].clues) != rows[i].cause)
            fail_msg("row %zu: %s", i, cause_name(first(rows[i].clues)));
}

static void mains_that_are_back_take_the_battery_back(void **state)
{
    uint32_t told = CLUE(CLUE_PARENT_ANSWERS) | CLUE(CLUE_ON_BATTERY);

    (void)state;
    assert_true(p_of(told, CAUSE_POWER) > 0.95);
    assert_true(p_of(told | CLUE(CLUE_MAINS_BACK), CAUSE_POWER) < 0.85);
}

static void a_weak_clue_leaves_a_doubt(void **state)
{
    (void)state;
    assert_true(p_of(CLUE(CLUE_PARENT_ANSWERS) | CLUE(CLUE_SIGNAL_WEAK), CAUSE_LINK) < 0.85);
    assert_true(p_of(CLUE(CLUE_PARENT_ANSWERS), CAUSE_POWER) < 0.7);
}

static void every_clue_and_cause_has_words(void **state)
{
    (void)state;
    for (int clue = CLUE_BLAMED; clue < CLUE_END; clue++) {
        assert_non_null(cause_clue_source((enum cause_clue)clue));
        assert_non_null(cause_clue_word((enum cause_clue)clue));
    }
    for (int cause = CAUSE_POWER; cause < CAUSE_END; cause++)
        assert_non_null(cause_name((enum cause)cause));
}

static void earlier_outages_are_what_a_guess_begins_with(void **state)
{
    const uint32_t seen = CLUE(CLUE_PARENT_ANSWERS);
    struct cause_habit habit = {0};
    struct cause_guess guess, plain;

    (void)state;
    cause_guess(seen, NULL, &plain);
    cause_guess(seen, &habit, &guess); /* none is as none known */
    assert_true(fabs(guess.ranked[0].p - plain.ranked[0].p) < 1e-9);
    cause_habit_add(&habit, CAUSE_LINK, 1);
    cause_guess(seen, &habit, &guess);
    assert_int_equal(guess.ranked[0].cause, CAUSE_POWER); /* one is no habit */
    cause_habit_add(&habit, CAUSE_LINK, 5);
    cause_guess(seen, &habit, &guess);
    assert_int_equal(guess.ranked[0].cause, CAUSE_LINK);
    cause_guess(seen | CLUE(CLUE_ON_BATTERY), &habit, &guess); /* and no verdict */
    assert_int_equal(guess.ranked[0].cause, CAUSE_POWER);
    cause_guess(CLUE(CLUE_BLAMED), &habit, &guess);
    assert_int_equal(guess.ranked[0].cause, CAUSE_UPSTREAM);
}

static void a_habit_has_bounds_and_counts_what_a_site_can_have_by_itself(void **state)
{
    struct cause_habit habit = {0};

    (void)state;
    cause_habit_add(&habit, CAUSE_UPSTREAM, 3);
    cause_habit_add(&habit, CAUSE_UNPROVEN, 3);
    assert_int_equal(cause_habit_count(&habit), 0);
    cause_habit_add(&habit, CAUSE_LINK, 10);
    for (int i = 0; i < 1000; i++)
        cause_habit_add(&habit, CAUSE_POWER, 1);
    assert_in_range(habit.proven[CAUSE_POWER], 120, UINT8_MAX);
    assert_in_range(habit.proven[CAUSE_LINK], 0, 5); /* it faded */
    cause_habit_add(&habit, CAUSE_POWER, UINT32_MAX);
    assert_in_range(habit.proven[CAUSE_POWER], 120, UINT8_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_set_of_clues_ranks_all_causes_and_their_sum_is_one),
        cmocka_unit_test(a_clue_makes_its_cause_the_first),
        cmocka_unit_test(mains_that_are_back_take_the_battery_back),
        cmocka_unit_test(a_weak_clue_leaves_a_doubt),
        cmocka_unit_test(every_clue_and_cause_has_words),
        cmocka_unit_test(earlier_outages_are_what_a_guess_begins_with),
        cmocka_unit_test(a_habit_has_bounds_and_counts_what_a_site_can_have_by_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
