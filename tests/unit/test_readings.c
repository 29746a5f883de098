/* SPDX-License-Identifier: ISC */
/* Readings on their way to the database, on a clock and a store of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/base/json.h"
#include "daemon/history.h"
#include "daemon/loop.h"
#include "daemon/readings.h"
#include "probes/probers.h"
#include "probes/profile_files.h"
#include "sql/store_reading.h"

struct loop {
    int64_t now_s;
};
struct loop_timer {
    void (*fire)(void *arg);
    void *arg;
};

static struct loop loop;
static struct loop_timer timer;

/* The last put. */
static struct text rows;
static int sent;
static store_done_cb *answer;
static void *answer_arg;

struct mono loop_mono(const struct loop *here)
{
    return (struct mono){here->now_s * US_PER_S};
}

struct loop_timer *loop_timer_new(struct loop *here, void (*fire)(void *arg), void *arg)
{
    (void)here;
    timer = (struct loop_timer){fire, arg};
    return &timer;
}

void loop_timer_arm(struct loop_timer *here, int64_t delay_ms)
{
    (void)here;
    (void)delay_ms;
}

void loop_timer_disarm(struct loop_timer *here)
{
    (void)here;
}

void loop_timer_free(struct loop_timer *here)
{
    (void)here;
}

void store_readings_put(struct pg_conn *conn, const char *rows_json, store_done_cb *cb, void *arg)
{
    (void)conn;
    sent++;
    text_clear(&rows);
    text_add(&rows, rows_json);
    answer = cb;
    answer_arg = arg;
}

/* What the history was told of. */
static int told;
static char told_metric[PROFILE_NAME_MAX];

void history_add_reading(struct history *history, const struct reading_report *report,
                         const struct profile_metric *metric)
{
    (void)history;
    (void)report;
    told++;
    memcpy(told_metric, metric->name, sizeof told_metric);
}

static const char text[] = "profile a\n"
                           "metric signal\noid 1.3.1.0\nunit dBm\n"
                           "metric octets\noid 1.3.2\nindex ifindex\nkind counter\nunit octets\n"
                           "metric state\noid 1.3.3.0\nkind enum\nwords 5 battery\n"
                           "metric model\noid 1.3.4.0\nkind text\n";

static const char *text_now = text; /* of the folder */
static struct text given;           /* to the probers */
static uint32_t given_interval_s;
static struct readings *readings;

struct profiles *profile_files_read(const char *folder, struct text *packed,
                                    struct text *complaints)
{
    assert_string_equal(folder, "");
    text_add(packed, text_now);
    return profiles_unpack(text_now, complaints);
}

uint32_t probers_profiles(struct probers *probers, const char *packed, uint32_t interval_s)
{
    assert_ptr_equal(probers, &loop);
    text_clear(&given);
    text_add(&given, packed);
    given_interval_s = interval_s;
    return 3;
}

static void answered(enum store_rc rc)
{
    const struct store_status status = {.rc = rc, .words = "no"};
    store_done_cb *cb = answer;

    answer = NULL;
    cb(&status, answer_arg);
}

static int set_up(void **state)
{
    struct text complaints = {0};
    bool good;

    (void)state;
    readings = readings_new(&loop);
    text_now = text;
    good = readings_read_profiles(readings, "", &complaints);
    readings_set_probers(readings, (struct probers *)(void *)&loop);
    readings_apply(readings, 300000);
    readings_on_database(readings, true);
    sent = 0;
    answer = NULL;
    return !good;
}

static int tear_down(void **state)
{
    (void)state;
    readings_free(readings);
    if (answer != NULL)
        answered(STORE_UNREACHABLE);
    text_free(&given);
    text_free(&rows);
    return 0;
}

static void tick(void)
{
    loop.now_s++;
    timer.fire(timer.arg);
}

static struct reading_report report_of(uint32_t device_id, int64_t at_s, uint16_t metric,
                                       double number)
{
    return (struct reading_report){.device_id = device_id,
                                   .set = 3,
                                   .metric = metric,
                                   .status = VALUE_OK,
                                   .health = PROFILE_FINE,
                                   .number = number,
                                   .at = {at_s * US_PER_S}};
}

static void hear(const struct reading_report *report)
{
    readings_on_report(report, readings);
}

/* After the reading is over: a tick that closes its row and sends it. */
static void let_go(void)
{
    tick();
    tick();
}

static void a_reading_becomes_one_row(void **state)
{
    struct reading_report report;

    (void)state;
    report = report_of(42, 1764000000, 0, -84.5);
    report.health = PROFILE_WARN;
    hear(&report);
    report = report_of(42, 1764000000, 1, 125000);
    memcpy(report.instance, "ether\"1", sizeof "ether\"1");
    hear(&report);
    report = report_of(42, 1764000000, 2, 5);
    hear(&report);
    report = report_of(42, 1764000000, 3, 0);
    memcpy(report.text, "RB912", sizeof "RB912");
    hear(&report);
    report = report_of(42, 1764000000, 0, 0);
    report.status = VALUE_INVALID;
    hear(&report);
    let_go();
    assert_int_equal(sent, 1);
    assert_string_equal(
        text_get(&rows),
        "[{\"device\":42,\"at\":\"2025-11-24T16:00:00.000000Z\",\"profile\":\"a\",\"readings\":["
        "{\"metric\":\"signal\",\"instance\":null,\"value\":-84.5,\"unit\":\"dBm\",\"word\":null,"
        "\"text\":null,\"status\":\"ok\",\"health\":\"warn\"},"
        "{\"metric\":\"octets\",\"instance\":\"ether\\\"1\",\"value\":125000,\"unit\":\"octets/s\","
        "\"word\":null,\"text\":null,\"status\":\"ok\",\"health\":\"ok\"},"
        "{\"metric\":\"state\",\"instance\":null,\"value\":5,\"unit\":null,\"word\":\"battery\","
        "\"text\":null,\"status\":\"ok\",\"health\":\"ok\"},"
        "{\"metric\":\"model\",\"instance\":null,\"value\":null,\"unit\":null,\"word\":null,"
        "\"text\":\"RB912\",\"status\":\"ok\",\"health\":\"ok\"},"
        "{\"metric\":\"signal\",\"instance\":null,\"value\":null,\"unit\":\"dBm\",\"word\":null,"
        "\"text\":null,\"status\":\"invalid\",\"health\":\"ok\"}]}]");
}

static size_t rows_put(void)
{
    struct err err;
    struct js *list = js_parse(text_get(&rows), rows.bytes, &err);
    size_t count;

    if (list == NULL)
        fail_msg("%s: %s", err.text, text_get(&rows));
    count = js_count(list);
    js_free(list);
    return count;
}

static void readings_leave_together_one_statement_at_a_time(void **state)
{
    struct reading_report report;

    (void)state;
    for (uint32_t id = 1; id <= 3; id++) {
        report = report_of(id, 1764000000, 0, 1);
        hear(&report);
    }
    let_go();
    assert_int_equal(sent, 1);
    assert_int_equal(rows_put(), 2); /* more of the third may be on its way */
    report = report_of(4, 1764000000, 0, 1);
    hear(&report);
    let_go();
    let_go();
    assert_int_equal(sent, 1); /* not answered yet */
    answered(STORE_OK);
    tick();
    assert_int_equal(sent, 2);
}

static void a_row_stays_open_while_more_of_it_comes(void **state)
{
    struct reading_report report = report_of(1, 1764000000, 0, 1);

    (void)state;
    hear(&report);
    tick();
    hear(&report);
    tick();
    assert_int_equal(sent, 0);
    tick();
    assert_int_equal(sent, 1);
    assert_int_equal(rows_put(), 1);
}

static void what_is_of_other_profiles_is_not_taken(void **state)
{
    struct reading_report report = report_of(1, 1764000000, 0, 1);

    (void)state;
    report.set = 2;
    hear(&report);
    report.set = 3;
    report.profile = 1;
    hear(&report);
    report.profile = 0;
    report.metric = 4;
    hear(&report);
    let_go();
    assert_int_equal(sent, 0);
}

static void wrong_profiles_change_nothing(void **state)
{
    struct reading_report report = report_of(1, 1764000000, 0, 1);
    struct text complaints = {0};

    (void)state;
    assert_int_equal(given_interval_s, 300);
    text_now = "profile a\nmotor 1\n";
    assert_false(readings_read_profiles(readings, "", &complaints));
    assert_non_null(strstr(text_get(&complaints), "motor"));
    readings_apply(readings, 60000);
    assert_int_equal(given_interval_s, 60);
    assert_string_equal(text_get(&given), text);
    hear(&report);
    let_go();
    assert_int_equal(sent, 1);
    text_now = "profile b\n";
    assert_true(readings_read_profiles(readings, "", &complaints));
    readings_apply(readings, 60000);
    assert_string_equal(text_get(&given), text_now);
    text_free(&complaints);
}

static void nothing_is_kept_for_a_database_that_is_away(void **state)
{
    struct reading_report report = report_of(1, 1764000000, 0, 1);

    (void)state;
    hear(&report);
    readings_on_database(readings, false);
    hear(&report);
    let_go();
    readings_on_database(readings, true);
    let_go();
    assert_int_equal(sent, 0);
}

static void the_history_hears_of_each_value_also_without_a_database(void **state)
{
    struct reading_report report = report_of(1, 1764000000, 1, 1);

    (void)state;
    told = 0;
    hear(&report);
    assert_int_equal(told, 0);
    readings_set_history(readings, (struct history *)(void *)&loop);
    readings_on_database(readings, false);
    hear(&report);
    assert_int_equal(told, 1);
    assert_string_equal(told_metric, "octets");
    report.set = 2;
    hear(&report);
    assert_int_equal(told, 1);
}

static void a_slow_database_costs_rows_not_memory(void **state)
{
    struct reading_report report;

    (void)state;
    for (uint32_t id = 1; id <= 100000; id++) {
        report = report_of(id, 1764000000, 0, 1);
        hear(&report);
    }
    assert_int_equal(sent, 1);
    assert_true(readings_dropped(readings) > 10000);
    answered(STORE_UNREACHABLE);
    assert_int_equal(sent, 2);
    assert_in_range(rows.bytes, 1, 4 * 1024 * 1024 + 2);
}

static void an_answer_may_come_after_the_end(void **state)
{
    struct reading_report report = report_of(1, 1764000000, 0, 1);

    (void)state;
    hear(&report);
    let_go();
    assert_int_equal(sent, 1);
    assert_false(readings_idle(readings));
    readings_stop(readings);
    readings_free(readings);
    readings = NULL;
    answered(STORE_UNREACHABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_reading_becomes_one_row, set_up, tear_down),
        cmocka_unit_test_setup_teardown(readings_leave_together_one_statement_at_a_time, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_row_stays_open_while_more_of_it_comes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_of_other_profiles_is_not_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_profiles_change_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_kept_for_a_database_that_is_away, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_history_hears_of_each_value_also_without_a_database,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_slow_database_costs_rows_not_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_answer_may_come_after_the_end, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
