/* SPDX-License-Identifier: ISC */
/*
 * Answers of the store may come after courier_free(), so the parcel or lease that they are about is
 * left to them then, without its courier.
 */
#include "daemon/courier.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alerts/notice.h"
#include "daemon/base/log.h"
#include "daemon/loop.h"
#include "daemon/parcel.h"

#define FALLBACK_MS      5000 /* a NOTIFY may be lost with a connection */
#define SOONEST_MS       100  /* between two questions that no event asks for */
#define LEASE_SPARE_MS   10000
#define SEND_SPARE_MS    5000 /* of the lease, left behind the latest end of an exchange */
#define SETTLE_TRIES     10   /* of a result that the database refuses, before it is let go */
#define SECRET_QUIET_US  (600 * US_PER_S)
#define SECRET_BYTES_MAX 512
#define NODE_MAX         128
#define BASE_URL_MAX     512

/* One question to the outbox. Its rows count only once the end of the answer says that it holds. */
struct lease {
    struct courier *courier; /* NULL: freed meanwhile */
    struct mono ends;
    struct parcel_list rows;
};

struct courier {
    struct loop *loop;
    struct loop_timer *timer;
    struct pg_conn *conn;
    struct webhooks *webhooks;
    courier_secret_fn *secret;
    void *secret_arg;
    courier_link_fn *link; /* NULL: nobody makes links */
    void *link_arg;
    struct notices *notices;
    struct parcel_list parcels; /* oldest first */
    size_t count;
    struct lease *lease; /* under way, or NULL */
    bool wanted;         /* asked for while a lease was under way */
    bool database_up;
    bool stopping;
    int64_t timeout_ms;
    struct log_gate secret_gate;
    struct courier_counters counters; /* the four totals */
    char node[NODE_MAX];
    char base_url[BASE_URL_MAX];
};

static void ask(struct courier *courier);
static void settle(struct parcel *parcel);

static void drop(struct parcel *parcel)
{
    TAILQ_REMOVE(&parcel->courier->parcels, parcel, link);
    parcel->courier->count--;
    parcel_free(parcel);
}

/* -- from an outcome to a settled row -- */

/* The lease may have been renewed under our hands; then the result is told for the new one too. */
static void on_settled_ok(struct parcel *parcel)
{
    struct courier *courier = parcel->courier;

    if (parcel->attempt != parcel->settled_attempt) {
        settle(parcel);
        return;
    }
    drop(parcel);
    ask(courier);
}

/* Not confirmed: kept, and told again by the timer or when the database is back. */
static void on_settled_not(struct parcel *parcel, const struct store_status *status)
{
    parcel->state = PARCEL_UNSETTLED;
    if (status->rc == STORE_UNREACHABLE || ++parcel->settle_tries < SETTLE_TRIES)
        return;
    log_error("courier.unsettled", "id=%" PRId64 " endpoint=%s outcome=%s reason=\"%s\"",
              parcel->id, parcel->endpoint, delivery_verdict_name(parcel->verdict),
              status->words != NULL ? status->words : "");
    drop(parcel);
}

static void on_settled(const struct store_status *status, void *arg)
{
    struct parcel *parcel = arg;

    if (parcel->courier == NULL)
        parcel_free(parcel);
    else if (status->rc == STORE_OK)
        on_settled_ok(parcel);
    else
        on_settled_not(parcel, status);
}

static void settle(struct parcel *parcel)
{
    struct courier *courier = parcel->courier;
    struct store_settlement settlement = parcel_settlement(parcel, courier->node);

    parcel->state = PARCEL_UNSETTLED;
    if (!courier->database_up)
        return;
    parcel->state = PARCEL_SETTLING;
    parcel->settled_attempt = parcel->attempt;
    store_outbox_settle(courier->conn, &settlement, loop_wall(courier->loop), on_settled, parcel);
}

static void settle_again(struct courier *courier)
{
    struct parcel *parcel;

    TAILQ_FOREACH(parcel, &courier->parcels, link)
    {
        if (parcel->state == PARCEL_UNSETTLED)
            settle(parcel);
    }
}

static void count_verdict(struct courier_counters *counters, enum delivery_verdict verdict)
{
    if (verdict == DELIVERY_DELIVERED)
        counters->delivered++;
    else if (verdict == DELIVERY_RETRY)
        counters->retried++;
    else if (verdict == DELIVERY_GONE)
        counters->gone++;
    else
        counters->dead++;
}

static void conclude(struct parcel *parcel, enum delivery_verdict verdict, int64_t retry_in_ms)
{
    struct courier *courier = parcel->courier;

    parcel->verdict = verdict;
    if (verdict == DELIVERY_RETRY)
        parcel->retry_at = wall_add_ms(loop_wall(courier->loop), retry_in_ms);
    count_verdict(&courier->counters, verdict);
    parcel_log(parcel);
    settle(parcel);
}

/* -- sending -- */

static void judge(struct parcel *parcel)
{
    struct delivery_attempt attempt = {.http_status = parcel->outcome.http_status,
                                       .retry_after_ms = parcel->outcome.retry_after_ms,
                                       .number = parcel->attempt};
    int64_t retry_in_ms = 0;
    enum delivery_verdict verdict =
        delivery_judge(&attempt, loop_random(parcel->courier->loop), &retry_in_ms);

    conclude(parcel, verdict, retry_in_ms);
}

static void send_held(struct courier *courier);

static void on_sent(const struct webhook_outcome *outcome, void *arg)
{
    struct parcel *parcel = arg;
    struct courier *courier = parcel->courier;

    parcel->outcome = *outcome;
    judge(parcel);
    send_held(courier);
}

static void fail_without_secret(struct parcel *parcel)
{
    struct courier *courier = parcel->courier;
    char why[REASON_MAX];

    snprintf(why, sizeof why, "the secrets file has no \"%.100s\"; add it and reload",
             parcel->secret);
    if (log_gate_pass(&courier->secret_gate, loop_mono(courier->loop), SECRET_QUIET_US)) {
        log_warn("courier.no_secret", "name=%s endpoint=%s held=%" PRIu32, parcel->secret,
                 parcel->endpoint, courier->secret_gate.held);
        courier->secret_gate.held = 0;
    }
    parcel_fail(parcel, loop_wall(courier->loop), why);
    judge(parcel);
}

/* secrets: "whsec_…" or, while it is rotated, two with a blank between. */
static void send_body(struct parcel *parcel, const char *secrets, const struct text *body)
{
    struct courier *courier = parcel->courier;
    char split[SECRET_BYTES_MAX];
    size_t first = strcspn(secrets, " ");
    const char *second = secrets + first + strspn(secrets + first, " ");
    struct webhook_message message = {.message_id = parcel->message_id,
                                      .url = parcel->url,
                                      .body = text_get(body),
                                      .body_bytes = body->bytes,
                                      .secret = split,
                                      .secret_2 = *second != '\0' ? second : NULL};

    if (first >= sizeof split)
        first = sizeof split - 1; /* too long for a secret, and said so where it is decoded */
    memcpy(split, secrets, first);
    split[first] = '\0';
    parcel->state = PARCEL_SENDING;
    webhook_send(courier->webhooks, &message, loop_wall(courier->loop), on_sent, parcel);
    explicit_bzero(split, sizeof split);
}

static bool make_link(const struct parcel *parcel, char out[COURIER_LINK_MAX])
{
    const struct courier *courier = parcel->courier;
    const struct courier_link link = {.ticket = parcel->link_ticket,
                                      .party = parcel->link_party,
                                      .generation = parcel->link_generation,
                                      .owed = parcel->created};

    return parcel->link_party[0] != '\0' && courier->link != NULL &&
           courier->link(&link, out, courier->link_arg);
}

/* The link is made anew each time and comes out the same, so that nothing has to keep it. */
static bool render(const struct parcel *parcel, struct text *body, struct err *err)
{
    const struct courier *courier = parcel->courier;
    char link[COURIER_LINK_MAX];
    struct notice notice = {.type = parcel->type,
                            .owed = parcel->created,
                            .data = parcel->data,
                            .action_path = make_link(parcel, link) ? link : NULL,
                            .base_url = courier->base_url};
    bool rendered = notice_render(courier->notices, &notice, body, err);

    explicit_bzero(link, sizeof link);
    return rendered;
}

static void send_one(struct parcel *parcel)
{
    struct courier *courier = parcel->courier;
    const char *secrets = courier->secret(parcel->secret, courier->secret_arg);
    struct text body = {0};
    struct err err;

    if (secrets == NULL) {
        fail_without_secret(parcel);
    } else if (!render(parcel, &body, &err)) {
        /* It would fail the same way again. */
        parcel_fail(parcel, loop_wall(courier->loop), err.text);
        conclude(parcel, DELIVERY_DEAD, 0);
    } else {
        send_body(parcel, secrets, &body);
    }
    text_free(&body);
}

/* A row that waited too long is left to its lease: another node may have it before it is sent. */
static void send_held(struct courier *courier)
{
    struct mono needed = mono_add_ms(loop_mono(courier->loop), courier->timeout_ms + SEND_SPARE_MS);
    struct parcel *parcel = TAILQ_FIRST(&courier->parcels);

    while (parcel != NULL) {
        struct parcel *next = TAILQ_NEXT(parcel, link);

        if (parcel->state == PARCEL_HELD &&
            (courier->stopping || needed.us > parcel->lease_ends.us))
            drop(parcel);
        else if (parcel->state == PARCEL_HELD &&
                 parcels_count(&courier->parcels, PARCEL_SENDING, parcel->endpoint) <
                     COURIER_MOST_PER_ENDPOINT)
            send_one(parcel);
        parcel = next;
    }
}

/* -- leasing -- */

/* The lease of a row that is in hand already ran out; its result goes for the new one as well. */
static void take_row(struct courier *courier, struct parcel *row, struct mono lease_ends)
{
    struct parcel *known = parcels_find(&courier->parcels, row->id);

    if (known == NULL) {
        row->lease_ends = lease_ends;
        TAILQ_INSERT_TAIL(&courier->parcels, row, link);
        courier->count++;
        return;
    }
    known->attempt = row->attempt;
    if (known->state == PARCEL_HELD)
        known->lease_ends = lease_ends;
    else if (known->state == PARCEL_UNSETTLED)
        settle(known);
    parcel_free(row);
}

static void take_rows(struct courier *courier, struct lease *lease)
{
    struct parcel *row;

    while ((row = TAILQ_FIRST(&lease->rows)) != NULL) {
        TAILQ_REMOVE(&lease->rows, row, link);
        take_row(courier, row, lease->ends);
    }
}

static void lease_free(struct lease *lease)
{
    parcels_free(&lease->rows);
    free(lease);
}

/* Stopped, it goes on for as long as a result is to be told again. */
static void arm(struct courier *courier, struct wall next_due)
{
    int64_t delay_ms = FALLBACK_MS;

    if (courier->stopping && courier->count == 0)
        return;
    if (wall_is_set(next_due))
        delay_ms = wall_diff_ms(next_due, loop_wall(courier->loop));
    if (delay_ms < SOONEST_MS)
        delay_ms = SOONEST_MS;
    loop_timer_arm(courier->timer, delay_ms < FALLBACK_MS ? delay_ms : FALLBACK_MS);
}

static void on_lease_end(struct courier *courier, struct lease *lease, bool holds,
                         struct wall next_due)
{
    courier->lease = NULL;
    if (holds) {
        take_rows(courier, lease);
        send_held(courier);
    }
    lease_free(lease);
    arm(courier, holds ? next_due : (struct wall){0});
    if (holds && courier->wanted)
        ask(courier);
}

static void on_leased(const struct store_notification *n, const struct store_status *status,
                      struct wall next_due, void *arg)
{
    struct lease *lease = arg;

    if (n != NULL) {
        struct parcel *row = parcel_new(lease->courier, n);

        TAILQ_INSERT_TAIL(&lease->rows, row, link);
    } else if (lease->courier == NULL) {
        lease_free(lease);
    } else {
        on_lease_end(lease->courier, lease, status->rc == STORE_OK, next_due);
    }
}

static void ask(struct courier *courier)
{
    int64_t lease_ms = courier->timeout_ms + LEASE_SPARE_MS;
    struct lease *lease;

    courier->wanted = courier->lease != NULL;
    if (!courier->database_up || courier->stopping || courier->lease != NULL ||
        courier->count >= COURIER_MOST)
        return;
    lease = calloc(1, sizeof *lease);
    if (lease == NULL)
        abort();
    lease->courier = courier;
    lease->ends = mono_add_ms(loop_mono(courier->loop), lease_ms);
    TAILQ_INIT(&lease->rows);
    courier->lease = lease;
    store_outbox_lease(courier->conn, courier->node, (uint32_t)(COURIER_MOST - courier->count),
                       lease_ms, loop_wall(courier->loop), on_leased, lease);
}

static void on_timer(void *arg)
{
    struct courier *courier = arg;

    settle_again(courier);
    send_held(courier);
    ask(courier);
    arm(courier, (struct wall){0});
}

/* -- life -- */

struct courier *courier_new(struct loop *loop, struct pg_conn *conn, struct webhooks *webhooks,
                            const char *node, courier_secret_fn *secret, void *arg)
{
    struct courier *courier = calloc(1, sizeof *courier);
    struct err err;

    if (courier == NULL)
        abort();
    *courier = (struct courier){.loop = loop,
                                .conn = conn,
                                .webhooks = webhooks,
                                .secret = secret,
                                .secret_arg = arg,
                                .timeout_ms = 20000};
    TAILQ_INIT(&courier->parcels);
    snprintf(courier->node, sizeof courier->node, "%s", node);
    courier->notices = notices_new(&err);
    if (courier->notices == NULL) {
        log_error("courier.template", "reason=\"%s\"", err.text);
        abort(); /* they are part of this program, and a test parses them */
    }
    courier->timer = loop_timer_new(loop, on_timer, courier);
    arm(courier, (struct wall){0});
    return courier;
}

void courier_set_links(struct courier *courier, courier_link_fn *make, void *arg)
{
    courier->link = make;
    courier->link_arg = arg;
}

void courier_set_base_url(struct courier *courier, const char *base_url)
{
    snprintf(courier->base_url, sizeof courier->base_url, "%s", base_url);
}

void courier_set_timeout(struct courier *courier, int64_t timeout_ms)
{
    courier->timeout_ms = timeout_ms;
}

void courier_on_database(struct courier *courier, bool up)
{
    courier->database_up = up;
    if (!up)
        return;
    settle_again(courier); /* in front of the lease, so that nothing settled is leased again */
    ask(courier);
}

void courier_wake(struct courier *courier)
{
    ask(courier);
}

void courier_counters(const struct courier *courier, struct courier_counters *out)
{
    *out = courier->counters;
    out->in_flight = parcels_count(&courier->parcels, PARCEL_SENDING, NULL);
    out->unsettled = parcels_count(&courier->parcels, PARCEL_SETTLING, NULL) +
                     parcels_count(&courier->parcels, PARCEL_UNSETTLED, NULL);
}

void courier_stop(struct courier *courier)
{
    courier->stopping = true;
    send_held(courier);
}

bool courier_idle(const struct courier *courier)
{
    return courier->count == 0 && courier->lease == NULL;
}

void courier_free(struct courier *courier)
{
    struct parcel *parcel;

    if (courier == NULL)
        return;
    loop_timer_free(courier->timer);
    if (courier->lease != NULL)
        courier->lease->courier = NULL;
    while ((parcel = TAILQ_FIRST(&courier->parcels)) != NULL) {
        TAILQ_REMOVE(&courier->parcels, parcel, link);
        parcel->courier = NULL;
        if (parcel->state != PARCEL_SETTLING)
            parcel_free(parcel); /* the store owes no answer about it */
    }
    notices_free(courier->notices);
    free(courier);
}
