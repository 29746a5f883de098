/* SPDX-License-Identifier: ISC */
#include "tests/bench/scale_store.h"

#include <stdbool.h>
#include <stdlib.h>

#include "daemon/loop.h"
#include "sql/store_condition.h"

#define ANSWER_MS 1
#define OWED_MOST 4096 /* the flow has some hundred under way */

struct owed {
    struct mono due_at;
    store_fault_cb *on_fault;
    store_done_cb *on_done;
    store_json_cb *on_json;
    void *arg;
};

static struct {
    struct loop *loop;
    struct loop_timer *timer;
    struct owed ring[OWED_MOST]; /* in order of due_at: every answer takes the same time */
    size_t first;
    size_t count;
    struct scale_store_counts counts;
} store;

static void answer(const struct owed *owed)
{
    static const struct store_status ok = {.rc = STORE_OK, .words = ""};
    static const struct store_fault_answer fault = {.ticket = 1, .outcome = "recorded"};

    if (owed->on_fault != NULL)
        owed->on_fault(&ok, &fault, owed->arg);
    else if (owed->on_json != NULL)
        owed->on_json(&ok, "[]", owed->arg);
    else
        owed->on_done(&ok, owed->arg);
}

static void on_due(void *arg)
{
    struct mono now = loop_mono(store.loop);

    (void)arg;
    while (store.count > 0 && store.ring[store.first].due_at.us <= now.us) {
        struct owed owed = store.ring[store.first];

        store.first = (store.first + 1) % OWED_MOST;
        store.count--;
        answer(&owed);
    }
    if (store.count > 0)
        loop_timer_arm(store.timer, ANSWER_MS);
}

static void owe(const struct owed *owed)
{
    if (store.count == OWED_MOST)
        abort(); /* the flow no longer keeps to its bound */
    if (store.count == 0)
        loop_timer_arm(store.timer, ANSWER_MS);
    store.ring[(store.first + store.count) % OWED_MOST] = *owed;
    store.ring[(store.first + store.count++) % OWED_MOST].due_at =
        mono_add_ms(loop_mono(store.loop), ANSWER_MS);
}

void scale_store_open(struct loop *loop)
{
    store.loop = loop;
    store.timer = loop_timer_new(loop, on_due, NULL);
}

void scale_store_close(void)
{
    for (; store.count > 0; store.count--) {
        if (store.ring[store.first].on_fault != NULL)
            free(store.ring[store.first].arg);
        store.first = (store.first + 1) % OWED_MOST;
    }
    loop_timer_free(store.timer);
    store.timer = NULL;
}

void scale_store_counts(struct scale_store_counts *out)
{
    *out = store.counts;
}

/* What the flow asks of PostgreSQL otherwise. */

void store_fault_report(struct pg_conn *conn, const struct store_fault *fault, struct wall now,
                        store_fault_cb *cb, void *arg)
{
    (void)conn;
    (void)now;
    store.counts.faults++;
    store.counts.affected += fault->affected_count;
    owe(&(struct owed){.on_fault = cb, .arg = arg});
}

void store_state_report(struct pg_conn *conn, const char *states_json, struct wall now,
                        store_done_cb *cb, void *arg)
{
    (void)conn;
    (void)states_json;
    (void)now;
    store.counts.states++;
    owe(&(struct owed){.on_done = cb, .arg = arg});
}

void store_condition_report(struct pg_conn *conn, const char *conditions_json, struct wall now,
                            store_done_cb *cb, void *arg)
{
    (void)conn;
    (void)conditions_json;
    (void)now;
    owe(&(struct owed){.on_done = cb, .arg = arg});
}

void store_cause_load(struct pg_conn *conn, struct wall now, store_json_cb *cb, void *arg)
{
    (void)conn;
    (void)now;
    owe(&(struct owed){.on_json = cb, .arg = arg});
}

void store_flapping_load(struct pg_conn *conn, struct wall now, store_json_cb *cb, void *arg)
{
    (void)conn;
    (void)now;
    owe(&(struct owed){.on_json = cb, .arg = arg});
}
