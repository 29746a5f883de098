/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "sql/pg_call.h"

struct learned_wait {
    store_done_cb *cb;
    void *arg;
};

static void on_taken(const struct pg_answer *answer, void *arg)
{
    struct learned_wait wait = *(struct learned_wait *)arg;

    free(arg);
    wait.cb(&answer->status, wait.arg);
}

/* In the order of the statement's parameters. */
enum column {
    LEARNED_DEVICE,
    LEARNED_OF,
    LEARNED_AT,
    LEARNED_USUAL,
    LEARNED_HABIT,
    LEARNED_RECENT,
    LEARNED_BURST_MILLI,
    LEARNED_BURST_MS,
    LEARNED_SRTT,
    LEARNED_RTTVAR,
    LEARNED_END
};

static int64_t number_of(const struct store_learned *row, enum column column)
{
    switch (column) {
    case LEARNED_DEVICE:
        return row->device_id;
    case LEARNED_OF:
        return row->of;
    case LEARNED_AT:
        return row->at.us;
    case LEARNED_USUAL:
        return row->usual_ppm;
    case LEARNED_HABIT:
        return row->habit_ppm;
    case LEARNED_RECENT:
        return row->recent_ppm;
    case LEARNED_BURST_MILLI:
        return row->burst_milli;
    case LEARNED_BURST_MS:
        return row->burst_ms;
    case LEARNED_SRTT:
        return row->srtt_us;
    case LEARNED_RTTVAR:
        return row->rttvar_us;
    case LEARNED_END:
        break;
    }
    abort();
}

void store_learned_report(struct pg_conn *conn, const struct store_learned *rows, size_t count,
                          store_done_cb *cb, void *arg)
{
    struct learned_wait *wait = malloc(sizeof *wait);
    int64_t *numbers = calloc(count + 1, sizeof *numbers);
    struct pg_args args = {0};

    if (wait == NULL || numbers == NULL)
        abort();
    *wait = (struct learned_wait){.cb = cb, .arg = arg};
    for (int column = LEARNED_DEVICE; column < LEARNED_END; column++) { /* $1 … $10 */
        for (size_t i = 0; i < count; i++)
            numbers[i] = number_of(&rows[i], (enum column)column);
        pg_arg_i64_array(&args, numbers, count);
    }
    pg_conn_send(conn, STMT_LEARNED_REPORT, &args, on_taken, wait);
    pg_args_free(&args);
    free(numbers);
}
