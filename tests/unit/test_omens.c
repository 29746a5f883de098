/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/omens.h"

#define DEVICE UINT32_C(7)
#define TURN_S 300
#define FELL_S 100000 /* when its site fell silent */

static struct profile_word ups_words[] = {{3, "normal"}, {5, "battery"}};
static const struct profile_metric source = {
    .name = "source", .kind = PROFILE_ENUM, .words = ups_words, .word_count = 2};
static const struct profile_metric voltage = {
    .name = "voltage", .unit = "V", .kind = PROFILE_GAUGE};
static const struct profile_metric mains = {
    .name = "input_voltage", .unit = "V", .kind = PROFILE_GAUGE};
static const struct profile_metric radio = {.name = "signal", .unit = "dBm", .kind = PROFILE_GAUGE};
static const struct profile_metric light = {
    .name = "sfp_rx_power", .unit = "dBm", .kind = PROFILE_GAUGE};
static const struct profile_metric clients = {
    .name = "client_signal", .unit = "dBm", .kind = PROFILE_GAUGE};

static struct wall at(int64_t s)
{
    return (struct wall){s * US_PER_S};
}

static void add(struct omens *omens, const struct profile_metric *metric, double number, int64_t s)
{
    omens_add(omens, metric,
              &(struct reading_report){
                  .device_id = DEVICE, .status = VALUE_OK, .number = number, .at = at(s)});
}

/* Ten readings of the usual, and the last one at that many seconds before the silence. */
static struct omens *omens_of(const struct profile_metric *metric, double usual, double last,
                              int64_t before_s)
{
    struct omens *omens = omens_new();

    for (int i = 10; i > 0; i--)
        add(omens, metric, usual + i % 2, FELL_S - before_s - (int64_t)i * TURN_S);
    add(omens, metric, last, FELL_S - before_s);
    return omens;
}

static uint32_t clues(const struct omens *omens)
{
    struct omen_time time = {at(FELL_S - 900), at(FELL_S + 130)};

    return omens_clues(omens, DEVICE, &time, at(FELL_S));
}

static uint32_t clues_of(const struct profile_metric *metric, double usual, double last,
                         int64_t before_s)
{
    struct omens *omens = omens_of(metric, usual, last, before_s);
    uint32_t got = clues(omens);

    omens_free(omens);
    return got;
}

static void what_is_worse_than_usual_just_before_is_an_omen(void **state)
{
    static const struct {
        const struct profile_metric *metric;
        double usual, last;
        uint32_t clues;
    } rows[] = {
        {&voltage, 24, 21, CLUE(CLUE_VOLTAGE_FELL)},
        {&voltage, 24, 23.5, 0},
        {&mains, 220, 40, CLUE(CLUE_VOLTAGE_FELL)},
        {&mains, 220, 190, 0}, /* a weak line is no dead one */
        {&radio, -65, -78, CLUE(CLUE_SIGNAL_WEAK)},
        {&radio, -65, -68, 0},
        {&light, -18, -24, CLUE(CLUE_LIGHT_WEAK)},
        {&light, -18, -19, 0},
        {&clients, -65, -90, 0}, /* of whom is not known */
        {&source, 3, 5, CLUE(CLUE_ON_BATTERY)},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t got = clues_of(rows[i].metric, rows[i].usual, rows[i].last, 120);

        if (got != rows[i].clues)
            fail_msg("row %zu: %x", i, got);
    }
}

static void what_is_long_ago_or_came_later_is_none(void **state)
{
    (void)state;
    assert_int_equal(clues_of(&voltage, 24, 21, 899), CLUE(CLUE_VOLTAGE_FELL));
    assert_int_equal(clues_of(&voltage, 24, 21, 901), 0);
    assert_int_equal(clues_of(&voltage, 24, 21, -60), 0); /* of when it was back, say */
    assert_int_equal(clues_of(&source, 3, 5, 901), 0);
}

static void a_ups_that_is_heard_meanwhile_tells_of_the_mains(void **state)
{
    (void)state;
    assert_int_equal(clues_of(&source, 3, 5, -60), CLUE(CLUE_ON_BATTERY));
    assert_int_equal(clues_of(&source, 3, 3, -60), CLUE(CLUE_ON_MAINS));
    assert_int_equal(clues_of(&source, 3, 3, 60), 0); /* mains before say nothing of mains after */
}

static void nothing_is_usual_of_whom_nobody_knows_what_is(void **state)
{
    struct omens *omens = omens_new();

    (void)state;
    assert_int_equal(clues(omens), 0);
    for (int i = 0; i < OMEN_READINGS_MIN; i++) {
        add(omens, &radio, i == OMEN_READINGS_MIN - 1 ? -90 : -60, FELL_S - 600 + i);
        assert_int_equal(clues(omens), 0);
    }
    add(omens, &radio, -90, FELL_S - 100);
    assert_int_equal(clues(omens), CLUE(CLUE_SIGNAL_WEAK));
    omens_free(omens);
}

static void of_several_ports_in_one_reading_the_worst_counts(void **state)
{
    struct omens *omens = omens_of(&radio, -65, -66, 120);

    (void)state;
    add(omens, &radio, -80, FELL_S - 120);
    add(omens, &radio, -60, FELL_S - 120);
    assert_int_equal(clues(omens), CLUE(CLUE_SIGNAL_WEAK));
    omens_free(omens);
}

static void the_figures_are_told(void **state)
{
    struct omens *omens = omens_of(&voltage, 23.5, 21, 140);
    struct omen_time time = {at(FELL_S - 900), at(FELL_S + 130)};
    struct text words = {0};

    (void)state;
    assert_true(omens_words(omens, DEVICE, CLUE_VOLTAGE_FELL, &time, at(FELL_S), &words));
    assert_string_equal(text_get(&words), "21.0 V, usually 24.0 V, 140 s before");
    assert_false(omens_words(omens, DEVICE, CLUE_SIGNAL_WEAK, &time, at(FELL_S), &words));
    assert_false(omens_words(omens, DEVICE + 1, CLUE_VOLTAGE_FELL, &time, at(FELL_S), &words));
    text_free(&words);
    omens_free(omens);
}

static void they_are_bounded(void **state)
{
    struct omens *omens = omens_new();

    (void)state;
    for (uint32_t id = 1; id <= OMENS_DEVICES + 100; id++)
        omens_add(omens, &radio,
                  &(struct reading_report){
                      .device_id = id, .status = VALUE_OK, .number = -60, .at = at(1)});
    omens_add(omens, &clients,
              &(struct reading_report){.device_id = 1, .status = VALUE_OK, .at = at(1)});
    assert_int_equal(omens_count(omens), OMENS_DEVICES);
    omens_free(omens);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_worse_than_usual_just_before_is_an_omen),
        cmocka_unit_test(what_is_long_ago_or_came_later_is_none),
        cmocka_unit_test(a_ups_that_is_heard_meanwhile_tells_of_the_mains),
        cmocka_unit_test(nothing_is_usual_of_whom_nobody_knows_what_is),
        cmocka_unit_test(of_several_ports_in_one_reading_the_worst_counts),
        cmocka_unit_test(the_figures_are_told),
        cmocka_unit_test(they_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
