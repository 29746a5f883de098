/* SPDX-License-Identifier: ISC */
/*
 * now_view - what is known of a site at this moment, in words: planned work, and that the poller
 * itself is cut off.
 *
 * From functions/page_now.sql's JSON to what the page's templates take. Computes only.
 */
#ifndef KT_WEB_NOW_VIEW_H
#define KT_WEB_NOW_VIEW_H

#include "daemon/base/clock.h"
#include "daemon/base/json.h"
#include "daemon/web/words.h"

/* {blind: since when, work: {until, windows [{reason, site, by}], the first three}}, what is not
 * left out; the caller frees it. */
struct js *now_view(const struct js *now, enum words_language language);
/* Since when the site has been silent; unset when it is not, or nobody knows. */
struct wall now_silent_since(const struct js *now);
#endif
