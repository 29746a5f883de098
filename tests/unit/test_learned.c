/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "probes/learned.h"
#include "probes/learned_queue.h"
#include "probes/outlook.h"

#define NOW_US (INT64_C(1700000000) * US_PER_S)
#define HOUR   INT64_C(3600000)
#define DAY    (24 * HOUR)

static struct frame frame;

static const struct plan_policy policy = {.interval_ms = 30000,
                                          .timeout_ms = 2000,
                                          .misses_to_down = 3,
                                          .answers_to_up = 3,
                                          .false_down_years = 100};

static struct learned some(void)
{
    return (struct learned){.of = 7,
                            .at = {NOW_US},
                            .usual_ppm = 100000,
                            .habit_ppm = 90000,
                            .recent_ppm = 80000,
                            .burst_milli = 9000,
                            .burst_ms = 8000,
                            .srtt_us = 600000,
                            .rttvar_us = 20000};
}

static struct learned believed(int64_t after_ms)
{
    struct learned learned = some();

    learned_believe(&learned, (struct wall){NOW_US + after_ms * US_PER_MS});
    return learned;
}

static void what_is_young_is_believed_whole(void **state)
{
    struct learned whole = some(), got = believed(HOUR);

    (void)state;
    assert_memory_equal(&got, &whole, sizeof whole);
    got = believed(-HOUR); /* two clocks */
    assert_memory_equal(&got, &whole, sizeof whole);
}

static void the_last_minutes_say_nothing_after_an_hour(void **state)
{
    struct learned want = some(), got = believed(HOUR + 1);

    (void)state;
    want.recent_ppm = 0;
    assert_memory_equal(&got, &want, sizeof want);
    got = believed(7 * DAY);
    assert_memory_equal(&got, &want, sizeof want);
}

static void after_a_week_only_the_usual_loss_is_left(void **state)
{
    static const int64_t ages_ms[] = {7 * DAY + 1, 4000 * DAY, -HOUR - 1};
    struct learned want = {.of = 7, .at = {NOW_US}, .usual_ppm = 100000};

    (void)state;
    for (size_t i = 0; i < sizeof ages_ms / sizeof *ages_ms; i++) {
        struct learned got = believed(ages_ms[i]);

        assert_memory_equal(&got, &want, sizeof want);
    }
}

static bool is_news(void (*change)(struct learned *learned))
{
    struct learned told = some(), now = some();

    now.at.us += HOUR * US_PER_MS;
    if (change != NULL)
        change(&now);
    return learned_is_news(&told, &now, 1);
}

static void more_loss(struct learned *learned)
{
    learned->habit_ppm += 50000;
}

static void a_little_more_loss(struct learned *learned)
{
    learned->habit_ppm += 19000;
}

static void slower(struct learned *learned)
{
    learned->srtt_us += 250000;
}

static void another_place(struct learned *learned)
{
    learned->of++;
}

static void a_day_later(struct learned *learned)
{
    learned->at.us += DAY * US_PER_MS * 30 / 24;
}

static void nothing_at_all(struct learned *learned)
{
    *learned = (struct learned){.of = 8, .at = learned->at};
}

static void only_what_changed_noticeably_is_news(void **state)
{
    (void)state;
    assert_false(is_news(NULL));
    assert_false(is_news(a_little_more_loss));
    assert_true(is_news(more_loss));
    assert_true(is_news(slower));
    assert_true(is_news(another_place));
    assert_true(is_news(a_day_later)); /* else it would not be believed for long */
    assert_false(is_news(nothing_at_all));
}

static void what_waits_leaves_in_the_order_it_came(void **state)
{
    struct learned_queue queue = {0};
    struct learned_news news = {.learned = some()}, got;
    size_t frames = 0;
    uint32_t next = 1;

    (void)state;
    for (news.device_id = 1; news.device_id <= 2000; news.device_id++)
        learned_queue_push(&queue, &news);
    assert_int_equal(learned_queue_room(&queue), 0);
    for (; learned_queue_frame(&queue, &frame); frames++) {
        for (size_t i = 0; i < frame.count; i++, next++) {
            assert_true(frame_get_learned(&frame, i, &got));
            assert_int_equal(got.device_id, next);
        }
        learned_queue_sent(&queue, frame.count);
    }
    assert_int_equal(next, 2001);
    assert_in_range(frames, 2, 4);
    assert_true(queue.at == NULL);
    assert_true(learned_queue_room(&queue) >= 2000);
}

static void what_was_learned_comes_through(void **state)
{
    struct learned_news news = {.device_id = 9, .learned = some()}, got;

    (void)state;
    frame_begin(&frame, FRAME_LEARNED);
    assert_true(frame_add_learned(&frame, &news));
    assert_true(frame_open(&frame, frame.bytes));
    assert_true(frame_get_learned(&frame, 0, &got));
    assert_int_equal(got.device_id, 9);
    assert_memory_equal(&got.learned, &news.learned, sizeof got.learned);
}

static void learned_numbers_beyond_all_are_refused(void **state)
{
    static const size_t numbers[] = {
        offsetof(struct learned, usual_ppm),  offsetof(struct learned, habit_ppm),
        offsetof(struct learned, recent_ppm), offsetof(struct learned, burst_milli),
        offsetof(struct learned, burst_ms),   offsetof(struct learned, srtt_us),
        offsetof(struct learned, rttvar_us),  offsetof(struct learned, at)};

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct learned_news news = {.device_id = 9, .learned = some()}, got;

        if (numbers[i] == offsetof(struct learned, at))
            news.learned.at.us = 0;
        else
            memset((char *)&news.learned + numbers[i], 0xff, sizeof(uint32_t));
        frame_begin(&frame, FRAME_LEARNED);
        assert_true(frame_add_learned(&frame, &news));
        assert_true(frame_open(&frame, frame.bytes));
        assert_false(frame_get_learned(&frame, 0, &got));
    }
}

static void a_clean_link_that_is_cut_is_known_in_seconds(void **state)
{
    struct learned clean = {.at = {NOW_US}, .usual_ppm = 5000, .srtt_us = 20000, .rttvar_us = 5000};
    struct outlook outlook = outlook_of(&clean, &policy, PLAN_SNMP_V2C, 0);

    (void)state;
    assert_int_equal(outlook.timeout_ms, 250);
    assert_int_equal(outlook.misses, 8);
    assert_in_range(outlook.known_ms, 7000, 8000);
    assert_int_equal(outlook.latest_ms, outlook.known_ms + 30000);
}

static void a_link_that_loses_or_bursts_takes_longer(void **state)
{
    struct learned lossy = {.at = {NOW_US}, .habit_ppm = 300000, .srtt_us = 600000};
    struct learned bursty = {.at = {NOW_US}, .burst_milli = 50000, .burst_ms = 8000};
    struct outlook loses = outlook_of(&lossy, &policy, PLAN_SNMP_V2C, 0);
    struct outlook bursts = outlook_of(&bursty, &policy, PLAN_SNMP_V2C, 600000);

    (void)state;
    assert_in_range(loses.misses, 14, 18);
    assert_int_equal(loses.timeout_ms, 600);
    assert_in_range(bursts.known_ms, 60000, 182000);
    assert_int_equal(bursts.timeout_ms, 2000); /* it has never answered: as configured */
    assert_int_equal(bursts.latest_ms, bursts.known_ms + 600000);
}

static void where_misses_are_counted_their_number_is_the_policy_s(void **state)
{
    struct plan_policy counting = policy;
    struct learned lossy = {.at = {NOW_US}, .habit_ppm = 300000};
    struct outlook outlook;

    (void)state;
    counting.false_down_years = 0;
    outlook = outlook_of(&lossy, &counting, PLAN_SNMP_V2C, 0);
    assert_int_equal(outlook.misses, 3);
    assert_in_range(outlook.known_ms, 7000, 8500); /* 2 + 1 + 2 + 1 + 2 s */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_young_is_believed_whole),
        cmocka_unit_test(the_last_minutes_say_nothing_after_an_hour),
        cmocka_unit_test(after_a_week_only_the_usual_loss_is_left),
        cmocka_unit_test(only_what_changed_noticeably_is_news),
        cmocka_unit_test(what_waits_leaves_in_the_order_it_came),
        cmocka_unit_test(what_was_learned_comes_through),
        cmocka_unit_test(learned_numbers_beyond_all_are_refused),
        cmocka_unit_test(a_clean_link_that_is_cut_is_known_in_seconds),
        cmocka_unit_test(a_link_that_loses_or_bursts_takes_longer),
        cmocka_unit_test(where_misses_are_counted_their_number_is_the_policy_s),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
