/* SPDX-License-Identifier: ISC */
/* What the parent says, done. */
#include "probes/child_inside.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "probes/agent_frame.h"
#include "probes/icmp.h"

#define SLICE 2000 /* devices looked at in one turn, so that none is long */

/* The index-th order or cancellation of the frame. */
static bool child_take_trial(struct child *child, const struct frame *frame, size_t index,
                             const struct plan_now *now)
{
    struct verify_order order;
    uint64_t ticket;

    if (frame->type == FRAME_VERIFY) {
        if (!frame_get_order(frame, index, &order))
            return false;
        plan_verify(child->plan, now, &order);
        return true;
    }
    if (!frame_get_ticket(frame, index, &ticket))
        return false;
    plan_verify_cancel(child->plan, ticket);
    return true;
}

/* What there is no room for is lost, as the network may lose it too; the parent counts it. */
static bool child_prove(struct child *child, const struct frame *frame, size_t index,
                        const struct plan_now *now)
{
    struct trap_order order;

    if (!frame_get_trap_order(frame, index, &order))
        return false;
    if (child->proven_count < TRAP_ORDERS_MOST)
        engine_prove_trap(child->engine, now->mono, &order, &child->proven[child->proven_count++]);
    return true;
}

static void keep_pingless(struct child *child, const struct link_change *change)
{
    if (child->pingless_count == child->pingless_room) {
        child->pingless_room = child->pingless_room == 0 ? 64 : 2 * child->pingless_room;
        child->pingless =
            reallocarray(child->pingless, child->pingless_room, sizeof *child->pingless);
        if (child->pingless == NULL)
            abort();
    }
    child->pingless[child->pingless_count++] = *change;
}

/* What we may not ping is unknown, not down, and not what it was when it was asked otherwise. That
 * is said when the plan is in force: after the word that it is. */
static void child_take_device(struct child *child, const struct plan_device *device)
{
    struct link_change unknown = {.device_id = device->id,
                                  .state = LINK_UNKNOWN,
                                  .effect = LINK_FX_NONE,
                                  .at = wall_now(),
                                  .vitals = {-1, -1, -1},
                                  .ping = LINK_PING_UNKNOWN,
                                  .gateway_of = device->gateway_of};

    if (device->snmp != PLAN_ICMP || engine_can_echo(child->engine, &device->address)) {
        plan_device(child->plan, device);
        return;
    }
    keep_pingless(child, &unknown);
}

static void child_say_pingless(struct child *child)
{
    for (size_t i = 0; i < child->pingless_count; i++)
        child_tell_change(child, &child->pingless[i]);
    if (child->pingless_count > 0)
        log_warn("probe.no_ping", "devices=%zu state=unknown remedy=\"%s\"", child->pingless_count,
                 ICMP_REMEDY);
    free(child->pingless);
    child->pingless = NULL;
    child->pingless_count = child->pingless_room = 0;
}

/* One record of a plan. False: it makes no sense. */
static bool child_take_plan(struct child *child, const struct frame *frame, size_t i)
{
    struct plan_policy policy;
    struct credential credential;
    struct plan_device device;

    if (frame->type == FRAME_PLAN_BEGIN) {
        if (!frame_get_policy(frame, i, &policy))
            return false;
        child->pingless_count = 0;
        plan_begin(child->plan, &policy);
    } else if (frame->type == FRAME_PLAN_CREDENTIALS) {
        if (!frame_get_credential(frame, i, &credential))
            return false;
        plan_credential(child->plan, &credential);
        explicit_bzero(&credential, sizeof credential);
    } else if (frame->type == FRAME_PLAN_DEVICES) {
        if (!frame_get_device(frame, i, &device))
            return false;
        child_take_device(child, &device);
    } else {
        if (child->taking != 0 || !frame_get_number(frame, i, &child->taking))
            return false; /* it is not heard before the last one is in force */
    }
    return true;
}

bool child_take_on(struct child *child, const struct plan_now *now)
{
    if (child->taking != 0) {
        if (!plan_prepare(child->plan, SLICE))
            return false;
        plan_switch(child->plan, now);
        engine_plan_changed(child->engine);
        child_readings_plan_changed(child->readings, now);
        child->ready_serial = child->taking;
        child_say_pingless(child);
        child->taking = 0;
        child->settling = true;
        return false;
    }
    if (child->settling)
        child->settling =
            !(plan_move_in(child->plan, SLICE) && engine_plan_sweep(child->engine, SLICE) &&
              child_readings_plan_step(child->readings, SLICE));
    return !child->settling;
}

/* False: the frame holds what the parent never sends. */
static bool child_take(struct child *child, const struct frame *frame)
{
    struct plan_now now = child_now();
    struct agent_news news;
    uint32_t number;

    for (size_t i = 0; i < frame->count; i++) {
        switch (frame->type) {
        case FRAME_PLAN_BEGIN:
        case FRAME_PLAN_CREDENTIALS:
        case FRAME_PLAN_DEVICES:
        case FRAME_PLAN_COMMIT:
            if (!child_take_plan(child, frame, i))
                return false;
            break;
        case FRAME_PROBE_NOW:
            if (!frame_get_number(frame, i, &number))
                return false;
            plan_probe_now(child->plan, number); /* not in the plan any more: nobody waits */
            break;
        case FRAME_RENEW:
            if (!frame_get_number(frame, i, &number))
                return false;
            plan_renew(child->plan, &now, number);
            break;
        case FRAME_AGENTS_KNOWN:
            if (!frame_get_agent(frame, i, &news))
                return false;
            engine_agent_know(child->engine, &news, &now);
            break;
        case FRAME_VERIFY:
        case FRAME_VERIFY_CANCEL:
            if (!child_take_trial(child, frame, i, &now))
                return false;
            break;
        case FRAME_TRAP_ORDERS:
            if (!child_prove(child, frame, i, &now))
                return false;
            break;
        case FRAME_STOP:
            plan_flush(child->plan, &now);
            child->ending = true;
            break;
        case FRAME_PROFILES:
            child->settling = true;
            return child_readings_take(child->readings, frame, &now);
        case FRAME_TRAP_LISTEN: /* child_hear() */
        case FRAME_TRAP_ANSWER:
        case FRAME_TRAP_REPLY:
        case FRAME_READINGS:
        case FRAME_TRAPS:
        case FRAME_TRAPS_RAW:
        case FRAME_TRAP_PROVEN:
        case FRAME_TRAP_BEAT:
        case FRAME_READY:
        case FRAME_CHANGES:
        case FRAME_VERDICTS:
        case FRAME_ROLLUPS:
        case FRAME_LEARNED:
        case FRAME_AGENTS:
        case FRAME_BEAT:
        case FRAME_TYPE_END:
            return false;
        }
    }
    return true;
}

/* passed: a descriptor that came with it; only the trap socket does. */
bool child_hear(struct child *child, const struct frame *frame, int passed)
{
    if (frame->type == FRAME_TRAP_LISTEN || frame->type == FRAME_TRAP_ANSWER ||
        frame->type == FRAME_TRAP_REPLY)
        return trap_port_take(&child->traps, child->base, frame, passed, child_replies_read, child);
    return passed < 0 && child_take(child, frame);
}
