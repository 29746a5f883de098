/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alerts/delivery.h"

#define MIDDLE (UINT32_C(1) << 31) /* no jitter */
#define S      INT64_C(1000)
#define H      (3600 * S)

static enum delivery_verdict judge(int http_status, uint32_t number, int64_t retry_after_ms,
                                   int64_t *delay_ms)
{
    struct delivery_attempt attempt = {
        .http_status = http_status, .retry_after_ms = retry_after_ms, .number = number};

    *delay_ms = -1;
    return delivery_judge(&attempt, MIDDLE, delay_ms);
}

static void every_2xx_is_a_delivery_whatever_its_number(void **state)
{
    int64_t delay;

    (void)state;
    for (int status = 200; status < 300; status++)
        for (uint32_t number = 1; number <= 13; number++)
            assert_int_equal(judge(status, number, -1, &delay), DELIVERY_DELIVERED);
    assert_int_equal(delay, -1);
}

static void gone_is_410_and_nothing_else(void **state)
{
    int64_t delay;

    (void)state;
    for (int status = 100; status < 600; status++)
        assert_int_equal(judge(status, 1, -1, &delay) == DELIVERY_GONE, status == 410);
    assert_int_equal(judge(410, 12, -1, &delay), DELIVERY_GONE);
}

static void everything_else_is_tried_again(void **state)
{
    static const int statuses[] = {0,   100, 101, 199, 300, 301, 302, 303, 304, 307, 308,
                                   400, 401, 403, 404, 408, 409, 411, 413, 418, 422, 425,
                                   429, 500, 501, 502, 503, 504, 599, 600, 999, -1};
    int64_t delay;

    (void)state;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        assert_int_equal(judge(statuses[i], 1, -1, &delay), DELIVERY_RETRY);
        assert_int_equal(delay, 5 * S);
    }
}

static void the_schedule_ends_in_the_dead_letters(void **state)
{
    static const int64_t want[] = {5 * S, 30 * S, 120 * S, 600 * S, 1800 * S, 2 * H,
                                   5 * H, 10 * H, 14 * H,  20 * H,  24 * H};
    int64_t delay;

    (void)state;
    for (uint32_t number = 1; number <= 11; number++) {
        assert_int_equal(judge(500, number, -1, &delay), DELIVERY_RETRY);
        assert_int_equal(delay, want[number - 1]);
    }
    assert_int_equal(judge(500, 12, -1, &delay), DELIVERY_DEAD);
    assert_int_equal(delay, -1);
    assert_int_equal(judge(500, 13, -1, &delay), DELIVERY_DEAD);
    assert_int_equal(judge(500, UINT32_MAX, -1, &delay), DELIVERY_DEAD);
}

static void jitter_is_a_fifth_to_both_sides(void **state)
{
    struct delivery_attempt attempt = {.http_status = 500, .retry_after_ms = -1, .number = 2};
    int64_t delay;

    (void)state;
    delivery_judge(&attempt, 0, &delay);
    assert_int_equal(delay, 24 * S);
    delivery_judge(&attempt, UINT32_MAX, &delay);
    assert_int_equal(delay, 36 * S);
}

static void a_wish_for_patience_is_heard_between_the_base_and_twice_the_base(void **state)
{
    int64_t delay;

    (void)state;
    judge(429, 2, 0, &delay);
    assert_int_equal(delay, 30 * S);
    judge(429, 2, 29 * S, &delay);
    assert_int_equal(delay, 30 * S);
    judge(503, 2, 45 * S, &delay);
    assert_int_equal(delay, 45 * S);
    judge(503, 2, 60 * S, &delay);
    assert_int_equal(delay, 60 * S);
    judge(429, 2, 61 * S, &delay);
    assert_int_equal(delay, 60 * S);
    judge(429, 2, INT64_MAX, &delay);
    assert_int_equal(delay, 60 * S);
}

static void a_wish_does_not_bring_back_the_dead(void **state)
{
    int64_t delay;

    (void)state;
    assert_int_equal(judge(429, 12, 45 * S, &delay), DELIVERY_DEAD);
}

static void attempt_zero_counts_as_the_first(void **state)
{
    int64_t delay;

    (void)state;
    assert_int_equal(judge(500, 0, -1, &delay), DELIVERY_RETRY);
    assert_int_equal(delay, 5 * S);
}

static void each_verdict_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(delivery_verdict_name(DELIVERY_DELIVERED), "delivered");
    assert_string_equal(delivery_verdict_name(DELIVERY_RETRY), "retry");
    assert_string_equal(delivery_verdict_name(DELIVERY_DEAD), "dead");
    assert_string_equal(delivery_verdict_name(DELIVERY_GONE), "gone");
    assert_string_equal(delivery_verdict_name(DELIVERY_VERDICT_END), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_2xx_is_a_delivery_whatever_its_number),
        cmocka_unit_test(gone_is_410_and_nothing_else),
        cmocka_unit_test(everything_else_is_tried_again),
        cmocka_unit_test(the_schedule_ends_in_the_dead_letters),
        cmocka_unit_test(jitter_is_a_fifth_to_both_sides),
        cmocka_unit_test(a_wish_for_patience_is_heard_between_the_base_and_twice_the_base),
        cmocka_unit_test(a_wish_does_not_bring_back_the_dead),
        cmocka_unit_test(attempt_zero_counts_as_the_first),
        cmocka_unit_test(each_verdict_has_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
