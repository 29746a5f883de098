/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>

#include <cmocka.h>

#include "alerts/reason.h"

static void a_status_speaks_for_itself_but_for_redirects_and_goodbyes(void **state)
{
    char out[REASON_MAX];

    (void)state;
    reason_status(out, 204);
    assert_string_equal(out, "204");
    reason_status(out, 500);
    assert_string_equal(out, "500");
    reason_status(out, 302);
    assert_string_equal(out, "302: a redirect, which is never followed");
    reason_status(out, 410);
    assert_string_equal(out, "410: the receiver says that it is gone for good");
}

static void a_timeout_says_how_far_it_came(void **state)
{
    char out[REASON_MAX];

    (void)state;
    reason_timeout(out, 20003, true, 0);
    assert_string_equal(out, "timed out after 20s");
    reason_timeout(out, 10000, false, 0);
    assert_string_equal(out, "no connection after 10s");
    reason_timeout(out, 19998, true, 200);
    assert_string_equal(out, "timed out after 20s, within an answer of 200");
    reason_timeout(out, 300, true, 0);
    assert_string_equal(out, "timed out after 300ms");
}

static void a_failed_connection_gives_the_system_s_reason(void **state)
{
    char out[REASON_MAX];

    (void)state;
    reason_no_connection(out, ECONNREFUSED);
    assert_string_equal(out, "cannot connect: Connection refused");
    reason_no_connection(out, 0);
    assert_string_equal(out, "cannot connect");
}

static void words_of_a_library_are_taken_only_when_they_are_plain(void **state)
{
    char out[REASON_MAX];
    char longest[400];

    (void)state;
    reason_tls(out, "SSL certificate problem: self-signed certificate", "x");
    assert_string_equal(out, "TLS: SSL certificate problem: self-signed certificate");
    reason_tls(out, "two\nlines", "failed");
    assert_string_equal(out, "TLS: failed");
    reason_tls(out, "", "failed");
    assert_string_equal(out, "TLS: failed");
    memset(longest, 'a', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    reason_tls(out, longest, "failed");
    assert_string_equal(out, "TLS: failed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_status_speaks_for_itself_but_for_redirects_and_goodbyes),
        cmocka_unit_test(a_timeout_says_how_far_it_came),
        cmocka_unit_test(a_failed_connection_gives_the_system_s_reason),
        cmocka_unit_test(words_of_a_library_are_taken_only_when_they_are_plain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
