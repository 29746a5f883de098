/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "probes/trap.h"
#include "tests/unit/bytes.h"
#include "tests/unit/trap_vectors.h"

static const char *const recorded[] = {TRAP_V2C_LINK_DOWN,  INFORM_V2C_LINK_UP,
                                       TRAP_V1_COLD_START,  TRAP_V1_APC_ON_BATTERY,
                                       TRAP_V2C_ON_BATTERY, TRAP_V2C_AUTH_FAILURE};
#define RECORDED (sizeof recorded / sizeof *recorded)

static const struct siphash_key key = {{1, 2}};

static enum trap_rc rc_of(const char *hex)
{
    struct bytes bytes = bytes_hex(hex);
    struct trap trap;
    enum trap_rc rc = trap_read(bytes.at, bytes.count, &trap);

    free(bytes.at);
    return rc;
}

static void assert_trap(const char *hex, enum trap_kind kind, const char *oid, int64_t uptime_ticks)
{
    struct bytes bytes = bytes_hex(hex);
    struct trap trap;
    char text[OID_TEXT_MAX];

    assert_int_equal(trap_read(bytes.at, bytes.count, &trap), TRAP_OK);
    assert_string_equal(trap_kind_name(trap.kind), trap_kind_name(kind));
    oid_print(trap.oid.at, trap.oid.bytes, text, sizeof text);
    assert_string_equal(text, oid);
    assert_int_equal(trap.uptime_ticks, uptime_ticks);
    assert_int_equal(trap.community_bytes, 7);
    assert_memory_equal(trap.community, "kampung", 7);
    free(bytes.at);
}

static void recorded_traps_are_what_they_say(void **state)
{
    (void)state;
    assert_trap(TRAP_V2C_LINK_DOWN, TRAP_LINK_DOWN, "1.3.6.1.6.3.1.1.5.3", 12345);
    assert_trap(INFORM_V2C_LINK_UP, TRAP_LINK_UP, "1.3.6.1.6.3.1.1.5.4", 12345);
    assert_trap(TRAP_V1_COLD_START, TRAP_COLD_START, "1.3.6.1.6.3.1.1.5.1", 42);
    assert_trap(TRAP_V1_APC_ON_BATTERY, TRAP_OTHER, "1.3.6.1.4.1.318.0.5", 99);
    assert_trap(TRAP_V2C_ON_BATTERY, TRAP_OTHER, "1.3.6.1.2.1.33.2.1", 1);
    assert_trap(TRAP_V2C_AUTH_FAILURE, TRAP_AUTH_FAILURE, "1.3.6.1.6.3.1.1.5.5", 1);
}

static void a_strangers_question_says_nothing_of_the_sender(void **state)
{
    (void)state;
    assert_true(trap_kind_tells(TRAP_LINK_DOWN));
    assert_true(trap_kind_tells(TRAP_COLD_START));
    assert_true(trap_kind_tells(TRAP_DYING_GASP));
    assert_false(trap_kind_tells(TRAP_AUTH_FAILURE));
    assert_false(trap_kind_tells(TRAP_OTHER));
}

static void only_an_inform_waits_for_a_response(void **state)
{
    (void)state;
    for (size_t i = 0; i < RECORDED; i++) {
        struct bytes bytes = bytes_hex(recorded[i]);
        struct trap trap;

        assert_int_equal(trap_read(bytes.at, bytes.count, &trap), TRAP_OK);
        assert_int_equal(trap.inform, i == 1);
        free(bytes.at);
    }
}

static void the_agent_of_a_v1_trap_is_read(void **state)
{
    struct bytes bytes = bytes_hex(TRAP_V1_COLD_START);
    struct trap trap;

    (void)state;
    assert_int_equal(trap_read(bytes.at, bytes.count, &trap), TRAP_OK);
    assert_true(trap.has_agent);
    assert_memory_equal(trap.agent, ((uint8_t[]){127, 0, 5, 1}), 4);
    free(bytes.at);
    bytes = bytes_hex(TRAP_V1_APC_ON_BATTERY);
    assert_int_equal(trap_read(bytes.at, bytes.count, &trap), TRAP_OK);
    assert_false(trap.has_agent);
    free(bytes.at);
}

/* 30 LL 02 01 00 04 00 a4 LL and the six parts of a v1 trap's inside */
static void a_v1_trap_must_be_whole(void **state)
{
    (void)state;
#define V1(outer, pdu, enterprise, agent, generic, specific, ticks, list)                          \
    "30" outer "0201000400a4" pdu enterprise agent generic specific ticks list
    assert_int_equal(
        rc_of(V1("1b", "14", "06012b", "4004c0000201", "020106", "020101", "430101", "3000")),
        TRAP_OK);
    assert_int_equal(
        rc_of(V1("1b", "14", "06012b", "4004c0000201", "020107", "020101", "430101", "3000")),
        TRAP_MALFORMED); /* there is no generic trap 7 */
    assert_int_equal(
        rc_of(V1("1b", "14", "06012b", "4004c0000201", "0201ff", "020101", "430101", "3000")),
        TRAP_MALFORMED);
    assert_int_equal(
        rc_of(V1("1a", "13", "0600", "4004c0000201", "020106", "020101", "430101", "3000")),
        TRAP_MALFORMED); /* nobody's */
    assert_int_equal(
        rc_of(V1("1a", "13", "06012b", "4003c00002", "020106", "020101", "430101", "3000")),
        TRAP_MALFORMED);
    assert_int_equal(
        rc_of(V1("1b", "14", "06012b", "4004c0000201", "020106", "020101", "410101", "3000")),
        TRAP_MALFORMED); /* a counter is no time */
    assert_int_equal(
        rc_of(V1("1d", "16", "06012b", "4004c0000201", "020106", "020101", "430101", "30000500")),
        TRAP_MALFORMED); /* more behind the list */
    assert_int_equal(
        rc_of(V1("1d", "16", "06012b", "4004c0000201", "020106", "020101", "430101", "30023000")),
        TRAP_MALFORMED); /* a variable without a name */
#undef V1
}

static void what_is_no_trap_is_told_apart(void **state)
{
    (void)state;
    assert_int_equal(rc_of(V2C_REPLY), TRAP_NO_TRAP);
    assert_int_equal(rc_of(V2C_REQUEST), TRAP_NO_TRAP);
    assert_int_equal(rc_of(TRAP_V3), TRAP_OTHER_VERSION);
    assert_int_equal(rc_of("3003"), TRAP_MALFORMED);
    assert_int_equal(rc_of(""), TRAP_MALFORMED);
}

/* A v1 trap in a v2c message and the other way round. */
static void a_trap_of_the_other_version_is_none(void **state)
{
    struct bytes bytes = bytes_hex(TRAP_V1_COLD_START);
    struct trap trap;

    (void)state;
    bytes.at[4] = 1;
    assert_int_equal(trap_read(bytes.at, bytes.count, &trap), TRAP_NO_TRAP);
    free(bytes.at);
    bytes = bytes_hex(TRAP_V2C_LINK_DOWN);
    bytes.at[4] = 0;
    assert_int_equal(trap_read(bytes.at, bytes.count, &trap), TRAP_NO_TRAP);
    free(bytes.at);
}

/* The list of V2C_REPLY holds no snmpTrapOID.0. */
static void a_v2c_trap_without_a_name_is_malformed(void **state)
{
    struct bytes bytes = bytes_hex(V2C_REPLY);
    struct trap trap;

    (void)state;
    bytes.at[13] = BER_PDU_TRAP_V2;
    assert_int_equal(trap_read(bytes.at, bytes.count, &trap), TRAP_MALFORMED);
    free(bytes.at);
}

static void the_response_to_an_inform_is_the_inform_as_a_response(void **state)
{
    struct bytes bytes = bytes_hex(INFORM_V2C_LINK_UP);
    struct bytes response = bytes_copy(bytes.at, bytes.count);
    struct trap trap;
    struct ber_message message;

    (void)state;
    assert_int_equal(trap_read(bytes.at, bytes.count, &trap), TRAP_OK);
    trap_response(&trap, bytes.at, bytes.count, response.at);
    assert_int_equal(ber_check(response.at, response.count, &message), BER_OK);
    assert_int_equal(message.pdu, BER_PDU_RESPONSE);
    assert_int_equal(message.request_id, 0x76d02671);
    assert_int_equal(message.error_status, 0);
    assert_int_equal(message.varbinds, 3);
    free(bytes.at);
    free(response.at);
}

/* Its error would go back as ours. */
static void an_inform_with_an_error_is_malformed(void **state)
{
    (void)state;
    assert_int_equal(rc_of("301e02010104076b616d70756e67a6100201010201050201003005"
                           "300306012b0500"),
                     TRAP_MALFORMED);
    for (size_t at = 24; at <= 27; at += 3) { /* the numbers behind the request-id */
        struct bytes bytes = bytes_hex(INFORM_V2C_LINK_UP);
        struct trap trap;

        assert_int_equal(bytes.at[at], 0);
        bytes.at[at] = 5;
        assert_int_equal(trap_read(bytes.at, bytes.count, &trap), TRAP_MALFORMED);
        free(bytes.at);
    }
}

static uint64_t digest_of(const struct bytes *bytes)
{
    struct trap trap;

    assert_int_equal(trap_read(bytes->at, bytes->count, &trap), TRAP_OK);
    return trap_digest(&trap, &key);
}

static void another_trap_has_another_digest_and_a_copy_the_same(void **state)
{
    uint64_t digests[RECORDED];

    (void)state;
    for (size_t i = 0; i < RECORDED; i++) {
        struct bytes bytes = bytes_hex(recorded[i]);

        digests[i] = digest_of(&bytes);
        assert_true(digest_of(&bytes) == digests[i]);
        bytes.at[7] ^= 1; /* the community */
        assert_true(digest_of(&bytes) != digests[i]);
        bytes.at[7] ^= 1;
        if (i < 2 || i > 3) {
            bytes.at[21] ^= 1; /* the request-id */
            assert_true(digest_of(&bytes) != digests[i]);
        }
        free(bytes.at);
        for (size_t j = 0; j < i; j++)
            assert_true(digests[i] != digests[j]);
    }
}

/* Whatever is changed, nothing is read outside, and what is pointed out lies inside. */
static void every_bit_may_be_flipped_and_every_end_cut_off(void **state)
{
    (void)state;
    for (size_t i = 0; i < RECORDED; i++) {
        struct bytes whole = bytes_hex(recorded[i]);
        struct trap trap;

        for (size_t bit = 0; bit < whole.count * 8; bit++) {
            whole.at[bit / 8] ^= (uint8_t)(1U << bit % 8);
            if (trap_read(whole.at, whole.count, &trap) == TRAP_OK) {
                assert_true(trap.community >= whole.at);
                assert_true(trap.pdu == trap.community + trap.community_bytes);
                assert_true(trap.pdu + trap.pdu_bytes == whole.at + whole.count);
            }
            whole.at[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        for (size_t count = 0; count < whole.count; count++) {
            struct bytes cut = bytes_copy(whole.at, count);

            assert_int_equal(trap_read(cut.at, cut.count, &trap), TRAP_MALFORMED);
            free(cut.at);
        }
        free(whole.at);
    }
}

static void other_names_are_of_another_kind(void **state)
{
    static const char *const others[] = {"1.3.6.1.6.3.1.1.5",   "1.3.6.1.6.3.1.1.5.0",
                                         "1.3.6.1.6.3.1.1.5.6", "1.3.6.1.6.3.1.1.5.3.1",
                                         "1.3.6.1.4.1.318.0.6", "1.3.6.1.4.1.14988.1"};
    struct oid oid;

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_true(oid_read(others[i], &oid));
        assert_int_equal(trap_kind_of(&oid), TRAP_OTHER);
    }
    assert_int_equal(trap_kind_of(&(struct oid){0}), TRAP_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_traps_are_what_they_say),
        cmocka_unit_test(a_strangers_question_says_nothing_of_the_sender),
        cmocka_unit_test(only_an_inform_waits_for_a_response),
        cmocka_unit_test(the_agent_of_a_v1_trap_is_read),
        cmocka_unit_test(a_v1_trap_must_be_whole),
        cmocka_unit_test(what_is_no_trap_is_told_apart),
        cmocka_unit_test(a_trap_of_the_other_version_is_none),
        cmocka_unit_test(a_v2c_trap_without_a_name_is_malformed),
        cmocka_unit_test(the_response_to_an_inform_is_the_inform_as_a_response),
        cmocka_unit_test(an_inform_with_an_error_is_malformed),
        cmocka_unit_test(another_trap_has_another_digest_and_a_copy_the_same),
        cmocka_unit_test(every_bit_may_be_flipped_and_every_end_cut_off),
        cmocka_unit_test(other_names_are_of_another_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
