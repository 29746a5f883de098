/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "probes/detector.h"

#define INTERVAL_MS 30000

static const struct detector_policy counting = {.misses_least = 3, .answers_to_up = 2};

static struct detector_policy judging(uint32_t years)
{
    return (struct detector_policy){.misses_least = 3,
                                    .answers_to_up = 3,
                                    .false_down_years = years,
                                    .evidence = detector_evidence(INTERVAL_MS, years)};
}

static struct mono at_s(double s)
{
    return (struct mono){(int64_t)(s * (double)US_PER_S)};
}

/* Misses a second apart from `from` on, until it is enough; how many that were. */
static int misses_until_down(struct detector detector, const struct detector_policy *policy,
                             double from)
{
    int misses = 1;

    while (misses < 1000 && !detector_miss(&detector, policy, at_s(from + misses)))
        misses++;
    return misses;
}

/* So many turns of which every one in `every` is lost and heals at once. */
static void live(struct detector *detector, const struct detector_policy *policy, double *now,
                 int turns, int every)
{
    for (int i = 1; i <= turns; i++, *now += INTERVAL_MS / 1000.0) {
        if (every != 0 && i % every == 0)
            detector_miss(detector, policy, at_s(*now - 1));
        detector_answer(detector, policy, at_s(*now));
    }
}

static void counting_takes_so_many_misses_in_a_row(void **state)
{
    struct detector detector;

    (void)state;
    detector_init(&detector);
    for (int i = 0; i < 100; i++) {
        assert_false(detector_miss(&detector, &counting, at_s(i)));
        assert_false(detector_miss(&detector, &counting, at_s(i)));
        assert_false(detector_answer(&detector, &counting, at_s(i)));
    }
    assert_false(detector_miss(&detector, &counting, at_s(200)));
    assert_false(detector_miss(&detector, &counting, at_s(201)));
    assert_true(detector_miss(&detector, &counting, at_s(202)));
    assert_true(detector_miss(&detector, &counting, at_s(203)));
}

static void a_miss_forgets_the_answers(void **state)
{
    struct detector detector;

    (void)state;
    detector_init(&detector);
    assert_false(detector_answer(&detector, &counting, at_s(1)));
    assert_false(detector_miss(&detector, &counting, at_s(2)));
    assert_false(detector_answer(&detector, &counting, at_s(3)));
    assert_true(detector_answer(&detector, &counting, at_s(4)));
}

static void a_run_never_comes_round_to_zero(void **state)
{
    struct detector detector = {.miss_run = UINT32_MAX - 1, .down = true};

    (void)state;
    assert_true(detector_miss(&detector, &counting, at_s(1)));
    assert_true(detector_miss(&detector, &counting, at_s(2)));
    assert_int_equal(detector.miss_run, UINT32_MAX);
}

/* Rain may have begun with the first miss: at a loss of a quarter, fewer misses in a row would
 * happen too often. */
static void a_clean_link_takes_eight_misses(void **state)
{
    struct detector_policy policy = judging(100);
    struct detector detector;
    double now = 0;

    (void)state;
    detector_init(&detector);
    assert_int_equal(misses_until_down(detector, &policy, now), DETECTOR_MISSES_LEAST);
    live(&detector, &policy, &now, 2000, 0);
    assert_int_equal(misses_until_down(detector, &policy, now), DETECTOR_MISSES_LEAST);
    policy.misses_least = 12;
    assert_int_equal(misses_until_down(detector, &policy, now), 12);
}

/* One false alarm in a hundred years of 1,051,920 probes each: the loss to the power of the misses
 * must be below one in 105 million. */
static void the_more_a_link_loses_the_more_misses_it_takes(void **state)
{
    static const struct {
        int every;
        int least, most;
    } cases[] = {{10, 8, 12}, {5, 11, 15}, {3, 17, 24}, {2, 27, 37}};
    struct detector_policy policy = judging(100);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct detector detector;
        double now = 0;

        detector_init(&detector);
        live(&detector, &policy, &now, 3000 / cases[i].every * cases[i].every, cases[i].every);
        assert_in_range(misses_until_down(detector, &policy, now), cases[i].least, cases[i].most);
    }
}

static void a_larger_budget_takes_fewer_misses(void **state)
{
    struct detector_policy careful = judging(10000), hasty = judging(1);
    struct detector detector;
    double now = 0;

    (void)state;
    detector_init(&detector);
    live(&detector, &careful, &now, 3000, 4);
    assert_true(misses_until_down(detector, &hasty, now) <
                misses_until_down(detector, &careful, now));
}

static void one_healed_miss_already_makes_it_careful_and_an_hour_makes_it_quick_again(void **state)
{
    struct detector_policy policy = judging(100);
    struct detector detector;
    double now = 0;

    (void)state;
    detector_init(&detector);
    live(&detector, &policy, &now, 2000, 0);
    detector_miss(&detector, &policy, at_s(now));
    detector_answer(&detector, &policy, at_s(now + 1));
    assert_true(misses_until_down(detector, &policy, now + 2) > DETECTOR_MISSES_LEAST);
    now += INTERVAL_MS / 1000.0;
    live(&detector, &policy, &now, 1200, 4); /* ten hours of rain */
    assert_true(misses_until_down(detector, &policy, now) > 12);
    live(&detector, &policy, &now, 120, 0);
    assert_true(misses_until_down(detector, &policy, now) <= 10);
}

static void bursts_that_heal_have_to_be_outlasted(void **state)
{
    struct detector_policy policy = judging(100);
    struct detector detector;
    double now = 0;
    int span;

    (void)state;
    detector_init(&detector);
    for (int burst = 0; burst < 60; burst++) { /* ten a day, of 12 s */
        live(&detector, &policy, &now, 288, 0);
        for (int i = 0; i < 12; i++)
            detector_miss(&detector, &policy, at_s(now + i));
        detector_answer(&detector, &policy, at_s(now + 12));
        now += INTERVAL_MS / 1000.0;
    }
    live(&detector, &policy, &now, 100, 0);
    span = misses_until_down(detector, &policy, now);
    assert_in_range(span, 60, BURST_SPAN_MOST_MS / 1000);
    live(&detector, &policy, &now, 180 * 2880, 0); /* half a year without */
    assert_in_range(misses_until_down(detector, &policy, now), 8, 16);
}

static void one_hiccup_is_no_habit(void **state)
{
    struct detector_policy policy = judging(100);
    struct detector detector;
    double now = 0;

    (void)state;
    detector_init(&detector);
    live(&detector, &policy, &now, 2880, 0);
    for (int i = 0; i < 7; i++)
        detector_miss(&detector, &policy, at_s(now + i));
    detector_answer(&detector, &policy, at_s(now + 7));
    now += INTERVAL_MS / 1000.0;
    live(&detector, &policy, &now, 120, 0);
    assert_in_range(misses_until_down(detector, &policy, now), 8, 30);
}

/* A burst that was longer than what was believed in teaches, too. */
static void a_short_outage_counts_as_a_burst(void **state)
{
    struct detector_policy policy = judging(100);
    struct detector detector;
    double now = 1000;

    (void)state;
    detector_init(&detector);
    live(&detector, &policy, &now, 100, 0);
    for (int i = 0; i < 40; i++)
        detector_miss(&detector, &policy, at_s(now + i));
    assert_true(detector.down);
    for (int i = 40; i < 43; i++)
        assert_int_equal(detector_answer(&detector, &policy, at_s(now + i)), i == 42);
    assert_false(detector.down);
    assert_true(detector.burst.count > 0.9F);
    assert_in_range((int)detector.burst.mean_ms, 35000, 40000);
    assert_true(detector_span_ms(&detector, policy.false_down_years, at_s(now + 50)) > 15000);
}

static void a_long_outage_says_nothing_of_bursts_or_of_usual_loss(void **state)
{
    struct detector_policy policy = judging(100);
    struct detector detector;
    double now = 1000, loss;

    (void)state;
    detector_init(&detector);
    live(&detector, &policy, &now, 1000, 20);
    loss = detector_loss(&detector);
    for (int i = 0; i < 4000; i += 15)
        detector_miss(&detector, &policy, at_s(now + i));
    for (int i = 4000; i < 4003; i++)
        detector_answer(&detector, &policy, at_s(now + i));
    assert_false(detector.down);
    assert_true(detector.burst.count == 0);
    assert_true(detector_loss(&detector) <= loss);
}

/* Every ninth probe is lost, and nothing was known of that: it is back, if worse than it was. */
static void a_link_that_loses_more_than_it_did_comes_back_all_the_same(void **state)
{
    struct detector_policy policy = judging(100);
    struct detector detector;
    int probes = 0;

    (void)state;
    detector_init_down(&detector);
    assert_false(detector_answer(&detector, &policy, at_s(0)));
    assert_false(detector_miss(&detector, &policy, at_s(1)));
    for (bool back = false; !back; probes++) {
        assert_true(probes < 200);
        if (probes % 9 == 0)
            assert_false(detector_miss(&detector, &policy, at_s(2 + probes)));
        else
            back = detector_answer(&detector, &policy, at_s(2 + probes));
    }
    assert_true(probes >= DETECTOR_WAY_MOST - 2);
}

static void what_another_learned_counts_from_the_first_miss(void **state)
{
    struct detector_policy policy = judging(100);
    struct detector detector;

    (void)state;
    detector_init(&detector);
    detector_know(&detector, 0.3);
    assert_int_equal(misses_until_down(detector, &policy, 0), 16);
}

static void a_link_that_loses_two_thirds_is_judged_all_the_same(void **state)
{
    struct detector_policy policy = judging(100);
    struct detector detector = {.recent = 0.9F, .habit = 0.9F};

    (void)state;
    assert_in_range(misses_until_down(detector, &policy, 0), 30, 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counting_takes_so_many_misses_in_a_row),
        cmocka_unit_test(a_miss_forgets_the_answers),
        cmocka_unit_test(a_run_never_comes_round_to_zero),
        cmocka_unit_test(a_clean_link_takes_eight_misses),
        cmocka_unit_test(the_more_a_link_loses_the_more_misses_it_takes),
        cmocka_unit_test(a_larger_budget_takes_fewer_misses),
        cmocka_unit_test(one_healed_miss_already_makes_it_careful_and_an_hour_makes_it_quick_again),
        cmocka_unit_test(bursts_that_heal_have_to_be_outlasted),
        cmocka_unit_test(one_hiccup_is_no_habit),
        cmocka_unit_test(a_short_outage_counts_as_a_burst),
        cmocka_unit_test(a_long_outage_says_nothing_of_bursts_or_of_usual_loss),
        cmocka_unit_test(a_link_that_loses_more_than_it_did_comes_back_all_the_same),
        cmocka_unit_test(what_another_learned_counts_from_the_first_miss),
        cmocka_unit_test(a_link_that_loses_two_thirds_is_judged_all_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
