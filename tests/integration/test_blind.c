/* SPDX-License-Identifier: ISC */
/* The poller itself is cut off: the whole fleet falls silent at once, its references with it. */
#include "tests/integration/rig.h"

#include <string.h>

#include "tests/integration/rig_check.h"

#define TICKETS "select count(*) from kentongan.ticket"
#define STATES                                                                                     \
    "select string_agg(distinct state, ' ' order by state) from kentongan.site_now"                \
    " where device is not null"

static void says(struct rig *rig, const char *said, const char *words)
{
    if (strstr(said, words) == NULL)
        rig_fail(rig, "\"%s\" is not in: %s", words, said);
}

/* Two references at the core, and a radio beside a village's gateway. */
static void district(struct rig *rig)
{
    rig_sink_start(rig);
    rig_inventory(rig);
    rig_devices(rig, rig_text(rig,
                              CORE ";first;%s.20;%u;2c;village;;reference;;\n" CORE
                                   ";second;%s.21;%u;2c;village;;reference;;\n" VILLAGE_A
                                   ";radio;%s.22;%u;2c;village;;radio;;\n",
                              rig->net, rig->snmp_port, rig->net, rig->snmp_port, rig->net,
                              rig->snmp_port));
    rig_fleet_start(rig);
    rig_config(rig, 0);
    rig_import(rig);
    rig_start(rig);
    rig_wait_sql(rig, "up", STATES);
    rig_wait_log(rig, "poller.references references=2");
    rig_wait_sql(rig, "3", "select count(*) from kentongan.device_state where state = 'up'");
}

static void cut_us_off(struct rig *rig)
{
    rig_fleet(rig, "cut", CORE);
    rig_wait_log(rig, "poller.blind");
    rig_wait_hooks(rig, "poller.blind", "/ok/team", 1);
    assert_string_equal(rig_sql(rig, STATES), "unknown");
}

static void it_says_so(struct rig *rig)
{
    const char *said;

    assert_int_equal(rig_http(rig, 0, "/metrics", &said), 200);
    says(rig, said, "kentongan_poller_blind 1\n");
    says(rig, said, "kentongan_sites{state=\"unknown\"} 7\n");
    says(rig, said,
         "kentongan_devices_beside{state=\"unknown\"} 1\n"); /* the references are down */
    assert_int_equal(rig_cli(rig, &said, "sites", NULL), 0);
    says(rig, said, "The poller itself has been cut off since ");
    assert_int_equal(rig_cli(rig, &said, "site", "show", VILLAGE_A, NULL), 0);
    says(rig, said, "The poller itself has been cut off since ");
    says(rig, said, "radio (radio): ");
    if (strstr(said, "down") != NULL)
        rig_fail(rig, "nobody knows what is down: %s", said);
    assert_string_equal(rig_sql(rig, TICKETS), "0");
}

static void a_poller_that_is_cut_off_blames_nobody(struct rig *rig)
{
    district(rig);
    cut_us_off(rig);
    it_says_so(rig);
    rig_fleet(rig, "restore", CORE);
    rig_wait_hooks(rig, "poller.sees", "/ok/team", 1);
    rig_wait_sql(rig, "up", STATES);
    rig_wait_sql(rig, "3", "select count(*) from kentongan.device_state where state = 'up'");
    /* The clock of this test: what is silent now has its ticket long after all that could come. */
    rig_fleet(rig, "cut", VILLAGE_D);
    rig_wait_hooks(rig, "ticket.offered", "/ok/b", 1);
    rig_fleet(rig, "restore", VILLAGE_D);
    rig_wait_hooks(rig, "ticket.restored", "/ok/b", 1);
    assert_string_equal(rig_sql(rig, "select string_agg(site, ' ') from kentongan.outage"),
                        VILLAGE_D);
    assert_int_equal(rig_hooks(rig, "poller.blind", NULL), 1);
    assert_int_equal(rig_hooks(rig, "poller.sees", NULL), 1);
    assert_int_equal(rig_hooks(rig, NULL, "/ok/a"), 0);
    /* Not known time, of any site. */
    assert_string_equal(
        rig_sql(rig, "select sum(a.known_s)::int || ' of ' || count(*) from kentongan.watch_blind b"
                     " cross join lateral kentongan.site_availability(b.since, b.until) a"),
        "0 of 7");
}

static void a_cut_while_nobody_saw_gets_its_ticket_afterwards(struct rig *rig)
{
    district(rig);
    cut_us_off(rig);
    rig_fleet(rig, "cut", VILLAGE_C);
    rig_fleet(rig, "restore", CORE);
    rig_wait_hooks(rig, "ticket.offered", "/ok/b", 1);
    assert_string_equal(rig_sql(rig, "select string_agg(root, ' ') from kentongan.ticket"),
                        VILLAGE_C);
    /* It began between its last answer, which is older than the blindness, and the first probe
     * after it. */
    assert_string_equal(rig_sql(rig, "select (o.last_good <= b.since + interval '1 s') || ' ' ||"
                                     " (o.first_bad between b.until and b.until + interval '6 s')"
                                     " from kentongan.outage o cross join kentongan.watch_blind b"),
                        "true true");
    rig_fleet(rig, "restore", VILLAGE_C);
    rig_wait_hooks(rig, "ticket.restored", "/ok/b", 1);
    rig_wait_sql(rig, "up", STATES);
    assert_string_equal(rig_sql(rig, TICKETS), "1");
}

/* A stop tells what was counted so far of the five minutes that go on. */
static void what_was_lost_meanwhile_is_in_no_history(struct rig *rig)
{
    static const char lost[] =
        "select coalesce(string_agg(distinct d.site, ' '), 'none') from kentongan.device d"
        " where d.id in (select device from kentongan.rollup where lost > 0"
        " union select device from kentongan.rollup_inbox where lost > 0) and site %s '" VILLAGE_C
        "'";

    district(rig);
    cut_us_off(rig);
    rig_stop(rig, 0);
    assert_string_equal(rig_sql(rig, lost, "<>"), "none");
    assert_string_equal(rig_sql(rig, lost, "="), "none");
    rig_fleet(rig, "restore", CORE);
    rig_start(rig);
    rig_wait_sql(rig, "up", STATES);
    rig_fleet(rig, "cut", VILLAGE_C);
    rig_wait_hooks(rig, "ticket.offered", "/ok/b", 1);
    rig_stop(rig, 0);
    assert_string_equal(rig_sql(rig, lost, "="), VILLAGE_C);
}

int main(int argc, char **argv)
{
    static const struct rig_case cases[] = {
        RIG_TEST(a_poller_that_is_cut_off_blames_nobody),
        RIG_TEST(what_was_lost_meanwhile_is_in_no_history),
        RIG_TEST(a_cut_while_nobody_saw_gets_its_ticket_afterwards),
    };

    return rig_main(argc, argv, "blind", cases, sizeof cases / sizeof *cases);
}
