/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/marks.h"

static size_t popped(struct marks *marks)
{
    size_t site;

    assert_true(marks_pop(marks, &site));
    return site;
}

static void who_came_first_goes_first_and_each_is_in_once(void **state)
{
    struct marks marks = {0};
    size_t site;

    (void)state;
    marks_reset(&marks, 10);
    marks_add(&marks, 9);
    marks_add(&marks, 0);
    marks_add(&marks, 9);
    assert_int_equal(marks.count, 2);
    assert_int_equal(popped(&marks), 9);
    marks_add(&marks, 9);
    assert_int_equal(popped(&marks), 0);
    assert_int_equal(popped(&marks), 9);
    assert_false(marks_pop(&marks, &site));
    marks_free(&marks);
}

static void the_order_survives_growth_while_some_have_gone(void **state)
{
    struct marks marks = {0};

    (void)state;
    marks_reset(&marks, 1000);
    for (size_t i = 0; i < 64; i++)
        marks_add(&marks, i);
    for (size_t i = 0; i < 40; i++)
        assert_int_equal(popped(&marks), i);
    for (size_t i = 64; i < 1000; i++)
        marks_add(&marks, i);
    for (size_t i = 40; i < 1000; i++)
        assert_int_equal(popped(&marks), i);
    marks_free(&marks);
}

static void a_reset_forgets_all(void **state)
{
    struct marks marks = {0};
    size_t site;

    (void)state;
    marks_reset(&marks, 3);
    marks_add(&marks, 2);
    marks_reset(&marks, 3);
    assert_false(marks_pop(&marks, &site));
    marks_add(&marks, 2);
    assert_int_equal(popped(&marks), 2);
    marks_free(&marks);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(who_came_first_goes_first_and_each_is_in_once),
        T(the_order_survives_growth_while_some_have_gone),
        T(a_reset_forgets_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
