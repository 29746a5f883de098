/* SPDX-License-Identifier: ISC */
/* What is sent, when, and to whom. */
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

static void a_row_that_is_owed_is_sent_and_settled(void **state)
{
    struct courier *courier = *state;
    struct courier_counters counters;
    int64_t id = fake_owe("a", "one");

    fake_database_up(courier);
    assert_int_equal(fakes.send_count, 1);
    assert_string_equal(fakes.sends[0].message_id, "msg_1");
    assert_string_equal(fakes.sends[0].secret, "whsec_1");
    assert_string_equal(fakes.sends[0].secret_2, "");
    assert_non_null(strstr(fakes.sends[0].body, "\"url\":\"https://base.example/tickets/KT-1\""));
    assert_non_null(strstr(fakes.sends[0].body, "\"timestamp\":\"2026-11-24T01:40:00.000000Z\""));
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

    fake_database_up(courier);
    fake_owe("a", "one");
    courier_wake(courier);
    fake_answer_all();
    assert_int_equal(fakes.send_count, 1);
}

static void without_a_wake_the_outbox_is_asked_every_five_seconds(void **state)
{
    struct courier *courier = *state;

    fake_database_up(courier);
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
    fake_database_up(courier);
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

static bool make_link(const struct courier_link *link, char out[COURIER_LINK_MAX], void *arg)
{
    size_t *made = arg;

    (*made)++;
    snprintf(out, COURIER_LINK_MAX, "/t/%lld-%s-%d-%lld", (long long)link->ticket, link->party,
             link->generation, (long long)(link->owed.us / US_PER_S));
    return strcmp(link->party, "nameless") != 0;
}

static void only_rows_with_a_party_to_act_carry_a_link(void **state)
{
    struct courier *courier = *state;
    size_t made = 0;
    int64_t with = fake_owe("a", "one");

    snprintf(fake_row(with)->link_party, sizeof fake_row(with)->link_party, "cv-lawu-net");
    fake_owe("b", "one");
    snprintf(fake_row(fake_owe("c", "one"))->link_party, 64, "nameless");
    courier_set_links(courier, make_link, &made);
    fake_database_up(courier);
    assert_int_equal(fakes.send_count, 3);
    assert_int_equal(made, 2);
    assert_non_null(
        strstr(fakes.sends[0].body,
               "\"action_url\":\"https://base.example/t/123-cv-lawu-net-2-1795484400\""));
    assert_non_null(strstr(fakes.sends[1].body, "\"action_url\":null"));
    assert_non_null(strstr(fakes.sends[2].body, "\"action_url\":null"));
}

static void the_link_is_the_same_when_it_is_sent_again(void **state)
{
    struct courier *courier = *state;
    size_t made = 0;

    snprintf(fake_row(fake_owe("a", "one"))->link_party, 64, "cv-lawu-net");
    courier_set_links(courier, make_link, &made);
    fake_database_up(courier);
    fake_reply(0, 500, NO_WISH);
    fake_answer_all();
    for (int i = 0; i < 70; i++) {
        fake_advance(100);
        fake_answer_all();
    }
    assert_int_equal(fakes.send_count, 2);
    assert_int_equal(made, 2);
    assert_string_equal(fakes.sends[0].body, fakes.sends[1].body);
}

static void without_a_maker_no_row_carries_a_link(void **state)
{
    struct courier *courier = *state;

    snprintf(fake_row(fake_owe("a", "one"))->link_party, 64, "cv-lawu-net");
    fake_database_up(courier);
    assert_int_equal(fakes.send_count, 1);
    assert_non_null(strstr(fakes.sends[0].body, "\"action_url\":null"));
}

static void attempts_follow_the_schedule_until_the_dead_letter(void **state)
{
    static const int64_t base_ms[] = {5 * S, 30 * S, 120 * S, 600 * S, 1800 * S, 2 * H,
                                      5 * H, 10 * H, 14 * H,  20 * H,  24 * H};
    struct courier *courier = *state;
    int64_t id = fake_owe("a", "one");

    fake_database_up(courier);
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
    fake_database_up(courier);
    fake_reply(0, 503, NO_WISH);
    fake_answer_all();
    assert_int_equal(wall_diff_ms(fake_row(id)->next_at, fakes.wall), 6000);
}

static void a_receiver_may_ask_for_twice_the_patience(void **state)
{
    struct courier *courier = *state;
    int64_t id = fake_owe("a", "one");

    fake_database_up(courier);
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

    fake_database_up(courier);
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

    fake_database_up(courier);
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
    fake_database_up(courier);
    assert_string_equal(fakes.sends[0].secret, "whsec_new");
    assert_string_equal(fakes.sends[0].secret_2, "whsec_old");
}

static void a_row_that_cannot_be_rendered_is_dead_at_once(void **state)
{
    struct courier *courier = *state;
    int64_t id = fake_owe("a", "one");

    snprintf(fake_row(id)->data, sizeof fake_row(id)->data, "[]");
    fake_database_up(courier);
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
    fake_database_up(courier);
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
    fake_database_up(courier);
    assert_int_equal(fakes.last_most, COURIER_MOST);
    assert_int_equal(fake_open_sends(), COURIER_MOST);
    courier_wake(courier);
    assert_int_equal(fake_pending(), 0);
    fake_reply(7, 204, NO_WISH);
    fake_answer_all();
    assert_int_equal(fakes.last_most, 1);
    assert_int_equal(fake_open_sends(), COURIER_MOST);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_set_up, fake_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_row_that_is_owed_is_sent_and_settled),
        TEST(a_wake_asks_at_once),
        TEST(without_a_wake_the_outbox_is_asked_every_five_seconds),
        TEST(a_row_that_is_due_later_is_fetched_when_it_is_due),
        TEST(an_outbox_that_says_now_is_not_asked_more_than_ten_times_a_second),
        TEST(wakes_during_a_question_lead_to_one_more),
        TEST(only_rows_with_a_party_to_act_carry_a_link),
        TEST(the_link_is_the_same_when_it_is_sent_again),
        TEST(without_a_maker_no_row_carries_a_link),
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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
