/* SPDX-License-Identifier: ISC */
/* Bad files: every mistake is listed with its place, and nothing of them is applied. */
#include "tests/integration/rig.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/integration/rig_check.h"

static void says(struct rig *rig, const char *said, const char *words)
{
    if (strstr(said, words) == NULL)
        rig_fail(rig, "\"%s\" is not in: %s", words, said);
}

static int check_config(struct rig *rig, const char **said, const char *option)
{
    const char *const argv[] = {rig_program("kentongand"), "-c", rig->daemons[0].config, option,
                                NULL};

    return rig_run(rig, said, argv);
}

static void a_bad_inventory_is_listed_and_nothing_is_applied(struct rig *rig)
{
    static const char contents[] =
        "select concat_ws(' ', (select count(*) from kentongan.site), (select count(*) from"
        " kentongan.device), (select count(*) from kentongan.party), (select count(*) from"
        " kentongan.endpoint), (select count(*) from kentongan.contract_site))";
    const char *said, *before;

    rig_inventory(rig);
    rig_config(rig, 0);
    rig_import(rig);
    before = rig_sql(rig, contents);
    rig_write(rig, "inventory/sites.csv",
              "code;name;kind;kecamatan;lat;lng;uplinks;feeder;service_hours\n" CORE
              ";Diskominfo;core;;-7.42;111.02;;;\n" RELAY_A
              ";Kalijambe;tower;Kalijambe;-7.43;110.81;" CORE ";;\n" VILLAGE_A
              ";Krikilan;village;Kalijambe;south;110.82;" RELAY_A ";;\n" VILLAGE_B
              ";Tegalombo;village;Kalijambe;-7.45;110.82;33.14.77;;\n");
    rig_write(
        rig, "inventory/devices.csv",
        "site;name;address;port;snmp;credential;profile;role;reply_from;byte_budget_mb\n" VILLAGE_A
        ";gw;router.example.id;161;2c;village;;gateway;;\n" VILLAGE_B
        ";gw;10.0.0.1;161;2c;no-such-secret;;gateway;;\n");
    assert_int_equal(rig_cli(rig, &said, "import", rig_path(rig, "inventory"), NULL), 1);
    says(rig, said, "sites.csv:3: kind: ");
    says(rig, said, "sites.csv:4: lat: ");
    says(rig, said, "devices.csv:2: address: ");
    says(rig, said, "devices.csv:3: credential: ");
    assert_string_equal(rig_sql(rig, contents), before);
}

/* What only the database can see: uplinks that lead nowhere or in a circle, a second own team. */
static void what_other_rows_forbid_is_listed_too(struct rig *rig)
{
    const char *said;

    rig_inventory(rig);
    rig_config(rig, 0);
    rig_write(rig, "inventory/sites.csv",
              "code;name;kind;kecamatan;lat;lng;uplinks;feeder;service_hours\n" CORE
              ";Diskominfo;core;;;;;;\n" RELAY_A ";Kalijambe;relay;;;;" RELAY_B ";;\n" RELAY_B
              ";Plupuh;relay;;;;" RELAY_A ";;\n" VILLAGE_A ";Krikilan;village;;;;33.14.77;;\n");
    rig_write(
        rig, "inventory/devices.csv",
        "site;name;address;port;snmp;credential;profile;role;reply_from;byte_budget_mb\n" VILLAGE_A
        ";gw;10.0.0.1;161;2c;village;;gateway;;\n" VILLAGE_B
        ";gw;10.0.0.2;161;2c;village;;gateway;;\n");
    assert_int_equal(rig_cli(rig, &said, "import", rig_path(rig, "inventory"), NULL), 1);
    says(rig, said, "sites.csv:5: uplinks: ");
    says(rig, said, "devices.csv:3: site: ");
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.site"), "0");
}

static void an_import_says_what_it_would_change_and_changes_it_once(struct rig *rig)
{
    const char *said;

    rig_inventory(rig);
    rig_config(rig, 0);
    assert_int_equal(rig_cli(rig, &said, "import", rig_path(rig, "inventory"), "--dry-run", NULL),
                     0);
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.site"), "0");
    rig_import(rig);
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.site"), "8");
    rig_import(rig);
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.site"), "8");
    assert_int_equal(rig_cli(rig, &said, "sites", NULL), 0);
    says(rig, said, "Krikilan");
}

static void a_bad_configuration_is_listed_with_its_places(struct rig *rig)
{
    const char *said;

    rig_inventory(rig);
    rig_config(rig, 0);
    assert_int_equal(check_config(rig, &said, "--check-config"), 0);
    rig->conf.poll = "interval = 10 timeout = 2s\nmisses_to_down = 0";
    rig->conf.webhook = "allow = { \"10.0.0.0/33\" }";
    rig_config(rig, 0);
    assert_int_equal(check_config(rig, &said, "--check-config"), 1);
    says(rig, said, "kentongand0.conf:5: ");
    says(rig, said, "kentongand0.conf:6: ");
    says(rig, said, "kentongand0.conf:8: webhook.allow");
    rig->conf.poll = NULL;
    rig->conf.webhook = NULL;
    rig->conf.more = "colour = blue\n";
    rig_config(rig, 0);
    assert_int_equal(check_config(rig, &said, "--check-config"), 1);
    says(rig, said, "kentongand0.conf:8: ");
    says(rig, said, "colour");
    assert_int_equal(check_config(rig, &said, "--no-such-option"), 2);
}

static void says_not(struct rig *rig, const char *said, const char *words)
{
    if (strstr(said, words) != NULL)
        rig_fail(rig, "\"%s\" is in: %s", words, said);
}

/* devices.csv with two more devices of that role. */
static void beside_the_core(struct rig *rig, const char *role, const char *secret)
{
    rig_devices(rig,
                rig_text(rig,
                         CORE ";first;%s.20;%u;2c;village;;%s;;\n" CORE
                              ";second;%s.21;%u;2c;%s;;%s;;\n",
                         rig->net, rig->snmp_port, role, rig->net, rig->snmp_port, secret, role));
    rig_import(rig);
}

static void too_few_references_are_warned_of_with_the_place_and_the_remedy(struct rig *rig)
{
    const char *said, *away = rig_path(rig, "away.conf");
    const char *const argv[] = {rig_program("kentongand"), "-c", away, "--check-config", NULL};

    rig_inventory(rig);
    rig_config(rig, 0);
    beside_the_core(rig, "radio", "village");
    assert_int_equal(check_config(rig, &said, "--check-config"), 0);
    says(rig, said, "warning: devices.csv: 0 of 2 devices of the role \"reference\": ");
    says(rig, said, "Give two devices that it reaches first");
    beside_the_core(rig, "reference", "village");
    assert_int_equal(check_config(rig, &said, "--check-config"), 0);
    says_not(rig, said, "warning");

    /* Its secret goes away after the import. */
    rig_write(rig, "secrets",
              "village = %s\nother = %s\nhook.team = %s\nhook.a = %s\nhook.b = %s\n", RIG_COMMUNITY,
              RIG_COMMUNITY, RIG_SECRET_TEAM, RIG_SECRET_A, RIG_SECRET_B);
    beside_the_core(rig, "reference", "other");
    rig_write(rig, "secrets", "village = %s\nhook.team = %s\nhook.a = %s\nhook.b = %s\n",
              RIG_COMMUNITY, RIG_SECRET_TEAM, RIG_SECRET_A, RIG_SECRET_B);
    assert_int_equal(check_config(rig, &said, "--check-config"), 0);
    says(rig, said,
         "1 of 2 devices of the role \"reference\" (" CORE " first, " CORE
         " second has no secret)");

    rig_write(rig, "away.conf",
              "state_dir = \"%s\"\nsecrets_file = \"%s/secrets\"\n"
              "database { conninfo = \"host=%s dbname=k user=kentongan_app\" }\n",
              rig->dir, rig->dir, rig->dir);
    assert_int_equal(rig_run(rig, &said, argv), 0);
    says(rig, said, "warning: the references are not checked: ");
    says(rig, said, "ok");
}

static void secrets_that_others_may_read_are_refused(struct rig *rig)
{
    const char *said;

    rig_inventory(rig);
    rig_config(rig, 0);
    if (chmod(rig_path(rig, "secrets"), 0640) < 0)
        rig_fail(rig, "chmod");
    assert_int_equal(check_config(rig, &said, "--check-config"), 1);
    says(rig, said, "secrets");
    says(rig, said, "0600");
    if (chmod(rig_path(rig, "secrets"), 0600) < 0)
        rig_fail(rig, "chmod");
    assert_int_equal(check_config(rig, &said, "--check-config"), 0);
}

static void the_printed_configuration_prints_the_same_again(struct rig *rig)
{
    const char *once, *twice;

    rig_inventory(rig);
    rig_config(rig, 0);
    assert_int_equal(check_config(rig, &once, "--print-config"), 0);
    rig_write(rig, "kentongand0.conf", "%s", once);
    assert_int_equal(check_config(rig, &twice, "--print-config"), 0);
    assert_string_equal(once, twice);
}

static void a_bad_reload_keeps_what_runs_and_says_so(struct rig *rig)
{
    rig->errors_expected = "config.wrong config.kept";
    rig_whole(rig);
    rig->conf.poll = "interval = never";
    rig_config(rig, 0);
    rig_signal(rig, 0, SIGHUP);
    rig_wait_log(rig, "config.wrong");
    rig_wait_log(rig, "config.kept");
    rig_fleet(rig, "cut", VILLAGE_A);
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    assert_int_equal(rig_http(rig, 0, "/readyz", NULL), 200);
    rig_check(rig);
}

/* A new community at the agent, a new village in the inventory, a new secret at the receiver. */
static void a_good_reload_takes_the_new_plan_and_the_new_secrets(struct rig *rig)
{
    rig_whole(rig);
    rig_write(rig, "secrets", "village = %s\nhook.team = %s\nhook.a = %s\nhook.b = %s\n",
              RIG_COMMUNITY, RIG_SECRET_TEAM, RIG_SECRET_B, RIG_SECRET_B);
    rig->conf.poll = "interval = 300ms timeout = 250ms misses_to_down = 4";
    rig_config(rig, 0);
    rig_signal(rig, 0, SIGHUP);
    rig_wait_log(rig, "config.reloaded");
    rig_fleet(rig, "cut", VILLAGE_A);
    assert_true(rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1).verified);
    rig_fleet(rig, "restore", VILLAGE_A);
    rig_wait_back(rig);
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.ticket"), "1");
    rig_check(rig);
}

/* An import is heard of without a signal; a village that is taken over keeps its state. */
static void an_import_is_taken_up_by_the_running_daemon(struct rig *rig)
{
    rig_whole(rig);
    rig_write(rig, "inventory/sites.csv",
              "%s33.14.01.2004;Baru;village;Kalijambe;;;" RELAY_A ";;\n",
              rig_read(rig, "inventory/sites.csv"));
    rig_devices(rig, rig_text(rig, "33.14.01.2004;gw;%s.99;%u;2c;village;;gateway;;\n", rig->net,
                              rig->snmp_port));
    rig_log_mark(rig, 0);
    rig_import(rig);
    rig_wait_log(rig, "plan.taken devices=8");
    /* The fleet does not know it: nobody answers there. */
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    assert_string_equal(rig_sql(rig, "select string_agg(root, ' ') from kentongan.ticket"),
                        "33.14.01.2004");
    assert_int_equal(rig_log_count(rig, 0, "link.verdict site=" VILLAGE_A " state=up"), 1);
}

int main(int argc, char **argv)
{
    static const struct rig_case cases[] = {
        RIG_TEST(a_bad_inventory_is_listed_and_nothing_is_applied),
        RIG_TEST(what_other_rows_forbid_is_listed_too),
        RIG_TEST(an_import_says_what_it_would_change_and_changes_it_once),
        RIG_TEST(a_bad_configuration_is_listed_with_its_places),
        RIG_TEST(too_few_references_are_warned_of_with_the_place_and_the_remedy),
        RIG_TEST(secrets_that_others_may_read_are_refused),
        RIG_TEST(the_printed_configuration_prints_the_same_again),
        RIG_TEST(a_bad_reload_keeps_what_runs_and_says_so),
        RIG_TEST(a_good_reload_takes_the_new_plan_and_the_new_secrets),
        RIG_TEST(an_import_is_taken_up_by_the_running_daemon),
    };

    return rig_main(argc, argv, "config", cases, sizeof cases / sizeof *cases);
}
