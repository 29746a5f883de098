/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "probes/echo.h"
#include "tests/unit/bytes.h"

static const struct echo one = {0x1234, 7, 0x0badcafe, UINT64_C(0x0123456789abcdef)};

/* As a router sends it back: the type alone is another one, and the sum with it [RFC 1624]. */
static void answer_v4(const uint8_t request[ECHO_BYTES], uint8_t reply[ECHO_BYTES])
{
    unsigned sum = (unsigned)(request[2] << 8 | request[3]) + 0x800;

    memcpy(reply, request, ECHO_BYTES);
    reply[0] = 0;
    sum = (sum & 0xffff) + (sum >> 16);
    reply[2] = (uint8_t)(sum >> 8);
    reply[3] = (uint8_t)sum;
}

static void a_request_is_what_rfc_792_says(void **state)
{
    uint8_t request[ECHO_BYTES];
    struct bytes wanted = bytes_hex("080070f3" /* type, code, checksum by hand */
                                    "12340007"
                                    "0badcafe"
                                    "0123456789abcdef"
                                    "00000000");

    (void)state;
    echo_request(ECHO_V4, &one, request);
    assert_int_equal(wanted.count, ECHO_BYTES);
    assert_memory_equal(request, wanted.at, ECHO_BYTES);
    free(wanted.at);
}

static void a_request_over_ipv6_leaves_the_sum_to_the_kernel(void **state)
{
    uint8_t request[ECHO_BYTES];

    (void)state;
    echo_request(ECHO_V6, &one, request);
    assert_int_equal(request[0], 128);
    assert_int_equal(request[2], 0);
    assert_int_equal(request[3], 0);
}

static void a_reply_brings_back_what_the_request_carried(void **state)
{
    uint8_t request[ECHO_BYTES], reply[ECHO_BYTES];
    struct echo echo = {0};

    (void)state;
    echo_request(ECHO_V4, &one, request);
    answer_v4(request, reply);
    assert_int_equal(echo_read(ECHO_V4, reply, sizeof reply, &echo), ECHO_REPLY);
    assert_int_equal(echo.id, one.id);
    assert_int_equal(echo.sequence, one.sequence);
    assert_int_equal(echo.key, one.key);
    assert_true(echo.cookie == one.cookie);

    echo_request(ECHO_V6, &one, reply);
    reply[0] = 129;
    echo = (struct echo){0};
    assert_int_equal(echo_read(ECHO_V6, reply, sizeof reply, &echo), ECHO_REPLY);
    assert_int_equal(echo.key, one.key);
    assert_true(echo.cookie == one.cookie);
}

/* Every bit counts: turned on its way it is never taken for the reply, nor for another. */
static void a_reply_with_a_turned_bit_is_no_reply(void **state)
{
    uint8_t request[ECHO_BYTES], reply[ECHO_BYTES];
    struct echo echo;

    (void)state;
    echo_request(ECHO_V4, &one, request);
    answer_v4(request, reply);
    for (size_t i = 0; i < ECHO_BYTES * 8; i++) {
        reply[i / 8] ^= (uint8_t)(1U << i % 8);
        assert_int_equal(echo_read(ECHO_V4, reply, sizeof reply, &echo), ECHO_MALFORMED);
        reply[i / 8] ^= (uint8_t)(1U << i % 8);
    }
}

static void what_others_are_told_is_foreign(void **state)
{
    uint8_t request[ECHO_BYTES], reply[ECHO_BYTES];
    struct bytes unreachable = bytes_hex("0301fcfe0000000000000000");
    struct bytes short_ping = bytes_hex("0000efe8000100020102030405060708");
    struct echo echo;

    (void)state;
    echo_request(ECHO_V4, &one, request);
    assert_int_equal(echo_read(ECHO_V4, request, sizeof request, &echo), ECHO_FOREIGN);
    assert_int_equal(echo_read(ECHO_V4, unreachable.at, unreachable.count, &echo), ECHO_FOREIGN);
    assert_int_equal(echo_read(ECHO_V4, short_ping.at, short_ping.count, &echo), ECHO_FOREIGN);
    echo_request(ECHO_V6, &one, reply);
    assert_int_equal(echo_read(ECHO_V6, reply, sizeof reply, &echo), ECHO_FOREIGN);
    reply[0] = 129;
    reply[1] = 1;
    assert_int_equal(echo_read(ECHO_V6, reply, sizeof reply, &echo), ECHO_FOREIGN);
    free(unreachable.at);
    free(short_ping.at);
}

static void what_is_cut_short_is_no_reply(void **state)
{
    uint8_t request[ECHO_BYTES], reply[ECHO_BYTES];
    struct echo echo;

    (void)state;
    echo_request(ECHO_V4, &one, request);
    answer_v4(request, reply);
    for (size_t count = 0; count < ECHO_BYTES; count++) {
        struct bytes cut = bytes_copy(reply, count);

        assert_int_not_equal(echo_read(ECHO_V4, cut.at, cut.count, &echo), ECHO_REPLY);
        assert_int_not_equal(echo_read(ECHO_V6, cut.at, cut.count, &echo), ECHO_REPLY);
        free(cut.at);
    }
}

static void the_header_before_it_is_as_long_as_it_says(void **state)
{
    uint8_t bytes[ECHO_IP_MAX] = {0};

    (void)state;
    bytes[0] = 0x45;
    bytes[9] = 1;
    assert_int_equal(echo_ip_header(bytes, 20), 20);
    assert_int_equal(echo_ip_header(bytes, 44), 20);
    assert_int_equal(echo_ip_header(bytes, 19), 0);
    assert_int_equal(echo_ip_header(bytes, 0), 0);
    bytes[0] = 0x4f;
    assert_int_equal(echo_ip_header(bytes, 60), 60);
    assert_int_equal(echo_ip_header(bytes, 59), 0);
    bytes[0] = 0x44; /* shorter than a header can be */
    assert_int_equal(echo_ip_header(bytes, 60), 0);
    bytes[0] = 0x65; /* another version */
    assert_int_equal(echo_ip_header(bytes, 60), 0);
    bytes[0] = 0x45;
    bytes[9] = 17; /* another protocol */
    assert_int_equal(echo_ip_header(bytes, 60), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_what_rfc_792_says),
        cmocka_unit_test(a_request_over_ipv6_leaves_the_sum_to_the_kernel),
        cmocka_unit_test(a_reply_brings_back_what_the_request_carried),
        cmocka_unit_test(a_reply_with_a_turned_bit_is_no_reply),
        cmocka_unit_test(what_others_are_told_is_foreign),
        cmocka_unit_test(what_is_cut_short_is_no_reply),
        cmocka_unit_test(the_header_before_it_is_as_long_as_it_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
