/* SPDX-License-Identifier: ISC */
#include "probes/engine.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "daemon/base/log.h"
#include "probes/address.h"
#include "probes/codec.h"
#include "probes/dice.h"
#include "probes/heartbeat.h"
#include "probes/icmp.h"
#include "probes/requests.h"
#include "probes/udp.h"

#define BATCHES_MOST   16    /* per call of engine_read() */
#define LATE_MS        10000 /* how long after its time-out an answer is still believed */
#define REFUSED_GAP_US (60 * US_PER_S)

/* One socket each. */
enum wire { WIRE_V4, WIRE_V6, WIRE_ECHO_V4, WIRE_ECHO_V6, WIRES };

struct engine {
    const struct plan *plan;
    const struct engine_callbacks *callbacks;
    void *arg;
    int fds[WIRES]; /* -1: the system has no such family, or lets us not ping */
    struct event *readable[WIRES];
    struct icmp icmp[WIRES]; /* of the WIRE_ECHO_… */
    struct codec *codec;
    struct requests requests;
    struct wheel wheel;
    struct dice dice;
    struct prober_counters counters;
    struct log_gate gates[CODEC_VERDICT_END];
    struct udp_out out[WIRES];
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

static bool wire_watch(struct engine *engine, struct event_base *base, enum wire wire)
{
    engine->readable[wire] =
        event_new(base, engine->fds[wire], EV_READ | EV_PERSIST, on_readable, engine);
    return engine->readable[wire] != NULL && event_add(engine->readable[wire], NULL) == 0;
}

static bool engine_open(struct engine *engine, struct event_base *base, struct err *err)
{
    static const int domains[WIRES] = {AF_INET, AF_INET6, AF_INET, AF_INET6};

    for (enum wire wire = WIRE_ECHO_V4; wire <= WIRE_ECHO_V6; wire++)
        if (icmp_open(&engine->icmp[wire], domains[wire], err)) /* else only who pings minds */
            engine->fds[wire] = engine->icmp[wire].fd;
    for (enum wire wire = WIRE_V4; wire <= WIRE_V6; wire++)
        engine->fds[wire] = udp_open(domains[wire], err);
    for (enum wire wire = WIRE_V4; wire < WIRES; wire++)
        if (engine->fds[wire] >= 0 && !wire_watch(engine, base, wire))
            return err_set(err, "cannot watch a socket");
    return engine->fds[WIRE_V4] >= 0 || engine->fds[WIRE_V6] >= 0;
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
    for (size_t i = 0; i < WIRES; i++)
        engine->fds[i] = -1;
    engine->codec = codec_new();
    wheel_init(&engine->wheel, PLAN_TICK_MS, mono_now());
    if (engine_open(engine, base, err))
        return engine;
    engine_free(engine);
    return NULL;
}

void engine_free(struct engine *engine)
{
    if (engine == NULL)
        return;
    requests_free(&engine->requests);
    for (size_t i = 0; i < WIRES; i++) {
        if (engine->readable[i] != NULL)
            event_free(engine->readable[i]);
        if (engine->fds[i] >= 0)
            close(engine->fds[i]);
    }
    codec_free(engine->codec);
    explicit_bzero(engine->out, sizeof engine->out);
    explicit_bzero(&engine->batch, sizeof engine->batch);
    free(engine);
}

void engine_plan_changed(struct engine *engine)
{
    codec_forget(engine->codec);
}

/* ---- out ---- */

/* Not to be guessed from the ids before it: whoever guesses one may speak for the device. */
static int32_t fresh_id(struct engine *engine)
{
    int32_t id;

    do
        id = (int32_t)(dice_throw(&engine->dice) & INT32_MAX);
    while (id < CODEC_ID_LEAST || requests_find(&engine->requests, id) != NULL);
    return id;
}

static bool flush(struct engine *engine, enum wire wire)
{
    size_t refused;
    bool done = udp_flush(engine->fds[wire], &engine->out[wire], &refused);

    engine->counters.send_failed += refused;
    return done;
}

void engine_flush(struct engine *engine)
{
    for (size_t i = 0; i < WIRES; i++)
        if (engine->out[i].count > 0)
            (void)flush(engine, (enum wire)i);
}

static enum wire wire_of(const union address *address, const struct question *question)
{
    bool echo = question->kind == QUESTION_ECHO;

    if (address->any.sa_family == AF_INET6)
        return echo ? WIRE_ECHO_V6 : WIRE_V6;
    return echo ? WIRE_ECHO_V4 : WIRE_V4;
}

bool engine_can_echo(const struct engine *engine, const union address *address)
{
    return engine->fds[wire_of(address, heartbeat_echo())] >= 0;
}

/* A place for one more datagram on that wire; NULL while the socket is full. */
static struct udp_outgoing *place_for(struct engine *engine, enum wire wire)
{
    struct udp_out *out = &engine->out[wire];

    if (out->count == UDP_BATCH && !flush(engine, wire))
        return NULL;
    return &out->datagrams[out->count];
}

static void build_echo(struct engine *engine, enum wire wire, struct udp_outgoing *place,
                       struct request *request, const struct plan_device *device)
{
    request->cookie = (uint64_t)dice_throw(&engine->dice) << 32 | dice_throw(&engine->dice);
    icmp_request(&engine->icmp[wire], &device->address, (uint32_t)request->id, request->cookie,
                 place);
}

static void build_snmp(struct engine *engine, struct udp_outgoing *place,
                       const struct request *request, const struct plan_device *device)
{
    struct codec_asked asked = {device->snmp,
                                plan_find_credential(engine->plan, device->credential),
                                request->question, request->id};

    place->count = codec_request(engine->codec, &asked, place->bytes);
    place->to = device->address;
}

/* Fills the place that was found for it; what cannot be built stays unanswered. */
static void post(struct engine *engine, struct udp_outgoing *place, struct request *request,
                 const struct plan_device *device, const struct plan_now *now)
{
    enum wire wire = wire_of(&device->address, request->question);

    if (request->question->kind == QUESTION_ECHO)
        build_echo(engine, wire, place, request, device);
    else
        build_snmp(engine, place, request, device);
    request->sent_at = wall_now();
    engine->counters.sent++;
    if (place->count == 0)
        engine->counters.send_failed++;
    else
        engine->out[wire].count++;
    wheel_arm(&engine->wheel, &request->due, mono_add_ms(now->mono, request->timeout_ms));
}

bool engine_ask(struct engine *engine, const struct engine_ask *ask, const struct plan_now *now)
{
    struct udp_outgoing *place = place_for(engine, wire_of(&ask->device->address, ask->question));
    struct request *request;

    assert(ask->tries > 0 && ask->tries <= UINT16_MAX);
    assert(ask->timeout_ms > 0 && ask->timeout_ms <= UINT32_MAX);
    if (place == NULL)
        return false;
    request = requests_open(&engine->requests, fresh_id(engine), ask);
    post(engine, place, request, ask->device, now);
    request->first_sent_at = request->sent_at;
    return true;
}

/* ---- in ---- */

static void refuse(struct engine *engine, enum codec_verdict verdict, const union address *from)
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

static struct engine_result result_of(const struct request *request, struct wall at)
{
    return (struct engine_result){.device_id = request->device_id,
                                  .snmp = (enum plan_snmp)request->snmp,
                                  .asker = (enum engine_asker)request->asker,
                                  .token = request->token,
                                  .question = request->question,
                                  .sent_at = request->first_sent_at,
                                  .at = at,
                                  .rtt_us = -1};
}

/* request: set with CODEC_ANSWER. A refused datagram leaves everything as it was. */
static enum codec_verdict judge(struct engine *engine, const struct udp_datagram *datagram,
                                struct request **request, struct ber_message *message)
{
    const struct plan_device *device;
    struct codec_asked asked;
    enum ber_rc rc = BER_MALFORMED;

    if (!datagram->truncated)
        rc = ber_check(datagram->bytes, datagram->count, message);
    if (rc != BER_OK)
        return rc == BER_OTHER_VERSION ? CODEC_WRONG_VERSION : CODEC_MALFORMED;
    *request = requests_find(&engine->requests, message->request_id);
    device = *request == NULL ? NULL : plan_find(engine->plan, (*request)->device_id);
    if (device == NULL || (*request)->question->kind == QUESTION_ECHO)
        return CODEC_WRONG_REQUEST;
    if (!device->reply_from_any && !address_equal(&device->address, &datagram->from))
        return CODEC_WRONG_ADDRESS;
    asked =
        (struct codec_asked){device->snmp, plan_find_credential(engine->plan, device->credential),
                             (*request)->question, (*request)->id};
    return judge_reply(&asked, message);
}

/* The ask is answered by this try; what the others of it are still waiting for is over. */
static void answer(struct engine *engine, struct request *request,
                   const struct udp_datagram *datagram, const struct ber_message *message)
{
    struct engine_result result = result_of(request, datagram->at);
    struct request *last = request;

    while (last->newer != 0) {
        struct request *newer = requests_find(&engine->requests, last->newer);

        if (newer == NULL)
            break;
        if (last != request)
            requests_close(&engine->requests, last);
        last = newer;
    }
    result.answered = true;
    result.late = last->late;
    result.rtt_us = datagram->at.us - request->sent_at.us;
    result.error_status = message->error_status;
    result.error_index = message->error_index;
    result.varbinds = message->varbinds;
    result.list = message->list;
    if (result.late)
        engine->counters.late++;
    else
        engine->counters.answered++;
    engine->callbacks->on_result(&result, engine->arg);
    if (last != request)
        requests_close(&engine->requests, last);
    requests_close(&engine->requests, request);
}

static void receive_snmp(struct engine *engine, const struct udp_datagram *datagram)
{
    struct request *request = NULL;
    struct ber_message message;
    enum codec_verdict verdict = judge(engine, datagram, &request, &message);

    if (verdict == CODEC_ANSWER)
        answer(engine, request, datagram, &message);
    else
        refuse(engine, verdict, &datagram->from);
}

static enum codec_verdict judge_echo(struct engine *engine, const struct udp_datagram *datagram,
                                     const struct echo *echo, struct request **request)
{
    const struct plan_device *device;

    *request = echo->key > INT32_MAX ? NULL : requests_find(&engine->requests, (int32_t)echo->key);
    device = *request == NULL ? NULL : plan_find(engine->plan, (*request)->device_id);
    if (device == NULL || (*request)->question->kind != QUESTION_ECHO ||
        (*request)->cookie != echo->cookie)
        return CODEC_WRONG_REQUEST;
    if (!device->reply_from_any && !address_same_host(&device->address, &datagram->from))
        return CODEC_WRONG_ADDRESS;
    return CODEC_ANSWER;
}

static void receive_echo(struct engine *engine, const struct icmp *icmp,
                         const struct udp_datagram *datagram)
{
    const struct ber_message nothing = {.varbinds = 0};
    struct request *request = NULL;
    enum codec_verdict verdict = CODEC_MALFORMED;
    struct echo echo;

    switch (icmp_read(icmp, datagram, &echo)) {
    case ECHO_FOREIGN: /* others of this machine ping as well */
        return;
    case ECHO_REPLY:
        verdict = judge_echo(engine, datagram, &echo, &request);
        break;
    case ECHO_MALFORMED:
    case ECHO_RC_END:
        break;
    }
    if (verdict == CODEC_ANSWER)
        answer(engine, request, datagram, &nothing);
    else
        refuse(engine, verdict, &datagram->from);
}

/* True when the socket is empty. */
static bool read_socket(struct engine *engine, enum wire wire)
{
    for (size_t round = 0; round < BATCHES_MOST; round++) {
        size_t count = udp_receive(engine->fds[wire], &engine->batch);

        for (size_t i = 0; i < count; i++) {
            if (wire >= WIRE_ECHO_V4)
                receive_echo(engine, &engine->icmp[wire], &engine->batch.datagrams[i]);
            else
                receive_snmp(engine, &engine->batch.datagrams[i]);
        }
        if (count < UDP_BATCH)
            return true;
    }
    return false;
}

bool engine_read(struct engine *engine)
{
    bool empty = true;

    for (enum wire wire = WIRE_V4; wire < WIRES; wire++)
        if (engine->fds[wire] >= 0 && !read_socket(engine, wire))
            empty = false;
    return empty;
}

/* ---- time ---- */

static void give_up(struct engine *engine, struct request *request, const struct plan_now *now)
{
    request->late = true; /* an answer that is still under way remains a sign of life */
    wheel_arm(&engine->wheel, &request->due, mono_add_ms(now->mono, LATE_MS));
}

/* False: the socket is full, or the device is gone. */
static bool try_again(struct engine *engine, struct request *request, const struct plan_now *now)
{
    const struct plan_device *device = plan_find(engine->plan, request->device_id);
    struct udp_outgoing *place = NULL;

    if (device != NULL)
        place = place_for(engine, wire_of(&device->address, request->question));
    if (place == NULL)
        return false;
    post(engine, place, requests_again(&engine->requests, fresh_id(engine), request), device, now);
    return true;
}

void engine_expire(struct engine *engine, const struct plan_now *now)
{
    struct request *request;

    wheel_turn(&engine->wheel, now->mono);
    while ((request = (struct request *)(void *)wheel_pop(&engine->wheel)) != NULL) {
        struct engine_result result = result_of(request, now->wall);

        if (request->late) {
            requests_close(&engine->requests, request);
            continue;
        }
        give_up(engine, request, now);
        engine->counters.silent++;
        if (request->tries_left == 0 || !try_again(engine, request, now))
            engine->callbacks->on_result(&result, engine->arg);
    }
}

void engine_forget_all(struct engine *engine, const struct plan_now *now)
{
    struct request *request, *next;

    HASH_ITER(hh, engine->requests.by_id, request, next)
    {
        struct engine_result result = result_of(request, now->wall);

        if (request->late)
            continue;
        engine->counters.forgotten++;
        give_up(engine, request, now);
        engine->callbacks->on_forgotten(&result, engine->arg);
    }
}

bool engine_next_at(const struct engine *engine, struct mono *at)
{
    for (size_t i = 0; i < WIRES; i++)
        if (engine->out[i].count > 0) {
            *at = (struct mono){0}; /* as soon as may be */
            return true;
        }
    return wheel_next_at(&engine->wheel, at);
}

void engine_counters(const struct engine *engine, struct prober_counters *out)
{
    *out = engine->counters;
    out->devices = (uint32_t)plan_count(engine->plan);
}
