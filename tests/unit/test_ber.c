/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "probes/ber.h"
#include "tests/unit/bytes.h"

static const char *const recorded[] = {V2C_REQUEST,     V2C_REPLY,          V1_REPLY,
                                       V1_NO_SUCH_NAME, V2C_NO_SUCH_OBJECT, V2C_GETNEXT_REPLY};
#define RECORDED (sizeof recorded / sizeof *recorded)

static enum ber_rc check(const char *hex)
{
    struct bytes bytes = bytes_hex(hex);
    struct ber_message message;
    enum ber_rc rc = ber_check(bytes.at, bytes.count, &message);

    free(bytes.at);
    return rc;
}

static void a_recorded_reply_gives_its_parts(void **state)
{
    struct bytes bytes = bytes_hex(V2C_REPLY);
    struct ber_message message;

    (void)state;
    assert_int_equal(ber_check(bytes.at, bytes.count, &message), BER_OK);
    assert_int_equal(message.version, BER_V2C);
    assert_int_equal(message.community_bytes, 6);
    assert_memory_equal(message.community, "public", 6);
    assert_int_equal(message.pdu, BER_PDU_RESPONSE);
    assert_int_equal(message.request_id, RECORDED_ID);
    assert_int_equal(message.error_status, 0);
    assert_int_equal(message.varbinds, 2);
    free(bytes.at);
}

static void errors_and_versions_are_read(void **state)
{
    struct bytes bytes = bytes_hex(V1_NO_SUCH_NAME);
    struct ber_message message;

    (void)state;
    assert_int_equal(ber_check(bytes.at, bytes.count, &message), BER_OK);
    assert_int_equal(message.version, BER_V1);
    assert_int_equal(message.error_status, 2);
    assert_int_equal(message.error_index, 2);
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
            struct ber_message message;

            assert_int_equal(ber_check(cut.at, cut.count, &message), BER_MALFORMED);
            free(cut.at);
        }
        free(whole.at);
    }
}

static void trailing_bytes_are_refused(void **state)
{
    (void)state;
    assert_int_equal(check(V2C_REPLY "00"), BER_MALFORMED);
    assert_int_equal(check(V2C_REPLY V2C_REPLY), BER_MALFORMED);
}

/* No crash, no read outside (the sanitizers watch), and whatever is pointed out lies inside. */
static void every_bit_may_be_flipped(void **state)
{
    (void)state;
    for (size_t i = 0; i < RECORDED; i++) {
        struct bytes bytes = bytes_hex(recorded[i]);

        for (size_t bit = 0; bit < bytes.count * 8; bit++) {
            struct ber_message message;

            bytes.at[bit / 8] ^= (uint8_t)(1U << bit % 8);
            if (ber_check(bytes.at, bytes.count, &message) == BER_OK) {
                assert_in_range(message.community - bytes.at, 0, bytes.count);
                assert_in_range(message.community - bytes.at + (ptrdiff_t)message.community_bytes,
                                0, bytes.count);
            }
            bytes.at[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        free(bytes.at);
    }
}

static void noise_is_survived(void **state)
{
    uint32_t dice = 88172645;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct bytes bytes = bytes_hex(recorded[round % (int)RECORDED]);
        struct ber_message message;

        for (int hit = 0; hit < 4; hit++) {
            dice ^= dice << 13;
            dice ^= dice >> 17;
            dice ^= dice << 5;
            bytes.at[dice % bytes.count] = (uint8_t)(dice >> 16);
        }
        (void)ber_check(bytes.at, bytes.count, &message);
        free(bytes.at);
    }
}

/* The inside of V2C_REPLY with one varbind, by parts. */
#define WITH_VALUE(outer, pdu, list, pair, value)                                                  \
    "30" outer "02010104067075626c6963a2" pdu "02041a2b3c4d020100020100"                           \
    "30" list "30" pair "06082b06010201010300" value

static void values_are_what_their_types_allow(void **state)
{
    (void)state;
    assert_int_equal(check(WITH_VALUE("2b", "1e", "10", "0e", "43020083")), BER_OK);
    assert_int_equal(check(WITH_VALUE("2b", "1e", "10", "0e", "47020083")), BER_OK);
    assert_int_equal(check(WITH_VALUE("2b", "1e", "10", "0e", "99020083")), BER_MALFORMED);
    assert_int_equal(check(WITH_VALUE("29", "1c", "0e", "0c", "8000")), BER_OK);
    assert_int_equal(check(WITH_VALUE("29", "1c", "0e", "0c", "4300")), BER_MALFORMED);
    assert_int_equal(check(WITH_VALUE("29", "1c", "0e", "0c", "0600")), BER_OK);
    assert_int_equal(check(WITH_VALUE("2a", "1d", "0f", "0d", "050100")), BER_MALFORMED);
    assert_int_equal(check(WITH_VALUE("2a", "1d", "0f", "0d", "800100")), BER_MALFORMED);
    assert_int_equal(check(WITH_VALUE("2a", "1d", "0f", "0d", "060180")), BER_MALFORMED);
    assert_int_equal(check(WITH_VALUE("2e", "21", "13", "11", "43050000000001")), BER_OK);
    assert_int_equal(check(WITH_VALUE("2e", "21", "13", "11", "43050100000001")), BER_MALFORMED);
    assert_int_equal(check(WITH_VALUE("2e", "21", "13", "11", "02050000000001")), BER_MALFORMED);
    assert_int_equal(check(WITH_VALUE("2e", "21", "13", "11", "06058fffffff7f")), BER_OK);
    assert_int_equal(check(WITH_VALUE("2e", "21", "13", "11", "06059fffffff7f")), BER_MALFORMED);
    assert_int_equal(check(WITH_VALUE("2d", "20", "12", "10", "400401020304")), BER_OK);
    assert_int_equal(check(WITH_VALUE("2c", "1f", "11", "0f", "4003010203")), BER_MALFORMED);
}

/* RFC 3417 §8 allows lengths in long form though a short one exists; UCD agents send them. */
static void long_lengths_are_taken_and_indefinite_ones_refused(void **state)
{
    (void)state;
    assert_int_equal(check(WITH_VALUE("82002b", "1e", "10", "0e", "43020083")), BER_OK);
    assert_int_equal(check(WITH_VALUE("840000002b", "1e", "10", "0e", "43020083")), BER_OK);
    assert_int_equal(check(WITH_VALUE("85000000002b", "1e", "10", "0e", "43020083")),
                     BER_MALFORMED);
    assert_int_equal(check(WITH_VALUE("80", "1e", "10", "0e", "43020083")), BER_MALFORMED);
    assert_int_equal(check(WITH_VALUE("84ffffffff", "1e", "10", "0e", "43020083")), BER_MALFORMED);
}

static void nesting_ends_exactly_where_it_says(void **state)
{
    (void)state;
    assert_int_equal(check(WITH_VALUE("2b", "1d", "10", "0e", "43020083")), BER_MALFORMED);
    assert_int_equal(check(WITH_VALUE("2b", "1e", "0f", "0e", "43020083")), BER_MALFORMED);
    assert_int_equal(check(WITH_VALUE("2b", "1e", "10", "0d", "43020083")), BER_MALFORMED);
    assert_int_equal(check(WITH_VALUE("2b", "1e", "10", "0e", "43030083")), BER_MALFORMED);
}

static void other_versions_are_told_apart_from_rubbish(void **state)
{
    (void)state;
    assert_int_equal(check("3003020103"), BER_OTHER_VERSION);
    assert_int_equal(check("3003020102"), BER_OTHER_VERSION);
    assert_int_equal(check("30030201ff"), BER_OTHER_VERSION);
    assert_int_equal(check("3003040103"), BER_MALFORMED);
    assert_int_equal(check("3002020103"), BER_MALFORMED);
}

static void a_v1_trap_is_recognised_and_not_looked_into(void **state)
{
    struct bytes bytes = bytes_hex("300f02010004067075626c6963a40201ff");
    struct ber_message message;

    (void)state;
    assert_int_equal(ber_check(bytes.at, bytes.count, &message), BER_OK);
    assert_int_equal(message.pdu, BER_PDU_TRAP_V1);
    assert_int_equal(message.request_id, 0);
    free(bytes.at);
}

static void negative_numbers_keep_their_sign(void **state)
{
    struct bytes bytes = bytes_hex("301802010104067075626c6963a20b0201ff0201800201003000");
    struct ber_message message;

    (void)state;
    assert_int_equal(ber_check(bytes.at, bytes.count, &message), BER_OK);
    assert_int_equal(message.request_id, -1);
    assert_int_equal(message.error_status, -128);
    assert_int_equal(message.varbinds, 0);
    free(bytes.at);
}

static void counts_and_sizes_are_bounded(void **state)
{
    struct ber_message message;
    static uint8_t big[BER_MESSAGE_MAX + 1];

    (void)state;
    /* 30 82 LL LL 02 01 01 04 00 a2 82 LL LL (02 01 01)x3 30 82 LL LL and empty varbinds of 7
       bytes, one too many */
    const size_t varbinds = BER_VARBINDS_MAX + 1, list = varbinds * 7, pdu = 9 + 4 + list,
                 all = 5 + 4 + pdu;
    uint8_t head[] = {0x30,
                      0x82,
                      (uint8_t)(all >> 8),
                      (uint8_t)all,
                      2,
                      1,
                      1,
                      4,
                      0,
                      0xa2,
                      0x82,
                      (uint8_t)(pdu >> 8),
                      (uint8_t)pdu,
                      2,
                      1,
                      1,
                      2,
                      1,
                      0,
                      2,
                      1,
                      0,
                      0x30,
                      0x82,
                      (uint8_t)(list >> 8),
                      (uint8_t)list};
    memcpy(big, head, sizeof head);
    for (size_t i = 0; i < varbinds; i++)
        memcpy(big + sizeof head + 7 * i, (uint8_t[]){0x30, 5, 6, 1, 0x2b, 5, 0}, 7);
    assert_int_equal(ber_check(big, 4 + all, &message), BER_MALFORMED);
    /* one fewer is well-formed: shorten the three lengths by one varbind */
    big[3] = (uint8_t)(all - 7);
    big[2] = (uint8_t)((all - 7) >> 8);
    big[12] = (uint8_t)(pdu - 7);
    big[11] = (uint8_t)((pdu - 7) >> 8);
    big[25] = (uint8_t)(list - 7);
    big[24] = (uint8_t)((list - 7) >> 8);
    assert_int_equal(ber_check(big, 4 + all - 7, &message), BER_OK);
    assert_int_equal(message.varbinds, BER_VARBINDS_MAX);
    assert_int_equal(ber_check(big, sizeof big, &message), BER_MALFORMED);
}

static void a_name_of_too_many_parts_is_refused(void **state)
{
    uint8_t message_bytes[200] = {0x30, 0x81, 0, 2, 1, 1,    4,    0, 0xa2, 0x81, 0, 2, 1,    1, 2,
                                  1,    0,    2, 1, 0, 0x30, 0x81, 0, 0x30, 0x81, 0, 6, 0x81, 0};
    const size_t head = 29;

    (void)state;
    for (size_t octets = 126; octets <= 128; octets++) {
        size_t count = head + octets + 2;
        struct ber_message message;

        message_bytes[2] = (uint8_t)(count - 3);
        message_bytes[10] = (uint8_t)(count - 11);
        message_bytes[22] = (uint8_t)(count - 23);
        message_bytes[25] = (uint8_t)(count - 26);
        message_bytes[28] = (uint8_t)octets;
        memset(message_bytes + head, 1, octets);
        memcpy(message_bytes + head + octets, (uint8_t[]){5, 0}, 2);
        assert_int_equal(ber_check(message_bytes, count, &message),
                         octets + 1 <= BER_OID_MAX ? BER_OK : BER_MALFORMED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recorded_reply_gives_its_parts),
        cmocka_unit_test(errors_and_versions_are_read),
        cmocka_unit_test(every_recorded_message_is_well_formed),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(trailing_bytes_are_refused),
        cmocka_unit_test(every_bit_may_be_flipped),
        cmocka_unit_test(noise_is_survived),
        cmocka_unit_test(values_are_what_their_types_allow),
        cmocka_unit_test(long_lengths_are_taken_and_indefinite_ones_refused),
        cmocka_unit_test(nesting_ends_exactly_where_it_says),
        cmocka_unit_test(other_versions_are_told_apart_from_rubbish),
        cmocka_unit_test(a_v1_trap_is_recognised_and_not_looked_into),
        cmocka_unit_test(negative_numbers_keep_their_sign),
        cmocka_unit_test(counts_and_sizes_are_bounded),
        cmocka_unit_test(a_name_of_too_many_parts_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
