/* SPDX-License-Identifier: ISC */
/*
 * course_view - the last 24 hours of a link and its readings, drawn and in words.
 *
 * From functions/page_course.sql's JSON to what the page's template takes: paths for small pictures
 * of 24 x 12, and sentences that say the same to those who do not see them. Computes only.
 */
#ifndef KT_WEB_COURSE_VIEW_H
#define KT_WEB_COURSE_VIEW_H

#include "daemon/base/clock.h"
#include "daemon/base/json.h"
#include "daemon/web/words.h"

/*
 * The present hour ends now. {from, to: "14:30"; answered, lost: paths of areas; percent: of
 * probes that were answered; cut: "02:30–04:00, …", hours of which most was lost, the newest
 * four; unknown: a duration; readings [{name, line: a path, last, least, most, unit}]}, what there
 * is not left out. NULL: nothing is known of that day. The caller frees it.
 */
struct js *course_view(const struct js *course, enum words_language language, struct wall now);
#endif
