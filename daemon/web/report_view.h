/* SPDX-License-Identifier: ISC */
/*
 * report_view - the monthly report as people read it: from its document to the page's context.
 *
 * Computes only: words for durations, shares in percent, the bars, the months beside it, which rows
 * are worth a line. Figures are cut, not rounded up: what was not reachable all the time never
 * reads 100 %. Texts go on as they are; the page escapes them.
 */
#ifndef KT_WEB_REPORT_VIEW_H
#define KT_WEB_REPORT_VIEW_H

#include "daemon/base/clock.h"
#include "daemon/base/json.h"
#include "daemon/web/words.h"

/*
 * report: see daemon/report.h. language_asked: links keep it. The caller frees the result.
 */
struct js *report_view(const struct js *report, enum words_language language, bool language_asked,
                       struct wall now);
#endif
