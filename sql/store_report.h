/* SPDX-License-Identifier: ISC */
/*
 * store_report - what the pages of the monthly report ask of PostgreSQL's read side.
 *
 * Answered once, later, as all calls of sql/store.h. The command line asks the same statement
 * through sql/pg_sync.h.
 */
#ifndef KT_STORE_REPORT_H
#define KT_STORE_REPORT_H

#include "sql/store.h"

/*
 * month "2026-11", by "kecamatan" "site" "party" "cause": the document of
 * functions/report_month.sql, which daemon/report.h reads. STORE_REFUSED with KT422 for others.
 */
void store_report_month(struct pg_conn *read_side, const char *month, const char *by,
                        struct wall now, store_json_cb *cb, void *arg);
#endif
