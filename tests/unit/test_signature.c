/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "alerts/envelope.h"
#include "alerts/signature.h"

/* The test vector of Standard Webhooks 1.0.0. */
#define SECRET   "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define SECRET_2 "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define ID       "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define TIME_S   1614265330
/* base64 of 60 zero bytes, to which a test adds the rest */
#define ZEROS_60                                                                                   \
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"                                                     \
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define BODY      "{\"test\": 2432232314}"
#define SIGNATURE "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

static void sign(const char *secret, const char *secret_2, const char *id, int64_t time_s,
                 const char *body, char out[SIGNATURE_MAX])
{
    struct signature_key key, key_2;
    struct err err = {0};

    if (!signature_key_decode(secret, &key, &err) ||
        (secret_2 != NULL && !signature_key_decode(secret_2, &key_2, &err)) ||
        !signature_make(&key, secret_2 != NULL ? &key_2 : NULL, id, time_s, body, strlen(body), out,
                        &err))
        fail_msg("%s", err.text);
}

static void the_vector_of_the_specification_comes_out(void **state)
{
    char out[SIGNATURE_MAX];

    (void)state;
    sign(SECRET, NULL, ID, TIME_S, BODY, out);
    assert_string_equal(out, SIGNATURE);
}

static void each_part_of_what_is_signed_counts(void **state)
{
    char out[SIGNATURE_MAX];

    (void)state;
    sign(SECRET, NULL, "msg_p5jXN8AQM9LWM0D4loKWxJel", TIME_S, BODY, out);
    assert_string_not_equal(out, SIGNATURE);
    sign(SECRET, NULL, ID, TIME_S + 1, BODY, out);
    assert_string_not_equal(out, SIGNATURE);
    sign(SECRET, NULL, ID, TIME_S, BODY " ", out);
    assert_string_not_equal(out, SIGNATURE);
    sign(SECRET_2, NULL, ID, TIME_S, BODY, out);
    assert_string_not_equal(out, SIGNATURE);
}

static void a_rotation_carries_both_signatures(void **state)
{
    char both[SIGNATURE_MAX], second[SIGNATURE_MAX], want[SIGNATURE_MAX];

    (void)state;
    sign(SECRET, SECRET_2, ID, TIME_S, BODY, both);
    sign(SECRET_2, NULL, ID, TIME_S, BODY, second);
    memcpy(want, SIGNATURE " ", sizeof SIGNATURE);
    memcpy(want + sizeof SIGNATURE, second, sizeof want - sizeof SIGNATURE);
    assert_string_equal(both, want);
}

static void keys_of_24_to_64_bytes_are_taken(void **state)
{
    static const struct {
        const char *secret;
        size_t bytes;
    } good[] = {
        {SECRET, 24},
        {"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", 25},
        {"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", 26},
        {SECRET_2, 32},
        {"whsec_" ZEROS_60 "AAAAAA==", 64},
    };
    struct signature_key key;
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(signature_key_decode(good[i].secret, &key, &err));
        assert_int_equal(key.count, good[i].bytes);
    }
}

static void a_secret_that_is_none_is_refused_in_words_without_its_value(void **state)
{
    static const struct {
        const char *secret;
        const char *words;
    } bad[] = {
        {"", "begins with whsec_"},
        {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "begins with whsec_"},
        {"WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "begins with whsec_"},
        {"whsec_", "this has 0"},
        {"whsec_AAAA", "this has 3"},
        {"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "this has 23"},
        {"whsec_" ZEROS_60 "AAAAAAA=", "this has 65"},
        {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "is base64"},
        {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_", "is base64"},
        {"whsec_ MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "is base64"},
        {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS\n", "is base64"},
        {"whsec_MfKQ=9r8GKYqrTwjUPD8ILPZIo2LaLaS", "is base64"},
        {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaL===", "is base64"},
    };
    static const struct signature_key wiped = {0};
    struct signature_key key;
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        memset(&key, 'x', sizeof key);
        if (signature_key_decode(bad[i].secret, &key, &err))
            fail_msg("%s was taken", bad[i].secret);
        if (strstr(err.text, bad[i].words) == NULL || strstr(err.text, "MfKQ") != NULL)
            fail_msg("%s: %s", bad[i].secret, err.text);
        assert_memory_equal(&key, &wiped, sizeof key);
    }
}

static void a_secret_that_is_far_too_long_is_refused(void **state)
{
    char secret[1024];
    struct signature_key key;
    struct err err;

    (void)state;
    memset(secret, 'A', sizeof secret);
    memcpy(secret, "whsec_", 6);
    secret[sizeof secret - 1] = '\0';
    assert_false(signature_key_decode(secret, &key, &err));
    assert_non_null(strstr(err.text, "at most 64 bytes"));
}

static void a_key_is_wiped(void **state)
{
    static const struct signature_key wiped = {0};
    struct signature_key key;
    struct err err;

    (void)state;
    assert_true(signature_key_decode(SECRET, &key, &err));
    signature_key_wipe(&key);
    assert_memory_equal(&key, &wiped, sizeof key);
}

static bool envelope(const char *id, const char *url, struct envelope *out, struct err *err)
{
    struct webhook_message message = {.message_id = id,
                                      .url = url,
                                      .body = BODY,
                                      .body_bytes = sizeof BODY - 1,
                                      .secret = SECRET};

    return envelope_make(&message, (struct wall){TIME_S * US_PER_S + 999999}, out, err);
}

static void the_headers_are_those_of_the_specification(void **state)
{
    struct envelope out;
    struct err err;

    (void)state;
    assert_true(envelope(ID, "https://x.example/", &out, &err));
    assert_string_equal(out.headers[0], "content-type: application/json");
    assert_string_equal(out.headers[1], "webhook-id: " ID);
    assert_string_equal(out.headers[2], "webhook-timestamp: 1614265330");
    assert_string_equal(out.headers[3], "webhook-signature: " SIGNATURE);
    assert_string_equal(out.headers[4], "expect:");
}

static void an_id_cannot_bring_headers_of_its_own(void **state)
{
    static const char *const ids[] = {"",      "msg_a\r\nx: y", "msg a",
                                      "msg.a", "msg_\xc3\xa9",  "msg:a"};
    char longest[200];
    struct envelope out;
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        assert_false(envelope(ids[i], "https://x.example/", &out, &err));
        assert_non_null(strstr(err.text, "message id"));
    }
    memset(longest, 'a', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    assert_false(envelope(longest, "https://x.example/", &out, &err));
}

static void only_http_and_https_are_called(void **state)
{
    static const char *const urls[] = {"",
                                       "x.example/a",
                                       "//x.example",
                                       "ftp://x.example",
                                       "file:///etc/passwd",
                                       "gopher://x.example",
                                       "http:/x",
                                       " http://x.example"};
    struct envelope out;
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        if (envelope(ID, urls[i], &out, &err))
            fail_msg("%s", urls[i]);
        assert_string_equal(err.text, "the URL begins with neither http:// nor https://");
    }
    assert_true(envelope(ID, "HTTPS://x.example", &out, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vector_of_the_specification_comes_out),
        cmocka_unit_test(each_part_of_what_is_signed_counts),
        cmocka_unit_test(a_rotation_carries_both_signatures),
        cmocka_unit_test(keys_of_24_to_64_bytes_are_taken),
        cmocka_unit_test(a_secret_that_is_none_is_refused_in_words_without_its_value),
        cmocka_unit_test(a_secret_that_is_far_too_long_is_refused),
        cmocka_unit_test(a_key_is_wiped),
        cmocka_unit_test(the_headers_are_those_of_the_specification),
        cmocka_unit_test(an_id_cannot_bring_headers_of_its_own),
        cmocka_unit_test(only_http_and_https_are_called),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
