/* SPDX-License-Identifier: ISC */
#include "daemon/verify.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/base/text.h"
#include "daemon/loop.h"
#include "daemon/verify_words.h"
#include "probes/probers.h"
#include "sql/store_verify.h"

#define LOAD_EVERY_MS   60000 /* what no notification told: a gateway that came later, for one */
#define AGAIN_MS        15000 /* a device that is not in the plan may be in the next */
#define RETRY_MS        1000
#define BROKEN_AGAIN_MS 5000

enum claim_state {
    CLAIM_WAITS = 1, /* to be put on trial */
    CLAIM_ON_TRIAL,
    CLAIM_JUDGED,  /* the database has still to be told */
    CLAIM_TOLD,    /* and has not answered yet */
    CLAIM_REFUSED, /* by the database, for good: only another claim is looked at */
};

struct claim {
    int64_t ticket;
    uint32_t device_id;
    char site[STORE_CODE_MAX];
    struct wall claimed_at;
    enum claim_state state;
    struct mono not_before; /* of the next order, or of the next telling */
    uint32_t interruptions;
    bool seen;                     /* in the answer that is being read */
    struct verify_verdict verdict; /* from CLAIM_JUDGED on */
};

struct verify_flow {
    struct loop *loop;
    struct loop_timer *timer;
    struct pg_conn *conn;
    struct probers *probers;
    int64_t window_ms;
    struct claim *claims; /* few: a linear search finds them */
    size_t count;
    size_t room;
    size_t owed; /* answers that the database owes */
    struct mono load_at;
    bool loading;
    bool load_again; /* woken while it was being read */
    bool database_up;
    bool prober_ready;
    bool stopping;
};

/* Names a claim through its settlement: by then the list may have moved, or have lost it. */
struct settle_wait {
    struct verify_flow *flow;
    int64_t ticket;
    struct wall claimed_at;
};

static void arm(struct verify_flow *flow, int64_t delay_ms)
{
    if (!flow->stopping)
        loop_timer_arm(flow->timer, delay_ms < 0 ? 0 : delay_ms);
}

/* ---- the claims ---- */

static struct claim *find(struct verify_flow *flow, int64_t ticket)
{
    for (size_t i = 0; i < flow->count; i++)
        if (flow->claims[i].ticket == ticket)
            return &flow->claims[i];
    return NULL;
}

static void cancel(struct verify_flow *flow, const struct claim *claim)
{
    if (claim->state == CLAIM_ON_TRIAL)
        probers_verify_cancel(flow->probers, (uint64_t)claim->ticket);
}

static void drop(struct verify_flow *flow, struct claim *claim)
{
    *claim = flow->claims[--flow->count];
}

static struct claim *add(struct verify_flow *flow)
{
    if (flow->count == flow->room) {
        size_t room = flow->room == 0 ? 16 : flow->room * 2;
        struct claim *claims = reallocarray(flow->claims, room, sizeof *claims);

        if (claims == NULL)
            abort();
        flow->claims = claims;
        flow->room = room;
    }
    return &flow->claims[flow->count++];
}

/* A row: a claim that is new, or that is known; or another claim of a ticket that is. */
static void take(struct verify_flow *flow, const struct store_claim *row)
{
    struct claim *claim = find(flow, row->ticket);

    if (claim != NULL && claim->claimed_at.us == row->claimed_at.us &&
        claim->device_id == row->device_id) {
        claim->seen = true;
        return;
    }
    if (claim != NULL)
        cancel(flow, claim);
    else
        claim = add(flow);
    *claim = (struct claim){.ticket = row->ticket,
                            .device_id = row->device_id,
                            .claimed_at = row->claimed_at,
                            .state = CLAIM_WAITS,
                            .seen = true};
    (void)text_copy(claim->site, sizeof claim->site, row->site);
}

/* Cancelled, settled by another daemon, or moved by a person: there is nothing to prove any more.
 */
static void drop_unseen(struct verify_flow *flow)
{
    for (size_t i = flow->count; i-- > 0;) {
        struct claim *claim = &flow->claims[i];

        if (claim->seen)
            continue;
        log_info("verify.gone", "site=%s ticket=%" PRId64, claim->site, claim->ticket);
        cancel(flow, claim);
        drop(flow, claim);
    }
}

static void on_claim_read(const struct store_claim *row, const struct store_status *status,
                          void *arg)
{
    struct verify_flow *flow = arg;
    int64_t again_ms = LOAD_EVERY_MS;

    if (row != NULL) {
        if (!flow->stopping)
            take(flow, row);
        return;
    }
    flow->owed--;
    flow->loading = false;
    if (status->rc != STORE_OK)
        again_ms = BROKEN_AGAIN_MS;
    else if (!flow->stopping)
        drop_unseen(flow);
    if (flow->load_again)
        again_ms = 0;
    flow->load_at = mono_add_ms(loop_mono(flow->loop), again_ms);
    arm(flow, 0);
}

static void load(struct verify_flow *flow)
{
    for (size_t i = 0; i < flow->count; i++)
        flow->claims[i].seen = false;
    flow->loading = true;
    flow->load_again = false;
    flow->owed++;
    store_verify_pending(flow->conn, on_claim_read, flow);
}

/* ---- what became of them ---- */

static void settled(struct verify_flow *flow, struct claim *claim, const char *outcome)
{
    struct text words = {0};

    verify_words(&claim->verdict, &words);
    log_info("verify.settled", "site=%s ticket=%" PRId64 " outcome=%s words=\"%s\"", claim->site,
             claim->ticket, outcome, text_get(&words));
    text_free(&words);
    if (strcmp(outcome, "stale") == 0)
        flow->load_at = loop_mono(flow->loop);
    drop(flow, claim);
}

static void tell_again(struct verify_flow *flow, struct claim *claim, int64_t delay_ms)
{
    claim->state = CLAIM_JUDGED;
    claim->not_before = mono_add_ms(loop_mono(flow->loop), delay_ms);
}

static void on_settled(const struct store_status *status, const char *outcome, void *arg)
{
    struct settle_wait wait = *(struct settle_wait *)arg;
    struct verify_flow *flow = wait.flow;
    struct claim *claim = find(flow, wait.ticket);

    free(arg);
    flow->owed--;
    arm(flow, 0);
    if (claim == NULL || claim->claimed_at.us != wait.claimed_at.us || claim->state != CLAIM_TOLD)
        return; /* the claim that it was about is gone */
    switch (status->rc) {
    case STORE_OK:
        settled(flow, claim, outcome);
        return;
    case STORE_REFUSED:
        log_error("verify.refused", "site=%s ticket=%" PRId64 " reason=\"%s\"", claim->site,
                  claim->ticket, status->words);
        claim->state = CLAIM_REFUSED;
        return;
    case STORE_BROKEN:
        tell_again(flow, claim, BROKEN_AGAIN_MS);
        return;
    case STORE_UNREACHABLE:
    case STORE_RC_END:
        tell_again(flow, claim, RETRY_MS);
        return;
    }
}

static void tell(struct verify_flow *flow, struct claim *claim)
{
    struct settle_wait *wait = calloc(1, sizeof *wait);
    struct text words = {0}, detail = {0};
    const struct verify_verdict *verdict = &claim->verdict;
    struct store_proof proof = {.ticket = claim->ticket,
                                .claimed_at = claim->claimed_at,
                                .passed = verdict->reason == VERIFY_OK,
                                .first_good = verdict->first_good,
                                .reason = verify_reason_name(verdict->reason)};

    if (wait == NULL)
        abort();
    *wait = (struct settle_wait){flow, claim->ticket, claim->claimed_at};
    verify_words(verdict, &words);
    verify_detail(verdict, &detail);
    proof.words = text_get(&words);
    proof.detail = text_get(&detail);
    claim->state = CLAIM_TOLD;
    flow->owed++;
    store_verify_settle(flow->conn, &proof, loop_wall(flow->loop), on_settled, wait);
    text_free(&words);
    text_free(&detail);
}

/* ---- the trial ---- */

static void order(struct verify_flow *flow, struct claim *claim)
{
    struct verify_order given = {.ticket = (uint64_t)claim->ticket,
                                 .device_id = claim->device_id,
                                 .window_ms = flow->window_ms};

    if (claim->interruptions == 0)
        log_info("verify.ordered", "site=%s ticket=%" PRId64 " window_ms=%" PRId64, claim->site,
                 claim->ticket, flow->window_ms);
    claim->state = CLAIM_ON_TRIAL;
    probers_verify(flow->probers, &given);
}

void verify_on_verdict(const struct verify_verdict *verdict, void *arg)
{
    struct verify_flow *flow = arg;
    struct claim *claim = find(flow, (int64_t)verdict->ticket);

    if (claim == NULL || claim->state != CLAIM_ON_TRIAL)
        return; /* gone while the frame was under way */
    claim->not_before = (struct mono){0};
    if (verdict->reason != VERIFY_INTERRUPTED) {
        claim->state = CLAIM_JUDGED;
        claim->verdict = *verdict;
    } else {
        if (claim->interruptions++ == 0)
            log_warn("verify.interrupted", "site=%s ticket=%" PRId64, claim->site, claim->ticket);
        claim->state = CLAIM_WAITS;
        claim->not_before = mono_add_ms(loop_mono(flow->loop), AGAIN_MS);
    }
    arm(flow, 0);
}

/* ---- the clock ---- */

/* What the claim waits for is there; the rest is a matter of time. */
static bool may_move(const struct verify_flow *flow, const struct claim *claim)
{
    if (claim->state == CLAIM_WAITS)
        return flow->prober_ready;
    return claim->state == CLAIM_JUDGED && flow->database_up;
}

static void sooner(struct mono *at, struct mono other)
{
    if (other.us < at->us)
        *at = other;
}

static void rearm(struct verify_flow *flow, struct mono now)
{
    struct mono at = {INT64_MAX};

    if (flow->database_up && !flow->loading)
        sooner(&at, flow->load_at);
    for (size_t i = 0; i < flow->count; i++)
        if (may_move(flow, &flow->claims[i]))
            sooner(&at, flow->claims[i].not_before);
    if (at.us == INT64_MAX)
        loop_timer_disarm(flow->timer);
    else
        arm(flow, (at.us - now.us + US_PER_MS - 1) / US_PER_MS);
}

static void on_due(void *arg)
{
    struct verify_flow *flow = arg;
    struct mono now = loop_mono(flow->loop);

    if (flow->stopping)
        return;
    for (size_t i = 0; i < flow->count; i++) {
        struct claim *claim = &flow->claims[i];

        if (!may_move(flow, claim) || claim->not_before.us > now.us)
            continue;
        if (claim->state == CLAIM_WAITS)
            order(flow, claim);
        else
            tell(flow, claim);
    }
    if (flow->database_up && !flow->loading && flow->load_at.us <= now.us)
        load(flow);
    rearm(flow, now);
}

void verify_on_database(struct verify_flow *flow, bool up)
{
    flow->database_up = up;
    if (!up)
        return;
    flow->load_at = loop_mono(flow->loop);
    for (size_t i = 0; i < flow->count; i++)
        if (flow->claims[i].state == CLAIM_JUDGED)
            flow->claims[i].not_before = (struct mono){0};
    arm(flow, 0);
}

void verify_wake(struct verify_flow *flow)
{
    flow->load_again = flow->loading;
    flow->load_at = loop_mono(flow->loop);
    arm(flow, 0);
}

void verify_on_prober_ready(struct verify_flow *flow)
{
    flow->prober_ready = true;
    for (size_t i = 0; i < flow->count; i++)
        if (flow->claims[i].state == CLAIM_WAITS)
            flow->claims[i].not_before = (struct mono){0};
    arm(flow, 0);
}

/* ---- life ---- */

struct verify_flow *verify_new(struct loop *loop)
{
    struct verify_flow *flow = calloc(1, sizeof *flow);

    if (flow == NULL)
        abort();
    flow->loop = loop;
    flow->timer = loop_timer_new(loop, on_due, flow);
    return flow;
}

void verify_set_database(struct verify_flow *flow, struct pg_conn *conn)
{
    flow->conn = conn;
}

void verify_set_probers(struct verify_flow *flow, struct probers *probers)
{
    flow->probers = probers;
}

void verify_set_window(struct verify_flow *flow, int64_t window_ms)
{
    flow->window_ms = window_ms;
}

size_t verify_count(const struct verify_flow *flow)
{
    return flow->count;
}

void verify_stop(struct verify_flow *flow)
{
    for (size_t i = 0; i < flow->count; i++)
        if (flow->claims[i].state == CLAIM_JUDGED && flow->database_up)
            tell(flow, &flow->claims[i]);
    flow->stopping = true;
    loop_timer_disarm(flow->timer);
}

bool verify_idle(const struct verify_flow *flow)
{
    return flow->owed == 0;
}

void verify_free(struct verify_flow *flow)
{
    if (flow == NULL)
        return;
    loop_timer_free(flow->timer);
    free(flow->claims);
    free(flow);
}
