/* SPDX-License-Identifier: ISC */
/* pg_conn while its server is stopped, frozen, killed and replaced under it, and its owner frees it
 * from inside. */
#include "tests/sql/store_rig.h"

#include <signal.h>

/* -- losing the server -- */

static void a_terminated_backend_answers_what_was_sent_and_comes_back(void **state)
{
    struct rig *rig = *state;
    PGconn *pg = admin_connect();

    rig_wait(rig, rig->ups == 1);
    PQclear(PQexec(pg, "begin; lock table kentongan.outage in access exclusive mode"));
    report(rig, "R", 800, 0);
    heal(rig);
    rig_wait(rig, (admin("kentongan",
                         "select count(*) from pg_stat_activity where wait_event_type = 'Lock'",
                         rig->down_words, sizeof rig->down_words),
                   strcmp(rig->down_words, "1") == 0));
    run_sql(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'kentongan_app'");
    rig_wait(rig, rig->downs == 1);
    PQfinish(pg);
    assert_int_equal(rig->answers, 2);
    assert_int_equal(rig->seen[0].rc, STORE_UNREACHABLE);
    assert_int_equal(rig->seen[1].rc, STORE_UNREACHABLE);
    assert_non_null(strstr(rig->down_words, "terminating connection"));
    rig_wait(rig, rig->ups == 2);
    report(rig, "R", 800, 900);
    rig_wait(rig, rig->answers == 3);
    assert_string_equal(rig->seen[2].outcome, "restored");
}

static void a_server_that_stops_and_starts_is_found_again(void **state)
{
    struct rig *rig = *state;

    rig_wait(rig, rig->ups == 1);
    cluster("halt");
    rig_wait(rig, rig->downs == 1);
    assert_false(pg_conn_is_up(rig->conn));
    heal(rig);
    assert_int_equal(rig->answers, 0);
    rig_wait(rig, rig->answers == 1);
    assert_int_equal(rig->seen[0].rc, STORE_UNREACHABLE);
    cluster("restart");
    rig_wait(rig, rig->ups == 2);
    assert_int_equal(rig->downs, 1); /* said once, however often it dialled */
    heal(rig);
    rig_wait(rig, rig->answers == 2);
    assert_int_equal(rig->seen[1].rc, STORE_OK);
}

static void a_backend_that_hangs_is_given_up(void **state)
{
    struct rig *rig = *state;
    pid_t pid;

    rig_wait(rig, rig->ups == 1);
    pid = backend_pid();
    pg_conn_set_patience(rig->conn, 700);
    assert_int_equal(kill(pid, SIGSTOP), 0);
    heal(rig);
    heal(rig);
    rig_wait(rig, rig->downs == 1);
    pg_conn_set_patience(rig->conn, 15000);
    assert_int_equal(kill(pid, SIGCONT), 0);
    assert_int_equal(rig->answers, 2);
    assert_int_equal(rig->seen[1].rc, STORE_UNREACHABLE);
    assert_non_null(strstr(rig->down_words, "has not answered"));
    rig_wait(rig, rig->ups == 2);
}

static void a_postmaster_that_hangs_is_noticed_while_dialling(void **state)
{
    struct rig *rig = *state;
    pid_t pid = postmaster_pid();

    rig_wait(rig, rig->ups == 1);
    pg_conn_free(rig->conn);
    assert_int_equal(kill(pid, SIGSTOP), 0);
    connect_to(rig, app_conninfo);
    pg_conn_set_patience(rig->conn, 300);
    rig_wait(rig, rig->downs == 1);
    pg_conn_set_patience(rig->conn, 15000);
    assert_int_equal(kill(pid, SIGCONT), 0);
    assert_non_null(strstr(rig->down_words, "has not answered"));
    rig_wait(rig, rig->ups == 2);
}

/* -- freeing and sending from inside -- */

static void freed_by_an_answer_the_rest_is_answered_once(void **state)
{
    struct rig *rig = *state;

    rig_wait(rig, rig->ups == 1);
    for (int n = 0; n < 20; n++)
        heal(rig);
    rig->free_at = 5;
    rig_wait(rig, rig->answers >= 20);
    settle(rig);
    assert_int_equal(rig->answers, 20);
    assert_int_equal(rig->seen[4].rc, STORE_OK);
    assert_int_equal(rig->seen[5].rc, STORE_UNREACHABLE);
    assert_int_equal(rig->downs, 0);
}

static void freed_by_on_up_it_is_gone(void **state)
{
    struct rig *rig = *state;

    rig->free_on_up = true;
    rig_wait(rig, rig->ups == 1);
    settle(rig);
    assert_null(rig->conn);
}

static void freed_by_on_down_after_sending_all_is_answered_once(void **state)
{
    struct rig *rig = *state;

    rig_wait(rig, rig->ups == 1);
    rig->free_on_down = true;
    rig->send_on_down = true;
    run_sql(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'kentongan_app'");
    rig_wait(rig, rig->downs == 1);
    settle(rig);
    assert_int_equal(rig->answers, 1);
    assert_int_equal(rig->seen[0].rc, STORE_UNREACHABLE);
}

static void sent_before_it_is_up_is_answered_later(void **state)
{
    struct rig *rig = *state;

    heal(rig);
    assert_int_equal(rig->answers, 0);
    rig_wait(rig, rig->answers == 1);
    assert_int_equal(rig->seen[0].rc, STORE_UNREACHABLE);
    rig_wait(rig, rig->ups == 1);
}

/* -- what does not fit -- */

static void another_schema_version_never_works(void **state)
{
    struct rig *rig = *state;
    char wanted[160];

    rig_wait(rig, rig->ups == 1);
    run_sql("insert into kentongan.schema_migrations values (99, 'tomorrow', '', now())");
    run_sql(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'kentongan_app'");
    rig_wait(rig, rig->misfit_words[0] != '\0');
    run_sql("delete from kentongan.schema_migrations where version = 99");
    snprintf(wanted, sizeof wanted,
             "the database has schema version 99, newer than the %zu that this program knows; "
             "install the newer program",
             sql_migrations_count);
    assert_string_equal(rig->misfit_words, wanted);
    assert_false(pg_conn_is_up(rig->conn));
    heal(rig);
    rig_wait(rig, rig->answers == 1);
    assert_int_equal(rig->seen[0].rc, STORE_UNREACHABLE);
}

static void a_database_without_schema_says_what_to_run(void **state)
{
    struct rig *rig = *state;
    char conninfo[200];

    pg_conn_free(rig->conn);
    snprintf(conninfo, sizeof conninfo, "%s dbname=postgres", admin_conninfo);
    connect_to(rig, conninfo);
    rig_wait(rig, rig->misfit_words[0] != '\0');
    assert_string_equal(rig->misfit_words,
                        "the database has no schema of Kentongan; run: kentongan db init");
}

static void a_statement_that_the_schema_lacks_stops_the_start(void **state)
{
    struct rig *rig = *state;

    rig_wait(rig, rig->ups == 1);
    pg_conn_free(rig->conn);
    run_sql("alter function kentongan.own_team() rename to own_team_away;"
            "alter function kentongan.ticket_heal(interval, interval, timestamptz) rename to "
            "heal_away");
    connect_to(rig, app_conninfo);
    rig_wait(rig, rig->misfit_words[0] != '\0');
    run_sql("alter function kentongan.own_team_away() rename to own_team;"
            "alter function kentongan.heal_away(interval, interval, timestamptz) rename to "
            "ticket_heal");
    assert_non_null(strstr(rig->misfit_words, "ticket_heal"));
    assert_int_equal(rig->ups, 1);
}

static void a_host_name_is_refused_in_words(void **state)
{
    static const char *const refused[] = {
        "host=db.example.id dbname=x",
        "host=/run,db.example.id dbname=x",
        "postgresql://db.example.id/x",
        "dbname='x",
    };
    static const char *const taken[] = {
        "host=db.example.id hostaddr=127.0.0.1 dbname=x",
        "host=127.0.0.1,::1 dbname=x",
        "host=/run/postgresql dbname=x",
        "postgresql:///x?host=/run/postgresql",
    };
    struct rig *rig = *state;
    struct err err = {0};

    for (size_t n = 0; n < sizeof refused / sizeof refused[0]; n++) {
        assert_null(pg_conn_new(rig->base, refused[n], PG_SIDE_WORK, &rig_events, rig, &err));
        assert_true(strncmp(err.text, "database conninfo: ", 19) == 0);
    }
    for (size_t n = 0; n < sizeof taken / sizeof taken[0]; n++) {
        struct pg_conn *conn =
            pg_conn_new(rig->base, taken[n], PG_SIDE_WORK, &rig_events, rig, &err);

        assert_non_null(conn);
        pg_conn_free(conn);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(a_terminated_backend_answers_what_was_sent_and_comes_back),
        rig_test(a_server_that_stops_and_starts_is_found_again),
        rig_test(a_backend_that_hangs_is_given_up),
        rig_test(a_postmaster_that_hangs_is_noticed_while_dialling),
        rig_test(freed_by_an_answer_the_rest_is_answered_once),
        rig_test(freed_by_on_up_it_is_gone),
        rig_test(freed_by_on_down_after_sending_all_is_answered_once),
        rig_test(sent_before_it_is_up_is_answered_later),
        rig_test(another_schema_version_never_works),
        rig_test(a_database_without_schema_says_what_to_run),
        rig_test(a_statement_that_the_schema_lacks_stops_the_start),
        rig_test(a_host_name_is_refused_in_words),
    };

    return cmocka_run_group_tests_name("pg_conn", tests, rig_start_cluster, rig_stop_cluster);
}
