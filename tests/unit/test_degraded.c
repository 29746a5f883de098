/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/degraded.h"

#define FLOOR_PPM 50000 /* 5 % */

/* One round of ten probes each, beginning at slot; the last news that was any. */
static enum degraded_news hear(struct degraded *link, uint32_t slot, const char *lost)
{
    enum degraded_news news = DEGRADED_NOTHING;

    for (; *lost != '\0'; lost++, slot++) {
        struct degraded_round round = {slot, 10, (uint16_t)(*lost - '0')};
        enum degraded_news now = degraded_hear(link, &round, FLOOR_PPM);

        if (now != DEGRADED_NOTHING)
            news = now;
    }
    return news;
}

/* At 5 % of 60 probes chance explains 3 + 2 * 1.69 = 6.4 of them. */
static void it_takes_bad_rounds_and_more_than_chance(void **state)
{
    static const struct {
        const char *lost;
        bool degraded;
    } table[] = {
        {"000000", false}, {"000001", false}, {"100100", false}, {"111111", false},
        {"211111", true},  {"000900", false}, {"000550", false}, {"000333", true},
        {"303000", false}, {"030202", true},  {"030201", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct degraded link = {0};
        enum degraded_news news = hear(&link, 100, table[i].lost);

        assert_int_equal(news == DEGRADED_BEGINS, table[i].degraded);
        assert_int_equal(link.is_degraded, table[i].degraded);
    }
}

static void it_begins_with_the_first_of_the_bad_rounds(void **state)
{
    struct degraded link = {0};

    (void)state;
    assert_int_equal(hear(&link, 100, "003033"), DEGRADED_BEGINS);
    assert_int_equal(link.since, 102);
    assert_int_equal(degraded_loss_ppm(&link), 150000);
}

static void six_good_rounds_in_a_row_end_it_as_of_the_first(void **state)
{
    struct degraded link = {0};

    (void)state;
    hear(&link, 100, "333333");
    assert_int_equal(hear(&link, 106, "00000"), DEGRADED_NOTHING);
    assert_int_equal(hear(&link, 111, "1"), DEGRADED_NOTHING);
    assert_int_equal(hear(&link, 112, "00000"), DEGRADED_NOTHING);
    assert_int_equal(hear(&link, 117, "0"), DEGRADED_ENDS);
    assert_int_equal(link.good_since, 112);
    assert_true(degraded_is_clean(&link));
}

/* Good is half of the floor: of 40 probes 1 is, 2 are not. */
static void the_threshold_to_clear_is_lower(void **state)
{
    struct degraded link = {0};
    struct degraded_round one = {200, 40, 1}, two = {201, 40, 2};

    (void)state;
    hear(&link, 100, "333333");
    degraded_hear(&link, &one, FLOOR_PPM);
    assert_int_equal(link.good_run, 1);
    degraded_hear(&link, &two, FLOOR_PPM);
    assert_int_equal(link.good_run, 0);
}

static void a_round_that_was_heard_or_has_no_probes_is_none(void **state)
{
    struct degraded link = {0};
    struct degraded_round empty = {103, 0, 0};

    (void)state;
    hear(&link, 100, "55");
    assert_int_equal(hear(&link, 101, "9"), DEGRADED_NOTHING);
    assert_int_equal(degraded_hear(&link, &empty, FLOOR_PPM), DEGRADED_NOTHING);
    assert_int_equal(link.rounds[0].slot, 101);
    assert_int_equal(hear(&link, 102, "5"), DEGRADED_BEGINS);
}

static void big_rounds_do_not_overflow(void **state)
{
    struct degraded link = {0};
    struct degraded_round round = {100, 10000, 10000};

    (void)state;
    for (; round.slot < 106; round.slot++)
        degraded_hear(&link, &round, FLOOR_PPM);
    assert_true(link.is_degraded);
    assert_int_equal(degraded_loss_ppm(&link), 1000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_takes_bad_rounds_and_more_than_chance),
        cmocka_unit_test(it_begins_with_the_first_of_the_bad_rounds),
        cmocka_unit_test(six_good_rounds_in_a_row_end_it_as_of_the_first),
        cmocka_unit_test(the_threshold_to_clear_is_lower),
        cmocka_unit_test(a_round_that_was_heard_or_has_no_probes_is_none),
        cmocka_unit_test(big_rounds_do_not_overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
