/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "probes/oid.h"
#include "probes/snmprec.h"
#include "tests/unit/bytes.h"

struct sample {
    uint8_t tag;
    const char *value; /* in hexadecimal digits */
    const char *line;  /* behind the OID */
    const char *words;
};

static const struct sample samples[] = {
    {BER_INTEGER, "9e", "|2|-98", "INTEGER -98"},
    {BER_INTEGER, "80000000", "|2|-2147483648", "INTEGER -2147483648"},
    {BER_INTEGER, "0100", "|2|256", "INTEGER 256"},
    {BER_OCTETS, "65746865723100", "|4x|65746865723100", "STRING 65 74 68 65 72 31 00"},
    {BER_OCTETS, "657468657231", "|4|ether1", "STRING ether1"},
    {BER_OCTETS, "", "|4|", "STRING"},
    {BER_OCTETS, "617c62", "|4x|617c62", "STRING a|b"},
    {BER_OCTETS, "610a62", "|4x|610a62", "STRING 61 0a 62"},
    {BER_OCTETS, "c3a9", "|4x|c3a9", "STRING \xc3\xa9"},
    {BER_OCTETS, "00271032ed60", "|4x|00271032ed60", "STRING 00:27:10:32:ed:60"},
    {BER_NULL, "", "|5|", "NULL"},
    {BER_OID, "2b06010401f50c01", "|6|1.3.6.1.4.1.14988.1", "OID 1.3.6.1.4.1.14988.1"},
    {BER_IP_ADDRESS, "0a000001", "|64|10.0.0.1", "IpAddress 10.0.0.1"},
    {BER_COUNTER32, "00ffffffff", "|65|4294967295", "Counter32 4294967295"},
    {BER_GAUGE32, "ff", "|66|255", "Gauge32 255"},
    {BER_TICKS, "0083", "|67|131", "TimeTicks 1.31 s"},
    {BER_OPAQUE, "9f780441480000", "|68x|9f780441480000", "Opaque float 12.5"},
    {BER_OPAQUE, "9f78", "|68x|9f78", "Opaque 9f 78"},
    {BER_COUNTER64, "00ffffffffffffffff", "|70|18446744073709551615",
     "Counter64 18446744073709551615"},
    {BER_UINTEGER32, "07", "|71|7", "UInteger32 7"},
    {BER_NO_INSTANCE, "", "|129|", "noSuchInstance"},
};

static void every_type_becomes_a_line_and_words(void **state)
{
    struct oid name;

    (void)state;
    assert_true(oid_read("1.3.6.1.4.1.5", &name));
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct bytes value = bytes_hex(samples[i].value);
        struct ber_varbind varbind = {name.at, name.bytes, samples[i].tag, value.at, value.count};
        struct text line = {0}, words = {0};

        snmprec_line(&varbind, &line);
        assert_memory_equal(text_get(&line), "1.3.6.1.4.1.5", 13);
        assert_string_equal(text_get(&line) + 13, samples[i].line);
        snmprec_words(&varbind, &words);
        assert_string_equal(text_get(&words), samples[i].words);
        text_free(&line);
        text_free(&words);
        free(value.at);
    }
}

static void unknown_types_have_no_name(void **state)
{
    (void)state;
    assert_string_equal(snmprec_type(0x99), "?");
    assert_string_equal(snmprec_type(BER_SEQUENCE), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_becomes_a_line_and_words),
        cmocka_unit_test(unknown_types_have_no_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
