/* SPDX-License-Identifier: ISC */
/* Informs of SNMPv3: is it to us, whose is it, is it of now, and what is its sender replied? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "probes/usm_inform.h"
#include "tests/unit/bytes.h"
#include "tests/unit/trap_vectors.h"
#include "tests/unit/v3_messages.h"
#include "tests/unit/v3_user.h"

static struct usm *usm;
static struct usm_user *user;
static struct trap_engine own;
static struct trap_reply reply;
static struct ber_v3 sent;

/* The recorded informs are to this engine, at that time. */
static int begin(void **state)
{
    struct bytes engine = bytes_hex(V3_ENGINE);

    (void)state;
    usm = usm_new();
    own = (struct trap_engine){.bytes = (uint8_t)engine.count, .boots = 1, .time_s = 376};
    memcpy(own.at, engine.at, engine.count);
    free(engine.at);
    return 0;
}

static int end(void **state)
{
    (void)state;
    usm_free(usm);
    return 0;
}

static void use(const char *secret)
{
    user = v3_user(usm, secret);
}

static enum trap_proof take_bytes(struct bytes bytes, struct trap *trap)
{
    struct bytes copy = bytes_copy(bytes.at, bytes.count);
    struct ber_v3 message;
    struct usm_said said;
    enum trap_proof proof;

    assert_int_equal(ber_v3_check(bytes.at, bytes.count, &sent), BER_OK);
    assert_int_equal(ber_v3_check(copy.at, copy.count, &message), BER_OK);
    proof = usm_take_inform(usm, user, &own, &message, copy.at, copy.count, &said, &reply);
    if (proof == TRAP_PROOF_TRUE)
        assert_true(trap_read_list(said.list, trap));
    free(copy.at);
    return proof;
}

static enum trap_proof take(const char *hex)
{
    struct bytes bytes = bytes_hex(hex);
    struct trap trap;
    bool waits;
    enum trap_proof proof;

    assert_int_equal(trap_v3_form(bytes.at, bytes.count, &waits), TRAP_OK);
    assert_true(waits);
    proof = take_bytes(bytes, &trap);
    if (proof == TRAP_PROOF_TRUE) {
        assert_int_equal(trap.kind, TRAP_LINK_DOWN);
        assert_int_equal(trap.uptime_ticks, 12345);
    }
    if (reply.count > 0)
        assert_true(reply.count <= USM_REPORT_TIMES * bytes.count);
    free(bytes.at);
    return proof;
}

/* Of our engine and clock, about that message; signed or not. */
static void reply_reports(enum usm_report what, bool is_signed, int32_t msg_id)
{
    struct ber_v3 back;

    assert_true(reply.report);
    assert_int_equal(ber_v3_check(reply.bytes, reply.count, &back), BER_OK);
    assert_int_equal(back.msg_id, msg_id);
    assert_int_equal(back.flags, is_signed ? BER_V3_AUTH : 0);
    assert_int_equal(back.plain.pdu, BER_PDU_REPORT);
    assert_int_equal(usm_report_read(back.plain.list), what);
    assert_int_equal(back.engine.bytes, own.bytes);
    assert_memory_equal(back.engine.at, own.at, own.bytes);
    assert_int_equal(back.boots, own.boots);
    assert_int_equal(back.time_s, own.time_s);
}

static void an_inform_of_each_level_is_true_and_has_a_response(void **state)
{
    static const char *const users[] = {OPEN, AUTH, PRIV};
    static const char *const informs[] = {INFORM_V3_OPEN, INFORM_V3_AUTH, INFORM_V3_PRIV};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct ber_v3 back;

        use(users[i]);
        assert_int_equal(take(informs[i]), TRAP_PROOF_TRUE);
        assert_false(reply.report);
        assert_int_equal(ber_v3_check(reply.bytes, reply.count, &back), BER_OK);
        assert_int_equal(back.flags, sent.flags & (BER_V3_AUTH | BER_V3_PRIV));
        assert_int_equal(back.msg_id, sent.msg_id);
        assert_int_equal(back.encrypted.bytes > 0, i == 2);
        if (i == 2)
            continue;
        assert_int_equal(back.plain.pdu, BER_PDU_RESPONSE);
        assert_int_equal(back.plain.request_id, sent.plain.request_id);
        assert_int_equal(back.plain.error_status, 0);
        assert_int_equal(back.plain.varbinds, sent.plain.varbinds);
    }
}

/* A response is signed and sealed by the keys of who asked: read as the sender does. */
static void a_response_is_believed_by_its_sender(void **state)
{
    struct usm_agent agent = {0};
    struct usm_reply answer;
    struct ber_v3 back;

    (void)state;
    use(PRIV);
    assert_int_equal(take(INFORM_V3_PRIV), TRAP_PROOF_TRUE);
    assert_int_equal(ber_v3_check(reply.bytes, reply.count, &back), BER_OK);
    usm_agent_meet(&agent, own.at, own.bytes);
    usm_agent_clock(&agent, 1, 376, (struct mono){US_PER_S});
    /* net-snmp numbers a message and its request apart; ours are alike, so that is all we miss */
    assert_int_equal(usm_judge(usm, user, &agent, (struct mono){US_PER_S}, &back, reply.bytes,
                               reply.count, &answer),
                     USM_OTHER_REQUEST);
    assert_true(answer.authentic);
    assert_int_equal(answer.error_status, 0);
    assert_int_equal(answer.varbinds, 2);
    usm_agent_wipe(&agent);
}

static void who_asks_for_our_name_is_told_it_with_the_time(void **state)
{
    (void)state;
    use(PRIV);
    assert_int_equal(take(V3_DISCOVER), TRAP_PROOF_ENGINE);
    reply_reports(USM_REPORT_ENGINE, false, 0x11223344);
    own.at[own.bytes - 1] ^= 1; /* or who has another one in mind */
    assert_int_equal(take(INFORM_V3_PRIV), TRAP_PROOF_ENGINE);
    reply_reports(USM_REPORT_ENGINE, false, sent.msg_id);
}

static void what_is_wrong_is_reported(void **state)
{
    (void)state;
    use("v3 user=lain level=authNoPriv auth=SHA:sandi-auth-1");
    assert_int_equal(take(INFORM_V3_AUTH), TRAP_PROOF_USER);
    reply_reports(USM_REPORT_USER, false, sent.msg_id);
    use("v3 user=authsha level=authPriv auth=SHA:sandi-auth-1 priv=AES:sandi-priv-1");
    assert_int_equal(take(INFORM_V3_AUTH), TRAP_PROOF_LEVEL);
    reply_reports(USM_REPORT_LEVEL, false, sent.msg_id);
    use("v3 user=noauth level=authNoPriv auth=SHA:sandi-auth-1");
    assert_int_equal(take(INFORM_V3_OPEN), TRAP_PROOF_LEVEL);
    reply_reports(USM_REPORT_LEVEL, false, sent.msg_id);
    use("v3 user=authsha level=authNoPriv auth=SHA:sandi-salah");
    assert_int_equal(take(INFORM_V3_AUTH), TRAP_PROOF_KEY);
    reply_reports(USM_REPORT_DIGEST, false, sent.msg_id);
    use("v3 user=privsha level=authPriv auth=SHA:sandi-auth-1 priv=AES:sandi-salah");
    assert_int_equal(take(INFORM_V3_PRIV), TRAP_PROOF_KEY);
    reply_reports(USM_REPORT_CIPHER, true, sent.msg_id);
}

/* It says boots 1, time 376; both ways count, because the clock is ours. */
static void an_inform_is_of_now(void **state)
{
    static const struct {
        uint32_t boots, time_s;
        enum trap_proof proof;
    } cases[] = {
        {1, 376, TRAP_PROOF_TRUE}, {1, 526, TRAP_PROOF_TRUE}, {1, 527, TRAP_PROOF_TIME},
        {1, 226, TRAP_PROOF_TRUE}, {1, 225, TRAP_PROOF_TIME}, {2, 376, TRAP_PROOF_TIME},
    };

    (void)state;
    use(AUTH);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        own.boots = cases[i].boots;
        own.time_s = cases[i].time_s;
        if (take(INFORM_V3_AUTH) != cases[i].proof)
            fail_msg("boots %u time %u", own.boots, own.time_s);
        if (cases[i].proof == TRAP_PROOF_TIME)
            reply_reports(USM_REPORT_TIME, true, sent.msg_id);
    }
}

/* Each bit of an authentic inform: none may be changed. */
static void an_inform_that_was_changed_is_not_true(void **state)
{
    struct bytes whole = bytes_hex(INFORM_V3_PRIV);

    (void)state;
    use(PRIV);
    for (size_t i = 0; i < whole.count * 8; i++) {
        struct ber_v3 message;
        struct trap trap;

        whole.at[i / 8] ^= (uint8_t)(1 << i % 8);
        if (ber_v3_check(whole.at, whole.count, &message) == BER_OK)
            assert_int_not_equal(take_bytes(whole, &trap), TRAP_PROOF_TRUE);
        whole.at[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    free(whole.at);
    assert_int_equal(take(INFORM_V3_PRIV), TRAP_PROOF_TRUE);
}

/* Two engines that report to each other would never end. */
static void a_report_is_for_who_may_have_one(void **state)
{
    struct bytes bytes = bytes_hex(INFORM_V3_OPEN), told = bytes_hex(V3_IDENTITY);
    struct ber_v3 message;
    struct trap trap;
    bool waits;

    (void)state;
    use(AUTH);
    assert_int_equal(take_bytes(bytes, &trap), TRAP_PROOF_USER);
    assert_true(reply.count > 0);
    assert_int_equal(ber_v3_check(bytes.at, bytes.count, &message), BER_OK);
    for (size_t i = 0; i + 3 < bytes.count; i++)
        if (memcmp(bytes.at + i, "\x04\x01\x04\x02", 4) == 0)
            bytes.at[i + 2] = 0; /* msgFlags */
    assert_int_equal(take_bytes(bytes, &trap), TRAP_PROOF_USER);
    assert_int_equal(sent.flags, 0);
    assert_int_equal(reply.count, 0);
    assert_int_equal(trap_v3_form(told.at, told.count, &waits), TRAP_NO_TRAP);
    free(bytes.at);
    free(told.at);
}

/* However true: a question is no inform, and has no answer here. */
static void a_request_to_us_is_answered_nothing(void **state)
{
    (void)state;
    use(PRIV);
    assert_int_equal(take(V3_PRIV_REQUEST), TRAP_PROOF_NO_TRAP);
    assert_int_equal(reply.count, 0);
}

#define T(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(an_inform_of_each_level_is_true_and_has_a_response),
        T(a_response_is_believed_by_its_sender),
        T(who_asks_for_our_name_is_told_it_with_the_time),
        T(what_is_wrong_is_reported),
        T(an_inform_is_of_now),
        T(an_inform_that_was_changed_is_not_true),
        T(a_report_is_for_who_may_have_one),
        T(a_request_to_us_is_answered_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
