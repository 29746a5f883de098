/* SPDX-License-Identifier: ISC */
#include "tests/alerts/fakes.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/courier.h"

#define TIMERS_MAX   8
#define PENDING_MAX  512
#define START_WALL_S INT64_C(1795484400)

struct loop {
    int nothing;
};

struct loop_timer {
    void (*fire)(void *arg);
    void *arg;
    bool armed;
    struct mono at;
};

/* A statement under way. */
struct pending {
    bool is_lease;
    int64_t lease_ms;
    uint32_t most;
    struct wall now;
    store_lease_cb *on_lease;
    struct store_settlement settlement;
    char reason[256];
    store_done_cb *on_done;
    void *arg;
};

struct fakes fakes;
static struct loop the_loop;
static struct loop_timer *timers[TIMERS_MAX];
static struct pending pending[PENDING_MAX];
static size_t pending_count;

void fake_reset(void)
{
    memset(&fakes, 0, sizeof fakes);
    fakes.mono.us = 1000 * US_PER_S;
    fakes.wall.us = START_WALL_S * US_PER_S;
    fakes.random = UINT32_C(1) << 31;
    fakes.most_per_endpoint = 2;
    fakes.settle_rc = STORE_OK;
    pending_count = 0;
}

/* -- loop -- */

struct loop *fake_loop(void)
{
    return &the_loop;
}

struct mono loop_mono(const struct loop *loop)
{
    (void)loop;
    return fakes.mono;
}

struct wall loop_wall(const struct loop *loop)
{
    (void)loop;
    return fakes.wall;
}

uint32_t loop_random(struct loop *loop)
{
    (void)loop;
    return fakes.random;
}

struct loop_timer *loop_timer_new(struct loop *loop, void (*fire)(void *arg), void *arg)
{
    size_t i = 0;

    (void)loop;
    while (timers[i] != NULL)
        i++;
    assert(i < TIMERS_MAX);
    timers[i] = calloc(1, sizeof *timers[i]);
    if (timers[i] == NULL)
        abort();
    timers[i]->fire = fire;
    timers[i]->arg = arg;
    return timers[i];
}

void loop_timer_arm(struct loop_timer *timer, int64_t delay_ms)
{
    timer->armed = true;
    timer->at = mono_add_ms(fakes.mono, delay_ms);
}

void loop_timer_disarm(struct loop_timer *timer)
{
    timer->armed = false;
}

void loop_timer_free(struct loop_timer *timer)
{
    for (size_t i = 0; i < TIMERS_MAX; i++)
        if (timers[i] == timer)
            timers[i] = NULL;
    free(timer);
}

static struct loop_timer *earliest(struct mono until)
{
    struct loop_timer *found = NULL;

    for (size_t i = 0; i < TIMERS_MAX; i++)
        if (timers[i] != NULL && timers[i]->armed && timers[i]->at.us <= until.us &&
            (found == NULL || timers[i]->at.us < found->at.us))
            found = timers[i];
    return found;
}

static void move_to(struct mono at)
{
    fakes.wall.us += at.us - fakes.mono.us;
    fakes.mono = at;
}

void fake_advance(int64_t ms)
{
    struct mono until = mono_add_ms(fakes.mono, ms);
    struct loop_timer *timer;

    while ((timer = earliest(until)) != NULL) {
        move_to(timer->at);
        timer->armed = false;
        timer->fire(timer->arg);
    }
    move_to(until);
}

/* -- outbox -- */

int64_t fake_owe(const char *endpoint, const char *secret)
{
    struct fake_row *row = &fakes.rows[fakes.row_count++];

    assert(fakes.row_count <= FAKE_ROWS_MAX);
    *row = (struct fake_row){
        .id = (int64_t)fakes.row_count, .state = ROW_QUEUED, .next_at = fakes.wall};
    snprintf(row->message_id, sizeof row->message_id, "msg_%zu", fakes.row_count);
    snprintf(row->endpoint, sizeof row->endpoint, "%s", endpoint);
    snprintf(row->secret, sizeof row->secret, "%s", secret);
    snprintf(row->data, sizeof row->data, "{\"seq\":%zu,\"url\":\"/tickets/KT-1\"}",
             fakes.row_count);
    return row->id;
}

struct fake_row *fake_row(int64_t id)
{
    assert(id >= 1 && (size_t)id <= fakes.row_count);
    return &fakes.rows[id - 1];
}

void store_outbox_lease(struct pg_conn *conn, const char *node, uint32_t most, int64_t lease_ms,
                        struct wall now, store_lease_cb *cb, void *arg)
{
    (void)conn;
    (void)node; /* without assertions nobody looks at it */
    assert(strcmp(node, "node:1") == 0 && pending_count < PENDING_MAX);
    fakes.leases++;
    fakes.last_most = most;
    pending[pending_count++] = (struct pending){.is_lease = true,
                                                .lease_ms = lease_ms,
                                                .most = most,
                                                .now = now,
                                                .on_lease = cb,
                                                .arg = arg};
}

void store_outbox_settle(struct pg_conn *conn, const struct store_settlement *settlement,
                         struct wall now, store_done_cb *cb, void *arg)
{
    struct pending *statement = &pending[pending_count++];

    (void)conn;
    assert(strcmp(settlement->node, "node:1") == 0 && pending_count <= PENDING_MAX);
    *statement = (struct pending){.settlement = *settlement, .now = now, .on_done = cb, .arg = arg};
    snprintf(statement->reason, sizeof statement->reason, "%s", settlement->reason);
}

static bool is_due(const struct fake_row *row, struct wall now)
{
    return (row->state == ROW_QUEUED && row->next_at.us <= now.us) ||
           (row->state == ROW_LEASED && row->leased_until.us <= now.us);
}

static uint32_t leased_of(const char *endpoint, struct wall now)
{
    uint32_t count = 0;

    for (size_t i = 0; i < fakes.row_count; i++)
        count += fakes.rows[i].state == ROW_LEASED && fakes.rows[i].leased_until.us > now.us &&
                 strcmp(fakes.rows[i].endpoint, endpoint) == 0;
    return count;
}

static void hand_out(const struct pending *statement, const struct fake_row *row)
{
    static const struct store_status fine = {.rc = STORE_OK};
    struct store_notification n = {.id = row->id,
                                   .message_id = row->message_id,
                                   .endpoint = row->endpoint,
                                   .url = "https://receiver.example/hook",
                                   .secret = row->secret,
                                   .type = "ticket.opened",
                                   .created = {START_WALL_S * US_PER_S},
                                   .data = row->data,
                                   .attempt = row->attempt};

    if (row->link_party[0] != '\0') {
        n.link_ticket = 123;
        n.link_party = row->link_party;
        n.link_generation = 2;
    }

    statement->on_lease(&n, &fine, (struct wall){0}, statement->arg);
}

static struct wall work_out_next_due(void)
{
    struct wall due = {0};

    for (size_t i = 0; i < fakes.row_count; i++) {
        const struct fake_row *row = &fakes.rows[i];
        struct wall at = row->state == ROW_QUEUED ? row->next_at : row->leased_until;

        if ((row->state == ROW_QUEUED || row->state == ROW_LEASED) &&
            (due.us == 0 || at.us < due.us))
            due = at;
    }
    return due;
}

/* lost: the rows are leased, and perhaps handed over, but the end of the answer never came. */
static void run_lease(const struct pending *statement, bool lost)
{
    struct store_status status = {.rc = lost ? STORE_UNREACHABLE : STORE_OK, .words = ""};
    uint32_t taken = 0;

    for (size_t i = 0; i < fakes.row_count && taken < statement->most; i++) {
        struct fake_row *row = &fakes.rows[i];

        if (!is_due(row, statement->now) ||
            leased_of(row->endpoint, statement->now) >= fakes.most_per_endpoint)
            continue;
        row->state = ROW_LEASED;
        row->attempt++;
        row->leased_until = wall_add_ms(statement->now, statement->lease_ms);
        hand_out(statement, row);
        taken++;
    }
    statement->on_lease(NULL, &status,
                        wall_is_set(fakes.next_due) ? fakes.next_due : work_out_next_due(),
                        statement->arg);
}

static void take_settlement(const struct pending *statement)
{
    const struct store_settlement *settlement = &statement->settlement;
    struct fake_row *row = fake_row(settlement->id);
    static const enum fake_row_state states[SETTLE_END] = {[SETTLE_DELIVERED] = ROW_DELIVERED,
                                                           [SETTLE_RETRY] = ROW_QUEUED,
                                                           [SETTLE_DEAD] = ROW_DEAD,
                                                           [SETTLE_GONE] = ROW_GONE};

    if (row->state != ROW_LEASED || row->attempt != settlement->attempt)
        return; /* the lease is another's: false, and nothing changes */
    row->state = states[settlement->how];
    row->settlements++;
    row->settled_at = statement->now;
    if (settlement->how == SETTLE_RETRY)
        row->next_at = settlement->retry_at;
    snprintf(row->reason, sizeof row->reason, "%s", statement->reason);
}

static void run_settle(const struct pending *statement, enum store_rc rc, bool happened)
{
    struct store_status status = {.rc = rc, .words = "words"};

    if (happened)
        take_settlement(statement);
    statement->on_done(&status, statement->arg);
}

static struct pending shift(void)
{
    struct pending first = pending[0];

    pending_count--;
    memmove(pending, pending + 1, pending_count * sizeof *pending);
    return first;
}

size_t fake_pending(void)
{
    return pending_count;
}

void fake_answer(void)
{
    for (size_t left = pending_count; left > 0; left--) {
        struct pending statement = shift();

        if (statement.is_lease)
            run_lease(&statement, false);
        else
            run_settle(&statement, fakes.settle_rc, fakes.settle_rc == STORE_OK);
    }
}

void fake_answer_all(void)
{
    while (pending_count > 0)
        fake_answer();
}

void fake_lose(bool done)
{
    for (size_t left = pending_count; left > 0; left--) {
        struct pending statement = shift();
        struct store_status lost = {.rc = STORE_UNREACHABLE, .words = "gone"};

        if (statement.is_lease && done)
            run_lease(&statement, true);
        else if (statement.is_lease)
            statement.on_lease(NULL, &lost, (struct wall){0}, statement.arg);
        else
            run_settle(&statement, STORE_UNREACHABLE, done);
    }
}

/* -- receivers -- */

void webhook_send(struct webhooks *hooks, const struct webhook_message *message, struct wall now,
                  webhook_done_cb *done, void *arg)
{
    struct fake_send *send = &fakes.sends[fakes.send_count++];

    (void)hooks;
    assert(fakes.send_count <= FAKE_SENDS_MAX);
    *send = (struct fake_send){.at = now, .done = done, .arg = arg};
    snprintf(send->message_id, sizeof send->message_id, "%s", message->message_id);
    snprintf(send->url, sizeof send->url, "%s", message->url);
    snprintf(send->body, sizeof send->body, "%.*s", (int)message->body_bytes, message->body);
    snprintf(send->secret, sizeof send->secret, "%s", message->secret);
    if (message->secret_2 != NULL)
        snprintf(send->secret_2, sizeof send->secret_2, "%s", message->secret_2);
}

size_t fake_open_sends(void)
{
    size_t open = 0;

    for (size_t i = 0; i < fakes.send_count; i++)
        open += !fakes.sends[i].replied;
    return open;
}

void fake_reply(size_t send, int http_status, int64_t retry_after_ms)
{
    struct webhook_outcome outcome = {.http_status = http_status,
                                      .retry_after_ms = retry_after_ms,
                                      .took_ms = 20,
                                      .started = fakes.sends[send].at};

    assert(send < fakes.send_count && !fakes.sends[send].replied);
    fakes.sends[send].replied = true;
    snprintf(outcome.reason, sizeof outcome.reason, "%d", http_status);
    fakes.sends[send].done(&outcome, fakes.sends[send].arg);
}

/* -- the courier -- */

static const char *find_secret(const char *name, void *arg)
{
    (void)arg;
    if (strcmp(name, "one") == 0)
        return "whsec_1";
    if (strcmp(name, "rotating") == 0)
        return "whsec_new  whsec_old";
    return NULL;
}

int fake_set_up(void **state)
{
    struct courier *courier;

    fake_reset();
    courier = courier_new(fake_loop(), NULL, NULL, "node:1", find_secret, NULL);
    courier_set_base_url(courier, "https://base.example");
    *state = courier;
    return 0;
}

int fake_tear_down(void **state)
{
    courier_free(*state);
    fake_lose(false); /* as a connection that is freed does */
    return 0;
}

void fake_database_up(struct courier *courier)
{
    courier_on_database(courier, true);
    fake_answer_all();
}

void fake_database_down(struct courier *courier, bool had_happened)
{
    fake_lose(had_happened);
    courier_on_database(courier, false);
}
