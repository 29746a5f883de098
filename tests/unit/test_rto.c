/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "probes/rto.h"

static void without_a_sample_the_floor_holds(void **state)
{
    struct rto rto = {0};

    (void)state;
    assert_int_equal(rto_ms(&rto, 2000, 2000), 2000);
    rto_sample(&rto, -5);
    rto_sample(&rto, INT64_C(61000000));
    assert_int_equal(rto_ms(&rto, 2000, 2000), 2000);
}

/* RFC 6298 §2.2 and §2.3 by hand: R = 800 ms, then 400 ms. */
static void samples_move_it_as_the_standard_says(void **state)
{
    struct rto rto = {0};

    (void)state;
    rto_sample(&rto, 800000);
    assert_int_equal(rto.srtt_us, 800000);
    assert_int_equal(rto.rttvar_us, 400000);
    assert_int_equal(rto_ms(&rto, 0, 0), 2400);
    rto_sample(&rto, 400000);
    assert_int_equal(rto.rttvar_us, 400000); /* 3/4 · 400 + 1/4 · |800 - 400| */
    assert_int_equal(rto.srtt_us, 750000);
    assert_int_equal(rto_ms(&rto, 0, 0), 2350);
}

/* Only the first time-out is the configuration's, where round trips tell. */
static void what_is_waited_at_first_is_no_floor(void **state)
{
    struct rto rto = {0};

    (void)state;
    assert_int_equal(rto_ms(&rto, 2000, RTO_LEAST_MS), 2000);
    for (int i = 0; i < 100; i++)
        rto_sample(&rto, 100000);
    assert_int_equal(rto_ms(&rto, 2000, RTO_LEAST_MS), RTO_LEAST_MS);
    for (int i = 0; i < 100; i++)
        rto_sample(&rto, 600000);
    assert_in_range(rto_ms(&rto, 2000, RTO_LEAST_MS), 600, 650);
}

static void it_stays_within_its_limits(void **state)
{
    struct rto fast = {0}, slow = {0};

    (void)state;
    for (int i = 0; i < 100; i++) {
        rto_sample(&fast, 300);
        rto_sample(&slow, 9000000);
    }
    assert_int_equal(rto_ms(&fast, 0, 0), RTO_LEAST_MS);
    assert_int_equal(rto_ms(&fast, 1500, 1500), 1500);
    assert_in_range(rto_ms(&slow, 1500, 1500), 9000, RTO_MOST_MS);
    rto_sample(&slow, 60000000);
    assert_int_equal(rto_ms(&slow, 1500, 1500), RTO_MOST_MS);
}

/* A satellite hop that becomes slow is waited for, instead of being called silent. */
static void a_link_that_becomes_slow_is_given_time(void **state)
{
    struct rto rto = {0};

    (void)state;
    for (int i = 0; i < 50; i++)
        rto_sample(&rto, 600000);
    for (int i = 0; i < 3; i++)
        rto_sample(&rto, 3000000);
    assert_in_range(rto_ms(&rto, 2000, 2000), 3000, RTO_MOST_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_sample_the_floor_holds),
        cmocka_unit_test(samples_move_it_as_the_standard_says),
        cmocka_unit_test(what_is_waited_at_first_is_no_floor),
        cmocka_unit_test(it_stays_within_its_limits),
        cmocka_unit_test(a_link_that_becomes_slow_is_given_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
