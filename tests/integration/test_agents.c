/* SPDX-License-Identifier: ISC */
/* Agents that are not ours: Debian's snmpd, and recorded devices replayed by Debian's snmpsim. */
#include "tests/integration/rig.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/integration/rig_proc.h"

#define RECORDINGS KT_SOURCE_DIR "/../shared/data/snmprec"

/* A core and villages below it, each with one row of devices.csv, and the receiver. */
static void district(struct rig *rig, const char *sites, const char *devices, const char *secrets)
{
    rig_sink_start(rig);
    rig_inventory(rig);
    rig_write(rig, "secrets", "hook.team = %s\nhook.a = %s\nhook.b = %s\n%s", RIG_SECRET_TEAM,
              RIG_SECRET_A, RIG_SECRET_B, secrets);
    rig_write(rig, "inventory/sites.csv",
              "code;name;kind;kecamatan;lat;lng;uplinks;feeder;service_hours\n" CORE
              ";Diskominfo;core;;;;;;\n%s",
              sites);
    rig_write(rig, "inventory/devices.csv",
              "site;name;address;port;snmp;credential;profile;role;reply_from;byte_budget_mb\n%s",
              devices);
    rig_write(rig, "inventory/contracts.csv", "contract;party;sites\nC-A;mitra-a;*\n");
    rig_config(rig, 0);
    rig_import(rig);
    rig_start(rig);
}

static void wait_states(struct rig *rig, const char *want)
{
    rig_wait_sql(rig, want,
                 "select string_agg(site || '=' || s.state, ' ' order by site)"
                 " from kentongan.site_state s join kentongan.device using (site)");
}

static void snmpd_answers_in_version_1_and_2c(struct rig *rig)
{
    const char *one = rig_text(rig, "%s.1", rig->net);
    const char *two = rig_text(rig, "%s.2", rig->net);
    pid_t second;

    rig_snmpd(rig, one, "kampung-1");
    second = rig_snmpd(rig, two, "kampung-2");
    district(rig, "V1;Satu;village;;;;" CORE ";;\nV2;Dua;village;;;;" CORE ";;\n",
             rig_text(rig, "V1;gw;%s;%u;1;c1;;gateway;;\nV2;gw;%s;%u;2c;c2;;gateway;;\n", one,
                      rig->snmp_port, two, rig->snmp_port),
             "c1 = kampung-1\nc2 = kampung-2\n");
    wait_states(rig, "V1=up V2=up");
    rig_child_end(rig, second);
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    wait_states(rig, "V1=up V2=down");
    rig_snmpd(rig, two, "kampung-2");
    rig_wait_back(rig);
    wait_states(rig, "V1=up V2=up");
}

/* snmpd says nothing to a wrong community: from outside that is a dead village, and the ticket says
 * so. */
static void a_wrong_community_is_silence(struct rig *rig)
{
    const char *address = rig_text(rig, "%s.1", rig->net);

    rig_snmpd(rig, address, "the-real-one");
    district(rig, "V1;Satu;village;;;;" CORE ";;\n",
             rig_text(rig, "V1;gw;%s;%u;2c;c1;;gateway;;\n", address, rig->snmp_port),
             "c1 = a-wrong-one\n");
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    assert_string_equal(rig_sql(rig, "select last_good is null from kentongan.outage"), "t");
    wait_states(rig, "V1=down");

    rig_write(rig, "secrets", "hook.team = %s\nhook.a = %s\nhook.b = %s\nc1 = the-real-one\n",
              RIG_SECRET_TEAM, RIG_SECRET_A, RIG_SECRET_B);
    rig_signal(rig, 0, SIGHUP);
    rig_wait_back(rig);
    wait_states(rig, "V1=up");
}

/* One village per recording: its community is the file's name. */
static void recorded_devices_are_polled_up(struct rig *rig)
{
    struct text sites = {0}, devices = {0}, secrets = {0};
    DIR *recordings = opendir(RECORDINGS);
    struct dirent *one;
    unsigned count = 0;
    const char *data = rig_path(rig, "snmprec");
    const char *cache = rig_path(rig, "cache");

    if (recordings == NULL) {
        printf("no recordings in %s: nothing to replay\n", RECORDINGS);
        skip();
    }
    if (mkdir(data, 0755) < 0 || mkdir(cache, 0755) < 0 || !proc_give(data) || !proc_give(cache))
        rig_fail(rig, "cannot make %s", data);
    while ((one = readdir(recordings)) != NULL) {
        char *dot = strrchr(one->d_name, '.');

        if (dot == NULL || strcmp(dot, ".snmprec") != 0)
            continue;
        if (!file_copy(rig_text(rig, "%s/%s", RECORDINGS, one->d_name),
                       rig_text(rig, "%s/%s", data, one->d_name), 0644))
            rig_fail(rig, "cannot copy %s", one->d_name);
        *dot = '\0';
        count++;
        text_addf(&sites, "R%u;%s;village;;;;" CORE ";;\n", count, one->d_name);
        text_addf(&devices, "R%u;gw;%s.%u;%u;2c;r%u;;gateway;;\n", count, rig->net, count,
                  rig->snmp_port, count);
        text_addf(&secrets, "r%u = %s\n", count, one->d_name);
    }
    closedir(recordings);
    rig_snmpsim(rig, data, cache, count);
    rig->conf.poll = "interval = 500ms timeout = 400ms misses_to_down = 3 reading_interval = 2s";
    district(rig, text_get(&sites), text_get(&devices), text_get(&secrets));
    rig_wait_sql(rig, rig_text(rig, "%u", count),
                 "select count(*) from kentongan.site_state s join kentongan.device using (site)"
                 " where s.state = 'up'");
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.ticket"), "0");
    rig_wait_sql(rig, rig_text(rig, "%u", count), "select count(*) from kentongan.device_reading");
    printf("%u recorded devices answer, and are read\n", count);
    text_free(&sites);
    text_free(&devices);
    text_free(&secrets);
}

/* A made-up UPS on battery: as it says itself, as the inventory says, and as our own profile says.
 */
static void a_device_is_read_by_its_profile(struct rig *rig)
{
    const char *data = rig_path(rig, "snmprec"), *cache = rig_path(rig, "cache");
    const char *profiles = rig_path(rig, "profiles"), *said;

    if (mkdir(data, 0755) < 0 || mkdir(cache, 0755) < 0 || mkdir(profiles, 0755) < 0 ||
        !proc_give(data) || !proc_give(cache) ||
        !file_copy(KT_SOURCE_DIR "/tests/profiles/ups-rfc1628.snmprec",
                   rig_text(rig, "%s/ups.snmprec", data), 0644))
        rig_fail(rig, "cannot make %s", data);
    rig_snmpsim(rig, data, cache, 2);
    rig->conf.poll = "interval = 500ms timeout = 400ms misses_to_down = 3 reading_interval = 1s";
    rig->conf.more = rig_text(rig, "profiles_dir = \"%s\"\n", profiles);
    district(
        rig, "V1;Satu;village;;;;" CORE ";;\nV2;Dua;village;;;;" CORE ";;\n",
        rig_text(rig,
                 "V1;gw;%s.1;%u;2c;c;;gateway;;900000\nV2;gw;%s.2;%u;2c;c;ups-delta;gateway;;\n",
                 rig->net, rig->snmp_port, rig->net, rig->snmp_port),
        "c = ups\n");
    rig_wait_sql(rig, "221|22.1",
                 "select string_agg(v ->> 'value', '|' order by site)"
                 " from kentongan.device_reading r join kentongan.device d on d.id = r.device,"
                 " jsonb_array_elements(readings) v where v ->> 'metric' = 'input_voltage'");
    assert_int_equal(rig_cli(rig, &said, "site", "show", "V1", NULL), 0);
    if (strstr(said, "gw, read as ups-rfc1628 at ") == NULL ||
        strstr(said, "battery (5)") == NULL || strstr(said, "221 V") == NULL ||
        strstr(said, ", 900000 MB a month: read every 1s (") == NULL)
        rig_fail(rig, "not shown: %s", said);

    rig_write(rig, "profiles/own.profile",
              "profile ups-rfc1628\nmatch any has 1.3.6.1.2.1.33.1\n"
              "metric hours_left\noid 1.3.6.1.2.1.33.1.2.3.0\nunit h\nscale 0.1\n");
    rig_signal(rig, 0, SIGHUP);
    rig_wait_sql(rig, "2.4",
                 "select readings #>> '{0,value}' from kentongan.device_reading r"
                 " join kentongan.device d on d.id = r.device where site = 'V1'"
                 " and readings #>> '{0,metric}' = 'hours_left'");
    rig_write(rig, "profiles/own.profile", "profile ups-rfc1628\nmotor 1\n");
    rig->errors_expected = "config.wrong config.kept";
    rig_signal(rig, 0, SIGHUP);
    rig_wait_log(rig, "config.kept");
    /* What they said meanwhile is kept, but for what its profile keeps no history of. */
    rig_stop(rig, 0);
    assert_string_equal(rig_sql(rig,
                                "select string_agg(distinct metric || ' ' || main, ', ')"
                                " from kentongan.reading_rollup r join kentongan.reading_series s"
                                " on s.id = r.series join kentongan.device d on d.id = s.device"
                                " where site = 'V2' and metric in ('input_voltage', 'uptime')"
                                " and last between 22 and 23"),
                        "input_voltage true");
    assert_int_equal(rig_cli(rig, &said, "site", "show", "V2", NULL), 0);
    if (strstr(said, "gw input_voltage") == NULL ||
        strstr(said, ": 22.1 V, from 22.1 V to 22.1 V") == NULL)
        rig_fail(rig, "not drawn: %s", said);
}

/* A UPS that answers and a radio that does not, at a village whose router answers. */
static void devices_beside_the_gateway_are_read_and_open_no_ticket(struct rig *rig)
{
    const char *data = rig_path(rig, "snmprec"), *cache = rig_path(rig, "cache"), *said;

    if (mkdir(data, 0755) < 0 || mkdir(cache, 0755) < 0 || !proc_give(data) || !proc_give(cache) ||
        !file_copy(KT_SOURCE_DIR "/tests/profiles/ups-rfc1628.snmprec",
                   rig_text(rig, "%s/ups.snmprec", data), 0644))
        rig_fail(rig, "cannot make %s", data);
    rig_snmpsim(rig, data, cache, 2);
    rig->conf.poll = "interval = 500ms timeout = 400ms misses_to_down = 3 reading_interval = 1s";
    district(rig, "V1;Satu;village;;;;" CORE ";;\n",
             rig_text(rig,
                      "V1;gw;%s.1;%u;2c;c;;gateway;;\nV1;ups;%s.2;%u;2c;c;;ups;;\n"
                      "V1;radio;%s.9;%u;2c;c;;radio;;\n",
                      rig->net, rig->snmp_port, rig->net, rig->snmp_port, rig->net, rig->snmp_port),
             "c = ups\n");
    rig_wait_sql(rig, "radio=down ups=up",
                 "select string_agg(d.name || '=' || s.state, ' ' order by d.name)"
                 " from kentongan.device_state s join kentongan.device d on d.id = s.device");
    rig_wait_sql(rig, "gw ups",
                 "select string_agg(d.name, ' ' order by d.name) from kentongan.device_reading r"
                 " join kentongan.device d on d.id = r.device");
    rig_wait_sql(rig, "up", "select state from kentongan.site_state where site = 'V1'");
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.outage"), "0");
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.ticket"), "0");
    assert_int_equal(rig_cli(rig, &said, "site", "show", "V1", NULL), 0);
    if (strstr(said, "ups (ups): ") == NULL || strstr(said, ", credential c, up since ") == NULL ||
        strstr(said, ", credential c, down since ") == NULL ||
        strstr(said, "ups, read as ups-rfc1628 at ") == NULL)
        rig_fail(rig, "not shown: %s", said);

    /* Nobody asks them any more, so nobody says that they answer. */
    rig_write(rig, "secrets", "hook.team = %s\nhook.a = %s\nhook.b = %s\nd = ups\n",
              RIG_SECRET_TEAM, RIG_SECRET_A, RIG_SECRET_B);
    rig_signal(rig, 0, SIGHUP);
    rig_wait_log(rig, "plan.taken devices=0 left_out=3");
    rig_wait_sql(rig, "radio=unknown ups=unknown",
                 "select string_agg(d.name || '=' || s.state, ' ' order by d.name)"
                 " from kentongan.device_state s join kentongan.device d on d.id = s.device");
    assert_int_equal(rig_http(rig, 0, "/metrics", &said), 200);
    if (strstr(said, "kentongan_devices_left_out 3\n") == NULL)
        rig_fail(rig, "not counted: %s", said);
}

static void import_roles(struct rig *rig, const char *first, const char *second)
{
    rig_write(rig, "inventory/devices.csv",
              "site;name;address;port;snmp;credential;profile;role;reply_from;byte_budget_mb\n"
              "V1;a;%s.1;%u;2c;c1;;%s;;\nV1;b;%s.2;%u;2c;c1;;%s;;\n",
              rig->net, rig->snmp_port, first, rig->net, rig->snmp_port, second);
    rig_import(rig);
}

static void wait_state_since(struct rig *rig, const char *want, const char *since)
{
    rig_wait_sql(rig, want,
                 "select string_agg(state, ' ') from kentongan.site_state"
                 " where site = 'V1' and since >= '%s'",
                 since);
}

/* The site is what its new gateway is, and an outage of the old one ends with it. */
static void a_site_follows_the_device_that_becomes_its_gateway(struct rig *rig)
{
    const char *a = rig_text(rig, "%s.1", rig->net), *b = rig_text(rig, "%s.2", rig->net);
    const char *swapped;
    pid_t second;

    rig_snmpd(rig, a, "kampung");
    second = rig_snmpd(rig, b, "kampung");
    district(rig, "V1;Satu;village;;;;" CORE ";;\n",
             rig_text(rig, "V1;a;%s;%u;2c;c1;;gateway;;\nV1;b;%s;%u;2c;c1;;radio;;\n", a,
                      rig->snmp_port, b, rig->snmp_port),
             "c1 = kampung\n");
    wait_state_since(rig, "up", "-infinity");
    rig_wait_sql(rig, "up", "select string_agg(state, ' ') from kentongan.device_state");

    swapped = rig_text(rig, "%s", rig_sql(rig, "select clock_timestamp()"));
    import_roles(rig, "radio", "gateway");
    wait_state_since(rig, "up", swapped);
    rig_wait_sql(rig, "a=up",
                 "select string_agg(name || '=' || s.state, ' ')"
                 " from kentongan.device_state s join kentongan.device d"
                 " on d.id = s.device");

    rig_child_end(rig, second);
    wait_state_since(rig, "down", swapped);
    swapped = rig_text(rig, "%s", rig_sql(rig, "select clock_timestamp()"));
    import_roles(rig, "gateway", "radio");
    wait_state_since(rig, "up", swapped);
    rig_wait_sql(rig, "t", "select bool_and(restored_at >= '%s') from kentongan.outage", swapped);
    rig_wait_sql(rig, "b=down",
                 "select string_agg(name || '=' || s.state, ' ')"
                 " from kentongan.device_state s join kentongan.device d"
                 " on d.id = s.device");
}

int main(int argc, char **argv)
{
    static const struct rig_case cases[] = {
        RIG_TEST(snmpd_answers_in_version_1_and_2c),
        RIG_TEST(a_wrong_community_is_silence),
        RIG_TEST(recorded_devices_are_polled_up),
        RIG_TEST(a_device_is_read_by_its_profile),
        RIG_TEST(devices_beside_the_gateway_are_read_and_open_no_ticket),
        RIG_TEST(a_site_follows_the_device_that_becomes_its_gateway),
    };

    return rig_main(argc, argv, "agents", cases, sizeof cases / sizeof *cases);
}
