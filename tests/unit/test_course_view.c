/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/web/course_view.h"

#define NOW ((struct wall){INT64_C(1795504620) * US_PER_S}) /* 2026-11-24T07:17:00Z, 14.17 WIB */

static int set_up(void **state)
{
    (void)state;
    words_set_zone("Asia/Jakarta");
    return 0;
}

/* From 08:00 UTC yesterday on; the last of the 24 hours is the present one. */
static struct js *view_of(const char *link, const char *readings, enum words_language language)
{
    struct text json = {0};
    struct js *course, *out;

    text_addf(&json, "{\"from\":\"2026-11-23T08:00:00.000000Z\",\"link\":[%s],\"readings\":[%s]}",
              link, readings);
    course = js_parse(text_get(&json), json.bytes, NULL);
    assert_non_null(course);
    out = course_view(course, language, NOW);
    js_free(course);
    text_free(&json);
    return out;
}

static void wants(const struct js *view, const char *key, const char *want)
{
    assert_string_equal(js_text(view, key, "-"), want);
}

static void a_day_is_an_area_and_what_was_lost_another(void **state)
{
    struct js *view = view_of("[0,60,0],[1,60,0],[3,60,15],[23,34,34]", "", WORDS_ID);

    (void)state;
    wants(view, "answered", "M0 12v-12h2v12zM3 12v-9h1v9z");
    wants(view, "lost", "M3 3v-3h1v3zM23 12v-12h1v12z");
    wants(view, "from", "15.00");
    wants(view, "to", "14.17"); /* now, not the end of the hour */
    js_free(view);
}

static void the_words_say_the_same(void **state)
{
    struct js *view = view_of("[20,60,60],[22,60,15],[23,34,34]", "", WORDS_EN);

    (void)state;
    wants(view, "percent", "29.2"); /* 45 of 154 */
    wants(view, "cut", "14:00–14:17, 11:00–12:00");
    wants(view, "unknown", "21 h");
    js_free(view);
    view = view_of("[0,60,60],[1,60,31],[2,60,30]", "", WORDS_ID);
    wants(view, "percent", "32,7");
    wants(view, "cut", "15.00–17.00"); /* half is not most */
    js_free(view);
    view = view_of("[5,60,60]", "", WORDS_ID);
    wants(view, "percent", "0");
    js_free(view);
}

static void a_whole_day_without_a_loss_says_no_more_than_that(void **state)
{
    struct text link = {0};
    struct js *view;

    (void)state;
    for (int hour = 0; hour < 23; hour++)
        text_addf(&link, "%s[%d,60,0]", hour > 0 ? "," : "", hour);
    view = view_of(text_get(&link), "", WORDS_ID);
    wants(view, "percent", "100");
    wants(view, "cut", "-");
    wants(view, "unknown", "-");
    wants(view, "answered", "M0 12v-12h23v12z");
    wants(view, "lost", "");
    js_free(view);
    text_free(&link);
}

static void a_hundred_percent_is_all(void **state)
{
    struct js *view = view_of("[0,8000,1]", "", WORDS_ID);

    (void)state;
    wants(view, "percent", "99,9");
    js_free(view);
}

static void of_many_cuts_the_newest_are_said(void **state)
{
    struct js *view = view_of("[1,9,9],[3,9,9],[5,9,9],[7,9,9],[9,9,9]", "", WORDS_EN);

    (void)state;
    wants(view, "cut", "00:00–01:00, 22:00–23:00, 20:00–21:00, 18:00–19:00");
    js_free(view);
}

static void a_reading_is_a_line_with_its_gaps_and_its_figures(void **state)
{
    struct js *view = view_of(
        "[0,60,0]",
        "{\"metric\":\"signal\",\"instance\":\"wlan1\",\"unit\":\"dBm\",\"least\":-70,\"most\":-60,"
        "\"last\":-65,\"steps\":[[0,-60],[2,-70],[3,-65]]},"
        "{\"metric\":\"own_volts\",\"unit\":\"V\",\"least\":24,\"most\":24,\"last\":24.04,"
        "\"steps\":[[7,24]]},"
        "{\"metric\":\"voltage\",\"unit\":\"V\",\"steps\":[]}",
        WORDS_ID);
    const struct js *readings = js_get(view, "readings");

    (void)state;
    assert_int_equal(js_count(readings), 2);
    wants(js_at(readings, 0), "name", "Sinyal wlan1");
    wants(js_at(readings, 0), "line", "M0 1h1M2 11h1L3 6h1");
    wants(js_at(readings, 0), "last", "−65");
    wants(js_at(readings, 0), "least", "−70");
    wants(js_at(readings, 0), "most", "−60");
    wants(js_at(readings, 1), "name", "own_volts");
    wants(js_at(readings, 1), "line", "M7 6h1");
    wants(js_at(readings, 1), "last", "24,0");
    js_free(view);
}

static void a_day_of_which_nothing_is_known_is_not_drawn(void **state)
{
    static const char *const courses[] = {
        "null",
        "{}",
        "[]",
        "{\"link\":null}",
        "{\"link\":{\"sent\":[0,0],\"lost\":[null,null]}}",
        "{\"link\":{\"sent\":\"x\",\"lost\":7},\"from\":7,\"readings\":{\"a\":1}}"};

    (void)state;
    for (size_t i = 0; i < sizeof courses / sizeof courses[0]; i++) {
        struct text json = {0};
        struct js *course;

        text_addf(&json, "[%s]", courses[i]);
        course = js_parse(text_get(&json), json.bytes, NULL);
        assert_non_null(course);
        assert_null(course_view(js_at(course, 0), WORDS_ID, NOW));
        js_free(course);
        text_free(&json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_is_an_area_and_what_was_lost_another),
        cmocka_unit_test(the_words_say_the_same),
        cmocka_unit_test(a_whole_day_without_a_loss_says_no_more_than_that),
        cmocka_unit_test(a_hundred_percent_is_all),
        cmocka_unit_test(of_many_cuts_the_newest_are_said),
        cmocka_unit_test(a_reading_is_a_line_with_its_gaps_and_its_figures),
        cmocka_unit_test(a_day_of_which_nothing_is_known_is_not_drawn),
    };

    return cmocka_run_group_tests_name("course_view", tests, set_up, NULL);
}
