/* SPDX-License-Identifier: ISC */
/*
 * report - the monthly report as files: what can be asked for, and its document as CSV.
 *
 * Pure and stateless. The document is that of sql/functions/report_month.sql: {schema, month, by,
 * zone, since, until, rows}; command line and pages show the same one, so they cannot disagree. A
 * row has the keys of report_columns and no others; "total" is the last row's group.
 */
#ifndef KT_REPORT_H
#define KT_REPORT_H

#include <stdbool.h>

#include "daemon/base/json.h"
#include "daemon/base/text.h"

/* "group", "name", "n" …: the header of the CSV and the keys of the rows, NULL at the end. */
extern const char *const report_columns[];
/* "kecamatan", "site", "party", "cause", NULL at the end; the first is what is shown unasked. */
extern const char *const report_groups[];

/* "2026-11", from 1900 on. */
bool report_is_month(const char *month);
/* 2026 and 11 of it; false when it is no month. */
bool report_month_parts(const char *month, int *year, int *number);
bool report_is_group(const char *by);
/* The month that many months later; month is one, and stays within what is_month() takes: else "".
 */
void report_month_after(const char *month, int months, char out[8]);

/*
 * RFC 4180 with a header: comma, dot, LF, a field without a value empty. A text that a spreadsheet
 * would take for a formula (it begins with = + - @, a tab or a return) gets an apostrophe in front,
 * which shows in the cell and does no harm.
 */
void report_csv(const struct js *report, struct text *out);
#endif
