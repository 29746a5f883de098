/* SPDX-License-Identifier: ISC */
/*
 * store_json - sending a statement whose answer is one JSON text; for sql/store_*.c only.
 *
 * A typed call builds its struct pg_args and hands it over here: that is the whole of it.
 */
#ifndef KT_STORE_JSON_H
#define KT_STORE_JSON_H

#include "sql/pg_call.h"

/*
 * cb is called once, later: with the first value of the first row, or NULL when that is null, when
 * there is no row, and unless the status is STORE_OK. args may be NULL for none; freed here.
 */
void store_json(struct pg_conn *conn, enum stmt stmt, struct pg_args *args, store_json_cb *cb,
                void *arg);
#endif
