/* SPDX-License-Identifier: ISC */
/* What takes longer than a minute's patience: a relay that came back without one of its villages.
 */
#include "tests/integration/rig.h"

#include "tests/integration/rig_check.h"

static void a_village_still_dead_after_the_grace_gets_its_own_ticket(struct rig *rig)
{
    struct wall back_at;
    struct rig_hook own;

    rig_whole(rig);
    rig_fleet(rig, "cut", VILLAGE_A);
    rig_fleet(rig, "cut", RELAY_A);
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    rig_wait_sql(rig, "2",
                 "select count(*) from kentongan.outage"
                 " where root = '" RELAY_A "' and site in ('" VILLAGE_A "', '" VILLAGE_B "')");
    back_at = wall_now();
    rig_fleet(rig, "restore", RELAY_A);
    rig_wait_hooks(rig, "ticket.restored", "/ok/a", 1);
    own = rig_wait_hooks(rig, "ticket.offered", "/ok/a", 2);
    /* Definitions: one full fast schedule, 20 s, before a child may open a ticket of its own. */
    assert_true(wall_diff_ms(own.at, back_at) >= 20000);
    assert_string_equal(rig_sql(rig, "select string_agg(root || ' ' || state, ',' order by id)"
                                     " from kentongan.ticket"),
                        RELAY_A " restored," VILLAGE_A " offered");
    rig_fleet(rig, "restore", VILLAGE_A);
    rig_wait_hooks(rig, "ticket.restored", "/ok/a", 2);
    /* One silence, one outage, though two tickets were about it. */
    assert_string_equal(
        rig_sql(rig, "select count(*) from kentongan.outage where site = '" VILLAGE_A "'"), "1");
    rig_check(rig);
}

static void a_repair_that_nobody_claims_is_healed_after_its_time(struct rig *rig)
{
    const char *said;

    rig->conf.verify = "window = 10s self_heal_after = 5s";
    rig_whole(rig);
    rig_fleet(rig, "cut", VILLAGE_C);
    rig_wait_hooks(rig, "ticket.offered", "/ok/b", 1);
    assert_int_equal(rig_cli(rig, &said, "--as", "mitra-b", "ticket", "accept", "1", NULL), 0);
    rig_fleet(rig, "restore", VILLAGE_C);
    rig_wait_sql(rig, "1", "select count(*) from report.ticket_event where action = 'link.back'");
    assert_string_equal(rig_sql(rig, "select state from kentongan.ticket"), "accepted");
    rig_wait_hooks(rig, "ticket.restored", "/ok/b", 1);
    /* The first good probe, not the time of the verdict or of the healing. */
    assert_string_equal(
        rig_sql(rig, "select t.restored_at = o.restored_at and"
                     " now() - t.restored_at > interval '5 s'"
                     " from kentongan.ticket t join kentongan.outage o on o.ticket = t.id"),
        "t");
    rig_check(rig);
}

int main(int argc, char **argv)
{
    static const struct rig_case cases[] = {
        RIG_TEST(a_village_still_dead_after_the_grace_gets_its_own_ticket),
        RIG_TEST(a_repair_that_nobody_claims_is_healed_after_its_time),
    };

    return rig_main(argc, argv, "grace", cases, sizeof cases / sizeof *cases);
}
