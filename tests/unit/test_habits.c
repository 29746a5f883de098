/* SPDX-License-Identifier: ISC */
/* What was learned on its way to the database, on a clock and a store of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/habits.h"
#include "daemon/loop.h"
#include "sql/store.h"

struct loop_timer {
    void (*fire)(void *arg);
    void *arg;
    int64_t delay_ms; /* below 0: not armed */
};

static struct loop_timer timer;
static struct habits *habits;
static struct store_learned first; /* of the last statement */
static size_t rows;                /* in it */
static int calls;
static store_done_cb *answer;
static void *answer_arg;

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

void store_learned_report(struct pg_conn *conn, const struct store_learned *given, size_t count,
                          store_done_cb *cb, void *arg)
{
    (void)conn;
    assert_null(answer); /* one at a time */
    assert_in_range(count, 1, 5000);
    calls++;
    first = given[0];
    rows = count;
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

static void hear(uint32_t first_id, uint32_t last_id, uint32_t habit_ppm)
{
    for (uint32_t id = first_id; id <= last_id; id++)
        habits_hear(habits, &(struct learned_news){id, {.at = {1}, .habit_ppm = habit_ppm}});
}

static int set_up(void **state)
{
    (void)state;
    calls = 0;
    answer = NULL;
    habits = habits_new(NULL);
    habits_on_database(habits, true);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    habits_free(habits);
    return 0;
}

static void the_newest_of_each_device_is_written_together(void **state)
{
    (void)state;
    hear(1, 3, 5);
    hear(1, 1, 6);
    assert_int_equal(calls, 0);
    assert_true(timer.delay_ms >= 60000);
    fire();
    assert_int_equal(calls, 1);
    assert_int_equal(rows, 3);
    assert_int_equal(first.device_id, 1);
    assert_int_equal(first.habit_ppm, 6);
    answered(STORE_OK);
    assert_int_equal(habits_waiting(habits), 0);
    assert_true(timer.delay_ms < 0);
}

static void a_million_go_in_statements_of_thousands(void **state)
{
    size_t all = 0;

    (void)state;
    hear(1, 1000000, 5);
    while (timer.delay_ms >= 0) {
        fire();
        all += rows;
        answered(STORE_OK);
    }
    assert_int_equal(all, 1000000);
    assert_int_equal(calls, 200);
}

static void what_is_heard_while_it_is_written_is_written_again(void **state)
{
    (void)state;
    hear(1, 2, 5);
    fire();
    hear(1, 1, 6);
    answered(STORE_OK);
    assert_int_equal(habits_waiting(habits), 1);
    fire();
    assert_int_equal(rows, 1);
    assert_int_equal(first.habit_ppm, 6);
    answered(STORE_OK);
}

static void what_the_database_did_not_take_waits_on(void **state)
{
    (void)state;
    hear(1, 2, 5);
    fire();
    answered(STORE_UNREACHABLE);
    assert_int_equal(habits_waiting(habits), 2);
    habits_on_database(habits, false);
    assert_true(timer.delay_ms < 0);
    habits_on_database(habits, true);
    fire();
    assert_int_equal(rows, 2);
    answered(STORE_REFUSED); /* it will not be another time either */
    assert_int_equal(habits_waiting(habits), 0);
}

static void a_stop_writes_all_at_once_and_waits_for_the_answers(void **state)
{
    (void)state;
    hear(1, 7000, 5);
    habits_stop(habits);
    assert_false(habits_idle(habits));
    assert_int_equal(timer.delay_ms, 0);
    fire();
    assert_false(habits_idle(habits));
    answered(STORE_OK);
    assert_int_equal(timer.delay_ms, 0);
    fire();
    assert_int_equal(rows, 2000);
    answered(STORE_OK);
    assert_true(habits_idle(habits));
}

static void a_stop_does_not_wait_for_a_database_that_is_away(void **state)
{
    (void)state;
    hear(1, 1, 5);
    habits_stop(habits);
    fire();
    answered(STORE_UNREACHABLE);
    assert_true(habits_idle(habits));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_newest_of_each_device_is_written_together, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_million_go_in_statements_of_thousands, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_heard_while_it_is_written_is_written_again, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_the_database_did_not_take_waits_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stop_writes_all_at_once_and_waits_for_the_answers, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_stop_does_not_wait_for_a_database_that_is_away, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
