/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "probes/codec.h"
#include "probes/heartbeat.h"
#include "tests/unit/bytes.h"

static struct codec *codec;
static enum plan_snmp snmp;
static struct credential credential;

/* What an answer says of a heartbeat. */
struct reply {
    int32_t error_status;
    uint32_t dropped;
    struct device_vitals vitals;
};

static struct codec_asked heartbeat_asked(uint32_t objects)
{
    return (struct codec_asked){snmp, &credential, heartbeat_question(objects), RECORDED_ID};
}

static int begin(void **state)
{
    (void)state;
    codec = codec_new();
    snmp = PLAN_SNMP_V2C;
    credential = (struct credential){.id = 1, .kind = CREDENTIAL_COMMUNITY, .community = "public"};
    return 0;
}

static int end(void **state)
{
    (void)state;
    codec_free(codec);
    return 0;
}

static enum codec_verdict judge_bytes(struct bytes bytes, uint32_t objects, struct reply *reply)
{
    struct codec_asked asked = heartbeat_asked(objects);
    struct heartbeat heartbeat;
    struct ber_message message;
    enum codec_verdict verdict;

    if (ber_check(bytes.at, bytes.count, &message) != BER_OK)
        return CODEC_MALFORMED;
    verdict = judge_reply(&asked, &message);
    if (verdict != CODEC_ANSWER)
        return verdict;
    heartbeat = heartbeat_read(snmp, asked.question, message.error_status, message.error_index,
                               message.list);
    *reply = (struct reply){message.error_status, heartbeat.dropped, heartbeat.vitals};
    return verdict;
}

static enum codec_verdict judge(const char *hex, struct reply *reply)
{
    struct bytes bytes = bytes_hex(hex);
    enum codec_verdict verdict = judge_bytes(bytes, PLAN_OBJECTS_ALL, reply);

    free(bytes.at);
    return verdict;
}

static void a_heartbeat_asks_for_both_clocks_of_the_agent(void **state)
{
    struct codec_asked asked = heartbeat_asked(PLAN_OBJECTS_ALL);
    struct bytes want = bytes_hex(V2C_REQUEST);
    uint8_t out[CODEC_REQUEST_MAX];

    (void)state;
    assert_int_equal(codec_request(codec, &asked, out), want.count);
    assert_memory_equal(out, want.at, want.count);
    want.at[4] = 0; /* the version */
    asked.snmp = PLAN_SNMP_V1;
    assert_int_equal(codec_request(codec, &asked, out), want.count);
    assert_memory_equal(out, want.at, want.count);
    free(want.at);
}

static void a_dropped_object_is_not_asked_for(void **state)
{
    struct codec_asked asked = heartbeat_asked(PLAN_OBJECT_UPTIME);
    uint8_t out[CODEC_REQUEST_MAX];
    struct ber_message message;
    size_t count = codec_request(codec, &asked, out);

    (void)state;
    assert_int_equal(ber_check(out, count, &message), BER_OK);
    assert_int_equal(message.varbinds, 1);
}

static void any_community_fits_and_any_id(void **state)
{
    static const int32_t ids[] = {CODEC_ID_LEAST, 0x1a2b3c4d, 0x7f000000, INT32_MAX};
    uint8_t out[CODEC_REQUEST_MAX];

    (void)state;
    for (size_t bytes = 0; bytes < CREDENTIAL_COMMUNITY_MAX; bytes++) {
        struct codec_asked asked = heartbeat_asked(PLAN_OBJECTS_ALL);
        struct ber_message message;

        asked.request_id = ids[bytes % 4];
        credential.id = (uint32_t)bytes + 1;
        memset(credential.community, 0, sizeof credential.community);
        memset(credential.community, 'k', bytes);
        assert_int_equal(ber_check(out, codec_request(codec, &asked, out), &message), BER_OK);
        assert_int_equal(message.request_id, asked.request_id);
        assert_int_equal(message.community_bytes, bytes);
    }
}

static void a_question_that_is_asked_again_differs_in_its_id_alone(void **state)
{
    struct codec_asked asked = heartbeat_asked(PLAN_OBJECTS_ALL);
    uint8_t first[CODEC_REQUEST_MAX], again[CODEC_REQUEST_MAX];
    size_t count = codec_request(codec, &asked, first);
    struct ber_message message;

    (void)state;
    asked.request_id = 0x7e01ff80;
    assert_int_equal(codec_request(codec, &asked, again), count);
    assert_int_equal(ber_check(again, count, &message), BER_OK);
    assert_int_equal(message.request_id, 0x7e01ff80);
    asked.request_id = RECORDED_ID;
    assert_int_equal(codec_request(codec, &asked, again), count);
    assert_memory_equal(again, first, count);
}

/* A new plan may give another community the number of an old one. */
static void what_was_kept_is_forgotten_with_its_plan(void **state)
{
    struct codec_asked asked = heartbeat_asked(PLAN_OBJECTS_ALL);
    uint8_t out[CODEC_REQUEST_MAX];
    struct ber_message message;

    (void)state;
    codec_request(codec, &asked, out);
    memcpy(credential.community, "secret", 7);
    codec_forget(codec);
    assert_int_equal(ber_check(out, codec_request(codec, &asked, out), &message), BER_OK);
    assert_memory_equal(message.community, "secret", 6);
}

static void walks_are_built_as_they_are_asked(void **state)
{
    struct question question = {.kind = QUESTION_GETBULK, .max_repetitions = 17, .count = 2};
    struct codec_asked asked = {PLAN_SNMP_V2C, &credential, &question, RECORDED_ID};
    uint8_t out[CODEC_REQUEST_MAX];
    struct ber_message message;

    (void)state;
    assert_true(oid_read("1.3.6.1.2.1.2.2.1.2", &question.oids[0]));
    assert_true(oid_read("2.999.4294967295", &question.oids[1]));
    assert_int_equal(ber_check(out, codec_request(codec, &asked, out), &message), BER_OK);
    assert_int_equal(message.pdu, 0xa5);
    assert_int_equal(message.error_status, 0); /* non-repeaters */
    assert_int_equal(message.error_index, 17); /* max-repetitions */
    for (size_t i = 0; i < 2; i++) {
        struct ber_varbind varbind;

        assert_true(ber_next(&message.list, &varbind));
        assert_true(oid_equal(&question.oids[i], varbind.name, varbind.name_bytes));
    }
    question.kind = QUESTION_GETNEXT;
    assert_int_equal(ber_check(out, codec_request(codec, &asked, out), &message), BER_OK);
    assert_int_equal(message.pdu, 0xa1);
}

static void the_answer_tells_both_clocks(void **state)
{
    struct reply reply;

    (void)state;
    assert_int_equal(judge(V2C_REPLY, &reply), CODEC_ANSWER);
    assert_int_equal(reply.vitals.uptime_ticks, 131);
    assert_int_equal(reply.vitals.engine_time_s, 1);
    assert_int_equal(reply.error_status, 0);
    snmp = PLAN_SNMP_V1;
    assert_int_equal(judge(V1_REPLY, &reply), CODEC_ANSWER);
    assert_int_equal(reply.vitals.uptime_ticks, 131);
}

static void every_mark_of_a_reply_is_looked_at(void **state)
{
    struct reply reply;
    struct bytes bytes = bytes_hex(V2C_REPLY);

    (void)state;
    assert_int_equal(judge(V1_REPLY, &reply), CODEC_WRONG_VERSION);
    assert_int_equal(judge(V2C_REQUEST, &reply), CODEC_WRONG_REQUEST); /* not a response */
    assert_int_equal(judge(V2C_NO_SUCH_OBJECT, &reply), CODEC_WRONG_OBJECTS);
    assert_int_equal(judge(V2C_GETNEXT_REPLY, &reply), CODEC_WRONG_OBJECTS);
    assert_int_equal(judge_bytes(bytes, PLAN_OBJECT_UPTIME, &reply), CODEC_WRONG_OBJECTS);
    assert_int_equal(judge_bytes(bytes, PLAN_OBJECT_ENGINE_TIME, &reply), CODEC_WRONG_OBJECTS);
    bytes.at[18] ^= 1; /* inside the request-id */
    assert_int_equal(judge_bytes(bytes, PLAN_OBJECTS_ALL, &reply), CODEC_WRONG_REQUEST);
    free(bytes.at);
}

static void a_community_differs_by_letter_by_length_and_by_case(void **state)
{
    static const char *const others[] = {"", "publi", "publib", "public1", "Public", "private"};
    struct reply reply;

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        memset(credential.community, 0, sizeof credential.community);
        memcpy(credential.community, others[i], strlen(others[i]));
        assert_int_equal(judge(V2C_REPLY, &reply), CODEC_WRONG_COMMUNITY);
    }
}

static void an_error_is_an_answer_and_names_what_is_missing(void **state)
{
    struct reply reply;

    (void)state;
    snmp = PLAN_SNMP_V1;
    assert_int_equal(judge(V1_NO_SUCH_NAME, &reply), CODEC_ANSWER);
    assert_int_equal(reply.error_status, 2);
    assert_int_equal(reply.dropped, PLAN_OBJECT_ENGINE_TIME);
    assert_int_equal(reply.vitals.uptime_ticks, -1);
}

/* tooBig comes with an empty list [RFC 3416 §4.2.1], genErr with whatever the agent likes. */
static void a_v2c_error_drops_nothing_whatever_its_list(void **state)
{
    struct reply reply;

    (void)state;
    assert_int_equal(judge("301b02010104067075626c6963a20e02041a2b3c4d0201010201003000", &reply),
                     CODEC_ANSWER);
    assert_int_equal(reply.error_status, 1);
    assert_int_equal(reply.dropped, 0);
    assert_int_equal(judge("301b02010104067075626c6963a20e02041a2b3c4d0201020201013000", &reply),
                     CODEC_ANSWER);
    assert_int_equal(reply.dropped, 0);
}

static void an_error_index_out_of_range_drops_nothing(void **state)
{
    static const char *const messages[] = {
        "301b02010004067075626c6963a20e02041a2b3c4d0201020201003000",
        "301b02010004067075626c6963a20e02041a2b3c4d0201020201033000",
        "301b02010004067075626c6963a20e02041a2b3c4d0201020201ff3000",
    };
    struct reply reply;

    (void)state;
    snmp = PLAN_SNMP_V1;
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        assert_int_equal(judge(messages[i], &reply), CODEC_ANSWER);
        assert_int_equal(reply.dropped, 0);
    }
}

/* sysUpTime as an exception, engine time as text: the agent lives, and says nothing of either. */
static void values_of_other_types_are_not_taken_for_numbers(void **state)
{
    struct reply reply;

    (void)state;
    assert_int_equal(judge("303a02010104067075626c6963a22d02041a2b3c4d020100020100301f"
                           "300c06082b060102010103008000"
                           "300f060a2b060106030a0201030004"
                           "0131",
                           &reply),
                     CODEC_ANSWER);
    assert_int_equal(reply.vitals.uptime_ticks, -1);
    assert_int_equal(reply.vitals.engine_time_s, -1);
}

static void the_largest_uptime_stays_positive(void **state)
{
    struct reply reply;

    (void)state;
    assert_int_equal(judge("303f02010104067075626c6963a23202041a2b3c4d0201000201003024"
                           "301106082b06010201010300430500ffffffff"
                           "300f060a2b060106030a02010300020101",
                           &reply),
                     CODEC_ANSWER);
    assert_int_equal(reply.vitals.uptime_ticks, UINT32_MAX);
}

static void every_bit_of_an_answer_may_be_flipped(void **state)
{
    static const char *const recorded[] = {V2C_REPLY, V2C_NO_SUCH_OBJECT, V2C_GETNEXT_REPLY};

    (void)state;
    for (size_t i = 0; i < sizeof recorded / sizeof *recorded; i++) {
        struct bytes whole = bytes_hex(recorded[i]);

        for (size_t bit = 0; bit < whole.count * 8; bit++) {
            struct bytes bytes = bytes_copy(whole.at, whole.count);
            struct reply reply;

            bytes.at[bit / 8] ^= (uint8_t)(1U << bit % 8);
            (void)judge_bytes(bytes, PLAN_OBJECTS_ALL, &reply);
            free(bytes.at);
        }
        free(whole.at);
    }
}

static void each_refusal_has_its_own_name_and_counter(void **state)
{
    struct prober_counters counters = {0};
    uint64_t *sums[COUNTERS_SUMS];
    uint64_t total = 0;

    (void)state;
    for (int verdict = CODEC_WRONG_ADDRESS; verdict < CODEC_VERDICT_END; verdict++) {
        assert_non_null(codec_verdict_name((enum codec_verdict)verdict));
        (*codec_refused(&counters, (enum codec_verdict)verdict))++;
    }
    counters_sums(&counters, sums);
    for (size_t i = 0; i < COUNTERS_SUMS; i++) {
        assert_true(*sums[i] <= 1);
        total += *sums[i];
    }
    assert_int_equal(total, CODEC_VERDICT_END - CODEC_WRONG_ADDRESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_heartbeat_asks_for_both_clocks_of_the_agent, begin, end),
        cmocka_unit_test_setup_teardown(a_dropped_object_is_not_asked_for, begin, end),
        cmocka_unit_test_setup_teardown(any_community_fits_and_any_id, begin, end),
        cmocka_unit_test_setup_teardown(a_question_that_is_asked_again_differs_in_its_id_alone,
                                        begin, end),
        cmocka_unit_test_setup_teardown(what_was_kept_is_forgotten_with_its_plan, begin, end),
        cmocka_unit_test_setup_teardown(walks_are_built_as_they_are_asked, begin, end),
        cmocka_unit_test_setup_teardown(the_answer_tells_both_clocks, begin, end),
        cmocka_unit_test_setup_teardown(every_mark_of_a_reply_is_looked_at, begin, end),
        cmocka_unit_test_setup_teardown(a_community_differs_by_letter_by_length_and_by_case, begin,
                                        end),
        cmocka_unit_test_setup_teardown(an_error_is_an_answer_and_names_what_is_missing, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_v2c_error_drops_nothing_whatever_its_list, begin, end),
        cmocka_unit_test_setup_teardown(an_error_index_out_of_range_drops_nothing, begin, end),
        cmocka_unit_test_setup_teardown(values_of_other_types_are_not_taken_for_numbers, begin,
                                        end),
        cmocka_unit_test_setup_teardown(the_largest_uptime_stays_positive, begin, end),
        cmocka_unit_test_setup_teardown(every_bit_of_an_answer_may_be_flipped, begin, end),
        cmocka_unit_test_setup_teardown(each_refusal_has_its_own_name_and_counter, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
