/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/flapping.h"

#define SLOT_S 300

static struct wall at(int64_t s)
{
    return (struct wall){(INT64_C(1700000000) + s) * US_PER_S};
}

/* Changes at these instants, the first to DOWN; the news of each. */
static enum flapping_news changes(struct flapping *flapping, const int64_t *seconds, size_t count)
{
    enum flapping_news news = FLAPPING_NOTHING;

    flapping_see(flapping, FLAPPING_UP, at(0));
    for (size_t i = 0; i < count; i++)
        news = flapping_see(flapping, i % 2 == 0 ? FLAPPING_DOWN : FLAPPING_UP, at(seconds[i]));
    return news;
}

/* Worked out by hand: the newest of 20 weighs 1.18, each before it 0.02 less, the oldest 0.80. */
static void the_figure_is_the_weighted_sum_of_twenty_observations(void **state)
{
    static const struct {
        uint32_t changes;
        uint32_t figure;
    } table[] = {
        {0x00000, 0},    {0x00001, 590}, /* 1.18 / 20 */
        {0x80000, 400},                  /* 0.80 / 20 */
        {0x00002, 580},                  /* 1.16 / 20 */
        {0x0001f, 2850},                 /* (1.18 + 1.16 + 1.14 + 1.12 + 1.10) / 20 */
        {0x0003f, 3390},                 /* … + 1.08 */
        {0xf8000, 2100},                 /* (0.80 + 0.82 + 0.84 + 0.86 + 0.88) / 20 */
        {0xfc000, 2550},                 /* … + 0.90 */
        {0x55555, 5000},                 /* 1.18 + 1.14 + … + 0.82: 10 of mean 1.00 */
        {0xaaaaa, 4900},                 /* 1.16 + 1.12 + … + 0.80 */
        {0xfffff, 9900},                 /* 20 of mean 0.99 */
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct flapping flapping = {.changes = table[i].changes};

        assert_int_equal(flapping_figure(&flapping), table[i].figure);
    }
}

static void three_outages_in_a_row_flap_and_five_changes_do_not(void **state)
{
    static const int64_t seconds[] = {60, 90, 120, 150, 180, 210};
    struct flapping five = {0}, six = {0};

    (void)state;
    assert_int_equal(changes(&five, seconds, 5), FLAPPING_NOTHING);
    assert_int_equal(changes(&six, seconds, 6), FLAPPING_BEGINS);
    assert_true(six.is_flapping);
    assert_int_equal(six.change.us, at(210).us);
}

static void outages_that_are_far_between_do_not(void **state)
{
    struct flapping flapping = {0};

    (void)state;
    flapping_see(&flapping, FLAPPING_UP, at(0));
    for (int64_t i = 1; i < 50; i++) { /* one an hour */
        assert_int_equal(flapping_see(&flapping, FLAPPING_DOWN, at(i * 3600)), FLAPPING_NOTHING);
        assert_int_equal(flapping_see(&flapping, FLAPPING_UP, at(i * 3600 + 120)),
                         FLAPPING_NOTHING);
    }
}

/* 20 minutes from one outage to the next: 2 changes and 4 or 3 quiet slots each time. */
static void three_an_hour_do(void **state)
{
    struct flapping flapping = {0};
    bool begun = false;

    (void)state;
    flapping_see(&flapping, FLAPPING_UP, at(0));
    for (int64_t i = 1; i < 6; i++) {
        flapping_see(&flapping, FLAPPING_DOWN, at(i * 1200));
        begun |= flapping_see(&flapping, FLAPPING_UP, at(i * 1200 + 120)) == FLAPPING_BEGINS;
    }
    assert_true(begun);
}

static void seventy_five_quiet_minutes_are_calm(void **state)
{
    static const int64_t seconds[] = {60, 90, 120, 150, 180, 210};
    struct flapping flapping = {0};

    (void)state;
    changes(&flapping, seconds, 6);
    /* 33.90 % less 0.60 points a slot (6 changes, 0.02 each, of 20): 25.50 % after 14; with the
     * 15th the oldest is forgotten, and the other five are 21.00 %. */
    assert_int_equal(flapping_calm_at(&flapping).us, at(210 + 15 * SLOT_S).us);
    assert_int_equal(flapping_pass(&flapping, at(210 + 15 * SLOT_S - 1)), FLAPPING_NOTHING);
    assert_int_equal(flapping_pass(&flapping, at(210 + 15 * SLOT_S)), FLAPPING_ENDS);
    assert_false(flapping.is_flapping);
    assert_false(wall_is_set(flapping_calm_at(&flapping)));
    assert_int_equal(flapping_pass(&flapping, at(1000000)), FLAPPING_NOTHING);
    assert_int_equal(flapping_figure(&flapping), 0);
}

static void it_calms_down_while_down_as_well(void **state)
{
    static const int64_t seconds[] = {60, 90, 120, 150, 180, 210, 240};
    struct flapping flapping = {0};

    (void)state;
    changes(&flapping, seconds, 7);
    assert_int_equal(flapping.last, FLAPPING_DOWN);
    assert_int_equal(flapping_pass(&flapping, flapping_calm_at(&flapping)), FLAPPING_ENDS);
    assert_int_equal(flapping.change.us, at(240).us);
}

static void what_is_not_seen_is_neither_quiet_nor_a_change(void **state)
{
    static const int64_t seconds[] = {60, 90, 120, 150, 180, 210};
    struct flapping flapping = {0};
    struct wall calm_at;

    (void)state;
    changes(&flapping, seconds, 6);
    calm_at = flapping_calm_at(&flapping);
    assert_int_equal(flapping_see(&flapping, FLAPPING_UNSEEN, at(400)), FLAPPING_NOTHING);
    assert_false(wall_is_set(flapping_calm_at(&flapping)));
    assert_int_equal(flapping_pass(&flapping, at(100000)), FLAPPING_NOTHING);
    assert_int_equal(flapping_see(&flapping, FLAPPING_UP, at(400 + 50000)), FLAPPING_NOTHING);
    assert_int_equal(flapping_calm_at(&flapping).us, calm_at.us + 50000 * US_PER_S);
    assert_int_equal(flapping_figure(&flapping), 3390);
}

static void a_site_that_went_down_unseen_has_changed_once(void **state)
{
    struct flapping flapping = {0};

    (void)state;
    flapping_see(&flapping, FLAPPING_UP, at(0));
    flapping_see(&flapping, FLAPPING_UNSEEN, at(10));
    flapping_see(&flapping, FLAPPING_DOWN, at(20));
    assert_int_equal(flapping_figure(&flapping), 590);
}

static void the_first_that_is_seen_of_a_site_is_no_change(void **state)
{
    struct flapping flapping = {0};

    (void)state;
    flapping_see(&flapping, FLAPPING_DOWN, at(0));
    assert_int_equal(flapping_figure(&flapping), 0);
    assert_int_equal(flapping_pass(&flapping, at(86400)), FLAPPING_NOTHING);
}

static void a_clock_that_steps_back_loses_nothing(void **state)
{
    static const int64_t seconds[] = {3660, 3690, 3720, 150, 180, 210};
    struct flapping flapping = {0};

    (void)state;
    assert_int_equal(changes(&flapping, seconds, 6), FLAPPING_BEGINS);
    assert_int_equal(flapping.change.us, at(3720).us);
}

/* Quiet enough to be calm, and a change in the next moment: one piece of news, or none. */
static void calm_and_not_calm_in_one_moment_is_no_news(void **state)
{
    static const int64_t seconds[] = {60, 90, 120, 150, 180, 210, 240, 270};
    struct flapping flapping = {0};
    bool was_flapping;
    enum flapping_news news;

    (void)state;
    changes(&flapping, seconds, 8);
    was_flapping = flapping.is_flapping;
    news = flapping_see(&flapping, FLAPPING_DOWN, flapping_calm_at(&flapping));
    assert_true(was_flapping);
    assert_int_equal(news == FLAPPING_NOTHING, flapping.is_flapping);
    assert_int_equal(news == FLAPPING_ENDS, !flapping.is_flapping);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_figure_is_the_weighted_sum_of_twenty_observations),
        cmocka_unit_test(three_outages_in_a_row_flap_and_five_changes_do_not),
        cmocka_unit_test(outages_that_are_far_between_do_not),
        cmocka_unit_test(three_an_hour_do),
        cmocka_unit_test(seventy_five_quiet_minutes_are_calm),
        cmocka_unit_test(it_calms_down_while_down_as_well),
        cmocka_unit_test(what_is_not_seen_is_neither_quiet_nor_a_change),
        cmocka_unit_test(a_site_that_went_down_unseen_has_changed_once),
        cmocka_unit_test(the_first_that_is_seen_of_a_site_is_no_change),
        cmocka_unit_test(a_clock_that_steps_back_loses_nothing),
        cmocka_unit_test(calm_and_not_calm_in_one_moment_is_no_news),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
