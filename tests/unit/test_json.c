/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/base/json.h"

static struct js *parse(const char *text)
{
    struct err err = {""};
    struct js *value = js_parse(text, strlen(text), &err);

    if (value == NULL)
        fail_msg("%s: %s", text, err.text);
    return value;
}

/* Takes over value. */
static void assert_prints(struct js *value, const char *expected)
{
    struct text out = {0};

    js_print(value, 0, &out);
    assert_string_equal(text_get(&out), expected);
    text_free(&out);
    js_free(value);
}

static void what_is_read_prints_the_same_with_keys_as_written(void **state)
{
    static const char *const table[] = {
        "{\"z\":1,\"a\":[true,false,null],\"m\":{\"y\":-3,\"b\":\"\"}}",
        "[]",
        "{}",
        "\"caf\xc3\xa9 \xf0\x9f\xa5\x81\"",
        "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\"",
        "9223372036854775807",
        "-9223372036854775808",
        "-7.4267",
        "110.99",
        "null",
        "true",
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_prints(parse(table[i]), table[i]);
}

static void what_is_not_strictly_json_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *text;
        const char *place;
    } table[] = {
        {"", "line 1, column 0"},  {"{\"a\":1,\n \"a\":2}", "line 2"}, /* twice the same key */
        {"[1,]", "line 1"},        {"{a:1}", "line 1"},
        {"['a']", "line 1"},       {"[1] x", "line 1"},
        {"[1][2]", "line 1"},      {"\"\\u0000\"", "line 1"}, /* would end our text early */
        {"\"\xff\"", "line 1"},    {"\"\xed\xa0\x80\"", "line 1"},
        {"\"\\ud800\"", "line 1"}, {"\"a\nb\"", "line 1"},
        {"01", "line 1"},          {"9223372036854775808", "line 1"},
        {"1e999", "line 1"},       {"NaN", "line 1"},
        {"// no\n1", "line 1"},    {"\xef\xbb\xbf[]", "line 1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct err err = {""};

        if (js_parse(table[i].text, strlen(table[i].text), &err) != NULL)
            fail_msg("read: %s", table[i].text);
        if (strstr(err.text, table[i].place) == NULL)
            fail_msg("\"%s\" does not say %s", err.text, table[i].place);
    }
}

static void only_the_bytes_given_are_read(void **state)
{
    struct err err = {""};
    struct js *value = js_parse("[1]garbage", 3, &err);

    (void)state;
    assert_prints(value, "[1]");
    assert_null(js_parse("[1]\0[", 5, &err));
}

static void depth_is_bounded(void **state)
{
    static char text[200001];
    struct err err = {""};

    (void)state;
    memset(text, '[', 100000);
    memset(text + 100000, ']', 100000);
    assert_null(js_parse(text, 200000, &err));
    assert_non_null(strstr(err.text, "depth"));
    memset(text + 1000, ']', 1000);
    js_free(js_parse(text, 2000, &err));
}

static void members_are_asked_for_with_a_fallback(void **state)
{
    struct js *value =
        parse("{\"t\":\"x\",\"n\":5,\"r\":2.5,\"b\":true,\"z\":null,\"o\":{\"n\":6}}");

    (void)state;
    assert_string_equal(js_text(value, "t", "-"), "x");
    assert_string_equal(js_text(value, "n", "-"), "-"); /* another kind */
    assert_null(js_text(value, "absent", NULL));
    assert_int_equal(js_i64(value, "n", -1), 5);
    assert_int_equal(js_i64(value, "t", -1), -1);
    assert_int_equal(js_i64(value, "r", -1), -1);
    assert_int_equal(js_i64(js_get(value, "o"), "n", -1), 6);
    assert_true(js_bool(value, "b", false));
    assert_true(js_bool(value, "n", true));
    assert_true(js_as_real(js_get(value, "r"), 0) > 2.4);
    assert_true(js_as_real(js_get(value, "n"), 0) > 4.9); /* a whole number is a real one too */
    assert_true(js_as_real(js_get(value, "t"), 7) > 6.9);
    assert_true(js_is_null(js_get(value, "z")));
    assert_true(js_is_null(js_get(value, "absent")));
    assert_null(js_get(js_get(value, "n"), "x"));
    assert_null(js_get(NULL, "x"));
    js_free(value);
}

static void kinds_are_told_apart(void **state)
{
    static const enum js_kind kinds[] = {JS_NULL, JS_BOOL, JS_BOOL,  JS_INTEGER,
                                         JS_REAL, JS_TEXT, JS_ARRAY, JS_OBJECT};
    struct js *value = parse("[null,true,false,1,1.0,\"\",[],{}]");

    (void)state;
    assert_int_equal(js_count(value), 8);
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(js_kind(js_at(value, i)), kinds[i]);
    assert_null(js_at(value, 8));
    assert_int_equal(js_kind(NULL), JS_NULL);
    js_free(value);
}

static void members_are_walked_in_the_order_of_the_text(void **state)
{
    struct js *value = parse("{\"zebra\":1,\"ant\":2,\"mole\":3}");
    static const char *const keys[] = {"zebra", "ant", "mole"};

    (void)state;
    assert_int_equal(js_count(value), 3);
    for (size_t i = 0; i < 3; i++) {
        const char *key = NULL;

        assert_int_equal(js_as_i64(js_member(value, i, &key), 0), i + 1);
        assert_string_equal(key, keys[i]);
    }
    assert_null(js_member(value, 3, NULL));
    assert_null(js_member(NULL, 0, NULL));
    assert_int_equal(js_count(js_at(value, 0)), 0);
    js_free(value);
}

static void what_is_built_prints_as_built(void **state)
{
    struct js *object = js_object();
    struct js *array = js_array();

    (void)state;
    js_push(array, js_new_i64(INT64_MIN));
    js_push(array, js_new_bool(true));
    js_push(array, NULL);
    js_set_text(object, "name", "Kroyo \"utara\"");
    js_set_i64(object, "n", 3);
    js_set(object, "list", array);
    js_set(object, "nothing", NULL);
    js_set_text(object, "also", NULL);
    js_set_i64(object, "n", 4); /* keeps its place */
    assert_prints(object, "{\"name\":\"Kroyo \\\"utara\\\"\",\"n\":4,\"list\":"
                          "[-9223372036854775808,true,null],\"nothing\":null,\"also\":null}");
}

static void broken_utf8_becomes_a_replacement_character(void **state)
{
    (void)state;
    assert_prints(js_new_text("a\xff\xc3(\xe2\x82"),
                  "\"a\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void reals_print_as_people_write_them(void **state)
{
    (void)state;
    assert_prints(js_new_real(-7.4267), "-7.4267");
    assert_prints(js_new_real(0.1), "0.1");
    assert_prints(js_new_real(3), "3.0");
    assert_prints(js_new_real(NAN), "null");
    assert_prints(js_new_real(-INFINITY), "null");
}

static void a_copy_lives_on_its_own(void **state)
{
    struct js *value = parse("{\"a\":[1]}");
    struct js *copy = js_copy(js_get(value, "a"));

    (void)state;
    js_free(value);
    js_push(copy, js_new_i64(2));
    assert_prints(copy, "[1,2]");
    assert_prints(js_copy(NULL), "null");
    js_free(NULL);
}

static void people_get_indentation(void **state)
{
    struct js *value = parse("{\"a\":[1]}");
    struct text out = {0};

    (void)state;
    js_print(value, 2, &out);
    assert_string_equal(text_get(&out), "{\n  \"a\": [\n    1\n  ]\n}");
    text_clear(&out);
    js_print(NULL, 2, &out);
    assert_string_equal(text_get(&out), "null");
    text_free(&out);
    js_free(value);
}

static void printing_stops_at_the_limit(void **state)
{
    struct js *value = parse("[\"aaaaaaaaaa\",\"bbbbbbbbbb\"]");
    struct text out = {.limit = 15};

    (void)state;
    js_print(value, 0, &out);
    assert_true(out.overflowed);
    assert_true(out.bytes <= 15);
    text_free(&out);
    js_free(value);
}

/* Whatever goes in, between quotes it is JSON that reads back to it. */
static void escaped_text_reads_back(void **state)
{
    (void)state;
    for (unsigned a = 1; a < 0x100; a++) {
        for (unsigned b = 1; b < 0x100; b++) {
            const char text[] = {(char)a, (char)b, '\0'};
            struct text out = {0};
            struct js *value;

            text_add(&out, "\"");
            js_escape(text, 2, &out);
            text_add(&out, "\"");
            value = parse(text_get(&out));
            if (text_is_utf8(text, 2))
                assert_string_equal(js_as_text(value), text);
            js_free(value);
            text_free(&out);
        }
    }
}

static void escapes_have_their_short_forms(void **state)
{
    struct text out = {0};

    (void)state;
    js_escape("\"\\\b\f\n\r\t\x01\x1f/\x7f\0 !", 14, &out);
    assert_string_equal(text_get(&out), "\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f/\x7f\\u0000 !");
    text_clear(&out);
    js_escape("a\xe2\x82\xac", 3, &out); /* two thirds of a character */
    assert_string_equal(text_get(&out), "a\xef\xbf\xbd\xef\xbf\xbd");
    text_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_prints_the_same_with_keys_as_written),
        cmocka_unit_test(what_is_not_strictly_json_is_refused_with_its_place),
        cmocka_unit_test(only_the_bytes_given_are_read),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(members_are_asked_for_with_a_fallback),
        cmocka_unit_test(kinds_are_told_apart),
        cmocka_unit_test(members_are_walked_in_the_order_of_the_text),
        cmocka_unit_test(what_is_built_prints_as_built),
        cmocka_unit_test(broken_utf8_becomes_a_replacement_character),
        cmocka_unit_test(reals_print_as_people_write_them),
        cmocka_unit_test(a_copy_lives_on_its_own),
        cmocka_unit_test(people_get_indentation),
        cmocka_unit_test(printing_stops_at_the_limit),
        cmocka_unit_test(escaped_text_reads_back),
        cmocka_unit_test(escapes_have_their_short_forms),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
