/* SPDX-License-Identifier: ISC */
#include "sql/pg_pipe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "sql/conninfo.h"

struct pg_call {
    struct pg_call *next;
    enum pg_form form;
    enum stmt stmt;
    pg_result_fn *on_result;
    void *arg;
    bool by_row;      /* libpq was told to hand out each row by itself */
    PGresult *result; /* the first error, else the last rows; NULL: none came yet */
};

static void push(struct pg_queue *queue, struct pg_call *call)
{
    if (queue->head == NULL)
        queue->tail = &queue->head;
    *queue->tail = call;
    queue->tail = &call->next;
}

static struct pg_call *pop(struct pg_queue *queue)
{
    struct pg_call *call = queue->head;

    if (call != NULL)
        queue->head = call->next;
    return call;
}

static struct pg_call *call_new(struct pg_pipe *pipe, enum pg_form form, enum stmt stmt,
                                pg_result_fn *on_result, void *arg)
{
    struct pg_call *call = malloc(sizeof *call);

    if (call == NULL)
        abort();
    *call = (struct pg_call){.form = form, .stmt = stmt, .on_result = on_result, .arg = arg};
    pipe->pending++;
    return call;
}

static bool put(PGconn *pg, enum pg_form form, enum stmt stmt, const struct pg_args *args)
{
    int count = args == NULL ? 0 : args->count;
    const char *const *values = args == NULL ? NULL : args->value;
    int taken = 0;

    switch (form) {
    case FORM_TEXT:
        taken = PQsendQueryParams(pg, stmt_text(stmt), 0, NULL, NULL, NULL, NULL, 0);
        break;
    case FORM_PREPARE:
        taken = PQsendPrepare(pg, stmt_name(stmt), stmt_text(stmt), 0, NULL);
        break;
    case FORM_PREPARED:
    case FORM_ROWS:
        taken = PQsendQueryPrepared(pg, stmt_name(stmt), count, values, NULL, NULL, 0);
        break;
    }
    /* One sync each: a statement that is refused leaves its neighbours alone. It flushes, too. */
    return taken == 1 && PQpipelineSync(pg) == 1;
}

bool pg_pipe_put(struct pg_pipe *pipe, PGconn *pg, enum pg_form form, enum stmt stmt,
                 const struct pg_args *args, pg_result_fn *on_result, void *arg)
{
    bool taken = put(pg, form, stmt, args);

    push(taken ? &pipe->sent : &pipe->unsent, call_new(pipe, form, stmt, on_result, arg));
    return taken;
}

void pg_pipe_shelve(struct pg_pipe *pipe, enum stmt stmt, pg_result_fn *on_result, void *arg)
{
    push(&pipe->unsent, call_new(pipe, FORM_PREPARED, stmt, on_result, arg));
}

static void answer(struct pg_pipe *pipe, struct pg_call *call, const struct pg_answer *what)
{
    pipe->pending--;
    /* While the connection is set up, whoever owns it is told, and tells. */
    if (what->status.rc == STORE_BROKEN && call->form >= FORM_PREPARED)
        log_error("sql.broken", "statement=%s sqlstate=%s words=\"%s\"", stmt_name(call->stmt),
                  what->status.sqlstate, what->status.words);
    call->on_result(what, call->arg);
    PQclear(call->result);
    free(call);
}

static void answer_result(struct pg_pipe *pipe, struct pg_call *call)
{
    struct pg_answer what = {.rows = call->result};
    char words[512] = "";
    ExecStatusType status = PQresultStatus(call->result);

    what.status.words = words;
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        what.status.rc = STORE_OK;
    } else {
        const char *code = PQresultErrorField(call->result, PG_DIAG_SQLSTATE);
        const char *text = PQresultErrorField(call->result, PG_DIAG_MESSAGE_PRIMARY);

        conninfo_one_line(text != NULL ? text : PQresultErrorMessage(call->result), words,
                          sizeof words);
        snprintf(what.status.sqlstate, sizeof what.status.sqlstate, "%s",
                 code != NULL ? code : "XX000");
        what.status.rc = pg_meaning(what.status.sqlstate);
        if (pipe->read_only && strcmp(what.status.sqlstate, "25006") == 0)
            what.status.rc = STORE_BROKEN;
        what.rows = NULL;
    }
    answer(pipe, call, &what);
}

static bool is_error(const PGresult *result)
{
    return PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK;
}

/* Only before anything of its answer has been looked at. Where libpq will not, all rows come
 * together: slower, and not wrong. */
static void ask_for_rows(struct pg_call *call, PGconn *pg)
{
    if (call->form == FORM_ROWS && !call->by_row)
        call->by_row = PQsetSingleRowMode(pg) == 1;
}

static void answer_row(const struct pg_call *call, PGresult *row)
{
    const struct pg_answer what = {
        .status = {.rc = STORE_OK, .words = ""}, .rows = row, .more = true};

    call->on_result(&what, call->arg);
    PQclear(row);
}

enum pg_heard pg_pipe_hear(struct pg_pipe *pipe, PGconn *pg)
{
    struct pg_call *call = pipe->sent.head;
    PGresult *result;

    if (call == NULL)
        return HEARD_NOTHING;
    ask_for_rows(call, pg);
    if (PQisBusy(pg))
        return HEARD_NOTHING;
    result = PQgetResult(pg);
    if (PQresultStatus(result) == PGRES_SINGLE_TUPLE) {
        answer_row(call, result);
        return HEARD_PART;
    }
    if (result == NULL) {
        /* It stands once behind the rows of a statement, before its sync. */
        if (PQisBusy(pg))
            return HEARD_NOTHING;
        result = PQgetResult(pg);
        if (result == NULL)
            return HEARD_NONSENSE;
    }
    if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
        PQclear(result);
        pop(&pipe->sent);
        answer_result(pipe, call);
        return HEARD_ANSWER;
    }
    /* The first error stays; a commit that fails says so behind the rows. */
    if (call->result == NULL || !is_error(call->result)) {
        PQclear(call->result);
        call->result = result;
    } else {
        PQclear(result);
    }
    return HEARD_PART;
}

const char *pg_pipe_last_words(const struct pg_pipe *pipe)
{
    const struct pg_call *call = pipe->sent.head;

    if (call == NULL || call->result == NULL || !is_error(call->result))
        return NULL;
    return PQresultErrorField(call->result, PG_DIAG_MESSAGE_PRIMARY);
}

void pg_pipe_fail(struct pg_pipe *pipe, bool all, const char *why)
{
    const struct pg_answer lost = {.status = {.rc = STORE_UNREACHABLE, .words = why}};
    struct pg_call *call;

    while ((all && (call = pop(&pipe->sent)) != NULL) || (call = pop(&pipe->unsent)) != NULL)
        answer(pipe, call, &lost);
}
