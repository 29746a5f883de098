/* SPDX-License-Identifier: ISC */
/*
 * auth - who asks? "Authorization: Bearer TOKEN", or Basic with the token as password.
 *
 * Owned by the application. A good token is remembered for a minute by its hash, never by its text.
 * One that the database does not know is asked of it each time, and a client that keeps sending
 * such ones is told 429 until one of them is forgiven; that never touches a token that was good.
 * Decides only who somebody is and whether his role is among those that are let in.
 */
#ifndef KT_AUTH_H
#define KT_AUTH_H

#include <stdint.h>

#include "daemon/web/server.h"

struct auth;
struct loop;
struct pg_conn;
struct web_world;

enum auth_role { AUTH_ADMIN = 1, AUTH_STAFF = 2, AUTH_AUDITOR = 4, AUTH_PARTY = 8 }; /* a set */
#define AUTH_TEAM (AUTH_ADMIN | AUTH_STAFF) /* who acts for the own team */
#define AUTH_ALL  (AUTH_ADMIN | AUTH_STAFF | AUTH_AUDITOR | AUTH_PARTY)

#define AUTH_PARTY_MAX 64

struct auth_who {
    int64_t token;
    enum auth_role role;
    char party[AUTH_PARTY_MAX]; /* of AUTH_PARTY, else "" */
};

struct auth *auth_new(struct loop *loop);
void auth_free(struct auth *auth); /* NULL allowed */

/*
 * Goes on with go(), now or later, when the token is good and its role is among roles; else the
 * request has been answered (401, 403, 429, 503). who is borrowed until go() returns.
 */
typedef void auth_go_fn(struct web_request *request, const struct auth_who *who, void *arg);
void auth_require(struct web_request *request, struct web_world *world, unsigned roles,
                  auth_go_fn *go, void *arg);
/* The party for which somebody asks, as the store wants it: NULL for all. */
const char *auth_party(const struct auth_who *who);
const char *auth_role_name(enum auth_role role); /* "admin" */
#endif
