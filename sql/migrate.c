/* SPDX-License-Identifier: ISC */
#include "sql/migrate.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/base/json.h"
#include "sql/conninfo.h"
#include "sql/pg_args.h"
#include "sql/pg_call.h"
#include "sql/statements.h"

/* The number of the advisory lock: the bytes of "kentonga", so that nobody else has it by chance.
 */
#define LOCK_NUMBER "7738712981070833505"

/* The roles of design: one owns, three use. Passwords, where wanted, are the administrator's. */
static const char *const role_statements[][2] = {
    {"kentongan_owner", "create role kentongan_owner nologin"},
    {"kentongan_app", "create role kentongan_app login"},
    {"kentongan_web", "create role kentongan_web login"},
    {"kentongan_report", "create role kentongan_report login"},
};

/* -- one statement, one answer -- */

static bool failed(PGconn *pg, PGresult *result, const char *what, struct err *err)
{
    char words[512];

    PQclear(result);
    conninfo_words(pg, words, sizeof words);
    return err_set(err, "%s: %s", what, words);
}

/* text may hold several statements. */
static bool run(PGconn *pg, const char *text, const char *what, struct err *err)
{
    PGresult *result = PQexec(pg, text);
    ExecStatusType status = PQresultStatus(result);

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        return failed(pg, result, what, err);
    PQclear(result);
    return true;
}

static bool run_with(PGconn *pg, const char *text, const struct pg_args *args, const char *what,
                     struct err *err)
{
    PGresult *result = PQexecParams(pg, text, args->count, NULL, args->value, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(result);

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        return failed(pg, result, what, err);
    PQclear(result);
    return true;
}

/* The first value of the first row; *value is left alone when there is no row, or it is null. */
static bool ask(PGconn *pg, const char *text, const struct pg_args *args, char *value,
                size_t value_bytes, struct err *err)
{
    PGresult *result = PQexecParams(pg, text, args == NULL ? 0 : args->count, NULL,
                                    args == NULL ? NULL : args->value, NULL, NULL, 0);

    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        return failed(pg, result, "asking the database", err);
    if (PQntuples(result) > 0 && !PQgetisnull(result, 0, 0))
        snprintf(value, value_bytes, "%s", PQgetvalue(result, 0, 0));
    PQclear(result);
    return true;
}

/* -- connecting -- */

static void on_notice(void *arg, const char *message)
{
    (void)arg;
    (void)message; /* "does not exist, skipping" and the like */
}

/* The administrator's way in to database (NULL: the one that conninfo names). */
static enum store_rc admin_open(const char *admin_conninfo, const char *conninfo,
                                const char *database, PGconn **pg, struct err *err)
{
    bool derived = admin_conninfo == NULL || admin_conninfo[0] == '\0';
    struct conninfo info;
    struct conninfo target;

    if (!conninfo_init(&target, conninfo, err))
        return STORE_REFUSED;
    if (!conninfo_init(&info, derived ? conninfo : admin_conninfo, err)) {
        conninfo_free(&target);
        return STORE_REFUSED;
    }
    if (derived) {
        conninfo_set(&info, "user", NULL);
        conninfo_set(&info, "password", NULL);
    }
    conninfo_set(&info, "dbname", database != NULL ? database : conninfo_get(&target, "dbname"));
    *pg = conninfo_connect(&info, err);
    conninfo_free(&info);
    conninfo_free(&target);
    if (*pg == NULL)
        return STORE_UNREACHABLE;
    PQsetNoticeProcessor(*pg, on_notice, NULL);
    return STORE_OK;
}

static bool database_name(const char *conninfo, char *name, size_t name_bytes, struct err *err)
{
    struct conninfo info;
    const char *given;

    if (!conninfo_init(&info, conninfo, err))
        return false;
    given = conninfo_get(&info, "dbname");
    snprintf(name, name_bytes, "%s", given == NULL ? "" : given);
    conninfo_free(&info);
    if (name[0] == '\0')
        return err_set(err, "database conninfo: dbname=NAME is missing");
    return true;
}

/* -- roles and database -- */

static bool roles_make(PGconn *pg, struct err *err)
{
    char is_super[2] = "";

    for (size_t n = 0; n < sizeof role_statements / sizeof role_statements[0]; n++) {
        struct pg_args args = {0};
        char there[2] = "";

        pg_arg_text(&args, role_statements[n][0]);
        if (!ask(pg, "select 1 from pg_roles where rolname = $1", &args, there, sizeof there, err))
            return false;
        if (there[0] == '\0' && !run(pg, role_statements[n][1], "creating the roles", err))
            return false;
    }
    if (!ask(pg, "select 1 from pg_roles where rolname = current_user and rolsuper", NULL, is_super,
             sizeof is_super, err))
        return false;
    /* A superuser may SET ROLE to anybody; whoever only may create roles must be a member. */
    return is_super[0] != '\0' ||
           run(pg, "grant kentongan_owner to current_user", "joining kentongan_owner", err);
}

static bool database_make(PGconn *pg, const char *name, struct err *err)
{
    struct pg_args args = {0};
    char there[2] = "";
    char *quoted = PQescapeIdentifier(pg, name, strlen(name));
    struct text statement = {0};
    bool made;

    pg_arg_text(&args, name);
    if (quoted == NULL)
        return failed(pg, NULL, "the database's name", err);
    made = ask(pg, "select 1 from pg_database where datname = $1", &args, there, sizeof there, err);
    if (made && there[0] == '\0') {
        text_addf(&statement,
                  "create database %s owner kentongan_owner template template0 encoding 'UTF8'",
                  quoted);
        made = run(pg, text_get(&statement), "creating the database", err);
    }
    text_clear(&statement);
    if (made) {
        text_addf(&statement, "grant create on database %s to kentongan_owner", quoted);
        made = run(pg, text_get(&statement), "granting the database to kentongan_owner", err);
    }
    text_clear(&statement);
    if (made && there[0] == '\0') {
        text_addf(&statement,
                  "revoke all on database %s from public;"
                  "grant connect on database %s to kentongan_app, kentongan_web, kentongan_report",
                  quoted, quoted);
        made = run(pg, text_get(&statement), "closing the database to others", err);
    }
    text_free(&statement);
    PQfreemem(quoted);
    return made;
}

/* The read side of sql/pg_conn.h is kentongan_app having become kentongan_web. */
static bool reader_make(PGconn *pg, struct err *err)
{
    char there[2] = "";

    return ask(pg, "select 1 where pg_has_role('kentongan_app', 'kentongan_web', 'member')", NULL,
               there, sizeof there, err) &&
           (there[0] != '\0' || run(pg, "grant kentongan_web to kentongan_app",
                                    "making kentongan_app a member of kentongan_web", err));
}

/* -- migrations -- */

static bool version_read(PGconn *pg, int64_t *version, struct err *err)
{
    char text[32] = "";

    *version = 0;
    /* to_regclass needs no right; the select below does. */
    if (!ask(pg, "select to_regclass('kentongan.schema_migrations')", NULL, text, sizeof text, err))
        return false;
    if (text[0] == '\0')
        return true;
    text[0] = '\0';
    if (!ask(pg, "select coalesce(max(version), 0) from kentongan.schema_migrations", NULL, text,
             sizeof text, err))
        return false;
    *version = strtoll(text, NULL, 10);
    return true;
}

static bool migration_apply(PGconn *pg, const struct sql_file *file, struct err *err)
{
    struct pg_args args = {0};

    pg_arg_i64(&args, file->number);
    pg_arg_text(&args, file->name);
    pg_arg_text(&args, file->sha256);
    pg_arg_wall(&args, wall_now());
    if (run(pg, "begin", file->name, err) && run(pg, file->text, file->name, err) &&
        run_with(pg, "insert into kentongan.schema_migrations values ($1, $2, $3, $4)", &args,
                 file->name, err) &&
        run(pg, "commit", file->name, err))
        return true;
    PQclear(PQexec(pg, "rollback"));
    return false;
}

/* -- functions and views -- */

/* "" when it is not there, or another program's words for what it is. */
static bool object_sha256(PGconn *pg, const char *kind, const char *name, char *sha256,
                          size_t sha256_bytes, struct err *err)
{
    struct pg_args args = {0};

    sha256[0] = '\0';
    pg_arg_text(&args, kind);
    pg_arg_text(&args, name);
    return ask(pg, "select sha256 from kentongan.schema_objects where kind = $1 and name = $2",
               &args, sha256, sha256_bytes, err);
}

static bool objects_differ(PGconn *pg, const char *kind, const struct sql_file *files, size_t count,
                           bool *differ, struct err *err)
{
    struct pg_args args = {0};
    char there[32] = "0";

    *differ = false;
    for (size_t n = 0; n < count && !*differ; n++) {
        char sha256[65];

        if (!object_sha256(pg, kind, files[n].name, sha256, sizeof sha256, err))
            return false;
        *differ = strcmp(sha256, files[n].sha256) != 0;
    }
    pg_arg_text(&args, kind);
    if (!ask(pg, "select count(*) from kentongan.schema_objects where kind = $1", &args, there,
             sizeof there, err))
        return false;
    if ((size_t)strtoull(there, NULL, 10) != count)
        *differ = true;
    return true;
}

static bool object_note(PGconn *pg, const char *kind, const struct sql_file *file, struct err *err)
{
    struct pg_args args = {0};

    pg_arg_text(&args, kind);
    pg_arg_text(&args, file->name);
    pg_arg_text(&args, file->sha256);
    return run_with(pg,
                    "insert into kentongan.schema_objects values ($1, $2, $3)"
                    " on conflict (kind, name) do update set sha256 = excluded.sha256",
                    &args, file->name, err);
}

/*
 * All of them when one differs: a changed signature would else leave the old overload behind. Those
 * that a view calls cannot be removed under it: their files say "create or replace", and keep the
 * signature. Bodies are not checked, because they call one another in circles.
 */
static bool functions_make(PGconn *pg, struct err *err)
{
    static const char *const drop =
        "do $$ declare f regprocedure; begin"
        " for f in select p.oid from pg_proc p join kentongan.schema_objects o"
        "            on o.kind = 'function' and o.name = p.proname"
        "           where p.pronamespace = 'kentongan'::regnamespace"
        "             and not exists (select from pg_depend d where d.refobjid = p.oid"
        "                             and d.classid = 'pg_rewrite'::regclass)"
        " loop execute format('drop function %s', f); end loop; end $$;"
        "delete from kentongan.schema_objects where kind = 'function';"
        "set local check_function_bodies = off";

    if (!run(pg, drop, "removing the functions of before", err))
        return false;
    for (size_t n = 0; n < sql_functions_count; n++)
        if (!run(pg, sql_functions[n].text, sql_functions[n].name, err) ||
            !object_note(pg, "function", &sql_functions[n], err))
            return false;
    return true;
}

/*
 * A view is replaced in place as long as it only gains columns, so that what others built on it
 * stays. Else it is removed first, which PostgreSQL refuses, naming what would break.
 */
static bool view_make(PGconn *pg, const struct sql_file *file, struct err *err)
{
    bool is_report = strncmp(file->name, "report_", 7) == 0;
    char drop[256];

    snprintf(drop, sizeof drop, "rollback to view_before; drop view if exists %s.%s",
             is_report ? "report" : "kentongan", is_report ? file->name + 7 : file->name);
    if (!run(pg, "savepoint view_before", file->name, err))
        return false;
    if (!run(pg, file->text, file->name, err) &&
        !(run(pg, drop, file->name, err) && run(pg, file->text, file->name, err)))
        return false;
    return run(pg, "release view_before", file->name, err) && object_note(pg, "view", file, err);
}

static bool views_make(PGconn *pg, struct err *err)
{
    for (size_t n = 0; n < sql_views_count; n++) {
        char sha256[65];

        if (!object_sha256(pg, "view", sql_views[n].name, sha256, sizeof sha256, err) ||
            (strcmp(sha256, sql_views[n].sha256) != 0 && !view_make(pg, &sql_views[n], err)))
            return false;
    }
    return true;
}

static bool objects_make(PGconn *pg, struct err *err)
{
    bool functions_differ;

    if (run(pg, "begin", "functions and views", err) &&
        objects_differ(pg, "function", sql_functions, sql_functions_count, &functions_differ,
                       err) &&
        (!functions_differ || functions_make(pg, err)) && views_make(pg, err) &&
        run(pg, "commit", "functions and views", err))
        return true;
    PQclear(PQexec(pg, "rollback"));
    return false;
}

/* -- the three -- */

static bool newer_refused(int64_t version, struct err *err)
{
    return err_set(err,
                   "the database has schema version %" PRId64
                   ", newer than the %zu that this program knows; install the newer program",
                   version, sql_migrations_count);
}

static bool migrate_on(PGconn *pg, struct err *err)
{
    int64_t version;

    /* The lock is let go of with the connection. */
    if (!run(pg, "select pg_advisory_lock(" LOCK_NUMBER ")", "waiting for another migration",
             err) ||
        !reader_make(pg, err) ||
        !run(pg, "set role kentongan_owner", "becoming kentongan_owner (kentongan db init?)",
             err) ||
        !version_read(pg, &version, err))
        return false;
    if (version > (int64_t)sql_migrations_count)
        return newer_refused(version, err);
    for (size_t n = (size_t)version; n < sql_migrations_count; n++)
        if (!migration_apply(pg, &sql_migrations[n], err))
            return false;
    return objects_make(pg, err);
}

enum store_rc migrate_run(const char *admin_conninfo, const char *conninfo, struct err *err)
{
    char name[64];
    PGconn *pg = NULL;
    enum store_rc rc;
    bool done;

    if (!database_name(conninfo, name, sizeof name, err))
        return STORE_REFUSED;
    rc = admin_open(admin_conninfo, conninfo, NULL, &pg, err);
    if (rc != STORE_OK)
        return rc;
    done = migrate_on(pg, err);
    PQfinish(pg);
    return done ? STORE_OK : STORE_REFUSED;
}

enum store_rc migrate_init(const char *admin_conninfo, const char *conninfo, struct err *err)
{
    char name[64];
    PGconn *pg = NULL;
    enum store_rc rc;
    bool done;

    if (!database_name(conninfo, name, sizeof name, err))
        return STORE_REFUSED;
    rc = admin_open(admin_conninfo, conninfo, "postgres", &pg, err);
    if (rc != STORE_OK)
        return rc;
    done =
        run(pg, "select pg_advisory_lock(" LOCK_NUMBER ")", "waiting for another db init", err) &&
        roles_make(pg, err) && database_make(pg, name, err);
    PQfinish(pg);
    return done ? migrate_run(admin_conninfo, conninfo, err) : STORE_REFUSED;
}

static bool status_read(PGconn *pg, struct js *status, struct err *err)
{
    struct js *pending = js_array();
    bool functions_differ = true;
    bool views_differ = true;
    int64_t version;

    js_set(status, "pending", pending);
    if (!version_read(pg, &version, err))
        return false;
    for (size_t n = 0; n < sql_migrations_count; n++)
        if (sql_migrations[n].number > version)
            js_push(pending, js_new_text(sql_migrations[n].name));
    if (version > 0 &&
        (!objects_differ(pg, "function", sql_functions, sql_functions_count, &functions_differ,
                         err) ||
         !objects_differ(pg, "view", sql_views, sql_views_count, &views_differ, err)))
        return false;
    js_set_i64(status, "version", version);
    js_set_i64(status, "latest", (int64_t)sql_migrations_count);
    js_set_text(status, "functions", functions_differ || views_differ ? "changed" : "current");
    return true;
}

enum store_rc migrate_status(const char *conninfo, struct text *out, struct err *err)
{
    struct conninfo info;
    struct js *status;
    PGconn *pg;
    bool done;

    if (!conninfo_init(&info, conninfo, err))
        return STORE_REFUSED;
    pg = conninfo_connect(&info, err);
    conninfo_free(&info);
    if (pg == NULL)
        return STORE_UNREACHABLE;
    status = js_object();
    done = status_read(pg, status, err);
    if (done)
        js_print(status, 0, out);
    js_free(status);
    PQfinish(pg);
    return done ? STORE_OK : STORE_REFUSED;
}
