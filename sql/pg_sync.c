/* SPDX-License-Identifier: ISC */
#include "sql/pg_sync.h"

#include <stdio.h>
#include <stdlib.h>

#include "sql/conninfo.h"
#include "sql/pg_call.h"
#include "sql/schema.h"

struct pg_sync {
    PGconn *pg;
    bool misfit;
    char words[512]; /* why, when misfit */
};

static const char *sqlstate_of(const PGresult *result)
{
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);

    return code == NULL ? "08006" : code; /* libpq's own troubles are those of the connection */
}

/* A person waits for an import of thousands of rows longer than the daemon may wait. */
static void greet(struct pg_sync *sync)
{
    PGresult *result = PQexec(sync->pg, stmt_text(STMT_SCHEMA_VERSION));
    char why[512];

    if (PQresultStatus(result) == PGRES_TUPLES_OK) {
        sync->misfit = !schema_fits(strtoll(PQgetvalue(result, 0, 0), NULL, 10), sync->words,
                                    sizeof sync->words);
        PQclear(PQexec(sync->pg, "set statement_timeout = '60s'"));
    } else {
        sync->misfit = true;
        conninfo_words(sync->pg, why, sizeof why);
        schema_is_absent(sqlstate_of(result), why, sync->words, sizeof sync->words);
    }
    PQclear(result);
}

static void on_notice(void *arg, const char *message)
{
    (void)arg;
    (void)message; /* what a person must know is an error or a value */
}

struct pg_sync *pg_sync_open(const char *text, struct err *err)
{
    struct conninfo info;
    struct pg_sync *sync;

    if (!conninfo_init(&info, text, err))
        return NULL;
    sync = calloc(1, sizeof *sync);
    if (sync == NULL)
        abort();
    sync->pg = conninfo_connect(&info, err);
    conninfo_free(&info);
    if (sync->pg == NULL) {
        free(sync);
        return NULL;
    }
    PQsetNoticeProcessor(sync->pg, on_notice, NULL);
    greet(sync);
    return sync;
}

static enum store_rc fail(struct pg_sync *sync, const PGresult *result, enum stmt stmt,
                          struct err *err)
{
    const char *code = sqlstate_of(result);
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    enum store_rc rc = pg_meaning(code);
    char words[512];

    if (text != NULL)
        conninfo_one_line(text, words, sizeof words);
    else
        conninfo_words(sync->pg, words, sizeof words);
    if (rc == STORE_BROKEN)
        err_set(err, "%s: %s (SQLSTATE %s)", stmt_name(stmt), words, code);
    else
        err_set(err, "%s", words);
    return rc;
}

enum store_rc pg_sync_json(struct pg_sync *sync, enum stmt stmt, const struct pg_args *args,
                           struct text *out, struct err *err)
{
    PGresult *result;
    enum store_rc rc = STORE_OK;

    text_clear(out);
    if (sync->misfit) {
        err_set(err, "%s", sync->words);
        return STORE_REFUSED;
    }
    result = PQexecParams(sync->pg, stmt_text(stmt), args == NULL ? 0 : args->count, NULL,
                          args == NULL ? NULL : args->value, NULL, NULL, 0);
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        rc = fail(sync, result, stmt, err);
    else if (PQntuples(result) > 0 && !PQgetisnull(result, 0, 0))
        text_add(out, PQgetvalue(result, 0, 0));
    PQclear(result);
    return rc;
}

void pg_sync_close(struct pg_sync *sync)
{
    if (sync == NULL)
        return;
    PQfinish(sync->pg);
    free(sync);
}
