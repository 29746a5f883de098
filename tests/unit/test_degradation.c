/* SPDX-License-Identifier: ISC */
/* What the database hears of lossy links, on a clock and a store of the test's own. */
#include <float.h>
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

static struct loop_timer timer, sweep, hourly; /* made in this order */
static char told[16384];
static int tellings;
static enum store_rc answer;
static bool steady;
static struct wall clock_now;
static const char *lasting;

struct wall loop_wall(const struct loop *here)
{
    (void)here;
    return clock_now;
}

struct loop_timer *loop_timer_new(struct loop *here, void (*fire)(void *arg), void *arg)
{
    struct loop_timer *made = timer.fire == NULL ? &timer : sweep.fire == NULL ? &sweep : &hourly;

    (void)here;
    *made = (struct loop_timer){.fire = fire, .arg = arg};
    return made;
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
    *here = (struct loop_timer){0};
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

static const char *pages[3]; /* of what is usual; NULL: the database does not say */
static int64_t asked_after[8];
static int asked;

void store_baselines(struct pg_conn *conn, int64_t after, int64_t most, struct wall now,
                     store_json_cb *cb, void *arg)
{
    const struct store_status good = {.rc = STORE_OK, .words = ""};
    const struct store_status bad = {.rc = STORE_UNREACHABLE, .words = ""};
    const char *page = asked < 3 ? pages[asked] : NULL;

    (void)conn;
    (void)most;
    (void)now;
    asked_after[asked++] = after;
    cb(page != NULL ? &good : &bad, page, arg);
}

static const char *steady_site(uint32_t device_id, struct wall since, void *arg)
{
    (void)since;
    (void)arg;
    return steady && device_id < 1000 ? "33.14.01" : NULL;
}

static const char *any_site(uint32_t device_id, void *arg)
{
    (void)arg;
    return device_id < 5000 ? "33.14.01" : NULL;
}

static const struct degradation_sites sites = {steady_site, any_site};
static const struct degradation_floors floors = {5, 500, true, true, 300000};

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
    struct degradation *flow = degradation_new(NULL, &sites, NULL);

    *told = '\0';
    asked = 0;
    memset(pages, 0, sizeof pages);
    tellings = 0;
    answer = STORE_OK;
    steady = true;
    clock_now = (struct wall){(int64_t)SLOT * ROLLUP_SLOT_S * US_PER_S};
    lasting = "[]";
    degradation_set_floors(flow, &floors);
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
                              "\"measure\":\"loss\",\"instance\":\"\",\"unit\":\"%\","
                              "\"since\":\"2027-01-15T08:05:00.000000Z\",\"until\":null,"
                              "\"bad_since\":\"2027-01-15T08:05:00.000000Z\","
                              "\"figure\":15.0,\"floor\":5.0}]");
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
    lasting = "[{\"site\": \"33.14.01\", \"device\": 7, \"measure\": \"loss\", \"since\": "
              "\"2027-01-15T08:00:00Z\"}]";
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
    degradation_set_floors(*state, &(struct degradation_floors){0});
    hear(*state, 8, SLOT, "999999");
    hear(*state, 7, SLOT + 3, "333333");
    fire();
    assert_int_equal(tellings, 2);
    assert_non_null(strstr(told, "\"until\":\"2027-01-15T08:15:00.000000Z\""));
    assert_null(strstr(told, "\"device\":8"));
}

static void a_thousand_links_at_once_are_told_some_at_a_time(void **state)
{
    degradation_on_database(*state, true);
    for (uint32_t device = 1; device < 1000; device++)
        hear(*state, device, SLOT, "333");
    for (uint32_t device = 1; device < 1000; device++)
        hear(*state, device, SLOT + 3, "3");
    for (int i = 0; i < 9; i++)
        fire();
    assert_int_equal(tellings, 4);
    assert_true(degradation_idle(*state));
}

/* ---- round trips and readings ---- */

static const struct profile_metric signal_metric = {
    .name = "signal",
    .unit = "dBm",
    .kind = PROFILE_GAUGE,
    .limits = {{.health = PROFILE_WARN, .from = -DBL_MAX, .to = -75},
               {.health = PROFILE_CRIT, .from = -DBL_MAX, .to = -82}},
    .limit_count = 2,
    .ticket = true,
};

static void read_signal(struct degradation *flow, uint32_t device, const char *instance,
                        uint32_t round, double dbm)
{
    struct reading_report report = {
        .device_id = device,
        .status = VALUE_OK,
        .number = dbm,
        .at = {((int64_t)(SLOT + round) * ROLLUP_SLOT_S + 17) * US_PER_S}};

    snprintf(report.instance, sizeof report.instance, "%s", instance);
    degradation_hear_reading(flow, &report, &signal_metric);
}

static void a_signal_below_its_profile_s_limit_is_told(void **state)
{
    degradation_on_database(*state, true);
    for (uint32_t i = 0; i < 3; i++) {
        read_signal(*state, 2000, "wlan1", i, -84);
        read_signal(*state, 2000, "wlan2", i, -81); /* a warning is none */
        read_signal(*state, 6000, "wlan1", i, -84); /* a device that is not watched */
    }
    fire();
    assert_string_equal(told, "[{\"site\":\"33.14.01\",\"kind\":\"degraded\",\"device\":2000,"
                              "\"measure\":\"signal\",\"instance\":\"wlan1\",\"unit\":\"dBm\","
                              "\"since\":\"2027-01-15T08:00:17.000000Z\",\"until\":null,"
                              "\"bad_since\":\"2027-01-15T08:00:17.000000Z\",\"figure\":-84.0,"
                              "\"floor\":-82.0,\"needs\":-75.0,\"below\":true,"
                              "\"base\":null}]");
    for (uint32_t i = 3; i < 9; i++)
        read_signal(*state, 2000, "wlan1", i, -75);
    fire();
    assert_non_null(strstr(told, "\"until\":\"2027-01-15T08:15:17.000000Z\""));
}

static void readings_that_are_switched_off_or_no_ticket_are_not_judged(void **state)
{
    struct degradation_floors none = floors;
    struct profile_metric plain = signal_metric;
    struct reading_report report = {.device_id = 7, .status = VALUE_OK, .number = -99};

    degradation_on_database(*state, true);
    plain.ticket = false;
    for (report.at.us = 1; report.at.us < 9; report.at.us++)
        degradation_hear_reading(*state, &report, &plain);
    none.readings = false;
    degradation_set_floors(*state, &none);
    for (uint32_t i = 0; i < 6; i++)
        read_signal(*state, 7, "", i, -99);
    fire();
    assert_int_equal(tellings, 0);
}

static void slow(struct degradation *flow, uint32_t device, uint32_t slot, uint32_t ms,
                 uint16_t lost)
{
    degradation_hear(
        flow,
        &(struct rollup_record){
            .device_id = device, .slot = slot, .sent = 10, .lost = lost, .mean_us = ms * 1000});
}

static void a_link_that_is_slow_is_told(void **state)
{
    degradation_on_database(*state, true);
    for (uint32_t i = 0; i < 3; i++) {
        slow(*state, 7, SLOT + i, 700, 0);
        slow(*state, 8, SLOT + i, 400, 0);
        slow(*state, 9, SLOT + i, 700, 8); /* of two answers nothing is told but the loss */
    }
    fire();
    assert_non_null(
        strstr(told, "\"device\":7,\"measure\":\"rtt\",\"instance\":\"\",\"unit\":\"ms\""));
    assert_non_null(
        strstr(told, "\"figure\":700.0,\"floor\":500.0,\"needs\":375.0,\"below\":false"));
    assert_null(strstr(told, "\"device\":8"));
    assert_non_null(strstr(told, "\"device\":9,\"measure\":\"loss\""));
    assert_null(strstr(told, "\"device\":9,\"measure\":\"rtt\""));
}

/* A claim may have been proven in the good rounds: that it is bad once more cannot wait. */
static void what_turns_bad_once_more_is_told_at_once(void **state)
{
    degradation_on_database(*state, true);
    for (uint32_t i = 0; i < 3; i++)
        read_signal(*state, 7, "", i, -84);
    fire();
    for (uint32_t i = 3; i < 7; i++)
        read_signal(*state, 7, "", i, -70);
    read_signal(*state, 7, "", 7, -84);
    read_signal(*state, 7, "", 8, -84);
    fire();
    tellings = 0;
    read_signal(*state, 7, "", 9, -84);
    fire();
    assert_int_equal(tellings, 1);
    assert_non_null(strstr(told, "\"since\":\"2027-01-15T08:00:17.000000Z\",\"until\":null,"
                                 "\"bad_since\":\"2027-01-15T08:35:17.000000Z\""));
}

static void one_device_has_room_for_so_many_but_always_for_its_link(void **state)
{
    char instance[8];

    degradation_on_database(*state, true);
    for (uint32_t i = 0; i < 100; i++) {
        snprintf(instance, sizeof instance, "w%u", i);
        for (uint32_t round = 0; round < 3; round++)
            read_signal(*state, 7, instance, round, -84);
    }
    hear(*state, 7, SLOT, "333");
    fire();
    assert_non_null(strstr(told, "\"w15\""));
    assert_null(strstr(told, "\"w16\""));
    assert_non_null(strstr(told, "\"measure\":\"loss\""));
}

static void run_sweep(int64_t hours)
{
    clock_now.us += hours * 3600 * US_PER_S;
    sweep.fire(sweep.arg);
    fire();
}

static void what_is_not_heard_of_any_more_comes_to_its_end(void **state)
{
    degradation_on_database(*state, true);
    for (uint32_t i = 0; i < 3; i++) {
        read_signal(*state, 7, "", i, -84);
        read_signal(*state, 2000, "", i, -84); /* no gateway: nobody knows how its site was */
    }
    fire();
    tellings = 0;
    run_sweep(1);
    assert_int_equal(tellings, 0); /* an hour after the last word, not the first */
    run_sweep(1);
    assert_int_equal(tellings, 1);
    assert_non_null(strstr(told, "\"device\":7,"));
    assert_null(strstr(told, "\"device\":2000,"));
    assert_non_null(strstr(told, "\"until\":\"2027-01-15T08:10:17.000000Z\""));
    run_sweep(24);
    assert_int_equal(tellings, 2);
    assert_non_null(strstr(told, "\"device\":2000,"));
}

static void at_a_site_that_is_down_nothing_ends(void **state)
{
    degradation_on_database(*state, true);
    for (uint32_t i = 0; i < 3; i++)
        read_signal(*state, 7, "", i, -84);
    fire();
    steady = false;
    run_sweep(5);
    assert_int_equal(tellings, 1);
}

static void a_reading_that_lasted_when_the_daemon_started_comes_to_its_end(void **state)
{
    lasting = "[{\"site\": \"33.14.01\", \"device\": 7, \"measure\": \"signal\", "
              "\"instance\": \"wlan1\", \"unit\": \"dBm\", \"since\": \"2027-01-15T07:00:00Z\", "
              "\"floor\": -82, \"needs\": -75, \"below\": true}, {\"device\": 0, \"since\": "
              "\"2027-01-15T07:00:00Z\"}]";
    degradation_on_database(*state, true);
    for (uint32_t i = 0; i < 6; i++)
        read_signal(*state, 7, "wlan1", i, -70);
    fire();
    assert_non_null(strstr(told, "\"measure\":\"signal\",\"instance\":\"wlan1\""));
    assert_non_null(strstr(told, "\"since\":\"2027-01-15T07:00:00.000000Z\","
                                 "\"until\":\"2027-01-15T08:00:17.000000Z\""));
}

/* ---- what is usual ---- */

static void read_usual(struct degradation *flow)
{
    degradation_on_database(flow, true);
    for (int i = 0; i < 4 && hourly.armed; i++) {
        hourly.armed = false;
        hourly.fire(hourly.arg);
    }
}

static void what_is_far_from_usual_is_bad_although_the_floor_is_not_reached(void **state)
{
    pages[0] = "{\"last\": 7, \"rows\": [[7, \"rtt\", \"\", 8, 30, 30, 30], "
               "[7, \"signal\", \"wlan1\", 8, -60, -60, -60], [7, \"signal\"], null]}";
    pages[1] = "{\"last\": null, \"rows\": [[6, \"rtt\", \"\", 2, 30, 30, 30]]}";
    read_usual(*state);
    assert_int_equal(asked, 2);
    assert_int_equal(asked_after[0], 0);
    assert_int_equal(asked_after[1], 7);
    for (uint32_t i = 0; i < 3; i++) {
        slow(*state, 6, SLOT + i, 400, 0); /* two weeks are too few */
        slow(*state, 7, SLOT + i, 400, 0);
        slow(*state, 8, SLOT + i, 400, 0); /* nothing is known of it */
        read_signal(*state, 7, "wlan1", i, -69);
        read_signal(*state, 7, "wlan2", i, -69);
    }
    fire();
    assert_non_null(strstr(told, "\"measure\":\"rtt\",\"instance\":\"\",\"unit\":\"ms\""));
    assert_non_null(strstr(told, "\"floor\":130.0,\"needs\":80.0,\"below\":false,\"base\":30.0"));
    assert_non_null(strstr(told, "\"instance\":\"wlan1\""));
    assert_non_null(strstr(told, "\"floor\":-68.0,\"needs\":-64.0,\"below\":true,\"base\":-60.0"));
    assert_null(strstr(told, "\"device\":6"));
    assert_null(strstr(told, "\"device\":8"));
    assert_null(strstr(told, "wlan2"));
}

static void the_floor_holds_where_it_is_stricter_than_what_is_usual(void **state)
{
    pages[0] = "{\"last\": null, \"rows\": [[7, \"rtt\", \"\", 8, 600, 600, 600]]}";
    read_usual(*state);
    for (uint32_t i = 0; i < 3; i++)
        slow(*state, 7, SLOT + i, 600, 0);
    fire();
    assert_non_null(strstr(told, "\"floor\":500.0,\"needs\":375.0,\"below\":false,\"base\":null"));
}

/* The database goes away, and with it, an hour later, what is usual. */
static void what_was_bad_by_what_is_usual_is_not_good_because_that_is_not_known(void **state)
{
    pages[0] = "{\"last\": null, \"rows\": [[7, \"rtt\", \"\", 8, 30, 30, 30]]}";
    read_usual(*state);
    for (uint32_t i = 0; i < 3; i++)
        slow(*state, 7, SLOT + i, 400, 0);
    fire();
    tellings = 0;
    for (uint32_t i = 12; i < 18; i++)
        slow(*state, 7, SLOT + i, 300, 0);
    fire();
    assert_null(strstr(told, "\"until\":\"2027"));
    for (uint32_t i = 18; i < 24; i++)
        slow(*state, 7, SLOT + i, 80, 0);
    fire();
    assert_non_null(strstr(told, "\"until\":\"2027-01-15T09:30:00.000000Z\""));
}

static void what_is_usual_is_read_again_when_an_hour_begins_and_when_it_failed(void **state)
{
    pages[1] = "{\"last\": null, \"rows\": [[7, \"rtt\", \"\", 8, 30, 30, 30]]}";
    pages[2] = "{\"last\": null, \"rows\": []}";
    degradation_on_database(*state, true);
    hourly.fire(hourly.arg);
    hourly.fire(hourly.arg);
    hourly.fire(hourly.arg);
    assert_int_equal(asked, 2); /* it failed, it was read; it is known */
    clock_now.us += 3600 * US_PER_S;
    hourly.fire(hourly.arg);
    assert_int_equal(asked, 3);
    for (uint32_t i = 12; i < 15; i++)
        slow(*state, 7, SLOT + i, 400, 0);
    fire();
    assert_int_equal(tellings, 0); /* by now nothing is known of it */
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
        CASE(a_thousand_links_at_once_are_told_some_at_a_time),
        CASE(a_signal_below_its_profile_s_limit_is_told),
        CASE(readings_that_are_switched_off_or_no_ticket_are_not_judged),
        CASE(a_link_that_is_slow_is_told),
        CASE(what_turns_bad_once_more_is_told_at_once),
        CASE(one_device_has_room_for_so_many_but_always_for_its_link),
        CASE(what_is_not_heard_of_any_more_comes_to_its_end),
        CASE(at_a_site_that_is_down_nothing_ends),
        CASE(a_reading_that_lasted_when_the_daemon_started_comes_to_its_end),
        CASE(what_is_far_from_usual_is_bad_although_the_floor_is_not_reached),
        CASE(the_floor_holds_where_it_is_stricter_than_what_is_usual),
        CASE(what_was_bad_by_what_is_usual_is_not_good_because_that_is_not_known),
        CASE(what_is_usual_is_read_again_when_an_hour_begins_and_when_it_failed),
    };

    log_set_level(LOG_LEVEL_WARN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
