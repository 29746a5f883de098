/* SPDX-License-Identifier: ISC */
/* The desk's word that this node is watching, on a clock and a store of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "daemon/desk.h"
#include "daemon/loop.h"

struct loop {
    int64_t now_s;
};
struct loop_timer {
    void (*fire)(void *arg);
    void *arg;
};

static struct loop loop;
static struct loop_timer timer;
static int beats;
static int sights;
static bool said_blind;
static int64_t said_since_s;
static int held_runs, heals;
static int64_t held_at_s, armed_ms;
static bool answers; /* the database does, at once after the round */

/* -- what the desk stands on -- */

struct wall loop_wall(const struct loop *here)
{
    return (struct wall){here->now_s * US_PER_S};
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
    armed_ms = delay_ms;
}

void loop_timer_disarm(struct loop_timer *here)
{
    (void)here;
}

void loop_timer_free(struct loop_timer *here)
{
    (void)here;
}

static const struct store_status ok = {.rc = STORE_OK, .words = ""};

void store_watch_beat(struct pg_conn *conn, const char *node, struct wall since, struct wall now,
                      store_watch_cb *cb, void *arg)
{
    (void)conn;
    (void)now;
    assert_string_equal(node, "here");
    beats++;
    said_since_s = since.us / US_PER_S;
    if (answers)
        cb(&ok, false, arg);
}

void store_watch_sight(struct pg_conn *conn, const char *node, bool blind, struct wall since,
                       struct wall now, store_done_cb *cb, void *arg)
{
    (void)conn;
    (void)now;
    assert_string_equal(node, "here");
    sights++;
    said_blind = blind;
    said_since_s = since.us / US_PER_S;
    cb(&ok, arg);
}

void store_ticket_heal(struct pg_conn *conn, int64_t window_ms, int64_t self_heal_after_ms,
                       struct wall now, store_count_cb *cb, void *arg)
{
    (void)conn;
    (void)window_ms;
    (void)self_heal_after_ms;
    (void)now;
    heals++;
    cb(&ok, 0, arg);
}

void store_maintenance_run(struct pg_conn *conn, struct wall now, store_count_cb *cb, void *arg)
{
    (void)conn;
    held_runs++;
    held_at_s = now.us / US_PER_S;
    cb(&ok, 0, arg);
}

void store_stats(struct pg_conn *conn, struct wall now, store_stats_cb *cb, void *arg)
{
    static const struct store_stats none;

    (void)conn;
    (void)now;
    cb(&ok, &none, arg);
}

/* -- the tests -- */

static int set_up(void **state)
{
    struct desk *desk;

    loop.now_s = 1000;
    beats = sights = held_runs = heals = 0;
    answers = true;
    desk = desk_new(&loop);
    desk_set_node(desk, "here");
    desk_on_database(desk, true);
    *state = desk;
    return 0;
}

static int tear_down(void **state)
{
    desk_free(*state);
    return 0;
}

static void round_at(int64_t s)
{
    loop.now_s = s;
    timer.fire(timer.arg);
}

static void it_says_since_when_it_watches(void **state)
{
    (void)state;
    round_at(1005);
    round_at(1010);
    assert_int_equal(beats, 2);
    assert_int_equal(said_since_s, 1000);
}

static void a_database_that_was_away_does_not_make_it_blind(void **state)
{
    desk_on_database(*state, false);
    for (int64_t s = 1005; s < 1600; s += 5)
        round_at(s);
    assert_int_equal(beats, 0);
    desk_on_database(*state, true);
    round_at(1600);
    assert_int_equal(said_since_s, 1000);
}

static void a_machine_that_slept_began_anew(void **state)
{
    (void)state;
    round_at(1005);
    round_at(1065);
    assert_int_equal(said_since_s, 1000);
    round_at(1126);
    assert_int_equal(said_since_s, 1126);
}

static void a_clock_that_stepped_back_does_not_lie_in_the_future(void **state)
{
    (void)state;
    round_at(1005);
    round_at(400);
    assert_int_equal(said_since_s, 400);
    round_at(405);
    assert_int_equal(said_since_s, 400);
}

static void a_beat_without_answer_is_not_repeated(void **state)
{
    answers = false;
    round_at(1005);
    round_at(1010);
    assert_int_equal(beats, 1);
    assert_false(desk_idle(*state));
}

static void a_desk_without_a_name_says_nothing(void **state)
{
    desk_set_node(*state, NULL);
    round_at(1005);
    assert_int_equal(beats, 0);
    assert_true(desk_idle(*state));
}

static void what_planned_work_holds_is_asked_for_in_each_round(void **state)
{
    (void)state;
    round_at(1005);
    round_at(1010);
    assert_int_equal(held_runs, 2);
    assert_int_equal(held_at_s, 1010);
}

static void nothing_happens_by_time_while_we_are_blind(void **state)
{
    round_at(1005);
    desk_set_blind(*state, true);
    round_at(1010);
    assert_int_equal(held_runs, 1);
    assert_int_equal(heals, 1);
    assert_int_equal(beats, 2); /* it watches, in vain */
    assert_true(desk_idle(*state));
    desk_set_blind(*state, false);
    round_at(1015);
    assert_int_equal(held_runs, 2);
    assert_int_equal(heals, 2);
    assert_true(desk_idle(*state));
}

static void work_that_is_ended_early_is_a_round_at_once(void **state)
{
    round_at(1005);
    assert_int_not_equal(armed_ms, 0);
    desk_wake(*state);
    assert_int_equal(armed_ms, 0);
    desk_stop(*state);
    armed_ms = 77;
    desk_wake(*state);
    assert_int_equal(armed_ms, 77);
}

static void it_says_with_every_round_whether_it_is_blind(void **state)
{
    round_at(1005);
    assert_int_equal(sights, 0); /* not known yet */
    desk_set_sight(*state, true, (struct wall){990 * US_PER_S});
    round_at(1006);
    round_at(1011);
    assert_int_equal(sights, 2);
    assert_true(said_blind);
    assert_int_equal(said_since_s, 990);
    desk_set_sight(*state, false, (struct wall){1012 * US_PER_S});
    round_at(1012);
    assert_false(said_blind);
    assert_int_equal(said_since_s, 1012);
    assert_true(desk_idle(*state));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_says_since_when_it_watches, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_database_that_was_away_does_not_make_it_blind, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_machine_that_slept_began_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_clock_that_stepped_back_does_not_lie_in_the_future,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_beat_without_answer_is_not_repeated, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_says_with_every_round_whether_it_is_blind, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_desk_without_a_name_says_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_planned_work_holds_is_asked_for_in_each_round, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(nothing_happens_by_time_while_we_are_blind, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(work_that_is_ended_early_is_a_round_at_once, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
