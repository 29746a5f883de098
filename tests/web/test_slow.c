/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/web/bench.h"

#define SLOW_COUNT 500
#define PER_ADDRESS                                                                                \
    25 /* on TCP they come from twenty addresses, or one limit would hide the other */
#define BYTE_MS   2000
#define GOOD_MS   100
#define GONE_MS   12000
#define SERVED_MS 2000 /* the worst of the good client's; on an idle machine it is a few */
#define GOOD_MAX  1000

struct attack {
    struct bench bench;
    int fds[SLOW_COUNT]; /* -1: gone */
    size_t alive;
    int64_t began_ms; /* all are connected */
    int64_t gone_ms;  /* from then until the last one was gone */
    int64_t took_ms[GOOD_MAX];
    size_t good;
};

static int connect_slow(const struct attack *attack, size_t i)
{
    char address[32];

    if (!attack->bench.is_tcp)
        return bench_connect(&attack->bench);
    snprintf(address, sizeof address, "127.0.0.%zu", 2 + i / PER_ADDRESS);
    return bench_connect_from(&attack->bench, address);
}

static void begin(struct attack *attack, bool is_tcp)
{
    struct bench_wish wish = {.is_tcp = is_tcp};

    bench_start(&attack->bench, &wish);
    for (size_t i = 0; i < SLOW_COUNT; i++) {
        attack->fds[i] = connect_slow(attack, i);
        assert_true(attack->fds[i] >= 0);
    }
    attack->alive = SLOW_COUNT;
    bench_await_conns(&attack->bench, SLOW_COUNT);
    attack->began_ms = bench_now_ms();
}

static void drip(struct attack *attack)
{
    for (size_t i = 0; i < SLOW_COUNT; i++)
        if (attack->fds[i] >= 0)
            (void)bench_send(attack->fds[i], "G", 1);
}

static void count_gone(struct attack *attack)
{
    for (size_t i = 0; i < SLOW_COUNT; i++)
        if (attack->fds[i] >= 0 && bench_is_closed(attack->fds[i])) {
            close(attack->fds[i]);
            attack->fds[i] = -1;
            attack->alive--;
            attack->gone_ms = bench_now_ms() - attack->began_ms;
        }
}

/* A connection of its own each time, as a phone on the road has. */
static void be_served(struct attack *attack)
{
    int64_t began_ms = bench_now_ms();
    int fd = bench_connect(&attack->bench);
    struct text answer = {0};

    assert_true(fd >= 0);
    assert_true(bench_say(fd, "GET /big/14000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    assert_true(bench_until_closed(fd, BENCH_PATIENCE_MS, &answer));
    assert_int_equal(bench_status(&answer), 200);
    close(fd);
    text_free(&answer);
    if (attack->good < GOOD_MAX)
        attack->took_ms[attack->good++] = bench_now_ms() - began_ms;
}

static int by_size(const void *a, const void *b)
{
    const int64_t *left = a;
    const int64_t *right = b;

    return *left < *right ? -1 : *left > *right;
}

static void judge(struct attack *attack)
{
    int64_t worst_ms;

    qsort(attack->took_ms, attack->good, sizeof attack->took_ms[0], by_size);
    worst_ms = attack->took_ms[attack->good * 99 / 100];
    print_message("%s: %d slow clients gone after %d ms; %zu good requests served, p50 %d ms, "
                  "p99 %d ms\n",
                  attack->bench.is_tcp ? "tcp" : "unix", SLOW_COUNT, (int)attack->gone_ms,
                  attack->good, (int)attack->took_ms[attack->good / 2], (int)worst_ms);
    assert_true(attack->gone_ms <= GONE_MS);
    assert_true(worst_ms <= SERVED_MS);
    bench_await_conns(&attack->bench, 0);
    bench_stop(&attack->bench);
}

static void five_hundred_slow_clients_are_gone_while_a_good_one_is_served(void **state)
{
    static struct attack attacks[2];
    int64_t drip_ms = 0;

    (void)state;
    begin(&attacks[0], false);
    begin(&attacks[1], true);
    while (attacks[0].alive + attacks[1].alive > 0) {
        for (size_t i = 0; i < 2; i++) {
            if (bench_now_ms() >= drip_ms)
                drip(&attacks[i]);
            count_gone(&attacks[i]);
            be_served(&attacks[i]);
        }
        if (bench_now_ms() >= drip_ms)
            drip_ms = bench_now_ms() + BYTE_MS;
        if (bench_now_ms() - attacks[1].began_ms > 2 * GONE_MS)
            fail_msg("%zu and %zu are there still", attacks[0].alive, attacks[1].alive);
        poll(NULL, 0, GOOD_MS);
    }
    judge(&attacks[0]);
    judge(&attacks[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_hundred_slow_clients_are_gone_while_a_good_one_is_served),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
