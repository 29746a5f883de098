/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/web/bench.h"

#define HELLO "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"

/* Ten times faster than the usual ones. Each differs from the others, so that a mix-up shows. */
static const struct web_limits fast = {.head_ms = 1000,
                                       .request_ms = 2200,
                                       .idle_ms = 1500,
                                       .handler_ms = 1200,
                                       .taking_ms = 1600,
                                       .linger_ms = 700,
                                       .connections = 8,
                                       .per_peer = 4};

static void start(struct bench *bench, bool is_tcp)
{
    struct bench_wish wish = {.is_tcp = is_tcp, .limits = &fast};

    bench_start(bench, &wish);
}

/* As few places as above, and all the time in the world. */
static void start_patient(struct bench *bench, bool is_tcp)
{
    struct web_limits limits = web_limits_usual;
    struct bench_wish wish = {.is_tcp = is_tcp, .limits = &limits};

    limits.connections = fast.connections;
    limits.per_peer = fast.per_peer;
    bench_start(bench, &wish);
}

static int connected(const struct bench *bench)
{
    int fd = bench_connect(bench);

    assert_true(fd >= 0);
    return fd;
}

static void expect_hello(int fd)
{
    struct text answer = {0};

    assert_true(bench_say(fd, HELLO));
    bench_answer(fd, false, &answer);
    assert_true(bench_has(&answer, "\r\n\r\nhello\n"));
    text_free(&answer);
}

/* Waits for readiness to read, and nothing else. */
static bool says_something(int fd, int ms)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};

    return poll(&wait, 1, ms) == 1;
}

/* Says the words at once, then dots one by one without end; the connection has to end in time. */
static void expect_cut(struct bench *bench, const char *words, int64_t least_ms)
{
    int64_t began_ms = bench_now_ms();
    int fd = connected(bench);
    struct text answer = {0};

    assert_true(bench_say(fd, words));
    while (!says_something(fd, 20) && bench_now_ms() < began_ms + BENCH_PATIENCE_MS)
        (void)bench_say(fd, ".");
    assert_true(bench_until_closed(fd, BENCH_PATIENCE_MS, &answer));
    assert_int_equal(answer.bytes, 0);
    assert_true(bench_now_ms() - began_ms >= least_ms - 10);
    close(fd);
}

static void a_head_that_trickles_is_cut_off(void **state)
{
    struct bench bench;

    (void)state;
    start(&bench, false);
    expect_cut(&bench, "", fast.head_ms);
    expect_cut(&bench, "GET /hello HTTP/1.1\r\nHost: a\r\nX: ", fast.head_ms);
    assert_int_equal(bench_calls(&bench), 0);
    bench_stop(&bench);
}

static void a_body_that_trickles_is_cut_off(void **state)
{
    struct bench bench;

    (void)state;
    start(&bench, true);
    expect_cut(&bench, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n",
               fast.request_ms);
    assert_int_equal(bench_calls(&bench), 0);
    bench_stop(&bench);
}

static void the_second_head_has_its_own_time(void **state)
{
    struct bench bench;
    struct text answer = {0};
    int64_t began_ms;
    int fd;

    (void)state;
    start(&bench, false);
    fd = connected(&bench);
    expect_hello(fd);
    (void)says_something(fd, (int)fast.idle_ms / 2);
    expect_hello(fd); /* later than its deadline would be if it ran since the accept */
    (void)says_something(fd, (int)fast.idle_ms / 2);
    began_ms = bench_now_ms();
    assert_true(bench_say(fd, "GET /hello HTTP/1.1\r\n"));
    assert_true(bench_until_closed(fd, BENCH_PATIENCE_MS, &answer));
    assert_int_equal(answer.bytes, 0);
    assert_true(bench_now_ms() - began_ms >= fast.head_ms - 10);
    close(fd);
    bench_stop(&bench);
}

static void silence_after_an_answer_ends_the_connection(void **state)
{
    struct bench bench;
    struct text answer = {0};
    int64_t began_ms;
    int fd;

    (void)state;
    start(&bench, false);
    fd = connected(&bench);
    expect_hello(fd);
    began_ms = bench_now_ms();
    assert_true(bench_until_closed(fd, BENCH_PATIENCE_MS, &answer));
    assert_true(bench_now_ms() - began_ms >= fast.idle_ms - 50);
    close(fd);
    bench_stop(&bench);
}

static void an_answer_that_does_not_come_is_503(void **state)
{
    struct bench bench;
    struct text answer = {0};
    int fd;

    (void)state;
    start(&bench, false);
    fd = connected(&bench);
    assert_true(bench_say(fd, "GET /late/1700 HTTP/1.1\r\nHost: a\r\n\r\n"));
    assert_true(bench_until_closed(fd, BENCH_PATIENCE_MS, &answer));
    assert_int_equal(bench_status(&answer), 503);
    assert_true(bench_has(&answer, "\r\nConnection: close\r\n"));
    assert_false(bench_has(&answer, "late"));
    bench_await(&bench.counts->replies, 1); /* too late, and harmless */
    close(fd);
    fd = connected(&bench);
    expect_hello(fd);
    close(fd);
    text_free(&answer);
    bench_stop(&bench);
}

static void an_answer_after_the_end_of_the_server_is_harmless(void **state)
{
    struct bench bench;
    struct text answer = {0};
    int fd;

    (void)state;
    start(&bench, false);
    fd = connected(&bench);
    assert_true(bench_say(fd, "GET /late/600000 HTTP/1.1\r\nHost: a\r\n\r\n"));
    assert_true(bench_until_closed(fd, BENCH_PATIENCE_MS, &answer));
    assert_int_equal(bench_status(&answer), 503);
    close(fd);
    text_free(&answer);
    bench_stop(&bench); /* the child replies after web_free() */
}

static void reset(int fd)
{
    struct linger now = {.l_onoff = 1};

    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now), 0);
    close(fd);
}

static void a_client_that_went_away_is_answered_into_the_void(void **state)
{
    struct bench bench;

    (void)state;
    start_patient(&bench, true);
    for (int i = 0; i < 4; i++) {
        int fd = connected(&bench);

        assert_true(bench_say(fd, "GET /late/100 HTTP/1.1\r\nHost: a\r\n\r\n" HELLO HELLO));
        bench_await(&bench.counts->calls, 1 + i);
        if (i % 2 == 0)
            reset(fd);
        else
            close(fd);
        bench_await(&bench.counts->replies, 1 + i);
        bench_await_conns(&bench, 0);
    }
    bench_stop(&bench);
}

static void a_client_that_does_not_take_its_answer_is_left(void **state)
{
    struct bench bench;
    int fd;

    (void)state;
    start(&bench, true);
    fd = connected(&bench);
    assert_true(bench_say(fd, "GET /big/30000000 HTTP/1.1\r\nHost: a\r\n\r\n"));
    bench_await(&bench.counts->calls, 1);
    bench_await_conns(&bench, 1);
    bench_await_conns(&bench, 0);
    close(fd);
    bench_stop(&bench);
}

static void a_large_answer_arrives_whole(void **state)
{
    struct bench bench;
    struct text answer = {0};
    int fd;

    (void)state;
    start_patient(&bench, true);
    fd = connected(&bench);
    assert_true(bench_say(fd, "GET /big/8000000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    assert_true(bench_until_closed(fd, BENCH_PATIENCE_MS, &answer));
    assert_int_equal(bench_status(&answer), 200);
    assert_true(answer.bytes > 8000000);
    assert_string_equal(text_get(&answer) + answer.bytes - 16, "0123456789abcde\n");
    close(fd);
    text_free(&answer);
    bench_stop(&bench);
}

static void a_refused_client_that_stays_is_left(void **state)
{
    struct bench bench;
    struct text answer = {0};
    int fd;

    (void)state;
    start(&bench, false);
    fd = connected(&bench);
    assert_true(bench_say(fd, "GET\r\n"));
    assert_true(bench_until_closed(fd, BENCH_PATIENCE_MS, &answer));
    assert_int_equal(bench_status(&answer), 400);
    bench_await_conns(&bench, 0);
    close(fd);
    text_free(&answer);
    bench_stop(&bench);
}

static void beyond_the_limit_a_connection_waits_for_a_place(void **state)
{
    struct bench bench;
    struct text answer = {0};
    int fds[9];

    (void)state;
    start_patient(&bench, false); /* a Unix socket: more than the 4 of one TCP peer */
    for (int i = 0; i < 9; i++)
        fds[i] = connected(&bench);
    bench_await_conns(&bench, 8);
    assert_true(bench_say(fds[8], HELLO));
    assert_false(says_something(fds[8], 100));
    expect_hello(fds[7]);
    close(fds[0]);
    bench_answer(fds[8], false, &answer);
    assert_true(bench_has(&answer, "hello"));
    for (int i = 1; i < 9; i++)
        close(fds[i]);
    text_free(&answer);
    bench_stop(&bench);
}

static void one_peer_cannot_take_all_places(void **state)
{
    struct bench bench;
    struct text answer = {0};
    int fds[4];
    int fd;

    (void)state;
    start_patient(&bench, true);
    for (int i = 0; i < 4; i++)
        fds[i] = connected(&bench);
    bench_await_conns(&bench, 4);
    fd = connected(&bench);
    assert_true(bench_until_closed(fd, BENCH_PATIENCE_MS, &answer));
    assert_int_equal(answer.bytes, 0);
    close(fd);
    fd = bench_connect_from(&bench, "127.0.0.2");
    assert_true(fd >= 0);
    expect_hello(fd);
    close(fd);
    close(fds[0]);
    bench_await_conns(&bench, 3);
    fd = connected(&bench);
    expect_hello(fd);
    close(fd);
    for (int i = 1; i < 4; i++)
        close(fds[i]);
    bench_stop(&bench);
}

#define CROWD    40
#define WINDOW_S 1.5

/* Most of the crowd cannot be accepted; the loop must not spin on them and must go on serving. */
static void out_of_descriptors_it_neither_spins_nor_falls(void **state)
{
    static const struct bench_wish wish = {.descriptors = 24};
    struct bench bench;
    int fds[CROWD];
    int64_t began_ms;
    double cpu_s;

    (void)state;
    bench_start(&bench, &wish);
    for (int i = 0; i < CROWD; i++)
        fds[i] = connected(&bench);
    expect_hello(fds[0]);
    cpu_s = bench_cpu_s(&bench);
    assert_false(says_something(fds[CROWD - 1], (int)(WINDOW_S * 1000)));
    cpu_s = bench_cpu_s(&bench) - cpu_s;
    assert_in_range(atomic_load(&bench.counts->conns), 4, 23);
    expect_hello(fds[0]);
    for (int i = 0; i < CROWD - 1; i++)
        close(fds[i]);
    began_ms = bench_now_ms();
    expect_hello(fds[CROWD - 1]);
    print_message("cpu %.0f %% while out of descriptors, served %d ms after they were back\n",
                  100 * cpu_s / WINDOW_S, (int)(bench_now_ms() - began_ms));
    assert_true(cpu_s / WINDOW_S <= 0.2);
    assert_true(bench_now_ms() - began_ms <= 5000);
    close(fds[CROWD - 1]);
    bench_stop(&bench);
}

static void at_the_end_what_is_asked_is_answered(void **state)
{
    struct bench bench;
    struct text answer = {0};
    int idle;
    int half;
    int fd;

    (void)state;
    start_patient(&bench, false);
    fd = connected(&bench);
    idle = connected(&bench);
    half = connected(&bench);
    expect_hello(idle);
    assert_true(bench_say(half, "GET /hello HTTP/1.1\r\n"));
    assert_true(bench_say(fd, "GET /late/300 HTTP/1.1\r\nHost: a\r\n\r\n" HELLO));
    bench_await(&bench.counts->calls, 2);
    bench_ask_to_stop(&bench);
    assert_true(bench_until_closed(idle, BENCH_PATIENCE_MS, &answer));
    assert_int_equal(answer.bytes, 0);
    assert_true(bench_until_closed(half, BENCH_PATIENCE_MS, &answer));
    assert_int_equal(answer.bytes, 0);
    assert_int_equal(bench_connect(&bench), -1);
    assert_true(bench_until_closed(fd, BENCH_PATIENCE_MS, &answer));
    assert_int_equal(bench_status(&answer), 200);
    assert_true(bench_has(&answer, "\r\nConnection: close\r\n"));
    assert_true(bench_has(&answer, "late\n"));
    assert_false(bench_has(&answer, "hello"));
    close(fd);
    close(idle);
    close(half);
    text_free(&answer);
    bench_stop(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_that_trickles_is_cut_off),
        cmocka_unit_test(a_body_that_trickles_is_cut_off),
        cmocka_unit_test(the_second_head_has_its_own_time),
        cmocka_unit_test(silence_after_an_answer_ends_the_connection),
        cmocka_unit_test(an_answer_that_does_not_come_is_503),
        cmocka_unit_test(an_answer_after_the_end_of_the_server_is_harmless),
        cmocka_unit_test(a_client_that_went_away_is_answered_into_the_void),
        cmocka_unit_test(a_client_that_does_not_take_its_answer_is_left),
        cmocka_unit_test(a_large_answer_arrives_whole),
        cmocka_unit_test(a_refused_client_that_stays_is_left),
        cmocka_unit_test(beyond_the_limit_a_connection_waits_for_a_place),
        cmocka_unit_test(one_peer_cannot_take_all_places),
        cmocka_unit_test(out_of_descriptors_it_neither_spins_nor_falls),
        cmocka_unit_test(at_the_end_what_is_asked_is_answered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
