/* SPDX-License-Identifier: ISC */
/* An outage of thousands, without time: all of it is told, and never too much of it at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/base/log.h"
#include "tests/scenario/world.h"

#define VILLAGES  3000
#define OWED_MOST 513 /* 512 outages and what people see of some sites */
#define UP_MS     300000
#define DOWN_MS   600000
#define BACK_MS   1200000

static void add(const char *code, const char *uplink)
{
    struct world_site *site = &world_here()->sites[world_here()->site_count++];

    snprintf(site->code, sizeof site->code, "%s", code);
    snprintf(site->uplinks, sizeof site->uplinks, "%s", uplink);
    site->is_core = *uplink == '\0';
}

/* So many relays with the villages among them. */
static int begin(size_t relays)
{
    char code[32], relay[32];

    log_set_level(LOG_LEVEL_ERROR);
    world_open();
    add("C", "");
    for (size_t i = 0; i < relays; i++) {
        snprintf(relay, sizeof relay, "R%zu", i);
        add(relay, "C");
    }
    for (size_t i = 0; i < VILLAGES; i++) {
        snprintf(code, sizeof code, "V%zu", i);
        snprintf(relay, sizeof relay, "R%zu", i % relays);
        add(code, relay);
    }
    world_start();
    return 0;
}

static int behind_one(void **state)
{
    (void)state;
    return begin(1);
}

static int behind_many(void **state)
{
    (void)state;
    return begin(60);
}

static int end(void **state)
{
    (void)state;
    world_close();
    return 0;
}

static void cut(bool cut)
{
    for (size_t i = 0; i < world_here()->site_count; i++)
        if (world_here()->sites[i].code[0] == 'R')
            world_here()->sites[i].cut = cut;
}

static size_t count(const char *what, const char *root)
{
    size_t found = 0;

    for (size_t i = 0; i < world_here()->event_count; i++)
        found += strcmp(world_here()->events[i].what, what) == 0 &&
                 strncmp(world_here()->events[i].root, root, strlen(root)) == 0;
    return found;
}

static void down_and_back(size_t relays)
{
    struct outage_counts counts;

    world_run_until(UP_MS);
    outages_counts(world_here()->outages, &counts);
    assert_int_equal(counts.up, VILLAGES + relays);
    assert_int_equal(counts.sites, VILLAGES + relays + 1);
    cut(true);
    world_run_until(DOWN_MS);
    outages_counts(world_here()->outages, &counts);
    assert_int_equal(counts.down, relays);
    assert_int_equal(counts.unreachable, VILLAGES);
    assert_int_equal(counts.up + counts.unknown + counts.unconfirmed, 0);
    assert_int_equal(count("outage", "R"), VILLAGES + relays);
    cut(false);
    world_run_until(BACK_MS);
    outages_counts(world_here()->outages, &counts);
    assert_int_equal(counts.up, VILLAGES + relays);
    assert_int_equal(counts.unconfirmed, 0);
    assert_int_equal(count("restored", "R"), VILLAGES + relays);
    assert_int_equal(world_here()->event_count, 2 * (VILLAGES + relays));
    assert_in_range(world_here()->owed_peak, 2, OWED_MOST);
    assert_in_range(world_here()->states_peak, 1, 2000);
}

static void three_thousand_behind_one_relay(void **state)
{
    (void)state;
    down_and_back(1);
}

static void three_thousand_behind_sixty(void **state)
{
    (void)state;
    down_and_back(60);
}

/* All of it at once when the database is back; it goes again before it has answered half. */
static void the_database_was_away_and_goes_away_in_the_middle(void **state)
{
    struct outage_counts counts;

    (void)state;
    world_run_until(UP_MS);
    world_database(true);
    cut(true);
    world_run_until(DOWN_MS);
    outages_counts(world_here()->outages, &counts);
    assert_int_equal(counts.unconfirmed, VILLAGES + 1);
    assert_int_equal(counts.unreachable, VILLAGES);
    world_here()->owed_peak = 0;
    world_database(false);
    world_run_until(DOWN_MS + 55);
    outages_counts(world_here()->outages, &counts);
    assert_in_range(counts.unconfirmed, 1, VILLAGES);
    assert_int_equal(world_here()->owed_peak, OWED_MOST);
    world_database(true);
    world_run_until(DOWN_MS + 120);
    world_database(false);
    world_run_until(DOWN_MS + 60000);
    outages_counts(world_here()->outages, &counts);
    assert_int_equal(counts.unconfirmed, 0);
    assert_int_equal(count("outage", "R0"), VILLAGES + 1);
    assert_int_equal(world_here()->owed_peak, OWED_MOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(three_thousand_behind_one_relay, behind_one, end),
        cmocka_unit_test_setup_teardown(three_thousand_behind_sixty, behind_many, end),
        cmocka_unit_test_setup_teardown(the_database_was_away_and_goes_away_in_the_middle,
                                        behind_one, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
