/* SPDX-License-Identifier: ISC */
#include "sql/store_report.h"

#include "sql/store_json.h"

/* Set-based: a month of 100,000 tickets is one statement of a few seconds. */
void store_report_month(struct pg_conn *read_side, const char *month, const char *by,
                        struct wall now, store_json_cb *cb, void *arg)
{
    struct pg_args args = {0};

    pg_arg_text(&args, month); /* $1 */
    pg_arg_text(&args, by);    /* $2 */
    pg_arg_wall(&args, now);   /* $3 */
    store_json(read_side, STMT_REPORT_MONTH, &args, cb, arg);
}
