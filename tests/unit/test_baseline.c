/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "daemon/baseline.h"

static bool near(double a, double b)
{
    return fabs(a - b) < 1e-4;
}

static void it_speaks_after_three_weeks(void **state)
{
    const struct baseline_rule *rule = baseline_rule("dBm", true);
    struct measure_limits limits;

    (void)state;
    for (uint8_t weeks = 0; weeks <= 8; weeks++) {
        struct baseline baseline = {weeks, -60, -60, -60};

        assert_int_equal(baseline_limits(&baseline, rule, &limits), weeks >= 3);
    }
    assert_true(near(limits.bad, -68));
    assert_true(near(limits.good, -64));
    assert_true(limits.below);
}

/* The margin is the greatest of the least, the share and four standard deviations of the spread. */
static void how_far_is_bad_goes_by_unit_and_by_how_it_varies(void **state)
{
    static const struct {
        const char *unit;
        bool below;
        struct baseline baseline;
        double bad, good;
    } table[] = {
        {"ms", false, {8, 30, 30, 30}, 130, 80},               /* 100 ms at least */
        {"ms", false, {8, 600, 600, 600}, 1200, 900},          /* a satellite: twice */
        {"ms", false, {8, 30, 60, 97.45F}, 260, 160},          /* varies by 50: four times that */
        {"V", true, {8, 12.6F, 12.6F, 12.6F}, 11.592, 12.096}, /* 8 % */
        {"V", true, {8, 3.3F, 3.3F, 3.3F}, 2.8, 3.05},         /* half a volt at least */
        {"dBm", true, {3, -64, -60, -58}, -77.79096, -68.89548},
        {"dB", true, {8, 25, 25, 25}, 17, 21},
        {"errors/s", false, {8, 0, 0, 0}, 1, 0.5},
        {"errors/s", false, {8, 2, 2, 2}, 8, 5},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct measure_limits limits;

        assert_true(baseline_limits(&table[i].baseline,
                                    baseline_rule(table[i].unit, table[i].below), &limits));
        assert_true(near(limits.bad, table[i].bad));
        assert_true(near(limits.good, table[i].good));
        assert_int_equal(limits.below, table[i].below);
    }
}

static void what_is_better_than_usual_and_other_units_have_no_rule(void **state)
{
    (void)state;
    assert_null(baseline_rule("ms", true));
    assert_null(baseline_rule("dBm", false)); /* a noise that rises is no signal */
    assert_null(baseline_rule("%", true));
    assert_null(baseline_rule("", false));
}

static void what_is_no_number_makes_no_limits(void **state)
{
    struct baseline baseline = {8, -60, (float)NAN, -60};
    struct measure_limits limits;

    (void)state;
    assert_false(baseline_limits(&baseline, baseline_rule("dBm", true), &limits));
    baseline = (struct baseline){8, -INFINITY, -60, -60};
    assert_false(baseline_limits(&baseline, baseline_rule("dBm", true), &limits));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_speaks_after_three_weeks),
        cmocka_unit_test(how_far_is_bad_goes_by_unit_and_by_how_it_varies),
        cmocka_unit_test(what_is_better_than_usual_and_other_units_have_no_rule),
        cmocka_unit_test(what_is_no_number_makes_no_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
