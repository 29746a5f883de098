/* SPDX-License-Identifier: ISC */
/* The read side, what the field page asks of either side, and the calls of proof. */
#include "tests/sql/store_rig.h"

#include "sql/statements.h"
#include "sql/store_page.h"
#include "sql/store_verify.h"

static struct pg_conn *reader;
static char answer_text[8192];
static char language[8];
static enum store_link link_seen;
static struct store_claim claim_seen;
static int claims;

/* -- asking and noting -- */

static void open_reader(struct rig *rig)
{
    struct err err = {0};

    reader = pg_conn_new(rig->base, app_conninfo, PG_SIDE_READ, &rig_events, rig, &err);
    assert_non_null(reader);
    rig_wait(rig, rig->ups == 2);
}

static void on_json(const struct store_status *status, const char *json, void *arg)
{
    snprintf(answer_text, sizeof answer_text, "%s", json == NULL ? "(none)" : json);
    on_answered(status, arg);
}

static void on_link(const struct store_status *status, enum store_link link, const char *code,
                    void *arg)
{
    link_seen = link;
    snprintf(language, sizeof language, "%s", code);
    on_answered(status, arg);
}

static void on_claim(const struct store_claim *claim, const struct store_status *status, void *arg)
{
    if (claim == NULL) {
        on_answered(status, arg);
        return;
    }
    claims++;
    claim_seen = *claim;
    claim_seen.site = NULL;
    assert_string_equal(claim->site, "R");
}

static void on_proof(const struct store_status *status, const char *outcome, void *arg)
{
    snprintf(answer_text, sizeof answer_text, "%s", outcome);
    on_answered(status, arg);
}

static void on_raw(const struct pg_answer *answer, void *arg)
{
    snprintf(answer_text, sizeof answer_text, "%s",
             answer->status.rc == STORE_OK ? pg_text(answer, 0, 0) : "");
    on_answered(&answer->status, arg);
}

#define ask(rig, call)                                                                             \
    do {                                                                                           \
        int before_ = (rig)->answers;                                                              \
        call;                                                                                      \
        rig_wait(rig, (rig)->answers == before_ + 1);                                              \
    } while (0)

static const struct seen *last(const struct rig *rig)
{
    return &rig->seen[rig->answers - 1];
}

static void act(struct rig *rig, const char *action, int64_t s, const char *args)
{
    struct store_act what = {.action = action, .actor = "tester", .party = NULL, .args = args};
    char ticket[32];

    admin("kentongan", "select max(number) from kentongan.ticket", ticket, sizeof ticket);
    what.ticket = ticket;
    ask(rig, store_ticket_act(rig->conn, &what, at(s), on_json, rig));
}

static int64_t open_ticket(struct rig *rig, int64_t bad_s)
{
    rig_wait(rig, rig->ups == 1);
    ask(rig, report(rig, "R", bad_s, 0));
    assert_string_equal(last(rig)->outcome, "opened");
    return last(rig)->ticket;
}

/* -- the read side -- */

static int open_both(void **state)
{
    struct rig *rig;

    rig_open(state);
    rig = *state;
    rig_wait(rig, rig->ups == 1);
    open_reader(rig);
    rig->ups = 1;
    return 0;
}

static int close_both(void **state)
{
    pg_conn_free(reader);
    reader = NULL;
    return rig_close(state);
}

/* A function that somebody wrote wrongly stands in for link_check, as "body" of returned type. */
static void with_wrong_function(struct rig *rig, const char *body)
{
    char statement[512];
    struct pg_args args = {0};

    snprintf(statement, sizeof statement,
             "alter function kentongan.link_check(bigint, text, int) rename to link_check_away;"
             "create function kentongan.link_check(bigint, text, int) returns text language sql"
             " security definer as $$ %s $$;"
             "alter function kentongan.link_check owner to kentongan_owner;"
             "grant execute on function kentongan.link_check to kentongan_web",
             body);
    run_sql(statement);
    pg_arg_i64(&args, 1);
    pg_arg_text(&args, "dit");
    pg_arg_i64(&args, 1);
    ask(rig, pg_conn_send(reader, STMT_LINK_CHECK, &args, on_raw, rig));
    run_sql("drop function kentongan.link_check(bigint, text, int);"
            "alter function kentongan.link_check_away(bigint, text, int) rename to link_check");
}

static void the_read_side_changes_nothing_even_through_an_owners_function(void **state)
{
    struct rig *rig = *state;

    with_wrong_function(rig, "update kentongan.party set name = 'x' returning name");
    assert_int_equal(last(rig)->rc, STORE_BROKEN);
    assert_string_equal(last(rig)->sqlstate, "25006");
    with_wrong_function(rig, "select nextval('kentongan.ticket_id_seq')::text");
    assert_string_equal(last(rig)->sqlstate, "25006");
    with_wrong_function(rig, "select session_user || ' ' || current_setting('role')");
    assert_string_equal(answer_text, "kentongan_app kentongan_web");
    assert_true(pg_conn_is_up(reader));
}

static void the_read_side_is_the_same_after_the_connection_was_lost(void **state)
{
    struct rig *rig = *state;

    run_sql(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'kentongan_app'");
    rig_wait(rig, rig->ups == 3); /* both are back */
    with_wrong_function(rig, "update kentongan.party set name = 'x' returning name");
    assert_string_equal(last(rig)->sqlstate, "25006");
}

static void the_read_side_hears_no_notify(void **state)
{
    struct rig *rig = *state;

    open_ticket(rig, 100);
    rig_wait(rig, rig->outbox_notices > 0);
    settle(rig);
    assert_int_equal(rig->outbox_notices, 1);
    ask(rig, report(rig, "R", 100, 130));
}

/* Nulls for parameters: what matters is that the role may and the transaction can. */
static void every_statement_of_the_read_side_can_be_run_there(void **state)
{
    struct rig *rig = *state;
    int count = 0;

    for (enum stmt stmt = 1; stmt < STMT_END; stmt++) {
        struct pg_args args = {0};

        if (!stmt_reads(stmt))
            continue;
        for (const char *at = stmt_text(stmt); *at != '\0'; at++)
            while (*at == '$' && at[1] - '0' > args.count)
                pg_arg_text(&args, NULL);
        ask(rig, pg_conn_send(reader, stmt, &args, on_raw, rig));
        if (last(rig)->rc != STORE_OK && last(rig)->rc != STORE_REFUSED)
            fail_msg("%s: %s %s", stmt_name(stmt), last(rig)->sqlstate, last(rig)->words);
        count++;
    }
    assert_true(count >= 2);
}

/* -- the page -- */

static void a_page_is_read_and_a_link_checked(void **state)
{
    struct rig *rig = *state;
    int64_t ticket = open_ticket(rig, 200);

    ask(rig, store_ticket_page(reader, ticket, "dit", at(230), on_json, rig));
    assert_int_equal(last(rig)->rc, STORE_OK);
    assert_non_null(strstr(answer_text, "\"code\": \"R\""));
    assert_non_null(strstr(answer_text, "\"actions\": [\"accept\", \"note\", \"cancel\"]"));
    ask(rig, store_ticket_page(reader, ticket, "nobody", at(230), on_json, rig));
    assert_string_equal(answer_text, "(none)");
    assert_int_equal(last(rig)->rc, STORE_OK);

    ask(rig, store_link_check(reader, ticket, "dit", 1, on_link, rig));
    assert_int_equal(link_seen, STORE_LINK_OLD); /* it is nobody's */
    assert_string_equal(language, "id");
    ask(rig, store_link_check(reader, ticket, "nobody", 1, on_link, rig));
    assert_int_equal(link_seen, STORE_LINK_NONE);
    assert_string_equal(language, "");
    act(rig, "accept", 240, "{}");
    ask(rig, store_link_check(reader, ticket, "dit", 2, on_link, rig));
    assert_int_equal(link_seen, STORE_LINK_OK);
    act(rig, "cancel", 250, "{}");
    ask(rig, report(rig, "R", 200, 260));
}

static void an_act_is_answered_refused_and_not_done_twice(void **state)
{
    struct rig *rig = *state;
    char first[sizeof answer_text];

    open_ticket(rig, 300);
    act(rig, "accept", 330, "{\"seq\": 1, \"key\": \"one\"}");
    assert_int_equal(last(rig)->rc, STORE_OK);
    assert_non_null(strstr(answer_text, "\"state\": \"accepted\""));
    snprintf(first, sizeof first, "%s", answer_text);
    act(rig, "accept", 331, "{\"seq\": 1, \"key\": \"one\"}");
    assert_int_equal(last(rig)->rc, STORE_OK);
    assert_string_equal(answer_text, first);
    act(rig, "accept", 332, "{\"seq\": 1, \"key\": \"two\"}");
    assert_int_equal(last(rig)->rc, STORE_REFUSED);
    assert_string_equal(last(rig)->sqlstate, "KT412");
    assert_string_equal(answer_text, "(none)");
    act(rig, "cancel", 340, "{}");
    ask(rig, report(rig, "R", 300, 350));
}

/* -- proof -- */

static void a_claim_is_noticed_listed_and_settled_once(void **state)
{
    struct rig *rig = *state;
    int64_t ticket = open_ticket(rig, 400);
    struct store_proof proof = {.passed = true, .first_good = at(452), .detail = "{\"sent\": 10}"};

    act(rig, "accept", 430, "{}");
    claims = 0;
    ask(rig, store_verify_pending(rig->conn, on_claim, rig));
    assert_int_equal(claims, 0);
    act(rig, "claim", 450, "{\"cause\": \"power\", \"action\": \"none\"}");
    assert_non_null(strstr(answer_text, "\"state\": \"claimed\""));
    rig_wait(rig, rig->verify_notices == 1);
    ask(rig, store_verify_pending(rig->conn, on_claim, rig));
    assert_int_equal(claims, 1);
    assert_int_equal(claim_seen.ticket, ticket);
    assert_int_equal(claim_seen.claimed_at.us, at(450).us);
    assert_true(claim_seen.device_id > 0);

    proof.ticket = ticket;
    proof.claimed_at = at(449);
    ask(rig, store_verify_settle(rig->conn, &proof, at(600), on_proof, rig));
    assert_string_equal(answer_text, "stale");
    proof.claimed_at = claim_seen.claimed_at;
    ask(rig, store_verify_settle(rig->conn, &proof, at(600), on_proof, rig));
    assert_string_equal(answer_text, "restored");
    rig_wait(rig, rig->verify_notices == 2);
    ask(rig, store_verify_settle(rig->conn, &proof, at(600), on_proof, rig));
    assert_string_equal(answer_text, "stale");
    ask(rig, report(rig, "R", 400, 451));
}

static void a_claim_that_fails_is_told_why(void **state)
{
    struct rig *rig = *state;
    struct store_proof proof = {.reason = "silent", .words = "No answer to 10 of 10."};
    char note[64];

    proof.ticket = open_ticket(rig, 700);
    act(rig, "accept", 730, "{}");
    act(rig, "claim", 750, "{\"cause\": \"power\", \"action\": \"none\"}");
    proof.claimed_at = at(750);
    ask(rig, store_verify_settle(rig->conn, &proof, at(800), on_proof, rig));
    assert_string_equal(answer_text, "unproven");
    admin("kentongan", "select note from kentongan.ticket_event where action = 'unproven'", note,
          sizeof note);
    assert_string_equal(note, "No answer to 10 of 10.");
    act(rig, "cancel", 810, "{}");
    ask(rig, report(rig, "R", 700, 820));
}

#define both_test(name) cmocka_unit_test_setup_teardown(name, open_both, close_both)

int main(void)
{
    const struct CMUnitTest tests[] = {
        both_test(the_read_side_changes_nothing_even_through_an_owners_function),
        both_test(the_read_side_is_the_same_after_the_connection_was_lost),
        both_test(the_read_side_hears_no_notify),
        both_test(every_statement_of_the_read_side_can_be_run_there),
        both_test(a_page_is_read_and_a_link_checked),
        both_test(an_act_is_answered_refused_and_not_done_twice),
        rig_test(a_claim_is_noticed_listed_and_settled_once),
        rig_test(a_claim_that_fails_is_told_why),
    };

    return cmocka_run_group_tests_name("page", tests, rig_start_cluster, rig_stop_cluster);
}
