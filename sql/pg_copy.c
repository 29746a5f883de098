/* SPDX-License-Identifier: ISC */
#include "sql/pg_copy.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "sql/conninfo.h"

#define PATIENCE_S 30 /* for one step */
#define WORDS_MAX  512

enum copy_phase {
    COPY_IDLE = 1,
    COPY_DIALLING,
    COPY_BEGUN,  /* the server is to say that it takes rows */
    COPY_POURED, /* the rows are on their way */
    COPY_TAKING, /* the statement after them is */
};

struct pg_copy {
    struct event_base *base;
    struct conninfo info;
    enum copy_phase phase;
    PGconn *pg;
    struct event *io;
    struct event *patience;
    enum stmt copy;
    enum stmt take;
    struct pg_args args;
    uint8_t *bytes;
    size_t count;
    pg_result_fn *on_result;
    void *arg;
    PGresult *result; /* of the present statement: the first error, else the last */
};

static void step(struct pg_copy *copy);

static void on_io(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    step(arg);
}

static void unwatch(struct pg_copy *copy)
{
    if (copy->io != NULL)
        event_free(copy->io);
    copy->io = NULL;
}

static void watch(struct pg_copy *copy, short wants)
{
    unwatch(copy);
    copy->io = event_new(copy->base, PQsocket(copy->pg), wants, on_io, copy);
    if (copy->io == NULL || event_add(copy->io, NULL) < 0)
        abort(); /* memory, or epoll full */
    event_add(copy->patience, &(struct timeval){.tv_sec = PATIENCE_S});
}

/* The end, good or bad: hangs up, then tells. */
static void finish(struct pg_copy *copy, const struct pg_answer *answer)
{
    pg_result_fn *on_result = copy->on_result;
    PGresult *result = copy->result;
    void *arg = copy->arg;

    unwatch(copy);
    event_del(copy->patience);
    PQfinish(copy->pg);
    free(copy->bytes);
    copy->pg = NULL;
    copy->bytes = NULL;
    copy->result = NULL;
    copy->phase = COPY_IDLE;
    on_result(answer, arg);
    PQclear(result);
}

static void fail(struct pg_copy *copy, const char *words)
{
    struct pg_answer answer = {.status = {.rc = STORE_UNREACHABLE, .words = words}};

    finish(copy, &answer);
}

static void fail_pg(struct pg_copy *copy)
{
    char words[WORDS_MAX];

    conninfo_words(copy->pg, words, sizeof words);
    fail(copy, words);
}

static void on_impatience(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    fail(arg, "the database has not answered for 30 s");
}

static bool ask(struct pg_copy *copy, enum stmt stmt, const struct pg_args *args)
{
    return PQsendQueryParams(copy->pg, stmt_text(stmt), args == NULL ? 0 : args->count, NULL,
                             args == NULL ? NULL : args->value, NULL, NULL, 0) == 1;
}

static bool pour(struct pg_copy *copy)
{
    return PQputCopyData(copy->pg, (const char *)copy->bytes, (int)copy->count) == 1 &&
           PQputCopyEnd(copy->pg, NULL) == 1;
}

/* The statement is over: refused, or on to the next. */
static void conclude(struct pg_copy *copy)
{
    ExecStatusType status = PQresultStatus(copy->result);
    const char *sqlstate = PQresultErrorField(copy->result, PG_DIAG_SQLSTATE);
    struct pg_answer answer = {.status = {.rc = STORE_OK, .words = ""}, .rows = copy->result};
    char words[WORDS_MAX];

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        conninfo_one_line(PQresultErrorMessage(copy->result), words, sizeof words);
        answer = (struct pg_answer){.status = {.rc = STORE_BROKEN, .words = words}};
        if (sqlstate != NULL)
            memcpy(answer.status.sqlstate, sqlstate,
                   strnlen(sqlstate, sizeof answer.status.sqlstate - 1));
        finish(copy, &answer);
        return;
    }
    if (copy->phase == COPY_TAKING) {
        finish(copy, &answer);
        return;
    }
    PQclear(copy->result);
    copy->result = NULL;
    copy->phase = COPY_TAKING;
    if (!ask(copy, copy->take, &copy->args))
        fail_pg(copy);
    else
        step(copy);
}

/* Takes over one result. False: wait for more, or all is over. */
static bool hear(struct pg_copy *copy)
{
    PGresult *result;

    if (PQisBusy(copy->pg))
        return false;
    result = PQgetResult(copy->pg);
    if (result == NULL) {
        if (copy->result == NULL)
            fail_pg(copy);
        else
            conclude(copy);
        return false;
    }
    if (PQresultStatus(result) == PGRES_COPY_IN && copy->phase == COPY_BEGUN) {
        PQclear(result);
        copy->phase = COPY_POURED;
        if (!pour(copy)) {
            fail_pg(copy);
            return false;
        }
        return true;
    }
    if (PQresultStatus(copy->result) == PGRES_FATAL_ERROR && copy->result != NULL) {
        PQclear(result); /* the first error is the one that is told */
        return true;
    }
    PQclear(copy->result);
    copy->result = result;
    return true;
}

static void converse(struct pg_copy *copy)
{
    PGconn *pg = copy->pg;
    int left;

    if (PQconsumeInput(pg) != 1 || (left = PQflush(pg)) < 0) {
        fail_pg(copy);
        return;
    }
    while (hear(copy))
        continue;
    if (copy->pg != pg || copy->phase == COPY_IDLE)
        return;
    left = PQflush(pg);
    watch(copy, (short)(left > 0 ? EV_READ | EV_WRITE : EV_READ));
}

static void step(struct pg_copy *copy)
{
    if (copy->phase != COPY_DIALLING) {
        converse(copy);
        return;
    }
    switch (PQconnectPoll(copy->pg)) {
    case PGRES_POLLING_READING:
        watch(copy, EV_READ);
        return;
    case PGRES_POLLING_WRITING:
        watch(copy, EV_WRITE);
        return;
    case PGRES_POLLING_OK:
        copy->phase = COPY_BEGUN;
        if (PQsetnonblocking(copy->pg, 1) != 0 || !ask(copy, copy->copy, NULL))
            fail_pg(copy);
        else
            converse(copy);
        return;
    case PGRES_POLLING_FAILED:
    case PGRES_POLLING_ACTIVE:
        fail_pg(copy);
        return;
    }
}

struct pg_copy *pg_copy_new(struct event_base *base, const char *conninfo, struct err *err)
{
    struct pg_copy *copy = calloc(1, sizeof *copy);

    if (copy == NULL)
        abort();
    if (!conninfo_init(&copy->info, conninfo, err)) {
        free(copy);
        return NULL;
    }
    copy->base = base;
    copy->phase = COPY_IDLE;
    copy->patience = evtimer_new(base, on_impatience, copy);
    if (copy->patience == NULL)
        abort();
    return copy;
}

bool pg_copy_is_busy(const struct pg_copy *copy)
{
    return copy->phase != COPY_IDLE;
}

/* Values that stand in the other's room stand in ours from now on. */
static void copy_args(struct pg_args *to, const struct pg_args *from)
{
    *to = *from;
    for (int i = 0; i < from->count; i++)
        if (from->value[i] == from->room[i])
            to->value[i] = to->room[i];
}

/* Dials once; the loop does the rest, so that on_result is never called from here. */
void pg_copy_send(struct pg_copy *copy, enum stmt stmt, const uint8_t *bytes, size_t count,
                  enum stmt take, const struct pg_args *args, pg_result_fn *on_result, void *arg)
{
    assert(!pg_copy_is_busy(copy) && count > 0 && count <= INT32_MAX);
    copy->copy = stmt;
    copy->take = take;
    copy_args(&copy->args, args);
    copy->on_result = on_result;
    copy->arg = arg;
    copy->count = count;
    copy->bytes = malloc(count);
    if (copy->bytes == NULL)
        abort();
    memcpy(copy->bytes, bytes, count);
    copy->phase = COPY_DIALLING;
    copy->pg = conninfo_start(&copy->info);
    if (copy->pg != NULL && PQstatus(copy->pg) != CONNECTION_BAD)
        watch(copy, EV_WRITE);
    else
        event_active(copy->patience, EV_TIMEOUT, 0);
}

void pg_copy_free(struct pg_copy *copy)
{
    if (copy == NULL)
        return;
    if (pg_copy_is_busy(copy))
        fail(copy, "shutting down");
    event_free(copy->patience);
    conninfo_free(&copy->info);
    free(copy);
}
