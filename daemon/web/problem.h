/* SPDX-License-Identifier: ISC */
/*
 * problem - an error as a program reads it: application/problem+json (RFC 9457).
 *
 * Stateless. The words are for people; "type" is about:blank, so "title" is HTTP's word for the
 * status, and "code" is ours where SQL gave one ("KT409").
 */
#ifndef KT_PROBLEM_H
#define KT_PROBLEM_H

#include "daemon/web/server.h"
#include "sql/store.h"

/* Replies. code NULL: none. headers: further ones, ended by one without a name, or NULL. */
void problem_reply(struct web_request *request, int status, const char *code, const char *detail,
                   const struct web_header *headers);
/* What became of a call of the store that is not STORE_OK. */
void problem_reply_store(struct web_request *request, const struct store_status *status);
/* The HTTP status of it: KT403 403, KT404 404, KT409 409, KT412 412, KT422 and KT42K 422, away 503,
 * else 500. */
int problem_status(const struct store_status *status);
const char *problem_title(int status); /* "Conflict" */
#endif
