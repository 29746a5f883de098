/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/base/text.h"
#include "probes/ber.h"
#include "probes/oid.h"
#include "tests/unit/bytes.h"

static struct oid read(const char *dotted)
{
    struct oid oid;

    assert_true(oid_read(dotted, &oid));
    return oid;
}

static void dotted_text_becomes_the_bytes_of_the_wire(void **state)
{
    static const uint8_t uptime[] = {0x2b, 6, 1, 2, 1, 1, 3, 0};
    static const uint8_t long_ones[] = {0x2b, 6, 1, 4, 1, 0x82, 0x37, 0x8f, 0xff, 0xff, 0xff, 0x7f};
    struct oid oid = read("1.3.6.1.2.1.1.3.0");

    (void)state;
    assert_int_equal(oid.bytes, sizeof uptime);
    assert_memory_equal(oid.at, uptime, sizeof uptime);
    oid = read(".1.3.6.1.4.1.311.4294967295");
    assert_int_equal(oid.bytes, sizeof long_ones);
    assert_memory_equal(oid.at, long_ones, sizeof long_ones);
}

static void what_was_read_is_printed_again(void **state)
{
    static const char *const all[] = {"0.0", "1.3", "2.999.3",
                                      "1.3.6.1.4.1.14988.1.1.1.2.1.3.0.39.16.50.237.96.9",
                                      "2.4294967215.4294967295"};
    char text[OID_TEXT_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct oid oid = read(all[i]);

        assert_int_equal(oid_print(oid.at, oid.bytes, text, sizeof text), strlen(all[i]));
        assert_string_equal(text, all[i]);
        assert_int_equal(oid_print(oid.at, oid.bytes, text, 2), strlen(all[i]));
        assert_int_equal(strlen(text), 1);
    }
}

static void what_is_no_oid_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",     ".",     "1",    "1.",  "1.3.",           "1..3",  "1.40",   "3.1",
        "1.-3", "1.3.x", "1.3 ", "x.3", "1.3.4294967296", "..1.3", "1.3.+4", "2.4294967295"};
    struct text many = {0};
    struct oid oid;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (oid_read(wrong[i], &oid))
            fail_msg("\"%s\" was taken", wrong[i]);
    text_add(&many, "1.3");
    for (size_t i = 1; i < OID_BYTES_MAX; i++)
        text_add(&many, ".1");
    assert_true(oid_read(text_get(&many), &oid));
    text_add(&many, ".1");
    assert_false(oid_read(text_get(&many), &oid));
    text_free(&many);
}

static void names_are_ordered_as_getnext_orders_them(void **state)
{
    /* 128 takes two bytes and 127 one: by bytes alone the order would be another. */
    static const char *const order[] = {"1.3.6.1",     "1.3.6.1.127",   "1.3.6.1.127.5",
                                        "1.3.6.1.128", "1.3.6.1.16384", "1.3.7"};

    (void)state;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        for (size_t j = 0; j < sizeof order / sizeof *order; j++) {
            struct oid a = read(order[i]), b = read(order[j]);
            int said = oid_compare(a.at, a.bytes, b.at, b.bytes);

            assert_int_equal((said > 0) - (said < 0), (i > j) - (i < j));
        }
}

static void a_name_lies_below_its_prefix_but_not_below_itself(void **state)
{
    struct oid prefix = read("1.3.6.1.2"), below = read("1.3.6.1.2.1"),
               beside = read("1.3.6.1.3.1");

    (void)state;
    assert_true(oid_under(&prefix, below.at, below.bytes));
    assert_false(oid_under(&prefix, prefix.at, prefix.bytes));
    assert_false(oid_under(&prefix, beside.at, beside.bytes));
    assert_true(oid_equal(&prefix, prefix.at, prefix.bytes));
    assert_false(oid_equal(&prefix, below.at, below.bytes));
}

static void the_list_of_a_reply_is_handed_out_one_by_one(void **state)
{
    struct bytes bytes = bytes_hex(V2C_REPLY);
    struct oid uptime = read("1.3.6.1.2.1.1.3.0"), engine_time = read("1.3.6.1.6.3.10.2.1.3.0");
    struct ber_message message;
    struct ber_varbind varbind;

    (void)state;
    assert_int_equal(ber_check(bytes.at, bytes.count, &message), BER_OK);
    assert_true(ber_next(&message.list, &varbind));
    assert_true(oid_equal(&uptime, varbind.name, varbind.name_bytes));
    assert_int_equal(varbind.tag, BER_TICKS);
    assert_true(ber_next(&message.list, &varbind));
    assert_true(oid_equal(&engine_time, varbind.name, varbind.name_bytes));
    assert_int_equal(varbind.tag, BER_INTEGER);
    assert_false(ber_next(&message.list, &varbind));
    free(bytes.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dotted_text_becomes_the_bytes_of_the_wire),
        cmocka_unit_test(what_was_read_is_printed_again),
        cmocka_unit_test(what_is_no_oid_is_refused),
        cmocka_unit_test(names_are_ordered_as_getnext_orders_them),
        cmocka_unit_test(a_name_lies_below_its_prefix_but_not_below_itself),
        cmocka_unit_test(the_list_of_a_reply_is_handed_out_one_by_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
