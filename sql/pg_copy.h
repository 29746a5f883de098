/* SPDX-License-Identifier: ISC */
/*
 * pg_copy - rows in bulk: one COPY and the statement that takes them over, on a connection of its
 * own that lives as long as that takes.
 *
 * A connection in pipeline mode cannot COPY (libpq 15), so this dials, copies, asks, hangs up; none
 * of it blocks. For sql/store_*.c only.
 */
#ifndef KT_PG_COPY_H
#define KT_PG_COPY_H

#include "sql/pg_call.h"

struct pg_copy;

/* base is borrowed. NULL and err: conninfo is no good (sql/conninfo.h). */
KT_MUST_CHECK struct pg_copy *pg_copy_new(struct event_base *base, const char *conninfo,
                                          struct err *err);
bool pg_copy_is_busy(const struct pg_copy *copy);
/*
 * Sends the bytes (COPY's whole binary format, header and trailer included) by the statement copy,
 * then asks the statement take; on_result hears take's answer, or why it did not come to that: the
 * rows may be there all the same. Only when not busy. bytes are copied.
 */
void pg_copy_send(struct pg_copy *pg, enum stmt copy, const uint8_t *bytes, size_t count,
                  enum stmt take, const struct pg_args *args, pg_result_fn *on_result, void *arg);
void pg_copy_free(struct pg_copy *copy); /* what is under way is answered first; NULL allowed */
#endif
