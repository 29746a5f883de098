/* SPDX-License-Identifier: ISC */
/*
 * field - /t/TOKEN: the page on which a party works its ticket, from a phone, without an account.
 *
 * GET shows and changes nothing: it asks the read side only. POST carries one act of the token's
 * party: 303 back to the page, or the page again with why not and what was typed. The token is the
 * proof; it is never logged. Any other link gets a page in two languages that says whom to ask: 404
 * for what was never one of ours, 410 for what no longer is. What the page says is field_view.h.
 */
#ifndef KT_WEB_FIELD_H
#define KT_WEB_FIELD_H

#include "daemon/web/server.h"

extern const struct web_route field_routes[]; /* their arg: a struct web_world */
#endif
