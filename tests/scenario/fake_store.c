/* SPDX-License-Identifier: ISC */
/*
 * The database of a scenario: keeps each site's open outage, and a list of what it came to know. It
 * judges nothing (tickets are the ticket brain's, tested in tests/sql); a report is a report.
 */
#include "tests/scenario/world.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sql/store.h"

#define ANSWER_US 3000
#define OWED_MAX  65536

struct owed {
    int64_t due_us;
    store_fault_cb *on_fault;
    store_done_cb *on_done;
    void *arg;
};

static struct owed owed[OWED_MAX]; /* in order of due_us: every answer takes the same time */
static size_t owed_count;

static void owe(store_fault_cb *on_fault, store_done_cb *on_done, void *arg)
{
    assert(owed_count < OWED_MAX);
    owed[owed_count++] = (struct owed){.due_us = world_here()->now_us + ANSWER_US,
                                       .on_fault = on_fault,
                                       .on_done = on_done,
                                       .arg = arg};
}

static void note(const char *what, const struct store_fault *fault, struct wall of)
{
    struct world *world = world_here();
    struct world_event *event = &world->events[world->event_count++];

    assert(world->event_count < WORLD_EVENTS_MAX);
    *event = (struct world_event){.at_ms = world->now_us / US_PER_MS,
                                  .of_ms = world_ms(of),
                                  .affected = fault->affected_count};
    memccpy(event->what, what, '\0', sizeof event->what);
    memccpy(event->site, fault->site, '\0', sizeof event->site);
    memccpy(event->root, fault->root, '\0', sizeof event->root);
}

/* Idempotent by site and first_bad, as fault_report() is. */
static void commit(const struct store_fault *fault)
{
    struct world_site *site = world_site(fault->site);
    bool same = site->has_outage && site->first_bad.us == fault->first_bad.us;

    if (!same || strcmp(site->outage_root, fault->root) != 0)
        note("outage", fault, fault->first_bad);
    site->has_outage = !wall_is_set(fault->restored);
    memccpy(site->outage_root, fault->root, '\0', sizeof site->outage_root);
    site->last_good = fault->last_good;
    site->first_bad = fault->first_bad;
    site->detected = fault->detected;
    if (wall_is_set(fault->restored))
        note("restored", fault, fault->restored);
}

void store_fault_report(struct pg_conn *conn, const struct store_fault *fault, struct wall now,
                        store_fault_cb *cb, void *arg)
{
    (void)conn;
    (void)now;
    assert(!world_here()->database_away);
    commit(fault);
    owe(cb, NULL, arg);
}

void store_state_report(struct pg_conn *conn, const char *states_json, struct wall now,
                        store_done_cb *cb, void *arg)
{
    (void)conn;
    (void)states_json;
    (void)now;
    owe(NULL, cb, arg);
}

static void answer(const struct owed *to, const struct store_status *status)
{
    struct store_fault_answer fault = {.ticket = 1, .outcome = "recorded"};

    if (to->on_fault != NULL)
        to->on_fault(status, &fault, to->arg);
    else
        to->on_done(status, to->arg);
}

bool fake_store_next(int64_t *us)
{
    if (owed_count == 0)
        return false;
    *us = owed[0].due_us;
    return true;
}

void fake_store_run_due(void)
{
    static const struct store_status ok = {.rc = STORE_OK, .words = ""};

    while (owed_count > 0 && owed[0].due_us <= world_here()->now_us) {
        struct owed first = owed[0];

        memmove(owed, owed + 1, --owed_count * sizeof owed[0]);
        answer(&first, &ok);
    }
}

void fake_store_forget(bool answered)
{
    static const struct store_status gone = {.rc = STORE_UNREACHABLE, .words = "away"};

    while (owed_count > 0) {
        struct owed last = owed[--owed_count];

        if (answered)
            answer(&last, &gone);
        else if (last.on_fault != NULL)
            free(last.arg); /* the daemon's memory died with it */
    }
}
