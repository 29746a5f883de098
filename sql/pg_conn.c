/* SPDX-License-Identifier: ISC */
#include "sql/pg_conn.h"

#include <assert.h>
#include <event2/event.h>
#include <event2/util.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/base/retry.h"
#include "sql/conninfo.h"
#include "sql/pg_pipe.h"
#include "sql/schema.h"

#define PATIENCE_MS INT64_C(15000)
#define STEADY_MS   INT64_C(10000) /* up for that long: the next loss is a new story */
#define WORDS_MAX   512

enum pg_phase { PG_AWAY = 1, PG_DIALLING, PG_GREETING, PG_UP, PG_MISFIT };

struct pg_conn {
    struct event_base *base;
    struct conninfo info;
    enum pg_side side;
    const struct pg_conn_events *events;
    void *arg;
    int64_t patience_ms;

    enum pg_phase phase;
    PGconn *pg;
    struct event *io;    /* NULL while there is no socket */
    short io_wants;      /* EV_READ, EV_WRITE */
    struct event *timer; /* one-shot: the next dial, or the end of patience */
    struct event *soon;  /* what must not happen inside pg_conn_send() */

    struct pg_pipe pipe;
    struct mono heard_at; /* last sign of life, or when the waiting began */
    struct mono up_at;
    uint32_t failures;
    bool down_said;
    char broken[WORDS_MAX]; /* why the connection must be dropped; "" for no reason */

    unsigned depth; /* callbacks under way */
    bool doomed;    /* freed by a callback: goes when the last one returned */
};

/* Delays before the next dial; the last repeats. */
static const int64_t redial_ms[] = {100, 250, 500, 1000, 2000, 5000};
static const struct retry_schedule redial = {.delays_ms = redial_ms,
                                             .count = sizeof redial_ms / sizeof redial_ms[0],
                                             .jitter_percent = 20,
                                             .forever = true};

static void on_io(evutil_socket_t fd, short what, void *arg);

/* -- life of a callback: whatever it does, the connection stays until the last one returned -- */

static void destroy(struct pg_conn *conn)
{
    event_free(conn->timer);
    event_free(conn->soon);
    conninfo_free(&conn->info);
    free(conn);
}

static void enter(struct pg_conn *conn)
{
    conn->depth++;
}

static void leave(struct pg_conn *conn)
{
    conn->depth--;
    if (conn->depth == 0 && conn->doomed)
        destroy(conn);
}

/* -- the socket and the timer -- */

static void arm(struct event *timer, int64_t delay_ms)
{
    struct timeval delay = {.tv_sec = delay_ms / 1000,
                            .tv_usec = (suseconds_t)(delay_ms % 1000) * 1000};

    event_add(timer, &delay);
}

static void unwatch(struct pg_conn *conn)
{
    if (conn->io != NULL)
        event_free(conn->io);
    conn->io = NULL;
    conn->io_wants = 0;
}

static void watch(struct pg_conn *conn, short wants)
{
    if (conn->io != NULL && conn->io_wants == wants)
        return;
    unwatch(conn);
    conn->io = event_new(conn->base, PQsocket(conn->pg), (short)(wants | EV_PERSIST), on_io, conn);
    if (conn->io == NULL || event_add(conn->io, NULL) < 0)
        abort(); /* memory, or epoll full */
    conn->io_wants = wants;
}

static void hang_up(struct pg_conn *conn)
{
    unwatch(conn);
    event_del(conn->timer);
    PQfinish(conn->pg);
    conn->pg = NULL;
    conn->broken[0] = '\0';
}

/* The connection is lost, or did not come about: everybody hears it, and the next dial is set. */
static void drop(struct pg_conn *conn, const char *why)
{
    char words[WORDS_MAX];
    uint32_t random;

    snprintf(words, sizeof words, "%s", why); /* why may lie in what goes now */
    if (conn->phase == PG_UP && (mono_now().us - conn->up_at.us) / US_PER_MS >= STEADY_MS)
        conn->failures = 0;
    enter(conn);
    hang_up(conn);
    conn->phase = PG_AWAY;
    conn->failures++;
    evutil_secure_rng_get_bytes(&random, sizeof random);
    arm(conn->timer, retry_delay_ms(&redial, conn->failures, random));

    pg_pipe_fail(&conn->pipe, true, words);
    if (!conn->doomed && !conn->down_said) {
        conn->down_said = true;
        conn->events->on_down(words, conn->arg);
    }
    leave(conn);
}

/* A server that takes leave says why to the statement under way; libpq then only sees the end. */
static void drop_pg(struct pg_conn *conn)
{
    const char *last = pg_pipe_last_words(&conn->pipe);
    char words[WORDS_MAX];

    if (last != NULL)
        conninfo_one_line(last, words, sizeof words);
    else
        conninfo_words(conn->pg, words, sizeof words);
    drop(conn, words);
}

/* -- sending -- */

static void want_flush(struct pg_conn *conn)
{
    int left = PQflush(conn->pg);

    if (left < 0)
        conninfo_words(conn->pg, conn->broken, sizeof conn->broken);
    else
        watch(conn, left > 0 ? EV_READ | EV_WRITE : EV_READ);
}

/* phase says whether there is somebody to send to. */
static void put(struct pg_conn *conn, enum pg_form form, enum stmt stmt, const struct pg_args *args,
                pg_result_fn *on_result, void *arg)
{
    if (conn->pipe.sent.head == NULL) {
        conn->heard_at = mono_now();
        arm(conn->timer, conn->patience_ms);
    }
    if (pg_pipe_put(&conn->pipe, conn->pg, form, stmt, args, on_result, arg))
        want_flush(conn);
    else
        conninfo_words(conn->pg, conn->broken, sizeof conn->broken);
    if (conn->broken[0] != '\0')
        event_active(conn->soon, EV_TIMEOUT, 0);
}

static void send_as(struct pg_conn *conn, enum pg_form form, enum stmt stmt,
                    const struct pg_args *args, pg_result_fn *on_result, void *arg)
{
    assert(conn->side == PG_SIDE_WORK || stmt_reads(stmt));
    if (pg_conn_is_up(conn)) {
        put(conn, form, stmt, args, on_result, arg);
        return;
    }
    pg_pipe_shelve(&conn->pipe, stmt, on_result, arg);
    if (!conn->doomed)
        event_active(conn->soon, EV_TIMEOUT, 0);
}

void pg_conn_send(struct pg_conn *conn, enum stmt stmt, const struct pg_args *args,
                  pg_result_fn *on_result, void *arg)
{
    send_as(conn, FORM_PREPARED, stmt, args, on_result, arg);
}

void pg_conn_send_rows(struct pg_conn *conn, enum stmt stmt, const struct pg_args *args,
                       pg_result_fn *on_result, void *arg)
{
    send_as(conn, FORM_ROWS, stmt, args, on_result, arg);
}

static void on_soon(evutil_socket_t fd, short what, void *arg)
{
    struct pg_conn *conn = arg;

    (void)fd;
    (void)what;
    if (conn->broken[0] != '\0') {
        drop(conn, conn->broken);
        return;
    }
    enter(conn);
    pg_pipe_fail(&conn->pipe, false, "not connected to the database");
    leave(conn);
}

/* -- the greeting: version and settings first, then the side's statements, then what makes it its
 * side -- */

static void misfit(struct pg_conn *conn, const char *words)
{
    enter(conn);
    hang_up(conn);
    conn->phase = PG_MISFIT;
    pg_pipe_fail(&conn->pipe, true, words);
    if (!conn->doomed)
        conn->events->on_misfit(words, conn->arg);
    leave(conn);
}

static void on_prepared(const struct pg_answer *answer, void *arg)
{
    struct pg_conn *conn = arg;

    if (answer->status.rc == STORE_UNREACHABLE || conn->phase != PG_GREETING)
        return;
    if (answer->status.rc != STORE_OK) {
        char words[WORDS_MAX];

        snprintf(words, sizeof words, "the database does not fit this program: %s",
                 answer->status.words);
        misfit(conn, words);
    }
}

/* The last answer of the greeting. */
static void on_greeted(const struct pg_answer *answer, void *arg)
{
    struct pg_conn *conn = arg;

    on_prepared(answer, arg);
    if (answer->status.rc != STORE_OK || conn->phase != PG_GREETING)
        return;
    conn->phase = PG_UP;
    conn->up_at = mono_now();
    conn->down_said = false;
    event_del(conn->timer);
    conn->events->on_up(conn->arg);
}

static void on_version(const struct pg_answer *answer, void *arg)
{
    struct pg_conn *conn = arg;
    char words[WORDS_MAX];

    if (answer->status.rc == STORE_UNREACHABLE)
        return;
    if (answer->status.rc != STORE_OK)
        schema_is_absent(answer->status.sqlstate, answer->status.words, words, sizeof words);
    if (answer->status.rc != STORE_OK || !schema_fits(pg_i64(answer, 0, 0), words, sizeof words)) {
        misfit(conn, words);
        return;
    }
    for (enum stmt stmt = 1; stmt < STMT_END; stmt++)
        if (conn->side == PG_SIDE_WORK || stmt_reads(stmt))
            put(conn, FORM_PREPARE, stmt, NULL, on_prepared, conn);
    switch (conn->side) {
    case PG_SIDE_WORK:
        put(conn, FORM_TEXT, STMT_LISTEN, NULL, on_prepared, conn);
        put(conn, FORM_TEXT, STMT_LISTEN_PLAN, NULL, on_prepared, conn);
        put(conn, FORM_TEXT, STMT_LISTEN_MAINTENANCE, NULL, on_prepared, conn);
        put(conn, FORM_TEXT, STMT_LISTEN_VERIFY, NULL, on_greeted, conn);
        return;
    case PG_SIDE_READ:
        put(conn, FORM_TEXT, STMT_BECOME_READER, NULL, on_greeted, conn);
        return;
    case PG_SIDE_END:
        return;
    }
}

static void greet(struct pg_conn *conn)
{
    conn->phase = PG_GREETING;
    if (PQsetnonblocking(conn->pg, 1) != 0 || PQenterPipelineMode(conn->pg) != 1) {
        drop_pg(conn);
        return;
    }
    put(conn, FORM_TEXT, STMT_SCHEMA_VERSION, NULL, on_version, conn);
}

/* -- dialling -- */

static void on_notice(void *arg, const char *message)
{
    char line[WORDS_MAX];

    (void)arg;
    conninfo_one_line(message, line, sizeof line);
    log_debug("sql.notice", "words=\"%s\"", line);
}

/* libpq may close one socket and open the next inside PQconnectPoll, so none is watched meanwhile.
 */
static void dial_step(struct pg_conn *conn)
{
    unwatch(conn);
    switch (PQconnectPoll(conn->pg)) {
    case PGRES_POLLING_READING:
        watch(conn, EV_READ);
        return;
    case PGRES_POLLING_WRITING:
        watch(conn, EV_WRITE);
        return;
    case PGRES_POLLING_OK:
        greet(conn);
        return;
    case PGRES_POLLING_FAILED:
    case PGRES_POLLING_ACTIVE:
        drop_pg(conn);
        return;
    }
}

static void dial(struct pg_conn *conn)
{
    conn->pg = conninfo_start(&conn->info);
    if (conn->pg == NULL || PQstatus(conn->pg) == CONNECTION_BAD) {
        drop_pg(conn);
        return;
    }
    PQsetNoticeProcessor(conn->pg, on_notice, NULL);
    conn->phase = PG_DIALLING;
    conn->heard_at = mono_now();
    arm(conn->timer, conn->patience_ms);
    watch(conn, EV_WRITE);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct pg_conn *conn = arg;
    int64_t left_ms = mono_diff_ms(mono_add_ms(conn->heard_at, conn->patience_ms), mono_now());
    char words[WORDS_MAX];

    (void)fd;
    (void)what;
    if (conn->phase == PG_AWAY) {
        dial(conn);
    } else if (conn->phase == PG_UP && conn->pipe.sent.head == NULL) {
        return; /* nobody waits */
    } else if (left_ms > 0) {
        arm(conn->timer, left_ms + 1);
    } else {
        snprintf(words, sizeof words, "the database has not answered for %lld s",
                 (long long)(conn->patience_ms / 1000));
        drop(conn, words);
    }
}

/* -- listening -- */

static void tell_notifies(struct pg_conn *conn)
{
    PGnotify *notify;

    while (!conn->doomed && conn->pg != NULL && (notify = PQnotifies(conn->pg)) != NULL) {
        if (conn->phase == PG_UP)
            conn->events->on_notify(notify->relname, conn->arg);
        PQfreemem(notify);
    }
}

static void converse(struct pg_conn *conn, short what)
{
    enum pg_heard heard = HEARD_PART;

    if ((what & EV_READ) != 0 && PQconsumeInput(conn->pg) != 1) {
        drop_pg(conn);
        return;
    }
    if ((what & EV_READ) != 0)
        conn->heard_at = mono_now();
    want_flush(conn);
    enter(conn);
    tell_notifies(conn);
    while (!conn->doomed && conn->pg != NULL && (heard == HEARD_PART || heard == HEARD_ANSWER))
        heard = pg_pipe_hear(&conn->pipe, conn->pg);
    if (!conn->doomed && conn->pg != NULL) {
        if (heard == HEARD_NONSENSE)
            snprintf(conn->broken, sizeof conn->broken, "libpq and we are out of step");
        else if (PQstatus(conn->pg) == CONNECTION_BAD)
            conninfo_words(conn->pg, conn->broken, sizeof conn->broken);
        if (conn->broken[0] != '\0')
            drop(conn, conn->broken);
    }
    leave(conn);
}

static void on_io(evutil_socket_t fd, short what, void *arg)
{
    struct pg_conn *conn = arg;

    (void)fd;
    if (conn->phase == PG_DIALLING)
        dial_step(conn);
    else
        converse(conn, what);
}

/* -- new, ask, free -- */

struct pg_conn *pg_conn_new(struct event_base *base, const char *text, enum pg_side side,
                            const struct pg_conn_events *events, void *arg, struct err *err)
{
    struct pg_conn *conn = calloc(1, sizeof *conn);

    if (conn == NULL)
        abort();
    if (!conninfo_init(&conn->info, text, err)) {
        free(conn);
        return NULL;
    }
    assert(side > 0 && side < PG_SIDE_END);
    conn->base = base;
    conn->side = side;
    conn->pipe.read_only = side == PG_SIDE_READ;
    conn->events = events;
    conn->arg = arg;
    conn->patience_ms = PATIENCE_MS;
    conn->phase = PG_AWAY;
    conn->timer = event_new(base, -1, 0, on_timer, conn);
    conn->soon = event_new(base, -1, 0, on_soon, conn);
    if (conn->timer == NULL || conn->soon == NULL)
        abort();
    arm(conn->timer, 0);
    return conn;
}

void pg_conn_set_patience(struct pg_conn *conn, int64_t patience_ms)
{
    conn->patience_ms = patience_ms;
}

bool pg_conn_is_up(const struct pg_conn *conn)
{
    return conn->phase == PG_UP && conn->broken[0] == '\0';
}

size_t pg_conn_pending(const struct pg_conn *conn)
{
    return conn->pipe.pending;
}

void pg_conn_free(struct pg_conn *conn)
{
    if (conn == NULL || conn->doomed)
        return;
    conn->doomed = true;
    enter(conn);
    hang_up(conn);
    event_del(conn->soon);
    conn->phase = PG_MISFIT;
    pg_pipe_fail(&conn->pipe, true, "shutting down");
    leave(conn);
}
