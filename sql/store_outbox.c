/* SPDX-License-Identifier: ISC */
#include <assert.h>
#include <stdlib.h>

#include "sql/pg_call.h"

struct lease_wait {
    store_lease_cb *cb;
    void *arg;
};

struct settle_wait {
    store_done_cb *cb;
    void *arg;
};

/* The columns of queries/outbox_lease.sql. */
enum {
    LEASE_ID,
    LEASE_MESSAGE_ID,
    LEASE_ENDPOINT,
    LEASE_URL,
    LEASE_SECRET,
    LEASE_TYPE,
    LEASE_CREATED,
    LEASE_DATA,
    LEASE_ATTEMPT,
    LEASE_NEXT_DUE,
    LEASE_LINK_TICKET,
    LEASE_LINK_PARTY,
    LEASE_LINK_GENERATION
};

/* Indexed by enum store_settle: the words of functions/outbox_settle.sql. */
static const char *const settle_words[SETTLE_END] = {
    [SETTLE_DELIVERED] = "delivered",
    [SETTLE_RETRY] = "retry",
    [SETTLE_DEAD] = "dead",
    [SETTLE_GONE] = "gone",
};

static void lease_read(const struct pg_answer *answer, int row, struct store_notification *n)
{
    bool has_link = !pg_is_null(answer, row, LEASE_LINK_TICKET);

    *n = (struct store_notification){
        .id = pg_i64(answer, row, LEASE_ID),
        .message_id = pg_text(answer, row, LEASE_MESSAGE_ID),
        .endpoint = pg_text(answer, row, LEASE_ENDPOINT),
        .url = pg_text(answer, row, LEASE_URL),
        .secret = pg_text(answer, row, LEASE_SECRET),
        .type = pg_text(answer, row, LEASE_TYPE),
        .created = pg_wall(answer, row, LEASE_CREATED),
        .data = pg_text(answer, row, LEASE_DATA),
        .attempt = (uint32_t)pg_i64(answer, row, LEASE_ATTEMPT),
        .link_ticket = pg_i64(answer, row, LEASE_LINK_TICKET),
        .link_party = has_link ? pg_text(answer, row, LEASE_LINK_PARTY) : NULL,
        .link_generation = (int32_t)pg_i64(answer, row, LEASE_LINK_GENERATION),
    };
}

static void on_leased(const struct pg_answer *answer, void *arg)
{
    struct lease_wait wait = *(struct lease_wait *)arg;
    struct wall next_due = {0};
    struct store_notification n;

    free(arg);
    for (int row = 0; row < pg_rows(answer); row++) {
        next_due = pg_wall(answer, row, LEASE_NEXT_DUE);
        if (pg_is_null(answer, row, LEASE_ID))
            continue;
        lease_read(answer, row, &n);
        wait.cb(&n, &answer->status, next_due, wait.arg);
    }
    wait.cb(NULL, &answer->status, next_due, wait.arg);
}

/* The messages are this node's until lease_ms have passed. */
void store_outbox_lease(struct pg_conn *conn, const char *node, uint32_t most, int64_t lease_ms,
                        struct wall now, store_lease_cb *cb, void *arg)
{
    struct lease_wait *wait = malloc(sizeof *wait);
    struct pg_args args = {0};

    if (wait == NULL)
        abort();
    *wait = (struct lease_wait){.cb = cb, .arg = arg};
    pg_arg_text(&args, node);    /* $1 */
    pg_arg_i64(&args, most);     /* $2 */
    pg_arg_i64(&args, lease_ms); /* $3 */
    pg_arg_wall(&args, now);     /* $4 */
    pg_conn_send(conn, STMT_OUTBOX_LEASE, &args, on_leased, wait);
}

static void on_settled(const struct pg_answer *answer, void *arg)
{
    struct settle_wait wait = *(struct settle_wait *)arg;

    free(arg);
    wait.cb(&answer->status, wait.arg);
}

/* STORE_OK too when the lease was somebody else's by then: his settlement counts. */
void store_outbox_settle(struct pg_conn *conn, const struct store_settlement *settlement,
                         struct wall now, store_done_cb *cb, void *arg)
{
    struct settle_wait *wait = malloc(sizeof *wait);
    struct pg_args args = {0};

    if (wait == NULL)
        abort();
    assert(settlement->how > 0 && settlement->how < SETTLE_END);
    *wait = (struct settle_wait){.cb = cb, .arg = arg};
    pg_arg_i64(&args, settlement->id);                 /* $1 */
    pg_arg_text(&args, settlement->node);              /* $2 */
    pg_arg_text(&args, settle_words[settlement->how]); /* $3 */
    pg_arg_i64(&args, settlement->attempt);            /* $4 */
    pg_arg_i64(&args, settlement->http_status);        /* $5 */
    pg_arg_text(&args, settlement->reason);            /* $6 */
    pg_arg_i64(&args, settlement->took_ms);            /* $7 */
    pg_arg_wall(&args, settlement->started);           /* $8 */
    pg_arg_wall(&args, settlement->retry_at);          /* $9 */
    pg_arg_wall(&args, now);                           /* $10 */
    pg_conn_send(conn, STMT_OUTBOX_SETTLE, &args, on_settled, wait);
}
