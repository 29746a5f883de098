/* SPDX-License-Identifier: ISC */
/*
 * SNMPv3 traps and informs through the whole daemon, three probing children: only what the sender's
 * shard can prove has an effect. Senders are Debian's: snmptrap, given the engine of a router of
 * the fleet, and snmpinform, which asks for ours.
 */
#include "tests/integration/rig.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/integration/rig_trap.h"

#define LINK_DOWN  "1.3.6.1.6.3.1.1.5.3"
#define COLD_START "1.3.6.1.6.3.1.1.5.1"

#define BELIEVED(kind)  "kentongan_traps_believed_total{kind=\"" kind "\"}"
#define REFUSED(reason) "kentongan_traps_refused_total{reason=\"" reason "\"}"

#define ANSWERED "kentongan_informs_answered_total"
#define REPORTED "kentongan_trap_reports_total"

#define PASS_AUTH "canary-auth-2Hn"
#define PASS_PRIV "canary-priv-9Ls"
#define USER_PRIV "v3 user=kantor level=authPriv auth=SHA-256:" PASS_AUTH " priv=AES:" PASS_PRIV
#define USER_AUTH "v3 user=lama level=authNoPriv auth=SHA:" PASS_AUTH
#define USER_OPEN "v3 user=buka level=noAuthNoPriv"

static unsigned port;

/* VILLAGE_A by authPriv, VILLAGE_B by authNoPriv, VILLAGE_C without keys, VILLAGE_D by v2c; of
 * these addresses, in this order. */
static void district(struct rig *rig)
{
    static const char *const rows[] = {
        VILLAGE_A ";gw;%s.1;%u;3;priv", VILLAGE_B ";gw;%s.2;%u;3;auth",
        VILLAGE_C ";gw;%s.3;%u;3;open", VILLAGE_D ";gw;%s.4;%u;2c;village"};
    static const char users[] =
        "priv = " USER_PRIV "\nauth = " USER_AUTH "\nopen = " USER_OPEN "\n";
    struct text devices = {0};

    rig_sink_start(rig);
    rig_inventory(rig);
    rig_write(rig, "secrets", "village = %s\nhook.team = %s\nhook.a = %s\nhook.b = %s\n%s",
              RIG_COMMUNITY, RIG_SECRET_TEAM, RIG_SECRET_A, RIG_SECRET_B, users);
    text_add(&devices,
             "site;name;address;port;snmp;credential;profile;role;reply_from;byte_budget_mb\n");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *row = rows[i];
        const char *host = strstr(row, "%s"), *number = strstr(row, "%u");

        text_addf(&devices, "%.*s%s%.*s%u%s;routeros;gateway;;\n", (int)(host - row), row, rig->net,
                  (int)(number - host - 2), host + 2, rig->snmp_port, number + 2);
    }
    rig_write(rig, "inventory/devices.csv", "%s", text_get(&devices));
    text_free(&devices);
    rig_write(rig, "users", "%s", users);
    rig->fleet_users = "users";
    rig->conf.more = rig_text(rig, "prober { count = 3 }\n%s", rig_trap_conf(rig, &port));
    rig_fleet_start(rig);
    rig_config(rig, 0);
    rig_import(rig);
    rig_start(rig);
    rig_wait_sql(rig, "3",
                 "select count(*) from kentongan.device_agent"
                 " where engine is not null and clock_at is not null and auth = 'ok'");
}

/* The engine of a site, with its clock as it was told and some seconds on. */
static void be_engine(struct rig *rig, struct rig_sender *sender, const char *site, int boots_more,
                      int seconds_more)
{
    static const char agent[] = "from kentongan.device_agent a join kentongan.device d"
                                " on d.id = a.device where site =";

    sender->words[1] = "-e";
    sender->words[2] =
        rig_text(rig, "0x%s", rig_sql(rig, "select encode(engine, 'hex') %s '%s'", agent, site));
    sender->words[3] = "-Z";
    sender->words[4] = rig_text(rig, "%s",
                                rig_sql(rig,
                                        "select concat(boots + %d, ',', time_s + %d"
                                        " + extract(epoch from now() - clock_at)::int) %s '%s'",
                                        boots_more, seconds_more, agent, site));
}

/* The last number of its router's address. */
static const char *host_of(const char *site)
{
    return strcmp(site, VILLAGE_A) == 0 ? "1" : strcmp(site, VILLAGE_B) == 0 ? "2" : "3";
}

/* The words of that village's user, from words[at] on. */
static void be_user(struct rig_sender *sender, size_t at, const char *site)
{
    static const char *const words[][10] = {
        {"-u", "kantor", "-l", "authPriv", "-a", "SHA-256", "-A", PASS_AUTH},
        {"-u", "lama", "-l", "authNoPriv", "-a", "SHA", "-A", PASS_AUTH},
        {"-u", "buka", "-l", "noAuthNoPriv"},
    };
    static const char *const cipher[] = {"-x", "AES", "-X", PASS_PRIV};
    const char *host = host_of(site);

    memcpy(sender->words + at, words[*host - '1'], sizeof words[0]);
    if (*host == '1')
        memcpy(sender->words + at + 8, cipher, sizeof cipher);
}

/* As that village's router would send it. */
static struct rig_sender router(struct rig *rig, const char *site)
{
    struct rig_sender sender = {.program = "snmptrap", .words = {"-v3"}};

    sender.from = rig_text(rig, "%s.%s", rig->net, host_of(site));
    be_engine(rig, &sender, site, 0, 0);
    be_user(&sender, 5, site);
    return sender;
}

/* The same router with an inform: it asks whom it tells. */
static struct rig_sender informer(struct rig *rig, const char *site)
{
    struct rig_sender sender = {.program = "snmpinform",
                                .from = rig_text(rig, "%s.%s", rig->net, host_of(site)),
                                .words = {"-v3", "-r", "2", "-t", "10"}};

    be_user(&sender, 5, site);
    return sender;
}

/* What the daemon is to senders, as it keeps it. */
static const char *own_engine(struct rig *rig, unsigned *boots)
{
    const char *kept = rig_read(rig, "snmp.engine");
    char name[35];

    if (sscanf(kept, "%34[0-9a-f] %u", name, boots) != 2)
        rig_fail(rig, "no engine: %s", kept);
    return rig_text(rig, "0x%s", name);
}

static void word_becomes(struct rig *rig, struct rig_sender *sender, const char *option,
                         const char *value)
{
    for (size_t i = 0; i + 1 < RIG_TRAP_WORDS && sender->words[i] != NULL; i++)
        if (strcmp(sender->words[i], option) == 0) {
            sender->words[i + 1] = value;
            return;
        }
    rig_fail(rig, "the sender has no %s", option);
}

static void nothing_was_believed(struct rig *rig)
{
    assert_int_equal(rig_metric(rig, BELIEVED("linkDown")), 0);
    assert_int_equal(rig_log_count(rig, 0, "trap.heard"), 0);
}

static void a_true_trap_of_each_level_is_believed(struct rig *rig)
{
    static const char *const sites[] = {VILLAGE_A, VILLAGE_B, VILLAGE_C};

    district(rig);
    for (size_t i = 0; i < 3; i++) {
        struct rig_sender sender = router(rig, sites[i]);

        rig_trap_send(rig, &sender, port, LINK_DOWN);
        rig_wait_metric(rig, BELIEVED("linkDown"), (int64_t)i + 1);
    }
    rig_wait_log(rig, "trap.heard site=" VILLAGE_A " kind=linkDown"); /* one line a second */
}

static void what_is_not_proven_is_counted_by_what_is_wrong(struct rig *rig)
{
    struct rig_sender sender;

    district(rig);
    sender = router(rig, VILLAGE_A);
    word_becomes(rig, &sender, "-A", "not-the-word-at-all");
    rig_trap_send(rig, &sender, port, LINK_DOWN);
    rig_wait_metric(rig, REFUSED("key"), 1);

    sender = router(rig, VILLAGE_A);
    word_becomes(rig, &sender, "-X", "not-the-word-at-all"); /* signed, and not to be read */
    rig_trap_send(rig, &sender, port, LINK_DOWN);
    rig_wait_metric(rig, REFUSED("key"), 2);

    sender = router(rig, VILLAGE_A);
    word_becomes(rig, &sender, "-u", "tamu");
    rig_trap_send(rig, &sender, port, LINK_DOWN);
    rig_wait_metric(rig, REFUSED("user"), 1);

    sender = router(rig, VILLAGE_A);
    word_becomes(rig, &sender, "-l", "authNoPriv");
    rig_trap_send(rig, &sender, port, LINK_DOWN);
    rig_wait_metric(rig, REFUSED("level"), 1);
    sender = router(rig, VILLAGE_B);
    word_becomes(rig, &sender, "-l", "noAuthNoPriv"); /* whose user is known, and no key needed */
    rig_trap_send(rig, &sender, port, LINK_DOWN);
    rig_wait_metric(rig, REFUSED("level"), 2);

    sender = router(rig, VILLAGE_A);
    word_becomes(rig, &sender, "-e", "0x8000000004beef");
    rig_trap_send(rig, &sender, port, LINK_DOWN);
    rig_wait_metric(rig, REFUSED("engine"), 1);

    sender = router(rig, VILLAGE_B);
    be_engine(rig, &sender, VILLAGE_B, 0, -200);
    rig_trap_send(rig, &sender, port, LINK_DOWN);
    rig_wait_metric(rig, REFUSED("time"), 1);

    sender = router(rig, VILLAGE_A); /* a device that is asked by v2c */
    sender.from = rig_text(rig, "%s.4", rig->net);
    rig_trap_send(rig, &sender, port, LINK_DOWN);
    rig_wait_metric(rig, REFUSED("user"), 2);
    sender.from = rig_text(rig, "%s.250", rig->net);
    rig_trap_send(rig, &sender, port, LINK_DOWN);
    rig_wait_metric(rig, REFUSED("sender"), 1);

    sender = (struct rig_sender){.program = "snmptrap",
                                 .from = rig_text(rig, "%s.1", rig->net),
                                 .words = {"-v2c", "-c", RIG_COMMUNITY}};
    rig_trap_send(rig, &sender, port, LINK_DOWN); /* and v2c of one that is asked by v3 */
    rig_wait_metric(rig, REFUSED("community"), 1);
    nothing_was_believed(rig);
}

static void a_captured_trap_has_one_effect(struct rig *rig)
{
    struct rig_sender sender;
    struct rig_datagram kept;

    district(rig);
    sender = router(rig, VILLAGE_A);
    rig_trap_keep(rig, &sender, LINK_DOWN, &kept);
    rig_trap_throw(rig, &kept, sender.from, port);
    rig_wait_log(rig, "trap.heard site=" VILLAGE_A " kind=linkDown");
    rig_trap_throw(rig, &kept, sender.from, port);
    rig_trap_throw(rig, &kept, rig_text(rig, "%s.2", rig->net), port); /* from another's address */
    rig_trap_throw(rig, &kept, rig_text(rig, "%s.250", rig->net), port);
    rig_wait_metric(rig, REFUSED("repeated"), 1);
    rig_wait_metric(rig, REFUSED("engine"), 1);
    rig_wait_metric(rig, REFUSED("sender"), 1);
    kept.at[kept.count - 1] ^= 1;
    rig_trap_throw(rig, &kept, sender.from, port);
    rig_wait_metric(rig, REFUSED("key"), 1);
    assert_int_equal(rig_metric(rig, BELIEVED("linkDown")), 1);
}

/* What it says of its clock is as true as the rest: what it sent before it booted is old by then.
 */
static void a_router_that_booted_says_so_itself(struct rig *rig)
{
    struct rig_sender booted, old;

    district(rig);
    old = router(rig, VILLAGE_B);
    booted = old;
    be_engine(rig, &booted, VILLAGE_B, 1, 0);
    rig_fleet(rig, "cut", VILLAGE_B); /* nobody asks it meanwhile */
    rig_trap_send(rig, &booted, port, COLD_START);
    rig_wait_metric(rig, BELIEVED("coldStart"), 1);
    rig_trap_send(rig, &old, port, LINK_DOWN);
    rig_wait_metric(rig, REFUSED("time"), 1);
    assert_int_equal(rig_metric(rig, BELIEVED("linkDown")), 0);
}

static void an_inform_of_each_level_is_answered(struct rig *rig)
{
    static const char *const sites[] = {VILLAGE_A, VILLAGE_B, VILLAGE_C};

    district(rig);
    for (size_t i = 0; i < 3; i++) {
        struct rig_sender sender = informer(rig, sites[i]);

        assert_int_equal(rig_trap_send(rig, &sender, port, LINK_DOWN), 0);
        rig_wait_metric(rig, BELIEVED("linkDown"), (int64_t)i + 1);
    }
    rig_wait_metric(rig, ANSWERED, 3);
    rig_wait_metric(rig, REPORTED, 3); /* who we are, and when it is, which they believe */
    assert_int_equal(rig_metric(rig, REFUSED("engine")), 0); /* that is how it begins */
    assert_int_equal(rig_metric(rig, REFUSED("time")), 0);
}

static void an_inform_that_is_not_proven_is_reported_and_has_no_effect(struct rig *rig)
{
    struct rig_sender sender;

    district(rig);
    sender = informer(rig, VILLAGE_A);
    word_becomes(rig, &sender, "-A", "not-the-word-at-all");
    assert_int_not_equal(rig_trap_send(rig, &sender, port, LINK_DOWN), 0);
    rig_wait_metric(rig, REFUSED("key"), 1);
    sender = informer(rig, VILLAGE_A);
    word_becomes(rig, &sender, "-u", "tamu");
    assert_int_not_equal(rig_trap_send(rig, &sender, port, LINK_DOWN), 0);
    rig_wait_metric(rig, REFUSED("user"), 1);
    sender = informer(rig, VILLAGE_A);
    word_becomes(rig, &sender, "-l", "authNoPriv");
    assert_int_not_equal(rig_trap_send(rig, &sender, port, LINK_DOWN), 0);
    rig_wait_metric(rig, REFUSED("level"), 1);
    rig_wait_metric(rig, REPORTED, 3 + 3);
    sender = informer(rig, VILLAGE_A);
    sender.from = rig_text(rig, "%s.250", rig->net); /* a stranger hears nothing, not even a name */
    word_becomes(rig, &sender, "-r", "0");
    word_becomes(rig, &sender, "-t", "1");
    assert_int_not_equal(rig_trap_send(rig, &sender, port, LINK_DOWN), 0);
    rig_wait_metric(rig, REFUSED("sender"), 1);
    nothing_was_believed(rig);
    sender = informer(rig, VILLAGE_A);
    assert_int_equal(rig_trap_send(rig, &sender, port, COLD_START), 0);
    rig_wait_metric(rig, ANSWERED, 1); /* so all that was reported is counted by now */
    assert_int_equal(rig_metric(rig, REPORTED), 3 + 3 + 1);
}

static void a_captured_inform_is_answered_and_has_one_effect(struct rig *rig)
{
    struct rig_sender sender;
    struct rig_datagram kept;

    district(rig);
    sender = informer(rig, VILLAGE_A);
    assert_int_equal(rig_trap_tap(rig, &sender, port, LINK_DOWN, &kept), 0);
    rig_wait_metric(rig, BELIEVED("linkDown"), 1);
    rig_trap_throw(rig, &kept, sender.from, port);
    rig_wait_metric(rig, REFUSED("repeated"), 1);
    rig_wait_metric(rig, ANSWERED, 2); /* who asks again did not hear it */
    rig_trap_throw(rig, &kept, rig_text(rig, "%s.2", rig->net), port); /* another user is there */
    rig_wait_metric(rig, REFUSED("user"), 1);
    kept.at[kept.count - 1] ^= 1;
    rig_trap_throw(rig, &kept, sender.from, port);
    rig_wait_metric(rig, REFUSED("key"), 1);
    assert_int_equal(rig_metric(rig, BELIEVED("linkDown")), 1);
    assert_int_equal(rig_metric(rig, ANSWERED), 2);
}

/* The first of the children, which has the socket, of the daemon that was started last. */
static pid_t who_hears(struct rig *rig)
{
    const char *line = strstr(rig_read(rig, "kentongand0.log"), "daemon.stopped");
    unsigned shard = 1;
    int pid = -1;

    while (shard != 0 && line != NULL && (line = strstr(line + 1, "prober.ready")) != NULL)
        if (sscanf(line, "prober.ready pid=%d shard=%u", &pid, &shard) != 2)
            break;
    if (shard != 0)
        rig_fail(rig, "who hears traps?");
    return pid;
}

/* Its name stays, its boots grow, with the child that hears and with the daemon; what was sent
 * before is old. */
static void a_daemon_that_began_anew_says_so(struct rig *rig)
{
    struct rig_sender sender;
    struct rig_datagram kept;
    const char *before;
    unsigned boots;
    pid_t hears;

    rig->errors_expected = "prober.lost";
    district(rig);
    before = own_engine(rig, &boots);
    assert_int_equal(boots, 1);
    sender = informer(rig, VILLAGE_B);
    assert_int_equal(rig_trap_tap(rig, &sender, port, LINK_DOWN, &kept), 0);
    rig_stop(rig, 0);
    rig_start(rig);
    assert_string_equal(own_engine(rig, &boots), before);
    assert_int_equal(boots, 2);
    assert_int_equal(rig_trap_send(rig, &sender, port, COLD_START), 0);
    rig_wait_metric(rig, BELIEVED("coldStart"), 1);
    rig_trap_throw(rig, &kept, sender.from, port);
    rig_wait_metric(rig, REPORTED, 2); /* who we are; that the other one is old */
    assert_int_equal(rig_metric(rig, BELIEVED("linkDown")), 0);

    hears = who_hears(rig);
    kill(hears, SIGKILL);
    rig_wait_log(rig, "trap.engine boots=3");
    assert_int_equal(rig_trap_send(rig, &sender, port, COLD_START), 0);
    rig_wait_metric(rig, BELIEVED("coldStart"), 2);
}

static void nothing_holds_a_passphrase(struct rig *rig)
{
    static const char *const canaries[] = {PASS_AUTH, PASS_PRIV};
    struct rig_sender sender;
    const char *page;

    rig->errors_expected = "";
    district(rig);
    sender = router(rig, VILLAGE_A);
    rig_trap_send(rig, &sender, port, LINK_DOWN);
    rig_wait_metric(rig, BELIEVED("linkDown"), 1);
    rig_http(rig, 0, "/metrics", &page);
    for (size_t i = 0; i < sizeof canaries / sizeof *canaries; i++) {
        assert_null(strstr(page, canaries[i]));
        assert_null(strstr(rig_read(rig, "kentongand0.log"), canaries[i]));
        assert_null(strstr(rig_database_dump(rig), canaries[i]));
    }
}

int main(int argc, char **argv)
{
    static const struct rig_case cases[] = {
        RIG_TEST(a_true_trap_of_each_level_is_believed),
        RIG_TEST(what_is_not_proven_is_counted_by_what_is_wrong),
        RIG_TEST(a_captured_trap_has_one_effect),
        RIG_TEST(a_router_that_booted_says_so_itself),
        RIG_TEST(an_inform_of_each_level_is_answered),
        RIG_TEST(an_inform_that_is_not_proven_is_reported_and_has_no_effect),
        RIG_TEST(a_captured_inform_is_answered_and_has_one_effect),
        RIG_TEST(a_daemon_that_began_anew_says_so),
        RIG_TEST(nothing_holds_a_passphrase),
    };

    if (!rig_trap_possible())
        return 77;
    return rig_main(argc, argv, "traps_v3", cases, sizeof cases / sizeof *cases);
}
