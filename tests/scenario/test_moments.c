/* SPDX-License-Identifier: ISC */
/* What the prober says within one moment, in the order in which it may come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/base/log.h"
#include "tests/scenario/world.h"

#define UP_MS 300000

static void add(const char *code, const char *uplinks)
{
    struct world_site *site = &world_here()->sites[world_here()->site_count++];

    snprintf(site->code, sizeof site->code, "%s", code);
    snprintf(site->uplinks, sizeof site->uplinks, "%s", uplinks);
    site->is_core = *uplinks == '\0';
}

static int begin(void **state)
{
    (void)state;
    log_set_level(LOG_LEVEL_ERROR);
    world_open();
    add("C", "");
    add("R", "C");
    add("S", "C");
    add("V", "R");
    add("W", "R S");
    world_start();
    world_run_until(UP_MS);
    return 0;
}

static int end(void **state)
{
    (void)state;
    world_close();
    return 0;
}

/* As the prober would say it of the site's device, now. */
static void say_state(const char *code, enum link_state state, enum link_effect effect)
{
    struct world *world = world_here();
    struct wall now = {WORLD_EPOCH_US + world->now_us};
    struct link_change change = {
        .device_id = (uint32_t)(world_site(code) - world->sites) + 1,
        .state = state,
        .effect = effect,
        .at = now,
        .last_good = {WORLD_EPOCH_US + UP_MS * US_PER_MS},
        .first_bad = {WORLD_EPOCH_US + (UP_MS + 1000) * US_PER_MS},
        .first_good = effect == LINK_FX_ENDS ? now : (struct wall){0},
        .vitals = {-1, -1, -1},
    };

    outage_on_link_change(&change, world->outages);
}

static void say(const char *code, enum link_effect effect)
{
    say_state(code, effect == LINK_FX_BEGINS ? LINK_DOWN : LINK_UP, effect);
}

static size_t count(const char *what, const char *site, const char *root)
{
    size_t found = 0;

    for (size_t i = 0; i < world_here()->event_count; i++) {
        const struct world_event *event = &world_here()->events[i];

        found += strcmp(event->what, what) == 0 && strcmp(event->site, site) == 0 &&
                 strcmp(event->root, root) == 0;
    }
    return found;
}

static void a_village_found_silent_as_its_relay_returns_is_the_relays(void **state)
{
    (void)state;
    world_run_until(UP_MS + 5000);
    say("R", LINK_FX_BEGINS);
    world_run_until(UP_MS + 6000);
    say("V", LINK_FX_BEGINS);
    say("R", LINK_FX_ENDS);
    world_run_until(UP_MS + 8000);
    say("V", LINK_FX_ENDS);
    world_run_until(UP_MS + 60000);
    assert_int_equal(count("outage", "R", "R"), 1);
    assert_int_equal(count("outage", "V", "R"), 1);
    assert_int_equal(count("restored", "V", "R"), 1);
    assert_int_equal(world_here()->event_count, 4);
}

/* Its first answer says no more than that it is on its way: the village was asked before. */
static void a_relay_that_has_just_answered_still_explains_it(void **state)
{
    (void)state;
    world_run_until(UP_MS + 5000);
    say("R", LINK_FX_BEGINS);
    world_run_until(UP_MS + 6000);
    say_state("R", LINK_RECOVERING, LINK_FX_NONE);
    say("V", LINK_FX_BEGINS);
    world_run_until(UP_MS + 7000);
    say("R", LINK_FX_ENDS);
    say("V", LINK_FX_ENDS);
    world_run_until(UP_MS + 60000);
    assert_int_equal(count("outage", "V", "R"), 1);
    assert_int_equal(count("restored", "V", "R"), 1);
    assert_int_equal(world_here()->event_count, 4);
}

static void one_that_had_another_way_is_its_own(void **state)
{
    (void)state;
    world_run_until(UP_MS + 5000);
    say("R", LINK_FX_BEGINS);
    world_run_until(UP_MS + 6000);
    say("W", LINK_FX_BEGINS);
    say("R", LINK_FX_ENDS);
    world_run_until(UP_MS + 60000);
    assert_int_equal(count("outage", "W", "W"), 1);
    assert_int_equal(count("outage", "W", "R"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_village_found_silent_as_its_relay_returns_is_the_relays,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_relay_that_has_just_answered_still_explains_it, begin,
                                        end),
        cmocka_unit_test_setup_teardown(one_that_had_another_way_is_its_own, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
