/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/web/bench.h"

static struct bench bench;

static int start(void **state)
{
    static const struct bench_wish wish = {0};

    (void)state;
    bench_start(&bench, &wish);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bench_stop(&bench);
    return 0;
}

/* "GET /x" with a Host, and more header lines. */
static void ask(int fd, const char *what, const char *more)
{
    struct text request = {0};

    text_addf(&request, "%s HTTP/1.1\r\nHost: a\r\n%s\r\n", what, more);
    assert_true(bench_say(fd, text_get(&request)));
    text_free(&request);
}

/* On a connection of its own. */
static void fetch(const char *what, const char *more, struct text *answer)
{
    int fd = bench_connect(&bench);

    assert_true(fd >= 0);
    ask(fd, what, more);
    bench_answer(fd, strncmp(what, "HEAD", 4) == 0, answer);
    close(fd);
}

static void expect(const struct text *answer, int status, const char *const *words)
{
    if (bench_status(answer) != status)
        fail_msg("not %d but: %s", status, text_get(answer));
    for (; *words != NULL; words++)
        if (!bench_has(answer, *words))
            fail_msg("no \"%s\" in: %s", *words, text_get(answer));
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void an_answer_is_careful_unless_told_otherwise(void **state)
{
    struct text answer = {0};

    (void)state;
    fetch("GET /hello", "", &answer);
    expect(&answer, 200,
           WORDS("HTTP/1.1 200 OK\r\n", "\r\nDate: ", " GMT\r\n",
                 "\r\nX-Content-Type-Options: nosniff\r\n", "\r\nReferrer-Policy: no-referrer\r\n",
                 "\r\nCache-Control: no-store\r\n",
                 "\r\nContent-Security-Policy: default-src 'none'\r\n",
                 "\r\nContent-Type: text/plain; charset=utf-8\r\n", "\r\nContent-Length: 6\r\n",
                 "\r\n\r\nhello\n"));
    assert_false(bench_has(&answer, "Server:"));
    assert_false(bench_has(&answer, "Connection:"));
    text_free(&answer);
}

static void a_page_may_be_less_careful(void **state)
{
    struct text answer = {0};

    (void)state;
    fetch("GET /careless", "", &answer);
    expect(&answer, 200,
           WORDS("\r\ncontent-security-policy: style-src 'self'\r\n", "\r\nX-Own: yes\r\n",
                 "\r\nX-Content-Type-Options: nosniff\r\n",
                 "\r\nContent-Type: text/html; charset=utf-8\r\n", "\r\nContent-Length: 0\r\n"));
    assert_false(bench_has(&answer, "default-src"));
    text_free(&answer);
}

static void a_header_cannot_be_split(void **state)
{
    struct text answer = {0};

    (void)state;
    fetch("GET /unsound", "", &answer);
    expect(&answer, 500, WORDS("\r\nContent-Length: 0\r\n"));
    assert_false(bench_has(&answer, "stolen"));
    assert_false(bench_has(&answer, "secret"));
    text_free(&answer);
}

static void head_says_the_same_without_the_body(void **state)
{
    struct text get = {0};
    struct text head = {0};
    int fd = bench_connect(&bench);

    (void)state;
    fetch("GET /big/4096", "", &get);
    ask(fd, "HEAD /big/4096", "");
    ask(fd, "GET /hello", "");
    bench_answer(fd, true, &head);
    expect(&head, 200, WORDS("\r\nContent-Length: 4096\r\n"));
    assert_int_equal(head.bytes + 4096, get.bytes);
    bench_answer(fd, false, &head); /* the next answer follows at once */
    expect(&head, 200, WORDS("hello"));
    close(fd);
    text_free(&get);
    text_free(&head);
}

static void what_a_page_does_not_do_is_405_with_what_it_does(void **state)
{
    struct text answer = {0};

    (void)state;
    fetch("OPTIONS /hello", "", &answer);
    expect(&answer, 405, WORDS("\r\nAllow: GET, HEAD\r\n"));
    fetch("DELETE /hello", "", &answer);
    expect(&answer, 405, WORDS("\r\nAllow: GET, HEAD\r\n"));
    fetch("TRACE /echo", "", &answer);
    expect(&answer, 405, WORDS("\r\nAllow: GET, HEAD, POST\r\n"));
    fetch("PUT /post", "Content-Length: 0\r\n", &answer);
    expect(&answer, 405, WORDS("\r\nAllow: GET, HEAD, POST\r\n")); /* of two tables of routes */
    fetch("POST /hello", "Content-Length: 0\r\n", &answer);
    expect(&answer, 405, WORDS("\r\nAllow: GET, HEAD\r\n"));
    fetch("OPTIONS /nowhere", "", &answer);
    expect(&answer, 404, WORDS("\r\nContent-Length: "));
    assert_int_equal(bench_calls(&bench), 0);
    text_free(&answer);
}

static void a_star_stands_for_a_segment_or_its_rest(void **state)
{
    static const struct {
        const char *what;
        const char *star; /* NULL: 404 */
    } rows[] = {
        {"GET /echo/abc", "star=abc "},   {"GET /echo/a%20b", "star=a b "},
        {"GET /echo/a.csv/x", "star=a "}, {"GET /echo/", NULL},
        {"GET /echo/a/b", NULL},          {"GET /echo/.csv/x", NULL},
        {"GET /echo/a/b.csv/x", NULL},    {"GET /echoo", NULL},
        {"GET /echo/a/", NULL},           {"GET //echo/a", NULL},
        {"GET /echo/../hello", NULL},     {"GET /Echo/a", NULL},
        {"GET /echo/a?b=/c", "star=a "},  {"GET /echo/%2e%2e", "star=.. "},
        {"GET /echo/*", "star=* "},
    };
    struct text answer = {0};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fetch(rows[i].what, "", &answer);
        if (bench_status(&answer) != (rows[i].star == NULL ? 404 : 200) ||
            (rows[i].star != NULL && !bench_has(&answer, rows[i].star)))
            fail_msg("%s: %s", rows[i].what, text_get(&answer));
    }
    text_free(&answer);
}

static void the_client_is_whom_the_last_proxy_saw(void **state)
{
    struct text answer = {0};

    (void)state;
    fetch("GET /echo", "", &answer);
    expect(&answer, 200, WORDS(" client=unix "));
    fetch("GET /echo", "X-Forwarded-For: 1.2.3.4, 10.9.8.7\r\n", &answer);
    expect(&answer, 200, WORDS(" client=10.9.8.7 "));
    fetch("GET /echo", "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 2001:db8::1\r\n", &answer);
    expect(&answer, 200, WORDS(" client=2001:db8::1 "));
    fetch("GET /echo", "X-Forwarded-For: 10.9.8.7, <script>\r\n", &answer);
    expect(&answer, 200, WORDS(" client=unix "));
    fetch("GET /echo", "X-Forwarded-For: \r\n", &answer);
    expect(&answer, 200, WORDS(" client=unix "));
    text_free(&answer);
}

static void answers_come_in_the_order_of_the_questions(void **state)
{
    struct text answer = {0};
    int fd = bench_connect(&bench);

    (void)state;
    assert_true(bench_say(fd, "GET /late/200 HTTP/1.1\r\nHost: a\r\n\r\n"
                              "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"
                              "GET /late/20 HTTP/1.1\r\nHost: a\r\n\r\n"
                              "GET /echo?last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                              "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"));
    bench_answer(fd, false, &answer);
    expect(&answer, 200, WORDS("late"));
    bench_answer(fd, false, &answer);
    expect(&answer, 200, WORDS("hello"));
    bench_answer(fd, false, &answer);
    expect(&answer, 200, WORDS("late"));
    bench_answer(fd, false, &answer);
    expect(&answer, 200, WORDS("query=last", "\r\nConnection: close\r\n"));
    assert_true(bench_until_closed(fd, BENCH_PATIENCE_MS, &answer));
    assert_int_equal(answer.bytes, 0); /* what stood behind the close was not looked at */
    assert_int_equal(bench_calls(&bench), 4);
    close(fd);
    text_free(&answer);
}

static void hundreds_of_pipelined_requests_are_answered(void **state)
{
    struct text requests = {0};
    struct text answer = {0};
    int fd = bench_connect(&bench);

    (void)state;
    for (int i = 0; i < 500; i++)
        text_addf(&requests, "GET /echo?%d HTTP/1.1\r\nHost: a\r\n\r\n", i);
    assert_true(bench_send(fd, requests.at, requests.bytes));
    for (int i = 0; i < 500; i++) {
        char words[32];

        (void)snprintf(words, sizeof words, "query=%d ", i);
        bench_answer(fd, false, &answer);
        assert_true(bench_has(&answer, words));
    }
    close(fd);
    text_free(&requests);
    text_free(&answer);
}

static void http_1_0_is_answered_and_closed_unless_it_asks(void **state)
{
    struct text answer = {0};
    int fd = bench_connect(&bench);

    (void)state;
    assert_true(bench_say(fd, "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
    bench_answer(fd, false, &answer);
    expect(&answer, 200, WORDS("\r\nConnection: keep-alive\r\n"));
    assert_true(bench_say(fd, "GET /hello HTTP/1.0\r\n\r\n"));
    assert_true(bench_until_closed(fd, BENCH_PATIENCE_MS, &answer));
    expect(&answer, 200, WORDS("\r\nConnection: close\r\n", "hello"));
    close(fd);
    text_free(&answer);
}

static void no_content_has_no_length(void **state)
{
    struct text answer = {0};

    (void)state;
    fetch("GET /empty", "", &answer);
    expect(&answer, 204, WORDS("HTTP/1.1 204 No Content\r\n"));
    assert_false(bench_has(&answer, "Content-Length:"));
    assert_false(bench_has(&answer, "Content-Type:"));
    text_free(&answer);
}

static void a_body_that_waits_for_leave_gets_it(void **state)
{
    struct text answer = {0};
    int fd = bench_connect(&bench);

    (void)state;
    ask(fd, "POST /echo", "Content-Length: 3\r\nExpect: 100-continue\r\n");
    bench_answer(fd, true, &answer);
    assert_string_equal(text_get(&answer), "HTTP/1.1 100 Continue\r\n\r\n");
    assert_true(bench_say(fd, "abc"));
    bench_answer(fd, false, &answer);
    expect(&answer, 200, WORDS("body=3:abc"));
    ask(fd, "POST /echo", "Content-Length: 65537\r\nExpect: 100-continue\r\n");
    assert_true(bench_until_closed(fd, BENCH_PATIENCE_MS, &answer));
    expect(&answer, 413, WORDS("\r\nConnection: close\r\n"));
    close(fd);
    text_free(&answer);
}

/* The refusal must not be overtaken by the reset that unread bytes cause. */
static void a_body_that_is_too_large_is_told_so_while_it_is_sent(void **state)
{
    static const struct bench_wish on_tcp = {.is_tcp = true};
    struct bench other;
    struct text body = {0};
    struct text answer = {0};
    int fd;

    (void)state;
    while (body.bytes < 200000)
        text_add(&body, "0123456789abcdef");
    bench_start(&other, &on_tcp);
    fd = bench_connect(&other);
    ask(fd, "POST /echo", "Content-Length: 200000\r\n");
    (void)bench_send(fd, body.at, body.bytes);
    assert_true(bench_until_closed(fd, BENCH_PATIENCE_MS, &answer));
    expect(&answer, 413, WORDS("\r\nConnection: close\r\n"));
    assert_int_equal(bench_calls(&other), 0);
    close(fd);
    bench_stop(&other);
    text_free(&body);
    text_free(&answer);
}

static void the_largest_body_arrives_whole(void **state)
{
    struct text body = {0};
    struct text answer = {0};
    int fd = bench_connect(&bench);

    (void)state;
    while (body.bytes < HEAD_BODY_MAX)
        text_add(&body, "0123456789abcdef");
    ask(fd, "POST /echo", "Content-Length: 65536\r\n");
    assert_true(bench_send(fd, body.at, body.bytes));
    bench_answer(fd, false, &answer);
    expect(&answer, 200, WORDS("body=65536:0123"));
    assert_string_equal(text_get(&answer) + answer.bytes - 16, "0123456789abcdef");
    close(fd);
    text_free(&body);
    text_free(&answer);
}

static void a_client_that_closed_its_half_still_hears(void **state)
{
    struct text answer = {0};
    int fd = bench_connect(&bench);

    (void)state;
    ask(fd, "GET /late/100", "");
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    bench_answer(fd, false, &answer);
    expect(&answer, 200, WORDS("late"));
    close(fd);
    text_free(&answer);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(an_answer_is_careful_unless_told_otherwise),
        TEST(a_page_may_be_less_careful),
        TEST(a_header_cannot_be_split),
        TEST(head_says_the_same_without_the_body),
        TEST(what_a_page_does_not_do_is_405_with_what_it_does),
        TEST(a_star_stands_for_a_segment_or_its_rest),
        TEST(the_client_is_whom_the_last_proxy_saw),
        TEST(answers_come_in_the_order_of_the_questions),
        TEST(hundreds_of_pipelined_requests_are_answered),
        TEST(http_1_0_is_answered_and_closed_unless_it_asks),
        TEST(no_content_has_no_length),
        TEST(a_body_that_waits_for_leave_gets_it),
        TEST(a_body_that_is_too_large_is_told_so_while_it_is_sent),
        TEST(the_largest_body_arrives_whole),
        TEST(a_client_that_closed_its_half_still_hears),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
