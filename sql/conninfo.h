/* SPDX-License-Identifier: ISC */
/*
 * conninfo - a connection string, taken apart, checked, and completed with what we insist on.
 *
 * A value: _init from text, _set, _connect or _start, _free. A host name is refused in words,
 * because libpq would look it up while the loop stands still; a Unix socket or an address is what
 * it takes. What the text does not set gets our time-outs, so a server that vanished is noticed.
 */
#ifndef KT_CONNINFO_H
#define KT_CONNINFO_H

#include <stdbool.h>
#include <libpq-fe.h>

#include "daemon/base/err.h"

#define CONNINFO_MAX 64

struct conninfo {
    char *key[CONNINFO_MAX + 1]; /* NULL ends both lists */
    char *value[CONNINFO_MAX + 1];
};

/* On false nothing is to be freed. */
KT_MUST_CHECK bool conninfo_init(struct conninfo *info, const char *text, struct err *err);
const char *conninfo_get(const struct conninfo *info, const char *key);       /* NULL: not set */
void conninfo_set(struct conninfo *info, const char *key, const char *value); /* NULL removes */
PGconn *conninfo_start(const struct conninfo *info); /* PQconnectStart; NULL when memory is out */
/* Blocks, at most as long as connect_timeout. NULL and err: out of reach. */
KT_MUST_CHECK PGconn *conninfo_connect(const struct conninfo *info, struct err *err);
void conninfo_free(struct conninfo *info);

/* libpq's message as one line without the newline at its end. */
void conninfo_words(const PGconn *pg, char *out, size_t out_bytes);
/* Any text of the server as one line. */
void conninfo_one_line(const char *text, char *out, size_t out_bytes);
#endif
