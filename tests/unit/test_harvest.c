/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "probes/frame_reading.h"
#include "probes/harvest.h"

#define SIGNAL 0
#define OCTETS 1
#define UPTIME 2

static const char text[] = "profile a\n"
                           "metric signal\noid 1.3.1.0\nwarn below -75\n"
                           "metric octets\noid 1.3.2\nindex ifindex\nkind counter\ncrit above 90\n"
                           "metric uptime\noid 1.3.3.0\n";

struct field {
    struct profiles *profiles;
    struct harvest *harvest;
    struct plan_now now;
};

static struct frame frame;

static int set_up(void **state)
{
    static struct field field;
    struct text complaints = {0};

    field = (struct field){.profiles = profiles_unpack(text, &complaints),
                           .harvest = harvest_new(),
                           .now = {{INT64_C(1000000)}, {INT64_C(1764000000000000)}}};
    harvest_profiles(field.harvest, field.profiles, 7);
    *state = &field;
    return field.profiles == NULL;
}

static int tear_down(void **state)
{
    struct field *field = *state;

    harvest_free(field->harvest);
    profiles_free(field->profiles);
    return 0;
}

static struct reading_value number_of(uint16_t metric, double number)
{
    return (struct reading_value){
        .metric = metric, .value = {VALUE_OK, number, 0, 0}, .health = PROFILE_FINE};
}

static struct reading_value octets_of(uint64_t count)
{
    struct reading_value value = number_of(OCTETS, (double)count);

    value.value.raw = count;
    value.value.bits = 64;
    memcpy(value.instance, "ether1", sizeof "ether1");
    return value;
}

/* One reading: the device is up for uptime_s, and ether1 counted so many octets. */
static void read_one(struct field *field, uint32_t device_id, double uptime_s, uint64_t octets)
{
    const struct reading_value values[] = {octets_of(octets), number_of(UPTIME, uptime_s)};

    harvest_begin(field->harvest, device_id, profiles_at(field->profiles, 0), &field->now, 4711);
    for (size_t i = 0; i < 2; i++)
        harvest_look(&values[i], field->harvest);
    for (size_t i = 0; i < 2; i++)
        harvest_take(&values[i], field->harvest);
    harvest_end(field->harvest);
}

/* How many reports there are; the last of them that is of the metric, when there is one. */
static size_t bring_in(struct field *field, uint16_t metric, struct reading_report *last)
{
    struct reading_report report;
    size_t count = 0;

    *last = (struct reading_report){.device_id = 0};
    while (harvest_frame(field->harvest, &frame)) {
        assert_true(frame_open(&frame, frame.bytes));
        for (size_t i = 0; i < frame.count; i++) {
            assert_true(frame_get_reading(&frame, i, &report));
            assert_int_equal(report.bytes, 4711);
            count++;
            if (report.metric == metric)
                *last = report;
        }
        harvest_sent(field->harvest, &frame);
    }
    return count;
}

static void later(struct field *field, int64_t s)
{
    field->now.mono = mono_add_ms(field->now.mono, s * 1000);
    field->now.wall.us += s * US_PER_S;
}

static void a_value_is_reported_with_its_place_and_time(void **state)
{
    struct field *field = *state;
    struct reading_value value = number_of(SIGNAL, -84);
    struct reading_report report;

    value.health = PROFILE_WARN;
    harvest_begin(field->harvest, 42, profiles_at(field->profiles, 0), &field->now, 4711);
    harvest_take(&value, field->harvest);
    harvest_end(field->harvest);
    assert_int_equal(bring_in(field, SIGNAL, &report), 1);
    assert_int_equal(report.device_id, 42);
    assert_int_equal(report.set, 7);
    assert_int_equal(report.profile, 0);
    assert_int_equal(report.health, PROFILE_WARN);
    assert_true(report.number == -84);
    assert_int_equal(report.at.us, field->now.wall.us);
    assert_int_equal(bring_in(field, SIGNAL, &report), 0);
}

static void counters_are_reported_as_rates_from_the_second_reading_on(void **state)
{
    struct field *field = *state;
    struct reading_report report;

    read_one(field, 42, 1000, 5000);
    assert_int_equal(bring_in(field, OCTETS, &report), 1); /* the uptime alone */
    assert_int_equal(report.device_id, 0);
    later(field, 300);
    read_one(field, 42, 1300, 35000);
    read_one(field, 43, 1300, 35000); /* another device has its own */
    assert_int_equal(bring_in(field, OCTETS, &report), 3);
    assert_int_equal(report.device_id, 42);
    assert_true(report.number == 100);
    assert_int_equal(report.health, PROFILE_CRIT);
}

static void nothing_from_before_a_boot_counts(void **state)
{
    struct field *field = *state;
    struct reading_report report;

    read_one(field, 42, 1000, 5000);
    later(field, 300);
    read_one(field, 42, 100, 6000);
    bring_in(field, OCTETS, &report);
    assert_int_equal(report.device_id, 0);
    later(field, 100);
    read_one(field, 42, 200, 7000);
    bring_in(field, OCTETS, &report);
    assert_true(report.number == 10);
}

static void other_profiles_begin_anew(void **state)
{
    struct field *field = *state;
    struct reading_report report;

    read_one(field, 42, 1000, 5000);
    harvest_profiles(field->harvest, field->profiles, 8);
    later(field, 300);
    read_one(field, 42, 1300, 35000);
    bring_in(field, OCTETS, &report);
    assert_int_equal(report.device_id, 0);
}

static void who_was_not_read_for_long_is_forgotten(void **state)
{
    struct field *field = *state;
    struct reading_report report;

    read_one(field, 42, 1000, 5000);
    later(field, 300);
    harvest_forget_before(field->harvest, field->now.mono);
    read_one(field, 42, 1300, 35000);
    bring_in(field, OCTETS, &report);
    assert_int_equal(report.device_id, 0);
}

static void a_parent_that_takes_nothing_costs_the_newest(void **state)
{
    struct field *field = *state;
    struct reading_report report;
    uint32_t most = HARVEST_MOST;

    for (uint32_t i = 0; i < most + 10; i++) {
        struct reading_value value = number_of(SIGNAL, i);

        harvest_begin(field->harvest, i, profiles_at(field->profiles, 0), &field->now, 4711);
        harvest_take(&value, field->harvest);
        harvest_end(field->harvest);
    }
    assert_int_equal(harvest_dropped(field->harvest), 10);
    assert_int_equal(bring_in(field, SIGNAL, &report), most);
    assert_int_equal(report.device_id, most - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_value_is_reported_with_its_place_and_time, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(counters_are_reported_as_rates_from_the_second_reading_on,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_from_before_a_boot_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_profiles_begin_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_was_not_read_for_long_is_forgotten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_parent_that_takes_nothing_costs_the_newest, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
