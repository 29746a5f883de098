/* SPDX-License-Identifier: ISC */
#include <event2/event.h>

#include "daemon/base/log.h"
#include "probes/child_inside.h"
#include "tests/fuzz/frames.h"
#include "tests/fuzz/fuzz.h"

/*
 * What a parent says that is not quite ours. The child takes it or refuses it; a plan that it took
 * can be gone through, with every probe unanswered.
 */

#define ROUNDS 4

static struct child child;

static void on_change(const struct link_change *change, void *arg)
{
    (void)arg;
    fuzz_holds(change->state > 0 && change->state < LINK_STATE_END);
}

static void on_verdict(const struct verify_verdict *verdict, void *arg)
{
    (void)arg;
    fuzz_holds(verdict->lost <= verdict->sent);
}

static void on_rollup(const struct rollup_record *record, void *arg)
{
    (void)arg;
    fuzz_holds(record->lost <= record->sent);
}

static void on_result(const struct engine_result *result, void *arg)
{
    (void)result; /* nothing is ever asked */
    (void)arg;
    abort();
}

static void on_read(void *arg)
{
    (void)arg;
}

/* child_hear.c tells pingless devices by it, and the trap port calls back. */
void child_tell_change(struct child *teller, const struct link_change *change)
{
    on_change(change, teller);
}

void child_replies_read(void *arg)
{
    (void)arg;
}

static bool on_due(const struct plan_probe *probe, void *arg)
{
    struct plan_now *now = arg;
    struct plan_result result = {
        .device_id = probe->device->id,
        .serial = probe->serial,
        .probe = {.outcome = PROBE_SILENT, .sent_at = now->wall, .at = now->wall},
        .rtt_us = -1,
        .vitals = {-1, -1, -1},
    };

    fuzz_holds(probe->timeout_ms > 0 && probe->objects != 0);
    plan_settle(child.plan, now, &result, probe->serial * 0x9e3779b9U);
    return true;
}

static void go_through(struct plan_now now)
{
    for (unsigned round = 0; round < ROUNDS; round++) {
        int64_t wait_ms = plan_policy(child.plan)->interval_ms;

        (void)plan_due(child.plan, &now, 64, on_due, &now);
        plan_sweep(child.plan, &now, 64);
        now.mono = mono_add_ms(now.mono, wait_ms);
        now.wall = wall_add_ms(now.wall, wait_ms);
    }
}

static void set_up(void)
{
    static const struct engine_callbacks callbacks = {on_result, on_result, on_read};
    struct err err;

    log_set_level(LOG_LEVEL_ERROR);
    child = (struct child){.fd = -1, .base = event_base_new()};
    fuzz_holds(child.base != NULL);
    child.plan = plan_new(on_change, &child, mono_now());
    plan_on_verdict(child.plan, on_verdict);
    plan_on_rollup(child.plan, on_rollup);
    child.engine = engine_new(child.base, child.plan, &callbacks, &child, &err);
    fuzz_holds(child.engine != NULL);
}

/* Sockets are dear: one child takes all inputs, and knows nothing between two of them. */
static void forget_all(void)
{
    static const struct plan_policy policy = {30000, 1000, 3, 2, 0, 0, 0};
    struct plan_now now = child_now();

    plan_begin(child.plan, &policy);
    plan_commit(child.plan, &now);
    engine_plan_changed(child.engine);
    child_readings_free(child.readings);
    trap_port_free(child.traps);
    child.readings = child_readings_new(child.plan, child.engine);
    child.traps = NULL;
    child.ready_serial = child.taking = 0;
    child.settling = false;
    child.pingless_count = 0;
}

/* As the loop does: nothing is heard in between. */
static void take_on(void)
{
    struct plan_now now = child_now();

    while (!child_take_on(&child, &now))
        (void)plan_due(child.plan, &now, 1, on_due, &now);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct packets packets = {bytes, count};
    size_t packet;

    if (child.base == NULL)
        set_up();
    forget_all();
    while (packets_next(&packets, &child.frame, &packet))
        if (!frame_open(&child.frame, packet) || !child_hear(&child, &child.frame, -1))
            break; /* the child ends */
        else
            take_on();
    go_through(child_now());
    return 0;
}
