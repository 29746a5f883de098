/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "probes/heartbeat.h"
#include "probes/judge.h"
#include "tests/fuzz/fuzz.h"

/*
 * From a datagram to the state of a link, as the engine and the plan do it. The first byte is how
 * the device is asked; then comes what happens to each probe: a byte with a wait and whether it
 * stays silent, and else two bytes with a length and a datagram. Nobody but an answer to what was
 * asked may bring a device up, and nothing but silence may bring it down.
 */

#define ASKED_ID   0x01020304
#define DEVICE     7
#define CREDENTIAL 3

struct run {
    struct plan *plan;
    struct plan_now now;
    struct plan_probe probe; /* the last that left */
    bool under_way;
    bool answered; /* what is being settled */
    uint32_t random;
};

struct input {
    const uint8_t *at;
    size_t left;
};

static void on_change(const struct link_change *change, void *arg)
{
    const struct run *run = arg;

    fuzz_holds(change->device_id == DEVICE);
    fuzz_holds(change->state > 0 && change->state < LINK_STATE_END);
    fuzz_holds(change->effect > 0 && change->effect < LINK_FX_END);
    fuzz_holds(change->effect != LINK_FX_BEGINS || (!run->answered && change->state == LINK_DOWN));
    fuzz_holds(change->effect != LINK_FX_ENDS || run->answered);
    fuzz_holds(!run->answered || (change->state != LINK_SUSPECT && change->state != LINK_UNKNOWN));
    fuzz_holds(change->vitals.uptime_ticks >= -1 && change->vitals.uptime_ticks <= UINT32_MAX);
    fuzz_holds(change->vitals.host_ticks >= -1 && change->vitals.host_ticks <= UINT32_MAX);
    fuzz_holds(change->vitals.engine_time_s >= -1 && change->vitals.engine_time_s <= INT32_MAX);
}

static bool on_due(const struct plan_probe *probe, void *arg)
{
    struct run *run = arg;

    fuzz_holds(probe->objects != 0 && probe->objects < PLAN_OBJECTS_END);
    fuzz_holds(probe->timeout_ms > 0);
    run->probe = *probe;
    run->under_way = true;
    return true;
}

static uint8_t next_byte(struct input *input)
{
    if (input->left == 0)
        return 0;
    input->left--;
    return *input->at++;
}

static void settle(struct run *run, const struct heartbeat *heartbeat)
{
    struct plan_result result = {
        .device_id = DEVICE,
        .serial = run->probe.serial,
        .probe = {.outcome = heartbeat != NULL ? PROBE_ANSWERED : PROBE_SILENT,
                  .sent_at = run->now.wall,
                  .at = run->now.wall},
        .rtt_us = heartbeat != NULL ? 20000 : -1,
        .vitals = {-1, -1, -1},
    };

    if (heartbeat != NULL) {
        result.vitals = heartbeat->vitals;
        result.dropped = heartbeat->dropped;
        fuzz_holds((heartbeat->dropped & ~run->probe.objects) == 0);
    }
    run->answered = heartbeat != NULL;
    run->under_way = false;
    plan_settle(run->plan, &run->now, &result, run->random += 0x9e3779b9U);
}

/* A datagram that claims to be the answer. Refused, it leaves everything as it is. */
static void hear(struct run *run, struct input *input)
{
    const struct question *question = heartbeat_question(run->probe.objects);
    const struct plan_device *device = plan_find(run->plan, DEVICE);
    struct codec_asked asked = {device->snmp, plan_find_credential(run->plan, CREDENTIAL), question,
                                ASKED_ID};
    size_t count = (size_t)next_byte(input) << 8;
    struct ber_message message;
    struct heartbeat heartbeat;
    struct prober_counters counters;
    enum codec_verdict verdict;
    const uint8_t *at;

    count |= next_byte(input);
    if (count > input->left)
        count = input->left;
    at = input->at;
    input->at += count;
    input->left -= count;
    if (ber_check(at, count, &message) != BER_OK)
        return;
    verdict = judge_reply(&asked, &message);
    fuzz_holds(verdict > 0 && verdict < CODEC_VERDICT_END);
    if (verdict != CODEC_ANSWER) {
        fuzz_holds(codec_refused(&counters, verdict) != NULL);
        return;
    }
    fuzz_holds(message.pdu == BER_PDU_RESPONSE && message.request_id == ASKED_ID);
    fuzz_holds(message.community_bytes == 6 && memcmp(message.community, "kampun", 6) == 0);
    heartbeat = heartbeat_read(device->snmp, question, message.error_status, message.error_index,
                               message.list);
    settle(run, &heartbeat);
}

static void plan_one(struct run *run, enum plan_snmp snmp)
{
    static const struct plan_policy policy = {30000, 1000, 3, 2, 0, 0, 0};
    struct credential credential = {
        .id = CREDENTIAL, .kind = CREDENTIAL_COMMUNITY, .community = "kampun"};
    struct plan_device device = {.id = DEVICE, .snmp = snmp, .credential = CREDENTIAL};

    device.address.any.sa_family = 2;
    plan_begin(run->plan, &policy);
    plan_credential(run->plan, &credential);
    plan_device(run->plan, &device);
    plan_commit(run->plan, &run->now);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct input input = {bytes, count};
    struct run run = {.now = {{US_PER_S}, {INT64_C(1700000000) * US_PER_S}}};
    bool v1 = (next_byte(&input) & 1) != 0;

    run.plan = plan_new(on_change, &run, run.now.mono);
    plan_one(&run, v1 ? PLAN_SNMP_V1 : PLAN_SNMP_V2C);
    for (size_t steps = 0; input.left > 0 && steps < 200; steps++) {
        uint8_t step = next_byte(&input);
        int64_t wait_ms = 20 + (step >> 1) * INT64_C(500);

        run.now.mono = mono_add_ms(run.now.mono, wait_ms);
        run.now.wall = wall_add_ms(run.now.wall, wait_ms);
        plan_due(run.plan, &run.now, 1, on_due, &run);
        if (!run.under_way)
            continue;
        if ((step & 1) != 0)
            hear(&run, &input);
        if (run.under_way)
            settle(&run, NULL);
    }
    plan_free(run.plan);
    return 0;
}
