/* SPDX-License-Identifier: ISC */
/* PostgreSQL goes away in the middle: probing and judging go on, and the true times are kept. */
#include "tests/integration/rig.h"

#include <stdlib.h>
#include <string.h>

#include "tests/integration/rig_check.h"

#define AWAY_MS 30000

/* Seconds between an instant of the village's outage and what the fleet did then. */
static double off_s(struct rig *rig, const char *column, const char *word)
{
    char truth[WALL_TEXT_MAX];

    wall_format(rig_truth(rig, VILLAGE_A, word), truth);
    return strtod(rig_sql(rig,
                          "select abs(extract(epoch from %s - timestamptz '%s'))"
                          " from kentongan.outage where site = '" VILLAGE_A "'",
                          column, truth),
                  NULL);
}

static void wait_for_verdict(struct rig *rig, const char *state)
{
    rig_wait_log(rig, rig_text(rig, "link.verdict site=" VILLAGE_A " state=%s", state));
}

static void an_outage_begins_and_ends_while_postgresql_is_away(struct rig *rig)
{
    struct mono back;
    const char *why;

    rig_whole(rig);
    rig_log_mark(rig, 0);
    back = rig_deadline(AWAY_MS);
    rig->errors_expected = "database.down";
    rig_postgres_stop(rig);
    rig_wait_http(rig, 0, "/readyz", 503);
    assert_int_equal(rig_http(rig, 0, "/healthz", NULL), 200);
    rig_http(rig, 0, "/readyz", &why);
    assert_non_null(strstr(why, "database"));
    rig_fleet(rig, "cut", VILLAGE_A);
    wait_for_verdict(rig, "down");
    rig_fleet(rig, "restore", VILLAGE_A);
    wait_for_verdict(rig, "up");
    while (rig_tick(rig, back))
        assert_int_equal(rig_http(rig, 0, "/healthz", NULL), 200);
    rig_postgres_start(rig);
    rig_wait_http(rig, 0, "/readyz", 200);
    rig_wait_hooks(rig, "ticket.restored", "/ok/a", 1);
    assert_true(off_s(rig, "first_bad", "silent") <= 1.0);
    assert_true(off_s(rig, "restored_at", "answers") <= 1.0);
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.outage"), "1");
    rig_check(rig);
}

static void an_outage_that_lasts_is_told_with_its_true_start(struct rig *rig)
{
    rig_whole(rig);
    rig_log_mark(rig, 0);
    rig->errors_expected = "database.down";
    rig_postgres_stop(rig);
    rig_fleet(rig, "cut", VILLAGE_A);
    wait_for_verdict(rig, "down");
    rig_postgres_start(rig);
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    assert_true(off_s(rig, "first_bad", "silent") <= 1.0);
    rig_fleet(rig, "restore", VILLAGE_A);
    rig_wait_back(rig);
    rig_check(rig);
}

static void an_outage_told_before_ends_while_postgresql_is_away(struct rig *rig)
{
    rig_whole(rig);
    rig_fleet(rig, "cut", VILLAGE_A);
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    rig_log_mark(rig, 0);
    rig->errors_expected = "database.down";
    rig_postgres_stop(rig);
    rig_fleet(rig, "restore", VILLAGE_A);
    wait_for_verdict(rig, "up");
    rig_postgres_start(rig);
    rig_wait_back(rig);
    assert_true(off_s(rig, "restored_at", "answers") <= 1.0);
    rig_check(rig);
}

/*
 * The daemon gives up on a connection that does not answer and opens another one. What it had sent
 * is carried out as well when the old backends wake up: told twice, it must not count twice.
 */
static void a_database_that_hangs_is_left_and_what_it_does_later_counts_once(struct rig *rig)
{
    rig->errors_expected = "database.down";
    rig_whole(rig);
    rig_log_mark(rig, 0);
    rig_postgres_freeze(rig);
    rig_fleet(rig, "cut", VILLAGE_A);
    wait_for_verdict(rig, "down");
    assert_int_equal(rig_http(rig, 0, "/healthz", NULL), 200);
    rig_wait_log(rig, "database.down");
    rig_wait_log(rig, "database.up");
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    rig_postgres_thaw(rig);
    rig_wait_sql(rig, "1",
                 "select count(distinct pid) from pg_stat_activity"
                 " where datname = current_database() and query like '%%outbox_lease%%'"
                 " and pid <> pg_backend_pid()");
    assert_true(off_s(rig, "first_bad", "silent") <= 1.0);
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.outage"), "1");
    rig_fleet(rig, "restore", VILLAGE_A);
    rig_wait_back(rig);
    rig_check(rig);
}

/* Started before PostgreSQL is there: it waits, says so, and begins when it comes. */
static void started_without_postgresql_it_waits_for_it(struct rig *rig)
{
    rig_sink_start(rig);
    rig_inventory(rig);
    rig_fleet_start(rig);
    rig_config(rig, 0);
    rig_import(rig);
    rig->errors_expected = "database.down";
    rig_postgres_stop(rig);
    rig_start_one(rig, 0);
    rig_wait_http(rig, 0, "/healthz", 200);
    assert_int_equal(rig_http(rig, 0, "/readyz", NULL), 503);
    rig_postgres_start(rig);
    rig_wait_ready(rig, 0);
    rig_wait_all_up(rig);
}

static void the_command_line_says_that_the_database_is_out_of_reach(struct rig *rig)
{
    const char *said;

    rig_inventory(rig);
    rig_config(rig, 0);
    rig->errors_expected = "database.down";
    rig_postgres_stop(rig);
    assert_int_equal(rig_cli(rig, &said, "tickets", NULL), 3);
    assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1); /* one line */
    rig_postgres_start(rig);
    assert_int_equal(rig_cli(rig, &said, "tickets", NULL), 0);
}

int main(int argc, char **argv)
{
    static const struct rig_case cases[] = {
        RIG_TEST(an_outage_begins_and_ends_while_postgresql_is_away),
        RIG_TEST(an_outage_that_lasts_is_told_with_its_true_start),
        RIG_TEST(an_outage_told_before_ends_while_postgresql_is_away),
        RIG_TEST(a_database_that_hangs_is_left_and_what_it_does_later_counts_once),
        RIG_TEST(started_without_postgresql_it_waits_for_it),
        RIG_TEST(the_command_line_says_that_the_database_is_out_of_reach),
    };

    return rig_main(argc, argv, "database", cases, sizeof cases / sizeof *cases);
}
