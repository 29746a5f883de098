/* SPDX-License-Identifier: ISC */
/*
 * api - /api/v1 for programs: tickets and sites as JSON, and the acts that people do on the pages.
 *
 * Described by openapi.yaml beside this file, against which tests/api checks the running server.
 * Every request needs a token (auth.h); a party's token sees and does what is its own, and what is
 * not its own is not there (404). GET only uses the read side of the database.
 */
#ifndef KT_API_H
#define KT_API_H

#include "daemon/web/server.h"

extern const struct web_route api_routes[]; /* arg: struct web_world * */
#endif
