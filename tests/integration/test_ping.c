/* SPDX-License-Identifier: ISC */
/* Gateways that are only pinged, and one whose agent is mute, in a network of the test's own. */
#include "tests/integration/rig.h"

#include <stdio.h>
#include <string.h>

#include "tests/probes/net.h"

#define STATE(site)   "select state from kentongan.site_state where site = '" site "'"
#define ANSWERS(site) "select answers_ping from report.outage where site = '" site "'"

static void a_district_by_ping(struct rig *rig)
{
    rig_sink_start(rig);
    rig_inventory(rig);
    /* nobody listens on the first's port; the kernel of the far end answers for all three */
    rig_write(rig, "inventory/devices.csv",
              "site;name;address;port;snmp;credential;profile;role;reply_from;byte_budget_mb\n"
              "%s;gw;%s;161;2c;village;;gateway;;\n"
              "%s;gw;%s;;none;;;gateway;;\n"
              "%s;gw;%s;;none;;;gateway;;\n",
              RELAY_A, NET_FAR, RELAY_B, NET_FAR_TWO, VILLAGE_C, NET_FAR_V6);
    rig_config(rig, 0);
    rig_import(rig);
    rig_start(rig);
}

static void a_mute_agent_and_a_silent_device_are_told_apart(struct rig *rig)
{
    const char *out;

    a_district_by_ping(rig);
    rig_wait_sql(rig, "up", STATE(RELAY_B));
    rig_wait_sql(rig, "up", STATE(VILLAGE_C));
    rig_wait_sql(rig, "down", STATE(RELAY_A));
    rig_wait_sql(rig, "t", ANSWERS(RELAY_A));
    assert_int_equal(rig_cli(rig, &out, "probe", NET_FAR_V6, "--snmp", "none", NULL), 0);
    if (strstr(out, "answered in") == NULL)
        rig_fail(rig, "probe says: %s", out);
    assert_int_equal(rig_cli(rig, &out, "site", "show", RELAY_A, NULL), 0);
    if (strstr(out, "agent mute: it answers pings, but no SNMP") == NULL)
        rig_fail(rig, "site show says: %s", out);

    assert_true(net_run(NET_THERE, "sysctl -q net.ipv4.icmp_echo_ignore_all=1"));
    rig_wait_sql(rig, "down", STATE(RELAY_B));
    rig_wait_sql(rig, "f", ANSWERS(RELAY_B));
    rig_wait_sql(rig, "f", ANSWERS(RELAY_A));
    assert_int_equal(rig_cli(rig, &out, "site", "show", RELAY_A, NULL), 0);
    if (strstr(out, "device silent: it does not answer pings either") == NULL)
        rig_fail(rig, "site show says: %s", out);
    assert_string_equal(rig_sql(rig, STATE(VILLAGE_C)), "up"); /* by IPv6 */

    assert_true(net_run(NET_THERE, "sysctl -q net.ipv4.icmp_echo_ignore_all=0"));
    rig_wait_sql(rig, "up", STATE(RELAY_B));
    rig_wait_sql(rig, "t",
                 "select restored is not null from report.outage where site = '" RELAY_B "'");
    rig_wait_sql(rig, "t", ANSWERS(RELAY_A));
    assert_string_equal(rig_sql(rig, ANSWERS(RELAY_B)), "f"); /* what it was */
}

static void who_may_not_ping_knows_nothing(struct rig *rig)
{
    const char *out;

    assert_true(net_allow_ping(false));
    a_district_by_ping(rig);
    rig_wait_log(rig, "probe.no_ping devices=2");
    rig_wait_sql(rig, "down", STATE(RELAY_A)); /* by then the others would have been heard of */
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.site_state"
                                     " where site <> '" RELAY_A "' and state <> 'unknown'"),
                        "0");
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.outage"
                                     " where site <> '" RELAY_A "' or answers_ping is not null"),
                        "0");
    assert_int_equal(rig_cli(rig, &out, "probe", NET_FAR, "--snmp", "none", NULL), 1);
    if (strstr(out, "net.ipv4.ping_group_range") == NULL)
        rig_fail(rig, "probe says: %s", out);
    assert_true(net_allow_ping(true));
}

int main(int argc, char **argv)
{
    static const struct rig_case cases[] = {
        RIG_TEST(a_mute_agent_and_a_silent_device_are_told_apart),
        RIG_TEST(who_may_not_ping_knows_nothing),
    };
    const char *why = net_open();

    if (why != NULL) {
        printf("skipped: %s\n", why);
        return 77;
    }
    return rig_main(argc, argv, "ping", cases, sizeof cases / sizeof *cases);
}
