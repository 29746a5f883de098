/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "probes/detector.h"

static const struct detector_policy three_and_two = {.misses_to_down = 3, .answers_to_up = 2};

static void three_misses_in_a_row_are_enough(void **state)
{
    struct detector detector;

    (void)state;
    detector_init(&detector);
    assert_false(detector_miss(&detector, &three_and_two));
    assert_false(detector_miss(&detector, &three_and_two));
    assert_true(detector_miss(&detector, &three_and_two));
    assert_true(detector_miss(&detector, &three_and_two));
    assert_int_equal(detector.miss_run, 4);
}

static void an_answer_forgets_the_misses(void **state)
{
    struct detector detector;

    (void)state;
    detector_init(&detector);
    for (int i = 0; i < 100; i++) {
        assert_false(detector_miss(&detector, &three_and_two));
        assert_false(detector_miss(&detector, &three_and_two));
        assert_false(detector_answer(&detector, &three_and_two));
        assert_int_equal(detector.miss_run, 0);
    }
}

static void a_miss_forgets_the_answers(void **state)
{
    struct detector detector;

    (void)state;
    detector_init(&detector);
    assert_false(detector_answer(&detector, &three_and_two));
    assert_false(detector_miss(&detector, &three_and_two));
    assert_false(detector_answer(&detector, &three_and_two));
    assert_true(detector_answer(&detector, &three_and_two));
}

static void one_is_enough_where_the_policy_says_so(void **state)
{
    static const struct detector_policy hasty = {.misses_to_down = 1, .answers_to_up = 1};
    struct detector detector;

    (void)state;
    detector_init(&detector);
    assert_true(detector_miss(&detector, &hasty));
    assert_true(detector_answer(&detector, &hasty));
}

static void a_run_never_comes_round_to_zero(void **state)
{
    struct detector detector = {.miss_run = UINT32_MAX - 1};

    (void)state;
    assert_true(detector_miss(&detector, &three_and_two));
    assert_true(detector_miss(&detector, &three_and_two));
    assert_int_equal(detector.miss_run, UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_misses_in_a_row_are_enough),
        cmocka_unit_test(an_answer_forgets_the_misses),
        cmocka_unit_test(a_miss_forgets_the_answers),
        cmocka_unit_test(one_is_enough_where_the_policy_says_so),
        cmocka_unit_test(a_run_never_comes_round_to_zero),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
