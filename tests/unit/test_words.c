/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/base/text.h"
#include "daemon/web/assets.h"
#include "daemon/web/mo.h"
#include "daemon/web/words.h"

#define AT(seconds) ((struct wall){INT64_C(seconds) * US_PER_S})
#define SOURCES     KT_SOURCE_DIR "/daemon/web/"

static int set_zone(void **state)
{
    (void)state;
    words_set_zone("Asia/Jakarta");
    return 0;
}

static void durations_name_their_two_largest_units(void **state)
{
    static const struct {
        int64_t seconds;
        const char *id;
        const char *en;
    } rows[] = {
        {-5, "0 detik", "0 s"},
        {0, "0 detik", "0 s"},
        {59, "59 detik", "59 s"},
        {60, "1 menit", "1 min"},
        {119, "1 menit", "1 min"},
        {3599, "59 menit", "59 min"},
        {3600, "1 jam", "1 h"},
        {8040, "2 jam 14 menit", "2 h 14 min"},
        {86399, "23 jam 59 menit", "23 h 59 min"},
        {86400, "1 hari", "1 d"},
        {90061, "1 hari 1 jam", "1 d 1 h"},
        {86400 + 59 * 60, "1 hari", "1 d"},
        {400 * 86400, "400 hari", "400 d"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct text id = {0}, en = {0};

        words_add_duration(WORDS_ID, rows[i].seconds, &id);
        words_add_duration(WORDS_EN, rows[i].seconds, &en);
        assert_string_equal(text_get(&id), rows[i].id);
        assert_string_equal(text_get(&en), rows[i].en);
        text_free(&id);
        text_free(&en);
    }
}

static void when(enum words_language language, struct wall at, const char *want)
{
    struct text out = {0};

    words_add_when(language, at, &out);
    assert_string_equal(text_get(&out), want);
    text_free(&out);
}

static void times_are_those_of_the_configured_zone(void **state)
{
    (void)state;
    when(WORDS_ID, AT(1795496580), "24 Nov 2026 12.03 WIB");
    when(WORDS_EN, AT(1795496580), "24 Nov 2026 12:03 WIB");
    when(WORDS_ID, AT(1798736399), "31 Des 2026 23.59 WIB");
    when(WORDS_ID, AT(1798736400), "1 Jan 2027 00.00 WIB");
    when(WORDS_ID, AT(0), "");
    words_set_zone("Asia/Makassar");
    when(WORDS_EN, AT(1795496580), "24 Nov 2026 13:03 WITA");
    words_set_zone("Asia/Jayapura");
    when(WORDS_ID, AT(1795496580), "24 Nov 2026 14.03 WIT");
    words_set_zone("Asia/Jakarta");
}

static void months_and_numbers_are_those_of_the_language(void **state)
{
    static const struct {
        double number;
        int decimals;
        const char *id;
        const char *en;
    } rows[] = {
        {0, 0, "0", "0"},
        {999, 0, "999", "999"},
        {1234, 0, "1.234", "1,234"},
        {1234567.891, 2, "1.234.567,89", "1,234,567.89"},
        {-1234.5, 1, "-1.234,5", "-1,234.5"},
        {99.95, 1, "100,0", "100.0"},
        {1e300, 0, "-", "-"},
    };
    struct text out = {0};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        text_clear(&out);
        words_add_number(WORDS_ID, rows[i].number, rows[i].decimals, &out);
        text_add(&out, "|");
        words_add_number(WORDS_EN, rows[i].number, rows[i].decimals, &out);
        if (strncmp(text_get(&out), rows[i].id, strlen(rows[i].id)) != 0 ||
            strcmp(strchr(text_get(&out), '|') + 1, rows[i].en) != 0)
            fail_msg("%s", text_get(&out));
    }
    text_clear(&out);
    words_add_month(WORDS_ID, 2026, 5, &out);
    text_add(&out, "|");
    words_add_month(WORDS_EN, 2026, 12, &out);
    assert_string_equal(text_get(&out), "Mei 2026|December 2026");
    text_free(&out);
}

static void the_reader_says_in_which_language(void **state)
{
    static const struct {
        const char *header;
        enum words_language want; /* when nothing fits: English */
    } rows[] = {
        {NULL, WORDS_EN},
        {"", WORDS_EN},
        {"id", WORDS_ID},
        {"id-ID,id;q=0.9,en-US;q=0.8,en;q=0.7", WORDS_ID},
        {"in-ID", WORDS_ID},
        {"en-GB,id;q=0.5", WORDS_EN},
        {"en;q=0.4, id;q=0.5", WORDS_ID},
        {"en;q=0.4, ID ; q=0.39", WORDS_EN},
        {"jv, id;q=0.1", WORDS_ID},
        {"id;q=0", WORDS_EN},
        {"id;q=0, en", WORDS_EN},
        {"idx, engels", WORDS_EN},
        {"*", WORDS_EN},
        {",,,,;;q=;q=1.0.0", WORDS_EN},
        {"id;q=2", WORDS_EN},
        {"id;q=1.000", WORDS_ID},
        {"fr,fr,fr,fr,fr,fr,fr,fr,fr,fr,fr,fr,fr,fr,fr,fr,id", WORDS_EN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (words_accepted(rows[i].header, WORDS_EN) != rows[i].want)
            fail_msg("%s", rows[i].header == NULL ? "NULL" : rows[i].header);
    assert_int_equal(words_accepted("jv", WORDS_ID), WORDS_ID);
    assert_int_equal(words_language("en", WORDS_ID), WORDS_EN);
    assert_int_equal(words_language("EN'", WORDS_ID), WORDS_ID);
    assert_int_equal(words_language(NULL, WORDS_EN), WORDS_EN);
}

static void marks_are_translated_and_the_rest_stays(void **state)
{
    struct text out = {0};
    struct err err = {0};

    (void)state;
    assert_true(words_translate(WORDS_ID, "a [[Where]] {{x}} [ [[no such message]]]", &out, &err));
    assert_string_equal(text_get(&out), "a Lokasi {{x}} [ no such message]");
    text_clear(&out);
    assert_true(words_translate(WORDS_EN, "[[Where]]", &out, &err));
    assert_string_equal(text_get(&out), "Where");
    assert_false(words_translate(WORDS_ID, "one\ntwo [[open", &out, &err));
    assert_non_null(strstr(err.text, "2: "));
    assert_false(words_translate(WORDS_ID, "[[]]", &out, &err));
    text_free(&out);
}

static void a_code_without_a_message_is_said_as_it_is(void **state)
{
    (void)state;
    assert_string_equal(words_coded(WORDS_ID, "state", "restored"), "Pulih");
    assert_string_equal(words_coded(WORDS_EN, "state", "restored"), "Restored");
    assert_string_equal(words_coded(WORDS_EN, "state", "unheard of"), "unheard of");
    assert_string_equal(words_coded(WORDS_EN, "state", ""), "");
    assert_string_equal(words_get(WORDS_ID, ""), "");
}

/* -- the translations are complete -- */

static char *slurp(const char *path)
{
    FILE *file = fopen(path, "re");
    char *out = calloc(1, 256 * 1024);

    if (file == NULL || out == NULL)
        fail_msg("%s", path);
    assert_true(fread(out, 1, 256 * 1024 - 1, file) > 0);
    fclose(file);
    return out;
}

/* "group:code"; a colon in a sentence has a blank behind it. */
static bool is_code(const char *message)
{
    const char *colon = strchr(message, ':');

    return colon != NULL && colon[1] != ' ';
}

static void every_mark_of_every_template_has_a_translation(void **state)
{
    size_t marks = 0;

    (void)state;
    for (const struct web_asset *asset = web_assets; asset->name != NULL; asset++) {
        const char *at = strstr(asset->name, ".html") == NULL ? "" : asset->bytes;

        while ((at = strstr(at, "[[")) != NULL) {
            char message[512];
            size_t bytes = (size_t)(strstr(at, "]]") - at - 2);

            assert_true(bytes < sizeof message);
            memcpy(message, at + 2, bytes);
            message[bytes] = '\0';
            if (!words_have(WORDS_ID, message) ||
                (is_code(message) && !words_have(WORDS_EN, message)))
                fail_msg("%s: \"%s\" has no translation", asset->name, message);
            at += bytes + 4;
            marks++;
        }
    }
    assert_true(marks > 20);
}

/* msgfmt leaves fuzzy and empty ones out, and so a message would silently be English. */
static void no_translation_is_fuzzy_or_empty(void **state)
{
    static const char *const files[] = {SOURCES "po/id.po", SOURCES "po/en.po"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char *po = slurp(files[i]);
        size_t messages = 0;

        assert_null(strstr(po, "fuzzy"));
        assert_null(strstr(po, "#~"));
        for (const char *at = po; (at = strstr(at, "\nmsgid \"")) != NULL; at++) {
            char message[512];
            size_t bytes = strcspn(at + 8, "\n") - 1;

            assert_true(bytes < sizeof message);
            memcpy(message, at + 8, bytes);
            message[bytes] = '\0';
            if (bytes > 0 && !words_have(i == 0 ? WORDS_ID : WORDS_EN, message))
                fail_msg("%s: \"%s\"", files[i], message);
            messages++;
        }
        assert_true(messages > 50);
        free(po);
    }
}

static void both_languages_know_the_same_codes(void **state)
{
    char *po = slurp(SOURCES "po/en.po");
    char *id = slurp(SOURCES "po/id.po");

    (void)state;
    for (const char *at = po; (at = strstr(at, "\nmsgid \"")) != NULL; at++) {
        char line[512];

        snprintf(line, sizeof line, "%.*s", (int)strcspn(at + 1, "\n"), at + 1);
        if (strstr(id, line) == NULL)
            fail_msg("only in en.po: %s", line);
    }
    for (const char *at = id; (at = strstr(at, "\nmsgid \"")) != NULL; at++) {
        char line[512];

        snprintf(line, sizeof line, "%.*s", (int)strcspn(at + 1, "\n"), at + 1);
        if (is_code(line) && strstr(po, line) == NULL)
            fail_msg("only in id.po: %s", line);
    }
    free(po);
    free(id);
}

/* A translator's "<" or "{{" would be read as a tag of the page. */
static void translations_are_plain_text(void **state)
{
    static const char *const files[] = {SOURCES "po/id.po", SOURCES "po/en.po"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char *po = slurp(files[i]);

        for (char *at = po; (at = strstr(at, "\nmsgstr ")) != NULL; at++) {
            size_t bytes = strcspn(at + 1, "\n");

            for (const char *c = "<>&{}[]"; *c != '\0'; c++)
                if (memchr(at, *c, bytes) != NULL)
                    fail_msg("%.*s", (int)bytes, at + 1);
        }
        free(po);
    }
}

static void a_broken_table_holds_no_message(void **state)
{
    const struct web_asset *asset = web_asset_find("id.mo");
    char *copy = malloc(asset->count);
    uint32_t seed = 3;

    (void)state;
    assert_non_null(copy);
    assert_string_equal(mo_find(asset->bytes, asset->count, "Where"), "Lokasi");
    for (size_t cut = 0; cut < asset->count; cut++) {
        char *exact = malloc(cut + 1);

        assert_non_null(exact);
        memcpy(exact, asset->bytes, cut);
        mo_find(exact, cut, "Where"); /* the sanitizer looks on */
        free(exact);
    }
    for (int round = 0; round < 50000; round++) {
        memcpy(copy, asset->bytes, asset->count);
        for (int i = 0; i < 4; i++) {
            seed = seed * UINT32_C(1664525) + UINT32_C(1013904223);
            copy[(seed >> 8) % (i < 2 ? 2048 : asset->count)] = (char)(seed >> 3 & 0xff);
        }
        mo_find(copy, asset->count, "Where");
        mo_find(copy, asset->count, "state:restored");
    }
    free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_name_their_two_largest_units),
        cmocka_unit_test(times_are_those_of_the_configured_zone),
        cmocka_unit_test(months_and_numbers_are_those_of_the_language),
        cmocka_unit_test(the_reader_says_in_which_language),
        cmocka_unit_test(marks_are_translated_and_the_rest_stays),
        cmocka_unit_test(a_code_without_a_message_is_said_as_it_is),
        cmocka_unit_test(every_mark_of_every_template_has_a_translation),
        cmocka_unit_test(no_translation_is_fuzzy_or_empty),
        cmocka_unit_test(both_languages_know_the_same_codes),
        cmocka_unit_test(translations_are_plain_text),
        cmocka_unit_test(a_broken_table_holds_no_message),
    };

    return cmocka_run_group_tests(tests, set_zone, NULL);
}
