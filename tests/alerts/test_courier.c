/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/courier.h"
#include "tests/alerts/fakes.h"

#define NO_WISH -1
#define S       INT64_C(1000)
#define H       (3600 * S)

static const char *find_secret(const char *name, void *arg)
{
    (void)arg;
    if (strcmp(name, "one") == 0)
        return "whsec_1";
    if (strcmp(name, "rotating") == 0)
        return "whsec_new  whsec_old";
    return NULL;
}

static int set_up(void **state)
{
    struct courier *courier;

    fake_reset();
    courier = courier_new(fake_loop(), NULL, NULL, "node:1", find_secret, NULL);
    courier_set_base_url(courier, "https://base.example");
    *state = courier;
    return 0;
}

static int tear_down(void **state)
{
    courier_free(*state);
    fake_lose(false); /* as a connection that is freed does */
    return 0;
}

static void database_up(struct courier *courier)
{
    courier_on_database(courier, true);
    fake_answer_all();
}

static void database_down(struct courier *courier, bool had_happened)
{
    fake_lose(had_happened);
    courier_on_database(courier, false);
}

static void a_row_that_is_owed_is_sent_and_settled(void **state)
{
    struct courier *courier = *state;
    struct courier_counters counters;
    int64_t id = fake_owe("a", "one");

    database_up(courier);
    assert_int_equal(fakes.send_count, 1);
    assert_string_equal(fakes.sends[0].message_id, "msg_1");
    assert_string_equal(fakes.sends[0].secret, "whsec_1");
    assert_string_equal(fakes.sends[0].secret_2, "");
    assert_non_null(strstr(fakes.sends[0].body, "\"url\":\"https://base.example/tickets/KT-1\""));
    courier_counters(courier, &counters);
    assert_int_equal(counters.in_flight, 1);
    fake_reply(0, 204, NO_WISH);
    courier_counters(courier, &counters);
    assert_int_equal(counters.in_flight, 0);
    assert_int_equal(counters.unsettled, 1);
    assert_int_equal(counters.delivered, 1);
    fake_answer_all();
    assert_int_equal(fake_row(id)->state, ROW_DELIVERED);
    courier_counters(courier, &counters);
    assert_int_equal(counters.unsettled, 0);
}

static void a_wake_asks_at_once(void **state)
{
    struct courier *courier = *state;

    database_up(courier);
    fake_owe("a", "one");
    courier_wake(courier);
    fake_answer_all();
    assert_int_equal(fakes.send_count, 1);
}

static void without_a_wake_the_outbox_is_asked_every_five_seconds(void **state)
{
    struct courier *courier = *state;

    database_up(courier);
    fake_owe("a", "one");
    fake_advance(4999);
    assert_int_equal(fake_pending(), 0);
    fake_advance(1);
    fake_answer_all();
    assert_int_equal(fakes.send_count, 1);
}

static void a_row_that_is_due_later_is_fetched_when_it_is_due(void **state)
{
    struct courier *courier = *state;
    int64_t id = fake_owe("a", "one");

    fake_row(id)->next_at = wall_add_ms(fakes.wall, 1500);
    database_up(courier);
    assert_int_equal(fakes.send_count, 0);
    fake_advance(1499);
    assert_int_equal(fake_pending(), 0);
    fake_advance(1);
    fake_answer_all();
    assert_int_equal(fakes.send_count, 1);
}

static void an_outbox_that_says_now_is_not_asked_more_than_ten_times_a_second(void **state)
{
    struct courier *courier = *state;

    fakes.next_due = fakes.wall;
    courier_on_database(courier, true);
    for (int i = 0; i < 1000; i++) {
        fake_answer_all();
        fake_advance(1);
    }
    assert_in_range(fakes.leases, 9, 11);
}

static void wakes_during_a_question_lead_to_one_more(void **state)
{
    struct courier *courier = *state;

    courier_on_database(courier, true);
    for (int i = 0; i < 5; i++)
        courier_wake(courier);
    assert_int_equal(fakes.leases, 1);
    fake_answer();
    assert_int_equal(fakes.leases, 2);
    fake_answer();
    assert_int_equal(fakes.leases, 2);
}

static void attempts_follow_the_schedule_until_the_dead_letter(void **state)
{
    static const int64_t base_ms[] = {5 * S, 30 * S, 120 * S, 600 * S, 1800 * S, 2 * H,
                                      5 * H, 10 * H, 14 * H,  20 * H,  24 * H};
    struct courier *courier = *state;
    int64_t id = fake_owe("a", "one");

    database_up(courier);
    for (size_t i = 0; i < 12; i++) {
        assert_int_equal(fakes.send_count, i + 1);
        if (i > 0) {
            int64_t gap_ms = wall_diff_ms(fakes.sends[i].at, fakes.sends[i - 1].at);

            assert_in_range(gap_ms, base_ms[i - 1], base_ms[i - 1] + 200);
            assert_string_equal(fakes.sends[i].message_id, fakes.sends[0].message_id);
            assert_string_equal(fakes.sends[i].body, fakes.sends[0].body);
        }
        fake_reply(i, 500, NO_WISH);
        fake_answer_all();
        for (int64_t ms = 0; i < 11 && ms < base_ms[i] + 100; ms += 100) {
            fake_advance(100);
            fake_answer_all();
        }
    }
    assert_int_equal(fake_row(id)->state, ROW_DEAD);
    fake_advance(48 * H / 100);
    fake_answer_all();
    assert_int_equal(fakes.send_count, 12);
}

static void jitter_spreads_the_next_attempt_by_a_fifth(void **state)
{
    struct courier *courier = *state;
    int64_t id = fake_owe("a", "one");

    fakes.random = UINT32_MAX;
    database_up(courier);
    fake_reply(0, 503, NO_WISH);
    fake_answer_all();
    assert_int_equal(wall_diff_ms(fake_row(id)->next_at, fakes.wall), 6000);
}

static void a_receiver_may_ask_for_twice_the_patience(void **state)
{
    struct courier *courier = *state;
    int64_t id = fake_owe("a", "one");

    database_up(courier);
    fake_reply(0, 429, 3600 * S);
    fake_answer_all();
    assert_int_equal(wall_diff_ms(fake_row(id)->next_at, fakes.wall), 10000);
    assert_int_equal(fake_row(id)->state, ROW_QUEUED);
}

static void a_receiver_that_is_gone_is_told_to_the_outbox(void **state)
{
    struct courier *courier = *state;
    struct courier_counters counters;
    int64_t id = fake_owe("a", "one");

    database_up(courier);
    fake_reply(0, 410, NO_WISH);
    fake_answer_all();
    assert_int_equal(fake_row(id)->state, ROW_GONE);
    courier_counters(courier, &counters);
    assert_int_equal(counters.gone, 1);
}

static void a_secret_that_is_not_there_is_a_failed_attempt_in_words(void **state)
{
    struct courier *courier = *state;
    int64_t id = fake_owe("a", "missing");

    database_up(courier);
    assert_int_equal(fakes.send_count, 0);
    assert_int_equal(fake_row(id)->state, ROW_QUEUED);
    assert_string_equal(fake_row(id)->reason,
                        "the secrets file has no \"missing\"; add it and reload");
    assert_int_equal(wall_diff_ms(fake_row(id)->next_at, fakes.wall), 5000);
}

static void a_secret_in_rotation_signs_twice(void **state)
{
    struct courier *courier = *state;

    fake_owe("a", "rotating");
    database_up(courier);
    assert_string_equal(fakes.sends[0].secret, "whsec_new");
    assert_string_equal(fakes.sends[0].secret_2, "whsec_old");
}

static void a_row_that_cannot_be_rendered_is_dead_at_once(void **state)
{
    struct courier *courier = *state;
    int64_t id = fake_owe("a", "one");

    snprintf(fake_row(id)->data, sizeof fake_row(id)->data, "[]");
    database_up(courier);
    assert_int_equal(fakes.send_count, 0);
    assert_int_equal(fake_row(id)->state, ROW_DEAD);
    assert_non_null(strstr(fake_row(id)->reason, "no JSON object"));
}

static void two_requests_to_one_endpoint_at_a_time_in_the_order_of_the_outbox(void **state)
{
    struct courier *courier = *state;

    fakes.most_per_endpoint = 100; /* the courier keeps the limit by itself, too */
    for (int i = 0; i < 5; i++)
        fake_owe("a", "one");
    fake_owe("b", "one");
    database_up(courier);
    assert_int_equal(fakes.send_count, 3);
    assert_string_equal(fakes.sends[0].message_id, "msg_1");
    assert_string_equal(fakes.sends[1].message_id, "msg_2");
    assert_string_equal(fakes.sends[2].message_id, "msg_6");
    fake_reply(1, 204, NO_WISH);
    assert_int_equal(fakes.send_count, 4);
    assert_string_equal(fakes.sends[3].message_id, "msg_3");
}

static void fifty_receivers_that_hang_hold_up_nobody_else(void **state)
{
    struct courier *courier = *state;
    char endpoint[16];
    size_t good = 0;

    for (int i = 0; i < 50; i++) {
        snprintf(endpoint, sizeof endpoint, "hang-%d", i);
        fake_owe(endpoint, "one");
        fake_owe(endpoint, "one");
        fake_owe(endpoint, "one");
    }
    for (int i = 0; i < 50; i++) {
        snprintf(endpoint, sizeof endpoint, "good-%d", i);
        fake_owe(endpoint, "one");
    }
    courier_on_database(courier, true);
    for (int turn = 0; turn < 10; turn++) {
        fake_answer_all();
        for (size_t i = 0; i < fakes.send_count; i++) {
            if (fakes.sends[i].replied || atoi(fakes.sends[i].message_id + 4) <= 150)
                continue;
            fake_reply(i, 204, NO_WISH);
            good++;
        }
    }
    assert_int_equal(good, 50);
    assert_int_equal(fake_open_sends(), 100);
}

static void no_more_rows_are_asked_for_than_there_is_room(void **state)
{
    struct courier *courier = *state;
    char endpoint[16];

    for (int i = 0; i < COURIER_MOST + 20; i++) {
        snprintf(endpoint, sizeof endpoint, "e-%d", i);
        fake_owe(endpoint, "one");
    }
    database_up(courier);
    assert_int_equal(fakes.last_most, COURIER_MOST);
    assert_int_equal(fake_open_sends(), COURIER_MOST);
    courier_wake(courier);
    assert_int_equal(fake_pending(), 0);
    fake_reply(7, 204, NO_WISH);
    fake_answer_all();
    assert_int_equal(fakes.last_most, 1);
    assert_int_equal(fake_open_sends(), COURIER_MOST);
}

static void a_result_that_the_database_missed_is_told_again_and_not_sent_again(void **state)
{
    struct courier *courier = *state;
    struct courier_counters counters;
    int64_t id = fake_owe("a", "one");

    database_up(courier);
    fake_reply(0, 204, NO_WISH);
    database_down(courier, false);
    courier_counters(courier, &counters);
    assert_int_equal(counters.unsettled, 1);
    fake_advance(300 * S); /* the lease is long over */
    assert_int_equal(fake_pending(), 0);
    database_up(courier);
    assert_int_equal(fake_row(id)->state, ROW_DELIVERED);
    assert_int_equal(fake_row(id)->settlements, 1);
    assert_int_equal(fakes.send_count, 1);
}

static void an_answer_of_a_receiver_while_the_database_is_away_is_kept(void **state)
{
    struct courier *courier = *state;
    int64_t id = fake_owe("a", "one");

    database_up(courier);
    database_down(courier, false);
    fake_reply(0, 204, NO_WISH);
    assert_int_equal(fake_pending(), 0);
    database_up(courier);
    assert_int_equal(fake_row(id)->state, ROW_DELIVERED);
    assert_int_equal(fakes.send_count, 1);
}

static void a_settlement_whose_answer_was_lost_is_harmless_when_repeated(void **state)
{
    struct courier *courier = *state;
    int64_t id = fake_owe("a", "one");

    database_up(courier);
    fake_reply(0, 204, NO_WISH);
    database_down(courier, true);
    assert_int_equal(fake_row(id)->state, ROW_DELIVERED);
    database_up(courier);
    assert_int_equal(fake_row(id)->settlements, 1);
    assert_int_equal(fakes.send_count, 1);
    courier_stop(courier);
    assert_true(courier_idle(courier));
}

static void a_row_leased_again_under_our_hands_is_settled_for_the_new_lease(void **state)
{
    struct courier *courier = *state;
    int64_t id = fake_owe("a", "one");

    database_up(courier);
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

    database_up(courier);
    courier_wake(courier); /* asked first, so answered in front of the settlement */
    fake_row(id)->leased_until = fakes.wall;
    fake_reply(0, 204, NO_WISH);
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
    database_up(courier);
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
    database_up(courier);
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
    database_up(courier);
    assert_int_equal(wall_diff_ms(fake_row(id)->leased_until, fakes.wall), 70 * S);
    assert_int_equal(fakes.send_count, 1);
}

static void a_settlement_that_is_refused_again_and_again_is_let_go(void **state)
{
    struct courier *courier = *state;
    struct courier_counters counters;

    fake_owe("a", "one");
    database_up(courier);
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

    database_up(courier);
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
    database_up(courier);
    courier_stop(courier);
    fake_reply(0, 204, NO_WISH);
    fake_reply(1, 204, NO_WISH);
    fake_answer_all();
    assert_true(courier_idle(courier));
    assert_int_equal(fakes.send_count, 2);
}

/* tear_down() frees it and then answers; the sanitizer looks on. */
static void it_may_be_freed_with_everything_under_way(void **state)
{
    struct courier *courier = *state;

    fakes.most_per_endpoint = 100;
    for (int i = 0; i < 5; i++)
        fake_owe("a", "one");
    database_up(courier);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_row_that_is_owed_is_sent_and_settled),
        TEST(a_wake_asks_at_once),
        TEST(without_a_wake_the_outbox_is_asked_every_five_seconds),
        TEST(a_row_that_is_due_later_is_fetched_when_it_is_due),
        TEST(an_outbox_that_says_now_is_not_asked_more_than_ten_times_a_second),
        TEST(wakes_during_a_question_lead_to_one_more),
        TEST(attempts_follow_the_schedule_until_the_dead_letter),
        TEST(jitter_spreads_the_next_attempt_by_a_fifth),
        TEST(a_receiver_may_ask_for_twice_the_patience),
        TEST(a_receiver_that_is_gone_is_told_to_the_outbox),
        TEST(a_secret_that_is_not_there_is_a_failed_attempt_in_words),
        TEST(a_secret_in_rotation_signs_twice),
        TEST(a_row_that_cannot_be_rendered_is_dead_at_once),
        TEST(two_requests_to_one_endpoint_at_a_time_in_the_order_of_the_outbox),
        TEST(fifty_receivers_that_hang_hold_up_nobody_else),
        TEST(no_more_rows_are_asked_for_than_there_is_room),
        TEST(a_result_that_the_database_missed_is_told_again_and_not_sent_again),
        TEST(an_answer_of_a_receiver_while_the_database_is_away_is_kept),
        TEST(a_settlement_whose_answer_was_lost_is_harmless_when_repeated),
        TEST(a_row_leased_again_under_our_hands_is_settled_for_the_new_lease),
        TEST(a_row_leased_again_while_its_result_is_on_the_way_is_told_twice),
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
