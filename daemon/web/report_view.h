/* SPDX-License-Identifier: ISC */
/*
 * report_view - the month's report as a page shows it: from the database's document to the page's
 * words.
 *
 * Computes only; the figures are those of the document that CSV and JSON are made of
 * (daemon/report.h). Texts go on as they are, the page escapes them.
 */
#ifndef KT_WEB_REPORT_VIEW_H
#define KT_WEB_REPORT_VIEW_H

#include "daemon/base/json.h"
#include "daemon/web/words.h"

/* report: functions/report_month.sql's document. The caller frees the result. */
struct js *report_view(const struct js *report, enum words_language language);
#endif
