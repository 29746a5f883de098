/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/base/retry.h"

#define S INT64_C(1000)
#define M (60 * S)
#define H (60 * M)

/* Standard Webhooks' schedule as this project keeps it; each ± 20 %. */
static const int64_t webhook_delays_ms[] = {0,     5 * S, 30 * S, 2 * M,  10 * M, 30 * M,
                                            2 * H, 5 * H, 10 * H, 14 * H, 20 * H, 24 * H};
static const struct retry_schedule webhook = {
    .delays_ms = webhook_delays_ms, .count = 12, .jitter_percent = 20};

static void a_webhook_is_tried_twelve_times_over_three_days(void **state)
{
    int64_t least = 0, most = 0;
    uint32_t failed = 0;

    (void)state;
    for (; retry_delay_ms(&webhook, failed, 0) >= 0; failed++) {
        least += retry_delay_ms(&webhook, failed, 0);
        most += retry_delay_ms(&webhook, failed, UINT32_MAX);
    }
    assert_int_equal(failed, 12);
    assert_int_equal(least, (75 * H + 42 * M + 35 * S) * 8 / 10);
    assert_int_equal(most, (75 * H + 42 * M + 35 * S) * 12 / 10);
}

static void each_delay_lies_within_a_fifth_of_its_row(void **state)
{
    (void)state;
    for (uint32_t failed = 0; failed < 12; failed++) {
        int64_t delay = webhook_delays_ms[failed];

        assert_int_equal(retry_delay_ms(&webhook, failed, 0), delay * 8 / 10);
        assert_int_equal(retry_delay_ms(&webhook, failed, UINT32_C(1) << 31), delay);
        assert_int_equal(retry_delay_ms(&webhook, failed, UINT32_MAX), delay * 12 / 10);
    }
}

static void the_first_attempt_is_at_once_and_the_second_after_five_seconds(void **state)
{
    (void)state;
    assert_int_equal(retry_delay_ms(&webhook, 0, 12345), 0);
    assert_in_range(retry_delay_ms(&webhook, 1, 12345), 4 * S, 6 * S);
}

static void behind_the_last_row_is_the_dead_letter(void **state)
{
    (void)state;
    assert_int_equal(retry_delay_ms(&webhook, 12, 0), -1);
    assert_int_equal(retry_delay_ms(&webhook, UINT32_MAX, UINT32_MAX), -1);
}

static void a_schedule_that_never_ends_repeats_its_last_row(void **state)
{
    static const int64_t delays_ms[] = {100, S, 5 * S};
    const struct retry_schedule reconnect = {.delays_ms = delays_ms, .count = 3, .forever = true};

    (void)state;
    assert_int_equal(retry_delay_ms(&reconnect, 0, 9), 100);
    assert_int_equal(retry_delay_ms(&reconnect, 2, 9), 5 * S);
    assert_int_equal(retry_delay_ms(&reconnect, 3, 9), 5 * S);
    assert_int_equal(retry_delay_ms(&reconnect, UINT32_MAX, 9), 5 * S);
}

static void jitter_spreads_evenly(void **state)
{
    static const int64_t delays_ms[] = {10};
    const struct retry_schedule ten = {.delays_ms = delays_ms, .count = 1, .jitter_percent = 20};
    unsigned hits[15] = {0};

    (void)state;
    for (uint64_t random = 0; random <= UINT32_MAX; random += 65521)
        hits[retry_delay_ms(&ten, 0, (uint32_t)random)]++;
    for (size_t i = 0; i < 15; i++) {
        if (i < 8 || i > 12)
            assert_int_equal(hits[i], 0);
        else
            assert_in_range(hits[i], 65551 / 5 - 20, 65551 / 5 + 20);
    }
}

static void a_delay_of_centuries_does_not_overflow(void **state)
{
    static const int64_t delays_ms[] = {INT64_MAX / 200};
    const struct retry_schedule ages = {.delays_ms = delays_ms, .count = 1, .jitter_percent = 100};

    (void)state;
    assert_int_equal(retry_delay_ms(&ages, 0, 0), 0);
    assert_in_range(retry_delay_ms(&ages, 0, UINT32_MAX), INT64_MAX / 200, INT64_MAX / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_webhook_is_tried_twelve_times_over_three_days),
        cmocka_unit_test(each_delay_lies_within_a_fifth_of_its_row),
        cmocka_unit_test(the_first_attempt_is_at_once_and_the_second_after_five_seconds),
        cmocka_unit_test(behind_the_last_row_is_the_dead_letter),
        cmocka_unit_test(a_schedule_that_never_ends_repeats_its_last_row),
        cmocka_unit_test(jitter_spreads_evenly),
        cmocka_unit_test(a_delay_of_centuries_does_not_overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
