/* SPDX-License-Identifier: ISC */
/*
 * Where a webhook must not go: a canary listens on every local address, and no way of writing such
 * an address may bring it a connection.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/alerts/bench.h"

struct canary {
    int fd;
    int port;
};

/* On :: it hears IPv4 as well; without IPv6 in the kernel on 0.0.0.0. */
static struct canary canary_open(void)
{
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    struct sockaddr_in in4 = {.sin_family = AF_INET};
    struct canary canary = {.fd = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    socklen_t bytes = sizeof in6;
    int off = 0;

    if (canary.fd >= 0)
        setsockopt(canary.fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (canary.fd < 0 || bind(canary.fd, (struct sockaddr *)&in6, sizeof in6) < 0) {
        if (canary.fd >= 0)
            close(canary.fd);
        canary.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        assert_int_equal(bind(canary.fd, (struct sockaddr *)&in4, sizeof in4), 0);
    }
    assert_int_equal(listen(canary.fd, 64), 0);
    assert_int_equal(getsockname(canary.fd, (struct sockaddr *)&in6, &bytes), 0);
    canary.port = ntohs(in6.sin6_port); /* at the same place for IPv4 */
    return canary;
}

/* The kernel completes connections by itself, so one that was made is here to be accepted. */
static bool canary_heard(const struct canary *canary)
{
    int fd = accept(canary->fd, NULL, NULL);

    if (fd >= 0)
        close(fd);
    else
        assert_true(errno == EAGAIN || errno == EWOULDBLOCK);
    return fd >= 0;
}

static void fill_in_port(const char *pattern, int port, char out[256])
{
    size_t used = 0;

    for (; *pattern != '\0' && used < 240; pattern++) {
        if (*pattern == '$')
            used += (size_t)snprintf(out + used, 256 - used, "%d", port);
        else
            out[used++] = *pattern;
    }
    out[used] = '\0';
}

/* '$' stands for the canary's port. */
static const char *const vectors[] = {
    "http://127.0.0.1:$/",
    "http://127.1:$/",
    "http://127.0.1:$/",
    "http://127.255.255.254:$/",
    "http://2130706433:$/",
    "http://017700000001:$/",
    "http://0177.0.0.1:$/",
    "http://0177.0.0.01:$/",
    "http://0x7f.0.0.1:$/",
    "http://0x7f.1:$/",
    "http://0x7f000001:$/",
    "http://0X7F000001:$/",
    "http://0:$/",
    "http://0.0.0.0:$/",
    "http://00000000:$/",
    "http://localhost:$/",
    "http://LOCALHOST:$/",
    "http://localhost.:$/",
    "http://127.0.0.1.:$/",
    "http://[::1]:$/",
    "http://[0:0:0:0:0:0:0:1]:$/",
    "http://[::]:$/",
    "http://[::ffff:127.0.0.1]:$/",
    "http://[::ffff:7f00:1]:$/",
    "http://[::ffff:0:127.0.0.1]:$/",
    "http://[::127.0.0.1]:$/",
    "http://[64:ff9b::7f00:1]:$/",
    "http://[64:ff9b:1::7f00:1]:$/",
    "http://[2002:7f00:1::1]:$/",
    "http://[fe80::1%25lo]:$/",
    "http://[fd00::1]:$/",
    "http://canary.test:$/",
    "http://mapped.test:$/",
    "http://lan.test:$/",
    "http://user@127.0.0.1:$/",
    "http://user:password@127.0.0.1:$/",
    "http://receiver.example@127.0.0.1:$/",
    "http://receiver.example%40127.0.0.1:$/",
    "http://127.0.0.1:$#@receiver.example/",
    "http://127.0.0.1:$?@receiver.example/",
    "http://127.0.0.1:$\\@receiver.example/",
    "http://receiver.example#@127.0.0.1:$/",
    "http://receiver.example:80@127.0.0.1:$/",
    "http:127.0.0.1:$/",
    "http:/127.0.0.1:$/",
    "http:///127.0.0.1:$/",
    "http:////127.0.0.1:$/",
    "//127.0.0.1:$/",
    "127.0.0.1:$/",
    "HTTP://127.0.0.1:$/",
    "https://127.0.0.1:$/",
    "http://127。0。0。1:$/",
    "http://①②⑦.⓪.⓪.①:$/",
    "http://%31%32%37.0.0.1:$/",
    "http://127.0.0.1%00.receiver.example:$/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:169.254.169.254]/latest/meta-data/",
    "http://2852039166/latest/meta-data/",
    "http://100.100.100.200/",
    "http://10.0.0.1:$/",
    "http://192.168.1.1:$/",
    "http://172.16.0.1:$/",
    "ftp://127.0.0.1:$/",
    "gopher://127.0.0.1:$/_x",
    "dict://127.0.0.1:$/x",
    "telnet://127.0.0.1:$/",
    "smtp://127.0.0.1:$/",
    "file:///etc/passwd",
    "ldap://127.0.0.1:$/",
};

static void no_way_of_writing_a_private_address_reaches_it(void **state)
{
    struct bench *bench = *state;
    struct canary canary = canary_open();
    char url[256];

    bench_policy(bench, "", 2000);
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct webhook_outcome outcome;

        fill_in_port(vectors[i], canary.port, url);
        outcome = bench_post(bench, url);
        if (outcome.http_status != 0 || outcome.reason[0] == '\0')
            fail_msg("%s: %d %s", url, outcome.http_status, outcome.reason);
        if (strstr(outcome.reason, "timed out") != NULL)
            fail_msg("%s: %s", url, outcome.reason);
        if (canary_heard(&canary))
            fail_msg("%s reached the canary", url);
    }
    close(canary.fd);
}

static void the_canary_can_hear(void **state)
{
    struct bench *bench = *state;
    struct canary canary = canary_open();
    char url[256];

    bench_policy(bench, "127.0.0.0/8", 300);
    fill_in_port("http://0x7f.1:$/", canary.port, url);
    bench_post(bench, url);
    assert_true(canary_heard(&canary));
    close(canary.fd);
}

static void a_refusal_says_which_address_and_why(void **state)
{
    struct bench *bench = *state;

    bench_policy(bench, "", 2000);
    assert_string_equal(bench_post(bench, "http://2130706433/").reason,
                        "refused: 127.0.0.1 is loopback (127.0.0.0/8); webhook { allow } does not "
                        "list it");
    assert_string_equal(
        bench_post(bench, "http://lan.test/").reason,
        "refused: 10.0.0.1 is private (10.0.0.0/8); webhook { allow } does not list "
        "it");
}

static void the_allow_list_opens_what_it_lists_and_no_more(void **state)
{
    struct bench *bench = *state;
    char url[256];

    bench_policy(bench, "127.0.0.1", 2000);
    assert_int_equal(bench_ask(bench, "ok").http_status, 204);
    snprintf(url, sizeof url, "http://127.0.0.2:%d/ok", bench->sink.port);
    assert_int_equal(bench_post(bench, url).http_status, 0);
    snprintf(url, sizeof url, "http://canary.test:%d/ok", bench->sink.port);
    assert_int_equal(bench_post(bench, url).http_status, 204);
}

static void a_name_with_one_allowed_address_goes_there_only(void **state)
{
    struct bench *bench = *state;
    char url[256];

    bench_policy(bench, "127.0.0.1", 2000);
    snprintf(url, sizeof url, "http://mixed.test:%d/ok", bench->sink.port);
    assert_int_equal(bench_post(bench, url).http_status, 204);
}

/* The connection of the first request is kept alive, and is no way around the new list. */
static void a_list_that_became_shorter_holds_for_kept_connections_too(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(bench_ask(bench, "ok").http_status, 204);
    bench_policy(bench, "", 2000);
    assert_non_null(strstr(bench_ask(bench, "ok").reason, "refused: 127.0.0.1 is loopback"));
    assert_int_equal(bench_logged(bench), 1);
}

static void a_proxy_in_the_environment_is_ignored(void **state)
{
    static const char *const names[] = {"http_proxy", "HTTP_PROXY",  "all_proxy",
                                        "ALL_PROXY",  "https_proxy", "HTTPS_PROXY"};
    struct bench *bench = *state;
    struct canary canary = canary_open();
    char proxy[256];

    fill_in_port("http://127.0.0.1:$", canary.port, proxy);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        setenv(names[i], proxy, 1);
    assert_int_equal(bench_ask(bench, "ok").http_status, 204);
    bench_policy(bench, "", 2000);
    assert_int_equal(bench_post(bench, "http://10.0.0.1/").http_status, 0);
    assert_false(canary_heard(&canary));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
    close(canary.fd);
}

static void a_redirect_to_a_private_address_is_not_followed(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(bench_ask(bench, "302").http_status, 302);
    assert_int_equal(bench_logged(bench), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_way_of_writing_a_private_address_reaches_it),
        TEST(the_canary_can_hear),
        TEST(a_refusal_says_which_address_and_why),
        TEST(the_allow_list_opens_what_it_lists_and_no_more),
        TEST(a_name_with_one_allowed_address_goes_there_only),
        TEST(a_list_that_became_shorter_holds_for_kept_connections_too),
        TEST(a_proxy_in_the_environment_is_ignored),
        TEST(a_redirect_to_a_private_address_is_not_followed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
