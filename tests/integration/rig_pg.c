/* SPDX-License-Identifier: ISC */
#include "tests/integration/rig_parts.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libpq-fe.h>

#define CLUSTER_SH KT_SOURCE_DIR "/tests/pg/cluster.sh"
#define START_MS   120000

/* cluster.sh becomes the unprivileged user by itself, so it is run as whoever we are. */
static bool cluster(const char *verb)
{
    pid_t pid = fork();
    int code = -1;

    if (pid == 0) {
        if (freopen("/dev/null", "w", stdout) == NULL) /* it says where the sockets are */
            _exit(126);
        execl("/bin/sh", "sh", CLUSTER_SH, verb, rig_world.pg, (char *)NULL);
        _exit(127);
    }
    return pid > 0 && proc_ended(pid, START_MS, &code) && code == 0;
}

/*
 * pg_ctl leaves a server that is nobody's child. This child waits for us to die, whatever of, and
 * stops it; when all goes well it is told to leave first.
 */
static void janitor_start(void)
{
    pid_t parent = getpid();
    sigset_t set;
    int got;

    rig_world.janitor = fork();
    if (rig_world.janitor != 0)
        return;
    setsid();
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    prctl(PR_SET_PDEATHSIG, SIGUSR1);
    if (getppid() == parent)
        sigwait(&set, &got);
    cluster("stop");
    _exit(0);
}

static PGconn *connect_to(const char *database)
{
    char conninfo[512];

    snprintf(conninfo, sizeof conninfo, "host=%s dbname=%s user=postgres connect_timeout=5",
             rig_world.pg, database);
    return PQconnectdb(conninfo);
}

/* True when it was carried out; else the server's words on stderr. */
static bool command(const char *database, const char *sql)
{
    PGconn *conn = connect_to(database);
    PGresult *result = PQexec(conn, sql);
    bool good = PQresultStatus(result) == PGRES_COMMAND_OK;

    if (!good)
        fprintf(stderr, "rig: %s: %s", sql, PQerrorMessage(conn));
    PQclear(result);
    PQfinish(conn);
    return good;
}

/* The schema once, by the program that users run; tests copy the database. */
static bool seed(void)
{
    char config[160];
    char log[160];
    char content[512];
    struct text said = {0};
    bool good;

    snprintf(config, sizeof config, "%s/seed.conf", rig_world.dir);
    snprintf(log, sizeof log, "%s/seed.log", rig_world.dir);
    snprintf(content, sizeof content,
             "database {\n"
             "    conninfo = \"host=%s dbname=kt_seed user=kentongan_app\"\n"
             "    admin = \"host=%s dbname=postgres user=postgres\"\n"
             "}\n",
             rig_world.pg, rig_world.pg);
    const char *const argv[] = {rig_program("kentongan"), "-c", config, "db", "init", NULL};
    const struct proc_spec spec = {.argv = argv, .home = rig_world.dir, .out = log, .err = log};

    good = file_write(config, content, 0644) && proc_run(&spec, START_MS) == 0;
    if (!good && file_read(log, 0, &said))
        fprintf(stderr, "rig: kentongan db init: %s\n", text_get(&said));
    text_free(&said);
    return good;
}

bool rig_pg_world_start(void)
{
    snprintf(rig_world.pg, sizeof rig_world.pg, "%s/pg", rig_world.dir);
    if (!cluster("start")) {
        fprintf(stderr, "rig: no cluster in %s\n", rig_world.pg);
        rig_world.pg[0] = '\0';
        return false;
    }
    janitor_start();
    return seed();
}

void rig_pg_world_stop(void)
{
    if (rig_world.pg[0] == '\0')
        return;
    proc_kill(rig_world.janitor);
    cluster("stop");
    rig_world.pg[0] = '\0';
}

void rig_pg_begin(struct rig *rig)
{
    char sql[256];

    snprintf(rig->database, sizeof rig->database, "kt_%u", ++rig_world.databases);
    snprintf(sql, sizeof sql, "create database %s template kt_seed", rig->database);
    if (!command("postgres", sql))
        rig_fail(rig, "no database for this test");
    /* cluster.sh trades safety for speed; here what was committed must outlive a crash of
     * PostgreSQL. */
    snprintf(sql, sizeof sql, "alter database %s set synchronous_commit = on", rig->database);
    if (!command("postgres", sql))
        rig_fail(rig, "the database cannot be set up");
}

static void copy_database(struct rig *rig, const char *to, const char *from)
{
    char drop[256], make[256];

    snprintf(drop, sizeof drop, "drop database if exists %s with (force)", to);
    snprintf(make, sizeof make, "create database %s template %s", to, from);
    if (!command("postgres", drop) || !command("postgres", make))
        rig_fail(rig, "%s cannot be copied to %s", from, to);
}

void rig_snapshot(struct rig *rig)
{
    copy_database(rig, rig_text(rig, "%s_kept", rig->database), rig->database);
}

void rig_snapshot_restore(struct rig *rig)
{
    copy_database(rig, rig->database, rig_text(rig, "%s_kept", rig->database));
}

void rig_pg_end(struct rig *rig)
{
    char sql[256];

    rig_postgres_thaw(rig);
    if (rig->postgres_stopped)
        rig_postgres_start(rig);
    snprintf(sql, sizeof sql, "drop database if exists %s with (force)", rig->database);
    command("postgres", sql);
}

void rig_postgres_stop(struct rig *rig)
{
    if (!cluster("halt"))
        rig_fail(rig, "PostgreSQL does not stop");
    rig->postgres_stopped = true;
}

void rig_postgres_start(struct rig *rig)
{
    rig->postgres_stopped = false;
    if (!cluster("restart"))
        rig_fail(rig, "PostgreSQL does not start again");
}

void rig_postgres_freeze(struct rig *rig)
{
    const char *pids = rig_sql(rig, "select string_agg(pid::text, ' ') from pg_stat_activity"
                                    " where datname = current_database()"
                                    " and usename = 'kentongan_app'");
    char *end;

    for (size_t i = 0; *pids != '\0' && i < sizeof rig->frozen / sizeof *rig->frozen; i++) {
        rig->frozen[i] = (pid_t)strtol(pids, &end, 10);
        if (kill(rig->frozen[i], SIGSTOP) < 0)
            rig_fail(rig, "cannot stop a backend");
        pids = end;
    }
}

void rig_postgres_thaw(struct rig *rig)
{
    for (size_t i = 0; i < sizeof rig->frozen / sizeof *rig->frozen; i++) {
        if (rig->frozen[i] > 0)
            kill(rig->frozen[i], SIGCONT);
        rig->frozen[i] = 0;
    }
}

/* False: the query failed, which is said. Failing because the server is away is left to the caller.
 */
static bool ask(struct rig *rig, const char *query, struct text *out)
{
    PGconn *conn = connect_to(rig->database);
    PGresult *result = PQexec(conn, query);
    bool good =
        PQresultStatus(result) == PGRES_TUPLES_OK || PQresultStatus(result) == PGRES_COMMAND_OK;

    text_clear(out);
    if (!good)
        text_add(out, PQerrorMessage(conn));
    else if (PQntuples(result) > 0 && !PQgetisnull(result, 0, 0))
        text_add(out, PQgetvalue(result, 0, 0));
    PQclear(result);
    PQfinish(conn);
    return good;
}

const char *rig_sql(struct rig *rig, const char *query, ...)
{
    struct text *out = rig_keep(rig);
    char *sql = NULL;
    va_list args;
    bool good;

    va_start(args, query);
    if (vasprintf(&sql, query, args) < 0)
        abort();
    va_end(args);
    good = ask(rig, sql, out);
    free(sql);
    if (!good)
        rig_fail(rig, "%s: %s", query, text_get(out));
    return text_get(out);
}

void rig_wait_sql(struct rig *rig, const char *want, const char *query, ...)
{
    struct mono deadline = rig_deadline(RIG_PATIENCE_MS);
    struct text got = {0};
    char *sql = NULL;
    va_list args;
    bool fits;

    va_start(args, query);
    if (vasprintf(&sql, query, args) < 0)
        abort();
    va_end(args);
    do {
        fits = ask(rig, sql, &got) && strcmp(text_get(&got), want) == 0;
    } while (!fits && rig_tick(rig, deadline));
    if (!fits)
        rig_fail(rig, "waited for \"%s\", got \"%s\" from: %s", want, text_get(&got), sql);
    text_free(&got);
    free(sql);
}

const char *rig_database_dump(struct rig *rig)
{
    return rig_sql(rig, "select schema_to_xml('kentongan', true, false, '')");
}

void rig_pg_dump(struct rig *rig, const char *title, const char *query)
{
    PGconn *conn = connect_to(rig->database);
    PGresult *result = PQexec(conn, query);
    char bar[] = "|";
    PQprintOpt plain = {.header = 1, .align = 1, .fieldSep = bar};

    fprintf(stderr, "--- %s\n", title);
    if (PQresultStatus(result) == PGRES_TUPLES_OK)
        PQprint(stderr, result, &plain);
    else
        fprintf(stderr, "%s", PQerrorMessage(conn));
    PQclear(result);
    PQfinish(conn);
}
