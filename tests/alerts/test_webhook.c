/* SPDX-License-Identifier: ISC */
/* Webhooks against a real receiver that misbehaves, and against a TLS server that nobody vouches
 * for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "daemon/base/json.h"
#include "tests/alerts/bench.h"
#include "tests/alerts/names.h"

static void want(struct webhook_outcome outcome, int http_status, const char *reason)
{
    if (outcome.http_status != http_status || strcmp(outcome.reason, reason) != 0)
        fail_msg("want %d \"%s\", got %d \"%s\"", http_status, reason, outcome.http_status,
                 outcome.reason);
}

/* How long it took is not for a test to say. */
static void want_start(struct webhook_outcome outcome, const char *reason)
{
    if (outcome.http_status != 0 || strncmp(outcome.reason, reason, strlen(reason)) != 0)
        fail_msg("want 0 \"%s…\", got %d \"%s\"", reason, outcome.http_status, outcome.reason);
}

static void what_arrives_is_signed_json_with_the_headers_of_the_specification(void **state)
{
    struct bench *bench = *state;
    const struct js *headers;
    struct js *request;

    want(bench_ask(bench, "ok"), 204, "204");
    request = bench_last(bench);
    headers = js_get(request, "headers");
    assert_string_equal(js_text(request, "method", ""), "POST");
    assert_string_equal(js_text(request, "body", ""), "{\"type\":\"ticket.opened\"}");
    assert_true(js_bool(request, "verified", false));
    assert_string_equal(js_text(headers, "content-type", ""), "application/json");
    assert_string_equal(js_text(headers, "webhook-id", ""), "msg_p5jXN8AQM9LWM0D4loKWxJek");
    assert_string_equal(js_text(headers, "user-agent", ""), "Kentongan/" KT_VERSION);
    assert_null(js_get(headers, "expect"));
    js_free(request);
}

static void on_nothing(const struct webhook_outcome *outcome, void *arg)
{
    (void)outcome;
    *(bool *)arg = true;
}

static void a_rotation_is_accepted_by_who_has_either_secret(void **state)
{
    struct bench *bench = *state;
    char url[256];
    bool done = false;
    struct webhook_message message = {.message_id = "msg_1",
                                      .url = bench_url(bench, "ok", url),
                                      .body = "{}",
                                      .body_bytes = 2,
                                      .secret = BENCH_SECRET_2,
                                      .secret_2 = BENCH_SECRET};
    struct js *request;

    webhook_send(bench->hooks, &message, wall_now(), on_nothing, &done);
    while (!done)
        event_base_loop(bench->base, EVLOOP_ONCE);
    request = bench_last(bench);
    assert_true(js_bool(request, "verified", false));
    js_free(request);
    message.secret_2 = NULL;
    done = false;
    webhook_send(bench->hooks, &message, wall_now(), on_nothing, &done);
    while (!done)
        event_base_loop(bench->base, EVLOOP_ONCE);
    request = bench_last(bench);
    assert_false(js_bool(request, "verified", true));
    js_free(request);
}

static void each_status_is_told_as_it_is(void **state)
{
    static const struct {
        const char *path;
        int status;
        const char *reason;
    } answers[] = {
        {"200", 200, "200"},
        {"201", 201, "201"},
        {"202", 202, "202"},
        {"400", 400, "400"},
        {"401", 401, "401"},
        {"403", 403, "403"},
        {"404", 404, "404"},
        {"422", 422, "422"},
        {"429", 429, "429"},
        {"500", 500, "500"},
        {"502", 502, "502"},
        {"503", 503, "503"},
        {"410", 410, "410: the receiver says that it is gone for good"},
    };

    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        want(bench_ask(*state, answers[i].path), answers[i].status, answers[i].reason);
}

static void a_redirect_is_never_followed(void **state)
{
    static const char *const paths[] = {"300", "301", "302", "303", "307", "308"};
    struct bench *bench = *state;

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct webhook_outcome outcome = bench_ask(bench, paths[i]);
        struct js *last = bench_last(bench);

        assert_int_equal(outcome.http_status, atoi(paths[i]));
        assert_non_null(strstr(outcome.reason, "never followed"));
        assert_string_equal(js_text(last, "path", "") + 1, paths[i]);
        assert_int_equal(bench_logged(bench), i + 1);
        js_free(last);
    }
}

static void retry_after_is_read_as_seconds_and_as_a_date(void **state)
{
    struct webhook_outcome outcome = bench_ask(*state, "429?after=7");

    assert_int_equal(outcome.retry_after_ms, 7000);
    outcome = bench_ask(*state, "503?after_date=90");
    assert_in_range(outcome.retry_after_ms, 60000, 90000);
    outcome = bench_ask(*state, "503?after=2000000000");
    assert_int_equal(outcome.retry_after_ms, INT64_C(7) * 24 * 3600 * 1000);
    outcome = bench_ask(*state, "500");
    assert_int_equal(outcome.retry_after_ms, -1);
}

static void who_never_answers_is_left_after_the_time_out(void **state)
{
    struct bench *bench = *state;

    bench_policy(bench, "127.0.0.0/8", 400);
    want_start(bench_ask(bench, "hang"), "timed out after ");
}

static void an_answer_that_does_not_end_is_none(void **state)
{
    static const char *const paths[] = {"head-then-hang", "slow"};
    struct bench *bench = *state;

    bench_policy(bench, "127.0.0.0/8", 1600);
    for (size_t i = 0; i < 2; i++) {
        struct webhook_outcome outcome = bench_ask(bench, paths[i]);

        want_start(outcome, "timed out after ");
        assert_non_null(strstr(outcome.reason, ", within an answer of 200"));
    }
}

static void a_long_answer_is_read_up_to_the_limit_and_counts_by_its_first_line(void **state)
{
    want(bench_ask(*state, "big"), 200, "200");
    want(bench_ask(*state, "endless"), 200, "200");
    want(bench_ask(*state, "many-headers"), 200, "200");
    want(bench_ask(*state, "ok"), 204, "204"); /* the next one is not confused by the rest */
}

static void who_hangs_up_gave_no_answer(void **state)
{
    static const char *const paths[] = {"close", "reset"};

    for (size_t i = 0; i < 2; i++) {
        struct webhook_outcome outcome = bench_ask(*state, paths[i]);

        assert_int_equal(outcome.http_status, 0);
        assert_true(strstr(outcome.reason, "without an answer") != NULL ||
                    strstr(outcome.reason, "receiving data") != NULL);
    }
}

static void where_nobody_listens_the_system_s_words_are_told(void **state)
{
    /* Port 1 of a loopback address that nothing is bound to. */
    want(bench_post(*state, "http://127.9.9.9:1/x"), 0, "cannot connect: Connection refused");
}

static void a_name_without_address_is_told(void **state)
{
    want(bench_post(*state, "http://nowhere.test/x"), 0, "the host name has no address");
}

static void a_name_server_that_hangs_does_not_stop_the_loop(void **state)
{
    struct bench *bench = *state;
    struct call stuck, good;
    char url[256];

    bench_policy(bench, "127.0.0.0/8", 400);
    bench_send(bench, &stuck, "http://stuck.test/x");
    bench_wait(bench, &stuck, 1); /* were the resolver joined, this would be for ever */
    want_start(stuck.outcome, "no connection after ");
    bench_send(bench, &good, bench_url(bench, "ok", url));
    bench_wait(bench, &good, 1);
    want(good.outcome, 204, "204");
    names_unstick();
}

static void tls_without_tls_on_the_other_side_is_told(void **state)
{
    struct bench *bench = *state;
    struct webhook_outcome outcome;
    char url[256];

    snprintf(url, sizeof url, "https://127.0.0.1:%d/token-in-path", bench->sink.port);
    outcome = bench_post(bench, url);
    assert_int_equal(outcome.http_status, 0);
    assert_ptr_equal(strstr(outcome.reason, "TLS: "), outcome.reason);
    assert_null(strstr(outcome.reason, "token"));
}

static bool make_certificate(char *key, char *certificate)
{
    char *const argv[] = {
        "openssl", "req", "-x509", "-newkey",       "rsa:2048", "-nodes",
        "-days",   "2",   "-subj", "/CN=127.0.0.1", "-addext",  "subjectAltName=IP:127.0.0.1",
        "-keyout", key,   "-out",  certificate,     NULL};

    return child_run(argv) == 0;
}

static void a_certificate_that_nobody_vouches_for_is_refused(void **state)
{
    struct bench *bench = *state;
    char key[128], certificate[128], url[256];
    char *const argv[] = {"openssl", "s_server", "-accept",   "127.0.0.1:0", "-key",
                          key,       "-cert",    certificate, "-www",        NULL};
    struct webhook_outcome outcome;
    struct child server;

    snprintf(key, sizeof key, "%s/key", bench->dir);
    snprintf(certificate, sizeof certificate, "%s/certificate", bench->dir);
    if (!make_certificate(key, certificate))
        skip();
    server = child_start(argv, "ACCEPT 127.0.0.1:", true);
    assert_true(server.port > 0);
    snprintf(url, sizeof url, "https://127.0.0.1:%d/", server.port);
    outcome = bench_post(bench, url);
    child_stop(&server);
    unlink(key);
    unlink(certificate);
    want(outcome, 0, "TLS: SSL certificate problem: self-signed certificate");
}

static void what_is_wrong_before_sending_is_an_outcome_too(void **state)
{
    static const struct {
        const char *id, *url, *secret, *reason;
    } bad[] = {
        {"msg_1", "ftp://127.0.0.1/", BENCH_SECRET,
         "the URL begins with neither http:// nor https://"},
        {"msg 1", "http://127.0.0.1/", BENCH_SECRET,
         "the message id has other than letters, digits, '_' and '-'"},
        {"msg_1", "http://127.0.0.1/", "hunter2", "a webhook secret begins with whsec_"},
    };
    struct bench *bench = *state;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct webhook_message message = {.message_id = bad[i].id,
                                          .url = bad[i].url,
                                          .body = "{}",
                                          .body_bytes = 2,
                                          .secret = bad[i].secret};
        bool done = false;

        webhook_send(bench->hooks, &message, wall_now(), on_nothing, &done);
        assert_false(done);
        assert_int_equal(webhooks_in_flight(bench->hooks), 1);
        while (!done)
            event_base_loop(bench->base, EVLOOP_ONCE);
        assert_int_equal(webhooks_in_flight(bench->hooks), 0);
    }
}

static void no_reason_holds_a_secret_or_a_part_of_the_url_behind_the_host(void **state)
{
    static const char *const urls[] = {
        "http://hidden:hidden@127.9.9.9:1/hidden?hidden#hidden",
        "http://hidden:hidden@nowhere.test/hidden",
        "https://hidden:hidden@127.0.0.1:%d/hidden",
        "http://hidden:hidden@127.0.0.1:%d/hang/hidden",
        "http://hidden:hidden@127.0.0.1:%d/close/hidden",
        "http://hidden:hidden@10.0.0.1/hidden",
        "http://hidden:99999/hidden",
        "http://[hidden]/hidden",
        "hidden",
        "ftp://hidden@127.0.0.1/hidden",
        "http://127.0.0.1:%d/500/hidden",
        "http://127.0.0.1:%d/301/hidden",
    };
    struct bench *bench = *state;

    bench_policy(bench, "127.0.0.0/8", 300);
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        const char *port = strstr(urls[i], "%d");
        struct webhook_outcome outcome;
        char url[256];

        if (port == NULL)
            snprintf(url, sizeof url, "%s", urls[i]);
        else
            snprintf(url, sizeof url, "%.*s%d%s", (int)(port - urls[i]), urls[i], bench->sink.port,
                     port + 2);
        outcome = bench_post(bench, url);
        if (outcome.reason[0] == '\0' || strstr(outcome.reason, "hidden") != NULL ||
            strstr(outcome.reason, "MfKQ") != NULL)
            fail_msg("%s: %s", url, outcome.reason);
    }
}

#define EACH 50

/* Each of 127.1.0.N is a receiver of its own that hangs, each of 127.2.0.N one that answers. */
static void fifty_that_hang_do_not_hold_up_fifty_that_answer(void **state)
{
    static struct call hanging[EACH], good[EACH];
    struct bench *bench = *state;
    char url[256];
    size_t ended = 0;

    bench_policy(bench, "127.0.0.0/8", 20000);
    for (int i = 0; i < EACH; i++) {
        snprintf(url, sizeof url, "http://127.1.0.%d:%d/hang", i + 1, bench->sink.port);
        bench_send(bench, &hanging[i], url);
    }
    for (int i = 0; i < EACH; i++) {
        snprintf(url, sizeof url, "http://127.2.0.%d:%d/ok", i + 1, bench->sink.port);
        bench_send(bench, &good[i], url);
    }
    bench_wait(bench, good, EACH);
    for (int i = 0; i < EACH; i++) {
        want(good[i].outcome, 204, "204");
        ended += hanging[i].done;
    }
    assert_int_equal(ended, 0);
    assert_int_equal(webhooks_in_flight(bench->hooks), EACH);
}

static void more_for_one_host_than_it_may_have_connections_end_all_the_same(void **state)
{
    static struct call calls[40];
    struct bench *bench = *state;
    char url[256];

    bench_policy(bench, "127.0.0.0/8", 500);
    for (size_t i = 0; i < 40; i++)
        bench_send(bench, &calls[i], bench_url(bench, "hang", url));
    bench_wait(bench, calls, 40);
    for (size_t i = 0; i < 40; i++)
        assert_int_equal(calls[i].outcome.http_status, 0);
    assert_int_equal(webhooks_in_flight(bench->hooks), 0);
}

static void freeing_ends_what_is_under_way_without_a_word(void **state)
{
    static struct call calls[10];
    struct bench *bench = *state;
    struct err err = {0};
    char url[256];

    for (size_t i = 0; i < 10; i++)
        bench_send(bench, &calls[i], i % 2 == 0 ? "ftp://x" : bench_url(bench, "hang", url));
    event_base_loop(bench->base, EVLOOP_NONBLOCK);
    webhooks_free(bench->hooks);
    bench->hooks = webhooks_new(bench->base, &err);
    assert_non_null(bench->hooks);
    for (size_t i = 1; i < 10; i += 2)
        assert_false(calls[i].done);
}

static void on_done_free(const struct webhook_outcome *outcome, void *arg)
{
    struct bench *bench = arg;

    (void)outcome;
    webhooks_free(bench->hooks);
    bench->hooks = NULL;
}

static void the_owner_may_free_them_from_a_callback(void **state)
{
    struct bench *bench = *state;
    struct err err = {0};
    char url[256];
    struct webhook_message message = {.message_id = "msg_1",
                                      .url = bench_url(bench, "ok", url),
                                      .body = "{}",
                                      .body_bytes = 2,
                                      .secret = BENCH_SECRET};

    for (int i = 0; i < 5; i++)
        webhook_send(bench->hooks, &message, wall_now(), on_done_free, bench);
    while (bench->hooks != NULL)
        event_base_loop(bench->base, EVLOOP_ONCE);
    bench->hooks = webhooks_new(bench->base, &err);
    assert_non_null(bench->hooks);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_arrives_is_signed_json_with_the_headers_of_the_specification),
        TEST(a_rotation_is_accepted_by_who_has_either_secret),
        TEST(each_status_is_told_as_it_is),
        TEST(a_redirect_is_never_followed),
        TEST(retry_after_is_read_as_seconds_and_as_a_date),
        TEST(who_never_answers_is_left_after_the_time_out),
        TEST(an_answer_that_does_not_end_is_none),
        TEST(a_long_answer_is_read_up_to_the_limit_and_counts_by_its_first_line),
        TEST(who_hangs_up_gave_no_answer),
        TEST(where_nobody_listens_the_system_s_words_are_told),
        TEST(a_name_without_address_is_told),
        TEST(a_name_server_that_hangs_does_not_stop_the_loop),
        TEST(tls_without_tls_on_the_other_side_is_told),
        TEST(a_certificate_that_nobody_vouches_for_is_refused),
        TEST(what_is_wrong_before_sending_is_an_outcome_too),
        TEST(no_reason_holds_a_secret_or_a_part_of_the_url_behind_the_host),
        TEST(fifty_that_hang_do_not_hold_up_fifty_that_answer),
        TEST(more_for_one_host_than_it_may_have_connections_end_all_the_same),
        TEST(freeing_ends_what_is_under_way_without_a_word),
        TEST(the_owner_may_free_them_from_a_callback),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
