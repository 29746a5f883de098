/* SPDX-License-Identifier: ISC */
/*
 * front - everything that HTTP needs, built and joined: the server, the read side of the database,
 * the pages, who asks, and the routes.
 *
 * Owned by the application, which hands in the working side of the database and a way to gather the
 * figures of /metrics and /readyz. It decides nothing: handlers do, each in a file of its own.
 */
#ifndef KT_FRONT_H
#define KT_FRONT_H

#include <stdbool.h>

#include "daemon/base/err.h"
#include "daemon/config.h"
#include "daemon/courier.h"
#include "daemon/web/ops.h"

struct front;
struct loop;
struct pg_conn;

struct front_parts {
    struct loop *loop;
    const struct config *config; /* borrowed until front_set_config() */
    const char *link_secret;     /* the secrets file's link_key, or NULL */
    struct pg_conn *work;
    void (*gather)(struct ops_figures *figures, void *arg);
    void (*on_misfit)(const char *words, void *arg); /* the schema is another version's */
    void *arg;
};

/* NULL and err: cannot listen, the read side's conninfo is no good, no key for links. */
KT_MUST_CHECK struct front *front_new(const struct front_parts *parts, struct err *err);
void front_set_config(struct front *front, const struct config *config);
bool front_can_read(const struct front *front); /* the read side of the database is there */
/* Makes the action links of notifications; a courier_link_fn whose arg is the front. */
bool front_make_link(const struct courier_link *link, char out[COURIER_LINK_MAX], void *front);
void front_stop(struct front *front);       /* no new connections */
bool front_idle(const struct front *front); /* nobody waits for an answer */
void front_free(struct front *front);       /* NULL allowed */
#endif
