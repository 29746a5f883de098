/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/cli/show.h"
#include "daemon/cli/table.h"

static void columns_are_as_wide_as_their_widest_cell(void **state)
{
    static const struct table_column columns[] = {
        {"CODE", 0, false}, {"FOR", 0, true}, {"NAME", 0, false}};
    struct table *table = table_new(columns, 3);
    struct text out = {0};

    (void)state;
    table_add(table, "33.14.01");
    table_add(table, "2h 14m");
    table_add(table, "Kalijambe");
    table_add(table, "1");
    table_addf(table, "%dm", 9);
    table_add(table, NULL);
    table_print(table, 1, &out);
    assert_string_equal(text_get(&out), " CODE         FOR  NAME\n"
                                        " 33.14.01  2h 14m  Kalijambe\n"
                                        " 1             9m  -\n");
    text_free(&out);
    table_free(table);
    table_free(NULL);
}

static void a_long_cell_is_cut_by_characters_not_bytes(void **state)
{
    static const struct table_column columns[] = {{"A", 4, false}, {"B", 0, false}};
    struct table *table = table_new(columns, 2);
    struct text out = {0};

    (void)state;
    table_add(table, "éééé");
    table_add(table, "x");
    table_add(table, "ééééé");
    table_add(table, "y");
    table_print(table, 0, &out);
    assert_string_equal(text_get(&out), "A     B\néééé  x\nééé…  y\n");
    text_free(&out);
    table_free(table);
}

static void an_empty_table_is_its_titles_and_one_without_titles_is_nothing(void **state)
{
    static const struct table_column titled[] = {{"A", 0, false}, {"B", 0, false}};
    static const struct table_column bare[] = {{NULL, 0, false}};
    struct table *table = table_new(titled, 2);
    struct text out = {0};

    (void)state;
    table_print(table, 0, &out);
    table_free(table);
    table = table_new(bare, 1);
    table_print(table, 0, &out);
    table_add(table, "x");
    table_print(table, 2, &out);
    table_free(table);
    assert_string_equal(text_get(&out), "A  B\n  x\n");
    text_free(&out);
}

static void what_a_terminal_might_obey_is_shown_instead(void **state)
{
    static const struct {
        const char *text;
        const char *shown;
    } table[] = {
        {"Désa → Kali", "Désa → Kali"},
        {"\x1b[2J", "\\x1b[2J"},
        {"a\nb\tc\r", "a\\x0ab\\x09c\\x0d"},
        {"\x7f", "\\x7f"},
        {"\xc2\x9b"
         "31m",
         "\\u{9b}31m"},                     /* C1: CSI in one character */
        {"\xff\xfe", "\\xff\\xfe"},         /* no UTF-8 */
        {"cut \xe2\x82", "cut \\xe2\\x82"}, /* the front of a character */
        {"a\xe2\x80\xae"
         "b",
         "a\\u{202e}b"}, /* turns the direction of writing */
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct text out = {0};

        show_safe(table[i].text, &out);
        assert_string_equal(text_get(&out), table[i].shown);
        text_free(&out);
    }
}

static void times_are_shown_in_the_zone_and_named_after_it(void **state)
{
    char out[SHOW_TIME_MAX];
    struct wall at;

    (void)state;
    assert_true(wall_parse("2026-11-24T02:03:59.999999Z", &at));
    show_zone("Asia/Jakarta");
    assert_string_equal(show_time(at, out), "2026-11-24 09:03 WIB");
    show_zone("Asia/Makassar");
    assert_string_equal(show_time(at, out), "2026-11-24 10:03 WITA");
    assert_string_equal(show_time((struct wall){0}, out), "");
}

static void durations_have_two_units_at_most(void **state)
{
    static const struct {
        int64_t s;
        const char *shown;
    } table[] = {{-5, "0s"},           {0, "0s"},
                 {35, "35s"},          {60, "1m"},
                 {61, "1m 1s"},        {2 * 3600 + 14 * 60 + 59, "2h 14m"},
                 {3600, "1h"},         {3605, "1h"},
                 {86400, "1d"},        {3 * 86400 + 2 * 3600 + 59, "3d 2h"},
                 {400 * 86400, "400d"}};
    char out[SHOW_DURATION_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_string_equal(show_duration(table[i].s * 1000 + 999 * (table[i].s > 0), out),
                            table[i].shown);
}

static void a_place_is_its_code_its_name_and_its_kecamatan_where_that_says_more(void **state)
{
    struct js *place = js_object();
    struct text out = {0};

    (void)state;
    js_set_text(place, "code", "33.14.01");
    js_set_text(place, "name", "Kalijambe");
    js_set_text(place, "kecamatan", "Kalijambe");
    show_place(place, &out);
    text_add(&out, "|");
    js_set_text(place, "name", "Jati");
    show_place(place, &out);
    text_add(&out, "|");
    js_set(place, "kecamatan", js_new_null());
    js_set(place, "name", js_new_null());
    show_place(place, &out);
    assert_string_equal(text_get(&out), "33.14.01 Kalijambe|33.14.01 Jati (Kalijambe)|33.14.01");
    js_free(place);
    text_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_as_wide_as_their_widest_cell),
        cmocka_unit_test(a_long_cell_is_cut_by_characters_not_bytes),
        cmocka_unit_test(an_empty_table_is_its_titles_and_one_without_titles_is_nothing),
        cmocka_unit_test(what_a_terminal_might_obey_is_shown_instead),
        cmocka_unit_test(times_are_shown_in_the_zone_and_named_after_it),
        cmocka_unit_test(durations_have_two_units_at_most),
        cmocka_unit_test(a_place_is_its_code_its_name_and_its_kecamatan_where_that_says_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
