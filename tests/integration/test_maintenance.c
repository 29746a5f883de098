/* SPDX-License-Identifier: ISC */
/* Planned work: probing goes on, no ticket opens; what goes beyond it gets its ticket at once. */
#include "tests/integration/rig.h"

#include <string.h>

#include "tests/integration/rig_check.h"

static const char *soon(struct rig *rig)
{
    return rig_sql(rig, "select to_char((now() + interval '2 hours') at time zone 'Asia/Jakarta',"
                        " 'YYYY-MM-DD HH24:MI')");
}

static void announce_to(struct rig *rig, const char *code, const char *to)
{
    const char *out;

    if (rig_cli(rig, &out, "maintenance", "add", code, "--to", to, "--reason", "new antenna",
                NULL) != 0)
        rig_fail(rig, "%s", out);
}

static void announce(struct rig *rig, const char *code)
{
    announce_to(rig, code, soon(rig));
}

#define HELD                                                                                       \
    "select string_agg(site, ' ' order by site) from kentongan.outage"                             \
    " where restored_at is null and ticket is null"
#define TICKETS "select count(*) from kentongan.ticket"

static void a_relay_cut_in_planned_work_opens_no_ticket(struct rig *rig)
{
    rig_whole(rig);
    announce(rig, RELAY_A);
    rig_fleet(rig, "cut", RELAY_A);
    rig_wait_sql(rig, RELAY_A " " VILLAGE_A " " VILLAGE_B, HELD);
    rig_wait_sql(rig, "unreachable",
                 "select state from kentongan.site_state where site = '" VILLAGE_A "'");
    rig_fleet(rig, "cut", VILLAGE_C); /* not planned: the clock of this test */
    rig_wait_hooks(rig, "ticket.offered", "/ok/b", 1);
    rig_fleet(rig, "restore", RELAY_A);
    rig_fleet(rig, "restore", VILLAGE_C);
    rig_wait_back(rig);
    rig_wait_all_up(rig);
    assert_string_equal(rig_sql(rig, "select string_agg(root, ' ') from kentongan.ticket"),
                        VILLAGE_C);
    assert_int_equal(rig_hooks(rig, NULL, "/ok/a"), 0);
}

static void what_is_silent_when_it_is_ended_gets_its_ticket_with_its_true_start(struct rig *rig)
{
    struct rig_hook offered;
    const char *begun;

    rig_whole(rig);
    announce(rig, VILLAGE_A);
    rig_fleet(rig, "cut", VILLAGE_A);
    rig_wait_sql(rig, VILLAGE_A, HELD);
    begun = rig_sql(rig, "select first_bad || ' ' || detected from kentongan.outage");
    rig_stop(rig, 0); /* what is held is in the database, not in a daemon */
    rig_start(rig);
    rig_wait_sql(rig, "down",
                 "select state from kentongan.site_state where site = '" VILLAGE_A "'");
    assert_string_equal(rig_sql(rig, TICKETS), "0");

    assert_int_equal(rig_cli(rig, NULL, "maintenance", "end", "1", NULL), 0);
    offered = rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    assert_non_null(strstr(offered.body, VILLAGE_A));
    assert_string_equal(rig_sql(rig, "select first_bad || ' ' || detected from kentongan.ticket"),
                        begun);
    assert_string_equal(rig_sql(rig, "select opened_at >= ended_at from kentongan.ticket,"
                                     " kentongan.maintenance"),
                        "t");
    rig_fleet(rig, "restore", VILLAGE_A);
    rig_wait_hooks(rig, "ticket.restored", "/ok/a", 1);
    assert_string_equal(rig_sql(rig, TICKETS), "1");
    rig_check(rig);
}

/* Long enough to find the cut in it on a busy machine, short enough to wait for its end. */
static void what_outlives_its_window_gets_its_ticket_with_its_true_start(struct rig *rig)
{
    struct rig_hook offered;
    struct wall ends = {0};
    const char *begun, *said;

    rig_whole(rig);
    announce_to(rig, RELAY_A,
                rig_sql(rig, "select to_char((now() + interval '20 s') at time zone 'UTC',"
                             " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"));
    rig_fleet(rig, "cut", RELAY_A);
    rig_wait_sql(rig, RELAY_A " " VILLAGE_A " " VILLAGE_B, HELD);
    assert_string_equal(rig_sql(rig, TICKETS), "0");
    assert_int_equal(rig_cli(rig, &said, "site", "show", VILLAGE_A, NULL), 0);
    assert_non_null(strstr(said, "in work"));
    begun = rig_sql(rig, "select first_bad || ' ' || last_good || ' ' || detected"
                         " from kentongan.outage where site = '" RELAY_A "'");
    assert_true(wall_parse(rig_sql(rig, "select kentongan.wall_text(until)"
                                        " from kentongan.maintenance"),
                           &ends));

    offered = rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    assert_true(wall_diff_ms(offered.at, ends) >= 0);
    assert_non_null(strstr(offered.body, RELAY_A));
    assert_string_equal(rig_sql(rig, "select first_bad || ' ' || last_good || ' ' || detected"
                                     " from kentongan.ticket"),
                        begun);
    assert_string_equal(rig_sql(rig, "select string_agg(site, ' ' order by site)"
                                     " from kentongan.ticket_site"),
                        VILLAGE_A " " VILLAGE_B);
    rig_fleet(rig, "restore", RELAY_A);
    rig_wait_hooks(rig, "ticket.restored", "/ok/a", 1);
    assert_string_equal(rig_sql(rig, TICKETS), "1");
    rig_check(rig); /* its start is that of the fleet's cut */
}

int main(int argc, char **argv)
{
    static const struct rig_case cases[] = {
        RIG_TEST(a_relay_cut_in_planned_work_opens_no_ticket),
        RIG_TEST(what_outlives_its_window_gets_its_ticket_with_its_true_start),
        RIG_TEST(what_is_silent_when_it_is_ended_gets_its_ticket_with_its_true_start),
    };

    return rig_main(argc, argv, "maintenance", cases, sizeof cases / sizeof *cases);
}
