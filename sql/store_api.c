/* SPDX-License-Identifier: ISC */
#include "sql/store_api.h"

#include "sql/store_json.h"

void store_token_check(struct pg_conn *read_side, const char *hash, struct wall now,
                       store_json_cb *cb, void *arg)
{
    struct pg_args args = {0};

    pg_arg_text(&args, hash); /* $1 */
    pg_arg_wall(&args, now);  /* $2 */
    store_json(read_side, STMT_TOKEN_CHECK, &args, cb, arg);
}

void store_api_tickets(struct pg_conn *read_side, const struct store_tickets_wanted *wanted,
                       store_json_cb *cb, void *arg)
{
    struct pg_args args = {0};

    pg_arg_text(&args, wanted->party); /* $1 */
    pg_arg_text(&args, wanted->state); /* $2 */
    pg_arg_text(&args, wanted->site);  /* $3 */
    if (wanted->before == 0)
        pg_arg_text(&args, NULL); /* $4 */
    else
        pg_arg_i64(&args, wanted->before); /* $4 */
    pg_arg_i64(&args, wanted->limit);      /* $5 */
    store_json(read_side, STMT_API_TICKETS, &args, cb, arg);
}

void store_api_ticket(struct pg_conn *read_side, const char *number, const char *party,
                      struct wall now, store_json_cb *cb, void *arg)
{
    struct pg_args args = {0};

    pg_arg_text(&args, number); /* $1 */
    pg_arg_text(&args, party);  /* $2 */
    pg_arg_wall(&args, now);    /* $3 */
    store_json(read_side, STMT_API_TICKET, &args, cb, arg);
}

void store_api_sites(struct pg_conn *read_side, const char *party, const char *code,
                     struct wall now, store_json_cb *cb, void *arg)
{
    struct pg_args args = {0};

    pg_arg_text(&args, party); /* $1 */
    pg_arg_text(&args, code);  /* $2 */
    pg_arg_wall(&args, now);   /* $3 */
    store_json(read_side, STMT_API_SITES, &args, cb, arg);
}

void store_api_course(struct pg_conn *read_side, const struct store_course_wanted *wanted,
                      struct wall now, store_json_cb *cb, void *arg)
{
    struct pg_args args = {0};

    pg_arg_text(&args, wanted->party); /* $1 */
    pg_arg_text(&args, wanted->code);  /* $2 */
    pg_arg_wall(&args, wanted->from);  /* $3 */
    pg_arg_i64(&args, wanted->step_s); /* $4 */
    pg_arg_i64(&args, wanted->count);  /* $5 */
    pg_arg_wall(&args, now);           /* $6 */
    store_json(read_side, STMT_API_SITE_COURSE, &args, cb, arg);
}
