/* SPDX-License-Identifier: ISC */
/* The store calls and pg_sync against a real server. */
#include "tests/sql/store_rig.h"

#include "sql/pg_sync.h"

/* -- asking -- */

static void on_site(const struct store_site *site, const struct store_status *status, void *arg)
{
    struct rig *rig = arg;
    static const char *const codes[] = {"C", "R", "V"};

    if (site == NULL) {
        on_answered(status, arg);
        return;
    }
    assert_string_equal(site->code, codes[rig->sites]);
    if (rig->sites == 1) {
        assert_string_equal(site->address, "127.33.1.1");
        assert_int_equal(site->port, 1161);
        assert_true(site->device_id > 0);
        assert_string_equal(site->snmp, "2c");
        assert_string_equal(site->credential, "demo");
        assert_string_equal(site->reply_from, "any");
    }
    if (rig->sites == 2) {
        assert_string_equal(site->uplinks, "R C");
        assert_int_equal(site->device_id, 0);
    }
    assert_int_equal(site->is_core, rig->sites == 0);
    assert_int_equal(site->has_outage, rig->sites == 1);
    if (site->has_outage) {
        assert_string_equal(site->outage_root, "R");
        assert_int_equal(site->first_bad.us, at(50).us);
        assert_int_equal(site->detected.us, at(70).us);
        assert_false(wall_is_set(site->last_good));
    }
    rig->sites++;
}

static void the_plan_is_told_site_by_site_with_the_outage_that_lasts(void **state)
{
    struct rig *rig = *state;

    rig_wait(rig, rig->ups == 1);
    assert_true(pg_conn_is_up(rig->conn));
    report(rig, "R", 50, 0);
    store_plan_load(rig->conn, on_site, rig);
    rig_wait(rig, rig->answers == 2);
    assert_int_equal(rig->seen[1].rc, STORE_OK);
    assert_int_equal(rig->sites, 3);
    report(rig, "R", 50, 90);
    rig_wait(rig, rig->answers == 3);
}

static void a_refused_statement_leaves_its_neighbours_alone(void **state)
{
    struct rig *rig = *state;

    rig_wait(rig, rig->ups == 1);
    report(rig, "R", 100, 0);
    report(rig, "nowhere", 100, 0);
    report(rig, "R", 100, 0);
    report(rig, "R", 100, 200);
    assert_int_equal(pg_conn_pending(rig->conn), 4);
    rig_wait(rig, rig->answers == 4);
    assert_int_equal(pg_conn_pending(rig->conn), 0);
    assert_int_equal(rig->seen[0].rc, STORE_OK);
    assert_string_equal(rig->seen[0].outcome, "opened");
    assert_int_equal(rig->seen[1].rc, STORE_REFUSED);
    assert_string_equal(rig->seen[1].sqlstate, "KT404");
    assert_string_equal(rig->seen[1].words,
                        "There is no site nowhere. `kentongan sites` lists them.");
    assert_string_equal(rig->seen[2].outcome, "unchanged");
    assert_int_equal(rig->seen[2].ticket, rig->seen[0].ticket);
    assert_string_equal(rig->seen[3].outcome, "restored");
}

static void what_should_not_happen_is_broken_and_goes_no_further(void **state)
{
    struct rig *rig = *state;

    rig_wait(rig, rig->ups == 1);
    store_zone_set(rig->conn, "Asia/Atlantis", on_answered, rig);
    store_zone_set(rig->conn, "Asia/Makassar", on_answered, rig);
    rig_wait(rig, rig->answers == 2);
    assert_string_equal(rig->seen[0].words,
                        "There is no time zone Asia/Atlantis. One that there is: Asia/Jakarta.");
    assert_int_equal(rig->seen[1].rc, STORE_OK);
    rig->answers = 0;
    store_state_report(rig->conn, "this is no json", at(0), on_answered, rig);
    store_state_report(rig->conn, "[{\"site\": \"R\", \"state\": \"up\"}]", at(0), on_answered,
                       rig);
    rig_wait(rig, rig->answers == 2);
    assert_int_equal(rig->seen[0].rc, STORE_BROKEN);
    assert_string_equal(rig->seen[0].sqlstate, "22P02");
    assert_int_equal(rig->seen[1].rc, STORE_OK);
    assert_int_equal(rig->downs, 0);
}

static void hundreds_of_statements_are_answered_in_their_order(void **state)
{
    struct rig *rig = *state;

    rig_wait(rig, rig->ups == 1);
    for (int n = 0; n < 500; n++)
        if (n % 50 == 7)
            report(rig, "nowhere", n, 0);
        else
            heal(rig);
    rig_wait(rig, rig->answers == 500);
    for (int n = 0; n < 500; n++)
        assert_int_equal(rig->seen[n].rc, n % 50 == 7 ? STORE_REFUSED : STORE_OK);
}

static void what_a_lock_holds_up_is_to_be_asked_again(void **state)
{
    struct rig *rig = *state;
    PGconn *pg = admin_connect();

    PQclear(PQexec(pg, "begin; lock table kentongan.outage in access exclusive mode"));
    rig_wait(rig, rig->ups == 1);
    report(rig, "R", 300, 0);
    rig_wait(rig, rig->answers == 1); /* lock_timeout is 2 s */
    PQfinish(pg);
    assert_int_equal(rig->seen[0].rc, STORE_UNREACHABLE);
    assert_string_equal(rig->seen[0].sqlstate, "55P03");
    assert_int_equal(rig->downs, 0);
    report(rig, "R", 300, 400);
    rig_wait(rig, rig->answers == 2);
    assert_string_equal(rig->seen[1].outcome, "restored");
}

/* -- outbox, figures, notices -- */

static int64_t leased_id;
static struct wall leased_next_due;

static void on_leased(const struct store_notification *n, const struct store_status *status,
                      struct wall next_due, void *arg)
{
    if (n == NULL) {
        leased_next_due = next_due;
        on_answered(status, arg);
        return;
    }
    leased_id = n->id;
    assert_int_equal(strlen(n->message_id), 31);
    assert_string_equal(n->endpoint, "team");
    assert_string_equal(n->url, "http://127.0.0.1:9/");
    assert_string_equal(n->secret, "s");
    assert_string_equal(n->type, "ticket.opened");
    assert_int_equal(n->created.us, at(520).us);
    assert_int_equal(n->attempt, 1);
    assert_non_null(strstr(n->data, "\"R\""));
    assert_int_equal(n->link_ticket, 0); /* nobody's ticket yet */
    assert_null(n->link_party);
}

static void on_stats(const struct store_status *status, const struct store_stats *stats, void *arg)
{
    assert_int_equal(stats->tickets_open, 1);
    assert_int_equal(stats->outages_open, 1);
    assert_int_equal(stats->outbox_waiting, 1);
    assert_true(stats->outbox_oldest_s == 7.5);
    on_answered(status, arg);
}

static void what_is_owed_is_noticed_leased_and_settled(void **state)
{
    struct rig *rig = *state;
    struct store_settlement settlement = {.node = "n1",
                                          .how = SETTLE_RETRY,
                                          .attempt = 1,
                                          .reason = "timed out",
                                          .took_ms = 20000,
                                          .started = at(600),
                                          .retry_at = at(700)};

    run_sql("delete from kentongan.notification");
    rig_wait(rig, rig->ups == 1);
    report(rig, "R", 500, 0);
    rig_wait(rig, rig->answers == 1 && rig->outbox_notices > 0);
    store_stats(rig->conn, (struct wall){at(527).us + US_PER_S / 2}, on_stats, rig);
    store_outbox_lease(rig->conn, "n1", 10, 60000, at(600), on_leased, rig);
    rig_wait(rig, rig->answers == 3);
    assert_int_equal(rig->seen[1].rc, STORE_OK);
    assert_int_equal(leased_next_due.us, at(660).us);
    settlement.id = leased_id;
    store_outbox_settle(rig->conn, &settlement, at(620), on_answered, rig);
    store_outbox_settle(rig->conn, &settlement, at(620), on_answered, rig);
    store_outbox_lease(rig->conn, "n1", 10, 60000, at(620), on_leased, rig);
    rig_wait(rig, rig->answers == 6);
    assert_int_equal(rig->seen[3].rc, STORE_OK);
    assert_int_equal(rig->seen[4].rc, STORE_OK);
    assert_int_equal(leased_next_due.us, at(700).us);
    report(rig, "R", 500, 590);
    rig_wait(rig, rig->answers == 7);
}

static void an_import_is_noticed(void **state)
{
    struct rig *rig = *state;
    struct err err = {0};

    rig_wait(rig, rig->ups == 1);
    assert_int_equal(import(&err), STORE_OK);
    rig_wait(rig, rig->plan_notices == 1);
}

/* -- the blocking twin -- */

static void the_command_line_hears_values_refusals_and_silence(void **state)
{
    struct err err = {0};
    struct text out = {0};
    struct pg_args args = {0};
    struct pg_sync *sync = pg_sync_open(app_conninfo, &err);

    (void)state;
    assert_non_null(sync);
    assert_int_equal(pg_sync_json(sync, STMT_CLI_SITES, NULL, &out, &err), STORE_OK);
    assert_true(strncmp(text_get(&out), "[{", 2) == 0);
    pg_arg_text(&args, "nowhere");
    assert_int_equal(pg_sync_json(sync, STMT_CLI_SITE, &args, &out, &err), STORE_REFUSED);
    assert_string_equal(err.text, "There is no site nowhere. `kentongan sites` lists them.");
    assert_string_equal(text_get(&out), "");
    assert_int_equal(pg_sync_json(sync, STMT_OUTBOX_SETTLE, &args, &out, &err), STORE_BROKEN);
    cluster("halt");
    assert_int_equal(pg_sync_json(sync, STMT_CLI_SITES, NULL, &out, &err), STORE_UNREACHABLE);
    pg_sync_close(sync);
    assert_null(pg_sync_open(app_conninfo, &err));
    assert_true(strncmp(err.text, "database out of reach: ", 23) == 0);
    cluster("restart");

    run_sql("insert into kentongan.schema_migrations values (99, 'tomorrow', '', now())");
    sync = pg_sync_open(app_conninfo, &err);
    run_sql("delete from kentongan.schema_migrations where version = 99");
    assert_non_null(sync);
    assert_int_equal(pg_sync_json(sync, STMT_CLI_SITES, NULL, &out, &err), STORE_REFUSED);
    assert_non_null(strstr(err.text, "install the newer program"));
    pg_sync_close(sync);
    text_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(the_plan_is_told_site_by_site_with_the_outage_that_lasts),
        rig_test(a_refused_statement_leaves_its_neighbours_alone),
        rig_test(what_should_not_happen_is_broken_and_goes_no_further),
        rig_test(hundreds_of_statements_are_answered_in_their_order),
        rig_test(what_a_lock_holds_up_is_to_be_asked_again),
        rig_test(what_is_owed_is_noticed_leased_and_settled),
        rig_test(an_import_is_noticed),
        cmocka_unit_test(the_command_line_hears_values_refusals_and_silence),
    };

    return cmocka_run_group_tests_name("store", tests, rig_start_cluster, rig_stop_cluster);
}
