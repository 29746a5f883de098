/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "probes/frame_reading.h"
#include "tests/unit/frame_samples.h"

static struct frame frame;

static void reopen(void)
{
    assert_true(frame_open(&frame, frame.bytes));
}

static void a_reading_crosses_whole(void **state)
{
    struct reading_report report = some_reading(), got;

    (void)state;
    frame_begin(&frame, FRAME_READINGS);
    assert_true(frame_add_reading(&frame, &report));
    reopen();
    assert_true(frame_get_reading(&frame, 0, &got));
    assert_int_equal(got.device_id, report.device_id);
    assert_int_equal(got.set, report.set);
    assert_int_equal(got.profile, report.profile);
    assert_int_equal(got.metric, report.metric);
    assert_int_equal(got.status, report.status);
    assert_int_equal(got.health, report.health);
    assert_true(got.number == report.number);
    assert_int_equal(got.at.us, report.at.us);
    assert_string_equal(got.instance, report.instance);
    assert_string_equal(got.text, report.text);
}

static bool reading_is_heard(const struct reading_report *report)
{
    struct reading_report got;

    frame_begin(&frame, FRAME_READINGS);
    assert_true(frame_add_reading(&frame, report));
    reopen();
    return frame_get_reading(&frame, 0, &got);
}

/* What a device says goes to terminals and pages. */
static void a_reading_out_of_range_is_refused(void **state)
{
    struct reading_report report;

    (void)state;
    report = some_reading();
    report.status = VALUE_STATUS_END;
    assert_false(reading_is_heard(&report));
    report = some_reading();
    report.health = (enum profile_health)0;
    assert_false(reading_is_heard(&report));
    report = some_reading();
    report.metric = PROFILE_METRICS_MAX;
    assert_false(reading_is_heard(&report));
    report = some_reading();
    report.profile = PROFILES_MAX;
    assert_false(reading_is_heard(&report));
    report = some_reading();
    memset(&report.number, 0xff, sizeof report.number); /* not a number */
    assert_false(reading_is_heard(&report));
    report = some_reading();
    memset(report.instance, 'x', sizeof report.instance);
    assert_false(reading_is_heard(&report));
    report = some_reading();
    report.text[0] = '\x1b';
    assert_false(reading_is_heard(&report));
}

static void a_chunk_out_of_range_is_refused(void **state)
{
    struct profile_chunk chunk = some_chunk(), got;

    (void)state;
    frame_begin(&frame, FRAME_PROFILES);
    assert_true(frame_add_chunk(&frame, &chunk));
    chunk.total = 8;
    assert_true(frame_add_chunk(&frame, &chunk));
    chunk = some_chunk();
    chunk.offset = UINT32_MAX;
    assert_true(frame_add_chunk(&frame, &chunk));
    chunk = some_chunk();
    chunk.serial = 0;
    assert_true(frame_add_chunk(&frame, &chunk));
    reopen();
    assert_true(frame_get_chunk(&frame, 0, &got));
    assert_memory_equal(got.text, "profile a", 9);
    for (size_t i = 1; i < 4; i++)
        assert_false(frame_get_chunk(&frame, i, &got));
}

static void a_ticket_comes_through(void **state)
{
    static struct frame one;
    uint64_t got;

    (void)state;
    frame_begin(&one, FRAME_VERIFY_CANCEL);
    assert_true(frame_add_ticket(&one, INT64_MAX));
    assert_true(frame_open(&one, one.bytes));
    assert_true(frame_get_ticket(&one, 0, &got));
    assert_true(got == INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ticket_comes_through),
        cmocka_unit_test(a_reading_crosses_whole),
        cmocka_unit_test(a_reading_out_of_range_is_refused),
        cmocka_unit_test(a_chunk_out_of_range_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
