/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "probes/verify_copy.h"
#include "probes/verify_list.h"

static struct verify_copy *copy;
static struct frame frame;

/* What the child was told, from the frames alone. */
static struct verify_order orders[5000];
static size_t order_count;
static uint64_t cancelled[5000];
static size_t cancelled_count;

static int begin(void **state)
{
    (void)state;
    copy = verify_copy_new();
    order_count = cancelled_count = 0;
    return 0;
}

static int end(void **state)
{
    (void)state;
    verify_copy_free(copy);
    return 0;
}

static void child_hears(void)
{
    assert_true(frame_open(&frame, frame.bytes));
    for (size_t i = 0; i < frame.count; i++) {
        if (frame.type == FRAME_VERIFY_CANCEL) {
            assert_true(frame_get_ticket(&frame, i, &cancelled[cancelled_count++]));
            continue;
        }
        assert_int_equal(frame.type, FRAME_VERIFY);
        assert_true(frame_get_order(&frame, i, &orders[order_count++]));
    }
}

static size_t deliver(void)
{
    size_t frames = 0;

    for (; verify_copy_frame(copy, &frame); frames++) {
        child_hears();
        verify_copy_sent(copy, &frame);
    }
    return frames;
}

static void give(uint64_t ticket, uint32_t device_id)
{
    struct verify_order order = {.ticket = ticket, .device_id = device_id, .window_ms = 10000};

    verify_copy_order(copy, &order);
}

static bool says(const struct verify_order *order)
{
    struct verify_verdict verdict = {.ticket = order->ticket,
                                     .device_id = order->device_id,
                                     .serial = order->serial,
                                     .reason = VERIFY_SILENT};

    return verify_copy_hear(copy, &verdict);
}

static void an_order_goes_down_once(void **state)
{
    (void)state;
    give(7, 42);
    assert_int_equal(deliver(), 1);
    assert_int_equal(order_count, 1);
    assert_int_equal(orders[0].ticket, 7);
    assert_int_equal(orders[0].device_id, 42);
    assert_int_equal(orders[0].window_ms, 10000);
    assert_int_equal(deliver(), 0);
}

static void a_frame_that_was_not_sent_is_the_next_again(void **state)
{
    (void)state;
    give(7, 42);
    assert_true(verify_copy_frame(copy, &frame));
    assert_true(verify_copy_frame(copy, &frame));
    assert_int_equal(deliver(), 1);
    assert_int_equal(order_count, 1);
}

static void a_verdict_is_heard_once(void **state)
{
    (void)state;
    give(7, 42);
    deliver();
    assert_true(says(&orders[0]));
    assert_false(says(&orders[0]));
}

static void a_verdict_of_something_else_is_not_heard(void **state)
{
    struct verify_order other;

    (void)state;
    give(7, 42);
    deliver();
    other = orders[0];
    other.ticket = 8;
    assert_false(says(&other));
    other = orders[0];
    other.device_id = 43;
    assert_false(says(&other));
    other = orders[0];
    other.serial++;
    assert_false(says(&other));
    assert_true(says(&orders[0]));
}

static void nothing_is_heard_that_was_not_asked(void **state)
{
    struct verify_order order = {.ticket = 7, .device_id = 42, .serial = 1};

    (void)state;
    give(7, 42); /* and not sent yet */
    assert_false(says(&order));
}

static void a_cancelled_order_is_told_and_not_heard(void **state)
{
    (void)state;
    give(7, 42);
    deliver();
    verify_copy_cancel(copy, 7);
    assert_false(says(&orders[0]));
    deliver();
    assert_int_equal(cancelled_count, 1);
    assert_int_equal(cancelled[0], 7);
    assert_false(says(&orders[0]));
    assert_int_equal(deliver(), 0);
}

static void what_was_never_sent_is_just_forgotten(void **state)
{
    (void)state;
    give(7, 42);
    verify_copy_cancel(copy, 7);
    verify_copy_cancel(copy, 99);
    assert_int_equal(deliver(), 0);
}

static void a_ticket_ordered_again_is_answered_by_its_last_order_alone(void **state)
{
    (void)state;
    give(7, 42);
    deliver();
    give(7, 42);
    deliver();
    assert_int_equal(order_count, 2);
    assert_false(says(&orders[0])); /* it was on its way when the second order was given */
    assert_true(says(&orders[1]));
}

static void a_new_child_is_ordered_all_that_is_open_and_nothing_else(void **state)
{
    (void)state;
    give(1, 1);
    give(2, 2);
    give(3, 3);
    give(4, 4);
    deliver();
    assert_true(says(&orders[1]));
    verify_copy_cancel(copy, 3);
    verify_copy_rewind(copy);
    assert_false(says(&orders[0])); /* the child that knew of it is dead */
    order_count = 0;
    deliver();
    assert_int_equal(order_count, 2);
    assert_int_equal(orders[0].ticket, 1);
    assert_int_equal(orders[1].ticket, 4);
    assert_int_equal(cancelled_count, 0);
    assert_true(says(&orders[0]));
}

static void more_than_one_frame_goes_in_as_many_as_it_takes(void **state)
{
    (void)state;
    for (uint32_t i = 1; i <= 5000; i++)
        give(i, i);
    assert_in_range(deliver(), 2, 10);
    assert_int_equal(order_count, 5000);
    for (uint32_t i = 1; i <= 5000; i++) {
        assert_int_equal(orders[i - 1].ticket, i);
        if (i % 2 == 0)
            verify_copy_cancel(copy, i);
    }
    deliver();
    assert_int_equal(cancelled_count, 2500);
    for (uint32_t i = 1; i <= 4999; i += 2)
        assert_true(says(&orders[i - 1]));
}

/* ---- the child's list of them ---- */

static void a_list_judges_each_trial_of_a_device(void **state)
{
    struct verify_list list = {0};
    struct verify_order one = {.ticket = 1, .device_id = 5, .window_ms = 10000};
    struct verify_order two = {.ticket = 2, .device_id = 5, .window_ms = 60000};
    struct verify_order other = {.ticket = 3, .device_id = 6, .window_ms = 10000};
    struct verify_probe probe = {.state = LINK_DOWN, .effect = LINK_FX_NONE, .gap_least_ms = 900};
    struct verify_verdict verdict;
    uint32_t id;

    (void)state;
    verify_list_add(&list, &one, 5000, (struct mono){US_PER_S});
    verify_list_add(&list, &two, 5000, (struct mono){US_PER_S});
    verify_list_add(&list, &other, 5000, (struct mono){US_PER_S});
    assert_int_equal(verify_list_gap_ms(&list, 5), 1000);
    assert_int_equal(verify_list_gap_ms(&list, 7), 0);
    assert_true(verify_list_find(&list, 2, &id));
    assert_int_equal(id, 5);
    for (int64_t i = 0; i < 10; i++) {
        assert_false(verify_list_pop(&list, &verdict));
        probe.sent_at.us = probe.at.us = (1 + i) * US_PER_S;
        verify_list_step(&list, 5, &probe);
    }
    assert_true(verify_list_pop(&list, &verdict));
    assert_int_equal(verdict.ticket, 1);
    assert_int_equal(verdict.reason, VERIFY_SILENT);
    assert_false(verify_list_pop(&list, &verdict));
    assert_int_equal(verify_list_gap_ms(&list, 5), 2000);
    verify_list_interrupt(&list, 5);
    assert_int_equal(verify_list_gap_ms(&list, 5), 0);
    assert_true(verify_list_pop(&list, &verdict));
    assert_int_equal(verdict.ticket, 2);
    assert_int_equal(verdict.reason, VERIFY_INTERRUPTED);
    verify_list_cancel(&list, 3);
    assert_false(verify_list_find(&list, 3, &id));
    assert_false(verify_list_device(&list, 0, &id));
    verify_list_free(&list);
}

#define T(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(an_order_goes_down_once),
        T(a_frame_that_was_not_sent_is_the_next_again),
        T(a_verdict_is_heard_once),
        T(a_verdict_of_something_else_is_not_heard),
        T(nothing_is_heard_that_was_not_asked),
        T(a_cancelled_order_is_told_and_not_heard),
        T(what_was_never_sent_is_just_forgotten),
        T(a_ticket_ordered_again_is_answered_by_its_last_order_alone),
        T(a_new_child_is_ordered_all_that_is_open_and_nothing_else),
        T(more_than_one_frame_goes_in_as_many_as_it_takes),
        cmocka_unit_test(a_list_judges_each_trial_of_a_device),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
