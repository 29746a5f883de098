/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "daemon/base/clock.h"

#define S US_PER_S

static void the_texts_of_instants_are_what_rfc_3339_says(void **state)
{
    static const struct {
        int64_t us;
        const char *text;
    } table[] = {
        {1, "1970-01-01T00:00:00.000001Z"},
        {-1, "1969-12-31T23:59:59.999999Z"},
        {951782400 * S, "2000-02-29T00:00:00.000000Z"},  /* leap: divisible by 400 */
        {4107542400 * S, "2100-03-01T00:00:00.000000Z"}, /* not leap: by 100 */
        {4107542400 * S - 1, "2100-02-28T23:59:59.999999Z"},
        {1795485600 * S + 500000, "2026-11-24T02:00:00.500000Z"},
        {-62135596800 * S, "0001-01-01T00:00:00.000000Z"},
        {253402300799 * S + 999999, "9999-12-31T23:59:59.999999Z"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char text[WALL_TEXT_MAX];
        struct wall back = {0};

        wall_format((struct wall){table[i].us}, text);
        assert_string_equal(text, table[i].text);
        assert_true(wall_parse(text, &back));
        assert_int_equal(back.us, table[i].us);
    }
}

static void an_unset_instant_prints_as_nothing(void **state)
{
    char text[WALL_TEXT_MAX] = "before";

    (void)state;
    wall_format((struct wall){0}, text);
    assert_string_equal(text, "");
    assert_false(wall_is_set((struct wall){0}));
}

static void the_farthest_instants_still_fit_their_text(void **state)
{
    char text[WALL_TEXT_MAX];

    (void)state;
    wall_format((struct wall){INT64_MAX}, text);
    assert_string_equal(text, "294247-01-10T04:00:54.775807Z");
    wall_format((struct wall){INT64_MIN}, text);
    assert_string_equal(text, "-290308-12-21T19:59:05.224192Z");
}

static void every_form_in_which_postgresql_prints_an_instant_is_read(void **state)
{
    static const struct {
        const char *text;
        int64_t us;
    } table[] = {
        {"2026-11-24 02:00:00+00", 1795485600 * S},
        {"2026-11-24 02:00:00.5+00", 1795485600 * S + 500000},
        {"2026-11-24 02:00:00.000001+00", 1795485600 * S + 1},
        {"2026-11-24 09:00:00+07", 1795485600 * S},
        {"2026-11-23 22:30:00-03:30", 1795485600 * S},
        {"2026-11-24 07:45:00+05:45", 1795485600 * S},
        {"1900-01-01 00:00:00+07:07:12", -2209014432 * S},             /* Batavia's mean time */
        {"2026-11-24T02:00:00.123456+00:00", 1795485600 * S + 123456}, /* to_json() */
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct wall at = {0};

        if (!wall_parse(table[i].text, &at))
            fail_msg("not read: %s", table[i].text);
        assert_int_equal(at.us, table[i].us);
    }
}

static void the_liberties_of_rfc_3339_are_read(void **state)
{
    static const struct {
        const char *text;
        int64_t us;
    } table[] = {
        {"2026-11-24T02:00:00Z", 1795485600 * S},
        {"2026-11-24t02:00:00z", 1795485600 * S},
        {"2026-11-24T02:00:00.9999999999Z", 1795485600 * S + 999999}, /* digits are dropped */
        {"2016-12-31T23:59:60Z", 1483228800 * S},                     /* a leap second */
        {"2024-02-29T00:00:00Z", 1709164800 * S},
        {"1970-01-01T00:00:00-00:00", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct wall at = {-5};

        if (!wall_parse(table[i].text, &at))
            fail_msg("not read: %s", table[i].text);
        assert_int_equal(at.us, table[i].us);
    }
}

static void what_is_no_instant_is_refused_and_changes_nothing(void **state)
{
    static const char *const table[] = {
        "",
        "2026",
        "2026-11-24",
        "2026-11-24T02:00:00", /* no zone: which instant? */
        "2026-11-24 02:00:00.+00",
        "2026-11-24T02:00:00.5",
        "2026-11-24T02:00Z",
        "2026-11-24T02:00:00Zx",
        "2026-11-24T02:00:00+7",
        "2026-11-24T02:00:00+07:0",
        "2026-11-24T02:00:00+24:00",
        "2026-11-24T02:00:00+07:60",
        "2026-11-24T02:00:00+07:07:60",
        "2026-11-24T24:00:00Z",
        "2026-11-24T02:60:00Z",
        "2026-11-24T02:00:61Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "12026-01-01T00:00:00Z",
        " 2026-11-24T02:00:00Z",
        "2026-11-24  02:00:00Z",
        "+026-11-24T02:00:00Z",
        "infinity",
        "-infinity",
        "0044-03-15 12:00:00+00 BC",
        "2026-11-24T02:00:00\xd9\xa3Z",
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct wall at = {42};

        if (wall_parse(table[i], &at))
            fail_msg("read: \"%s\"", table[i]);
        assert_int_equal(at.us, 42);
    }
    assert_false(wall_parse(NULL, &(struct wall){0}));
}

static void each_day_of_four_centuries_reads_back_to_itself(void **state)
{
    (void)state;
    for (int64_t day = -40000; day < 106097; day++) {
        struct wall at = {day * 86400 * S + 1}; /* off zero, which means unset */
        struct wall back = {0};
        char text[WALL_TEXT_MAX];

        wall_format(at, text);
        assert_true(wall_parse(text, &back));
        assert_int_equal(back.us, at.us);
    }
}

static void differences_and_sums_keep_their_sign(void **state)
{
    (void)state;
    assert_int_equal(mono_diff_ms((struct mono){5 * S}, (struct mono){2 * S}), 3000);
    assert_int_equal(mono_diff_ms((struct mono){2 * S}, (struct mono){5 * S}), -3000);
    assert_int_equal(mono_add_ms((struct mono){S}, -250).us, 750000);
    assert_int_equal(wall_diff_ms(wall_add_ms((struct wall){S}, 90), (struct wall){S}), 90);
}

/* unit.clock_asleep runs this where the clock that stands still in sleep is an hour and a half
 * behind. */
static void the_time_in_which_the_machine_sleeps_counts(void **state)
{
    FILE *uptime = fopen("/proc/uptime", "r");
    double since_boot_s = 0;

    (void)state;
    assert_non_null(uptime);
    assert_int_equal(fscanf(uptime, "%lf", &since_boot_s), 1);
    fclose(uptime);
    assert_in_range(mono_now().us / US_PER_S - (int64_t)since_boot_s, 0, 60);
}

static void the_monotonic_clock_never_steps_back(void **state)
{
    struct mono before = mono_now();

    (void)state;
    for (int i = 0; i < 1000; i++) {
        struct mono now = mono_now();

        assert_true(now.us >= before.us);
        before = now;
    }
    assert_true(wall_now().us > 1700000000 * S);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_texts_of_instants_are_what_rfc_3339_says),
        cmocka_unit_test(an_unset_instant_prints_as_nothing),
        cmocka_unit_test(the_farthest_instants_still_fit_their_text),
        cmocka_unit_test(every_form_in_which_postgresql_prints_an_instant_is_read),
        cmocka_unit_test(the_liberties_of_rfc_3339_are_read),
        cmocka_unit_test(what_is_no_instant_is_refused_and_changes_nothing),
        cmocka_unit_test(each_day_of_four_centuries_reads_back_to_itself),
        cmocka_unit_test(differences_and_sums_keep_their_sign),
        cmocka_unit_test(the_monotonic_clock_never_steps_back),
        cmocka_unit_test(the_time_in_which_the_machine_sleeps_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
