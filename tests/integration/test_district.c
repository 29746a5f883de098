/* SPDX-License-Identifier: ISC */
/* The demo's own district, 228 devices, on addresses of this test's own. */
#include "tests/integration/rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/integration/rig_check.h"
#include "tests/integration/rig_proc.h"

#define DEMO           KT_SOURCE_DIR "/packaging/demo/"
#define RELAY          "33.14.05"
#define DEMO_PORT_TEXT ",1161,"

/* The file with every occurrence of old replaced. */
static void demo_file(struct rig *rig, const char *name, const char *old, const char *new)
{
    struct text content = {0}, changed = {0};
    const char *at, *found;

    if (!file_read(rig_text(rig, DEMO "%s", name), 0, &content))
        rig_fail(rig, "cannot read " DEMO "%s", name);
    for (at = text_get(&content); (found = strstr(at, old)) != NULL; at = found + strlen(old)) {
        text_add_bytes(&changed, at, (size_t)(found - at));
        text_add(&changed, new);
    }
    text_add(&changed, at);
    rig_write(rig, rig_text(rig, "inventory/%s", name), "%s", text_get(&changed));
    text_free(&content);
    text_free(&changed);
}

static void the_demo_district(struct rig *rig)
{
    const char *directory = rig_path(rig, "inventory");

    rig_sink_start(rig);
    if (mkdir(directory, 0755) < 0 || !proc_give(directory))
        rig_fail(rig, "cannot make %s", directory);
    demo_file(rig, "sites.csv", "\r", "");
    demo_file(rig, "parties.csv", "\r", "");
    demo_file(rig, "contracts.csv", "\r", "");
    /* A demo that runs on this machine has 1161; the addresses may be shared with another port. */
    demo_file(rig, "devices.csv", DEMO_PORT_TEXT, rig_text(rig, ",%u,", rig->snmp_port));
    demo_file(rig, "endpoints.csv", "127.0.0.1:8421",
              rig_text(rig, "127.0.0.1:%u", rig->sink_port));
    rig_write(rig, "secrets",
              "demo = demo\nhook.dinas-kominfo = %s\nhook.cv-lawu-net = %s\n"
              "hook.pt-bengawan-data = %s\n",
              RIG_SECRET_TEAM, RIG_SECRET_A, RIG_SECRET_B);
    rig->conf.poll = "interval = 5s timeout = 1s misses_to_down = 3";
    rig->poll_ms = 5000;
    rig_fleet_start(rig);
    rig_config(rig, 0);
    rig_import(rig);
    rig_start(rig);
    rig_wait_sql(rig, "228",
                 "select count(*) from kentongan.site_state s join kentongan.device"
                 " using (site) where s.state = 'up'");
}

static void one_relay_of_the_demo_is_one_ticket_and_one_offer(struct rig *rig)
{
    struct rig_hook opened, offered;
    const char *alone;
    struct wall cut_at;

    the_demo_district(rig);
    /* Who hangs on this relay alone, straight or through another village. */
    alone =
        rig_sql(rig, "with recursive kept as (select code from kentongan.site where kind = 'core'"
                     " union select u.site from kentongan.uplink u join kept k on k.code = u.parent"
                     " where u.site <> '" RELAY "')"
                     " select count(*) from kentongan.site where code <> '" RELAY "'"
                     " and code not in (select code from kept)");
    cut_at = wall_now();
    rig_fleet(rig, "cut", RELAY);
    opened = rig_wait_hooks(rig, "ticket.opened", NULL, 1);
    offered = rig_wait_hooks(rig, "ticket.offered", NULL, 1);
    printf(
        "one relay of the demo: ticket.opened after %.1f s, ticket.offered after %.1f s, %s sites"
        " affected\n",
        (double)wall_diff_ms(opened.at, cut_at) / 1000,
        (double)wall_diff_ms(offered.at, cut_at) / 1000, alone);
    assert_in_range(wall_diff_ms(offered.at, cut_at), 0, 20000);
    assert_true(strtol(alone, NULL, 10) > 3);
    rig_wait_sql(rig, alone, "select count(*) from kentongan.ticket_site");
    rig_wait_sql(rig, alone, "select count(*) from kentongan.outage where root <> site");
    assert_string_equal(rig_sql(rig, "select string_agg(root, ' ') from kentongan.ticket"), RELAY);
    rig_fleet(rig, "restore", RELAY);
    rig_wait_back(rig);
    assert_int_equal(rig_hooks(rig, "ticket.offered", NULL), 1);
    assert_int_equal(rig_hooks(rig, "ticket.opened", NULL), 1);
    rig_check(rig);
}

int main(int argc, char **argv)
{
    static const struct rig_case cases[] = {
        RIG_TEST(one_relay_of_the_demo_is_one_ticket_and_one_offer),
    };

    return rig_main(argc, argv, "district", cases, sizeof cases / sizeof *cases);
}
