/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/base/text.h"
#include "daemon/web/form.h"
#include "daemon/web/origin.h"

#define FUZZ_ROUNDS 200000

static bool parse(const char *text, struct form *form)
{
    struct err err = {0};
    bool good = form_parse(text, strlen(text), form, &err);

    if (!good) {
        assert_true(err.text[0] != '\0');
        assert_null(form->bytes);
        assert_int_equal(form->count, 0);
    }
    return good;
}

static void what_browsers_send_is_read(void **state)
{
    static const struct {
        const char *text;
        const char *name;
        const char *value;
    } rows[] = {
        {"action=accept&seq=3", "action", "accept"},
        {"action=accept&seq=3", "seq", "3"},
        {"note=kabel+putus", "note", "kabel putus"},
        {"note=a%2Bb%26c%3Dd%25", "note", "a+b&c=d%"},
        {"note=%c3%a9+%E2%82%AC+%f0%9f%94%8c", "note", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x94\x8c"},
        {"note=satu%0D%0Adua%0Dtiga%0Aempat", "note", "satu\ndua\ntiga\nempat"},
        {"note=%0d%0a%0d%0a", "note", "\n\n"},
        {"note=%09", "note", "\t"},
        {"note=", "note", ""},
        {"note", "note", ""},
        {"note==", "note", "="},
        {"note=a=b", "note", "a=b"},
        {"&&note=x&", "note", "x"},
        {"n%6fte=x", "note", "x"},
        {"a_b-c.D9=x", "a_b-c.D9", "x"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct form form;

        assert_true(parse(rows[i].text, &form));
        assert_non_null(form_get(&form, rows[i].name));
        assert_string_equal(form_get(&form, rows[i].name), rows[i].value);
        form_free(&form);
    }
}

static void an_empty_form_has_no_fields(void **state)
{
    struct form form;

    (void)state;
    assert_true(parse("", &form));
    assert_null(form_get(&form, "note"));
    assert_string_equal(form_text(&form, "note"), "");
    form_free(&form);
    assert_true(parse("&&&", &form));
    assert_int_equal(form.count, 0);
    form_free(&form);
}

static void what_is_not_a_form_is_refused(void **state)
{
    static const char *const bad[] = {
        "note=%",
        "note=%4",
        "note=%4&a=1",
        "note=%zz",
        "note=%+1",
        "note=%0x",
        "note=%00",
        "a=1&note=x%00y",
        "note=%ff",
        "note=%c0%af",
        "note=%ed%a0%80",
        "note=%f4%90%80%80",
        "note=%c3",
        "note=%c3&b=%a9",
        "note=%1b[31m",
        "note=%7f",
        "note=%c2%85",
        "note=%08",
        "=x",
        "=",
        "a b=x",
        "a%20b=x",
        "n%c3%b6te=x",
        "no%00te=x",
        "note=a&note=b",
        "note=a&n%6Fte=a",
        "seq=1&a=2&seq=1",
        "{\"action\":\"accept\"}",
        "<script>=1",
        "action=accept;a=1&action=x",
        "a\"=1",
        "abcdefghijklmnopqrstuvwxyz0123456=1",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct form form;

        if (parse(bad[i], &form))
            fail_msg("taken: %s", bad[i]);
    }
}

static void a_form_that_is_too_large_is_refused(void **state)
{
    struct text text = {0};
    struct form form;

    (void)state;
    for (int i = 0; i < FORM_FIELDS_MAX; i++)
        text_addf(&text, "f%d=%d&", i, i);
    assert_true(parse(text_get(&text), &form));
    assert_int_equal(form.count, FORM_FIELDS_MAX);
    form_free(&form);
    text_add(&text, "more=1");
    assert_false(parse(text_get(&text), &form));
    text_clear(&text);
    text_add(&text, "note=");
    while (text.bytes < FORM_BYTES_MAX)
        text_add(&text, "x");
    assert_true(parse(text_get(&text), &form));
    assert_int_equal(strlen(form_get(&form, "note")), FORM_BYTES_MAX - 5);
    form_free(&form);
    text_add(&text, "x");
    assert_false(parse(text_get(&text), &form));
    text_free(&text);
}

static void only_the_given_bytes_are_read(void **state)
{
    struct err err = {0};
    struct form form;

    (void)state;
    assert_true(form_parse("note=abc%2", 8, &form, &err));
    assert_string_equal(form_get(&form, "note"), "abc");
    form_free(&form);
    assert_true(form_parse("a\0b=1", 1, &form, &err));
    form_free(&form);
    assert_false(form_parse("a\0b=1", 5, &form, &err));
}

static uint32_t dice(uint32_t *seed)
{
    *seed = *seed * UINT32_C(1664525) + UINT32_C(1013904223);
    return *seed >> 8;
}

/* Pieces that mean something to the reader, and single bytes, shuffled. */
static size_t shuffle(uint32_t *seed, char *out, size_t room)
{
    static const char *const pieces[] = {"note=", "&",  "%",   "%0d%0a", "%c3%a9", "+",
                                         "=",     "a=", "%00", "seq=1&", "\xc3",   "%E2%82"};
    size_t bytes = 0;

    while (bytes + 8 < room && dice(seed) % 12 != 0) {
        const char *piece = pieces[dice(seed) % (sizeof pieces / sizeof *pieces)];

        if (dice(seed) % 3 == 0) {
            out[bytes++] = (char)(dice(seed) & 0xff);
            continue;
        }
        memcpy(out + bytes, piece, strlen(piece));
        bytes += strlen(piece);
    }
    return bytes;
}

static void whatever_is_taken_is_text(void **state)
{
    uint32_t seed = 14;
    size_t taken = 0;

    (void)state;
    for (int round = 0; round < FUZZ_ROUNDS; round++) {
        char source[128];
        size_t bytes = shuffle(&seed, source, sizeof source);
        char *exact = malloc(bytes + 1); /* so that a read behind the end is seen */
        struct form form;

        assert_non_null(exact);
        memcpy(exact, source, bytes);
        if (form_parse(exact, bytes, &form, NULL)) {
            taken++;
            for (size_t i = 0; i < form.count; i++) {
                assert_true(text_is_utf8(form.fields[i].value, strlen(form.fields[i].value)));
                assert_null(strchr(form.fields[i].value, '\r'));
                assert_ptr_equal(form_get(&form, form.fields[i].name), form.fields[i].value);
            }
        }
        form_free(&form);
        free(exact);
    }
    assert_true(taken > FUZZ_ROUNDS / 100);
}

static void a_foreign_origin_is_seen(void **state)
{
    static const struct {
        struct origin_claim claim;
        bool ours;
    } rows[] = {
        {{NULL, NULL, "kentongan.example.id"}, true}, /* a program */
        {{"https://kentongan.example.id", NULL, "inside:80"}, true},
        {{"https://KENTONGAN.example.id", "same-origin", NULL}, true},
        {{"null", "same-origin", "kentongan.example.id"}, true},
        {{"null", NULL, NULL}, true},
        {{"http://127.0.0.1:8420", "same-origin", "127.0.0.1:8420"}, true},
        {{NULL, "none", NULL}, true},
        {{"null", "cross-site", "kentongan.example.id"}, false},
        {{"null", "same-site", "kentongan.example.id"}, false},
        {{NULL, "cross-site", NULL}, false},
        {{"https://evil.example", NULL, "kentongan.example.id"}, false},
        {{"https://evil.example", "same-origin", "kentongan.example.id"}, false},
        {{"http://kentongan.example.id", NULL, "inside"}, false},
        {{"https://kentongan.example.id.evil.example", NULL, NULL}, false},
        {{"https://kentongan.example.id:444", NULL, NULL}, false},
        {{"https://kentongan.example.i", NULL, NULL}, false},
        {{"", NULL, ""}, false},
        {{"kentongan.example.id", NULL, "kentongan.example.id"}, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (origin_is_ours(&rows[i].claim, "https://kentongan.example.id/sub") != rows[i].ours)
            fail_msg("row %zu", i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_browsers_send_is_read),
        cmocka_unit_test(an_empty_form_has_no_fields),
        cmocka_unit_test(what_is_not_a_form_is_refused),
        cmocka_unit_test(a_form_that_is_too_large_is_refused),
        cmocka_unit_test(only_the_given_bytes_are_read),
        cmocka_unit_test(whatever_is_taken_is_text),
        cmocka_unit_test(a_foreign_origin_is_seen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
