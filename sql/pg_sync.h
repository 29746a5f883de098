/* SPDX-License-Identifier: ISC */
/*
 * pg_sync - the blocking twin of pg_conn, for the command line: one statement of queries/, one
 * answer.
 *
 * The owner opens it, asks, and closes it; there is nothing in flight between two calls. Each call
 * is a transaction of its own. It never reconnects and never logs: what went wrong is a sentence in
 * struct err. Every statement that it is given returns one row with one value, mostly JSON.
 */
#ifndef KT_PG_SYNC_H
#define KT_PG_SYNC_H

#include "daemon/base/err.h"
#include "daemon/base/text.h"
#include "sql/pg_args.h"
#include "sql/statements.h"
#include "sql/store.h"

struct pg_sync;

/*
 * NULL: the database is out of reach, or conninfo is no good (err says which). A database with
 * another schema version opens all the same, and refuses every call in words.
 */
KT_MUST_CHECK struct pg_sync *pg_sync_open(const char *conninfo, struct err *err);
/*
 * STORE_OK and the value in out (a NULL value leaves it empty), STORE_REFUSED with words for
 * people, STORE_UNREACHABLE, or STORE_BROKEN for what should not happen. args may be NULL for none.
 */
KT_MUST_CHECK enum store_rc pg_sync_json(struct pg_sync *sync, enum stmt stmt,
                                         const struct pg_args *args, struct text *out,
                                         struct err *err);
void pg_sync_close(struct pg_sync *sync); /* NULL allowed */
#endif
