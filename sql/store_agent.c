/* SPDX-License-Identifier: ISC */
#include "sql/store_json.h"

/* Said again, it is the same. */
void store_agent_report(struct pg_conn *conn, const char *agents_json, struct wall now,
                        store_json_cb *cb, void *arg)
{
    struct pg_args args = {0};

    pg_arg_text(&args, agents_json); /* $1 */
    pg_arg_wall(&args, now);         /* $2 */
    store_json(conn, STMT_AGENT_REPORT, &args, cb, arg);
}
