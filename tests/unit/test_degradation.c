/* SPDX-License-Identifier: ISC */
/* What the database hears of lossy links, on a clock and a store of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/base/log.h"
#include "daemon/degradation.h"
#include "daemon/loop.h"
#include "sql/store_condition.h"

#define SLOT 6000000 /* 2027-01-15T08:00:00Z */

struct loop_timer {
    void (*fire)(void *arg);
    void *arg;
    bool armed;
};

static struct loop_timer timer;
static char told[4096];
static int tellings;
static enum store_rc answer;
static bool steady;
static const char *lasting;

struct wall loop_wall(const struct loop *here)
{
    (void)here;
    return (struct wall){US_PER_S};
}

struct loop_timer *loop_timer_new(struct loop *here, void (*fire)(void *arg), void *arg)
{
    (void)here;
    timer = (struct loop_timer){.fire = fire, .arg = arg};
    return &timer;
}

void loop_timer_arm(struct loop_timer *here, int64_t delay_ms)
{
    (void)delay_ms;
    here->armed = true;
}

void loop_timer_disarm(struct loop_timer *here)
{
    here->armed = false;
}

void loop_timer_free(struct loop_timer *here)
{
    (void)here;
}

void store_condition_report(struct pg_conn *conn, const char *conditions_json, struct wall now,
                            store_done_cb *cb, void *arg)
{
    const struct store_status status = {.rc = answer, .words = ""};

    (void)conn;
    (void)now;
    tellings++;
    snprintf(told, sizeof told, "%s", conditions_json);
    cb(&status, arg);
}

void store_degraded_load(struct pg_conn *conn, store_json_cb *cb, void *arg)
{
    const struct store_status status = {.rc = STORE_OK, .words = ""};

    (void)conn;
    cb(&status, lasting, arg);
}

static const char *site_of(uint32_t device_id, struct wall since, void *arg)
{
    (void)since;
    (void)arg;
    return steady && device_id < 1000 ? "33.14.01" : NULL;
}

static void fire(void)
{
    if (timer.armed) {
        timer.armed = false;
        timer.fire(timer.arg);
    }
}

static void hear(struct degradation *flow, uint32_t device, uint32_t slot, const char *lost)
{
    for (; *lost != '\0'; lost++, slot++)
        degradation_hear(flow, &(struct rollup_record){.device_id = device,
                                                       .slot = slot,
                                                       .sent = 10,
                                                       .lost = (uint16_t)(*lost - '0')});
}

static int set_up(void **state)
{
    struct degradation *flow = degradation_new(NULL, site_of, NULL);

    *told = '\0';
    tellings = 0;
    answer = STORE_OK;
    steady = true;
    lasting = "[]";
    degradation_set_floor(flow, 5);
    *state = flow;
    return 0;
}

static int tear_down(void **state)
{
    degradation_free(*state);
    return 0;
}

static void a_lossy_link_is_told_once_with_its_figures(void **state)
{
    degradation_on_database(*state, true);
    hear(*state, 7, SLOT, "0333");
    hear(*state, 8, SLOT, "0001");
    fire();
    assert_int_equal(tellings, 1);
    assert_string_equal(told, "[{\"site\":\"33.14.01\",\"kind\":\"degraded\",\"device\":7,"
                              "\"measure\":\"loss\",\"since\":\"2027-01-15T08:05:00.000000Z\","
                              "\"until\":null,\"figure\":15.0,\"floor\":5.0}]");
    fire();
    assert_int_equal(tellings, 1);
    hear(*state, 7, SLOT + 4, "000000");
    fire();
    assert_int_equal(tellings, 2);
    assert_non_null(strstr(told, "\"until\":\"2027-01-15T08:20:00.000000Z\""));
}

/* Two lost of ten, and one and one, are within chance when nothing was lost before. */
static void rounds_that_lost_nothing_count_although_they_were_not_kept(void **state)
{
    degradation_on_database(*state, true);
    hear(*state, 7, SLOT, "000211");
    fire();
    assert_int_equal(tellings, 0);
}

static void one_that_lasts_is_told_every_half_hour(void **state)
{
    degradation_on_database(*state, true);
    hear(*state, 7, SLOT, "333");
    fire();
    hear(*state, 7, SLOT + 3, "33333");
    fire();
    assert_int_equal(tellings, 1);
    hear(*state, 7, SLOT + 8, "9");
    fire();
    assert_int_equal(tellings, 2);
}

static void what_the_database_did_not_take_is_told_again(void **state)
{
    hear(*state, 7, SLOT, "333");
    fire();
    assert_int_equal(tellings, 0); /* it is away */
    answer = STORE_BROKEN;
    degradation_on_database(*state, true);
    fire();
    answer = STORE_OK;
    fire();
    assert_int_equal(tellings, 2);
    fire();
    assert_int_equal(tellings, 2);
}

static void rounds_in_which_the_site_was_not_up_do_not_count(void **state)
{
    degradation_on_database(*state, true);
    steady = false;
    hear(*state, 7, SLOT, "999999");
    hear(*state, 2000, SLOT, "999999");
    steady = true;
    hear(*state, 7, SLOT + 6, "33");
    fire();
    assert_int_equal(tellings, 0);
    hear(*state, 7, SLOT + 8, "3");
    fire();
    assert_int_equal(tellings, 1);
}

static void what_lasted_when_the_daemon_started_comes_to_its_end(void **state)
{
    lasting = "[{\"site\": \"33.14.01\", \"device\": 7, \"since\": \"2027-01-15T08:00:00Z\"}]";
    degradation_on_database(*state, true);
    hear(*state, 7, SLOT + 3, "000000");
    fire();
    assert_non_null(strstr(told, "\"since\":\"2027-01-15T08:00:00.000000Z\","
                                 "\"until\":\"2027-01-15T08:15:00.000000Z\""));
}

static void switched_off_nothing_begins_and_what_lasts_ends(void **state)
{
    degradation_on_database(*state, true);
    hear(*state, 7, SLOT, "333");
    fire();
    degradation_set_floor(*state, 0);
    hear(*state, 8, SLOT, "999999");
    hear(*state, 7, SLOT + 3, "333333");
    fire();
    assert_int_equal(tellings, 2);
    assert_non_null(strstr(told, "\"until\":\"2027-01-15T08:15:00.000000Z\""));
    assert_null(strstr(told, "\"device\":8"));
}

static void a_thousand_links_at_once_are_told_in_one_statement(void **state)
{
    degradation_on_database(*state, true);
    for (uint32_t device = 1; device < 1000; device++)
        hear(*state, device, SLOT, "333");
    for (uint32_t device = 1; device < 1000; device++)
        hear(*state, device, SLOT + 3, "3");
    fire();
    assert_int_equal(tellings, 1);
    fire();
    assert_int_equal(tellings, 1);
    assert_true(degradation_idle(*state));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_lossy_link_is_told_once_with_its_figures),
        CASE(rounds_that_lost_nothing_count_although_they_were_not_kept),
        CASE(one_that_lasts_is_told_every_half_hour),
        CASE(what_the_database_did_not_take_is_told_again),
        CASE(rounds_in_which_the_site_was_not_up_do_not_count),
        CASE(what_lasted_when_the_daemon_started_comes_to_its_end),
        CASE(switched_off_nothing_begins_and_what_lasts_ends),
        CASE(a_thousand_links_at_once_are_told_in_one_statement),
    };

    log_set_level(LOG_LEVEL_WARN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
