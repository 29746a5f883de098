/* SPDX-License-Identifier: ISC */
/*
 * notice - the body of a notification: {"type", "timestamp", "data"}.
 *
 * Pure. A ticket.* notification carries exactly the members that the documents promise, whatever
 * the row holds: one that is missing is null, one that is unknown is left out. The same row always
 * gives the same bytes, so a receiver may compare retries. Always under 20 kB: a list of sites that
 * is too long is cut, its count is kept.
 */
#ifndef KT_NOTICE_H
#define KT_NOTICE_H

#include "daemon/base/clock.h"
#include "daemon/base/err.h"
#include "daemon/base/text.h"

#define NOTICE_BYTES_MAX 19999
#define NOTICE_SITES_MAX 50

struct notices;

struct notice {
    const char *type;        /* "ticket.opened" … */
    struct wall owed;        /* when it was owed, not when it is sent */
    const char *data;        /* a JSON object; its url holds a path */
    const char *action_path; /* of the action link, "/t/…"; NULL: none, whatever data says */
    const char *base_url;    /* put in front of those paths; without a slash at the end */
};

/* False: a template has a mistake (name:line). */
KT_MUST_CHECK struct notices *notices_new(struct err *err);
/* out is emptied first. False: data is no JSON object, or there is more text than fits. */
KT_MUST_CHECK bool notice_render(const struct notices *notices, const struct notice *notice,
                                 struct text *out, struct err *err);
void notices_free(struct notices *notices); /* NULL allowed */
#endif
