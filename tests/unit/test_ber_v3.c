/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "probes/ber_v3.h"
#include "probes/usm_report.h"
#include "tests/unit/bytes.h"
#include "tests/unit/v3_messages.h"

static const char *const recorded[] = {V3_DISCOVER,     V3_IDENTITY,     V3_NOT_IN_TIME,
                                       V3_PRIV_REQUEST, V3_PRIV_ANSWER,  V3_AUTH_ANSWER,
                                       V3_OPEN_ANSWER,  V3_DES_ANSWER,   V3_SHA512_ANSWER,
                                       V3_WRONG_DIGEST, V3_UNKNOWN_USER, V3_WRONG_LEVEL};
#define RECORDED (sizeof recorded / sizeof *recorded)

static enum ber_rc check(const char *hex)
{
    struct bytes bytes = bytes_hex(hex);
    struct ber_v3 message;
    enum ber_rc rc = ber_v3_check(bytes.at, bytes.count, &message);

    free(bytes.at);
    return rc;
}

static void a_message_in_clear_gives_its_parts(void **state)
{
    struct bytes bytes = bytes_hex(V3_AUTH_ANSWER), engine = bytes_hex(V3_ENGINE);
    struct ber_v3 message;

    (void)state;
    assert_int_equal(ber_v3_check(bytes.at, bytes.count, &message), BER_OK);
    assert_int_equal(message.msg_id, 0x11223346);
    assert_int_equal(message.flags, BER_V3_AUTH);
    assert_int_equal(message.engine.bytes, engine.count);
    assert_memory_equal(message.engine.at, engine.at, engine.count);
    assert_int_equal(message.boots, 1);
    assert_int_equal(message.time_s, 377);
    assert_int_equal(message.user.bytes, 7);
    assert_memory_equal(message.user.at, "authsha", 7);
    assert_int_equal(message.digest.bytes, 12);
    assert_int_equal(message.encrypted.bytes, 0);
    assert_int_equal(message.plain.pdu, BER_PDU_RESPONSE);
    assert_int_equal(message.plain.request_id, 0x11223346);
    assert_int_equal(message.plain.varbinds, 2);
    free(bytes.at);
    free(engine.at);
}

static void a_sealed_message_gives_only_its_outside(void **state)
{
    struct bytes bytes = bytes_hex(V3_PRIV_ANSWER);
    struct ber_v3 message;

    (void)state;
    assert_int_equal(ber_v3_check(bytes.at, bytes.count, &message), BER_OK);
    assert_int_equal(message.flags, BER_V3_AUTH | BER_V3_PRIV);
    assert_int_equal(message.encrypted.bytes, 0x4a);
    assert_ptr_equal(message.encrypted.at + message.encrypted.bytes, bytes.at + bytes.count);
    assert_int_equal(message.plain.pdu, 0);
    free(bytes.at);
}

static enum usm_report report_in(const char *hex)
{
    struct bytes bytes = bytes_hex(hex);
    struct ber_v3 message;
    enum usm_report report;

    assert_int_equal(ber_v3_check(bytes.at, bytes.count, &message), BER_OK);
    assert_int_equal(message.plain.pdu, BER_PDU_REPORT);
    report = usm_report_read(message.plain.list);
    free(bytes.at);
    return report;
}

static void reports_say_what_they_are_about(void **state)
{
    (void)state;
    assert_int_equal(report_in(V3_IDENTITY), USM_REPORT_ENGINE);
    assert_int_equal(report_in(V3_NOT_IN_TIME), USM_REPORT_TIME);
    assert_int_equal(report_in(V3_WRONG_DIGEST), USM_REPORT_DIGEST);
    assert_int_equal(report_in(V3_UNKNOWN_USER), USM_REPORT_USER);
    assert_int_equal(report_in(V3_WRONG_LEVEL), USM_REPORT_LEVEL);
    assert_string_equal(usm_report_name(USM_REPORT_TIME), "notInTimeWindows");
}

static void a_report_of_something_else_is_other(void **state)
{
    struct bytes bytes = bytes_hex(V3_IDENTITY);
    struct ber_v3 message;

    (void)state;
    assert_int_equal(ber_v3_check(bytes.at, bytes.count, &message), BER_OK);
    assert_int_equal(usm_report_read((struct ber_list){NULL, 0}), USM_REPORT_OTHER);
    bytes.at[bytes.count - 5] = 7; /* of the name ….15.1.1.N.0, the N */
    assert_int_equal(usm_report_read(message.plain.list), USM_REPORT_OTHER);
    bytes.at[bytes.count - 5] = 0;
    assert_int_equal(usm_report_read(message.plain.list), USM_REPORT_OTHER);
    bytes.at[bytes.count - 5] = 6;
    assert_int_equal(usm_report_read(message.plain.list), USM_REPORT_CIPHER);
    bytes.at[bytes.count - 6] = 2;
    assert_int_equal(usm_report_read(message.plain.list), USM_REPORT_OTHER);
    free(bytes.at);
}

static void every_recorded_message_is_well_formed(void **state)
{
    (void)state;
    for (size_t i = 0; i < RECORDED; i++)
        assert_int_equal(check(recorded[i]), BER_OK);
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < RECORDED; i++) {
        struct bytes whole = bytes_hex(recorded[i]);

        for (size_t count = 0; count < whole.count; count++) {
            struct bytes cut = bytes_copy(whole.at, count);
            struct ber_v3 message;

            assert_int_equal(ber_v3_check(cut.at, cut.count, &message), BER_MALFORMED);
            free(cut.at);
        }
        free(whole.at);
    }
}

static void other_versions_and_models_are_not_judged(void **state)
{
    (void)state;
    assert_int_equal(check(V2C_REPLY), BER_OTHER_VERSION);
    assert_int_equal(check(V1_REPLY), BER_OTHER_VERSION);
    /* the transport security model [RFC 5591] */
    assert_int_equal(check("303f020103301202041122334402047fffffff040104020104"
                           "0410300e0400020100020100040004000400301404000400a00e"
                           "0204112233440201000201003000"),
                     BER_OTHER_VERSION);
}

/*
 * Each is one message gone wrong in one place; as they are built of the same parts, the first shows
 * that the parts are good.
 */
static void what_rfc_3412_and_3414_do_not_allow_is_refused(void **state)
{
    static const char id[] = "020411223344", size[] = "020205dc", flags[] = "040100";
    static const char security[] = "0410300e0400020100020100040004000400";
    static const char data[] = "301404000400a00e0204112233440201000201003000";
    static const struct {
        const char *id, *size, *flags, *security, *data;
        enum ber_rc rc;
    } cases[] = {
        {id, size, flags, security, data, BER_OK},
        {"0204f1223344", size, flags, security, data, BER_MALFORMED}, /* an id below zero */
        {id, "020201e3", flags, security, data, BER_MALFORMED},       /* a size of 483 */
        {id, size, "040102", security, data, BER_MALFORMED},          /* sealed, not signed */
        {id, size, "040101", security, data, BER_MALFORMED},          /* signed without digest */
        {id, size, "040103", security, data, BER_MALFORMED},          /* sealed, data in clear */
        {id, size, "0400", security, data, BER_MALFORMED},            /* no flags */
        {id, size, "04020000", security, data, BER_MALFORMED},        /* two octets of them */
        {id, size, "0401f8", security, data, BER_OK},                 /* reserved bits */
        {id, size, flags, "0410300e04000201ff020100040004000400", data, BER_MALFORMED}, /* boots */
        {id, size, flags, "0410300d04000201000201000400040004", data, BER_MALFORMED},
        {id, size, flags, "0411300e040002010002010004000400040000", data, BER_MALFORMED},
        {id, size, flags, "0412301004000201000201000400040004000500", data, BER_MALFORMED},
        {id, size, flags, security, "301404000400a40e0204112233440201000201003000",
         BER_MALFORMED}, /* a v1 trap in a v3 message */
        {id, size, flags, security, "301404000400a90e0204112233440201000201003000", BER_MALFORMED},
        {id, size, flags, security, "301604000400a00e02041122334402010002010030000500",
         BER_MALFORMED}, /* something behind the PDU */
        {id, size, flags, security, "041404000400a00e0204112233440201000201003000",
         BER_MALFORMED}, /* sealed data without the flag */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char header[128], hex[512];
        size_t header_bytes, bytes;

        snprintf(header, sizeof header, "%s%s%s020103", cases[i].id, cases[i].size, cases[i].flags);
        header_bytes = strlen(header) / 2;
        bytes = 3 + 2 + header_bytes + strlen(cases[i].security) / 2 + strlen(cases[i].data) / 2;
        snprintf(hex, sizeof hex, "30%02zx02010330%02zx%s%s%s", bytes, header_bytes, header,
                 cases[i].security, cases[i].data);
        if (check(hex) != cases[i].rc)
            fail_msg("case %zu: %s", i, hex);
    }
}

static bool lies_within(struct ber_octets octets, struct bytes bytes)
{
    return octets.bytes == 0 ||
           (octets.at >= bytes.at && octets.at + octets.bytes <= bytes.at + bytes.count);
}

/* No crash, no read outside (the sanitizers watch), and whatever is pointed out lies inside. */
static void every_bit_may_be_flipped(void **state)
{
    (void)state;
    for (size_t i = 0; i < RECORDED; i++) {
        struct bytes bytes = bytes_hex(recorded[i]);

        for (size_t bit = 0; bit < bytes.count * 8; bit++) {
            struct ber_v3 message;

            bytes.at[bit / 8] ^= (uint8_t)(1U << bit % 8);
            if (ber_v3_check(bytes.at, bytes.count, &message) == BER_OK) {
                assert_true(lies_within(message.engine, bytes));
                assert_true(lies_within(message.user, bytes));
                assert_true(lies_within(message.digest, bytes));
                assert_true(lies_within(message.encrypted, bytes));
            }
            bytes.at[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        free(bytes.at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_in_clear_gives_its_parts),
        cmocka_unit_test(a_sealed_message_gives_only_its_outside),
        cmocka_unit_test(reports_say_what_they_are_about),
        cmocka_unit_test(a_report_of_something_else_is_other),
        cmocka_unit_test(every_recorded_message_is_well_formed),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(other_versions_and_models_are_not_judged),
        cmocka_unit_test(what_rfc_3412_and_3414_do_not_allow_is_refused),
        cmocka_unit_test(every_bit_may_be_flipped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
