/* SPDX-License-Identifier: ISC */
/* A link that answers and is not well, from the radio that fades to the ticket that is restored. */
#include "tests/integration/rig.h"

#include <string.h>

#include "tests/integration/rig_check.h"

#define KINDS "select string_agg(concat_ws(' ', root, kind, state), ', ' order by id)"

/* Deadlines that a loaded machine misses are losses; here they are the subject. */
static void begin(struct rig *rig)
{
    rig->conf.poll = "interval = 400ms timeout = 350ms misses_to_down = 8 reading_interval = 1s";
    rig->conf.more = "degraded { loss = 10 }\n";
    rig->conf.slot_s = 4;
    rig_whole(rig);
}

static void wants(struct rig *rig, const char *said, const char *words)
{
    if (strstr(said, words) == NULL)
        rig_fail(rig, "\"%s\" is not in: %s", words, said);
}

static void acts(struct rig *rig, const char *verb)
{
    const char *said;
    bool claims = strcmp(verb, "claim") == 0;

    if (rig_cli(rig, &said, "--as", "mitra-a", "ticket", verb, "1", claims ? "--cause" : NULL,
                "antenna", "--action", "realigned", NULL) != 0)
        rig_fail(rig, "ticket %s: %s", verb, said);
}

static void a_radio_that_fades_has_one_ticket_until_it_is_proven_good(struct rig *rig)
{
    struct rig_hook opened;
    const char *said;

    begin(rig);
    rig_wait_sql(rig, rig_text(rig, "%d", SITES_PROBED),
                 "select count(*) from kentongan.device_reading");
    rig_fleet_number(rig, "fade", VILLAGE_A, 40);
    opened = rig_wait_hooks(rig, "ticket.opened", "/ok/team", 1);
    wants(rig, opened.body, "\"kind\":\"degraded\"");
    wants(rig, opened.body, "dBm since ");
    wants(rig, opened.body, ", limit -82 dBm");
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    assert_string_equal(rig_sql(rig, KINDS " from kentongan.ticket"),
                        VILLAGE_A " degraded offered");
    assert_string_equal(rig_sql(rig, "select priority from kentongan.ticket"), "3");
    assert_int_equal(rig_cli(rig, &said, "site", "show", VILLAGE_A, NULL), 0);
    wants(rig, said, "degraded");
    wants(rig, said, ", limit -82 dBm, since ");
    assert_int_equal(rig_cli(rig, &said, "tickets", NULL), 0);
    wants(rig, said, "degraded");

    acts(rig, "accept");
    acts(rig, "claim");
    rig_wait_sql(rig, "t",
                 "select bool_or(note like 'signal %% dBm, needs -75 dBm.') from"
                 " kentongan.ticket_event where action = 'unproven'");
    assert_string_equal(rig_sql(rig, "select state from kentongan.ticket"), "accepted");
    rig_fleet_number(rig, "fade", VILLAGE_A, 0);
    acts(rig, "claim");
    rig_wait_sql(rig, "restored", "select state from kentongan.ticket");
    rig_wait_hooks(rig, "ticket.restored", "/ok/a", 1);
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.ticket"), "1");
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.outage"), "0");
    rig_check(rig);
}

static void a_link_that_loses_has_one_ticket_until_it_is_good_again(struct rig *rig)
{
    begin(rig);
    rig_fleet_number(rig, "loss", VILLAGE_A, 35);
    /* Each step on its own: slots, the verdict, and its way to the database take their time. */
    rig_wait_sql(rig, "t",
                 "select count(*) >= 3 from kentongan.rollup r join kentongan.device d on"
                 " d.id = r.device where d.site = '" VILLAGE_A "' and r.lost > 1");
    rig_wait_log(rig, "link.degraded site=" VILLAGE_A " measure=loss");
    rig_wait_sql(rig, VILLAGE_A " loss",
                 "select site || ' ' || measure from kentongan.site_condition");
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    assert_string_equal(rig_sql(rig, KINDS " from kentongan.ticket where kind = 'degraded'"),
                        VILLAGE_A " degraded offered");
    rig_fleet_number(rig, "loss", VILLAGE_A, 0);
    rig_wait_sql(rig, "t",
                 "select count(*) >= 4 from kentongan.rollup r join kentongan.device d on"
                 " d.id = r.device where d.site = '" VILLAGE_A "' and r.lost = 0 and r.slot >"
                 " (select max(slot) from kentongan.rollup x where x.device = r.device and"
                 " x.lost > 0)");
    rig_wait_sql(rig, "t", "select until is not null from kentongan.site_condition");
    rig_wait_sql(rig, VILLAGE_A " degraded restored",
                 KINDS " from kentongan.ticket where kind = 'degraded'");
    rig_check(rig);
}

/* The fleet delays a site's own answers only, so those behind the relay are delayed by hand. */
static void a_relay_that_is_slow_is_one_ticket_with_its_villages_affected(struct rig *rig)
{
    static const char *const slow[] = {RELAY_A, VILLAGE_A, VILLAGE_B};

    rig->conf.poll = "interval = 600ms timeout = 500ms misses_to_down = 8 reading_interval = 0s";
    rig->conf.more = "degraded { loss = 0 rtt = 100ms baseline = false }\n";
    rig->conf.slot_s = 4;
    rig_whole(rig);
    for (size_t i = 0; i < sizeof slow / sizeof *slow; i++)
        rig_fleet_number(rig, "delay", slow[i], 200);
    rig_wait_sql(rig, "t",
                 "select count(*) >= 3 from kentongan.rollup r join kentongan.device d on"
                 " d.id = r.device where d.site = '" VILLAGE_B "' and r.rtt_mean_us > 100000");
    rig_wait_sql(rig, "3", "select count(*) from kentongan.site_condition where measure = 'rtt'");
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    assert_string_equal(rig_sql(rig, KINDS " from kentongan.ticket"), RELAY_A " degraded offered");
    rig_wait_sql(rig, VILLAGE_A " " VILLAGE_B,
                 "select string_agg(site, ' ' order by site) from kentongan.ticket_site");
    for (size_t i = 0; i < sizeof slow / sizeof *slow; i++)
        rig_fleet_number(rig, "delay", slow[i], 0);
    rig_wait_sql(rig, "t",
                 "select count(*) >= 4 from kentongan.rollup r join kentongan.device d on"
                 " d.id = r.device where d.site = '" RELAY_A "' and r.rtt_mean_us < 75000 and"
                 " r.slot > (select max(slot) from kentongan.rollup x where x.device = r.device"
                 " and x.rtt_mean_us >= 75000)");
    rig_wait_sql(rig, "0", "select count(*) from kentongan.site_condition where until is null");
    rig_wait_sql(rig, RELAY_A " degraded restored", KINDS " from kentongan.ticket");
    rig_check(rig);
}

int main(int argc, char **argv)
{
    static const struct rig_case cases[] = {
        RIG_TEST(a_radio_that_fades_has_one_ticket_until_it_is_proven_good),
        RIG_TEST(a_link_that_loses_has_one_ticket_until_it_is_good_again),
        RIG_TEST(a_relay_that_is_slow_is_one_ticket_with_its_villages_affected),
    };

    return rig_main(argc, argv, "degraded", cases, sizeof cases / sizeof *cases);
}
