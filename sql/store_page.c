/* SPDX-License-Identifier: ISC */
#include "sql/store_page.h"

#include <stdlib.h>
#include <string.h>

#include "sql/store_json.h"

struct link_wait {
    store_link_cb *cb;
    void *arg;
};

/* Indexed by enum store_link: the words of functions/link_check.sql. */
static const char *const link_words[STORE_LINK_END] = {
    [STORE_LINK_OK] = "ok",
    [STORE_LINK_DECLINED] = "declined",
    [STORE_LINK_OLD] = "old",
    [STORE_LINK_NONE] = "none",
};

static void on_link(const struct pg_answer *answer, void *arg)
{
    struct link_wait wait = *(struct link_wait *)arg;
    enum store_link link = STORE_LINK_NONE;
    const char *language = "";

    free(arg);
    if (answer->status.rc == STORE_OK) {
        for (enum store_link one = 1; one < STORE_LINK_END; one++)
            if (strcmp(pg_text(answer, 0, 0), link_words[one]) == 0)
                link = one;
        language = pg_text(answer, 0, 1);
    }
    wait.cb(&answer->status, link, language, wait.arg);
}

void store_link_check(struct pg_conn *read_side, int64_t ticket, const char *party,
                      int32_t generation, store_link_cb *cb, void *arg)
{
    struct link_wait *wait = malloc(sizeof *wait);
    struct pg_args args = {0};

    if (wait == NULL)
        abort();
    *wait = (struct link_wait){.cb = cb, .arg = arg};
    pg_arg_i64(&args, ticket);     /* $1 */
    pg_arg_text(&args, party);     /* $2 */
    pg_arg_i64(&args, generation); /* $3 */
    pg_conn_send(read_side, STMT_LINK_CHECK, &args, on_link, wait);
}

void store_ticket_page(struct pg_conn *read_side, int64_t ticket, const char *party,
                       struct wall now, store_json_cb *cb, void *arg)
{
    struct pg_args args = {0};

    pg_arg_i64(&args, ticket); /* $1 */
    pg_arg_text(&args, party); /* $2 */
    pg_arg_wall(&args, now);   /* $3 */
    store_json(read_side, STMT_TICKET_PAGE, &args, cb, arg);
}

void store_ticket_act(struct pg_conn *work_side, const struct store_act *act, struct wall now,
                      store_json_cb *cb, void *arg)
{
    struct pg_args args = {0};

    pg_arg_text(&args, act->ticket); /* $1 */
    pg_arg_text(&args, act->action); /* $2 */
    pg_arg_text(&args, act->actor);  /* $3 */
    pg_arg_text(&args, act->party);  /* $4 */
    pg_arg_text(&args, act->args);   /* $5 */
    pg_arg_wall(&args, now);         /* $6 */
    store_json(work_side, STMT_TICKET_ACT, &args, cb, arg);
}
