/* SPDX-License-Identifier: ISC */
#include "probes/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "daemon/base/hash.h"
#include "daemon/base/log.h"
#include "probes/address.h"
#include "probes/codec.h"
#include "probes/dice.h"
#include "probes/udp.h"
#include "probes/wheel.h"

#define BATCHES_MOST   16    /* per call of engine_read() */
#define LATE_MS        10000 /* how long after its time-out an answer is still believed */
#define REFUSED_GAP_US (60 * US_PER_S)

enum family { FAMILY_V4, FAMILY_V6, FAMILIES };

struct request {
    struct wheel_item due; /* first: what the wheel pops is a request */
    int32_t id;
    uint32_t device_id;
    uint32_t serial;
    uint32_t objects;
    struct wall sent_at;
    bool late; /* given up already */
    UT_hash_handle hh;
};

struct engine {
    const struct plan *plan;
    const struct engine_callbacks *callbacks;
    void *arg;
    int fds[FAMILIES]; /* -1: the system has no such family */
    struct event *readable[FAMILIES];
    struct codec *codec;
    struct request *requests; /* by id */
    struct wheel wheel;
    struct dice dice;
    struct prober_counters counters;
    struct log_gate gates[CODEC_VERDICT_END];
    struct udp_batch batch;
};

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct engine *engine = arg;

    (void)fd;
    (void)what;
    engine_read(engine);
    engine->callbacks->on_read(engine->arg);
}

static bool engine_open(struct engine *engine, struct event_base *base, struct err *err)
{
    static const int domains[FAMILIES] = {AF_INET, AF_INET6};

    for (size_t i = 0; i < FAMILIES; i++) {
        engine->fds[i] = udp_open(domains[i], err);
        if (engine->fds[i] < 0)
            continue;
        engine->readable[i] =
            event_new(base, engine->fds[i], EV_READ | EV_PERSIST, on_readable, engine);
        if (engine->readable[i] == NULL || event_add(engine->readable[i], NULL) < 0)
            return err_set(err, "cannot watch a UDP socket");
    }
    return engine->fds[FAMILY_V4] >= 0 || engine->fds[FAMILY_V6] >= 0;
}

struct engine *engine_new(struct event_base *base, const struct plan *plan,
                          const struct engine_callbacks *callbacks, void *arg, struct err *err)
{
    struct engine *engine = calloc(1, sizeof *engine);

    if (engine == NULL)
        abort();
    engine->plan = plan;
    engine->callbacks = callbacks;
    engine->arg = arg;
    engine->fds[FAMILY_V4] = engine->fds[FAMILY_V6] = -1;
    engine->codec = codec_new();
    wheel_init(&engine->wheel, PLAN_TICK_MS, mono_now());
    if (engine_open(engine, base, err))
        return engine;
    engine_free(engine);
    return NULL;
}

static void request_free(struct engine *engine, struct request *request)
{
    wheel_disarm(&request->due);
    HASH_DEL(engine->requests, request);
    free(request);
}

void engine_free(struct engine *engine)
{
    struct request *request, *next;

    if (engine == NULL)
        return;
    HASH_ITER(hh, engine->requests, request, next)
    request_free(engine, request);
    for (size_t i = 0; i < FAMILIES; i++) {
        if (engine->readable[i] != NULL)
            event_free(engine->readable[i]);
        if (engine->fds[i] >= 0)
            close(engine->fds[i]);
    }
    codec_free(engine->codec);
    explicit_bzero(&engine->batch, sizeof engine->batch);
    free(engine);
}

static struct request *request_find(const struct engine *engine, int32_t id)
{
    struct request *request;

    HASH_FIND(hh, engine->requests, &id, sizeof id, request);
    return request;
}

/* Not to be guessed from the ids before it: whoever guesses one may speak for the device. */
static int32_t fresh_id(struct engine *engine)
{
    int32_t id;

    do
        id = (int32_t)(dice_throw(&engine->dice) & INT32_MAX);
    while (id == 0 || request_find(engine, id) != NULL);
    return id;
}

static void request_open(struct engine *engine, const struct plan_probe *probe, int32_t id,
                         const struct plan_now *now, int64_t timeout_ms)
{
    struct request *request = calloc(1, sizeof *request);

    if (request == NULL)
        abort();
    request->id = id;
    request->device_id = probe->device->id;
    request->serial = probe->serial;
    request->objects = probe->objects;
    request->sent_at = now->wall;
    HASH_ADD(hh, engine->requests, id, sizeof request->id, request);
    wheel_arm(&engine->wheel, &request->due, mono_add_ms(now->mono, timeout_ms));
}

bool engine_probe(struct engine *engine, const struct plan_probe *probe, const struct plan_now *now,
                  int64_t timeout_ms)
{
    const struct sockaddr_storage *to = &probe->device->address;
    int fd = engine->fds[to->ss_family == AF_INET6 ? FAMILY_V6 : FAMILY_V4];
    struct codec_asked asked = {probe->device, fresh_id(engine), probe->objects};
    uint8_t bytes[CODEC_REQUEST_MAX];
    size_t count = codec_request(engine->codec, &asked, bytes);
    enum udp_sent sent = count == 0 ? UDP_REFUSED : udp_send(fd, to, bytes, count);

    explicit_bzero(bytes, sizeof bytes);
    if (sent == UDP_FULL)
        return false;
    engine->counters.sent++;
    if (sent == UDP_REFUSED)
        engine->counters.send_failed++;
    request_open(engine, probe, asked.request_id, now, timeout_ms);
    return true;
}

static void refuse(struct engine *engine, enum codec_verdict verdict,
                   const struct sockaddr_storage *from)
{
    struct log_gate *gate = &engine->gates[verdict];
    char text[ADDRESS_TEXT_MAX];

    (*codec_refused(&engine->counters, verdict))++;
    if (!log_gate_pass(gate, mono_now(), REFUSED_GAP_US))
        return;
    log_warn("probe.refused", "reason=%s from=%s held=%u", codec_verdict_name(verdict),
             address_print(from, text), gate->held);
    gate->held = 0;
}

static void settle(struct engine *engine, struct request *request, enum probe_outcome outcome,
                   const struct codec_reply *reply, struct wall at)
{
    struct plan_result result = {
        .device_id = request->device_id,
        .serial = request->serial,
        .probe = {.outcome = outcome, .sent_at = request->sent_at, .at = at},
        .vitals = reply == NULL ? (struct device_vitals){-1, -1} : reply->vitals,
        .dropped = reply == NULL ? 0 : reply->dropped,
    };

    engine->callbacks->on_result(&result, engine->arg);
}

/* request: set with CODEC_ANSWER. A refused datagram leaves everything as it was. */
static enum codec_verdict judge(struct engine *engine, struct udp_datagram *datagram,
                                struct request **request, struct codec_reply *reply)
{
    const struct plan_device *device;
    struct ber_message message;
    enum ber_rc rc = BER_MALFORMED;

    if (!datagram->truncated)
        rc = ber_check(datagram->bytes, datagram->count, &message);
    if (rc != BER_OK)
        return rc == BER_OTHER_VERSION ? CODEC_WRONG_VERSION : CODEC_MALFORMED;
    *request = request_find(engine, message.request_id);
    device = *request == NULL ? NULL : plan_find(engine->plan, (*request)->device_id);
    if (device == NULL)
        return CODEC_WRONG_REQUEST;
    if (!device->reply_from_any && !address_equal(&device->address, &datagram->from))
        return CODEC_WRONG_ADDRESS;
    return codec_judge(engine->codec,
                       &(struct codec_asked){device, (*request)->id, (*request)->objects}, &message,
                       datagram->bytes, datagram->count, reply);
}

static void receive(struct engine *engine, struct udp_datagram *datagram, struct wall at)
{
    struct request *request = NULL;
    struct codec_reply reply;
    enum codec_verdict verdict = judge(engine, datagram, &request, &reply);

    if (verdict != CODEC_ANSWER) {
        refuse(engine, verdict, &datagram->from);
        return;
    }
    if (request->late)
        engine->counters.late++;
    else
        engine->counters.answered++;
    settle(engine, request, PROBE_ANSWERED, &reply, at);
    request_free(engine, request);
}

/* True when the socket is empty. */
static bool read_socket(struct engine *engine, int fd)
{
    for (size_t round = 0; round < BATCHES_MOST; round++) {
        size_t count = udp_receive(fd, &engine->batch);
        struct wall at = wall_now();

        for (size_t i = 0; i < count; i++)
            receive(engine, &engine->batch.datagrams[i], at);
        if (count < UDP_BATCH)
            return true;
    }
    return false;
}

bool engine_read(struct engine *engine)
{
    bool empty = true;

    for (size_t i = 0; i < FAMILIES; i++)
        if (engine->fds[i] >= 0 && !read_socket(engine, engine->fds[i]))
            empty = false;
    return empty;
}

void engine_expire(struct engine *engine, const struct plan_now *now)
{
    struct request *request;

    wheel_turn(&engine->wheel, now->mono);
    while ((request = (struct request *)(void *)wheel_pop(&engine->wheel)) != NULL) {
        if (request->late) {
            request_free(engine, request);
            continue;
        }
        engine->counters.silent++;
        request->late = true;
        wheel_arm(&engine->wheel, &request->due, mono_add_ms(now->mono, LATE_MS));
        settle(engine, request, PROBE_SILENT, NULL, now->wall);
    }
}

void engine_forget_all(struct engine *engine, const struct plan_now *now)
{
    struct request *request, *next;

    HASH_ITER(hh, engine->requests, request, next)
    {
        if (request->late)
            continue;
        engine->counters.forgotten++;
        request->late = true; /* an answer that is still under way remains a sign of life */
        wheel_arm(&engine->wheel, &request->due, mono_add_ms(now->mono, LATE_MS));
        engine->callbacks->on_forgotten(request->device_id, request->serial, engine->arg);
    }
}

bool engine_next_at(const struct engine *engine, struct mono *at)
{
    return wheel_next_at(&engine->wheel, at);
}

void engine_counters(const struct engine *engine, struct prober_counters *out)
{
    *out = engine->counters;
    out->devices = (uint32_t)plan_count(engine->plan);
}
