/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/base/err.h"
#include "daemon/base/text.h"

static void failing_is_one_statement(void **state)
{
    struct err err = {""};

    (void)state;
    assert_false(err_set(&err, "connect %s: %d", "127.0.0.1", 5432));
    assert_string_equal(err.text, "connect 127.0.0.1: 5432");
}

static void a_caller_who_does_not_care_passes_null(void **state)
{
    (void)state;
    assert_false(err_set(NULL, "nobody reads %d", 1));
    assert_false(err_prefix(NULL, "nor %d", 2));
}

static void a_prefix_stands_in_front_of_the_sentence(void **state)
{
    struct err err = {""};

    (void)state;
    err_set(&err, "no such file");
    assert_false(err_prefix(&err, "%s:%d", "sites.csv", 3));
    assert_string_equal(err.text, "sites.csv:3: no such file");
}

static void a_sentence_may_be_built_from_itself(void **state)
{
    struct err err = {""};

    (void)state;
    err_set(&err, "disk full");
    err_set(&err, "%s (%s)", err.text, err.text);
    assert_string_equal(err.text, "disk full (disk full)");
}

static void a_sentence_too_long_is_cut_between_two_characters(void **state)
{
    char text[2001];
    struct err err = {""};

    (void)state;
    for (size_t offset = 0; offset < 3; offset++) {
        memset(text, 'a', offset);
        for (size_t i = offset; i + 3 < sizeof text; i += 3)
            memcpy(text + i, "\xe2\x82\xac", 4); /* the euro sign, three bytes */
        err_set(&err, "%s", text);
        assert_true(text_is_utf8(err.text, strlen(err.text)));
        assert_in_range(strlen(err.text), sizeof err.text - 4, sizeof err.text - 1);
        err_prefix(&err, "%s", "in front");
        assert_true(text_is_utf8(err.text, strlen(err.text)));
        assert_int_equal(strncmp(err.text, "in front: ", 10), 0);
    }
}

static void a_prefix_that_fills_the_room_leaves_no_garbage(void **state)
{
    char text[3000];
    struct err err = {""};

    (void)state;
    memset(text, 'p', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    err_set(&err, "lost");
    err_prefix(&err, "%s", text);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failing_is_one_statement),
        cmocka_unit_test(a_caller_who_does_not_care_passes_null),
        cmocka_unit_test(a_prefix_stands_in_front_of_the_sentence),
        cmocka_unit_test(a_sentence_may_be_built_from_itself),
        cmocka_unit_test(a_sentence_too_long_is_cut_between_two_characters),
        cmocka_unit_test(a_prefix_that_fills_the_room_leaves_no_garbage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
