/* SPDX-License-Identifier: ISC */
#include "tests/sql/store_rig.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sql/migrate.h"
#include "sql/pg_sync.h"

extern char **environ;

static char cluster_dir[64];
char app_conninfo[160];
char admin_conninfo[160];

/* -- the cluster and the administrator -- */

void cluster(const char *verb)
{
    const char *argv[] = {"sh", KT_CLUSTER_SH, verb, cluster_dir, NULL};
    pid_t pid;
    int status = -1;

    assert_int_equal(posix_spawnp(&pid, "sh", NULL, NULL, (char *const *)(uintptr_t)argv, environ),
                     0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

/* One value, or "" for none. */
void admin(const char *database, const char *statement, char *out, size_t out_bytes)
{
    char conninfo[200];
    PGconn *pg;
    PGresult *result;

    snprintf(conninfo, sizeof conninfo, "host=%s user=postgres dbname=%s", cluster_dir, database);
    pg = PQconnectdb(conninfo);
    result = PQexec(pg, statement);
    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
        fail_msg("%s: %s", statement, PQerrorMessage(pg));
    if (out != NULL)
        snprintf(out, out_bytes, "%s", PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    PQfinish(pg);
}

void run_sql(const char *statement)
{
    admin("kentongan", statement, NULL, 0);
}

static const char *const inventory =
    "{\"sites\": ["
    "{\"line\": 2, \"code\": \"C\", \"name\": \"Core\", \"kind\": \"core\", \"uplinks\": \"\"},"
    "{\"line\": 3, \"code\": \"R\", \"name\": \"Relay\", \"kind\": \"relay\", \"uplinks\": \"C\"},"
    "{\"line\": 4, \"code\": \"V\", \"name\": \"Village\", \"kind\": \"village\","
    " \"uplinks\": \"R C\"}],"
    "\"devices\": [{\"line\": 2, \"site\": \"R\", \"name\": \"gw\", \"address\": \"127.33.1.1\","
    " \"port\": \"1161\", \"credential\": \"demo\", \"reply_from\": \"any\"}],"
    "\"parties\": [{\"line\": 2, \"party\": \"dit\", \"name\": \"IT\", \"kind\": \"team\"}],"
    "\"endpoints\": [{\"line\": 2, \"endpoint\": \"team\", \"party\": \"dit\","
    " \"channel\": \"webhook\", \"url\": \"http://127.0.0.1:9/\", \"secret\": \"s\"}]}";

struct wall at(int64_t s)
{
    return (struct wall){(INT64_C(1795485600) + s) * US_PER_S}; /* 2026-11-24T02:00:00Z */
}

enum store_rc import(struct err *err)
{
    struct pg_sync *sync = pg_sync_open(app_conninfo, err);
    struct pg_args args = {0};
    struct text out = {0};
    enum store_rc rc;

    assert_non_null(sync);
    pg_arg_text(&args, inventory);
    pg_arg_bool(&args, false);
    pg_arg_text(&args, "tester");
    pg_arg_wall(&args, at(0));
    rc = pg_sync_json(sync, STMT_IMPORT_APPLY, &args, &out, err);
    if (rc == STORE_OK && strstr(text_get(&out), "\"applied\": true") == NULL)
        fail_msg("%s", text_get(&out));
    text_free(&out);
    pg_sync_close(sync);
    return rc;
}

int rig_start_cluster(void **state)
{
    struct err err = {0};

    (void)state;
    snprintf(cluster_dir, sizeof cluster_dir, "/tmp/kt-store.XXXXXX");
    if (mkdtemp(cluster_dir) == NULL)
        return -1;
    snprintf(app_conninfo, sizeof app_conninfo, "host=%s dbname=kentongan user=kentongan_app",
             cluster_dir);
    snprintf(admin_conninfo, sizeof admin_conninfo, "host=%s user=postgres", cluster_dir);
    cluster("start");
    if (migrate_init(admin_conninfo, app_conninfo, &err) != STORE_OK || import(&err) != STORE_OK) {
        fprintf(stderr, "%s\n", err.text);
        cluster("stop");
        return -1;
    }
    return 0;
}

int rig_stop_cluster(void **state)
{
    (void)state;
    cluster("stop");
    return 0;
}

/* -- the rig -- */

void on_answered(const struct store_status *status, void *arg)
{
    struct rig *rig = arg;
    struct seen *seen = &rig->seen[rig->answers++];

    assert_false(rig->inside);
    assert_true(rig->answers < ANSWERS_MAX);
    seen->rc = status->rc;
    snprintf(seen->sqlstate, sizeof seen->sqlstate, "%s", status->sqlstate);
    snprintf(seen->words, sizeof seen->words, "%s", status->words);
    if (rig->answers == rig->free_at) {
        pg_conn_free(rig->conn);
        rig->conn = NULL;
    }
}

static void on_fault(const struct store_status *status, const struct store_fault_answer *answer,
                     void *arg)
{
    struct rig *rig = arg;
    struct seen *seen = &rig->seen[rig->answers];

    seen->ticket = answer->ticket;
    snprintf(seen->outcome, sizeof seen->outcome, "%s", answer->outcome);
    on_answered(status, arg);
}

static void on_count(const struct store_status *status, int64_t count, void *arg)
{
    struct rig *rig = arg;

    rig->seen[rig->answers].ticket = count;
    on_answered(status, arg);
}

void heal(struct rig *rig)
{
    rig->inside = true;
    store_ticket_heal(rig->conn, 180000, 1800000, at(0), on_count, rig);
    rig->inside = false;
}

void report(struct rig *rig, const char *site, int64_t bad_s, int64_t good_s)
{
    static const char *const affected[] = {"V", "no \"such\\ site{},"};
    struct store_fault fault = {.site = site,
                                .root = site,
                                .first_bad = at(bad_s),
                                .detected = at(bad_s + 20),
                                .restored = good_s == 0 ? (struct wall){0} : at(good_s),
                                .affected = affected,
                                .affected_count = 2};

    rig->inside = true;
    store_fault_report(rig->conn, &fault, at(bad_s + 20), on_fault, rig);
    rig->inside = false;
}

static void on_up(void *arg)
{
    struct rig *rig = arg;

    rig->ups++;
    if (rig->free_on_up) {
        pg_conn_free(rig->conn);
        rig->conn = NULL;
    }
}

static void on_down(const char *why, void *arg)
{
    struct rig *rig = arg;

    rig->downs++;
    snprintf(rig->down_words, sizeof rig->down_words, "%s", why);
    if (rig->send_on_down)
        heal(rig);
    if (rig->free_on_down) {
        pg_conn_free(rig->conn);
        rig->conn = NULL;
    }
}

static void on_notify(const char *channel, void *arg)
{
    struct rig *rig = arg;

    if (strcmp(channel, "kentongan_outbox") == 0)
        rig->outbox_notices++;
    if (strcmp(channel, "kentongan_plan") == 0)
        rig->plan_notices++;
    if (strcmp(channel, "kentongan_verify") == 0)
        rig->verify_notices++;
}

static void on_misfit(const char *words, void *arg)
{
    struct rig *rig = arg;

    snprintf(rig->misfit_words, sizeof rig->misfit_words, "%s", words);
}

const struct pg_conn_events rig_events = {
    .on_up = on_up, .on_down = on_down, .on_notify = on_notify, .on_misfit = on_misfit};

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
}

void connect_to(struct rig *rig, const char *conninfo)
{
    struct err err = {0};

    rig->conn = pg_conn_new(rig->base, conninfo, PG_SIDE_WORK, &rig_events, rig, &err);
    if (rig->conn == NULL)
        fail_msg("%s", err.text);
}

int rig_open(void **state)
{
    struct timeval often = {.tv_usec = 5000};
    struct rig *rig = calloc(1, sizeof *rig);

    assert_non_null(rig);
    rig->base = event_base_new();
    rig->tick = event_new(rig->base, -1, EV_PERSIST, on_tick, rig);
    event_add(rig->tick, &often);
    /* What the test before reported as back is restored, so that each opens tickets of its own. */
    run_sql("select kentongan.ticket_heal('0', '0', '2100-01-01')");
    connect_to(rig, app_conninfo);
    *state = rig;
    return 0;
}

int rig_close(void **state)
{
    struct rig *rig = *state;

    pg_conn_free(rig->conn);
    event_free(rig->tick);
    event_base_free(rig->base);
    free(rig);
    return 0;
}

/* Until the loop has gone round a few times with nothing more to say. */
void settle(struct rig *rig)
{
    for (int n = 0; n < 5; n++)
        event_base_loop(rig->base, EVLOOP_ONCE);
}

PGconn *admin_connect(void)
{
    char conninfo[200];
    PGconn *pg;

    snprintf(conninfo, sizeof conninfo, "%s dbname=kentongan", admin_conninfo);
    pg = PQconnectdb(conninfo);
    assert_int_equal(PQstatus(pg), CONNECTION_OK);
    return pg;
}

pid_t backend_pid(void)
{
    char text[32];

    admin("kentongan",
          "select pid from pg_stat_activity where usename = 'kentongan_app' and datname = "
          "'kentongan' order by backend_start desc limit 1",
          text, sizeof text);
    assert_true(text[0] != '\0');
    return (pid_t)strtol(text, NULL, 10);
}

pid_t postmaster_pid(void)
{
    char path[128];
    FILE *file;
    long pid = 0;

    snprintf(path, sizeof path, "%s/data/postmaster.pid", cluster_dir);
    file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld", &pid), 1);
    fclose(file);
    return (pid_t)pid;
}
