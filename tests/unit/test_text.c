/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/base/text.h"

static void a_copy_is_whole_or_empty(void **state)
{
    static const struct {
        const char *text;
        bool fits;
    } table[] = {
        {"", true},
        {"1234567", true},
        {"12345678", false}, /* no room for the terminator */
        {"caf\xc3\xa9", true},
        {"tab\there", false},
        {"nl\n", false},
        {"del\x7f", false},
        {"c1\xc2\x85", false},
        {"bad\xff", false},
        {"cut\xe2\x82", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char out[8] = "before";

        assert_int_equal(text_copy(out, sizeof out, table[i].text), table[i].fits);
        assert_string_equal(out, table[i].fits ? table[i].text : "");
    }
    assert_false(text_copy((char[4]){"x"}, 4, NULL));
}

static void utf8_is_what_rfc_3629_allows(void **state)
{
    static const struct {
        const char *text;
        size_t step;
        uint32_t point;
    } table[] = {
        {"a", 1, 'a'},
        {"\x7f", 1, 0x7f},
        {"\xc2\x80", 2, 0x80},
        {"\xdf\xbf", 2, 0x7ff},
        {"\xe0\xa0\x80", 3, 0x800},
        {"\xed\x9f\xbf", 3, 0xd7ff},
        {"\xee\x80\x80", 3, 0xe000},
        {"\xef\xbf\xbf", 3, 0xffff},
        {"\xf0\x90\x80\x80", 4, 0x10000},
        {"\xf4\x8f\xbf\xbf", 4, 0x10ffff},
        {"\x80", 0, 0},             /* continuation alone */
        {"\xc0\x80", 0, 0},         /* overlong NUL */
        {"\xc1\xbf", 0, 0},         /* overlong */
        {"\xe0\x9f\xbf", 0, 0},     /* overlong */
        {"\xf0\x8f\xbf\xbf", 0, 0}, /* overlong */
        {"\xed\xa0\x80", 0, 0},     /* surrogate */
        {"\xed\xbf\xbf", 0, 0},     /* surrogate */
        {"\xf4\x90\x80\x80", 0, 0}, /* above U+10FFFF */
        {"\xf5\x80\x80\x80", 0, 0},
        {"\xff", 0, 0},
        {"\xc3", 0, 0}, /* ends early */
        {"\xe2\x82", 0, 0},
        {"\xf0\x9f\xa5", 0, 0},
        {"\xe2(\xa1", 0, 0}, /* a letter where a continuation was due */
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        uint32_t point = 0;

        assert_int_equal(text_utf8_step(table[i].text, strlen(table[i].text), &point),
                         table[i].step);
        assert_int_equal(point, table[i].point);
        assert_int_equal(text_is_utf8(table[i].text, strlen(table[i].text)), table[i].step > 0);
    }
    assert_int_equal(text_utf8_step("a", 0, &(uint32_t){0}), 0);
    assert_false(text_is_utf8("\xe2\x82\xac", 2)); /* what stands behind the bytes is not ours */
    assert_true(text_is_utf8("", 0));
    assert_true(text_is_utf8("a\0b", 3)); /* NUL is a character like others here */
}

static void every_code_point_decodes_to_itself(void **state)
{
    (void)state;
    for (uint32_t point = 0x80; point <= 0x10ffff; point++) {
        unsigned char out[4];
        size_t bytes = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
        uint32_t back = 0;

        for (size_t i = bytes; i-- > 1;)
            out[i] = (unsigned char)(0x80 | ((point >> (6 * (bytes - 1 - i))) & 0x3f));
        out[0] = (unsigned char)((0xf00U >> bytes & 0xf0) | (point >> (6 * (bytes - 1))));
        if (bytes == 2)
            out[0] = (unsigned char)(0xc0 | point >> 6);
        if (point >= 0xd800 && point <= 0xdfff) {
            assert_int_equal(text_utf8_step((const char *)out, bytes, &back), 0);
            continue;
        }
        assert_int_equal(text_utf8_step((const char *)out, bytes, &back), bytes);
        assert_int_equal(back, point);
    }
}

static void a_cut_never_goes_through_a_character(void **state)
{
    static const char text[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\xa5\x81z"; /* ends at 1 3 6 10 11 */
    static const size_t kept[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};

    (void)state;
    for (size_t most = 0; most < sizeof kept / sizeof kept[0]; most++)
        assert_int_equal(text_cut(text, strlen(text), most), kept[most]);
    assert_int_equal(text_cut("\xe2\x82\xac", 3, 1), 0);
    assert_int_equal(text_cut("\xe2\x82\xac", 3, 2), 0);
    /* what was broken before stays as it is, it is not ours to mend */
    assert_int_equal(text_cut("\x80\x80\x80\x80\x80", 5, 4), 4);
}

static void secrets_compare_by_all_their_bytes(void **state)
{
    (void)state;
    assert_true(text_equal_secret("abcd", "abcd", 4));
    assert_false(text_equal_secret("abcd", "abcx", 4));
    assert_false(text_equal_secret("xbcd", "abcd", 4));
    assert_true(text_equal_secret("abcd", "abcx", 3));
    assert_true(text_equal_secret("", "", 0));
    assert_false(text_equal_secret("a\0b", "a\0c", 3));
}

static void a_buffer_grows_and_stays_terminated(void **state)
{
    struct text text = {0};

    (void)state;
    assert_string_equal(text_get(&text), "");
    for (int i = 0; i < 1000; i++) {
        text_add(&text, "ab");
        text_addf(&text, "%03d", i);
        text_add_bytes(&text, "xyz", 1);
        assert_int_equal(strlen(text_get(&text)), text.bytes);
    }
    assert_int_equal(text.bytes, 6000);
    assert_int_equal(strncmp(text_get(&text), "ab000xab001x", 12), 0);
    text_clear(&text);
    assert_string_equal(text_get(&text), "");
    text_add_bytes(&text, NULL, 0);
    assert_string_equal(text_get(&text), "");
    text_free(&text);
    text_free(&text);
    assert_null(text.at);
}

static void a_limit_refuses_a_piece_whole_and_all_behind_it(void **state)
{
    struct text text = {.limit = 5};

    (void)state;
    text_add(&text, "abc");
    text_add(&text, "def"); /* would be six */
    assert_true(text.overflowed);
    text_add(&text, "g"); /* would fit, but leave a hole */
    text_addf(&text, "%d", 1);
    assert_string_equal(text_get(&text), "abc");
    text_clear(&text);
    assert_false(text.overflowed);
    text_addf(&text, "%d", 12345);
    assert_string_equal(text_get(&text), "12345");
    assert_false(text.overflowed);
    text_clear(&text);
    text_add(&text, "abc");
    text_addf(&text, "%d", 678); /* there is room for it, but it may not have it */
    assert_true(text.overflowed);
    assert_string_equal(text_get(&text), "abc");
    text_free(&text);
    assert_int_equal(text.limit, 5);
}

static void durations_need_their_unit(void **state)
{
    static const struct {
        const char *text;
        int64_t ms; /* -1: refused */
    } table[] = {
        {"250ms", 250},
        {"60s", 60000},
        {"2m", 120000},
        {"5h", 18000000},
        {"1d", 86400000},
        {"0s", 0},
        {"007s", 7000},
        {"9223372036854775807ms", INT64_MAX},
        {"106751991167d", INT64_C(9223372036828800000)},
        {"", -1},
        {"60", -1},
        {"s", -1},
        {"-1s", -1},
        {"+1s", -1},
        {" 1s", -1},
        {"1s ", -1},
        {"1 s", -1},
        {"1.5s", -1},
        {"1h30m", -1},
        {"1S", -1},
        {"1min", -1},
        {"1w", -1},
        {"9223372036854775808ms", -1},
        {"106751991168d", -1},
        {"99999999999999999999999999999999s", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        int64_t ms = -7;

        if (text_duration_ms(table[i].text, &ms) != (table[i].ms >= 0))
            fail_msg("\"%s\"", table[i].text);
        assert_int_equal(ms, table[i].ms >= 0 ? table[i].ms : -7);
    }
    assert_false(text_duration_ms(NULL, &(int64_t){0}));
}

static void durations_print_in_their_shortest_form_and_read_back(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } table[] = {
        {0, "0s"},
        {1, "1ms"},
        {999, "999ms"},
        {1000, "1s"},
        {1500, "1500ms"},
        {60000, "1m"},
        {90000, "90s"},
        {3600000, "1h"},
        {5400000, "90m"},
        {86400000, "1d"},
        {90000000, "25h"},
        {864000000, "10d"},
        {INT64_MAX, "9223372036854775807ms"},
    };
    char text[32];
    int64_t back = -1;

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        text_duration_print(table[i].ms, text);
        assert_string_equal(text, table[i].text);
        assert_true(text_duration_ms(text, &back));
        assert_int_equal(back, table[i].ms);
    }
    for (int64_t ms = 0; ms < 200000000; ms += 777 * 13) {
        text_duration_print(ms, text);
        assert_true(text_duration_ms(text, &back));
        assert_int_equal(back, ms);
    }
}

static void numbers_are_decimal_whole_and_in_range(void **state)
{
    static const struct {
        const char *text;
        int64_t least, most, number;
        bool fine;
    } table[] = {
        {"0", 0, 9, 0, true},
        {"-0", 0, 9, 0, true},
        {"9", 0, 9, 9, true},
        {"10", 0, 9, 0, false},
        {"-1", 0, 9, 0, false},
        {"-1", -1, 9, -1, true},
        {"0012", 0, 99, 12, true},
        {"9223372036854775807", 0, INT64_MAX, INT64_MAX, true},
        {"9223372036854775808", 0, INT64_MAX, 0, false},
        {"9223372036854775808", INT64_MIN, INT64_MAX, 0, false},
        {"-9223372036854775808", INT64_MIN, 0, INT64_MIN, true},
        {"-9223372036854775809", INT64_MIN, 0, 0, false},
        {"99999999999999999999999", 0, INT64_MAX, 0, false},
        {"", 0, 9, 0, false},
        {"-", -9, 9, 0, false},
        {"--1", -9, 9, 0, false},
        {"+1", 0, 9, 0, false},
        {" 1", 0, 9, 0, false},
        {"1 ", 0, 9, 0, false},
        {"0x1", 0, 9, 0, false},
        {"1e1", 0, 99, 0, false},
        {"\xd9\xa1", 0, 9, 0, false}, /* an Arabic digit one */
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        int64_t number = -77;

        if (text_i64(table[i].text, table[i].least, table[i].most, &number) != table[i].fine)
            fail_msg("\"%s\"", table[i].text);
        assert_int_equal(number, table[i].fine ? table[i].number : -77);
    }
    assert_false(text_i64(NULL, 0, 9, &(int64_t){0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_is_whole_or_empty),
        cmocka_unit_test(utf8_is_what_rfc_3629_allows),
        cmocka_unit_test(every_code_point_decodes_to_itself),
        cmocka_unit_test(a_cut_never_goes_through_a_character),
        cmocka_unit_test(secrets_compare_by_all_their_bytes),
        cmocka_unit_test(a_buffer_grows_and_stays_terminated),
        cmocka_unit_test(a_limit_refuses_a_piece_whole_and_all_behind_it),
        cmocka_unit_test(durations_need_their_unit),
        cmocka_unit_test(durations_print_in_their_shortest_form_and_read_back),
        cmocka_unit_test(numbers_are_decimal_whole_and_in_range),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
