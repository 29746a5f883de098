/* SPDX-License-Identifier: ISC */
/* A cut of the poller, of whatever length and at whatever instant, is nobody's outage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/base/log.h"
#include "tests/scenario/world.h"

#define RELAYS      4
#define VILLAGES    5 /* of each */
#define WARM_MS     60000
#define AFTER_MS    240000
#define LOST_WITHIN 60000
#define FLAP_LEAST                                                                                 \
    5000 /* in touch for less, again and again, is not told from an outage each time */

static void add(const char *code, const char *uplinks, bool is_reference)
{
    struct world_site *site = &world_here()->sites[world_here()->site_count++];

    snprintf(site->code, sizeof site->code, "%s", code);
    snprintf(site->uplinks, sizeof site->uplinks, "%s", uplinks);
    site->is_core = *uplinks == '\0';
    site->is_reference = is_reference;
}

static void build(uint32_t years, int64_t interval_ms, uint64_t seed)
{
    char relay[16], village[32];

    world_open();
    world_here()->policy.interval_ms = interval_ms;
    world_here()->policy.false_down_years = years;
    world_here()->seed = seed;
    add("C", "", false);
    for (int r = 0; r < RELAYS; r++) {
        snprintf(relay, sizeof relay, "R%d", r);
        add(relay, "C", false);
        for (int v = 0; v < VILLAGES; v++) {
            snprintf(village, sizeof village, "V%d%d", r, v);
            add(village, relay, false);
        }
    }
    add("gateway", "C", true);
    add("provider", "C", true);
    world_start();
    world_run_until(WARM_MS);
}

static size_t count_of(const char *what)
{
    size_t count = 0;

    for (size_t i = 0; i < world_here()->event_count; i++)
        count += strcmp(world_here()->events[i].what, what) == 0;
    return count;
}

static void cut(int64_t at_ms, int64_t for_ms)
{
    world_run_until(at_ms);
    world_here()->poller_cut = true;
    world_run_until(at_ms + for_ms);
    world_here()->poller_cut = false;
}

static void try_cut(uint32_t years, int64_t interval_ms, int64_t phase_ms, int64_t for_ms)
{
    build(years, interval_ms, (uint64_t)(phase_ms * 1000 + for_ms));
    cut(WARM_MS + phase_ms, for_ms);
    world_run_until(WARM_MS + phase_ms + for_ms + AFTER_MS);
    if (count_of("outage") > 0)
        print_error("years %u interval %lld: a cut of %lld ms at %lld ms\n", years,
                    (long long)interval_ms, (long long)for_ms, (long long)(WARM_MS + phase_ms));
    assert_int_equal(count_of("outage"), 0);
    assert_int_equal(count_of("blind"), count_of("sees"));
    if (for_ms > LOST_WITHIN)
        assert_int_equal(count_of("blind"), 1);
    world_close();
}

static void cuts_of_any_length_are_no_outages(void **state)
{
    (void)state;
    for (int64_t for_ms = 500; for_ms <= 40000; for_ms += 500 + for_ms / 20)
        for (int64_t phase_ms = 0; phase_ms < 12000; phase_ms += 1700) {
            try_cut(0, 10000, phase_ms, for_ms);
            try_cut(100, 10000, phase_ms, for_ms);
            try_cut(100, 60000, phase_ms * 5, for_ms);
        }
    try_cut(0, 10000, 0, 600000);
    try_cut(100, 60000, 0, 3600000);
}

/* Cuts one after the other, as a link that comes and goes makes them. */
static void a_link_that_comes_and_goes_is_no_outage_of_others(void **state)
{
    (void)state;
    for (int64_t on_ms = FLAP_LEAST; on_ms < 40000; on_ms += on_ms / 3 + 300) {
        build(100, 10000, (uint64_t)on_ms);
        for (int i = 0; i < 20; i++) {
            int64_t now_ms = world_here()->now_us / US_PER_MS;

            cut(now_ms + on_ms, 3000 + 1700 * i);
        }
        world_run_until(world_here()->now_us / US_PER_MS + AFTER_MS);
        if (count_of("outage") > 0)
            print_error("in touch for %lld ms between\n", (long long)on_ms);
        assert_int_equal(count_of("outage"), 0);
        world_close();
    }
}

/* From the first miss to the outage in the database. */
static int64_t told_after_ms(int64_t phase_ms, bool with_references)
{
    const struct world_event *event;
    int64_t took_ms;

    build(100, 10000, (uint64_t)phase_ms);
    if (!with_references)
        world_remove(world_site("gateway"));
    world_run_until(WARM_MS + phase_ms);
    world_site("V11")->cut = true;
    world_run_until(WARM_MS + phase_ms + 60000);
    assert_int_equal(count_of("outage"), 1);
    event = &world_here()->events[world_here()->event_count - 1];
    assert_string_equal(event->site, "V11");
    took_ms = event->at_ms - event->of_ms;
    world_close();
    return took_ms;
}

/* The question to them takes a round trip; the jitter of the probes is more than that. */
static void an_outage_waits_for_no_reference_that_answers(void **state)
{
    (void)state;
    for (int64_t phase_ms = 0; phase_ms < 10000; phase_ms += 900) {
        int64_t without_ms = told_after_ms(phase_ms, false);

        assert_in_range((uintmax_t)told_after_ms(phase_ms, true), 5000, without_ms + 1500);
    }
}

/* What steady_site vouches for is what a degraded link is judged by. */
static bool is_steady(const char *code, int64_t slot_ms)
{
    struct world_site *site = world_site(code);
    struct wall slot = {WORLD_EPOCH_US + slot_ms * US_PER_MS};
    uint32_t device_id = (uint32_t)(site - world_here()->sites) + 1;

    return outages_steady_site(world_here()->outages, device_id, slot) != NULL;
}

static void five_minutes_in_which_we_were_cut_off_count_for_no_link(void **state)
{
    (void)state;
    build(100, 60000, 7);
    world_run_until(600000);
    assert_true(is_steady("V11", 300000));
    cut(700000, 500000); /* 600 s to 1200 s are lost in part and as a whole */
    for (int64_t slot_ms = 600000; slot_ms <= 1200000; slot_ms += 300000) {
        world_run_until(slot_ms + 300000);
        assert_false(is_steady("V11", slot_ms));
    }
    world_run_until(1800000);
    assert_true(is_steady("V11", 1500000));
    world_close();
}

/* As short as a change of routes: nobody is blind, but what was lost was lost by us. */
static void nor_do_those_of_a_short_cut(void **state)
{
    (void)state;
    build(100, 60000, 8);
    cut(700000, 5000);
    world_run_until(900000);
    assert_int_equal(count_of("blind"), 0);
    assert_false(is_steady("V11", 600000));
    world_run_until(1200000);
    assert_true(is_steady("V11", 900000));
    world_close();
}

/* Else the others here prove nothing. */
static void without_references_a_cut_is_an_outage_of_all(void **state)
{
    (void)state;
    build(100, 10000, 1);
    world_remove(world_site("gateway"));
    cut(WARM_MS + 20000, 60000);
    world_run_until(WARM_MS + 80000 + AFTER_MS);
    assert_int_equal(count_of("outage"), RELAYS + RELAYS * VILLAGES);
    world_close();
}

static int quiet(void **state)
{
    (void)state;
    log_set_level(getenv("KT_VERBOSE") == NULL ? LOG_LEVEL_ERROR : LOG_LEVEL_DEBUG);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_of_any_length_are_no_outages),
        cmocka_unit_test(a_link_that_comes_and_goes_is_no_outage_of_others),
        cmocka_unit_test(five_minutes_in_which_we_were_cut_off_count_for_no_link),
        cmocka_unit_test(nor_do_those_of_a_short_cut),
        cmocka_unit_test(without_references_a_cut_is_an_outage_of_all),
        cmocka_unit_test(an_outage_waits_for_no_reference_that_answers),
    };

    return cmocka_run_group_tests(tests, quiet, NULL);
}
