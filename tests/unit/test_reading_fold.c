/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "daemon/base/text.h"
#include "daemon/reading_fold.h"

#define SLOT 5880000

static struct text told; /* a line for each sum */
static int sums;

static void on_sum(const struct fold_sum *sum, void *arg)
{
    assert_ptr_equal(arg, &told);
    sums++;
    if (sums <= 20)
        text_addf(&told, "%u+%u %s/%s %s %s%s %u: last %g mean %g in %g..%g\n", sum->device_id,
                  sum->slot - SLOT, sum->name.metric, sum->name.instance, sum->name.kind,
                  sum->name.unit, sum->name.main ? " main" : "", sum->count, (double)sum->last,
                  (double)sum->mean, (double)sum->least, (double)sum->most);
}

static struct reading_fold *begin(uint32_t most)
{
    text_clear(&told);
    sums = 0;
    return reading_fold_new(most, on_sum, &told);
}

static void end(struct reading_fold *fold)
{
    reading_fold_free(fold);
    text_free(&told);
}

static const struct fold_name voltage = {"voltage", "", "gauge", "V", true, 0};
static const struct fold_name traffic = {"if_in", "ether1", "counter", "octets/s", false, 3};

static void values_of_a_slot_are_counted_and_told_when_the_next_begins(void **state)
{
    struct reading_fold *fold = begin(16);

    (void)state;
    assert_true(reading_fold_add(fold, 7, SLOT, &voltage, 13.5));
    assert_true(reading_fold_add(fold, 7, SLOT, &traffic, 1000));
    assert_true(reading_fold_add(fold, 7, SLOT, &voltage, 12));
    assert_true(reading_fold_add(fold, 7, SLOT, &voltage, 13));
    assert_int_equal(sums, 0);
    assert_true(reading_fold_add(fold, 7, SLOT + 1, &voltage, 11));
    assert_string_equal(text_get(&told),
                        "7+0 voltage/ gauge V main 3: last 13 mean 12.8333 in 12..13.5\n"
                        "7+0 if_in/ether1 counter octets/s 1: last 1000 mean 1000 in 1000..1000\n");
    reading_fold_end_before(fold, SLOT + 2);
    assert_non_null(strstr(text_get(&told), "7+1 voltage/ gauge V main 1: last 11 "));
    assert_int_equal(sums, 3);
    end(fold);
}

static void devices_have_their_own_slots(void **state)
{
    struct reading_fold *fold = begin(16);

    (void)state;
    assert_true(reading_fold_add(fold, 1, SLOT, &voltage, 1));
    assert_true(reading_fold_add(fold, 2, SLOT, &voltage, 2));
    assert_true(reading_fold_add(fold, 1, SLOT + 1, &voltage, 3));
    assert_int_equal(sums, 1);
    reading_fold_end_before(fold, SLOT + 1);
    assert_int_equal(sums, 2);
    assert_int_equal(reading_fold_devices(fold), 1); /* who is read no more is forgotten */
    reading_fold_end_before(fold, SLOT + 1);
    assert_int_equal(sums, 2); /* told once */
    end(fold);
}

static void a_clock_that_goes_back_ends_the_slot(void **state)
{
    struct reading_fold *fold = begin(16);

    (void)state;
    assert_true(reading_fold_add(fold, 1, SLOT + 9, &voltage, 1));
    assert_true(reading_fold_add(fold, 1, SLOT, &voltage, 2));
    assert_string_equal(text_get(&told), "1+9 voltage/ gauge V main 1: last 1 mean 1 in 1..1\n");
    end(fold);
}

static void one_reading_is_told_from_another(void **state)
{
    struct fold_name other_port = traffic, other_metric = traffic;
    struct reading_fold *fold = begin(16);

    (void)state;
    other_port.instance = "ether2";
    other_metric.metric = "if_out";
    assert_true(reading_fold_add(fold, 1, SLOT, &traffic, 1));
    assert_true(reading_fold_add(fold, 1, SLOT, &other_port, 2));
    assert_true(reading_fold_add(fold, 1, SLOT, &other_metric, 4));
    reading_fold_end_before(fold, SLOT + 1);
    assert_int_equal(sums, 3);
    end(fold);
}

/* Fifteen hundred ports of an OLT, and then what matters. */
static void a_device_of_many_ports_has_so_many_and_the_main_ones(void **state)
{
    struct reading_fold *fold = begin(4);
    char port[16];
    struct fold_name onu = {"onu_rx", port, "gauge", "dBm", false, 0};
    struct fold_name mains[] = {voltage, voltage, voltage, voltage, voltage};

    (void)state;
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < 1500; i++) {
            snprintf(port, sizeof port, "%u", i);
            assert_true(reading_fold_add(fold, 1, SLOT, &onu, -20));
        }
        for (uint16_t i = 0; i < 2; i++) {
            mains[i].place = (uint16_t)(i + 1);
            assert_true(reading_fold_add(fold, 1, SLOT, &mains[i], i));
        }
    }
    reading_fold_end_before(fold, SLOT + 1);
    assert_int_equal(sums, 4);
    assert_non_null(strstr(text_get(&told), "onu_rx/0 gauge dBm 2:"));
    assert_non_null(strstr(text_get(&told), "onu_rx/1 gauge dBm 2:"));
    assert_non_null(strstr(text_get(&told), "voltage/ gauge V main 2: last 0 "));
    assert_non_null(strstr(text_get(&told), "voltage/ gauge V main 2: last 1 "));

    text_clear(&told);
    sums = 0;
    for (uint16_t i = 0; i < 5; i++) { /* of main ones, too */
        mains[i].place = i;
        assert_true(reading_fold_add(fold, 1, SLOT + 1, &mains[i], i));
    }
    reading_fold_end_before(fold, SLOT + 2);
    assert_int_equal(sums, 4);
    end(fold);
}

static void none_is_none(void **state)
{
    struct reading_fold *fold = begin(0);

    (void)state;
    assert_true(reading_fold_add(fold, 1, SLOT, &voltage, 1));
    reading_fold_end_before(fold, SLOT + 1);
    assert_int_equal(sums, 0);
    end(fold);
}

static void what_a_history_cannot_hold_is_refused(void **state)
{
    static const double numbers[] = {1e39, -1e39, (double)INFINITY, (double)NAN};
    struct reading_fold *fold = begin(16);

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        assert_false(reading_fold_add(fold, 1, SLOT, &voltage, numbers[i]));
    assert_int_equal(reading_fold_devices(fold), 0);
    end(fold);
}

static void devices_that_nobody_has_are_bounded(void **state)
{
    struct reading_fold *fold = begin(1);

    (void)state;
    for (uint32_t id = 0; id < READING_FOLD_DEVICES; id++)
        if (!reading_fold_add(fold, id, SLOT, &voltage, 1))
            fail_msg("device %u", id);
    assert_false(reading_fold_add(fold, READING_FOLD_DEVICES, SLOT, &voltage, 1));
    assert_true(reading_fold_add(fold, 5, SLOT, &voltage, 1));
    end(fold);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_a_slot_are_counted_and_told_when_the_next_begins),
        cmocka_unit_test(devices_have_their_own_slots),
        cmocka_unit_test(a_clock_that_goes_back_ends_the_slot),
        cmocka_unit_test(one_reading_is_told_from_another),
        cmocka_unit_test(a_device_of_many_ports_has_so_many_and_the_main_ones),
        cmocka_unit_test(none_is_none),
        cmocka_unit_test(what_a_history_cannot_hold_is_refused),
        cmocka_unit_test(devices_that_nobody_has_are_bounded),
    };

    return cmocka_run_group_tests_name("reading_fold", tests, NULL, NULL);
}
