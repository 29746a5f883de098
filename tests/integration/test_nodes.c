/* SPDX-License-Identifier: ISC */
/* Two daemons on one database, both probing everything: what people see is as if there were one. */
#include "tests/integration/rig.h"

#include "tests/integration/rig_check.h"

static void two(struct rig *rig)
{
    rig_whole(rig);
    rig_config(rig, 1);
    rig_start_one(rig, 1);
    rig_wait_ready(rig, 1);
    rig_wait_log_of(rig, 1, "link.verdict site=" TWO_WAYS " state=up");
}

static void two_daemons_open_one_ticket_and_send_it_once(struct rig *rig)
{
    two(rig);
    rig_fleet(rig, "cut", VILLAGE_A);
    rig_wait_log_of(rig, 0, "outage.confirmed site=" VILLAGE_A);
    rig_wait_log_of(rig, 1, "outage.confirmed site=" VILLAGE_A);
    rig_wait_hooks(rig, "ticket.opened", "/ok/team", 1);
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    rig_fleet(rig, "restore", VILLAGE_A);
    rig_wait_log_of(rig, 0, "link.verdict site=" VILLAGE_A " state=up");
    rig_wait_log_of(rig, 1, "link.verdict site=" VILLAGE_A " state=up");
    rig_wait_hooks(rig, "ticket.restored", "/ok/a", 1);
    rig_wait_back(rig);
    assert_string_equal(rig_sql(rig, "select string_agg(root || ' ' || state, ',')"
                                     " from kentongan.ticket"),
                        VILLAGE_A " restored");
    assert_int_equal(rig_hooks(rig, NULL, NULL), 4);
}

static void a_storm_is_shared_without_doubling(struct rig *rig)
{
    two(rig);
    rig_fleet(rig, "cut", RELAY_A);
    rig_fleet(rig, "cut", RELAY_B);
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    rig_wait_hooks(rig, "ticket.offered", "/ok/b", 1);
    rig_fleet(rig, "restore", RELAY_A);
    rig_fleet(rig, "restore", RELAY_B);
    rig_wait_hooks(rig, "ticket.restored", "/ok/a", 1);
    rig_wait_hooks(rig, "ticket.restored", "/ok/b", 1);
    rig_wait_all_up(rig);
    rig_wait_back(rig);
    assert_string_equal(rig_sql(rig, "select string_agg(root || ' ' || state, ',' order by root)"
                                     " from kentongan.ticket"),
                        RELAY_A " restored," RELAY_B " restored");
    assert_int_equal(rig_hooks(rig, "ticket.opened", NULL), 2);
    assert_int_equal(rig_hooks(rig, "ticket.offered", NULL), 2);
}

/* Both measured the silence; the one that is left ends what the dead one began, whoever noticed
 * first. */
static void one_dies(struct rig *rig, int which)
{
    two(rig);
    rig_fleet(rig, "cut", VILLAGE_A);
    rig_wait_log_of(rig, 0, "outage.confirmed site=" VILLAGE_A);
    rig_wait_log_of(rig, 1, "outage.confirmed site=" VILLAGE_A);
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    rig_kill(rig, which);
    rig_fleet(rig, "restore", VILLAGE_A);
    rig_wait_back(rig);
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.ticket"), "1");
    assert_string_equal(rig_sql(rig, "select count(*) from kentongan.notification"
                                     " where type = 'ticket.opened'"),
                        "1");
}

static void when_the_first_of_two_dies_the_second_goes_on(struct rig *rig)
{
    one_dies(rig, 0);
}

static void when_the_second_of_two_dies_the_first_goes_on(struct rig *rig)
{
    one_dies(rig, 1);
}

int main(int argc, char **argv)
{
    static const struct rig_case cases[] = {
        RIG_TEST(two_daemons_open_one_ticket_and_send_it_once),
        RIG_TEST(a_storm_is_shared_without_doubling),
        RIG_TEST(when_the_first_of_two_dies_the_second_goes_on),
        RIG_TEST(when_the_second_of_two_dies_the_first_goes_on),
    };

    return rig_main(argc, argv, "nodes", cases, sizeof cases / sizeof *cases);
}
