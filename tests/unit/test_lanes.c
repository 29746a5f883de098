/* SPDX-License-Identifier: ISC */
/* Pacing: lanes, byte budgets, and who shares a hop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/hops.h"
#include "probes/budget.h"
#include "probes/lanes.h"
#include "probes/oid.h"

static struct lanes lanes;

static int begin(void **state)
{
    (void)state;
    lanes = (struct lanes){0};
    lanes_add(&lanes, 9);
    lanes_add(&lanes, 4);
    lanes_add(&lanes, 9);
    lanes_seal(&lanes, NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    lanes_free(&lanes);
    return 0;
}

static void a_burst_passes_and_the_rest_leaves_at_the_rate(void **state)
{
    const struct mono now = {5000000};

    (void)state;
    /* 1000 bytes/s, 100 bytes each: one every 100 ms, after a burst of 200 ms */
    assert_int_equal(lanes_book(&lanes, 4, now, 100, 1000).us, now.us);
    assert_int_equal(lanes_book(&lanes, 4, now, 100, 1000).us, now.us);
    assert_int_equal(lanes_book(&lanes, 4, now, 100, 1000).us, now.us);
    for (int64_t i = 1; i < 50; i++)
        assert_int_equal(lanes_book(&lanes, 4, now, 100, 1000).us, now.us + i * 100000);
    /* another lane has its own room */
    assert_int_equal(lanes_book(&lanes, 9, now, 100, 1000).us, now.us);
}

static void room_that_nobody_took_is_not_saved_up(void **state)
{
    const struct mono later = {900000000};

    (void)state;
    for (int i = 0; i < 100; i++)
        lanes_book(&lanes, 4, (struct mono){0}, 100, 1000);
    for (int i = 0; i < 3; i++)
        assert_int_equal(lanes_book(&lanes, 4, later, 100, 1000).us, later.us);
    assert_int_equal(lanes_book(&lanes, 4, later, 100, 1000).us, later.us + 100000);
}

static void an_unknown_lane_and_no_rate_hold_nothing_up(void **state)
{
    const struct mono now = {1};

    (void)state;
    for (int i = 0; i < 100; i++) {
        assert_int_equal(lanes_book(&lanes, 5, now, 1000, 1000).us, now.us);
        assert_int_equal(lanes_book(&lanes, 4, now, 1000, 0).us, now.us);
    }
}

static void a_new_plan_does_not_give_the_room_away_twice(void **state)
{
    const struct mono now = {5000000};
    struct lanes more = {0};

    (void)state;
    for (int i = 0; i < 10; i++)
        lanes_book(&lanes, 4, now, 100, 1000);
    lanes_add(&more, 4);
    lanes_add(&more, 11);
    lanes_seal(&more, &lanes);
    assert_int_equal(lanes_book(&more, 4, now, 100, 1000).us, now.us + 800000);
    assert_int_equal(lanes_book(&more, 11, now, 100, 1000).us, now.us);
    lanes_free(&more);
}

static void a_budget_becomes_an_interval(void **state)
{
    (void)state;
    assert_int_equal(budget_interval_ms(0, PLAN_SNMP_V2C), 0);
    /* Three devices behind one line of 10 MB; one has an even smaller budget of its own. */
    assert_int_equal(budget_shared_ms(10, 10, 3, PLAN_SNMP_V2C), 3 * 103680);
    assert_int_equal(budget_shared_ms(0, 10, 3, PLAN_SNMP_V2C), 3 * 103680);
    assert_int_equal(budget_shared_ms(2, 10, 3, PLAN_SNMP_V2C), 5 * 103680);
    assert_int_equal(budget_shared_ms(10, 0, 3, PLAN_SNMP_V2C), 103680);
    assert_int_equal(budget_shared_ms(0, 0, 3, PLAN_SNMP_V2C), 0);
    /* 10 MB: 5 MB for heartbeats of 200 bytes are 25,000 in 2,592,000 s */
    assert_int_equal(budget_interval_ms(10, PLAN_SNMP_V2C), 103680);
    assert_int_equal(budget_interval_ms(10, PLAN_SNMP_V3), 207360);
    assert_int_equal(budget_interval_ms(10, PLAN_ICMP), 51840);
    assert_true(budget_interval_ms(1000000, PLAN_SNMP_V2C) > 0);
}

/* Readings ask only when nothing else is on its way: a heartbeat never waits for two of them. */
static void what_can_wait_takes_only_what_nobody_booked(void **state)
{
    const struct mono now = {5000000};
    struct mono at = {0};

    (void)state;
    assert_true(lanes_try(&lanes, 4, now, 500, 1000, &at));
    assert_false(lanes_try(&lanes, 4, now, 500, 1000, &at));
    assert_int_equal(at.us, now.us + 500000);
    assert_int_equal(lanes_book(&lanes, 4, now, 100, 1000).us, now.us + 300000); /* and it books */
    assert_false(lanes_try(&lanes, 4, at, 500, 1000, &at));
    assert_int_equal(at.us, now.us + 600000);
    assert_true(lanes_try(&lanes, 4, at, 500, 1000, &at));
    assert_true(lanes_try(&lanes, 9, now, 500, 1000, &at)); /* another lane, */
    assert_true(lanes_try(&lanes, 7, now, 500, 1000, &at)); /* none, */
    assert_true(lanes_try(&lanes, 4, now, 500, 0, &at));    /* and no limit */
}

static void readings_get_a_quarter_of_a_budget_and_half_of_a_lane(void **state)
{
    uint32_t own_ms = (uint32_t)budget_interval_ms(10, PLAN_SNMP_V2C);

    (void)state;
    /* 10 MB: 2.5 MB are 578.7 bytes in 10 min, so of readings of 4000 one in 7 is affordable */
    assert_int_equal(budget_stretch(PLAN_SNMP_V2C, own_ms, 4000, 600000), 7);
    assert_int_equal(budget_stretch(PLAN_SNMP_V2C, own_ms, 578, 600000), 1);
    assert_int_equal(budget_stretch(PLAN_SNMP_V2C, 0, UINT32_MAX, 600000), 1);
    assert_int_equal(budget_stretch(PLAN_SNMP_V3, UINT32_MAX, UINT32_MAX, 1000), UINT16_MAX);
    /* 1000 bytes/s: half of it are 300,000 in 10 min */
    assert_int_equal(budget_lane_stretch(300000, 1000, 600000), 1);
    assert_int_equal(budget_lane_stretch(300001, 1000, 600000), 2);
    assert_int_equal(budget_lane_stretch(0, 1000, 600000), 1);
    assert_int_equal(budget_lane_stretch(1, 0, 600000), 1);
}

static void a_question_has_its_bytes(void **state)
{
    struct question get = {.kind = QUESTION_GET, .count = 2};
    struct question bulk = {.kind = QUESTION_GETBULK, .count = 3, .max_repetitions = 5};

    (void)state;
    assert_true(oid_read("1.3.6.1.2.1.1.3.0", &get.oids[0])); /* 8 octets each */
    assert_true(oid_read("1.3.6.1.2.1.1.5.0", &get.oids[1]));
    for (size_t i = 0; i < 3; i++)
        assert_true(oid_read("1.3.6.1.2.1.2.2.1.2", &bulk.oids[i])); /* 9 */
    assert_int_equal(budget_question_bytes(PLAN_SNMP_V2C, &get), 28 + 40 + 2 * 14);
    assert_int_equal(budget_expected_bytes(PLAN_SNMP_V2C, &get), 28 + 40 + 2 * 22);
    assert_int_equal(budget_expected_bytes(PLAN_SNMP_V2C, &bulk), 28 + 40 + 5 * 3 * 23);
    assert_int_equal(budget_answer_bytes(PLAN_SNMP_V3, 1000), 28 + 140 + 1000);
    bulk.max_repetitions = 50;
    assert_int_equal(budget_expected_bytes(PLAN_SNMP_V2C, &bulk), 1472); /* one packet at most */
}

static void all_behind_one_hop_of_the_core_share_it(void **state)
{
    struct hops *hops = hops_new();

    (void)state;
    hops_add(hops, "desa1", "kec1", false);
    hops_add(hops, "desa2", "relay kec2", false); /* by its first uplink */
    hops_add(hops, "relay", "kec1", false);
    hops_add(hops, "kec1", "core", false);
    hops_add(hops, "kec2", "core", false);
    hops_add(hops, "core", "", true);
    hops_add(hops, "island", "", false);
    hops_add(hops, "ring1", "ring2", false);
    hops_add(hops, "ring2", "ring1", false);
    assert_int_not_equal(hops_of(hops, "kec1"), 0);
    assert_int_not_equal(hops_of(hops, "kec1"), hops_of(hops, "kec2"));
    assert_int_equal(hops_of(hops, "desa1"), hops_of(hops, "kec1"));
    assert_int_equal(hops_of(hops, "desa2"), hops_of(hops, "kec1"));
    assert_int_equal(hops_of(hops, "relay"), hops_of(hops, "kec1"));
    assert_int_equal(hops_of(hops, "core"), 0);
    assert_int_equal(hops_of(hops, "island"), 0);
    assert_int_equal(hops_of(hops, "ring1"), 0);
    assert_int_equal(hops_of(hops, "nowhere"), 0);
    hops_free(hops);
}

#define T(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(what_can_wait_takes_only_what_nobody_booked),
        T(readings_get_a_quarter_of_a_budget_and_half_of_a_lane),
        T(a_question_has_its_bytes),
        T(a_burst_passes_and_the_rest_leaves_at_the_rate),
        T(room_that_nobody_took_is_not_saved_up),
        T(an_unknown_lane_and_no_rate_hold_nothing_up),
        T(a_new_plan_does_not_give_the_room_away_twice),
        T(a_budget_becomes_an_interval),
        T(all_behind_one_hop_of_the_core_share_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
