/* SPDX-License-Identifier: ISC */
/* Whose fault it is: relays, the villages behind them, and a village with two uplinks. */
#include "tests/integration/rig.h"

#include <string.h>

#include "tests/integration/rig_check.h"

#define OPEN_OUTAGES                                                                               \
    "select string_agg(site || '<' || root, ' ' order by site) from kentongan.outage"              \
    " where restored_at is null"

static void one_relay_cut_is_one_ticket_with_its_villages_affected(struct rig *rig)
{
    struct rig_hook offered;

    rig_whole(rig);
    rig_fleet(rig, "cut", RELAY_A);
    offered = rig_wait_hooks(rig, "ticket.offered", NULL, 1);
    assert_string_equal(offered.path, "/ok/a");
    rig_wait_sql(rig, RELAY_A "<" RELAY_A " " VILLAGE_A "<" RELAY_A " " VILLAGE_B "<" RELAY_A,
                 OPEN_OUTAGES);
    rig_wait_sql(rig, VILLAGE_A " " VILLAGE_B,
                 "select string_agg(site, ' ' order by site) from kentongan.ticket_site");
    rig_wait_sql(rig, "unreachable unreachable",
                 "select string_agg(state, ' ') from kentongan.site_state"
                 " where site in ('" VILLAGE_A "', '" VILLAGE_B "')");
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.ticket"), "1");

    rig_fleet(rig, "restore", RELAY_A);
    rig_wait_hooks(rig, "ticket.restored", "/ok/a", 1);
    rig_wait_sql(rig, "", OPEN_OUTAGES);
    rig_wait_all_up(rig);
    assert_string_equal(rig_sql(rig, "select string_agg(root || ' ' || state, ',')"
                                     " from kentongan.ticket"),
                        RELAY_A " restored");
    assert_int_equal(rig_hooks(rig, "ticket.offered", NULL), 1);
    assert_int_equal(rig_hooks(rig, "ticket.opened", NULL), 1);
    assert_string_equal(
        rig_sql(rig, "select count(*) from kentongan.notification where type = 'ticket.joined'"),
        "0");
    rig_check(rig);
}

/* What joins a ticket that people know of is told to both of them, in half a minute: this test has
 * no patience. */
static void expect_joined(struct rig *rig)
{
    struct rig_hook joined;

    rig_wait_sql(rig, "a team",
                 "select string_agg(endpoint, ' ' order by endpoint)"
                 " from kentongan.notification where type = 'ticket.joined'");
    rig_sql(rig, "update kentongan.notification set next_at = now() where type = 'ticket.joined'");
    rig_sql(rig, "notify kentongan_outbox");
    rig_wait_hooks(rig, "ticket.joined", "/ok/team", 1);
    joined = rig_wait_hooks(rig, "ticket.joined", "/ok/a", 1);
    assert_non_null(strstr(joined.body, "\"affected\":{\"count\":3,"));
    assert_non_null(strstr(joined.body, "/t/"));
}

static void one_of_two_uplinks_carries_the_village(struct rig *rig)
{
    rig_whole(rig);
    rig_fleet(rig, "cut", RELAY_A);
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    rig_wait_sql(rig, "3", "select count(*) from kentongan.outage where restored_at is null");
    assert_string_equal(
        rig_sql(rig, "select state from kentongan.site_state where site = '" TWO_WAYS "'"), "up");

    rig_fleet(rig, "cut", RELAY_B);
    rig_wait_hooks(rig, "ticket.offered", "/ok/b", 1);
    rig_wait_sql(rig, "unreachable",
                 "select state from kentongan.site_state where site = '" TWO_WAYS "'");
    rig_wait_sql(rig, "7", "select count(*) from kentongan.outage where restored_at is null");
    assert_string_equal(
        rig_sql(rig, "select string_agg(root, ' ' order by root) from kentongan.ticket"),
        RELAY_A " " RELAY_B);
    expect_joined(rig);

    rig_fleet(rig, "restore", RELAY_B);
    rig_wait_sql(rig, "up", "select state from kentongan.site_state where site = '" TWO_WAYS "'");
    rig_wait_sql(rig, "3", "select count(*) from kentongan.outage where restored_at is null");
    rig_fleet(rig, "restore", RELAY_A);
    rig_wait_back(rig);
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.ticket"), "2");
    rig_check(rig);
}

static void a_relay_without_power_is_the_root_too(struct rig *rig)
{
    rig_whole(rig);
    rig_fleet(rig, "off", RELAY_B);
    rig_wait_hooks(rig, "ticket.offered", "/ok/b", 1);
    rig_wait_sql(rig, "3", "select count(*) from kentongan.outage where restored_at is null");
    rig_fleet(rig, "on", RELAY_B);
    rig_wait_back(rig);
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.ticket"), "1");
    assert_string_equal(
        rig_sql(rig, "select string_agg(distinct cause_guess || ' ' || cause_proven, ',')"
                     " from report.outage where site <> root"),
        "upstream upstream");
    assert_string_equal(
        rig_sql(
            rig,
            "select cause_proven || (booted >= last_good and booted <= restored + interval '1 s')"
            " from report.outage where site = root"),
        "powertrue");
    rig_check(rig);
}

/* Answers that come after the time-out are life all the same. */
static void a_slow_village_is_not_a_dead_one(struct rig *rig)
{
    rig_whole(rig);
    rig_fleet_number(rig, "delay", VILLAGE_A, 600);
    rig_fleet(rig, "cut", VILLAGE_C); /* the clock of this test: a verdict takes as long for both */
    rig_wait_hooks(rig, "ticket.offered", "/ok/b", 1);
    rig_fleet(rig, "restore", VILLAGE_C);
    rig_wait_back(rig);
    assert_string_equal(rig_sql(rig, "select string_agg(distinct root, ' ') from kentongan.ticket"),
                        VILLAGE_C);
    assert_string_equal(
        rig_sql(rig, "select state from kentongan.site_state where site = '" VILLAGE_A "'"), "up");
}

int main(int argc, char **argv)
{
    static const struct rig_case cases[] = {
        RIG_TEST(one_relay_cut_is_one_ticket_with_its_villages_affected),
        RIG_TEST(one_of_two_uplinks_carries_the_village),
        RIG_TEST(a_relay_without_power_is_the_root_too),
        RIG_TEST(a_slow_village_is_not_a_dead_one),
    };

    return rig_main(argc, argv, "relay", cases, sizeof cases / sizeof *cases);
}
