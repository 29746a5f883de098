/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/feeder.h"
#include "daemon/feeders.h"

/* Fell silent at some time in the minute before. */
static struct feeder_onset onset(size_t site, size_t parent, int64_t first_bad_s)
{
    return (struct feeder_onset){.site = site,
                                 .parent = parent,
                                 .last_good = {(first_bad_s - 60) * US_PER_S},
                                 .first_bad = {first_bad_s * US_PER_S}};
}

static size_t together(struct feeder_onset *onsets, size_t count, size_t answering)
{
    size_t sum = 0;

    feeder_judge(onsets, count, answering);
    for (size_t i = 0; i < count; i++)
        sum += onsets[i].together;
    return sum;
}

static void three_below_more_than_one_site_are_enough(void **state)
{
    struct feeder_onset onsets[] = {onset(1, 8, 1000), onset(2, 9, 1030), onset(3, 8, 1059)};

    (void)state;
    assert_int_equal(together(onsets, 3, 40), 3);
    onsets[0] = onset(1, 8, 1000);
    onsets[1] = onset(2, 8, 1030);
    onsets[2] = onset(3, 8, 1059); /* all of one radio */
    assert_int_equal(together(onsets, 3, 40), 0);
    assert_int_equal(together(onsets, 3, 3), 3);
}

static void two_are_when_they_are_half_or_one_tells_of_its_power(void **state)
{
    struct feeder_onset onsets[] = {onset(1, 8, 1000), onset(2, 9, 1030)};

    (void)state;
    assert_int_equal(together(onsets, 2, 3), 0);
    assert_int_equal(together(onsets, 2, 2), 2);
    onsets[1].power = true;
    assert_int_equal(together(onsets, 2, 30), 2);
}

static void one_is_never(void **state)
{
    struct feeder_onset onsets[] = {onset(1, 8, 1000)};

    (void)state;
    onsets[0].power = true;
    assert_int_equal(together(onsets, 1, 0), 0);
    assert_int_equal(together(onsets, 0, 0), 0);
}

/* Known to be silent between two instants each: they can be together until 120 s lie between. */
static void the_window_is_of_when_they_can_have_fallen_silent(void **state)
{
    struct feeder_onset onsets[] = {onset(1, 8, 1000), onset(2, 9, 1180)};

    (void)state;
    assert_int_equal(together(onsets, 2, 0), 2);
    onsets[0] = onset(1, 8, 1000);
    onsets[1] = onset(2, 9, 1181);
    assert_int_equal(together(onsets, 2, 0), 0);
}

static void who_is_asked_once_an_hour_says_nothing(void **state)
{
    struct feeder_onset onsets[] = {onset(1, 8, 1000), onset(2, 9, 1030)};

    (void)state;
    onsets[1].last_good.us -= 3600 * US_PER_S;
    assert_int_equal(together(onsets, 2, 0), 0);
    onsets[1].last_good.us = 0;
    assert_int_equal(together(onsets, 2, 0), 0);
}

static void a_loner_before_takes_nobody_away(void **state)
{
    struct feeder_onset onsets[7] = {onset(9, 9, 1000)};

    (void)state;
    for (size_t i = 1; i < 7; i++)
        onsets[i] = onset(i, i, 1155 + (int64_t)i * 9);
    assert_int_equal(together(onsets, 7, 40), 6);
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(onsets[i].together, onsets[i].site != 9);
}

static void two_losses_of_one_feeder_are_two(void **state)
{
    struct feeder_onset onsets[] = {onset(4, 8, 9000), onset(1, 8, 1000), onset(5, 9, 9010),
                                    onset(2, 9, 1010), onset(7, 9, 5000), onset(3, 7, 1020),
                                    onset(6, 7, 9030)};

    (void)state;
    assert_int_equal(together(onsets, 7, 40), 6);
}

static void a_feeder_knows_its_sites_and_a_site_its_feeder(void **state)
{
    struct feeders *feeders = feeders_new();
    const size_t *sites;

    (void)state;
    feeders_add(feeders, "PLN-SRG-07", 3);
    feeders_add(feeders, "PLN-SRG-08", 1);
    feeders_add(feeders, "", 2);
    feeders_add(feeders, "PLN-SRG-07", 0);
    feeders_seal(feeders, 4);
    assert_int_equal(feeders_count(feeders), 2);
    assert_string_equal(feeders_name(feeders, feeders_of(feeders, 0)), "PLN-SRG-07");
    assert_string_equal(feeders_name(feeders, feeders_of(feeders, 1)), "PLN-SRG-08");
    assert_true(feeders_of(feeders, 2) == FEEDERS_NONE);
    assert_int_equal(feeders_sites(feeders, feeders_of(feeders, 3), &sites), 2);
    assert_int_equal(sites[0], 0);
    assert_int_equal(sites[1], 3);
    feeders_free(feeders);
}

static void a_network_without_feeders_has_none(void **state)
{
    struct feeders *feeders = feeders_new();

    (void)state;
    feeders_seal(feeders, 2);
    assert_int_equal(feeders_count(feeders), 0);
    assert_true(feeders_of(feeders, 1) == FEEDERS_NONE);
    feeders_free(feeders);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_below_more_than_one_site_are_enough),
        cmocka_unit_test(two_are_when_they_are_half_or_one_tells_of_its_power),
        cmocka_unit_test(one_is_never),
        cmocka_unit_test(the_window_is_of_when_they_can_have_fallen_silent),
        cmocka_unit_test(who_is_asked_once_an_hour_says_nothing),
        cmocka_unit_test(a_loner_before_takes_nobody_away),
        cmocka_unit_test(two_losses_of_one_feeder_are_two),
        cmocka_unit_test(a_feeder_knows_its_sites_and_a_site_its_feeder),
        cmocka_unit_test(a_network_without_feeders_has_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
