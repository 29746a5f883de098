/* SPDX-License-Identifier: ISC */
/* What is kept of probes and readings, on a clock and a store of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "daemon/history.h"
#include "daemon/loop.h"
#include "daemon/reading_shelf.h"
#include "sql/store_history.h"

#define BEGIN_S INT64_C(1764000000) /* a slot's beginning */

struct loop {
    int64_t now_s;
};
struct loop_timer {
    void (*fire)(void *arg);
    void *arg;
    int64_t delay_ms; /* below 0: not armed */
};

enum { FLUSH, KEEP, SWEEP, TIMERS };

static struct loop loop;
static struct loop_timer timers[TIMERS];
static size_t timer_count;
static struct history *history;

/* The last batch. */
static enum { NONE, PROBES, READINGS } sent;
static size_t sent_rows;
static uint32_t sent_most;
static int batches;
static store_count_cb *answer;
static void *answer_arg;
static struct store_reading_row last_row; /* of those that were made; its texts are gone */

struct wall loop_wall(const struct loop *here)
{
    return (struct wall){here->now_s * US_PER_S};
}

struct loop_timer *loop_timer_new(struct loop *here, void (*fire)(void *arg), void *arg)
{
    (void)here;
    timers[timer_count] = (struct loop_timer){fire, arg, -1};
    return &timers[timer_count++];
}

void loop_timer_arm(struct loop_timer *timer, int64_t delay_ms)
{
    timer->delay_ms = delay_ms;
}

void loop_timer_disarm(struct loop_timer *timer)
{
    timer->delay_ms = -1;
}

void loop_timer_free(struct loop_timer *timer)
{
    (void)timer;
}

static void note(size_t rows, store_count_cb *cb, void *arg)
{
    assert_null(answer); /* one at a time */
    sent_rows = rows;
    batches++;
    answer = cb;
    answer_arg = arg;
}

void store_rollups(struct pg_copy *copy, const struct store_rollup *rows, size_t count,
                   struct wall oldest, struct wall now, store_count_cb *cb, void *arg)
{
    (void)copy;
    (void)rows;
    assert_int_equal(now.us - oldest.us, 30 * INT64_C(86400) * US_PER_S);
    sent = PROBES;
    note(count, cb, arg);
}

void store_reading_row_add(struct copy_rows *rows, const struct store_reading_row *row)
{
    last_row = *row;
    copy_row(rows, 1);
    copy_i32(rows, row->device_id);
}

void store_reading_rows(struct pg_copy *copy, struct copy_rows *rows, struct wall oldest,
                        struct wall now, uint32_t most, store_count_cb *cb, void *arg)
{
    (void)copy;
    assert_int_equal(now.us - oldest.us, 30 * INT64_C(86400) * US_PER_S);
    sent = READINGS;
    sent_most = most;
    note(rows->count, cb, arg);
}

void store_history_keep(struct pg_conn *conn, int64_t keep_ms, int64_t keep_hours_ms,
                        struct wall now, store_json_cb *cb, void *arg)
{
    (void)conn;
    (void)keep_ms;
    (void)keep_hours_ms;
    (void)now;
    (void)cb;
    (void)arg;
}

static int set_up(void **state)
{
    (void)state;
    timer_count = 0;
    sent = NONE;
    sent_rows = 0;
    batches = 0;
    answer = NULL;
    loop.now_s = BEGIN_S;
    history = history_new(&loop);
    history_set_keep(history, 30 * INT64_C(86400000), 730 * INT64_C(86400000), 16);
    history_on_database(history, true);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    history_free(history);
    return 0;
}

static void fire(int timer)
{
    assert_true(timers[timer].delay_ms >= 0);
    timers[timer].delay_ms = -1;
    timers[timer].fire(timers[timer].arg);
}

static void answered(enum store_rc rc, int64_t count)
{
    const struct store_status status = {.rc = rc, .words = "no"};
    store_count_cb *cb = answer;

    assert_non_null(cb);
    answer = NULL;
    cb(&status, count, answer_arg);
}

static struct profile_metric metric = {
    .name = "voltage", .unit = "V", .kind = PROFILE_GAUGE, .history = PROFILE_HISTORY_MAIN};

static void read_value(uint32_t device_id, int64_t at_s, double number)
{
    struct reading_report report = {.device_id = device_id,
                                    .metric = 4,
                                    .status = VALUE_OK,
                                    .health = PROFILE_FINE,
                                    .number = number,
                                    .at = {at_s * US_PER_S}};

    history_add_reading(history, &report, &metric);
}

/* Two slots of n devices, so that the first is over. */
static void read_devices(uint32_t first, uint32_t count)
{
    for (uint32_t id = first; id < first + count; id++) {
        read_value(id, BEGIN_S, 12);
        read_value(id, BEGIN_S + 300, 13);
    }
}

static void probe(uint32_t device_id)
{
    const struct rollup_record record = {device_id, 5880000, 10, 0, 100, 200, 1, 2, 3, 4};

    history_add(history, &record);
}

static void a_reading_is_stored_when_its_slot_is_over(void **state)
{
    struct history_counts counts;

    (void)state;
    read_value(7, BEGIN_S + 10, 12);
    read_value(7, BEGIN_S + 70, 13);
    assert_true(timers[FLUSH].delay_ms < 0);
    read_value(7, BEGIN_S + 310, 14);
    fire(FLUSH);
    assert_int_equal(sent, READINGS);
    assert_int_equal(sent_rows, 1);
    assert_int_equal(sent_most, 16);
    assert_int_equal(last_row.device_id, 7);
    assert_int_equal(last_row.slot.us, BEGIN_S * US_PER_S);
    assert_int_equal(last_row.count, 2);
    assert_int_equal(last_row.place, 4);
    assert_true(last_row.main);
    answered(STORE_OK, 1);
    history_counts(history, &counts);
    assert_int_equal(counts.readings_stored, 1);
    assert_int_equal(counts.readings_waiting, 0);
    assert_true(timers[FLUSH].delay_ms < 0);
}

static void a_device_that_is_read_no_more_is_not_waited_for(void **state)
{
    (void)state;
    read_value(7, BEGIN_S, 12);
    loop.now_s = BEGIN_S + 599;
    fire(SWEEP);
    assert_true(timers[FLUSH].delay_ms < 0); /* its next reading may come yet */
    loop.now_s = BEGIN_S + 600;
    fire(SWEEP);
    fire(FLUSH);
    assert_int_equal(sent_rows, 1);
    answered(STORE_OK, 1);
    assert_true(timers[SWEEP].delay_ms > 0);
}

static void what_is_no_number_is_no_row(void **state)
{
    static const struct {
        enum value_status status;
        enum profile_kind kind;
        enum profile_history history;
    } cases[] = {{VALUE_INVALID, PROFILE_GAUGE, PROFILE_HISTORY_MAIN},
                 {VALUE_OK, PROFILE_TEXT, PROFILE_HISTORY_SOME},
                 {VALUE_OK, PROFILE_GAUGE, PROFILE_HISTORY_NONE}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct profile_metric other = metric;
        struct reading_report report = {.device_id = 1,
                                        .status = cases[i].status,
                                        .health = PROFILE_FINE,
                                        .at = {BEGIN_S * US_PER_S}};

        other.kind = cases[i].kind;
        other.history = cases[i].history;
        history_add_reading(history, &report, &other);
        report.at.us += 300 * US_PER_S;
        history_add_reading(history, &report, &other);
    }
    assert_true(timers[FLUSH].delay_ms < 0);
}

static void probes_and_readings_take_turns(void **state)
{
    (void)state;
    probe(1);
    read_devices(1, 3);
    fire(FLUSH);
    assert_int_equal(sent, PROBES);
    probe(2);
    answered(STORE_OK, 1);
    fire(FLUSH);
    assert_int_equal(sent, READINGS);
    assert_int_equal(sent_rows, 3);
    answered(STORE_OK, 3);
    fire(FLUSH);
    assert_int_equal(sent, PROBES);
    answered(STORE_OK, 1);
    assert_true(timers[FLUSH].delay_ms < 0);
}

static void what_was_not_stored_is_sent_again_and_no_more_is_added_to_it(void **state)
{
    (void)state;
    read_devices(1, 3);
    fire(FLUSH);
    read_devices(4, 2);
    answered(STORE_UNREACHABLE, 0);
    assert_true(timers[FLUSH].delay_ms > 0);
    fire(FLUSH);
    assert_int_equal(sent_rows, 3);
    answered(STORE_OK, 3);
    fire(FLUSH);
    assert_int_equal(sent_rows, 2);
    answered(STORE_OK, 2);
}

static void whole_batches_follow_one_another_at_once(void **state)
{
    (void)state;
    read_devices(1, SHELF_BATCH_ROWS * 2 + 1);
    fire(FLUSH);
    assert_int_equal(sent_rows, SHELF_BATCH_ROWS);
    answered(STORE_OK, SHELF_BATCH_ROWS);
    assert_int_equal(timers[FLUSH].delay_ms, 0);
    fire(FLUSH);
    answered(STORE_OK, SHELF_BATCH_ROWS);
    assert_true(timers[FLUSH].delay_ms > 0);
    fire(FLUSH);
    assert_int_equal(sent_rows, 1);
    answered(STORE_OK, 1);
}

/* The batch that is under way is the oldest: its answer must not take a younger one with it. */
static void a_database_that_is_slow_for_long_costs_the_oldest(void **state)
{
    struct history_counts counts;

    (void)state;
    read_devices(1, SHELF_BATCH_ROWS);
    fire(FLUSH);
    read_devices(1000000, SHELF_BATCH_ROWS * SHELF_BATCHES);
    history_counts(history, &counts);
    assert_int_equal(counts.readings_dropped, SHELF_BATCH_ROWS);
    assert_int_equal(counts.readings_waiting, SHELF_BATCH_ROWS * SHELF_BATCHES);
    answered(STORE_OK, SHELF_BATCH_ROWS);
    history_counts(history, &counts);
    assert_int_equal(counts.readings_waiting, SHELF_BATCH_ROWS * SHELF_BATCHES);
}

static void stopping_stores_slots_that_are_not_over(void **state)
{
    (void)state;
    read_value(7, BEGIN_S, 12);
    probe(7);
    history_stop(history);
    assert_false(history_idle(history));
    answered(STORE_OK, 1);
    fire(FLUSH);
    answered(STORE_OK, 1);
    assert_int_equal(batches, 2);
    assert_true(history_idle(history));
}

static void stopping_without_a_database_waits_for_nothing(void **state)
{
    (void)state;
    read_value(7, BEGIN_S, 12);
    history_on_database(history, false);
    history_stop(history);
    assert_int_equal(batches, 0);
    assert_true(history_idle(history));
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_reading_is_stored_when_its_slot_is_over),
        test(a_device_that_is_read_no_more_is_not_waited_for),
        test(what_is_no_number_is_no_row),
        test(probes_and_readings_take_turns),
        test(what_was_not_stored_is_sent_again_and_no_more_is_added_to_it),
        test(whole_batches_follow_one_another_at_once),
        test(a_database_that_is_slow_for_long_costs_the_oldest),
        test(stopping_stores_slots_that_are_not_over),
        test(stopping_without_a_database_waits_for_nothing),
    };

    return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
