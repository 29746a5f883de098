/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "probes/trap_listen.h"

static void an_address_of_either_family_is_read(void **state)
{
    struct sockaddr_storage address;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    (void)state;
    assert_int_equal(trap_listen_read("192.0.2.1:162", &address), TRAP_LISTEN_ADDRESS);
    memcpy(&v4, &address, sizeof v4);
    assert_int_equal(v4.sin_family, AF_INET);
    assert_int_equal(ntohl(v4.sin_addr.s_addr), 0xc0000201);
    assert_int_equal(ntohs(v4.sin_port), 162);
    assert_int_equal(trap_listen_read("[2001:db8::1]:65535", &address), TRAP_LISTEN_ADDRESS);
    memcpy(&v6, &address, sizeof v6);
    assert_int_equal(v6.sin6_family, AF_INET6);
    assert_int_equal(v6.sin6_addr.s6_addr[15], 1);
    assert_int_equal(ntohs(v6.sin6_port), 65535);
}

static void nowhere_and_a_socket_that_is_given_are_words(void **state)
{
    struct sockaddr_storage address;

    (void)state;
    assert_int_equal(trap_listen_read("", &address), TRAP_LISTEN_OFF);
    assert_int_equal(trap_listen_read("systemd", &address), TRAP_LISTEN_GIVEN);
}

static void anything_else_is_wrong(void **state)
{
    static const char *const wrong[] = {"0.0.0.0",
                                        "0.0.0.0:",
                                        "0.0.0.0:0",
                                        "0.0.0.0:65536",
                                        ":162",
                                        "162",
                                        "0.0.0.0:1x",
                                        "localhost:162",
                                        "::1:162",
                                        "[::1:162",
                                        "[::1]162",
                                        "[]:162",
                                        "[0.0.0.0]:1",
                                        "[::1]:162:",
                                        "[:162",
                                        "]:162",
                                        "Systemd",
                                        " 0.0.0.0:162",
                                        "256.0.0.1:1",
                                        "unix:/run/x.sock",
                                        "[::ffff:255.255.255.255::::::::::::::::::::::::::::]:1"};
    struct sockaddr_storage address;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (trap_listen_read(wrong[i], &address) != TRAP_LISTEN_WRONG)
            fail_msg("%s", wrong[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_of_either_family_is_read),
        cmocka_unit_test(nowhere_and_a_socket_that_is_given_are_words),
        cmocka_unit_test(anything_else_is_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
