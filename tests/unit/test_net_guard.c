/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "alerts/net_guard.h"

static struct sockaddr_storage address(const char *text)
{
    struct sockaddr_storage out = {0};
    struct sockaddr_in in4 = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

    if (inet_pton(AF_INET, text, &in4.sin_addr) == 1)
        memcpy(&out, &in4, sizeof in4);
    else if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1)
        memcpy(&out, &in6, sizeof in6);
    else
        fail_msg("%s is no address", text);
    return out;
}

static const char *judge(const char *text, const struct net_list *allow)
{
    struct sockaddr_storage a = address(text);
    const char *by_sockaddr = net_guard_refuses((const struct sockaddr *)&a, allow);
    const char *by_text = net_guard_refuses_text(text, allow);

    assert_ptr_equal(by_sockaddr, by_text);
    return by_sockaddr;
}

static struct net_list list_of(const char *text)
{
    struct net_list list = {.count = 1};

    if (!net_parse(text, &list.nets[0]))
        fail_msg("%s is no network", text);
    return list;
}

struct vector {
    const char *address;
    const char *word; /* in the refusal; NULL: may be called */
};

/* First and last of each range, and its neighbours on both sides. */
/* clang-format off */
static const struct vector vectors[] = {
    {"0.0.0.0", "this network"}, {"0.255.255.255", "this network"}, {"1.0.0.0", NULL},
    {"9.255.255.255", NULL}, {"10.0.0.0", "private"}, {"10.255.255.255", "private"}, {"11.0.0.0", NULL},
    {"100.63.255.255", NULL}, {"100.64.0.0", "shared"}, {"100.100.100.200", "shared"},
    {"100.127.255.255", "shared"}, {"100.128.0.0", NULL},
    {"126.255.255.255", NULL}, {"127.0.0.1", "loopback"}, {"127.255.255.255", "loopback"}, {"128.0.0.0", NULL},
    {"169.253.255.255", NULL}, {"169.254.0.0", "link-local"}, {"169.254.169.254", "link-local"}, {"169.255.0.0", NULL},
    {"172.15.255.255", NULL}, {"172.16.0.0", "private"}, {"172.31.255.255", "private"}, {"172.32.0.0", NULL},
    {"191.255.255.255", NULL}, {"192.0.0.0", "protocol"}, {"192.0.0.255", "protocol"}, {"192.0.1.0", NULL},
    {"192.0.2.1", "documentation"}, {"192.0.3.0", NULL}, {"192.88.98.255", NULL}, {"192.88.99.1", "6to4"},
    {"192.88.100.0", NULL}, {"192.167.255.255", NULL}, {"192.168.0.0", "private"}, {"192.168.255.255", "private"},
    {"192.169.0.0", NULL}, {"198.17.255.255", NULL}, {"198.18.0.0", "benchmarks"}, {"198.19.255.255", "benchmarks"},
    {"198.20.0.0", NULL}, {"198.51.99.255", NULL}, {"198.51.100.7", "documentation"}, {"198.51.101.0", NULL},
    {"203.0.112.255", NULL}, {"203.0.113.9", "documentation"}, {"203.0.114.0", NULL},
    {"223.255.255.255", NULL}, {"224.0.0.1", "multicast"}, {"239.255.255.255", "multicast"},
    {"240.0.0.0", "reserved"}, {"255.255.255.254", "reserved"}, {"255.255.255.255", "broadcast"},
    {"8.8.8.8", NULL}, {"103.28.14.1", NULL},

    {"::", "unspecified"}, {"::1", "loopback"}, {"::2", "outside"},
    {"::7f00:1", "outside"}, /* the long dead "IPv4-compatible" form of 127.0.0.1 */
    {"::ffff:127.0.0.1", "loopback"}, {"::ffff:10.0.0.1", "private"}, {"::ffff:169.254.169.254", "link-local"},
    {"::ffff:0.0.0.0", "this network"}, {"::ffff:8.8.8.8", NULL},
    {"64:ff9b::7f00:1", "loopback"}, {"64:ff9b::a9fe:a9fe", "link-local"}, {"64:ff9b::808:808", NULL},
    {"64:ff9b:1::808:808", "local NAT64"}, {"64:ff9b:2::1", "outside"},
    {"2002:7f00:1::1", "loopback"}, {"2002:c0a8:101::", "private"}, {"2002:808:808::1", NULL},
    {"2001::1", "Teredo"}, {"2001:0:4136:e378:8000:63bf:3fff:fdd2", "Teredo"},
    {"2001:1::1", "protocol"}, {"2001:1ff:ffff::", "protocol"}, {"2001:200::1", NULL},
    {"2001:db7:ffff::1", NULL}, {"2001:db8::1", "documentation"}, {"2001:db9::", NULL},
    {"2606:4700:4700::1111", NULL}, {"2400:cb00::1", NULL},
    {"3ffe:ffff::1", NULL}, {"3fff::1", "documentation"}, {"3fff:fff:ffff::", "documentation"}, {"3fff:1000::", NULL},
    {"4000::1", "outside"}, {"1fff::1", "outside"}, {"5f00::1", "segment routing"}, {"100::1", "discarded"},
    {"fc00::1", "unique local"}, {"fd12:3456::1", "unique local"}, {"fe00::1", "outside"},
    {"fe80::1", "link-local"}, {"febf::1", "link-local"}, {"fec0::1", "site-local"}, {"ff02::1", "multicast"},
};
/* clang-format on */

static void what_is_not_plain_public_unicast_is_refused_with_its_kind(void **state)
{
    static const struct net_list nobody = {0};

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        const char *got = judge(vectors[i].address, i % 2 == 0 ? NULL : &nobody);

        if ((got == NULL) != (vectors[i].word == NULL) ||
            (got != NULL && strstr(got, vectors[i].word) == NULL))
            fail_msg("%s: want %s, got %s", vectors[i].address,
                     vectors[i].word == NULL ? "nothing" : vectors[i].word,
                     got == NULL ? "nothing" : got);
    }
}

static void the_allow_list_wins(void **state)
{
    struct net_list list = list_of("10.20.0.0/16");

    (void)state;
    assert_null(judge("10.20.0.0", &list));
    assert_null(judge("10.20.255.255", &list));
    assert_non_null(judge("10.19.255.255", &list));
    assert_non_null(judge("10.21.0.0", &list));
    assert_null(judge("::ffff:10.20.1.1", &list)); /* the same host in other words */
    assert_null(judge("64:ff9b::a14:101", &list));
    assert_null(judge("8.8.8.8", &list)); /* public stays public */
    list = list_of("fd00::/8");
    assert_null(judge("fd12::1", &list));
    assert_non_null(judge("fc12::1", &list));
    list = list_of("127.0.0.1");
    assert_null(judge("127.0.0.1", &list));
    assert_non_null(judge("127.0.0.2", &list));
    list = list_of("::1");
    assert_null(judge("::1", &list));
    assert_non_null(judge("127.0.0.1", &list));
}

static void an_allowed_everything_of_ipv4_says_nothing_of_ipv6(void **state)
{
    struct net_list list = list_of("0.0.0.0/0");

    (void)state;
    assert_null(judge("127.0.0.1", &list));
    assert_non_null(judge("::1", &list));
    list = list_of("::/0");
    assert_null(judge("::1", &list));
    assert_null(judge("127.0.0.1", &list));
}

static void a_network_is_read_strictly(void **state)
{
    static const char *const good[] = {
        "10.0.0.0/8", "127.0.0.1",     "127.0.0.1/32", "0.0.0.0/0",   "fd00::/8",        "::1",
        "::/0",       "2001:db8::/33", "10.1.0.0/16",  "10.1.2.4/30", "192.168.1.128/25"};
    static const char *const bad[] = {"",
                                      "/8",
                                      "10.0.0.1/8",
                                      "10.0.0.0/33",
                                      "10.0.0/8",
                                      "010.0.0.0/8",
                                      "0x0a.0.0.0",
                                      "10.0.0.0/",
                                      "10.0.0.0/-1",
                                      "10.0.0.0/8 ",
                                      " 10.0.0.0/8",
                                      "10.0.0.0/8/8",
                                      "fd00::1/8",
                                      "fd00::/129",
                                      "localhost",
                                      "2130706433",
                                      "::ffff:10.0.0.1/100",
                                      "1.2.3.4.5",
                                      "fe80::1%lo",
                                      "10.0.0.0/+8",
                                      "10.0.0.1/31",
                                      "128.0.0.0/0",
                                      "10.0.0.2/30"};
    struct net net;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!net_parse(good[i], &net))
            fail_msg("%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (net_parse(bad[i], &net))
            fail_msg("%s", bad[i]);
}

static void a_network_that_is_refused_leaves_the_old_one(void **state)
{
    struct net net;

    (void)state;
    assert_true(net_parse("10.0.0.0/8", &net));
    assert_false(net_parse("10.0.0.1/8", &net));
    assert_int_equal(net.prefix, 104);
}

static void what_is_no_ip_address_is_refused(void **state)
{
    struct sockaddr_storage local = {.ss_family = AF_UNIX};
    struct net_list list = list_of("::/0");
    char text[INET6_ADDRSTRLEN];

    (void)state;
    assert_string_equal(net_guard_refuses((const struct sockaddr *)&local, &list),
                        "not an IP address");
    assert_string_equal(net_guard_refuses_text("10.0.0.0/8", &list), "not an IP address");
    assert_string_equal(net_guard_refuses_text("", &list), "not an IP address");
    assert_false(net_list_has(&list, (const struct sockaddr *)&local));
    assert_string_equal(net_address_text((const struct sockaddr *)&local, text), "?");
}

static void an_address_is_shown_as_people_write_it(void **state)
{
    static const char *const texts[] = {"10.0.0.1", "255.255.255.255", "::1", "2001:db8::1",
                                        "::ffff:10.0.0.1"};
    char text[INET6_ADDRSTRLEN];

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct sockaddr_storage a = address(texts[i]);

        assert_string_equal(net_address_text((const struct sockaddr *)&a, text), texts[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_plain_public_unicast_is_refused_with_its_kind),
        cmocka_unit_test(the_allow_list_wins),
        cmocka_unit_test(an_allowed_everything_of_ipv4_says_nothing_of_ipv6),
        cmocka_unit_test(a_network_is_read_strictly),
        cmocka_unit_test(a_network_that_is_refused_leaves_the_old_one),
        cmocka_unit_test(what_is_no_ip_address_is_refused),
        cmocka_unit_test(an_address_is_shown_as_people_write_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
