/* SPDX-License-Identifier: ISC */
/* What routers say unasked, through the whole daemon: it hurries a question and decides nothing. */
#include "tests/integration/rig.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/base/json.h"
#include "tests/integration/rig_check.h"
#include "tests/integration/rig_proc.h"
#include "tests/integration/rig_trap.h"

#define LINK_DOWN  "1.3.6.1.6.3.1.1.5.3"
#define COLD_START "1.3.6.1.6.3.1.1.5.1"

#define APC_LOW_BATTERY "1.3.6.1.4.1.318.0.7"
#define CHARGER_TRAP    "1.3.6.1.4.1.99999.0.4"

#define BELIEVED(kind)  "kentongan_traps_believed_total{kind=\"" kind "\"}"
#define REFUSED(reason) "kentongan_traps_refused_total{reason=\"" reason "\"}"
#define ANSWERED        "kentongan_informs_answered_total"

/* No probe of a steady device comes within a test. */
#define RARE    "interval = 1h timeout = 400ms misses_to_down = 3"
#define RARE_MS 3600000

static unsigned port;

/* The default district, all of it up, and from now on asked once an hour. */
static void quiet_district(struct rig *rig)
{
    rig->conf.more = rig_trap_conf(rig, &port);
    rig_whole(rig);
    rig->conf.poll = RARE;
    rig->poll_ms = RARE_MS;
    rig_config(rig, 0);
    rig_signal(rig, 0, SIGHUP);
    rig_wait_log(rig, "config.reloaded");
    rig_wait_log(rig, "prober.ready"); /* it goes by the new plan */
}

static struct rig_sender sender(struct rig *rig, const char *program, const char *host,
                                const char *community)
{
    return (struct rig_sender){.program = program,
                               .from = rig_text(rig, "%s.%s", rig->net, host),
                               .words = {"-v2c", "-c", community, "-r", "0", "-t", "20"}};
}

/* VILLAGE_A's gateway is the third address of the net. */
static struct rig_sender village(struct rig *rig, const char *program)
{
    return sender(rig, program, "3", RIG_COMMUNITY);
}

static void nothing_came_of_it(struct rig *rig)
{
    assert_string_equal(rig_sql(rig, "select (select count(*) from kentongan.outage)"
                                     " + (select count(*) from kentongan.ticket)"),
                        "0");
}

/* Its evidence begins with that piece, and the time in it is the one that was kept. What the daemon
 * saw for itself stands behind. */
static void tells(struct rig *rig, const struct rig_hook *hook, const char *words)
{
    struct js *body = js_parse(hook->body, strlen(hook->body), NULL);
    const struct js *evidence = js_get(js_get(js_get(body, "data"), "cause"), "evidence");
    const char *kept = rig_sql(rig, "select to_char(at at time zone 'UTC', 'HH24:MI:SS\"Z\"')"
                                    " from kentongan.outage_evidence where source = 'trap'");

    if (js_count(evidence) == 0 ||
        strcmp(js_as_text(js_at(evidence, 0)), rig_text(rig, "%s%s", words, kept)) != 0)
        rig_fail(rig, "not \"%s%s\": %s", words, kept, hook->body);
    js_free(body);
}

/* The question that a trap hurries is the only one that can be asked within the hour. */
static void an_outage_is_found_at_a_trap_and_not_in_an_hour(struct rig *rig)
{
    struct rig_sender from;
    struct rig_hook offered;

    quiet_district(rig);
    rig_fleet(rig, "cut", VILLAGE_A);
    from = village(rig, "snmptrap");
    rig_trap_send(rig, &from, port, LINK_DOWN);
    rig_wait_log(rig, "trap.heard site=" VILLAGE_A " kind=linkDown");
    offered = rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    tells(rig, &offered, "it said that a port went down at ");
    assert_string_equal(rig_sql(rig, "select string_agg(root, ' ') from kentongan.ticket"),
                        VILLAGE_A);
    assert_int_equal(rig_metric(rig, BELIEVED("linkDown")), 1);
    rig_fleet(rig, "restore", VILLAGE_A); /* who is down is asked each 15 s */
    rig_wait_hooks(rig, "ticket.restored", "/ok/a", 1);
    rig_check(rig);
}

/* It has a battery, and its gateway none. */
static void what_a_ups_said_is_evidence_of_its_sites_outage(struct rig *rig)
{
    struct rig_sender ups;
    struct rig_hook offered;

    rig->conf.more = rig_trap_conf(rig, &port);
    rig_sink_start(rig);
    rig_inventory(rig);
    rig_devices(rig, rig_text(rig, VILLAGE_A ";ups;%s.60;%u;2c;village;;ups;;\n", rig->net,
                              rig->snmp_port));
    rig_fleet_start(rig);
    rig_config(rig, 0);
    rig_import(rig);
    rig_start(rig);
    rig_wait_sql(rig, "up", "select state from kentongan.site_state where site = '" VILLAGE_A "'");
    ups = sender(rig, "snmptrap", "60", RIG_COMMUNITY);
    rig_trap_send(rig, &ups, port, APC_LOW_BATTERY);
    rig_wait_log(rig, "trap.heard site=" VILLAGE_A " kind=power-low");
    nothing_came_of_it(rig);
    rig_fleet(rig, "cut", VILLAGE_A);
    offered = rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    tells(rig, &offered, "it said that its battery was low at ");
    rig_check(rig);
}

/* Whatever it says: the router was asked, it answered, and that is the end of it. */
static void a_trap_alone_opens_no_ticket(struct rig *rig)
{
    struct mono deadline = rig_deadline(RIG_PATIENCE_MS);
    struct rig_sender from;
    int64_t asked;

    quiet_district(rig);
    asked = rig_fleet_count(rig, "requests");
    from = village(rig, "snmptrap");
    rig_trap_send(rig, &from, port, LINK_DOWN);
    rig_trap_send(rig, &from, port, COLD_START);
    rig_wait_metric(rig, BELIEVED("linkDown"), 1);
    rig_wait_metric(rig, BELIEVED("coldStart"), 1);
    while (rig_fleet_count(rig, "requests") == asked)
        if (!rig_tick(rig, deadline))
            rig_fail(rig, "nobody asked");
    nothing_came_of_it(rig);
    rig_check(rig);
}

static void an_inform_is_answered_and_a_copy_of_it_has_no_effect(struct rig *rig)
{
    struct rig_sender from;
    struct rig_datagram kept;

    quiet_district(rig);
    from = village(rig, "snmpinform");
    assert_int_equal(rig_trap_send(rig, &from, port, LINK_DOWN), 0);
    rig_wait_metric(rig, ANSWERED, 1);
    rig_wait_metric(rig, BELIEVED("linkDown"), 1);

    from.words[6] = "1"; /* the keeper answers nobody */
    rig_trap_keep(rig, &from, COLD_START, &kept);
    rig_trap_throw(rig, &kept, from.from, port);
    rig_wait_metric(rig, BELIEVED("coldStart"), 1);
    rig_trap_throw(rig, &kept, from.from, port);
    rig_trap_throw(rig, &kept, from.from, port);
    rig_wait_metric(rig, REFUSED("repeated"), 2);
    rig_wait_metric(rig, ANSWERED, 4); /* who asks again did not hear it */
    rig_trap_throw(rig, &kept, rig_text(rig, "%s.250", rig->net), port);
    rig_wait_metric(rig, REFUSED("sender"), 1);
    assert_int_equal(rig_metric(rig, BELIEVED("coldStart")), 1);
    assert_int_equal(rig_metric(rig, ANSWERED), 4);
    nothing_came_of_it(rig);
}

static void strangers_and_wrong_words_are_counted_and_answered_nothing(struct rig *rig)
{
    struct rig_sender stranger, wrong, late;
    int64_t asked;

    quiet_district(rig);
    asked = rig_fleet_count(rig, "requests");
    stranger = sender(rig, "snmptrap", "250", RIG_COMMUNITY);
    wrong = sender(rig, "snmptrap", "3", "salah");
    late = sender(rig, "snmpinform", "3", "salah");
    late.words[6] = "1";
    rig_trap_send(rig, &stranger, port, LINK_DOWN);
    rig_trap_send(rig, &wrong, port, LINK_DOWN);
    assert_int_not_equal(rig_trap_send(rig, &late, port, LINK_DOWN), 0);
    rig_wait_metric(rig, REFUSED("sender"), 1);
    rig_wait_metric(rig, REFUSED("community"), 2);
    assert_int_equal(rig_metric(rig, ANSWERED), 0);
    assert_int_equal(rig_metric(rig, BELIEVED("linkDown")), 0);
    assert_int_equal(rig_fleet_count(rig, "requests"), asked);
    assert_int_equal(rig_log_count(rig, 0, "trap.heard"), 0);
    nothing_came_of_it(rig);
}

/* The built-in ones, then one of the folder, which comes with a reload. */
static void a_vendors_trap_is_what_the_profiles_say(struct rig *rig)
{
    const char *folder = rig_path(rig, "profiles");
    struct rig_sender from;

    if (mkdir(folder, 0755) < 0 || !proc_give(folder))
        rig_fail(rig, "cannot make %s", folder);
    rig->conf.more = rig_text(rig, "profiles_dir = \"%s\"\n%s", folder, rig_trap_conf(rig, &port));
    rig_whole(rig);
    from = village(rig, "snmptrap");
    rig_trap_send(rig, &from, port, APC_LOW_BATTERY);
    rig_trap_send(rig, &from, port, CHARGER_TRAP);
    rig_wait_metric(rig, BELIEVED("power-low"), 1);
    rig_wait_metric(rig, BELIEVED("other"), 1);
    rig_write(rig, "profiles/charger.profile",
              "profile charger\ntrap " CHARGER_TRAP " dying_gasp\n");
    rig_signal(rig, 0, SIGHUP);
    rig_wait_log(rig, "config.reloaded");
    rig_trap_send(rig, &from, port, CHARGER_TRAP);
    rig_wait_metric(rig, BELIEVED("dying-gasp"), 1);
    nothing_came_of_it(rig);
}

int main(int argc, char **argv)
{
    static const struct rig_case cases[] = {
        RIG_TEST(an_outage_is_found_at_a_trap_and_not_in_an_hour),
        RIG_TEST(what_a_ups_said_is_evidence_of_its_sites_outage),
        RIG_TEST(a_trap_alone_opens_no_ticket),
        RIG_TEST(an_inform_is_answered_and_a_copy_of_it_has_no_effect),
        RIG_TEST(a_vendors_trap_is_what_the_profiles_say),
        RIG_TEST(strangers_and_wrong_words_are_counted_and_answered_nothing),
    };

    if (!rig_trap_possible())
        return 77;
    return rig_main(argc, argv, "traps", cases, sizeof cases / sizeof *cases);
}
