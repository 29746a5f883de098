/* SPDX-License-Identifier: ISC */
/* The judge of the other tests is judged: a record that is forged in any of these ways is found
 * out. */
#include "tests/integration/rig.h"

#include <string.h>

#include "tests/integration/rig_check.h"

static const struct {
    const char *words; /* in the complaint */
    const char *forge;
} forgeries[] = {
    {"lost: a silence of " VILLAGE_A,
     "update kentongan.outage set site = '" VILLAGE_D "', root = '" VILLAGE_D "'"
     " where site = '" VILLAGE_A "'"},
    {"phantom: an outage of " VILLAGE_D,
     "insert into kentongan.outage (site, root, first_bad, detected, restored_at)"
     " select '" VILLAGE_D
     "', root, first_bad, detected, restored_at from kentongan.outage limit 1"},
    {"phantom: an outage of " VILLAGE_A,
     "update kentongan.outage set first_bad = first_bad - interval '10 s', last_good = null"
     " where site = '" VILLAGE_A "'"},
    {"doubled: one silence of " VILLAGE_A,
     "insert into kentongan.outage (site, root, ticket, first_bad, detected, restored_at)"
     " select site, root, ticket, first_bad + interval '1 ms', detected, restored_at"
     " from kentongan.outage where site = '" VILLAGE_A "'"},
    {"its outage is still open",
     "update kentongan.outage set restored_at = null where site = '" VILLAGE_A "'"},
    {"restored_at", "update kentongan.outage set restored_at = restored_at + interval '10 s'"
                    " where site = '" VILLAGE_A "'"},
    {"last_good", "update kentongan.outage set last_good = first_bad + interval '800 ms',"
                  " first_bad = first_bad + interval '800 ms' where site = '" VILLAGE_A "'"},
    {"has that root's ticket", "update kentongan.outage set ticket = null"},
    {"has an outage of its root", "delete from kentongan.outage where site = '" VILLAGE_A "'"},
    {"chain of events", "alter table kentongan.ticket_event disable trigger user;"
                        " update kentongan.ticket_event set actor = 'nobody' where n = 2"},
    {"told to the own team", "delete from kentongan.notification_attempt;"
                             " delete from kentongan.notification where type = 'ticket.opened'"},
    {"but nobody owed it",
     "update kentongan.notification set message_id = 'msg_another' where type = 'ticket.offered'"},
    {"no receiver took it",
     "update kentongan.notification set message_id = 'msg_another' where type = 'ticket.offered'"},
    {"one ticket.opened",
     "insert into kentongan.notification (message_id, endpoint, ticket, type, created_at, data, "
     "state,"
     " next_at, settled_at) select message_id || 'x', endpoint, ticket, type, created_at, data, "
     "state,"
     " next_at, settled_at from kentongan.notification where type = 'ticket.opened'"},
};

static void a_record_that_is_forged_is_found_out(struct rig *rig)
{
    struct mono long_enough;

    rig_whole(rig);
    long_enough = rig_deadline(6000); /* a silence that nobody may miss */
    rig_fleet(rig, "cut", VILLAGE_A);
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    while (rig_tick(rig, long_enough))
        assert_int_equal(rig_hooks(rig, "ticket.restored", NULL), 0);
    rig_fleet(rig, "restore", VILLAGE_A);
    rig_wait_hooks(rig, "ticket.restored", "/ok/a", 1);
    rig_check(rig);
    rig_stop(rig, 0);
    rig_snapshot(rig);
    for (size_t i = 0; i < sizeof forgeries / sizeof *forgeries; i++) {
        const char *complaints;

        rig_sql(rig, "%s", forgeries[i].forge);
        complaints = rig_judge(rig);
        if (strstr(complaints, forgeries[i].words) == NULL)
            rig_fail(rig, "forgery %zu went unseen, wanted \"%s\", got \"%s\"", i,
                     forgeries[i].words, complaints);
        rig_snapshot_restore(rig);
        if (*rig_judge(rig) != '\0')
            rig_fail(rig, "the snapshot is not as it was: %s", rig_judge(rig));
    }
}

int main(int argc, char **argv)
{
    static const struct rig_case cases[] = {
        RIG_TEST(a_record_that_is_forged_is_found_out),
    };

    return rig_main(argc, argv, "check", cases, sizeof cases / sizeof *cases);
}
