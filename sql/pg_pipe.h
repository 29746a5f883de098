/* SPDX-License-Identifier: ISC */
/*
 * pg_pipe - the statements that are under way on one libpq connection in pipeline mode.
 *
 * One sync per statement, so answers come in order, each a transaction of its own. Owns the calls,
 * not the connection: pg_conn.c has that and the loop. A callback is only ever called from _hear
 * and _fail; after HEARD_ANSWER the owner looks whether it is still there.
 */
#ifndef KT_PG_PIPE_H
#define KT_PG_PIPE_H

#include "sql/pg_call.h"

struct pg_call;

struct pg_queue {
    struct pg_call *head;
    struct pg_call **tail; /* valid while head is not NULL */
};

/* Zero is empty. */
struct pg_pipe {
    struct pg_queue sent;   /* in the order in which answers come */
    struct pg_queue unsent; /* never left; to be answered "unreachable" */
    size_t pending;
    /* The sessions of this pipe write nothing: one that is asked to is a mistake, no standby. */
    bool read_only;
};

/* How a statement goes out: as text, as its preparation, or prepared; and then its rows may be told
 * as they come, as pg_conn_send_rows() says. */
enum pg_form { FORM_TEXT = 1, FORM_PREPARE, FORM_PREPARED, FORM_ROWS };

/* False: libpq could not take it (PQerrorMessage says why), and it stands among the unsent. */
bool pg_pipe_put(struct pg_pipe *pipe, PGconn *pg, enum pg_form form, enum stmt stmt,
                 const struct pg_args *args, pg_result_fn *on_result, void *arg);
/* Straight to the unsent. */
void pg_pipe_shelve(struct pg_pipe *pipe, enum stmt stmt, pg_result_fn *on_result, void *arg);

enum pg_heard {
    HEARD_NOTHING = 1, /* nobody waits, or more must be read first */
    HEARD_PART,        /* go on */
    HEARD_ANSWER,      /* a callback was called */
    HEARD_NONSENSE     /* libpq and we are out of step */
};

enum pg_heard pg_pipe_hear(struct pg_pipe *pipe, PGconn *pg);
/* What the server said of the statement that waits longest, when it took leave; NULL for nothing.
 */
const char *pg_pipe_last_words(const struct pg_pipe *pipe);
/* Answers the unsent, and with all the sent too, in order: unreachable. */
void pg_pipe_fail(struct pg_pipe *pipe, bool all, const char *why);
#endif
