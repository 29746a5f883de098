/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "probes/rollup.h"

static struct rollup rollup;
static struct rollup_record got;

static int begin(void **state)
{
    (void)state;
    rollup = (struct rollup){0};
    got = (struct rollup_record){0};
    return 0;
}

/* A probe that was settled a second into the slot, and one more with each. */
static bool add(uint32_t slot, int64_t rtt_us)
{
    struct wall at = {((int64_t)slot * ROLLUP_SLOT_S + 1 + rollup.sent % 200) * US_PER_S};

    return rollup_add(&rollup, at, rtt_us, &got);
}

static void slots_are_five_minutes_of_the_wall_clock(void **state)
{
    (void)state;
    assert_int_equal(rollup_slot((struct wall){INT64_C(299999999)}), 1);
    assert_int_equal(rollup_slot((struct wall){INT64_C(300000000)}), 1);
    assert_int_equal(rollup_slot((struct wall){INT64_C(600000000)}), 2);
    assert_int_equal(rollup_slot((struct wall){INT64_C(1795478400000000)}), 5984928);
    assert_int_equal(rollup_slot((struct wall){-5}), 1);
}

static void a_slot_is_told_when_another_begins(void **state)
{
    (void)state;
    assert_false(add(7, 1000));
    assert_false(add(7, 3000));
    assert_false(add(7, -1));
    assert_false(rollup_take(&rollup, 7, &got));
    assert_true(add(8, 5000));
    assert_int_equal(got.slot, 7);
    assert_int_equal(got.sent, 3);
    assert_int_equal(got.lost, 1);
    assert_int_equal(got.min_us, 1000);
    assert_int_equal(got.mean_us, 2000);
    assert_int_equal(got.max_us, 3000);
    assert_int_equal(got.from_ms, 1000);
    assert_int_equal(got.until_ms, 3000);
    assert_true(rollup_take(&rollup, 9, &got));
    assert_int_equal(got.slot, 8);
    assert_int_equal(got.sent, 1);
    assert_int_equal(got.min_us, 5000);
    assert_false(rollup_take(&rollup, 10, &got)); /* a slot without a probe says nothing */
}

static void nothing_answered_has_no_times(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        assert_false(add(7, -1));
    assert_true(rollup_take(&rollup, 8, &got));
    assert_int_equal(got.sent, 5);
    assert_int_equal(got.lost, 5);
    assert_int_equal(got.min_us + got.mean_us + got.p95_us + got.max_us, 0);
}

static int rising(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* Against sorting, for every count up to 119; in no order. */
static void the_percentile_is_that_of_nearest_rank(void **state)
{
    static uint32_t all[200];

    (void)state;
    for (uint32_t n = 1; n < 120; n++) {
        uint32_t seed = n;

        rollup = (struct rollup){0};
        for (uint32_t i = 0; i < n; i++) {
            seed = seed * UINT32_C(1664525) + UINT32_C(1013904223);
            all[i] = seed >> 12;
            assert_false(add(7, all[i]));
        }
        assert_true(rollup_take(&rollup, 8, &got));
        qsort(all, n, sizeof *all, rising);
        assert_int_equal(got.p95_us, all[(n * 95 + 99) / 100 - 1]);
        assert_int_equal(got.min_us, all[0]);
        assert_int_equal(got.max_us, all[n - 1]);
    }
}

static void counts_do_not_wrap(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 70000; i++)
        assert_false(add(7, i % 2 == 0 ? -1 : INT64_MAX));
    assert_true(rollup_take(&rollup, 8, &got));
    assert_int_equal(got.sent, UINT16_MAX);
    assert_int_equal(got.lost, 32768);
    assert_int_equal(got.max_us, UINT32_MAX);
    assert_int_equal(got.mean_us, UINT32_MAX);
}

/* A clock that is set back: what was counted is told, and the earlier slot begins anew. */
static void a_clock_that_is_set_back_loses_nothing(void **state)
{
    (void)state;
    assert_false(add(9, 100));
    assert_true(add(8, 200));
    assert_int_equal(got.slot, 9);
    assert_true(add(9, 300));
    assert_int_equal(got.slot, 8);
}

/* Whoever adds parts up must see that they do not overlap. */
static void a_part_says_from_when_to_when(void **state)
{
    const int64_t slot_us = INT64_C(7) * ROLLUP_SLOT_S * US_PER_S;

    (void)state;
    assert_false(rollup_add(&rollup, (struct wall){slot_us + 250000999}, 1, &got));
    assert_false(rollup_add(&rollup, (struct wall){slot_us + 250000000}, 1, &got));
    assert_false(rollup_add(&rollup, (struct wall){slot_us + 299999999}, 1, &got));
    assert_false(rollup_add(&rollup, (struct wall){slot_us + 120000000}, 1, &got)); /* set back */
    assert_true(rollup_take(&rollup, 1, &got));
    assert_int_equal(got.from_ms, 120000);
    assert_int_equal(got.until_ms, 299999);
    rollup = (struct rollup){0};
    assert_false(rollup_add(&rollup, (struct wall){-7}, 1, &got)); /* no clock yet */
    assert_true(rollup_take(&rollup, 7, &got));
    assert_int_equal(got.from_ms + got.until_ms, 0);
}

#define T(test) cmocka_unit_test_setup(test, begin)

static void a_test_may_have_shorter_slots_and_no_longer_ones(void **state)
{
    struct wall at = {INT64_C(1800000000) * US_PER_S + 7 * US_PER_S};

    (void)state;
    assert_int_equal(rollup_slot_s(), ROLLUP_SLOT_S);
    assert_int_equal(rollup_slot(at), 6000000);
    rollup_set_slot_s(4);
    assert_int_equal(rollup_slot(at), 450000001);
    assert_int_equal(rollup_slot_at(450000001).us, at.us - 3 * US_PER_S);
    rollup_set_slot_s(ROLLUP_SLOT_S + 1);
    assert_int_equal(rollup_slot_s(), ROLLUP_SLOT_S);
    rollup_set_slot_s(0);
    assert_int_equal(rollup_slot_s(), ROLLUP_SLOT_S);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(slots_are_five_minutes_of_the_wall_clock),
        T(a_slot_is_told_when_another_begins),
        T(nothing_answered_has_no_times),
        T(the_percentile_is_that_of_nearest_rank),
        T(counts_do_not_wrap),
        T(a_clock_that_is_set_back_loses_nothing),
        T(a_part_says_from_when_to_when),
        T(a_test_may_have_shorter_slots_and_no_longer_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
