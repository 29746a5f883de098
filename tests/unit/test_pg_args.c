/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "sql/pg_args.h"
#include "sql/pg_call.h"
#include "sql/schema.h"

static void each_parameter_is_spelled_as_postgresql_reads_it(void **state)
{
    struct pg_args args = {0};

    (void)state;
    pg_arg_text(&args, "it's \"text\"");
    pg_arg_text(&args, NULL);
    pg_arg_i64(&args, INT64_MIN);
    pg_arg_bool(&args, true);
    pg_arg_bool(&args, false);
    pg_arg_wall(&args, (struct wall){INT64_C(1795485600000001)});
    pg_arg_wall(&args, (struct wall){0});
    assert_int_equal(args.count, 7);
    assert_string_equal(args.value[0], "it's \"text\"");
    assert_null(args.value[1]);
    assert_string_equal(args.value[2], "-9223372036854775808");
    assert_string_equal(args.value[3], "true");
    assert_string_equal(args.value[4], "false");
    assert_string_equal(args.value[5], "2026-11-24T02:00:00.000001Z");
    assert_null(args.value[6]);
    pg_args_free(&args);
    assert_int_equal(args.count, 0);
}

static void an_array_quotes_what_would_end_an_element(void **state)
{
    static const char *const codes[] = {"33.14.01",    "",    "a,b", "{}", "\"q\"",
                                        "back\\slash", "NULL"};
    struct pg_args args = {0};

    (void)state;
    pg_arg_text_array(&args, codes, 7);
    pg_arg_text_array(&args, NULL, 0);
    assert_string_equal(
        args.value[0],
        "{\"33.14.01\",\"\",\"a,b\",\"{}\",\"\\\"q\\\"\",\"back\\\\slash\",\"NULL\"}");
    assert_string_equal(args.value[1], "{}");
    pg_args_free(&args);
}

static void an_sqlstate_is_a_refusal_a_try_again_or_broken(void **state)
{
    static const struct {
        const char *sqlstate;
        enum store_rc rc;
    } meanings[] = {
        {"KT409", STORE_REFUSED},     {"KT422", STORE_REFUSED},     {"08006", STORE_UNREACHABLE},
        {"08P01", STORE_BROKEN},      {"40001", STORE_UNREACHABLE}, {"40P01", STORE_UNREACHABLE},
        {"53300", STORE_UNREACHABLE}, {"57P01", STORE_UNREACHABLE}, {"57014", STORE_UNREACHABLE},
        {"55P03", STORE_UNREACHABLE}, {"25006", STORE_UNREACHABLE}, {"25P02", STORE_BROKEN},
        {"23505", STORE_BROKEN},      {"42501", STORE_BROKEN},      {"22P02", STORE_BROKEN},
    };

    (void)state;
    for (size_t n = 0; n < sizeof meanings / sizeof meanings[0]; n++)
        if (pg_meaning(meanings[n].sqlstate) != meanings[n].rc)
            fail_msg("%s", meanings[n].sqlstate);
}

static void only_the_known_schema_version_fits(void **state)
{
    char words[200];
    int64_t known = (int64_t)sql_migrations_count;

    (void)state;
    assert_true(schema_fits(known, words, sizeof words));
    assert_false(schema_fits(known - 1, words, sizeof words));
    assert_non_null(strstr(words, "kentongan db migrate"));
    assert_false(schema_fits(known + 1, words, sizeof words));
    assert_non_null(strstr(words, "install the newer program"));
    assert_true(schema_is_absent("42P01", "x", words, sizeof words));
    assert_string_equal(words, "the database has no schema of Kentongan; run: kentongan db init");
    assert_false(schema_is_absent("42501", "permission denied", words, sizeof words));
    assert_string_equal(words, "permission denied; run: kentongan db init");
}

static void every_statement_has_a_name_and_a_text(void **state)
{
    (void)state;
    for (enum stmt stmt = 1; stmt < STMT_END; stmt++) {
        char head[64];

        assert_non_null(stmt_name(stmt));
        snprintf(head, sizeof head, "-- %s: ", stmt_name(stmt));
        assert_non_null(strstr(stmt_text(stmt), head));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_parameter_is_spelled_as_postgresql_reads_it),
        cmocka_unit_test(an_array_quotes_what_would_end_an_element),
        cmocka_unit_test(an_sqlstate_is_a_refusal_a_try_again_or_broken),
        cmocka_unit_test(only_the_known_schema_version_fits),
        cmocka_unit_test(every_statement_has_a_name_and_a_text),
    };

    return cmocka_run_group_tests_name("pg_args", tests, NULL, NULL);
}
