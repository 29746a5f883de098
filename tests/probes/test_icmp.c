/* SPDX-License-Identifier: ISC */
/* Devices that are only pinged, in a network of the test's own: the kernel of the far end answers.
 */
#include "tests/probes/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netinet/ip.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "daemon/base/text.h"
#include "probes/echo.h"
#include "tests/integration/rig_proc.h"
#include "tests/probes/evil.h"
#include "tests/probes/net.h"

#define CAP_NET_RAW 13 /* linux/capability.h */

static const struct plan_policy brisk = {
    .interval_ms = 200, .timeout_ms = 150, .misses_to_down = 3, .answers_to_up = 2};

static const char *const hosts[] = {NET_FAR, NET_FAR_TWO, NET_FAR_V6};
#define HOSTS (sizeof hosts / sizeof *hosts)

static void ping_all(struct bench *bench, const struct plan_policy *policy)
{
    struct plan_device devices[HOSTS];

    for (uint32_t i = 0; i < HOSTS; i++)
        devices[i] = bench_device(i + 1, hosts[i], 161, PLAN_ICMP, "");
    bench_plan(bench, policy, devices, HOSTS);
}

static bool all_are(const struct bench *bench, enum link_state link_state)
{
    for (uint32_t id = 1; id <= HOSTS; id++)
        if (bench->devices[id].last.state != link_state)
            return false;
    return true;
}

/* How many sockets of that kind this end has; the prober's are the only ones. */
static size_t sockets(const char *table)
{
    struct text whole = {0};
    size_t lines = 0;

    assert_true(file_read(table, 0, &whole));
    for (const char *at = text_get(&whole); (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    text_free(&whole);
    return lines - 1; /* its heading */
}

static void up_down_and_up_again(struct bench *bench, const char *table, const char *table_v6)
{
    ping_all(bench, &brisk);
    bench_wait(bench, all_are(bench, LINK_UP));
    assert_int_equal(sockets(table), 1);
    assert_int_equal(sockets(table_v6), 1);
    assert_true(net_run(NET_THERE, "ip link set vb down"));
    bench_wait(bench, all_are(bench, LINK_DOWN));
    for (uint32_t id = 1; id <= HOSTS; id++)
        assert_int_equal(bench->devices[id].begins, 1);
    assert_true(net_run(NET_THERE, "ip link set vb up"));
    /* gone with the link, unlike the addresses of IPv4 */
    (void)net_run(NET_THERE, "ip address add " NET_FAR_V6 "/64 dev vb nodad");
    bench_wait(bench, all_are(bench, LINK_UP));
    for (uint32_t id = 1; id <= HOSTS; id++)
        assert_int_equal(bench->devices[id].ends, 1);
    assert_int_equal(bench->lost, 0);
}

static void a_device_without_snmp_is_up_while_it_answers_pings(void **state)
{
    assert_true(net_allow_ping(true));
    up_down_and_up_again(*state, "/proc/self/net/icmp", "/proc/self/net/icmp6");
}

static void raw_sockets_do_where_ping_sockets_are_not_allowed(void **state)
{
    assert_true(net_allow_ping(false));
    up_down_and_up_again(*state, "/proc/self/net/raw", "/proc/self/net/raw6");
    assert_true(net_allow_ping(true));
}

/* Other echo replies of the machine come to a raw socket too, and mean nothing to us. */
static void the_pings_of_others_are_none_of_ours(void **state)
{
    struct bench *bench = *state;

    assert_true(net_allow_ping(false));
    ping_all(bench, &brisk);
    bench_wait(bench, all_are(bench, LINK_UP));
    if (net_has("ping"))
        assert_true(net_run(NET_HERE, "ping -q -c 20 -i 0.01 " NET_FAR));
    assert_int_equal(bench_counters(bench).refused_request, 0);
    assert_int_equal(bench_counters(bench).refused_malformed, 0);
    assert_true(net_allow_ping(true));
}

static bool filter(enum net_end end, const char *rule)
{
    char command[256];

    snprintf(command, sizeof command, "nft add rule inet t in %s", rule);
    return net_run(end, "nft add table inet t") &&
           net_run(end, "nft add chain inet t in { type filter hook input priority 0 ; }") &&
           net_run(end, command);
}

static void unfilter(enum net_end end)
{
    assert_true(net_run(end, "nft delete table inet t"));
}

static void a_lossy_link_is_no_outage(void **state)
{
    static const struct plan_policy patient = {
        .interval_ms = 100, .timeout_ms = 90, .misses_to_down = 12, .answers_to_up = 2};
    struct bench *bench = *state;
    uint64_t sent;

    if (!net_has("nft") || !filter(NET_THERE, "numgen random mod 100 < 30 drop")) {
        print_message("skipped: nft cannot lose packets here\n");
        skip();
    }
    ping_all(bench, &patient);
    bench_wait(bench, all_are(bench, LINK_UP));
    sent = bench_counters(bench).sent;
    bench_wait(bench, bench_counters(bench).sent > sent + 90);
    for (uint32_t id = 1; id <= HOSTS; id++)
        assert_int_equal(bench->devices[id].begins, 0);
    assert_true(bench_counters(bench).silent > 0);
    unfilter(NET_THERE);
}

/* ---- the second reason ---- */

/* The near end's own address: the agent is ours, and pings are answered by its kernel. */
static void a_mute_agent_is_told_from_a_silent_device(void **state)
{
    struct bench *bench = *state;
    struct evil *agent = evil_new(bench->base, NET_NEAR, "127.0.0.2", "desa");
    struct plan_device device = bench_device(1, NET_NEAR, evil_port(agent), PLAN_SNMP_V2C, "desa");
    const struct bench_device *heard = &bench->devices[1];

    evil_play(agent, &(struct evil_play){.truth = true});
    bench_plan(bench, &brisk, &device, 1);
    bench_wait(bench, heard->last.state == LINK_UP);
    assert_int_equal(heard->last.ping, LINK_PING_UNKNOWN);
    evil_play(agent, &(struct evil_play){.truth = false});
    bench_wait(bench, heard->last.state == LINK_DOWN && heard->last.ping == LINK_PING_ANSWERS);
    assert_true(net_run(NET_HERE, "sysctl -q net.ipv4.icmp_echo_ignore_all=1"));
    bench_wait(bench, heard->last.ping == LINK_PING_SILENT);
    assert_int_equal(heard->last.state, LINK_DOWN);
    assert_int_equal(heard->begins, 1);
    assert_true(net_run(NET_HERE, "sysctl -q net.ipv4.icmp_echo_ignore_all=0"));
    bench_wait(bench, heard->last.ping == LINK_PING_ANSWERS);
    evil_play(agent, &(struct evil_play){.truth = true});
    bench_wait(bench, heard->last.state == LINK_UP);
    assert_int_equal(heard->ends, 1);
    evil_free(agent);
}

/* Nobody has the first address. On the second this machine answers, whoever is meant. */
static void who_is_not_there_is_silent_and_our_own_address_says_nothing(void **state)
{
    struct bench *bench = *state;
    struct plan_device devices[] = {bench_device(1, "10.99.0.77", 161, PLAN_SNMP_V2C, "desa"),
                                    bench_device(2, "127.0.0.7", 9, PLAN_SNMP_V2C, "desa"),
                                    bench_device(3, NET_FAR_V6, 161, PLAN_SNMP_V2C, "desa")};

    bench_plan(bench, &brisk, devices, 3);
    for (uint32_t id = 1; id <= 3; id++)
        bench_wait(bench, bench->devices[id].last.state == LINK_DOWN);
    bench_wait(bench, bench->devices[1].last.ping == LINK_PING_SILENT);
    assert_int_equal(bench->devices[2].last.ping, LINK_PING_UNKNOWN);
    bench_wait(bench, bench->devices[3].last.ping == LINK_PING_ANSWERS);
}

/* ---- forged replies ---- */

/* The truth, but for one thing. */
enum forgery {
    FORGED_NOTHING = 1,
    FORGED_COOKIE,
    FORGED_KEY,
    FORGED_ID,
    FORGED_SOURCE, /* from another device of the plan */
    FORGED_SUM,
    FORGED_TYPE, /* the request itself */
    FORGED_END
};

#define FORGERIES_MOST 1000 /* of each kind */

struct forger {
    int raw; /* on the far end: hears the requests, and sends with IP headers of its own */
    bool tells_the_truth;
    unsigned told[FORGED_END];
};

static void sum_up(uint8_t *icmp)
{
    unsigned sum = 0;

    icmp[2] = icmp[3] = 0;
    for (size_t i = 0; i < ECHO_BYTES; i += 2)
        sum += (unsigned)icmp[i] << 8 | icmp[i + 1];
    sum = (sum & 0xffff) + (sum >> 16);
    sum = ~((sum & 0xffff) + (sum >> 16));
    icmp[2] = (uint8_t)(sum >> 8);
    icmp[3] = (uint8_t)sum;
}

struct packet {
    struct iphdr ip;
    uint8_t icmp[ECHO_BYTES];
};

static void forge(struct forger *forger, enum forgery forgery, const struct packet *request)
{
    static const size_t at[FORGED_END] = {[FORGED_COOKIE] = 19, [FORGED_KEY] = 11, [FORGED_ID] = 5};
    struct packet reply = *request;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = request->ip.saddr};

    reply.ip.saddr = request->ip.daddr;
    reply.ip.daddr = request->ip.saddr;
    reply.icmp[0] = forgery == FORGED_TYPE ? 8 : 0;
    if (at[forgery] != 0)
        reply.icmp[at[forgery]] ^= 1;
    if (forgery == FORGED_SOURCE) /* .2 for .3 and back */
        reply.ip.saddr ^= htonl(1);
    sum_up(reply.icmp);
    if (forgery == FORGED_SUM)
        reply.icmp[3] ^= 1;
    if (sendto(forger->raw, &reply, sizeof reply, 0, (struct sockaddr *)&to, sizeof to) ==
        (ssize_t)sizeof reply)
        forger->told[forgery]++;
}

static void forge_all(struct forger *forger)
{
    struct packet request;

    while (recv(forger->raw, &request, sizeof request, 0) == (ssize_t)sizeof request) {
        if (request.icmp[0] != 8)
            continue;
        if (forger->tells_the_truth)
            forge(forger, FORGED_NOTHING, &request);
        else
            for (size_t times = 0; times < 40; times++)
                for (enum forgery forgery = FORGED_COOKIE; forgery < FORGED_END; forgery++)
                    forge(forger, forgery, &request);
    }
}

static bool all_forged(struct forger *forger)
{
    forge_all(forger);
    for (enum forgery forgery = FORGED_COOKIE; forgery < FORGED_END; forgery++)
        if (forger->told[forgery] < FORGERIES_MOST)
            return false;
    return true;
}

static bool both_are(const struct bench *bench, enum link_state link_state)
{
    return bench->devices[1].last.state == link_state && bench->devices[2].last.state == link_state;
}

/* The far kernel is silent. Whoever sees each request, which is no mean feat, answers in its place.
 */
static void nobody_answers_in_the_place_of_another(void **state)
{
    struct bench *bench = *state;
    struct plan_device devices[] = {bench_device(1, NET_FAR, 161, PLAN_ICMP, ""),
                                    bench_device(2, NET_FAR_TWO, 161, PLAN_ICMP, "")};
    struct forger forger = {.raw = net_socket(NET_THERE, AF_INET, SOCK_RAW, IPPROTO_ICMP)};
    int on = 1;

    assert_true(forger.raw >= 0);
    assert_int_equal(setsockopt(forger.raw, IPPROTO_IP, IP_HDRINCL, &on, sizeof on), 0);
    assert_true(net_run(NET_THERE, "sysctl -q net.ipv4.icmp_echo_ignore_all=1"));
    assert_true(net_allow_ping(false)); /* a raw socket hears all of it */
    bench_plan(bench, &brisk, devices, 2);
    bench_wait(bench, all_forged(&forger));
    assert_true(both_are(bench, LINK_DOWN));
    bench_wait(bench, bench_counters(bench).refused_request >= 2 * FORGERIES_MOST);
    bench_wait(bench, bench_counters(bench).refused_address >= FORGERIES_MOST);
    bench_wait(bench, bench_counters(bench).refused_malformed >= FORGERIES_MOST);
    assert_int_equal(bench_counters(bench).answered + bench_counters(bench).late, 0);
    forger.tells_the_truth = true; /* so that we know it can */
    bench_wait(bench, (forge_all(&forger), both_are(bench, LINK_UP)));
    assert_true(net_run(NET_THERE, "sysctl -q net.ipv4.icmp_echo_ignore_all=0"));
    assert_true(net_allow_ping(true));
    close(forger.raw);
}

/* ---- not allowed at all ---- */

/* The last test: what is taken from the program's children here never comes back. */
static void what_may_not_be_pinged_is_unknown_and_said(void **state)
{
    struct bench *bench = *state;
    struct plan_device device = bench_device(1, NET_FAR, 161, PLAN_ICMP, "");

    assert_true(net_allow_ping(false));
    assert_int_equal(prctl(PR_CAPBSET_DROP, CAP_NET_RAW, 0, 0, 0), 0);
    bench_plan(bench, &brisk, &device, 1);
    bench_wait(bench, bench->devices[1].changes == 1);
    assert_int_equal(bench->devices[1].last.state, LINK_UNKNOWN);
    assert_int_equal(bench->ready, 1);
    assert_int_equal(bench_counters(bench).sent, 0);
}

#define T(test) cmocka_unit_test_setup_teardown(test, bench_open, bench_close)

static int run(void)
{
    const struct CMUnitTest tests[] = {
        T(a_device_without_snmp_is_up_while_it_answers_pings),
        T(raw_sockets_do_where_ping_sockets_are_not_allowed),
        T(the_pings_of_others_are_none_of_ours),
        T(a_lossy_link_is_no_outage),
        T(a_mute_agent_is_told_from_a_silent_device),
        T(who_is_not_there_is_silent_and_our_own_address_says_nothing),
        T(nobody_answers_in_the_place_of_another),
        T(what_may_not_be_pinged_is_unknown_and_said),
    };
    const char *why = net_open();

    if (why != NULL) {
        print_message("skipped: %s\n", why);
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return bench_main(argc, argv, run);
}
