/* SPDX-License-Identifier: ISC */
#include "probes/frame_trap.h"
#include "probes/prober_inside.h"
#include "tests/fuzz/frames.h"
#include "tests/fuzz/fuzz.h"

/*
 * What a child says that somebody on a radio link has taken over. The parent of devices 1 to 4 and
 * of a trial hears it; whatever it tells on is of them, and makes sense.
 */

#define DEVICES 4
#define TICKET  123

static void on_change(const struct link_change *change, void *arg)
{
    (void)arg;
    fuzz_holds(change->device_id >= 1 && change->device_id <= DEVICES);
    fuzz_holds(change->state > 0 && change->state < LINK_STATE_END);
    fuzz_holds(change->effect > 0 && change->effect < LINK_FX_END);
    fuzz_holds(change->ping > 0 && change->ping < LINK_PING_END);
    fuzz_holds(change->vitals.uptime_ticks >= -1 && change->vitals.engine_time_s >= -1 &&
               change->vitals.host_ticks >= -1);
}

static void on_ready(void *arg)
{
    (void)arg;
}

static void on_agent(const struct agent_news *news, void *arg)
{
    (void)arg;
    fuzz_holds(news->auth > 0 && news->auth < AUTH_STATE_END);
    fuzz_holds(news->engine_bytes <= BER_ENGINE_MAX);
    fuzz_holds(auth_state_name(news->auth) != NULL);
}

static void on_verified(const struct verify_verdict *verdict, void *arg)
{
    (void)arg;
    fuzz_holds(verdict->ticket == TICKET);
    fuzz_holds(verdict->lost <= verdict->sent);
}

static void on_reading(const struct reading_report *report, void *arg)
{
    (void)arg;
    fuzz_holds(memchr(report->instance, '\0', sizeof report->instance) != NULL);
    fuzz_holds(memchr(report->text, '\0', sizeof report->text) != NULL);
}

static void on_rollup(const struct rollup_record *record, void *arg)
{
    (void)arg;
    fuzz_holds(record->lost <= record->sent);
}

static void plan_some(struct prober *prober)
{
    static const struct plan_policy policy = {30000, 1000, 3, 2, 0, 0, 0};
    struct verify_order order = {.ticket = TICKET, .device_id = 1, .window_ms = 180000};

    plan_copy_begin(prober->copy, &policy);
    for (uint32_t id = 1; id <= DEVICES; id++) {
        struct plan_device device = {.id = id, .snmp = PLAN_SNMP_V3};

        device.address.any.sa_family = 2;
        plan_copy_device(prober->copy, &device);
    }
    plan_copy_commit(prober->copy);
    order.serial = 1;
    verify_copy_order(prober->trials, &order);
}

/* The desk behind them wants a socket; the records have the same to hold. */
static bool hear_traps(const struct frame *frame)
{
    struct trap_report report;
    struct trap_proven proven;
    struct trap_raw raw;

    for (size_t i = 0; i < frame->count; i++) {
        if (frame->type == FRAME_TRAPS && frame_get_trap(frame, i, &report)) {
            fuzz_holds(report.kind > 0 && report.kind < TRAP_KIND_END);
            fuzz_holds(report.oid.bytes <= OID_BYTES_MAX);
        }
        if (frame->type == FRAME_TRAPS_RAW && frame_get_trap_raw(frame, i, &raw))
            fuzz_holds(raw.count > 0 && raw.count <= TRAP_V3_BYTES);
        if (frame->type == FRAME_TRAP_PROVEN && frame_get_trap_proven(frame, i, &proven)) {
            fuzz_holds(proven.proof > 0 && proven.proof < TRAP_PROOF_END);
            fuzz_holds(proven.kind > 0 && proven.kind < TRAP_KIND_END);
            fuzz_holds(proven.oid.bytes <= OID_BYTES_MAX);
            fuzz_holds(proven.reply.count <= TRAP_V3_BYTES);
        }
    }
    return frame->type == FRAME_TRAPS || frame->type == FRAME_TRAPS_RAW ||
           frame->type == FRAME_TRAP_PROVEN;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    static const struct prober_callbacks callbacks = {.on_change = on_change,
                                                      .on_ready = on_ready,
                                                      .on_agent = on_agent,
                                                      .on_verified = on_verified,
                                                      .on_reading = on_reading,
                                                      .on_rollup = on_rollup};
    static struct prober prober;
    struct packets packets = {bytes, count};
    size_t packet;

    prober = (struct prober){.callbacks = &callbacks, .pid = -1, .fd = -1};
    prober.copy = plan_copy_new();
    prober.trials = verify_copy_new();
    prober.agents = agent_book_new();
    plan_some(&prober);
    while (packets_next(&packets, &prober.in, &packet)) {
        bool heard = prober_hear(&prober, packet);

        if (!heard && !(frame_open(&prober.in, packet) && hear_traps(&prober.in)))
            break; /* the child is killed */
    }
    plan_copy_free(prober.copy);
    verify_copy_free(prober.trials);
    agent_book_free(prober.agents);
    return 0;
}
