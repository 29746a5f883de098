/* SPDX-License-Identifier: ISC */
/* Receivers that hang, lie, send elsewhere or are gone: only their own queue waits. */
#include "tests/integration/rig.h"

#include <stdlib.h>
#include <string.h>

#include "tests/integration/rig_check.h"

#define OFFERED "from kentongan.notification where type = 'ticket.offered' and endpoint = 'a'"
#define ATTEMPT                                                                                    \
    "from kentongan.notification_attempt x join kentongan.notification n on n.id = x.notification" \
    " where n.endpoint = 'a' and x.attempt = 1"

/* The whole chain with the contractor's receiver at that path. */
static void whole_with(struct rig *rig, const char *path)
{
    rig_sink_start(rig);
    rig_inventory(rig);
    rig_endpoints(rig, "/ok/team", path, "/ok/b");
    rig_fleet_start(rig);
    rig_config(rig, 0);
    rig_import(rig);
    rig_start(rig);
    rig_wait_all_up(rig);
    rig_fleet(rig, "cut", VILLAGE_A);
}

/* Seconds between the first attempt and the next one that is planned. */
static double next_after_s(struct rig *rig)
{
    rig_wait_sql(rig, "1", "select count(*) " ATTEMPT);
    return strtod(rig_sql(rig, "select extract(epoch from n.next_at - x.started_at) " ATTEMPT),
                  NULL);
}

static void a_hanging_receiver_delays_nobody_else(struct rig *rig)
{
    struct rig_hook first, second;

    rig->conf.webhook = "timeout = 1s allow = { \"127.0.0.0/8\" }";
    whole_with(rig, "/hang/a");
    first = rig_wait_hooks(rig, "ticket.offered", "/hang/a", 1);
    rig_fleet(rig, "cut", VILLAGE_C);
    rig_wait_hooks(rig, "ticket.opened", "/ok/team", 2);
    rig_wait_hooks(rig, "ticket.offered", "/ok/b", 1);
    rig_wait_sql(rig, "t",
                 "select bool_and(settled_at - created_at < interval '2 s')"
                 " from kentongan.notification where endpoint <> 'a'");
    second = rig_wait_hooks(rig, "ticket.offered", "/hang/a", 2);
    assert_string_equal(second.id, first.id);
    assert_string_equal(second.body, first.body);
    assert_non_null(strstr(rig_sql(rig, "select x.reason " ATTEMPT), "timed out"));
    assert_string_equal(rig_sql(rig, "select x.http_status is null " ATTEMPT), "t");
}

static void a_500_is_tried_again_with_the_same_id_and_body(struct rig *rig)
{
    struct rig_hook first, second;
    int64_t gap_ms;

    whole_with(rig, "/fail-1-then-ok/a");
    first = rig_wait_hooks(rig, "ticket.offered", "/fail-1-then-ok/a", 1);
    second = rig_wait_hooks(rig, "ticket.offered", "/fail-1-then-ok/a", 2);
    assert_string_equal(second.id, first.id);
    assert_string_equal(second.body, first.body);
    assert_true(first.verified && second.verified);
    gap_ms = wall_diff_ms(second.at, first.at); /* 5 s ± 20 %, and a little for a loaded machine */
    assert_in_range(gap_ms, 3900, 7500);
    rig_wait_sql(rig, "delivered", "select state " OFFERED);
    assert_string_equal(rig_sql(rig,
                                "select string_agg(coalesce(http_status, 0) || ' ' || outcome, ','"
                                " order by x.attempt) from kentongan.notification_attempt x join"
                                " kentongan.notification n on n.id = x.notification"
                                " where n.endpoint = 'a'"),
                        "500 retry,204 delivered");
    rig_check(rig);
}

static void a_redirect_is_a_failure_and_is_not_followed(struct rig *rig)
{
    struct rig_hook hook;

    whole_with(rig, "/301/a");
    rig_wait_sql(rig, "301 retry", "select x.http_status || ' ' || x.outcome " ATTEMPT);
    rig_wait_hooks(rig, "ticket.opened", "/ok/team", 1);
    for (size_t n = 0; rig_hook_at(rig, n, &hook); n++)
        assert_string_not_equal(hook.path, "/ok"); /* where the redirect points at */
}

static void a_410_ends_the_endpoint_and_its_queue(struct rig *rig)
{
    const char *said;

    whole_with(rig, "/410/a");
    rig_wait_sql(rig, "dead", "select state " OFFERED);
    rig_wait_sql(rig, "f",
                 "select disabled_at is null from kentongan.endpoint where endpoint = 'a'");
    assert_string_not_equal(
        rig_sql(rig, "select disabled_reason from kentongan.endpoint where endpoint = 'a'"), "");
    assert_int_equal(rig_cli(rig, &said, "outbox", "--dead", NULL), 0);
    assert_non_null(strstr(said, "ticket.offered"));
    assert_non_null(strstr(said, "410"));
    rig_fleet(rig, "cut", VILLAGE_B);
    rig_wait_hooks(rig, "ticket.opened", "/ok/team", 2);
    assert_string_equal(rig_sql(rig, "select count(*) " OFFERED), "1");
    assert_int_equal(rig_hooks(rig, NULL, "/410/a"), 1);
}

/* Definitions, webhooks: honoured, clamped to [base, 2 × base]; the base here is 5 s ± 20 %. */
static void retry_after_is_honoured_within_bounds(struct rig *rig)
{
    whole_with(rig, "/429/a?after=60");
    assert_true(next_after_s(rig) >= 7.9 && next_after_s(rig) <= 13);
}

static void retry_after_never_hurries(struct rig *rig)
{
    whole_with(rig, "/503/a?after=1");
    assert_true(next_after_s(rig) >= 3.9 && next_after_s(rig) <= 7);
}

static void an_older_status_that_did_not_get_through_is_superseded(struct rig *rig)
{
    const char *said;

    whole_with(rig, "/fail-1-then-ok/a");
    rig_wait_sql(rig, "1", "select count(*) " ATTEMPT);
    if (rig_cli(rig, &said, "--as", "mitra-a", "ticket", "accept", "1", NULL) != 0)
        rig_fail(rig, "accept: %s", said);
    rig_wait_hooks(rig, "ticket.accepted", "/fail-1-then-ok/a", 1);
    rig_wait_sql(rig, "superseded", "select state " OFFERED);
    assert_int_equal(rig_hooks(rig, "ticket.offered", "/fail-1-then-ok/a"), 1);
}

/* Ten bad receivers of one party: the good ones hear of it as if they were alone. */
static void no_kind_of_bad_receiver_delays_a_good_one(struct rig *rig)
{
    static const char *const bad[] = {"hang", "head-then-hang", "slow",         "close", "reset",
                                      "big",  "many-headers",   "late?ms=2500", "500",   "302"};
    struct text rows = {0};

    rig->conf.webhook = "timeout = 2s allow = { \"127.0.0.0/8\" }";
    rig_sink_start(rig);
    rig_inventory(rig);
    text_add(&rows, "endpoint;party;channel;url;secret;fallback_of;quiet;site\n");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        text_addf(&rows, "bad%zu;mitra-a;webhook;http://127.0.0.1:%u/%s;hook.a;;;\n", i,
                  rig->sink_port, bad[i]);
    text_addf(&rows, "nobody;mitra-a;webhook;http://127.0.0.1:9/;hook.a;;;\n");
    text_addf(&rows, "good;mitra-a;webhook;http://127.0.0.1:%u/ok/a;hook.a;;;\n", rig->sink_port);
    text_addf(&rows, "team;it;webhook;http://127.0.0.1:%u/ok/team;hook.team;;;\n", rig->sink_port);
    rig_write(rig, "inventory/endpoints.csv", "%s", text_get(&rows));
    text_free(&rows);
    rig_fleet_start(rig);
    rig_config(rig, 0);
    rig_import(rig);
    rig_start(rig);
    rig_wait_all_up(rig);
    rig_fleet(rig, "cut", VILLAGE_A);
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    rig_wait_hooks(rig, "ticket.opened", "/ok/team", 1);
    rig_wait_sql(rig, "t",
                 "select bool_and(settled_at - created_at < interval '2 s')"
                 " from kentongan.notification where endpoint in ('good', 'team')");
    rig_wait_sql(rig, "11",
                 "select count(distinct endpoint) from kentongan.notification_attempt x"
                 " join kentongan.notification n on n.id = x.notification"
                 " where endpoint not in ('good', 'team') and x.reason <> ''");
    rig_wait_sql(rig, "t", "select max(took_ms) < 3500 from kentongan.notification_attempt");
}

static void a_private_receiver_that_is_not_allowed_is_never_called(struct rig *rig)
{
    const char *said;

    rig->conf.webhook = "timeout = 3s allow = { \"10.20.0.0/16\" }";
    whole_with(rig, "/ok/a");
    rig_wait_sql(rig, "2", "select count(*) from kentongan.notification_attempt");
    assert_non_null(strstr(rig_sql(rig, "select x.reason " ATTEMPT), "127.0.0.1"));
    assert_non_null(strstr(rig_sql(rig, "select x.reason " ATTEMPT), "loopback"));
    assert_int_equal(rig_hooks(rig, NULL, NULL), 0);
    assert_int_equal(rig_cli(rig, &said, "outbox", NULL), 0);
    assert_non_null(strstr(said, "loopback"));
}

int main(int argc, char **argv)
{
    static const struct rig_case cases[] = {
        RIG_TEST(a_hanging_receiver_delays_nobody_else),
        RIG_TEST(a_500_is_tried_again_with_the_same_id_and_body),
        RIG_TEST(a_redirect_is_a_failure_and_is_not_followed),
        RIG_TEST(a_410_ends_the_endpoint_and_its_queue),
        RIG_TEST(retry_after_is_honoured_within_bounds),
        RIG_TEST(retry_after_never_hurries),
        RIG_TEST(an_older_status_that_did_not_get_through_is_superseded),
        RIG_TEST(no_kind_of_bad_receiver_delays_a_good_one),
        RIG_TEST(a_private_receiver_that_is_not_allowed_is_never_called),
    };

    return rig_main(argc, argv, "receivers", cases, sizeof cases / sizeof *cases);
}
