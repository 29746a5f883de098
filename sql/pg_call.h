/* SPDX-License-Identifier: ISC */
/*
 * pg_call - sending one statement on a pg_conn and reading its rows; for sql/store_*.c only.
 *
 * on_result is called exactly once, later, never from inside pg_conn_send(): with rows, with words
 * when it was refused or broken, or unreachable. It may send again and may free the connection.
 */
#ifndef KT_PG_CALL_H
#define KT_PG_CALL_H

#include <libpq-fe.h>

#include "daemon/base/clock.h"
#include "sql/pg_args.h"
#include "sql/pg_conn.h"
#include "sql/statements.h"
#include "sql/store.h"

/* Borrowed until on_result returns. */
struct pg_answer {
    struct store_status status;
    const PGresult *rows; /* NULL unless status.rc is STORE_OK */
    bool more;            /* another answer follows: pg_conn_send_rows() */
};

typedef void pg_result_fn(const struct pg_answer *answer, void *arg);

/* args may be NULL for none; nothing of it is needed after the call. */
void pg_conn_send(struct pg_conn *conn, enum stmt stmt, const struct pg_args *args,
                  pg_result_fn *on_result, void *arg);
/*
 * The same for a statement of very many rows: they are told as they come, a few in each turn of the
 * loop, and none of them is kept. The last answer, which is not `more`, says how it ended: rows may
 * have come before an error.
 */
void pg_conn_send_rows(struct pg_conn *conn, enum stmt stmt, const struct pg_args *args,
                       pg_result_fn *on_result, void *arg);
/* How long a statement, or a connection, may stay without answer before it is given up; 15 s. */
void pg_conn_set_patience(struct pg_conn *conn, int64_t patience_ms);

/* What a refusal means: KT… are words for people, some codes say "try again", the rest is broken.
 */
enum store_rc pg_meaning(const char *sqlstate);

int pg_rows(const struct pg_answer *answer);
bool pg_is_null(const struct pg_answer *answer, int row, int column);
const char *pg_text(const struct pg_answer *answer, int row, int column); /* null: "" */
int64_t pg_i64(const struct pg_answer *answer, int row, int column);      /* null: 0 */
double pg_real(const struct pg_answer *answer, int row, int column);
bool pg_bool(const struct pg_answer *answer, int row, int column);
struct wall pg_wall(const struct pg_answer *answer, int row, int column); /* null: unset */
#endif
