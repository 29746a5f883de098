/* SPDX-License-Identifier: ISC */
/* Why a site was silent, proven on devices that lose their power and on daemons that begin anew. */
#include "tests/integration/rig.h"

#include "tests/integration/rig_check.h"

#define OPEN "select count(*) from kentongan.outage where restored_at is null"

static void begin(struct rig *rig)
{
    rig_fleet_start(rig);
    rig_config(rig, 0);
    rig_import(rig);
    rig_start(rig);
    rig_wait_all_up(rig);
}

static void a_feeder_that_goes_at_once_is_one_ticket_and_power_for_each(struct rig *rig)
{
    static const char *const dark[] = {VILLAGE_A, VILLAGE_C, VILLAGE_D};

    rig_sink_start(rig);
    rig_inventory(rig);
    rig_write(rig, "inventory/sites.csv",
              "code;name;kind;kecamatan;lat;lng;uplinks;feeder;service_hours\n" CORE
              ";Diskominfo;core;;-7.42;111.02;;;\n" RELAY_A
              ";Kalijambe;relay;Kalijambe;-7.43;110.81;" CORE ";SGN-01;\n" RELAY_B
              ";Plupuh;relay;Plupuh;-7.44;110.88;" CORE ";SGN-02;\n" VILLAGE_A
              ";Krikilan;village;Kalijambe;-7.44;110.82;" RELAY_A ";SGN-09;\n" VILLAGE_B
              ";Tegalombo;village;Kalijambe;-7.45;110.82;" RELAY_A ";SGN-03;\n" TWO_WAYS
              ";Ngebung;village;Kalijambe;-7.46;110.83;" RELAY_A " " RELAY_B ";SGN-03;\n" VILLAGE_C
              ";Dari;village;Plupuh;-7.45;110.88;" RELAY_B ";SGN-09;\n" VILLAGE_D
              ";Gedongan;village;Plupuh;-7.46;110.89;" RELAY_B ";SGN-09;\n");
    begin(rig);
    for (size_t i = 0; i < 3; i++)
        rig_fleet(rig, "off", dark[i]);
    rig_wait_sql(rig, "3", OPEN);
    rig_wait_sql(rig, "powered-off SGN-09 3",
                 "select string_agg(distinct concat_ws(' ', t.kind, t.feeder,"
                 " (select count(*) from kentongan.outage o where o.ticket = t.id)), ',')"
                 " from kentongan.ticket t where t.state not in ('cancelled', 'closed')");
    for (size_t i = 0; i < 3; i++)
        rig_fleet(rig, "on", dark[i]);
    rig_wait_sql(rig, "0", OPEN);
    assert_string_equal(rig_sql(rig,
                                "select string_agg(site || ' ' || cause_proven, ',' order by site)"
                                " from kentongan.outage"),
                        VILLAGE_A " power," VILLAGE_C " power," VILLAGE_D " power");
    rig_check(rig);
}

/* An agent of SNMPv1 says no snmpEngineTime: alone, its clocks may have wrapped. */
static void an_outage_across_a_restart_is_proven_by_what_was_before_it(struct rig *rig)
{
    rig_sink_start(rig);
    rig_inventory(rig);
    rig_write(
        rig, "inventory/devices.csv",
        "site;name;address;port;snmp;credential;profile;role;reply_from;byte_budget_mb\n" VILLAGE_A
        ";a-gw;%s.1;%u;1;village;routeros;gateway;;\n" VILLAGE_C
        ";c-gw;%s.2;%u;1;village;routeros;gateway;;\n",
        rig->net, rig->snmp_port, rig->net, rig->snmp_port);
    rig_fleet_start(rig);
    rig_config(rig, 0);
    rig_import(rig);
    rig_start(rig);
    rig_wait_sql(rig, "2",
                 "select count(*) from kentongan.site_state where state = 'up'"
                 " and site in ('" VILLAGE_A "', '" VILLAGE_C "')");
    rig_fleet(rig, "off", VILLAGE_A);
    rig_fleet(rig, "cut", VILLAGE_C);
    rig_wait_sql(rig, "2", OPEN " and vitals_at <= first_bad and uptime_ticks > 0");
    rig_kill(rig, 0);
    rig_start(rig);
    rig_fleet(rig, "on", VILLAGE_A);
    rig_fleet(rig, "restore", VILLAGE_C);
    rig_wait_sql(rig, "0", OPEN);
    assert_string_equal(rig_sql(rig,
                                "select string_agg(site || ' ' || cause_proven, ',' order by site)"
                                " from kentongan.outage"),
                        VILLAGE_A " power," VILLAGE_C " link");
    rig_kill(rig, 0);
    rig_start(rig);
    rig_fleet(rig, "cut", VILLAGE_C); /* and the next guess begins with it */
    rig_wait_sql(rig, "link 1",
                 "select e.detail from kentongan.outage_evidence e"
                 " join kentongan.outage o on o.id = e.outage"
                 " where e.source = 'history' and o.site = '" VILLAGE_C "'");
}

int main(int argc, char **argv)
{
    static const struct rig_case cases[] = {
        RIG_TEST(a_feeder_that_goes_at_once_is_one_ticket_and_power_for_each),
        RIG_TEST(an_outage_across_a_restart_is_proven_by_what_was_before_it),
    };

    return rig_main(argc, argv, "cause", cases, sizeof cases / sizeof *cases);
}
