/* SPDX-License-Identifier: ISC */
/*
 * field_view - a ticket as its party reads it on a phone: from the database's JSON to the page's.
 *
 * Computes only: what is down since when, where, what is affected, who is next, and which forms are
 * shown, in the reader's language. Texts go on as they are; the page escapes them.
 */
#ifndef KT_WEB_FIELD_VIEW_H
#define KT_WEB_FIELD_VIEW_H

#include "daemon/base/clock.h"
#include "daemon/base/json.h"
#include "daemon/web/words.h"

/* A POST that was refused: what was typed, so that nobody types it twice, and why. */
struct field_refusal {
    const char *action;
    const char *cause;
    const char *action_code;
    const char *note;
    const char *sqlstate; /* KT403 KT409 KT412 KT422 KT42K */
    const char *words;    /* the database's own, English */
};

/*
 * ticket: what functions/ticket_page.sql returns. key: begins the idempotency keys of this page's
 * forms, fresh for each page. refusal may be NULL. The caller frees the result.
 */
struct js *field_view(const struct js *ticket, enum words_language language, struct wall now,
                      const char *key, const struct field_refusal *refusal);
#endif
