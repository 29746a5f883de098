/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "tests/unit/head_vectors.h"
#include "tests/web/bench.h"

static size_t count_of(const struct text *text, const char *words)
{
    size_t count = 0;

    for (const char *at = text_get(text); (at = strstr(at, words)) != NULL; at++)
        count++;
    return count;
}

/* One answer with the status, the announced end, and no handler that heard of it. */
static void expect_refusal(struct bench *bench, const struct head_vector *v, int fd, int calls)
{
    struct text answer = {0};

    if (!bench_until_closed(fd, BENCH_PATIENCE_MS, &answer))
        fail_msg("%s: the connection is open still: %s", v->name, text_get(&answer));
    if (bench_status(&answer) != v->status || count_of(&answer, "Content-Length: ") != 1 ||
        !bench_has(&answer, "\r\nConnection: close\r\n"))
        fail_msg("%s: not %d but: %s", v->name, v->status, text_get(&answer));
    if (bench_calls(bench) != calls)
        fail_msg("%s: it reached a handler", v->name);
    text_free(&answer);
    close(fd);
}

/* Piece by piece; the server may have refused and closed before the last one. */
static void send_by(int fd, const struct head_vector *v, size_t step)
{
    for (size_t at = 0; at < v->count; at += step)
        if (!bench_send(fd, v->bytes + at, v->count - at < step ? v->count - at : step))
            return;
}

static void refuse_all(bool is_tcp, size_t step)
{
    struct bench_wish wish = {.is_tcp = is_tcp};
    struct bench bench;
    size_t refused = 0;

    bench_start(&bench, &wish);
    for (size_t i = 0; i < HEAD_VECTOR_COUNT; i++) {
        int fd;

        if (head_vectors[i].status == 0)
            continue;
        fd = bench_connect(&bench);
        assert_true(fd >= 0);
        send_by(fd, &head_vectors[i], step);
        expect_refusal(&bench, &head_vectors[i], fd, 0);
        refused++;
    }
    assert_true(refused >= 40);
    print_message("%zu malformed requests refused, none reached a handler\n", refused);
    bench_stop(&bench);
}

static void no_malformed_request_reaches_a_handler_on_a_unix_socket(void **state)
{
    (void)state;
    refuse_all(false, SIZE_MAX / 2);
}

static void no_malformed_request_reaches_a_handler_on_tcp(void **state)
{
    (void)state;
    refuse_all(true, SIZE_MAX / 2);
}

static void byte_by_byte_they_fare_no_better(void **state)
{
    (void)state;
    refuse_all(false, 1);
}

static void behind_a_good_request_they_fare_no_better(void **state)
{
    static const char good[] = GET_1 "\r\n";
    struct bench_wish wish = {0};
    struct bench bench;
    struct text answer = {0};
    int calls = 0;

    (void)state;
    bench_start(&bench, &wish);
    for (size_t i = 0; i < HEAD_VECTOR_COUNT; i++) {
        struct text both = {0};
        int fd;

        if (head_vectors[i].status == 0)
            continue;
        text_add(&both, good);
        text_add_bytes(&both, head_vectors[i].bytes, head_vectors[i].count);
        fd = bench_connect(&bench);
        assert_true(fd >= 0);
        (void)bench_send(fd, both.at, both.bytes); /* in one piece: pipelined */
        bench_answer(fd, false, &answer);
        assert_int_equal(bench_status(&answer), 200);
        expect_refusal(&bench, &head_vectors[i], fd, ++calls);
        text_free(&both);
    }
    text_free(&answer);
    bench_stop(&bench);
}

static void what_is_well_formed_is_answered_by_its_route(void **state)
{
    struct bench_wish wish = {0};
    struct bench bench;
    struct text answer = {0};

    (void)state;
    bench_start(&bench, &wish);
    for (size_t i = 0; i < HEAD_VECTOR_COUNT; i++) {
        const struct head_vector *v = &head_vectors[i];
        int fd;

        if (v->status != 0)
            continue;
        fd = bench_connect(&bench);
        assert_true(fd >= 0);
        send_by(fd, v, v->count);
        bench_answer(fd, strncmp(v->bytes, "HEAD", 4) == 0, &answer);
        if (bench_status(&answer) != 200 && bench_status(&answer) != 405)
            fail_msg("%s: %s", v->name, text_get(&answer));
        close(fd);
    }
    text_free(&answer);
    bench_stop(&bench);
}

static void the_second_request_has_nothing_of_the_first(void **state)
{
    struct bench_wish wish = {0};
    struct bench bench;
    struct text answer = {0};
    int fd;

    (void)state;
    bench_start(&bench, &wish);
    fd = bench_connect(&bench);
    assert_true(bench_say(fd, POST_1 "Authorization: Bearer one\r\nX-Forwarded-For: 10.0.0.9\r\n"
                                     "Content-Length: 6\r\n\r\nabcdef"
                                     "GET /echo?q HTTP/1.1\r\nHost: a\r\n\r\n"
                                     "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n"));
    bench_answer(fd, false, &answer);
    assert_true(bench_has(&answer, "method=4 path=/echo query= star= authority=Bearer one "
                                   "client=10.0.0.9 body=6:abcdef"));
    bench_answer(fd, false, &answer);
    assert_true(bench_has(&answer, "method=1 path=/echo query=q star= authority= client=unix "
                                   "body=0:"));
    bench_answer(fd, false, &answer);
    assert_true(bench_has(&answer, "query= star="));
    close(fd);
    text_free(&answer);
    bench_stop(&bench);
}

static void a_request_inside_a_body_stays_a_body(void **state)
{
    struct bench_wish wish = {0};
    struct bench bench;
    struct text answer = {0};
    int fd;

    (void)state;
    bench_start(&bench, &wish);
    fd = bench_connect(&bench);
    assert_true(bench_say(fd, POST_1 "Content-Length: 35\r\n\r\n" GET_LATER));
    bench_answer(fd, false, &answer);
    assert_true(bench_has(&answer, "body=35:GET /smuggled"));
    assert_true(bench_say(fd, GET_1 "\r\n"));
    bench_answer(fd, false, &answer);
    assert_true(bench_has(&answer, "hello"));
    assert_int_equal(bench_calls(&bench), 2);
    close(fd);
    text_free(&answer);
    bench_stop(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_malformed_request_reaches_a_handler_on_a_unix_socket),
        cmocka_unit_test(no_malformed_request_reaches_a_handler_on_tcp),
        cmocka_unit_test(byte_by_byte_they_fare_no_better),
        cmocka_unit_test(behind_a_good_request_they_fare_no_better),
        cmocka_unit_test(what_is_well_formed_is_answered_by_its_route),
        cmocka_unit_test(the_second_request_has_nothing_of_the_first),
        cmocka_unit_test(a_request_inside_a_body_stays_a_body),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
