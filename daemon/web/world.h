/* SPDX-License-Identifier: ISC */
/*
 * world - what every page and API handler may use: the two sides of the database, the pages'
 * templates, the settings, the clock. Built by the application, borrowed by the handlers.
 */
#ifndef KT_WEB_WORLD_H
#define KT_WEB_WORLD_H

#include "daemon/base/clock.h"
#include "daemon/config.h"

struct auth;
struct loop;
struct pages;
struct pg_conn;

struct web_world {
    struct loop *loop;
    struct pg_conn *work;        /* acts; POST only */
    struct pg_conn *read;        /* READ ONLY */
    const struct config *config; /* changes with a reload: read it in each request */
    struct pages *pages;         /* daemon/web/page.h */
    struct auth *auth;           /* daemon/web/auth.h */
    const char *link_key;        /* daemon/web/link_token.h */
    size_t link_key_bytes;
    unsigned courses; /* histories under way on the read side */
};
#endif
