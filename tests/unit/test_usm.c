/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "probes/usm.h"
#include "tests/unit/bytes.h"
#include "tests/unit/v3_messages.h"
#include "tests/unit/v3_user.h"

#define ID 0x11223346

static struct usm *usm;
static struct usm_agent agent;
static struct usm_user *user;
static struct usm_reply reply;
static struct ber_v3 message;
static const struct mono now = {1000 * US_PER_S};

static int begin(void **state)
{
    (void)state;
    usm = usm_new();
    agent = (struct usm_agent){0};
    return 0;
}

static int end(void **state)
{
    (void)state;
    usm_free(usm);
    return 0;
}

static struct usm_user *use(const char *secret)
{
    user = v3_user(usm, secret);
    return user;
}

static void meet(const char *engine_hex)
{
    struct bytes engine = bytes_hex(engine_hex);

    usm_agent_meet(&agent, engine.at, engine.count);
    free(engine.at);
}

/* As after a conversation with the agent of the recordings. */
static void meet_recorded(const char *secret)
{
    use(secret);
    meet(V3_ENGINE);
    usm_agent_clock(&agent, 1, 370, now);
}

static enum usm_verdict judge_bytes(struct bytes bytes)
{
    assert_int_equal(ber_v3_check(bytes.at, bytes.count, &message), BER_OK);
    return usm_judge(usm, user, &agent, now, &message, bytes.at, bytes.count, &reply);
}

static enum usm_verdict judge(const char *hex)
{
    static struct bytes bytes; /* the reply's list may point at them */

    free(bytes.at);
    bytes = bytes_hex(hex);
    return judge_bytes(bytes);
}

/* RFC 3414 A.3.1 and A.3.2, RFC 3826 does it alike */
static void keys_are_those_of_the_standard(void **state)
{
    struct bytes md5 = bytes_hex("526f5eed9fcce26f8964c2930787d82b");
    struct bytes sha = bytes_hex("6695febc9288e36282235fc7151f128497b38f3f");

    (void)state;
    use("v3 user=u level=authNoPriv auth=MD5:maplesyrup");
    meet("000000000000000000000002");
    assert_true(usm_agent_key(&agent, user));
    assert_int_equal(agent.auth_bytes, md5.count);
    assert_memory_equal(agent.auth_key, md5.at, md5.count);
    use("v3 user=u level=authPriv auth=SHA:maplesyrup priv=AES:maplesyrup");
    assert_true(usm_agent_key(&agent, user)); /* made anew: the words are others */
    assert_int_equal(agent.auth_bytes, sha.count);
    assert_memory_equal(agent.auth_key, sha.at, sha.count);
    assert_int_equal(agent.priv_bytes, 16);
    assert_memory_equal(agent.priv_key, sha.at, 16);
    free(md5.at);
    free(sha.at);
}

static enum usm_user_state state_of(uint32_t credential)
{
    return usm_user_state(usm_keys_find(usm_keys(usm), credential));
}

static void a_key_is_derived_once_and_one_at_a_time(void **state)
{
    struct usm_words words;
    struct err err;
    struct usm_keys *keys = usm_keys(usm);

    (void)state;
    assert_true(usm_words_read(PRIV, &words, &err));
    usm_keys_begin(keys);
    usm_keys_user(keys, 1, &words);
    usm_keys_user(keys, 2, &words);
    usm_keys_commit(keys);
    assert_int_equal(state_of(1), USM_USER_WAITS);
    assert_true(usm_keys_work(keys));
    assert_int_equal(state_of(1), USM_USER_WAITS);
    assert_false(usm_keys_work(keys)); /* two passphrases, and the second name is the same user */
    assert_int_equal(state_of(1), USM_USER_READY);
    assert_int_equal(state_of(2), USM_USER_READY);

    /* the next plan counts its credentials anew */
    usm_keys_begin(keys);
    usm_keys_user(keys, 3, &words);
    usm_keys_commit(keys);
    assert_null(usm_keys_find(keys, 1));
    assert_int_equal(state_of(3), USM_USER_READY);

    words.auth_pass[0] = 'x';
    usm_keys_begin(keys);
    usm_keys_user(keys, 3, &words);
    usm_keys_commit(keys);
    assert_int_equal(state_of(3), USM_USER_WAITS);
}

static void a_clock_goes_on_from_when_it_was_heard(void **state)
{
    (void)state;
    meet(V3_ENGINE);
    assert_int_equal(usm_agent_time_s(&agent, now), 0);
    usm_agent_clock(&agent, 3, 100, now);
    assert_int_equal(usm_agent_time_s(&agent, mono_add_ms(now, 59999)), 159);
    usm_agent_clock(&agent, 3, INT32_MAX - 1, now);
    assert_int_equal(usm_agent_time_s(&agent, mono_add_ms(now, 59999)), INT32_MAX);
}

static void the_first_message_asks_for_the_engine_alone(void **state)
{
    uint8_t out[USM_MESSAGE_MAX];
    size_t count = usm_discover(usm, ID, out);

    (void)state;
    assert_int_equal(ber_v3_check(out, count, &message), BER_OK);
    assert_int_equal(message.msg_id, ID);
    assert_int_equal(message.flags, BER_V3_REPORTABLE);
    assert_int_equal(message.engine.bytes, 0);
    assert_int_equal(message.user.bytes, 0);
    assert_int_equal(message.plain.pdu, BER_PDU_GET);
    assert_int_equal(message.plain.request_id, ID);
    assert_int_equal(message.plain.varbinds, 0);
}

static size_t ask(enum question_kind kind, uint8_t out[USM_MESSAGE_MAX])
{
    struct question question = {.kind = kind, .max_repetitions = 10, .count = 2};

    assert_true(oid_read("1.3.6.1.2.1.1.3.0", &question.oids[0]));
    assert_true(oid_read("2.999.4294967295", &question.oids[1]));
    return usm_request(usm, user, &agent, now, ID, &question, out);
}

static void a_request_has_the_level_the_engine_and_the_clock(void **state)
{
    static const uint8_t second[] = {0x88, 0x37, 0x8f, 0xff, 0xff, 0xff, 0x7f};
    uint8_t out[USM_MESSAGE_MAX];
    struct ber_varbind varbind;
    size_t count;

    (void)state;
    meet_recorded(AUTH);
    count = ask(QUESTION_GET, out);
    assert_int_equal(ber_v3_check(out, count, &message), BER_OK);
    assert_int_equal(message.flags, BER_V3_AUTH | BER_V3_REPORTABLE);
    assert_int_equal(message.boots, 1);
    assert_int_equal(message.time_s, 370);
    assert_int_equal(message.msg_id, ID);
    assert_int_equal(message.plain.request_id, ID);
    assert_int_equal(message.plain.varbinds, 2);
    assert_true(ber_next(&message.plain.list, &varbind));
    assert_true(ber_next(&message.plain.list, &varbind));
    assert_int_equal(varbind.name_bytes, sizeof second);
    assert_memory_equal(varbind.name, second, sizeof second);

    count = ask(QUESTION_GETBULK, out);
    assert_int_equal(ber_v3_check(out, count, &message), BER_OK);
    assert_int_equal(message.plain.pdu, 0xa5);
    assert_int_equal(message.plain.error_status, 0); /* non-repeaters */
    assert_int_equal(message.plain.error_index, 10); /* max-repetitions */
    count = ask(QUESTION_GETNEXT, out);
    assert_int_equal(ber_v3_check(out, count, &message), BER_OK);
    assert_int_equal(message.plain.pdu, 0xa1);

    meet_recorded(PRIV);
    count = ask(QUESTION_GET, out);
    assert_int_equal(ber_v3_check(out, count, &message), BER_OK);
    assert_int_equal(message.flags, BER_V3_AUTH | BER_V3_PRIV | BER_V3_REPORTABLE);
}

/* Two messages that are sealed alike would tell what is in them. */
static void no_two_requests_look_the_same(void **state)
{
    uint8_t one[USM_MESSAGE_MAX], two[USM_MESSAGE_MAX];
    size_t one_bytes, two_bytes;

    (void)state;
    meet_recorded(PRIV);
    one_bytes = ask(QUESTION_GET, one);
    two_bytes = ask(QUESTION_GET, two);
    assert_int_equal(one_bytes, two_bytes);
    assert_memory_not_equal(one, two, one_bytes);
}

static void the_engine_says_who_it_is_to_anybody(void **state)
{
    (void)state;
    use(PRIV);
    assert_int_equal(judge(V3_IDENTITY), USM_REPORTED);
    assert_int_equal(reply.report, USM_REPORT_ENGINE);
    assert_false(reply.authentic);
}

static void a_signed_report_sets_the_clock(void **state)
{
    (void)state;
    use(PRIV);
    meet(V3_ENGINE);
    assert_int_equal(judge(V3_NOT_IN_TIME), USM_REPORTED);
    assert_int_equal(reply.report, USM_REPORT_TIME);
    assert_true(reply.authentic);
    assert_int_equal(agent.boots, 1);
    assert_int_equal(usm_agent_time_s(&agent, now), 376);
    /* back too: a device that lost its memory begins with its first boot again */
    usm_agent_clock(&agent, 90, 5, now);
    assert_int_equal(judge(V3_NOT_IN_TIME), USM_REPORTED);
    assert_int_equal(agent.boots, 1);
}

static void a_report_that_somebody_else_signed_sets_nothing(void **state)
{
    (void)state;
    use("v3 user=privsha level=authPriv auth=SHA:sandi-auth-2 priv=AES:sandi-priv-1");
    meet(V3_ENGINE);
    assert_int_equal(judge(V3_NOT_IN_TIME), USM_NOT_AUTHENTIC);
    assert_int_equal(agent.boots, 0);
}

static int64_t number_of(struct ber_varbind varbind)
{
    int64_t number = 0;

    for (size_t i = 0; i < varbind.value_bytes; i++)
        number = number << 8 | varbind.value[i];
    return number;
}

static void answers_of_every_level_are_read(void **state)
{
    static const struct {
        const char *secret, *answer;
        int64_t uptime, engine_time;
        bool authentic;
    } cases[] = {
        {PRIV, V3_PRIV_ANSWER, 37650, 376, true},
        {AUTH, V3_AUTH_ANSWER, 37656, 377, true},
        {OPEN, V3_OPEN_ANSWER, 37661, 377, false},
        {"v3 user=md5des level=authPriv auth=MD5:sandi-auth-1 priv=DES:sandi-priv-1", V3_DES_ANSWER,
         37666, 377, true},
        {"v3 user=sha512 level=authPriv auth=SHA-512:sandi-auth-1 priv=AES-256:sandi-priv-1",
         V3_SHA512_ANSWER, 37672, 377, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ber_varbind varbind;

        meet_recorded(cases[i].secret);
        assert_int_equal(judge(cases[i].answer), USM_ANSWER);
        assert_int_equal(reply.authentic, cases[i].authentic);
        assert_int_equal(reply.error_status, 0);
        assert_int_equal(reply.varbinds, 2);
        assert_true(ber_next(&reply.list, &varbind));
        assert_int_equal(varbind.tag, BER_TICKS);
        assert_in_range(number_of(varbind), cases[i].uptime - 10, cases[i].uptime + 10);
        assert_true(ber_next(&reply.list, &varbind));
        assert_int_equal(varbind.tag, BER_INTEGER);
        assert_int_equal(number_of(varbind), cases[i].engine_time);
        assert_false(ber_next(&reply.list, &varbind));
        if (cases[i].authentic)
            assert_int_equal(usm_agent_time_s(&agent, now), cases[i].engine_time);
    }
}

static void nothing_but_the_engine_with_our_key_is_believed(void **state)
{
    struct bytes bytes = bytes_hex(V3_AUTH_ANSWER);
    struct usm_agent before;

    (void)state;
    meet_recorded(AUTH);
    before = agent;
    for (size_t bit = 0; bit < bytes.count * 8; bit++) {
        struct bytes copy;

        bytes.at[bit / 8] ^= (uint8_t)(1U << bit % 8);
        copy = bytes_copy(bytes.at, bytes.count);
        if (ber_v3_check(copy.at, copy.count, &message) == BER_OK)
            assert_int_not_equal(
                usm_judge(usm, user, &agent, now, &message, copy.at, copy.count, &reply),
                USM_ANSWER);
        free(copy.at);
        bytes.at[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    assert_int_equal(agent.boots, before.boots);
    assert_int_equal(agent.time_s, before.time_s);
    assert_int_equal(judge_bytes(bytes), USM_ANSWER);
    free(bytes.at);
}

static void a_lower_level_than_asked_is_no_answer(void **state)
{
    struct bytes bytes;

    (void)state;
    meet_recorded("v3 user=noauth level=authNoPriv auth=SHA:sandi-auth-1");
    assert_int_equal(judge(V3_OPEN_ANSWER), USM_LOWER_LEVEL);
    meet_recorded("v3 user=authsha level=authPriv auth=SHA:sandi-auth-1 priv=AES:sandi-priv-1");
    assert_int_equal(judge(V3_AUTH_ANSWER), USM_LOWER_LEVEL);
    meet_recorded(OPEN); /* and a higher one than asked cannot be read */
    assert_int_equal(judge(V3_AUTH_ANSWER), USM_OTHER_USER);
    /* signed: the flag taken away */
    meet_recorded(AUTH);
    bytes = bytes_hex(V3_AUTH_ANSWER);
    assert_int_equal(bytes.at[21], BER_V3_AUTH);
    bytes.at[21] = 0;
    assert_int_equal(judge_bytes(bytes), USM_LOWER_LEVEL);
    free(bytes.at);
}

static void another_engine_or_user_is_no_answer(void **state)
{
    (void)state;
    meet_recorded(AUTH);
    meet("80001f8880e0afb36b0b51056b00000001");
    assert_int_equal(judge(V3_AUTH_ANSWER), USM_OTHER_ENGINE);
    meet_recorded(AUTH);
    assert_int_equal(judge(V3_PRIV_ANSWER), USM_OTHER_USER);
}

/* RFC 3414 §3.2 (7): 150 s, and never an older boot */
static void an_answer_out_of_the_time_window_is_none(void **state)
{
    static const struct {
        uint32_t boots, time_s;
        enum usm_verdict verdict;
    } cases[] = {
        {1, 377, USM_ANSWER},
        {1, 0, USM_ANSWER},
        {0, 99999, USM_ANSWER},
        {1, 377 + 150, USM_ANSWER},
        {1, 377 + 151, USM_NOT_AUTHENTIC},
        {2, 0, USM_NOT_AUTHENTIC},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        meet_recorded(AUTH);
        usm_agent_clock(&agent, cases[i].boots, cases[i].time_s, now);
        if (judge(V3_AUTH_ANSWER) != cases[i].verdict)
            fail_msg("boots %u time %u", cases[i].boots, cases[i].time_s);
    }
}

static void what_is_asked_of_us_is_no_answer(void **state)
{
    (void)state;
    meet_recorded(OPEN);
    assert_int_equal(judge(V3_DISCOVER), USM_OTHER_PDU);
    meet_recorded(PRIV);
    assert_int_equal(judge(V3_PRIV_REQUEST), USM_OTHER_PDU);
}

#define T(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(keys_are_those_of_the_standard),
        T(a_key_is_derived_once_and_one_at_a_time),
        T(a_clock_goes_on_from_when_it_was_heard),
        T(the_first_message_asks_for_the_engine_alone),
        T(a_request_has_the_level_the_engine_and_the_clock),
        T(no_two_requests_look_the_same),
        T(the_engine_says_who_it_is_to_anybody),
        T(a_signed_report_sets_the_clock),
        T(a_report_that_somebody_else_signed_sets_nothing),
        T(answers_of_every_level_are_read),
        T(nothing_but_the_engine_with_our_key_is_believed),
        T(a_lower_level_than_asked_is_no_answer),
        T(another_engine_or_user_is_no_answer),
        T(an_answer_out_of_the_time_window_is_none),
        T(what_is_asked_of_us_is_no_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
