/* SPDX-License-Identifier: ISC */
/* Devices beside the gateways on their way to the database, on a clock and a store of the test's
 * own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/base/text.h"
#include "daemon/beside.h"
#include "daemon/loop.h"
#include "probes/probers.h"
#include "sql/store_reading.h"

#define BEGIN_S INT64_C(1764000000) /* 2025-11-24T16:00:00Z */

struct loop {
    int64_t now_s;
};
struct loop_timer {
    void (*fire)(void *arg);
    void *arg;
    int64_t delay_ms; /* below 0: not armed */
};

static struct loop loop;
static struct loop_timer timer;
static struct beside *beside;
static struct text sent;    /* the last call's rows */
static struct text renewed; /* devices that are asked anew */
static int calls;
static store_done_cb *answer;
static void *answer_arg;

struct wall loop_wall(const struct loop *here)
{
    return (struct wall){here->now_s * US_PER_S};
}

struct mono loop_mono(const struct loop *here)
{
    return (struct mono){here->now_s * US_PER_S};
}

struct loop_timer *loop_timer_new(struct loop *here, void (*fire)(void *arg), void *arg)
{
    (void)here;
    timer = (struct loop_timer){fire, arg, -1};
    return &timer;
}

void loop_timer_arm(struct loop_timer *here, int64_t delay_ms)
{
    here->delay_ms = delay_ms;
}

void loop_timer_disarm(struct loop_timer *here)
{
    here->delay_ms = -1;
}

void loop_timer_free(struct loop_timer *here)
{
    (void)here;
}

uint32_t probers_shard(const struct probers *probers, uint32_t device_id)
{
    (void)probers;
    return device_id % 2;
}

void probers_renew(struct probers *probers, const uint32_t *devices, size_t count)
{
    (void)probers;
    text_clear(&renewed);
    for (size_t i = 0; i < count; i++)
        text_addf(&renewed, "%s%u", i > 0 ? " " : "", devices[i]);
}

void store_device_report(struct pg_conn *conn, const char *states_json, struct wall now,
                         store_done_cb *cb, void *arg)
{
    (void)conn;
    (void)now;
    assert_null(answer); /* one at a time */
    calls++;
    text_clear(&sent);
    text_add(&sent, states_json);
    answer = cb;
    answer_arg = arg;
}

static void answered(enum store_rc rc)
{
    const struct store_status status = {.rc = rc, .words = "no"};
    store_done_cb *cb = answer;

    assert_non_null(cb);
    answer = NULL;
    cb(&status, answer_arg);
}

static void fire(void)
{
    assert_true(timer.delay_ms >= 0);
    timer.delay_ms = -1;
    timer.fire(timer.arg);
}

static int set_up(void **state)
{
    static const struct beside_device devices[] = {{7, "V1", false, false},
                                                   {8, "V1", false, false}};

    (void)state;
    loop.now_s = BEGIN_S;
    calls = 0;
    answer = NULL;
    beside = beside_new(&loop);
    beside_on_database(beside, true);
    timer.delay_ms = -1;
    beside_take_plan(beside, devices, 2);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    beside_free(beside);
    text_free(&sent);
    text_free(&renewed);
    return 0;
}

static bool hear(uint32_t device_id, enum link_state state, int64_t first_s)
{
    struct wall first = {(BEGIN_S + first_s) * US_PER_S};
    const struct link_change change = {.device_id = device_id,
                                       .state = state,
                                       .effect = LINK_FX_NONE,
                                       .at = {(BEGIN_S + 60) * US_PER_S},
                                       .first_bad = state == LINK_DOWN ? first : (struct wall){0},
                                       .first_good = state == LINK_UP ? first : (struct wall){0}};

    return beside_on_change(beside, &change);
}

static void what_answers_and_what_is_silent_is_told_with_its_begin(void **state)
{
    (void)state;
    assert_true(hear(7, LINK_UP, 5));
    assert_true(hear(8, LINK_DOWN, 9));
    fire();
    assert_string_equal(
        text_get(&sent),
        "[{\"device\":7,\"state\":\"up\",\"since\":\"2025-11-24T16:00:05.000000Z\"},"
        "{\"device\":8,\"state\":\"down\",\"since\":\"2025-11-24T16:00:09.000000Z\"}]");
    assert_false(beside_idle(beside));
    answered(STORE_OK);
    assert_true(beside_idle(beside));
}

static void a_gateway_is_none_of_these(void **state)
{
    (void)state;
    assert_false(hear(1, LINK_DOWN, 0));
    assert_null(beside_site_of(beside, 1));
    assert_string_equal(beside_site_of(beside, 8), "V1");
    assert_true(timer.delay_ms < 0);
}

static void a_miss_is_no_state(void **state)
{
    struct beside_counts counts;

    (void)state;
    assert_true(hear(7, LINK_UP, 0));
    fire();
    answered(STORE_OK);
    timer.delay_ms = -1;
    assert_true(hear(7, LINK_SUSPECT, 0));
    assert_true(hear(7, LINK_UP, 0));
    assert_true(timer.delay_ms < 0);
    beside_counts(beside, &counts);
    assert_int_equal(counts.up, 1);
    assert_int_equal(counts.unknown, 1);
}

static void what_was_not_written_is_told_again_with_what_is_new(void **state)
{
    (void)state;
    hear(7, LINK_UP, 5);
    fire();
    hear(8, LINK_UP, 6);
    answered(STORE_UNREACHABLE);
    fire();
    assert_non_null(strstr(text_get(&sent), "\"device\":7"));
    assert_non_null(strstr(text_get(&sent), "\"device\":8"));
    answered(STORE_OK);
    if (timer.delay_ms >= 0)
        fire();
    assert_int_equal(calls, 2);
}

static void a_database_that_comes_back_is_told_all(void **state)
{
    (void)state;
    hear(7, LINK_UP, 5);
    fire();
    answered(STORE_OK);
    beside_on_database(beside, false);
    hear(8, LINK_DOWN, 6);
    assert_true(timer.delay_ms < 0);
    beside_on_database(beside, true);
    fire();
    assert_non_null(strstr(text_get(&sent), "\"device\":7"));
    assert_non_null(strstr(text_get(&sent), "\"device\":8"));
    answered(STORE_OK);
}

static void those_of_a_prober_that_is_gone_are_unknown(void **state)
{
    (void)state;
    hear(7, LINK_UP, 5);
    hear(8, LINK_UP, 5);
    fire();
    answered(STORE_OK);
    loop.now_s += 30;
    beside_on_prober_lost(beside, NULL, 1);
    fire();
    assert_string_equal(
        text_get(&sent),
        "[{\"device\":7,\"state\":\"unknown\",\"since\":\"2025-11-24T16:00:30.000000Z\"}]");
    answered(STORE_OK);
}

static void what_was_silent_before_its_prober_was_lost_is_so_after_it(void **state)
{
    (void)state;
    hear(7, LINK_DOWN, 5);
    beside_on_prober_lost(beside, NULL, 1);
    beside_on_prober_ready(beside, NULL, 0); /* another one */
    fire();
    assert_non_null(strstr(text_get(&sent), "\"state\":\"unknown\""));
    answered(STORE_OK);
    beside_on_prober_ready(beside, NULL, 1);
    fire();
    assert_string_equal(
        text_get(&sent),
        "[{\"device\":7,\"state\":\"down\",\"since\":\"2025-11-24T16:00:05.000000Z\"}]");
    answered(STORE_OK);
    hear(7, LINK_UP, 50);
    beside_on_prober_lost(beside, NULL, 1);
    beside_on_prober_ready(beside, NULL, 1);
    fire();
    assert_non_null(strstr(text_get(&sent), "\"state\":\"unknown\""));
    answered(STORE_OK);
}

static void a_new_plan_keeps_who_stays_and_forgets_who_goes(void **state)
{
    static const struct beside_device devices[] = {{8, "V2", false, false},
                                                   {9, "V2", false, false}};
    struct beside_counts counts;

    (void)state;
    hear(7, LINK_UP, 5);
    hear(8, LINK_DOWN, 5);
    beside_take_plan(beside, devices, 2);
    beside_counts(beside, &counts);
    assert_int_equal(counts.up, 0);
    assert_int_equal(counts.down, 1);
    assert_int_equal(counts.unknown, 1);
    assert_string_equal(beside_site_of(beside, 8), "V2");
    assert_null(beside_site_of(beside, 7));
}

static void who_is_left_out_is_told_to_be_unknown_until_it_is_back(void **state)
{
    static const struct beside_device without[] = {{7, "V1", true, false}, {8, "V1", true, false}};
    static const struct beside_device with[] = {{7, "V1", false, false}, {8, "V1", false, false}};
    struct beside_counts counts;

    (void)state;
    hear(7, LINK_DOWN, 5); /* 8: an earlier run may have told of it */
    fire();
    answered(STORE_OK);
    loop.now_s += 30;
    beside_take_plan(beside, without, 2);
    assert_false(hear(7, LINK_UP, 50));
    beside_on_prober_ready(beside, NULL, 1);
    fire();
    assert_string_equal(
        text_get(&sent),
        "[{\"device\":7,\"state\":\"unknown\",\"since\":\"2025-11-24T16:00:30.000000Z\"},"
        "{\"device\":8,\"state\":\"unknown\",\"since\":\"2025-11-24T16:00:30.000000Z\"}]");
    answered(STORE_OK);
    beside_counts(beside, &counts);
    assert_int_equal(counts.unknown, 2);
    assert_int_equal(counts.left_out, 2);
    assert_null(beside_site_of(beside, 7));
    beside_take_plan(beside, with, 2);
    assert_true(hear(7, LINK_UP, 50));
    fire();
    assert_non_null(strstr(text_get(&sent), "{\"device\":7,\"state\":\"up\""));
    answered(STORE_OK);
    beside_counts(beside, &counts);
    assert_int_equal(counts.left_out, 0);
}

/* 7 is down by then, 8 is up, 9 a reference. */
static void go_blind(void)
{
    static const struct beside_device devices[] = {
        {7, "V1", false, false}, {8, "V1", false, false}, {9, "V1", false, true}};

    beside_take_plan(beside, devices, 3);
    hear(7, LINK_DOWN, 5);
    hear(8, LINK_UP, 5);
    hear(9, LINK_DOWN, 21);
    loop.now_s = BEGIN_S + 40;
    beside_set_blind(beside, NULL, true, (struct wall){(BEGIN_S + 20) * US_PER_S});
}

static void while_we_are_blind_all_but_references_are_unknown(void **state)
{
    struct beside_counts counts;

    (void)state;
    go_blind();
    fire();
    assert_string_equal(
        text_get(&sent),
        "[{\"device\":7,\"state\":\"unknown\",\"since\":\"2025-11-24T16:00:20.000000Z\"},"
        "{\"device\":8,\"state\":\"unknown\",\"since\":\"2025-11-24T16:00:20.000000Z\"},"
        "{\"device\":9,\"state\":\"down\",\"since\":\"2025-11-24T16:00:21.000000Z\"}]");
    answered(STORE_OK);
    hear(8, LINK_DOWN, 22);
    beside_on_prober_ready(beside, NULL, 1);
    beside_counts(beside, &counts);
    assert_int_equal(counts.down, 1);
    assert_int_equal(counts.unknown, 2);
    hear(8, LINK_UP, 50); /* who answers is there */
    beside_counts(beside, &counts);
    assert_int_equal(counts.up, 1);
}

static void afterwards_who_was_down_is_so_and_the_others_are_asked_anew(void **state)
{
    struct beside_counts counts;

    (void)state;
    go_blind();
    loop.now_s = BEGIN_S + 100;
    beside_set_blind(beside, NULL, false, (struct wall){0});
    assert_string_equal(text_get(&renewed), "8");
    fire();
    assert_non_null(
        strstr(text_get(&sent),
               "{\"device\":7,\"state\":\"down\",\"since\":\"2025-11-24T16:00:05.000000Z\"}"));
    answered(STORE_OK);
    hear(8, LINK_DOWN, 30); /* was under way */
    beside_counts(beside, &counts);
    assert_int_equal(counts.unknown, 1);
    hear(8, LINK_DOWN, 101); /* it is down, as it turns out */
    beside_counts(beside, &counts);
    assert_int_equal(counts.down, 3);
}

static void what_fell_silent_with_us_was_up(void **state)
{
    (void)state;
    hear(7, LINK_DOWN, 21);
    loop.now_s = BEGIN_S + 40;
    beside_set_blind(beside, NULL, true, (struct wall){(BEGIN_S + 20) * US_PER_S});
    beside_set_blind(beside, NULL, false, (struct wall){0});
    assert_string_equal(text_get(&renewed), "7 8");
}

/* Lines of the log that name the event, of what go() does. */
static int lines_of(const char *event, void (*go)(void))
{
    FILE *log = tmpfile();
    int saved = dup(STDERR_FILENO), count = 0;
    char line[512];

    assert_non_null(log);
    dup2(fileno(log), STDERR_FILENO);
    go();
    dup2(saved, STDERR_FILENO);
    close(saved);
    rewind(log);
    while (fgets(line, sizeof line, log) != NULL)
        count += strstr(line, event) != NULL;
    fclose(log);
    return count;
}

static void flicker(void)
{
    for (int i = 0; i < 50; i++)
        hear(7, i % 2 == 0 ? LINK_UP : LINK_DOWN, i);
}

static void flicker_later(void)
{
    loop.now_s += 60;
    flicker();
}

static void a_storm_of_changes_is_few_lines(void **state)
{
    (void)state;
    assert_int_equal(lines_of("device.state site=V1 device=7", flicker), 20);
    assert_int_equal(lines_of("device.state", flicker), 0);
    assert_int_equal(lines_of("devices.state changes_not_said=80", flicker_later), 1);
    assert_int_equal(lines_of("device.state", flicker), 0);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(what_answers_and_what_is_silent_is_told_with_its_begin),
        test(a_gateway_is_none_of_these),
        test(a_miss_is_no_state),
        test(what_was_not_written_is_told_again_with_what_is_new),
        test(a_database_that_comes_back_is_told_all),
        test(those_of_a_prober_that_is_gone_are_unknown),
        test(what_was_silent_before_its_prober_was_lost_is_so_after_it),
        test(a_new_plan_keeps_who_stays_and_forgets_who_goes),
        test(while_we_are_blind_all_but_references_are_unknown),
        test(afterwards_who_was_down_is_so_and_the_others_are_asked_anew),
        test(what_fell_silent_with_us_was_up),
        test(a_storm_of_changes_is_few_lines),
        test(who_is_left_out_is_told_to_be_unknown_until_it_is_back),
    };

    return cmocka_run_group_tests_name("beside", tests, NULL, NULL);
}
