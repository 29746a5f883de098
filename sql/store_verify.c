/* SPDX-License-Identifier: ISC */
#include "sql/store_verify.h"

#include <stdlib.h>

#include "sql/pg_call.h"

struct claim_wait {
    store_claim_cb *cb;
    void *arg;
};

struct proof_wait {
    store_proof_cb *cb;
    void *arg;
};

static void on_claims(const struct pg_answer *answer, void *arg)
{
    struct claim_wait wait = *(struct claim_wait *)arg;

    free(arg);
    for (int row = 0; row < pg_rows(answer); row++) {
        const struct store_claim claim = {
            .ticket = pg_i64(answer, row, 0),
            .device_id = (uint32_t)pg_i64(answer, row, 1),
            .site = pg_text(answer, row, 2),
            .claimed_at = pg_wall(answer, row, 3),
        };

        wait.cb(&claim, &answer->status, wait.arg);
    }
    wait.cb(NULL, &answer->status, wait.arg);
}

void store_verify_pending(struct pg_conn *conn, store_claim_cb *cb, void *arg)
{
    struct claim_wait *wait = malloc(sizeof *wait);

    if (wait == NULL)
        abort();
    *wait = (struct claim_wait){.cb = cb, .arg = arg};
    pg_conn_send(conn, STMT_VERIFY_PENDING, NULL, on_claims, wait);
}

static void on_settled(const struct pg_answer *answer, void *arg)
{
    struct proof_wait wait = *(struct proof_wait *)arg;

    free(arg);
    wait.cb(&answer->status, answer->status.rc == STORE_OK ? pg_text(answer, 0, 0) : "", wait.arg);
}

void store_verify_settle(struct pg_conn *conn, const struct store_proof *proof, struct wall now,
                         store_proof_cb *cb, void *arg)
{
    struct proof_wait *wait = malloc(sizeof *wait);
    struct pg_args args = {0};

    if (wait == NULL)
        abort();
    *wait = (struct proof_wait){.cb = cb, .arg = arg};
    pg_arg_i64(&args, proof->ticket);      /* $1 */
    pg_arg_wall(&args, proof->claimed_at); /* $2 */
    pg_arg_bool(&args, proof->passed);     /* $3 */
    pg_arg_wall(&args, proof->first_good); /* $4 */
    pg_arg_text(&args, proof->reason);     /* $5 */
    pg_arg_text(&args, proof->words);      /* $6 */
    pg_arg_text(&args, proof->detail);     /* $7 */
    pg_arg_wall(&args, now);               /* $8 */
    pg_conn_send(conn, STMT_VERIFY_SETTLE, &args, on_settled, wait);
}
