/* SPDX-License-Identifier: ISC */
/* kill -9 of kentongand at bad moments: nothing lost, nothing doubled. */
#include "tests/integration/rig.h"

#include <signal.h>

#include "tests/integration/rig_check.h"

/* Delivered and settled: what is killed before that may be sent a second time, with the same id. */
static void wait_all_delivered(struct rig *rig)
{
    rig_wait_sql(rig, "0",
                 "select count(*) from kentongan.notification where state <> 'delivered'");
}

static void restored_after_the_restart_is_told_once(struct rig *rig)
{
    rig_whole(rig);
    rig_fleet(rig, "cut", VILLAGE_A);
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    wait_all_delivered(rig);
    rig_kill(rig, 0);
    rig_start(rig);
    rig_wait_sql(rig, "down",
                 "select state from kentongan.site_state where site = '" VILLAGE_A "'");
    rig_fleet(rig, "restore", VILLAGE_A);
    rig_wait_hooks(rig, "ticket.restored", "/ok/a", 1);
    rig_wait_hooks(rig, "ticket.restored", "/ok/team", 1);
    assert_int_equal(rig_hooks(rig, "ticket.opened", NULL), 1);
    assert_int_equal(rig_hooks(rig, "ticket.offered", NULL), 1);
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.ticket"), "1");
    rig_check(rig);
}

static void restored_while_nobody_watched_is_seen_at_the_restart(struct rig *rig)
{
    rig_whole(rig);
    rig_fleet(rig, "cut", RELAY_A);
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    rig_wait_sql(rig, "3", "select count(*) from kentongan.outage where restored_at is null");
    wait_all_delivered(rig);
    rig_kill(rig, 0);
    rig_fleet(rig, "restore", RELAY_A);
    rig_start(rig);
    rig_wait_hooks(rig, "ticket.restored", "/ok/a", 1);
    rig_wait_sql(rig, "0", "select count(*) from kentongan.outage where restored_at is null");
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.ticket"), "1");
    assert_int_equal(rig_hooks(rig, "ticket.offered", NULL), 1);
    rig_check(rig);
}

static void cut_off_while_nobody_watched_is_found_at_the_restart(struct rig *rig)
{
    rig_whole(rig);
    rig_kill(rig, 0);
    rig_fleet(rig, "cut", VILLAGE_D);
    rig_start(rig);
    rig_wait_hooks(rig, "ticket.offered", "/ok/b", 1);
    rig_fleet(rig, "restore", VILLAGE_D);
    rig_wait_back(rig);
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.outage"), "1");
}

/* The receiver has the request and has not answered yet when the daemon dies. */
static void a_notification_under_way_is_sent_again_with_the_same_id(struct rig *rig)
{
    struct rig_hook first, second;

    rig_sink_start(rig);
    rig_inventory(rig);
    rig_endpoints(rig, "/ok/team", "/late/a?ms=2000", "/ok/b");
    rig_fleet_start(rig);
    rig_config(rig, 0);
    rig_import(rig);
    rig_start(rig);
    rig_wait_all_up(rig);
    rig_fleet(rig, "cut", VILLAGE_A);
    first = rig_wait_hooks(rig, "ticket.offered", "/late/a", 1);
    assert_string_equal(rig_sql(rig, "select state from kentongan.notification"
                                     " where type = 'ticket.offered'"),
                        "leased");
    rig_kill(rig, 0);
    /* The lease is another node's until it expires; its clock is moved instead of waiting for it.
     */
    rig_sql(rig, "update kentongan.notification set leased_until = now() where state = 'leased'");
    rig_start(rig);
    second = rig_wait_hooks(rig, "ticket.offered", "/late/a", 2);
    assert_string_equal(second.id, first.id);
    assert_string_equal(second.body, first.body);
    rig_wait_sql(rig, "delivered",
                 "select state from kentongan.notification where type = 'ticket.offered'");
    rig_check(rig);
}

/* Between the commit of the outage and the first delivery: the outbox keeps it. */
static void what_was_owed_when_it_died_is_delivered_by_the_next_life(struct rig *rig)
{
    rig_whole(rig);
    rig_signal(rig, 0, SIGSTOP); /* no lease while the ticket is opened behind its back */
    rig_sql(rig, "select * from kentongan.fault_report('" VILLAGE_B "', '" VILLAGE_B "', null,"
                 " now() - interval '5 s', now(), null, '{}', now())");
    rig_kill(rig, 0);
    assert_int_equal(rig_hooks(rig, NULL, NULL), 0);
    rig_fleet(rig, "cut", VILLAGE_B);
    rig_start(rig);
    rig_wait_hooks(rig, "ticket.opened", "/ok/team", 1);
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    rig_fleet(rig, "restore", VILLAGE_B);
    rig_wait_back(rig);
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.ticket"), "1");
    assert_int_equal(rig_hooks(rig, "ticket.opened", NULL), 1);
}

/* A dozen lives in a row, cut short at whatever they were doing. None of the relays is away three
 * times: that would be flapping. */
static void many_short_lives_lose_and_double_nothing(struct rig *rig)
{
    static const char *const relays[] = {RELAY_B, RELAY_A, RELAY_B};

    rig_whole(rig);
    for (int i = 0; i < 6; i++) {
        rig_fleet(rig, i % 2 == 0 ? "cut" : "restore", relays[i / 2]);
        rig_kill(rig, 0);
        rig_start(rig);
        rig_wait_sql(rig, i % 2 == 0 ? "3" : "0",
                     "select count(*) from kentongan.outage where restored_at is null");
    }
    /* What is down again within the window joins the ticket; how often depends on the machine. */
    rig_wait_sql(
        rig, RELAY_A " restored," RELAY_B " restored",
        "select string_agg(distinct root || ' ' || state, ',' order by root || ' ' || state)"
        " from kentongan.ticket");
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.outage where site = root"),
                        "3");
    rig_wait_hooks(rig, "ticket.restored", "/ok/b", 1);
    rig_check(rig);
}

int main(int argc, char **argv)
{
    static const struct rig_case cases[] = {
        RIG_TEST(restored_after_the_restart_is_told_once),
        RIG_TEST(restored_while_nobody_watched_is_seen_at_the_restart),
        RIG_TEST(cut_off_while_nobody_watched_is_found_at_the_restart),
        RIG_TEST(a_notification_under_way_is_sent_again_with_the_same_id),
        RIG_TEST(what_was_owed_when_it_died_is_delivered_by_the_next_life),
        RIG_TEST(many_short_lives_lose_and_double_nothing),
    };

    return rig_main(argc, argv, "crash", cases, sizeof cases / sizeof *cases);
}
