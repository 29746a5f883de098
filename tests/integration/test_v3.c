/* SPDX-License-Identifier: ISC */
/* A district that is asked by SNMPv3: from the secrets file to the ticket, and who is not let in.
 */
#include "tests/integration/rig.h"

#include <signal.h>
#include <string.h>

#include "tests/integration/rig_check.h"
#include "tests/integration/rig_proc.h"

/* What the routers take; the passphrases are canaries, which nothing that we write may hold. */
#define KEY_AUTH  "canary-auth-5Tq"
#define KEY_PRIV  "canary-priv-8Wz"
#define KEY_WRONG "canary-wrong-3Xk"
#define USERS                                                                                      \
    "rest = v3 user=kantor level=authPriv auth=SHA-256:" KEY_AUTH " priv=AES:" KEY_PRIV "\n"       \
    "old = v3 user=lama level=authNoPriv auth=MD5:" KEY_AUTH "\n"

static const char right_key[] =
    "v3 user=kantor level=authPriv auth=SHA-256:" KEY_AUTH " priv=AES:" KEY_PRIV;
static const char wrong_key[] =
    "v3 user=kantor level=authPriv auth=SHA-256:" KEY_WRONG " priv=AES:" KEY_PRIV;
static const char old_user[] = "v3 user=lama level=authNoPriv auth=MD5:" KEY_AUTH;
static const char no_user[] = "v3 user=tamu level=authNoPriv auth=MD5:" KEY_AUTH;

/* One line for VILLAGE_A, one for VILLAGE_B; the others are always right. */
static void secrets(struct rig *rig, const char *a, const char *b)
{
    rig_write(rig, "secrets",
              "hook.team = %s\nhook.a = %s\nhook.b = %s\nrest = %s\nv3.a = %s\nv3.b = %s\n",
              RIG_SECRET_TEAM, RIG_SECRET_A, RIG_SECRET_B, right_key, a, b);
}

/* The default district, each of its routers an SNMPv3 engine; not started yet. */
static void district(struct rig *rig, const char *a, const char *b)
{
    static const char *const others[] = {RELAY_A, RELAY_B, TWO_WAYS, VILLAGE_C, VILLAGE_D};
    struct text rows = {0};

    rig_sink_start(rig);
    rig_inventory(rig);
    secrets(rig, a, b);
    text_add(&rows,
             "site;name;address;port;snmp;credential;profile;role;reply_from;byte_budget_mb\n");
    text_addf(&rows, "%s;gw;%s.1;%u;3;v3.a;routeros;gateway;;\n", VILLAGE_A, rig->net,
              rig->snmp_port);
    text_addf(&rows, "%s;gw;%s.2;%u;3;v3.b;routeros;gateway;;\n", VILLAGE_B, rig->net,
              rig->snmp_port);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        text_addf(&rows, "%s;gw;%s.%zu;%u;3;rest;routeros;gateway;;\n", others[i], rig->net, i + 3,
                  rig->snmp_port);
    rig_write(rig, "inventory/devices.csv", "%s", text_get(&rows));
    text_free(&rows);
    rig_write(rig, "users", "%s", USERS);
    rig->fleet_users = "users";
    rig_fleet_start(rig);
    rig_config(rig, 0);
    rig_import(rig);
}

static void wait_auth(struct rig *rig, const char *site, const char *want)
{
    rig_wait_sql(rig, want,
                 "select auth from kentongan.device_agent a join kentongan.device d"
                 " on d.id = a.device where site = '%s'",
                 site);
}

static const char *engine_of(struct rig *rig, const char *site)
{
    return rig_sql(rig,
                   "select encode(engine, 'hex') from kentongan.device_agent a"
                   " join kentongan.device d on d.id = a.device where site = '%s'",
                   site);
}

static void wait_engines(struct rig *rig)
{
    rig_wait_sql(rig, "7",
                 "select count(*) from kentongan.device_agent"
                 " where engine is not null and auth = 'ok'");
}

static void no_outage_came_of_it(struct rig *rig)
{
    assert_string_equal(rig_sql(rig, "select (select count(*) from kentongan.outage)"
                                     " + (select count(*) from kentongan.ticket)"),
                        "0");
}

static void shows(struct rig *rig, const char *site, const char *words)
{
    const char *said;

    assert_int_equal(rig_cli(rig, &said, "site", "show", site, NULL), 0);
    if (strstr(said, words) == NULL)
        rig_fail(rig, "site show %s does not say \"%s\": %s", site, words, said);
}

static bool page_has(struct rig *rig, const char *words)
{
    const char *page;

    return rig_http(rig, 0, "/metrics", &page) == 200 && strstr(page, words) != NULL;
}

static void wait_page(struct rig *rig, const char *words)
{
    struct mono deadline = rig_deadline(RIG_PATIENCE_MS);

    while (!page_has(rig, words))
        if (!rig_tick(rig, deadline))
            rig_fail(rig, "/metrics never said %s", words);
}

static void holds_no_passphrase(struct rig *rig, const char *where, const char *text)
{
    static const char *const canaries[] = {KEY_AUTH, KEY_PRIV, KEY_WRONG};

    for (size_t i = 0; i < sizeof canaries / sizeof *canaries; i++)
        if (strstr(text, canaries[i]) != NULL)
            rig_fail(rig, "%s holds passphrase number %zu", where, i);
}

static void nothing_holds_a_passphrase(struct rig *rig)
{
    const char *said;

    rig_cli(rig, &said, "--json", "site", "show", VILLAGE_A, NULL);
    holds_no_passphrase(rig, "site show", said);
    rig_http(rig, 0, "/metrics", &said);
    holds_no_passphrase(rig, "/metrics", said);
    holds_no_passphrase(rig, "the database", rig_database_dump(rig));
    holds_no_passphrase(rig, "the log", rig_read(rig, "kentongand0.log"));
    holds_no_passphrase(rig, "the receiver's log", rig_read(rig, "sink.jsonl"));
}

static void a_village_by_snmpv3_is_cut_off_told_and_back(struct rig *rig)
{
    rig->conf.more = "log { level = debug }\n";
    district(rig, right_key, old_user);
    rig_start(rig);
    rig_wait_all_up(rig);
    wait_engines(rig);
    no_outage_came_of_it(rig);
    rig_fleet(rig, "cut", VILLAGE_A);
    assert_true(rig_wait_hooks(rig, "ticket.opened", "/ok/team", 1).verified);
    assert_true(rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1).verified);
    wait_auth(rig, VILLAGE_A, "ok"); /* silence is no fault of a key */
    rig_fleet(rig, "restore", VILLAGE_A);
    rig_wait_hooks(rig, "ticket.restored", "/ok/team", 1);
    rig_wait_hooks(rig, "ticket.restored", "/ok/a", 1);
    assert_string_equal(rig_sql(rig, "select string_agg(root, ' ') from kentongan.ticket"),
                        VILLAGE_A);
    nothing_holds_a_passphrase(rig);
    rig_check(rig);
}

static void who_does_not_let_us_in_is_a_problem_until_the_secrets_file_is_right(struct rig *rig)
{
    const char *said;
    pid_t pid;

    district(rig, wrong_key, no_user);
    rig_start(rig);
    rig_wait_all_up(rig); /* a router that refuses us lives */
    wait_auth(rig, VILLAGE_A, "wrong-key");
    wait_auth(rig, VILLAGE_B, "unknown-user");
    rig_wait_log(rig, "device.auth site=" VILLAGE_A " state=auth-problem reason=wrong-key");
    wait_page(rig, "kentongan_devices_auth_problem 2\n");
    shows(rig, VILLAGE_A, "auth-problem: wrong-key since ");
    shows(rig, VILLAGE_A, "up since ");
    shows(rig, VILLAGE_B, "auth-problem: unknown-user since ");
    assert_int_equal(rig_cli(rig, &said, "sites", NULL), 0);
    if (strstr(said, "up, auth-problem") == NULL)
        rig_fail(rig, "sites does not show it: %s", said);
    no_outage_came_of_it(rig);

    pid = rig_prober_of(rig, 0);
    secrets(rig, right_key, old_user);
    rig_signal(rig, 0, SIGHUP);
    wait_auth(rig, VILLAGE_A, "ok");
    wait_auth(rig, VILLAGE_B, "ok");
    rig_wait_log(rig, "device.auth site=" VILLAGE_A " state=ok");
    wait_page(rig, "kentongan_devices_auth_problem 0\n");
    assert_int_equal(rig_prober_of(rig, 0), pid);
    assert_int_equal(rig_cli(rig, &said, "sites", NULL), 0);
    assert_null(strstr(said, "auth-problem"));
    no_outage_came_of_it(rig);
    nothing_holds_a_passphrase(rig);
}

/* Locked out is not blind: what falls silent is an outage like any other, and ends with the first
 * word, even when that is a refusal. */
static void a_router_that_refuses_us_can_be_cut_off_all_the_same(struct rig *rig)
{
    district(rig, wrong_key, old_user);
    rig_start(rig);
    rig_wait_all_up(rig);
    wait_auth(rig, VILLAGE_A, "wrong-key");
    rig_fleet(rig, "cut", VILLAGE_A);
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    rig_fleet(rig, "restore", VILLAGE_A);
    rig_wait_back(rig);
    wait_auth(rig, VILLAGE_A, "wrong-key");
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.outage"), "1");
}

static void another_engine_and_a_reboot_are_said_and_are_no_outage(struct rig *rig)
{
    const char *before, *boots;

    district(rig, right_key, old_user);
    rig_start(rig);
    rig_wait_all_up(rig);
    wait_engines(rig);
    before = engine_of(rig, VILLAGE_A);
    rig_fleet_number(rig, "engine", VILLAGE_A, 4711);
    rig_wait_log(rig, rig_text(rig, "device.engine_changed site=" VILLAGE_A " from=%s", before));
    rig_wait_sql(rig, "t",
                 "select auth = 'ok' and encode(engine, 'hex') <> '%s'"
                 " from kentongan.device_agent a join kentongan.device d on d.id = a.device"
                 " where site = '" VILLAGE_A "'",
                 before);

    boots = rig_sql(rig, "select boots from kentongan.device_agent a join kentongan.device d"
                         " on d.id = a.device where site = '" VILLAGE_B "'");
    rig_fleet(rig, "reboot", VILLAGE_B);
    rig_wait_sql(rig, "t",
                 "select boots = %s + 1 and auth = 'ok' from kentongan.device_agent a"
                 " join kentongan.device d on d.id = a.device where site = '" VILLAGE_B "'",
                 boots);
    assert_int_equal(rig_log_count(rig, 0, "device.auth site=" VILLAGE_B), 0);
    no_outage_came_of_it(rig);
}

/* Cloned images. The fleet's routers are twins before anybody asks them who they are. */
static void two_routers_with_one_engine_are_watched_and_told_of(struct rig *rig)
{
    district(rig, right_key, old_user);
    rig_fleet_number(rig, "engine", VILLAGE_C, 12);
    rig_fleet_number(rig, "engine", VILLAGE_D, 12);
    rig_start(rig);
    rig_wait_all_up(rig);
    wait_engines(rig);
    rig_wait_log(rig, "device.engine_shared");
    shows(rig, VILLAGE_C,
          rig_text(rig, "engine id %s is also that of " VILLAGE_D, engine_of(rig, VILLAGE_C)));
    shows(rig, VILLAGE_D, "is also that of " VILLAGE_C);
    wait_page(rig, "kentongan_devices_auth_problem 0\n");

    rig_fleet(rig, "cut", VILLAGE_D); /* and are two for all that */
    rig_wait_sql(rig, VILLAGE_D,
                 "select string_agg(site, ' ') from kentongan.outage"
                 " where restored_at is null");
    assert_string_equal(
        rig_sql(rig, "select state from kentongan.site_state where site = '" VILLAGE_C "'"), "up");
}

static void a_restart_asks_nobody_who_he_is(struct rig *rig)
{
    static const char *const sites[] = {RELAY_A,  RELAY_B,   VILLAGE_A, VILLAGE_B,
                                        TWO_WAYS, VILLAGE_C, VILLAGE_D};
    int64_t discovered;

    district(rig, right_key, old_user);
    rig_start(rig);
    rig_wait_all_up(rig);
    wait_engines(rig);
    discovered = rig_fleet_count(rig, "discovered");
    assert_true(discovered >= SITES_PROBED);
    rig_stop(rig, 0);
    rig_start(rig);
    for (size_t i = 0; i < sizeof sites / sizeof *sites; i++)
        rig_wait_log(rig, rig_text(rig, "link.verdict site=%s state=up", sites[i]));
    wait_page(rig, "kentongan_probes_silent_total 0\n");
    assert_int_equal(rig_fleet_count(rig, "discovered"), discovered);

    /* one that is another's than the remembered one is asked, and only that one */
    rig_stop(rig, 0);
    rig_fleet_number(rig, "engine", VILLAGE_A, 99);
    rig_start(rig);
    rig_wait_log(rig, "device.engine_changed site=" VILLAGE_A);
    wait_auth(rig, VILLAGE_A, "ok");
    assert_true(rig_fleet_count(rig, "discovered") > discovered);
    no_outage_came_of_it(rig);
}

int main(int argc, char **argv)
{
    static const struct rig_case cases[] = {
        RIG_TEST(a_village_by_snmpv3_is_cut_off_told_and_back),
        RIG_TEST(who_does_not_let_us_in_is_a_problem_until_the_secrets_file_is_right),
        RIG_TEST(a_router_that_refuses_us_can_be_cut_off_all_the_same),
        RIG_TEST(another_engine_and_a_reboot_are_said_and_are_no_outage),
        RIG_TEST(two_routers_with_one_engine_are_watched_and_told_of),
        RIG_TEST(a_restart_asks_nobody_who_he_is),
    };

    return rig_main(argc, argv, "v3", cases, sizeof cases / sizeof *cases);
}
