/* SPDX-License-Identifier: ISC */
/* One village from its cut to its closed ticket, as the people concerned see it. */
#include "tests/integration/rig.h"

#include <stdio.h>
#include <string.h>

#include "daemon/base/json.h"
#include "tests/integration/rig_check.h"

#define DEMO_LIMIT_MS 20000

static const char *ticket_of(struct rig *rig, const char *root)
{
    return rig_sql(rig, "select number from kentongan.ticket where root = '%s' order by id desc",
                   root);
}

static void cli_does(struct rig *rig, const char *party, const char *verb, const char *ticket)
{
    const char *said;

    if (rig_cli(rig, &said, "--as", party, "ticket", verb, ticket, NULL) != 0)
        rig_fail(rig, "ticket %s %s as %s: %s", verb, ticket, party, said);
}

static void has_every_key_of_the_contract(struct rig *rig, const struct rig_hook *hook)
{
    static const char *const keys[] = {"ticket",    "url",       "action_url", "state",
                                       "kind",      "priority",  "root",       "affected",
                                       "last_good", "first_bad", "opened_at",  "cause",
                                       "party",     "contract",  "estimate",   "seq"};
    struct js *body = js_parse(hook->body, strlen(hook->body), NULL);
    const struct js *data = js_get(body, "data");

    assert_non_null(body);
    assert_non_null(js_get(body, "timestamp"));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (js_get(data, keys[i]) == NULL)
            rig_fail(rig, "%s has no \"%s\": %s", hook->type, keys[i], hook->body);
    assert_string_equal(js_text(js_get(data, "root"), "code", ""), VILLAGE_A);
    assert_string_equal(js_text(js_get(data, "root"), "name", ""), "Krikilan");
    assert_string_equal(js_text(data, "party", ""), "mitra-a");
    assert_int_equal(js_count(data), sizeof keys / sizeof *keys);
    assert_true(strstr(js_text(data, "url", ""), "/tickets/KT-") != NULL);
    js_free(body);
}

static void a_village_that_is_cut_off_is_told_worked_and_closed(struct rig *rig)
{
    struct rig_hook opened, offered;
    const char *ticket, *said;

    rig_whole(rig);
    rig_fleet(rig, "cut", VILLAGE_A);
    opened = rig_wait_hooks(rig, "ticket.opened", "/ok/team", 1);
    offered = rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    assert_true(opened.verified && offered.verified);
    has_every_key_of_the_contract(rig, &opened);
    has_every_key_of_the_contract(rig, &offered);
    ticket = ticket_of(rig, VILLAGE_A);
    assert_string_equal(opened.ticket, ticket);

    cli_does(rig, "mitra-a", "accept", ticket);
    rig_wait_hooks(rig, "ticket.accepted", "/ok/team", 1);
    rig_wait_hooks(rig, "ticket.accepted", "/ok/a", 1);
    cli_does(rig, "mitra-a", "onsite", ticket);
    rig_fleet(rig, "restore", VILLAGE_A);
    rig_wait_sql(rig, "link.back prove", /* its uptime went on */
                 "select string_agg(action, ' ' order by n) from report.ticket_event where n > 4");
    rig_wait_sql(rig, "link", "select cause_proven from report.outage");
    if (rig_cli(rig, &said, "--as", "mitra-a", "ticket", "claim", ticket, "--cause", "cable",
                "--action", "recabled", NULL) != 0)
        rig_fail(rig, "claim: %s", said);
    rig_wait_hooks(rig, "ticket.claimed", "/ok/team", 1);
    assert_string_equal(rig_sql(rig, "select state from kentongan.ticket"), "claimed");
    rig_wait_hooks(rig, "ticket.restored", "/ok/team", 1);
    rig_wait_hooks(rig, "ticket.restored", "/ok/a", 1);
    cli_does(rig, "it", "close", ticket);
    rig_wait_hooks(rig, "ticket.closed", "/ok/team", 1);
    rig_wait_hooks(rig, "ticket.closed", "/ok/a", 1);

    assert_string_equal(rig_sql(rig, "select string_agg(action, ' ' order by n)"
                                     " from report.ticket_event"),
                        "open offer accept onsite link.back prove claim restore close");
    rig_wait_sql(rig, "closed|t|t|t|cable|recabled",
                 "select concat_ws('|', state, restored_at < claimed_at, notified_at >= opened_at,"
                 " detected <= opened_at, cause_reported, action) from kentongan.ticket");
    rig_check(rig);
}

static void the_timeline_is_shown_at_the_terminal(struct rig *rig)
{
    static const char *const wanted[] = {"offered", "mitra-a", "Krikilan", VILLAGE_A};
    const char *said;
    struct js *shown;

    rig_whole(rig);
    rig_fleet(rig, "cut", VILLAGE_A);
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    assert_int_equal(rig_cli(rig, &said, "ticket", "show", ticket_of(rig, VILLAGE_A), NULL), 0);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (strstr(said, wanted[i]) == NULL)
            rig_fail(rig, "ticket show does not say %s: %s", wanted[i], said);
    assert_int_equal(rig_cli(rig, &said, "--json", "ticket", "show", "1", NULL), 0);
    shown = js_parse(said, strlen(said), NULL);
    assert_int_equal(js_count(js_get(shown, "timeline")), 2);
    assert_string_equal(js_text(shown, "state", ""), "offered");
    js_free(shown);
    assert_int_equal(rig_cli(rig, &said, "--json", "site", "show", VILLAGE_A, NULL), 0);
    shown = js_parse(said, strlen(said), NULL);
    assert_string_equal(js_text(shown, "state", ""), "down");
    js_free(shown);
}

static void a_refused_act_changes_nothing_and_says_why(struct rig *rig)
{
    static const char state[] =
        "select md5(string_agg(t::text, '') || (select count(*) from kentongan.ticket_event)"
        " || (select count(*) from kentongan.notification)) from kentongan.ticket t";
    const char *before, *said;

    rig_whole(rig);
    rig_fleet(rig, "cut", VILLAGE_A);
    rig_wait_hooks(rig, "ticket.opened", NULL, 1);
    rig_wait_hooks(rig, "ticket.offered", NULL, 1);
    rig_wait_sql(rig, "2", "select count(*) from kentongan.notification where state = 'delivered'");
    before = rig_sql(rig, state);

    assert_int_equal(rig_cli(rig, &said, "--as", "it", "ticket", "close", "1", NULL), 1);
    assert_non_null(strstr(said, "offered"));
    assert_int_equal(rig_cli(rig, &said, "--as", "mitra-b", "ticket", "accept", "1", NULL), 1);
    assert_int_equal(rig_cli(rig, &said, "--as", "it", "ticket", "accept", "KT-2026-999999", NULL),
                     1);
    assert_int_equal(rig_cli(rig, &said, "--as", "it", "ticket", "dance", "1", NULL), 2);
    assert_string_equal(rig_sql(rig, state), before);
}

static void a_ticket_restored_by_itself_welcomes_the_claim(struct rig *rig)
{
    const char *said;

    rig_whole(rig);
    rig_fleet(rig, "cut", VILLAGE_C);
    rig_wait_hooks(rig, "ticket.offered", "/ok/b", 1);
    rig_fleet(rig, "restore", VILLAGE_C);
    rig_wait_hooks(rig, "ticket.restored", "/ok/b", 1);
    if (rig_cli(rig, &said, "--as", "mitra-b", "ticket", "claim", "1", "--cause", "power",
                "--action", "none", NULL) != 0)
        rig_fail(rig, "claim: %s", said);
    rig_wait_sql(rig, "restored|power|none",
                 "select concat_ws('|', state, cause_reported, action) from kentongan.ticket");
    rig_check(rig);
}

static void from_the_cut_to_the_receiver_takes_less_than_20_s(struct rig *rig)
{
    struct rig_hook opened, offered;
    int64_t opened_ms, offered_ms;
    struct wall cut_at;

    rig->conf.poll = "interval = 5s timeout = 1s misses_to_down = 3";
    rig->poll_ms = 5000;
    rig_whole(rig);
    cut_at = wall_now();
    rig_fleet(rig, "cut", VILLAGE_B);
    opened = rig_wait_hooks(rig, "ticket.opened", "/ok/team", 1);
    offered = rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    opened_ms = wall_diff_ms(opened.at, cut_at);
    offered_ms = wall_diff_ms(offered.at, cut_at);
    printf(
        "from the cut to ticket.opened at the team: %.1f s, to ticket.offered at the contractor: "
        "%.1f s\n",
        (double)opened_ms / 1000, (double)offered_ms / 1000);
    assert_in_range(opened_ms, 0, DEMO_LIMIT_MS);
    assert_in_range(offered_ms, 0, DEMO_LIMIT_MS);
    rig_check(rig);
}

int main(int argc, char **argv)
{
    static const struct rig_case cases[] = {
        RIG_TEST(a_village_that_is_cut_off_is_told_worked_and_closed),
        RIG_TEST(the_timeline_is_shown_at_the_terminal),
        RIG_TEST(a_refused_act_changes_nothing_and_says_why),
        RIG_TEST(a_ticket_restored_by_itself_welcomes_the_claim),
        RIG_TEST(from_the_cut_to_the_receiver_takes_less_than_20_s),
    };

    return rig_main(argc, argv, "chain", cases, sizeof cases / sizeof *cases);
}
