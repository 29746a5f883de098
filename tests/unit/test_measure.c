/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "daemon/measure.h"

#define ROUND_S 300

/* A signal is bad below -82 dBm, and good from -75 on; a round trip bad above 500 ms. */
static const struct measure_limits signal = {.bad = -82, .good = -75, .below = true};
static const struct measure_limits rtt = {.bad = 500, .good = 375, .below = false};

static struct wall at(uint32_t round)
{
    return (struct wall){((int64_t)1000000 + round * ROUND_S) * US_PER_S};
}

/* b: bad, m: neither, g: good; the last news that was any. */
static enum degraded_news hear(struct measure *measure, const struct measure_limits *limits,
                               uint32_t round, const char *rounds)
{
    enum degraded_news news = DEGRADED_NOTHING;

    for (; *rounds != '\0'; rounds++, round++) {
        double value = *rounds == 'b'   ? limits->bad + (limits->below ? -2 : 2)
                       : *rounds == 'm' ? (limits->bad + limits->good) / 2
                                        : limits->good;
        enum degraded_news now = measure_hear(measure, at(round), value, limits);

        if (now != DEGRADED_NOTHING)
            news = now;
    }
    return news;
}

static void three_bad_of_six_rounds_raise_it(void **state)
{
    static const struct {
        const char *rounds;
        bool degraded;
    } table[] = {
        {"bb", false},      {"bbb", true},     {"bgbgb", true},        {"bggbgb", true},
        {"bggggbb", false}, {"mmmmmm", false}, {"gggbgggbggg", false}, {"gggggbbb", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct measure low = {0}, high = {0};

        (void)hear(&low, &signal, 0, table[i].rounds);
        (void)hear(&high, &rtt, 0, table[i].rounds);
        assert_int_equal(low.is_degraded, table[i].degraded);
        assert_int_equal(high.is_degraded, table[i].degraded);
    }
}

static void it_begins_with_the_first_of_the_bad_rounds(void **state)
{
    struct measure measure = {0};

    (void)state;
    assert_int_equal(hear(&measure, &signal, 0, "gbggbb"), DEGRADED_BEGINS);
    assert_int_equal(measure.since.us, at(1).us);
    assert_true(fabs(measure_figure(&measure) - (3 * -75 + 3 * -84) / 6.0) < 1e-9);
}

static void the_limit_itself_is_not_beyond(void **state)
{
    struct measure measure = {0};

    (void)state;
    for (uint32_t i = 0; i < 9; i++)
        assert_int_equal(measure_hear(&measure, at(i), -82, &signal), DEGRADED_NOTHING);
    assert_true(measure_is_clean(&measure));
}

static void six_good_rounds_in_a_row_end_it_as_of_the_first(void **state)
{
    struct measure measure = {0};

    (void)state;
    (void)hear(&measure, &signal, 0, "bbb");
    assert_int_equal(hear(&measure, &signal, 3, "gggggmgggggbgggggmg"), DEGRADED_NOTHING);
    assert_true(measure.is_degraded);
    assert_int_equal(hear(&measure, &signal, 22, "ggggg"), DEGRADED_ENDS);
    assert_int_equal(measure.good_since.us, at(21).us);
    assert_true(measure_is_clean(&measure));
}

/* Better than bad is not good: what hangs between the limits neither begins nor ends. */
static void between_the_limits_nothing_changes(void **state)
{
    struct measure measure = {0};

    (void)state;
    (void)hear(&measure, &rtt, 0, "bbbmmmmmmmmmmmmmmmmmm");
    assert_true(measure.is_degraded);
    assert_int_equal(measure_bad_since(&measure).us, 0);
    (void)hear(&measure, &rtt, 21, "bbb");
    assert_int_equal(measure_bad_since(&measure).us, at(21).us);
}

static void rounds_before_a_long_silence_do_not_count(void **state)
{
    struct measure measure = {0};

    (void)state;
    (void)hear(&measure, &signal, 0, "bb");
    assert_int_equal(hear(&measure, &signal, 1 + MEASURE_GAP_S / ROUND_S, "b"), DEGRADED_NOTHING);
    assert_int_equal(measure.count, 1);
    assert_int_equal(hear(&measure, &signal, 2 + MEASURE_GAP_S / ROUND_S, "bb"), DEGRADED_BEGINS);
    assert_int_equal(measure.since.us, at(1 + MEASURE_GAP_S / ROUND_S).us);
    (void)hear(&measure, &signal, 4 + MEASURE_GAP_S / ROUND_S, "ggggg");
    assert_int_equal(hear(&measure, &signal, 100, "g"), DEGRADED_NOTHING);
    assert_int_equal(hear(&measure, &signal, 101, "ggggg"), DEGRADED_ENDS);
}

static void what_is_no_number_and_what_comes_twice_change_nothing(void **state)
{
    struct measure measure = {0}, before;

    (void)state;
    (void)hear(&measure, &signal, 1, "bb");
    before = measure;
    assert_int_equal(measure_hear(&measure, at(3), (double)NAN, &signal), DEGRADED_NOTHING);
    assert_int_equal(measure_hear(&measure, at(3), (double)-INFINITY, &signal), DEGRADED_NOTHING);
    assert_int_equal(measure_hear(&measure, at(2), -90, &signal), DEGRADED_NOTHING);
    assert_int_equal(measure_hear(&measure, at(0), -90, &signal), DEGRADED_NOTHING);
    assert_memory_equal(&measure, &before, sizeof measure);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_bad_of_six_rounds_raise_it),
        cmocka_unit_test(it_begins_with_the_first_of_the_bad_rounds),
        cmocka_unit_test(the_limit_itself_is_not_beyond),
        cmocka_unit_test(six_good_rounds_in_a_row_end_it_as_of_the_first),
        cmocka_unit_test(between_the_limits_nothing_changes),
        cmocka_unit_test(rounds_before_a_long_silence_do_not_count),
        cmocka_unit_test(what_is_no_number_and_what_comes_twice_change_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
