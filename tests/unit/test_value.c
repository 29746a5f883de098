/* SPDX-License-Identifier: ISC */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "probes/value.h"

#define TEXT(text)      BER_OCTETS, (const uint8_t *)(text), sizeof(text) - 1
#define BYTES(tag, ...) tag, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

struct encoding {
    const char *what;
    uint8_t tag;
    const uint8_t *at;
    size_t bytes;
    enum value_status status;
    double number;
};

/* clang-format off */
static const struct encoding encodings[] = {
    {"INTEGER",                    BYTES(BER_INTEGER, 0xd1),                    VALUE_OK, -47},
    {"INTEGER, two octets",        BYTES(BER_INTEGER, 0x00, 0x9a),              VALUE_OK, 154},
    {"INTEGER, -5673",             BYTES(BER_INTEGER, 0xe9, 0xd7),              VALUE_OK, -5673},
    {"INTEGER, four octets",       BYTES(BER_INTEGER, 0x80, 0, 0, 0),           VALUE_OK, -2147483648.0},
    {"INTEGER, padded",            BYTES(BER_INTEGER, 0xff, 0xff, 0xff, 0xd1),  VALUE_OK, -47},
    {"INTEGER of eight octets",    BYTES(BER_INTEGER, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe), VALUE_OK, -2},
    {"INTEGER of none",            BER_INTEGER, NULL, 0,                        VALUE_UNREADABLE, 0},
    {"Counter32 for a gauge",      BYTES(BER_COUNTER32, 70),                    VALUE_OK, 70},
    {"Gauge32",                    BYTES(BER_GAUGE32, 0x08, 0xf0, 0xd1, 0x80),  VALUE_OK, 150000000},
    {"Gauge32 above 31 bits",      BYTES(BER_GAUGE32, 0x00, 0xff, 0xff, 0xff, 0xfe), VALUE_OK, 4294967294.0},
    {"Gauge32 without its zero",   BYTES(BER_GAUGE32, 0xff, 0xff, 0xff, 0xfe),  VALUE_OK, 4294967294.0},
    {"Gauge32 of five octets",     BYTES(BER_GAUGE32, 1, 0, 0, 0, 0),           VALUE_UNREADABLE, 0},
    {"UInteger32",                 BYTES(BER_UINTEGER32, 9),                    VALUE_OK, 9},
    {"TimeTicks",                  BYTES(BER_TICKS, 0x1e, 0xd4, 0x20),          VALUE_OK, 2020384},
    {"Counter64",                  BYTES(BER_COUNTER64, 0x01, 0, 0, 0, 0),      VALUE_OK, 4294967296.0},
    {"Counter64, all bits",        BYTES(BER_COUNTER64, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), VALUE_OK, 18446744073709551616.0},
    {"text",                       TEXT("-98"),                                 VALUE_OK, -98},
    {"text with a fraction",       TEXT("14.1"),                                VALUE_OK, 14.1},
    {"text, many places",          TEXT("53.9375"),                             VALUE_OK, 53.9375},
    {"text with a unit",           TEXT("-106 dBm"),                            VALUE_OK, -106},
    {"text with a unit at it",     TEXT("0.00V"),                               VALUE_OK, 0},
    {"text with percent",          TEXT("85 %"),                                VALUE_OK, 85},
    {"text with degrees",          TEXT("42.5 \xc2\xb0" "C"),                   VALUE_OK, 42.5},
    {"text with m/s",              TEXT("3 m/s"),                               VALUE_OK, 3},
    {"text padded by blanks",      TEXT("  -71.0  "),                           VALUE_OK, -71},
    {"text padded by NULs",        TEXT("20\0\0\0"),                            VALUE_OK, 20},
    {"text with a line's end",     TEXT("20\r\n"),                              VALUE_OK, 20},
    {"text with a plus",           TEXT("+5"),                                  VALUE_OK, 5},
    {"text with a real minus",     TEXT("\xe2\x88\x92" "98"),                   VALUE_OK, -98},
    {"text without a zero",        TEXT(".5"),                                  VALUE_OK, 0.5},
    {"text with a power",          TEXT("1.5e3"),                               VALUE_OK, 1500},
    {"text in hexadecimal",        TEXT("0x1F"),                                VALUE_OK, 31},
    {"an empty text",              BER_OCTETS, NULL, 0,                         VALUE_ABSENT, 0},
    {"a blank text",               TEXT("   "),                                 VALUE_ABSENT, 0},
    {"nan",                        TEXT("nan"),                                 VALUE_INVALID, 0},
    {"NaN",                        TEXT("NaN"),                                 VALUE_INVALID, 0},
    {"-inf",                       TEXT("-inf"),                                VALUE_INVALID, 0},
    {"N/A",                        TEXT("N/A"),                                 VALUE_INVALID, 0},
    {"--",                         TEXT("--"),                                  VALUE_INVALID, 0},
    {"beyond all doubles",         TEXT("1e999"),                               VALUE_INVALID, 0},
    {"words",                      TEXT("connected"),                           VALUE_UNREADABLE, 0},
    {"two numbers",                TEXT("2 of 3"),                              VALUE_UNREADABLE, 0},
    {"an address",                 TEXT("10.0.0.1"),                            VALUE_UNREADABLE, 0},
    {"a date",                     TEXT("2026-11-24"),                          VALUE_UNREADABLE, 0},
    {"a comma, of which sort?",    TEXT("1,234"),                               VALUE_UNREADABLE, 0},
    {"a long story",               TEXT("-70 is what the radio says today"),    VALUE_UNREADABLE, 0},
    {"digits without end",         TEXT("1111111111111111111111111111111111111111111111"), VALUE_UNREADABLE, 0},
    {"a minus alone",              TEXT("-"),                                   VALUE_INVALID, 0},
    {"a point alone",              TEXT("."),                                   VALUE_UNREADABLE, 0},
    {"0x alone",                   TEXT("0x"),                                  VALUE_OK, 0},
    {"broken UTF-8 for a unit",    TEXT("5 \xff"),                              VALUE_UNREADABLE, 0},
    {"binary octets",              TEXT("\x12\x34"),                            VALUE_UNREADABLE, 0},
    {"Opaque float",               BYTES(BER_OPAQUE, 0x9f, 0x78, 4, 0x42, 0xf6, 0xe6, 0x66), VALUE_OK, 123.44999694824219},
    {"Opaque double",              BYTES(BER_OPAQUE, 0x9f, 0x79, 8, 0x40, 0x2c, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33), VALUE_OK, 14.1},
    {"Opaque nan",                 BYTES(BER_OPAQUE, 0x9f, 0x78, 4, 0x7f, 0xc0, 0, 0), VALUE_INVALID, 0},
    {"Opaque Integer64",           BYTES(BER_OPAQUE, 0x9f, 0x7a, 1, 0xff),      VALUE_OK, -1},
    {"Opaque Counter64",           BYTES(BER_OPAQUE, 0x9f, 0x76, 2, 1, 0),      VALUE_OK, 256},
    {"Opaque cut off",             BYTES(BER_OPAQUE, 0x9f, 0x78, 4, 0x42),      VALUE_UNREADABLE, 0},
    {"Opaque of two octets",       BYTES(BER_OPAQUE, 0x9f, 0x78),               VALUE_UNREADABLE, 0},
    {"NULL",                       BER_NULL, NULL, 0,                           VALUE_ABSENT, 0},
    {"noSuchObject",               BER_NO_OBJECT, NULL, 0,                      VALUE_ABSENT, 0},
    {"noSuchInstance",             BER_NO_INSTANCE, NULL, 0,                    VALUE_ABSENT, 0},
    {"endOfMibView",               BER_END_OF_MIB, NULL, 0,                     VALUE_ABSENT, 0},
    {"an object identifier",       BYTES(BER_OID, 0x2b, 6),                     VALUE_UNREADABLE, 0},
    {"an IP address",              BYTES(BER_IP_ADDRESS, 10, 0, 0, 1),          VALUE_UNREADABLE, 0},
    {"a type that nobody knows",   BYTES(0x99, 1),                              VALUE_UNREADABLE, 0},
};
/* clang-format on */

static void every_encoding_is_read_as_what_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
        const struct encoding *row = &encodings[i];
        struct value value = value_read(&value_plain, row->tag, row->at, row->bytes);

        if (value.status != row->status ||
            (row->status == VALUE_OK && fabs(value.number - row->number) > 1e-12))
            fail_msg("%s: %s %.17g", row->what, value_status_name(value.status), value.number);
    }
}

static struct value read_text(const struct value_rule *rule, const char *text)
{
    return value_read(rule, BER_OCTETS, (const uint8_t *)text, strlen(text));
}

static struct value read_gauge(const struct value_rule *rule, uint32_t number)
{
    const uint8_t bytes[] = {0, (uint8_t)(number >> 24), (uint8_t)(number >> 16),
                             (uint8_t)(number >> 8), (uint8_t)number};

    return value_read(rule, BER_GAUGE32, bytes, sizeof bytes);
}

/* No dust behind the point, as 154 × 0.1 would leave: equal to the bit. */
static void tenths_stay_tenths(void **state)
{
    struct value_rule rule = value_plain;

    (void)state;
    rule.divide = 10;
    assert_true(read_gauge(&rule, 154).number == 15.4);
    assert_true(read_gauge(&rule, 330).number == 33.0);
    assert_true(read_text(&rule, "2433").number == 243.3);
}

static void signed_16_bits_come_as_65_thousands(void **state)
{
    struct value_rule zte = value_plain; /* raw × 0.002 - 30 */

    (void)state;
    zte.parse = VALUE_SIGNED16;
    zte.multiply = 2;
    zte.add = -30000;
    zte.divide = 1000;
    zte.invalid[0] = 65535;
    zte.invalid_count = 1;
    assert_true(read_gauge(&zte, 4000).number == -22.0);
    assert_true(read_gauge(&zte, 65036).number == -31.0); /* -500 */
    assert_int_equal(read_gauge(&zte, 65535).status, VALUE_INVALID);
    assert_true(read_text(&zte, "65036").number == -31.0);
    assert_true(read_text(&zte, "-500").number == -31.0);
    zte.parse = VALUE_SIGNED32;
    assert_true(read_gauge(&zte, 4294966796U).number == -31.0);
}

static void what_a_device_sends_for_nothing_is_no_number(void **state)
{
    struct value_rule rule = value_plain;

    (void)state;
    rule.invalid[0] = 2147483647;
    rule.invalid[1] = 0;
    rule.invalid_count = 2;
    rule.least = -40;
    rule.most = 150;
    assert_int_equal(read_gauge(&rule, 2147483647).status, VALUE_INVALID);
    assert_int_equal(read_text(&rule, "0.0 V").status, VALUE_INVALID);
    assert_int_equal(read_gauge(&rule, 160000000).status, VALUE_INVALID);
    assert_int_equal(read_text(&rule, "-41").status, VALUE_INVALID);
    assert_int_equal(read_text(&rule, "-40").status, VALUE_OK);
    assert_int_equal(read_text(&rule, "150").status, VALUE_OK);
}

static void a_rule_may_want_the_first_number_or_hexadecimal(void **state)
{
    struct value_rule rule = value_plain;

    (void)state;
    rule.parse = VALUE_FIRST;
    assert_true(read_text(&rule, "5745/20-Ce/an(18dBm)").number == 5745);
    assert_true(read_text(&rule, "right 11.4 degrees, up 3.8").number == 11.4);
    assert_int_equal(read_text(&rule, "no number").status, VALUE_UNREADABLE);
    rule.parse = VALUE_HEX;
    assert_true(read_text(&rule, "00ff").number == 255);
    assert_true(read_text(&rule, "0xFF").number == 255);
    assert_int_equal(read_text(&rule, "12345678901234567").status, VALUE_UNREADABLE);
    assert_int_equal(read_text(&rule, "xy").status, VALUE_UNREADABLE);
}

static void texts_are_shown_or_their_octets(void **state)
{
    static const uint8_t mac[] = {0x00, 0x80, 0x48, 0x70, 0x70, 0x3f};
    static const uint8_t address[] = {10, 1, 2, 3};
    static const uint8_t number[] = {42};
    char out[VALUE_TEXT_MAX], longest[80];

    (void)state;
    assert_int_equal(value_text(TEXT(" wlan1 \0"), out), VALUE_OK);
    assert_string_equal(out, "wlan1");
    assert_int_equal(value_text(TEXT("Kali\xc3\xa9"), out), VALUE_OK);
    assert_string_equal(out, "Kali\xc3\xa9");
    assert_int_equal(value_text(BER_OCTETS, mac, sizeof mac, out), VALUE_OK);
    assert_string_equal(out, "00:80:48:70:70:3f");
    assert_int_equal(value_text(BER_IP_ADDRESS, address, sizeof address, out), VALUE_OK);
    assert_string_equal(out, "10.1.2.3");
    assert_int_equal(value_text(BER_INTEGER, number, sizeof number, out), VALUE_OK);
    assert_string_equal(out, "42");
    assert_int_equal(value_text(TEXT("a\x1b[31m"), out), VALUE_OK);
    assert_string_equal(out, "61:1b:5b:33:31:6d");
    assert_int_equal(value_text(BER_NULL, NULL, 0, out), VALUE_ABSENT);
    assert_string_equal(out, "");
    memset(longest, 'x', sizeof longest);
    assert_int_equal(value_text(BER_OCTETS, (const uint8_t *)longest, sizeof longest, out),
                     VALUE_OK);
    assert_int_equal(strlen(out), VALUE_TEXT_MAX - 1);
}

static struct value counted(uint64_t raw, uint8_t bits)
{
    return (struct value){VALUE_OK, (double)raw, raw, bits};
}

static void a_counter_is_a_rate_over_wraps_but_not_over_boots(void **state)
{
    struct value a, b;
    double rate = 0;

    (void)state;
    a = counted(1000, 64);
    b = counted(4000, 64);
    assert_true(value_rate(&a, &b, 300, &rate) && rate == 10);
    assert_false(value_rate(&b, &a, 300, &rate)); /* it began anew */
    a = counted(UINT32_MAX - 999, 32);
    b = counted(2000, 32);
    assert_true(value_rate(&a, &b, 300, &rate) && rate == 10);
    a = counted(1000000000, 32);
    assert_false(value_rate(&a, &b, 300, &rate)); /* likelier a boot than a wrap */
    assert_false(value_rate(&b, &a, 0, &rate));
    b.bits = 64;
    assert_false(value_rate(&b, &a, 300, &rate)); /* another type than before */
    a.status = VALUE_ABSENT;
    assert_false(value_rate(&a, &a, 300, &rate));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_encoding_is_read_as_what_it_is),
        cmocka_unit_test(tenths_stay_tenths),
        cmocka_unit_test(signed_16_bits_come_as_65_thousands),
        cmocka_unit_test(what_a_device_sends_for_nothing_is_no_number),
        cmocka_unit_test(a_rule_may_want_the_first_number_or_hexadecimal),
        cmocka_unit_test(texts_are_shown_or_their_octets),
        cmocka_unit_test(a_counter_is_a_rate_over_wraps_but_not_over_boots),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
