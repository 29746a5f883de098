/* SPDX-License-Identifier: ISC */
/*
 * store_copy - rows in bulk, answered with how many of them are new.
 *
 * What the calls of sql/store_history.h and sql/store_reading.h share. For sql/store_*.c only.
 */
#ifndef KT_STORE_COPY_H
#define KT_STORE_COPY_H

#include "sql/copy_rows.h"
#include "sql/pg_call.h"
#include "sql/store_history.h"

/* rows are ended and stay the caller's; take returns one row with one bigint. */
void store_copy(struct pg_copy *pg, enum stmt copy, struct copy_rows *rows, enum stmt take,
                const struct pg_args *args, store_count_cb *cb, void *arg);
#endif
