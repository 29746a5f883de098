/* SPDX-License-Identifier: ISC */
/* The probing child dies or freezes: another one takes its place, and no village is blamed for it.
 */
#include "tests/integration/rig.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tests/integration/rig_check.h"

static pid_t other_prober(struct rig *rig, pid_t before)
{
    struct mono deadline = rig_deadline(RIG_PATIENCE_MS);
    pid_t now;

    while ((now = rig_prober_of(rig, 0)) == before || now == 0)
        if (!rig_tick(rig, deadline))
            rig_fail(rig, "no other prober than %d", (int)before);
    return now;
}

static void a_killed_prober_is_replaced_without_a_ticket(struct rig *rig)
{
    struct wall killed_at;
    pid_t prober;

    rig->errors_expected = "prober.lost";
    rig_whole(rig);
    prober = rig_prober_of(rig, 0);
    rig_log_mark(rig, 0);
    killed_at = wall_now();
    kill(prober, SIGKILL);
    rig_wait_log(rig, "prober.lost");
    other_prober(rig, prober);
    rig_wait_log(rig, "prober.ready");
    assert_in_range(wall_diff_ms(wall_now(), killed_at), 0, 5000);
    rig_wait_http(rig, 0, "/readyz", 200);
    rig_wait_all_up(rig);
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.ticket"), "0");
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.outage"), "0");
}

/* Long enough for a look at what was learned, which comes with every tenth turn. */
static void until_thirty_turns(struct rig *rig)
{
    int64_t enough = rig_fleet_count(rig, "requests") + 30 * SITES_PROBED;
    struct mono deadline = rig_deadline(2 * RIG_PATIENCE_MS);

    while (rig_fleet_count(rig, "requests") < enough)
        if (!rig_tick(rig, deadline))
            rig_fail(rig, "nobody is asked");
}

/* What was learned goes to the database at a stop and comes back with the plan. */
static void what_was_learned_of_a_bad_link_survives_a_restart(struct rig *rig)
{
    static const char of_village[] =
        "select coalesce(max(recent_ppm), 0) from kentongan.device_learned l"
        " join kentongan.device d on d.id = l.device where d.site = '" VILLAGE_A "'";
    struct mono deadline = rig_deadline(2 * RIG_PATIENCE_MS);
    const char *out;

    rig_whole(rig);
    rig_fleet_number(rig, "loss", VILLAGE_A, 40);
    do {
        if (mono_now().us > deadline.us)
            rig_fail(rig, "the loss is not learned");
        until_thirty_turns(rig);
        rig_stop(rig, 0);
        rig_log_mark(rig, 0);
        rig_start(rig);
    } while (strtol(rig_sql(rig, "%s", of_village), NULL, 10) < 100000);
    rig_wait_log(rig, "plan.taken devices=7 left_out=0 learned=7");
    assert_int_equal(rig_cli(rig, &out, "site", "show", VILLAGE_A, NULL), 0);
    assert_non_null(strstr(out, "a cut is known after "));
    assert_int_equal(rig_cli(rig, &out, "site", "show", VILLAGE_A, "--json", NULL), 0);
    assert_non_null(strstr(out, "\"outlook\":{\"timeout_ms\":"));
}

static long counted(struct rig *rig)
{
    return strtol(rig_sql(rig, "select coalesce(sum(sent), 0) from kentongan.rollup"), NULL, 10);
}

/* A restart takes a second, a slot five minutes: what was probed before it is history all the same.
 */
static void what_was_counted_until_a_stop_is_kept(struct rig *rig)
{
    long before;

    rig_whole(rig);
    rig_stop(rig, 0);
    before = counted(rig);
    assert_true(before >= SITES_PROBED);
    assert_true(before <= rig_fleet_count(rig, "requests"));
    rig_log_mark(rig, 0);
    rig_start(rig);
    rig_wait_all_up(rig);
    until_thirty_turns(rig);
    rig_stop(rig, 0);
    assert_in_range(counted(rig), before + 20 * SITES_PROBED, rig_fleet_count(rig, "requests"));
    rig_start(rig);
    rig_wait_all_up(rig);
}

static void a_frozen_prober_is_replaced(struct rig *rig)
{
    pid_t prober;

    rig->errors_expected = "prober.lost";
    rig_whole(rig);
    prober = rig_prober_of(rig, 0);
    rig_log_mark(rig, 0);
    kill(prober, SIGSTOP);
    rig_wait_log(rig, "prober.lost");
    other_prober(rig, prober);
    rig_wait_log(rig, "prober.ready");
    rig_wait_all_up(rig);
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.ticket"), "0");
}

/* The second death in a row is answered after a second: long enough to be seen. */
static void without_a_prober_every_site_is_unknown(struct rig *rig)
{
    const char *body;
    pid_t prober;

    rig->errors_expected = "prober.lost";
    rig_whole(rig);
    prober = rig_prober_of(rig, 0);
    kill(prober, SIGKILL);
    prober = other_prober(rig, prober);
    kill(prober, SIGKILL);
    rig_wait_http(rig, 0, "/readyz", 503);
    assert_int_equal(rig_http(rig, 0, "/metrics", &body), 200);
    assert_non_null(strstr(body, "kentongan_sites{state=\"unknown\"} 7\n"));
    assert_non_null(strstr(body, "kentongan_prober_ready 0\n"));
    rig_wait_http(rig, 0, "/readyz", 200);
    rig_wait_all_up(rig);
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.ticket"), "0");
}

static void an_outage_that_was_open_stays_the_same_ticket(struct rig *rig)
{
    pid_t prober;

    rig->errors_expected = "prober.lost";
    rig_whole(rig);
    rig_fleet(rig, "cut", RELAY_A);
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    rig_wait_sql(rig, "3", "select count(*) from kentongan.outage where restored_at is null");
    prober = rig_prober_of(rig, 0);
    rig_log_mark(rig, 0);
    kill(prober, SIGKILL);
    rig_wait_log(rig, "prober.ready");
    rig_wait_sql(rig, "4",
                 "select count(*) from kentongan.site_state s join kentongan.device"
                 " using (site) where s.state = 'up'");
    rig_fleet(rig, "restore", RELAY_A);
    rig_wait_back(rig);
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.ticket"), "1");
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.outage"), "3");
    rig_check(rig);
}

/* Killed twice in a row it comes back more slowly, but it comes back. */
static void restored_while_the_prober_was_away_is_seen_by_the_next(struct rig *rig)
{
    rig->errors_expected = "prober.lost";
    rig->poll_ms = 3000; /* nobody looks meanwhile: the first good probe is the next prober's */
    rig_whole(rig);
    rig_fleet(rig, "cut", VILLAGE_C);
    rig_wait_hooks(rig, "ticket.offered", "/ok/b", 1);
    for (int i = 0; i < 2; i++) {
        pid_t prober = rig_prober_of(rig, 0);

        kill(prober, SIGKILL);
        if (i == 0)
            rig_fleet(rig, "restore", VILLAGE_C);
        other_prober(rig, prober);
    }
    rig_wait_back(rig);
    rig_wait_all_up(rig);
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.ticket"), "1");
    rig_check(rig);
}

int main(int argc, char **argv)
{
    static const struct rig_case cases[] = {
        RIG_TEST(a_killed_prober_is_replaced_without_a_ticket),
        RIG_TEST(what_was_learned_of_a_bad_link_survives_a_restart),
        RIG_TEST(what_was_counted_until_a_stop_is_kept),
        RIG_TEST(a_frozen_prober_is_replaced),
        RIG_TEST(without_a_prober_every_site_is_unknown),
        RIG_TEST(an_outage_that_was_open_stays_the_same_ticket),
        RIG_TEST(restored_while_the_prober_was_away_is_seen_by_the_next),
    };

    return rig_main(argc, argv, "prober", cases, sizeof cases / sizeof *cases);
}
