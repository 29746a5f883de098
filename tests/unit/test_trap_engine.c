/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/trap_engine.h"

static char folder[64], file[96];

static int begin(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/kt-engine-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(file, sizeof file, "%s/snmp.engine", folder);
    return 0;
}

static int end(void **state)
{
    (void)state;
    unlink(file);
    return rmdir(folder); /* and nothing else was left in it */
}

static void write_file(const char *text)
{
    FILE *out = fopen(file, "w");

    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

static struct trap_engine boot(void)
{
    struct trap_engine engine;
    struct err err = {""};

    if (!trap_engine_boot(folder, &engine, &err))
        fail_msg("%s", err.text);
    return engine;
}

static void the_name_stays_and_the_boots_grow(void **state)
{
    struct trap_engine first = boot(), second = boot(), third = boot();

    (void)state;
    assert_int_equal(first.boots, 1);
    assert_int_equal(second.boots, 2);
    assert_int_equal(third.boots, 3);
    assert_int_equal(first.bytes, 17);
    assert_memory_equal(first.at, "\x80\0\0\0\x05", 5);
    assert_memory_equal(third.at, first.at, first.bytes);
}

static void two_nodes_have_two_names(void **state)
{
    struct trap_engine first = boot(), second;

    (void)state;
    unlink(file);
    second = boot();
    assert_int_equal(second.boots, 1);
    assert_memory_not_equal(second.at, first.at, first.bytes);
}

static void a_name_that_has_booted_for_the_last_time_is_followed_by_another(void **state)
{
    struct trap_engine last, next;

    (void)state;
    write_file("8000000005000102030405060708090a0b 2147483645\n");
    last = boot();
    assert_int_equal(last.boots, TRAP_ENGINE_BOOTS_MOST);
    next = boot();
    assert_int_equal(next.boots, 1);
    assert_memory_not_equal(next.at, last.at, last.bytes);
}

/* A number of boots that is too low would let old informs in. */
static void what_was_not_written_there_is_not_believed(void **state)
{
    static const char *const wrong[] = {
        "",
        "8000000005000102030405060708090a0b",
        "8000000005000102030405060708090a0b \n",
        "8000000005000102030405060708090a0b 5",
        "8000000005000102030405060708090a0b 0\n",
        "8000000005000102030405060708090a0b 5\n5\n",
        "8000000005000102030405060708090a0b 2147483647\n",
        "8000000005000102030405060708090a0b 99999999999999999999\n",
        "8000000005000102030405060708090a 5\n",
        "80001f8805000102030405060708090a0b 5\n",
        "8000000005000102030405060708090aXY 5\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct trap_engine engine;
        struct err err = {""};

        write_file(wrong[i]);
        if (trap_engine_boot(folder, &engine, &err))
            fail_msg("taken: \"%s\"", wrong[i]);
        assert_non_null(strstr(err.text, "remove it"));
    }
}

static void a_folder_that_is_not_there_is_said(void **state)
{
    struct trap_engine engine;
    struct err err = {""};

    (void)state;
    assert_false(trap_engine_boot("/nowhere/at/all", &engine, &err));
    assert_non_null(strstr(err.text, "state_dir"));
}

#define T(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(the_name_stays_and_the_boots_grow),
        T(two_nodes_have_two_names),
        T(a_name_that_has_booted_for_the_last_time_is_followed_by_another),
        T(what_was_not_written_there_is_not_believed),
        T(a_folder_that_is_not_there_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
