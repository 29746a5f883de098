/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/report.h"

static void a_month_is_four_digits_a_dash_and_two(void **state)
{
    static const char *const months[] = {"2026-11", "1900-01", "2199-12", "2024-02"};
    static const char *const others[] = {"",         "2026-1",   "2026-13",  "2026-00", "2026-1 ",
                                         "1899-12",  "2200-01",  "2026_11",  "202-611", "2026-11\n",
                                         " 2026-11", "2026-111", "+026-011", "٢٠٢٦-11"};

    (void)state;
    for (size_t i = 0; i < sizeof months / sizeof months[0]; i++)
        assert_true(report_is_month(months[i]));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(report_is_month(others[i]));
}

static void there_are_four_groups(void **state)
{
    (void)state;
    assert_true(report_is_group("kecamatan"));
    assert_true(report_is_group("site"));
    assert_true(report_is_group("party"));
    assert_true(report_is_group("cause"));
    assert_false(report_is_group(""));
    assert_false(report_is_group("total"));
    assert_false(report_is_group("Site"));
}

static void months_are_counted_over_years(void **state)
{
    char out[8];

    (void)state;
    report_month_after("2026-11", 1, out);
    assert_string_equal(out, "2026-12");
    report_month_after("2026-12", 1, out);
    assert_string_equal(out, "2027-01");
    report_month_after("2026-01", -1, out);
    assert_string_equal(out, "2025-12");
    report_month_after("2026-01", -13, out);
    assert_string_equal(out, "2024-12");
    report_month_after("1900-01", -1, out);
    assert_string_equal(out, "");
    report_month_after("2199-12", 1, out);
    assert_string_equal(out, "");
    report_month_after("soon", 1, out);
    assert_string_equal(out, "");
}

/* The CSV's first line of fields, of a report with one row of that group and name. */
static void check_texts(const char *group, const char *name, const char *want)
{
    struct js *report = js_object(), *rows = js_array(), *row = js_object();
    struct text out = {0};
    const char *line;

    js_set_text(row, "group", group);
    js_set_text(row, "name", name);
    js_push(rows, row);
    js_set(report, "rows", rows);
    report_csv(report, &out);
    line = strchr(text_get(&out), '\n') + 1;
    assert_memory_equal(line, want, strlen(want));
    assert_string_equal(line + strlen(want), ",,,,,,,,,,,,,,,,,,\n");
    text_free(&out);
    js_free(report);
}

static void texts_are_quoted_when_they_must_be_and_formulas_defused(void **state)
{
    (void)state;
    check_texts("33.14.01", "Kalijambe", "33.14.01,Kalijambe");
    check_texts("a", "CV \"Jaya\", Sragen", "a,\"CV \"\"Jaya\"\", Sragen\"");
    check_texts("a", "two\nlines", "a,\"two\nlines\"");
    check_texts("a", "=HYPERLINK(\"http://x\",\"y\")",
                "a,\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
    check_texts("+1", "-1", "'+1,'-1");
    check_texts("@x", "\tx", "'@x,'\tx");
    check_texts("a=b", "a@b.id", "a=b,a@b.id");
    check_texts(NULL, NULL, ",");
}

static void numbers_come_as_they_were_written(void **state)
{
    static const char json[] =
        "{\"rows\":[{\"group\":\"total\",\"name\":null,\"n\":12,\"open\":0,\"detect_mean_s\":46."
        "917,"
        "\"detect_p50_s\":45,\"restore_p95_s\":3542400,\"availability_citizen\":0.968911,"
        "\"availability_network\":0.000089,\"coverage\":0.5}]}";
    struct js *report = js_parse(json, strlen(json), NULL);
    struct text out = {0};

    (void)state;
    assert_non_null(report);
    report_csv(report, &out);
    assert_string_equal(text_get(&out),
                        "group,name,n,open,detect_mean_s,detect_p50_s,detect_p90_s,detect_p95_s,"
                        "accept_mean_s,accept_p50_s,accept_p90_s,accept_p95_s,restore_mean_s,"
                        "restore_p50_s,restore_p90_s,restore_p95_s,availability_citizen,"
                        "availability_network,availability_contract,coverage\n"
                        "total,,12,0,46.917,45,,,,,,,,,,3542400,0.968911,0.000089,,0.5\n");
    text_free(&out);
    js_free(report);
}

static void small_numbers_have_no_exponent(void **state)
{
    static const char json[] =
        "{\"rows\":[{\"restore_p95_s\":0.001,\"availability_citizen\":0.000089,"
        "\"availability_network\":0.000001,\"availability_contract\":1.0,"
        "\"coverage\":0.999999}]}";
    struct js *report = js_parse(json, strlen(json), NULL);
    struct text out = {0};

    (void)state;
    assert_non_null(report);
    report_csv(report, &out);
    assert_string_equal(strchr(text_get(&out), '\n') + 1,
                        ",,,,,,,,,,,,,,,0.001,0.000089,0.000001,1,0.999999\n");
    text_free(&out);
    js_free(report);
}

static void a_report_without_rows_is_its_header(void **state)
{
    struct text out = {0};

    (void)state;
    report_csv(NULL, &out);
    assert_non_null(strchr(text_get(&out), '\n'));
    assert_string_equal(strchr(text_get(&out), '\n'), "\n");
    text_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_month_is_four_digits_a_dash_and_two),
        cmocka_unit_test(there_are_four_groups),
        cmocka_unit_test(months_are_counted_over_years),
        cmocka_unit_test(texts_are_quoted_when_they_must_be_and_formulas_defused),
        cmocka_unit_test(numbers_come_as_they_were_written),
        cmocka_unit_test(small_numbers_have_no_exponent),
        cmocka_unit_test(a_report_without_rows_is_its_header),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
