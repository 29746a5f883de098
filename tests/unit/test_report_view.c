/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "daemon/web/page.h"
#include "daemon/web/report_view.h"

static const char two_groups[] =
    "{\"schema\":\"kentongan-report/1\",\"month\":\"2026-11\",\"by\":\"kecamatan\","
    "\"until\":\"2026-11-24T06:00:00.000000Z\",\"rows\":["
    "{\"group\":\"33.14.01\",\"name\":\"<b>Kalijambe</b>\",\"n\":2,\"open\":1,\"detect_p50_s\":10,"
    "\"accept_p50_s\":null,\"restore_mean_s\":8040,\"restore_p50_s\":5000,\"restore_p90_s\":7200,"
    "\"restore_p95_s\":7200,\"availability_citizen\":0.99999,\"availability_network\":1,"
    "\"availability_contract\":1,\"coverage\":0.5},"
    "{\"group\":null,\"name\":null,\"n\":1,\"open\":0,\"restore_p90_s\":3600,\"coverage\":null},"
    "{\"group\":\"total\",\"name\":null,\"n\":3,\"open\":1,\"restore_p90_s\":7200}]}";

static struct js *view_of(const char *document, enum words_language language)
{
    struct err err;
    struct js *report = js_parse(document, strlen(document), &err);
    struct js *view;

    assert_non_null(report);
    view = report_view(report, language);
    js_free(report);
    return view;
}

static void a_share_that_is_not_all_never_shows_as_all(void **state)
{
    struct js *view = view_of(two_groups, WORDS_EN);
    const struct js *first = js_at(js_get(view, "rows"), 0);

    (void)state;
    assert_string_equal(js_text(first, "citizen", ""), "99.99 %");
    assert_string_equal(js_text(first, "network", ""), "100.00 %");
    assert_string_equal(js_text(first, "coverage", ""), "50.00 %");
    js_free(view);
}

static void what_there_is_none_of_is_a_dash_and_no_zero(void **state)
{
    struct js *view = view_of(two_groups, WORDS_ID);
    const struct js *first = js_at(js_get(view, "rows"), 0);

    (void)state;
    assert_string_equal(js_text(first, "accept", ""), "–");
    assert_string_equal(js_text(first, "mean", ""), "2 jam 14 menit");
    assert_string_equal(js_text(js_at(js_get(view, "rows"), 1), "coverage", ""), "–");
    js_free(view);
}

static void the_total_is_no_group_and_a_group_without_a_name_has_words(void **state)
{
    struct js *view = view_of(two_groups, WORDS_ID);

    (void)state;
    assert_int_equal(js_count(js_get(view, "rows")), 2);
    assert_int_equal(js_i64(js_get(view, "total"), "n", 0), 3);
    assert_string_equal(js_text(js_at(js_get(view, "rows"), 1), "name", ""), "Tanpa kecamatan");
    js_free(view);
}

static void bars_are_shares_of_the_slowest_group(void **state)
{
    struct js *view = view_of(two_groups, WORDS_EN);

    (void)state;
    assert_int_equal(js_i64(js_at(js_get(view, "rows"), 0), "bar", 0), 100);
    assert_int_equal(js_i64(js_at(js_get(view, "rows"), 1), "bar", 0), 50);
    js_free(view);
}

static void a_name_from_outside_is_text_on_the_page(void **state)
{
    struct err err;
    struct pages *pages = pages_new(&err);
    struct js *view = view_of(two_groups, WORDS_EN);
    struct web_answer answer = {.status = 200};

    (void)state;
    assert_non_null(pages);
    pages_answer(pages, "report.html", WORDS_EN, view, &answer);
    assert_int_equal(answer.status, 200);
    assert_null(strstr(text_get(&answer.body), "<b>Kalijambe"));
    assert_non_null(strstr(text_get(&answer.body), "&lt;b&gt;Kalijambe"));
    assert_non_null(strstr(text_get(&answer.body), "/reports/2026-10?by=kecamatan"));
    assert_non_null(strstr(text_get(&answer.body), "/reports/2026-12?by=kecamatan"));
    text_free(&answer.body);
    js_free(view);
    pages_free(pages);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_share_that_is_not_all_never_shows_as_all),
        cmocka_unit_test(what_there_is_none_of_is_a_dash_and_no_zero),
        cmocka_unit_test(the_total_is_no_group_and_a_group_without_a_name_has_words),
        cmocka_unit_test(bars_are_shares_of_the_slowest_group),
        cmocka_unit_test(a_name_from_outside_is_text_on_the_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
