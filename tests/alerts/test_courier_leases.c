/* SPDX-License-Identifier: ISC */
/* Leases and results: what the database has, has not, or may have heard. And the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/courier.h"
#include "tests/alerts/fakes.h"

#define NO_WISH -1
#define S       INT64_C(1000)

static void a_result_that_the_database_missed_is_told_again_and_not_sent_again(void **state)
{
    struct courier *courier = *state;
    struct courier_counters counters;
    int64_t id = fake_owe("a", "one");

    fake_database_up(courier);
    fake_reply(0, 204, NO_WISH);
    fake_database_down(courier, false);
    courier_counters(courier, &counters);
    assert_int_equal(counters.unsettled, 1);
    fake_advance(300 * S); /* the lease is long over */
    assert_int_equal(fake_pending(), 0);
    fake_database_up(courier);
    assert_int_equal(fake_row(id)->state, ROW_DELIVERED);
    assert_int_equal(fake_row(id)->settlements, 1);
    assert_int_equal(fakes.send_count, 1);
}

static void an_answer_of_a_receiver_while_the_database_is_away_is_kept(void **state)
{
    struct courier *courier = *state;
    int64_t id = fake_owe("a", "one");

    fake_database_up(courier);
    fake_database_down(courier, false);
    fake_reply(0, 204, NO_WISH);
    assert_int_equal(fake_pending(), 0);
    fake_database_up(courier);
    assert_int_equal(fake_row(id)->state, ROW_DELIVERED);
    assert_int_equal(fakes.send_count, 1);
}

static void a_settlement_whose_answer_was_lost_is_harmless_when_repeated(void **state)
{
    struct courier *courier = *state;
    int64_t id = fake_owe("a", "one");

    fake_database_up(courier);
    fake_reply(0, 204, NO_WISH);
    fake_database_down(courier, true);
    assert_int_equal(fake_row(id)->state, ROW_DELIVERED);
    fake_database_up(courier);
    assert_int_equal(fake_row(id)->settlements, 1);
    assert_int_equal(fakes.send_count, 1);
    courier_stop(courier);
    assert_true(courier_idle(courier));
}

static void a_row_leased_again_under_our_hands_is_settled_for_the_new_lease(void **state)
{
    struct courier *courier = *state;
    int64_t id = fake_owe("a", "one");

    fake_database_up(courier);
    fake_row(id)->leased_until = fakes.wall; /* another clock thought so */
    courier_wake(courier);
    fake_answer_all();
    assert_int_equal(fake_row(id)->attempt, 2);
    assert_int_equal(fakes.send_count, 1);
    fake_reply(0, 204, NO_WISH);
    fake_answer_all();
    assert_int_equal(fake_row(id)->state, ROW_DELIVERED);
    assert_int_equal(fakes.send_count, 1);
}

static void a_row_leased_again_while_its_result_is_on_the_way_is_told_twice(void **state)
{
    struct courier *courier = *state;
    int64_t id = fake_owe("a", "one");

    fake_database_up(courier);
    courier_wake(courier); /* asked first, so answered in front of the settlement */
    fake_row(id)->leased_until = fakes.wall;
    fake_reply(0, 204, NO_WISH);
    fake_answer_all();
    assert_int_equal(fake_row(id)->attempt, 2);
    assert_int_equal(fake_row(id)->state, ROW_DELIVERED);
    assert_int_equal(fakes.send_count, 1);
}

static void a_row_leased_again_with_its_result_known_is_settled_at_once(void **state)
{
    struct courier *courier = *state;
    int64_t id = fake_owe("a", "one");

    fake_database_up(courier);
    fake_reply(0, 204, NO_WISH);
    fakes.settle_rc = STORE_BROKEN;
    fake_answer_all();
    fakes.settle_rc = STORE_OK;
    fake_row(id)->leased_until = fakes.wall;
    courier_wake(courier);
    fake_answer_all();
    assert_int_equal(fake_row(id)->attempt, 2);
    assert_int_equal(fake_row(id)->state, ROW_DELIVERED);
    assert_int_equal(fakes.send_count, 1);
}

static void rows_of_an_answer_without_its_end_are_not_sent(void **state)
{
    struct courier *courier = *state;

    fake_owe("a", "one");
    courier_on_database(courier, true);
    fake_lose(true);
    assert_int_equal(fakes.send_count, 0);
    courier_on_database(courier, false);
    fake_advance(31 * S);
    fake_database_up(courier);
    assert_int_equal(fakes.send_count, 1);
}

static void a_row_whose_lease_could_end_during_the_request_is_not_sent(void **state)
{
    struct courier *courier = *state;
    int64_t id = fake_owe("a", "one");

    courier_on_database(courier, true);
    fake_advance(4 * S); /* the answer took long, but not too long */
    fake_answer();
    assert_int_equal(fakes.send_count, 1);
    fake_reply(0, 500, NO_WISH);
    fake_answer_all();
    fake_advance(6 * S);
    fake_advance(6 * S);
    fake_answer();
    assert_int_equal(fake_row(id)->state, ROW_LEASED);
    assert_int_equal(fakes.send_count, 1);
    for (int i = 0; i < 40; i++) {
        fake_advance(1 * S);
        fake_answer_all();
    }
    assert_int_equal(fakes.send_count, 2); /* the next lease */
}

static void a_row_held_back_too_long_is_left_to_its_lease(void **state)
{
    struct courier *courier = *state;

    fakes.most_per_endpoint = 100;
    for (int i = 0; i < 3; i++)
        fake_owe("a", "one");
    fake_database_up(courier);
    assert_int_equal(fakes.send_count, 2);
    fake_advance(6 * S);
    fake_reply(0, 204, NO_WISH);
    fake_answer();
    assert_int_equal(fakes.send_count, 2);
    assert_int_equal(fake_row(3)->state, ROW_LEASED);
}

static void a_longer_time_out_asks_for_a_longer_lease(void **state)
{
    struct courier *courier = *state;
    int64_t id = fake_owe("a", "one");

    courier_set_timeout(courier, 60 * S);
    fake_database_up(courier);
    assert_int_equal(wall_diff_ms(fake_row(id)->leased_until, fakes.wall), 70 * S);
    assert_int_equal(fakes.send_count, 1);
}

static void a_settlement_that_is_refused_again_and_again_is_let_go(void **state)
{
    struct courier *courier = *state;
    struct courier_counters counters;

    fake_owe("a", "one");
    fake_database_up(courier);
    fake_reply(0, 204, NO_WISH);
    fakes.settle_rc = STORE_BROKEN;
    fake_answer_all();
    courier_counters(courier, &counters);
    assert_int_equal(counters.unsettled, 1);
    courier_stop(courier); /* so that the row is not leased again */
    for (int i = 0; i < 12; i++) {
        fake_advance(5 * S);
        fake_answer_all();
    }
    assert_true(courier_idle(courier));
    assert_int_equal(fakes.send_count, 1);
}

static void stopping_takes_nothing_new_and_waits_for_what_is_under_way(void **state)
{
    struct courier *courier = *state;
    int64_t id = fake_owe("a", "one");

    fake_database_up(courier);
    courier_stop(courier);
    assert_false(courier_idle(courier));
    fake_owe("b", "one");
    courier_wake(courier);
    fake_advance(10 * S);
    assert_int_equal(fake_pending(), 0);
    fake_reply(0, 204, NO_WISH);
    assert_false(courier_idle(courier));
    fake_answer_all();
    assert_int_equal(fake_row(id)->state, ROW_DELIVERED);
    assert_true(courier_idle(courier));
    assert_int_equal(fakes.send_count, 1);
}

static void rows_that_arrive_after_the_stop_are_not_sent(void **state)
{
    struct courier *courier = *state;

    fake_owe("a", "one");
    courier_on_database(courier, true);
    courier_stop(courier);
    assert_false(courier_idle(courier));
    fake_answer_all();
    assert_true(courier_idle(courier));
    assert_int_equal(fakes.send_count, 0);
}

static void held_rows_are_dropped_by_the_stop(void **state)
{
    struct courier *courier = *state;

    fakes.most_per_endpoint = 100;
    for (int i = 0; i < 4; i++)
        fake_owe("a", "one");
    fake_database_up(courier);
    courier_stop(courier);
    fake_reply(0, 204, NO_WISH);
    fake_reply(1, 204, NO_WISH);
    fake_answer_all();
    assert_true(courier_idle(courier));
    assert_int_equal(fakes.send_count, 2);
}

/* fake_tear_down() frees it and then answers; the sanitizer looks on. */
static void it_may_be_freed_with_everything_under_way(void **state)
{
    struct courier *courier = *state;

    fakes.most_per_endpoint = 100;
    for (int i = 0; i < 5; i++)
        fake_owe("a", "one");
    fake_database_up(courier);
    fake_reply(0, 204, NO_WISH); /* settling */
    courier_wake(courier);       /* a lease */
    assert_int_equal(fake_pending(), 2);
    assert_true(fake_open_sends() > 0);
}

static void rows_may_arrive_after_it_was_freed(void **state)
{
    fake_owe("a", "one");
    courier_on_database(*state, true);
    courier_free(*state);
    *state = NULL;
    fake_answer_all();
    assert_int_equal(fakes.send_count, 0);
}

static void nothing_is_asked_before_the_database_is_there(void **state)
{
    struct courier *courier = *state;

    courier_wake(courier);
    fake_advance(60 * S);
    assert_int_equal(fakes.leases, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_set_up, fake_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_result_that_the_database_missed_is_told_again_and_not_sent_again),
        TEST(an_answer_of_a_receiver_while_the_database_is_away_is_kept),
        TEST(a_settlement_whose_answer_was_lost_is_harmless_when_repeated),
        TEST(a_row_leased_again_under_our_hands_is_settled_for_the_new_lease),
        TEST(a_row_leased_again_while_its_result_is_on_the_way_is_told_twice),
        TEST(a_row_leased_again_with_its_result_known_is_settled_at_once),
        TEST(rows_of_an_answer_without_its_end_are_not_sent),
        TEST(a_row_whose_lease_could_end_during_the_request_is_not_sent),
        TEST(a_row_held_back_too_long_is_left_to_its_lease),
        TEST(a_longer_time_out_asks_for_a_longer_lease),
        TEST(a_settlement_that_is_refused_again_and_again_is_let_go),
        TEST(stopping_takes_nothing_new_and_waits_for_what_is_under_way),
        TEST(rows_that_arrive_after_the_stop_are_not_sent),
        TEST(held_rows_are_dropped_by_the_stop),
        TEST(it_may_be_freed_with_everything_under_way),
        TEST(rows_may_arrive_after_it_was_freed),
        TEST(nothing_is_asked_before_the_database_is_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
