/* SPDX-License-Identifier: ISC */
#include "probes/engine_inside.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "probes/heartbeat.h"

#define ROOM_MOST 1024  /* of a tick, beyond which answers come in batches by themselves */
#define LATE_MS   10000 /* how long after its time-out an answer is still believed */
/* Finer than the ticks in which we wake up: a time-out is not rounded up twice. One turn of the
 * wheel is longer than LATE_MS. */
#define TIMEOUT_TICK_MS 4

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct engine *engine = arg;

    (void)fd;
    (void)what;
    (void)engine_take_in(engine);
    engine->callbacks->on_read(engine->arg);
}

static bool wire_watch(struct engine *engine, struct event_base *base, enum wire wire)
{
    engine->readable[wire] =
        event_new(base, engine->fds[wire], EV_READ | EV_PERSIST, on_readable, engine);
    if (udp_room(engine->fds[wire]) < engine->room)
        engine->room = udp_room(engine->fds[wire]);
    return engine->readable[wire] != NULL && event_add(engine->readable[wire], NULL) == 0;
}

/* As many came, or may come, as a socket keeps for sure. */
static bool is_much(const struct engine *engine, const struct engine_traffic *traffic)
{
    return traffic->asked >= engine->room || traffic->heard >= engine->room;
}

void engine_watch(struct engine *engine, bool read_soon)
{
    bool watch = !read_soon || is_much(engine, &engine->now) || is_much(engine, &engine->before);

    if (watch == engine->watching)
        return;
    engine->watching = watch;
    for (size_t i = 0; i < WIRES; i++) {
        if (engine->readable[i] == NULL)
            continue;
        if (watch)
            event_add(engine->readable[i], NULL);
        else
            event_del(engine->readable[i]);
    }
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
    engine->watching = true;
    engine->room = ROOM_MOST;
    for (size_t i = 0; i < WIRES; i++)
        engine->fds[i] = -1;
    engine->codec = codec_new();
    engine->usm = usm_wire_new();
    wheel_init(&engine->wheel, TIMEOUT_TICK_MS, mono_now());
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
    usm_wire_free(engine->usm);
    explicit_bzero(engine->out, sizeof engine->out);
    explicit_bzero(&engine->batch, sizeof engine->batch);
    free(engine);
}

void engine_plan_changed(struct engine *engine)
{
    codec_forget(engine->codec);
    usm_wire_plan(engine->usm, engine->plan);
    engine->keys_missing = true;
}

bool engine_plan_sweep(struct engine *engine, size_t most)
{
    return usm_wire_sweep(engine->usm, engine->plan, most);
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

bool engine_is_v3(const struct plan_device *device, const struct request *request)
{
    return device->snmp == PLAN_SNMP_V3 && request->question->kind != QUESTION_ECHO;
}

struct usm_asked engine_usm_asked(const struct plan_device *device, struct request *request)
{
    return (struct usm_asked){device, request->question, request->id, &request->attempt};
}

/* False: the message waits for its keys. */
static bool build_snmp(struct engine *engine, struct udp_outgoing *place, struct request *request,
                       const struct plan_device *device, struct mono now)
{
    struct codec_asked asked = {device->snmp,
                                plan_find_credential(engine->plan, device->credential),
                                request->question, request->id};
    struct usm_asked usm = engine_usm_asked(device, request);

    place->to = device->address;
    if (engine_is_v3(device, request))
        return usm_wire_fill(engine->usm, &usm, now, place->bytes, &place->count);
    place->count = codec_request(engine->codec, &asked, place->bytes);
    return true;
}

/* False: not now; there is no place, or no key yet. */
static bool build(struct engine *engine, enum wire wire, struct udp_outgoing *place,
                  struct request *request, const struct plan_device *device, struct mono now)
{
    if (place == NULL)
        return false;
    if (request->question->kind != QUESTION_ECHO)
        return build_snmp(engine, place, request, device, now);
    build_echo(engine, wire, place, request, device);
    return true;
}

bool engine_is_spent(const struct engine *engine)
{
    return engine->spent >= ENGINE_TURN_MOST;
}

/* Fills the place that was found for it; what cannot be built stays unanswered. */
static void post(struct engine *engine, struct udp_outgoing *place, struct request *request,
                 const struct plan_device *device, const struct plan_now *now)
{
    enum wire wire = wire_of(&device->address, request->question);

    engine->spent += engine_is_v3(device, request) ? ENGINE_V3_UNITS : 1;
    request->unsent = !build(engine, wire, place, request, device, now->mono);
    if (request->unsent) {
        wheel_arm(&engine->wheel, &request->due, mono_add_ms(now->mono, PLAN_TICK_MS));
        return;
    }
    request->sent_at = wall_now();
    engine->counters.sent++;
    if (place->count == 0)
        engine->counters.send_failed++;
    else
        engine->out[wire].count++;
    engine->now.asked++;
    wheel_arm(&engine->wheel, &request->due, mono_add_ms(now->mono, request->timeout_ms));
}

/* The first message of a try. */
static void begin(struct engine *engine, struct udp_outgoing *place, struct request *request,
                  const struct plan_device *device, const struct plan_now *now)
{
    struct usm_asked usm = engine_usm_asked(device, request);

    if (engine_is_v3(device, request))
        usm_wire_begin(engine->usm, &usm);
    post(engine, place, request, device, now);
}

void engine_go_on(struct engine *engine, struct request *request, const struct plan_device *device)
{
    struct plan_now now = {mono_now(), wall_now()};
    enum wire wire = wire_of(&device->address, request->question);

    requests_rename(&engine->requests, request, fresh_id(engine));
    post(engine, place_for(engine, wire), request, device, &now);
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
    begin(engine, place, request, ask->device, now);
    request->first_sent_at = request->unsent ? now->wall : request->sent_at;
    return true;
}

/* ---- time ---- */

struct engine_result engine_result_of(const struct request *request, struct wall at)
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

static void give_up(struct engine *engine, struct request *request, const struct plan_now *now)
{
    request->late = true; /* an answer that is still under way remains a sign of life */
    wheel_arm(&engine->wheel, &request->due, mono_add_ms(now->mono, LATE_MS));
}

/* False: the socket is full, or the device is gone. */
static bool try_again(struct engine *engine, struct request *request)
{
    const struct plan_device *device = plan_find(engine->plan, request->device_id);
    struct plan_now now = {mono_now(), wall_now()}; /* its time runs from here, not from the turn's
                                                       begin thousands of tries ago */
    struct udp_outgoing *place = NULL;

    if (device != NULL)
        place = place_for(engine, wire_of(&device->address, request->question));
    if (place == NULL)
        return false;
    begin(engine, place, requests_again(&engine->requests, fresh_id(engine), request), device,
          &now);
    return true;
}

/* What waited for keys or for room in the socket. */
static void post_again(struct engine *engine, struct request *request)
{
    const struct plan_device *device = plan_find(engine->plan, request->device_id);
    struct plan_now now = {mono_now(), wall_now()};
    enum wire wire;

    if (device == NULL) {
        requests_close(&engine->requests, request);
        return;
    }
    wire = wire_of(&device->address, request->question);
    post(engine, place_for(engine, wire), request, device, &now);
}

void engine_tell_locked_out(struct engine *engine, const struct request *request, struct wall at)
{
    struct engine_result result = engine_result_of(request, at);

    result.locked_out = true;
    result.answered = request->asker == ENGINE_HEARTBEAT;
    result.late = request->late;
    engine->counters.locked_out++;
    engine->callbacks->on_result(&result, engine->arg);
}

static bool lives_all_the_same(struct engine *engine, struct request *request)
{
    const struct plan_device *device = plan_find(engine->plan, request->device_id);
    struct usm_asked usm = engine_usm_asked(device, request);

    return device != NULL && engine_is_v3(device, request) && usm_wire_timeout(engine->usm, &usm);
}

/* The time of a try is up. */
static void run_out(struct engine *engine, struct request *request, const struct plan_now *now)
{
    struct engine_result result = engine_result_of(request, now->wall);

    if (lives_all_the_same(engine, request)) {
        engine_tell_locked_out(engine, request, now->wall);
        give_up(engine, request, now);
        return;
    }
    give_up(engine, request, now);
    engine->counters.silent++;
    if (request->tries_left == 0 || !try_again(engine, request))
        engine->callbacks->on_result(&result, engine->arg);
}

void engine_expire(struct engine *engine, const struct plan_now *now)
{
    struct request *request;

    if (engine->keys_missing)
        engine->keys_missing = usm_wire_work(engine->usm);
    wheel_turn(&engine->wheel, now->mono);
    while (!engine_is_spent(engine) &&
           (request = (struct request *)(void *)wheel_pop(&engine->wheel)) != NULL) {
        engine->spent++;
        if (request->late)
            requests_close(&engine->requests, request);
        else if (request->unsent)
            post_again(engine, request);
        else
            run_out(engine, request, now);
    }
}

void engine_forget_all(struct engine *engine, const struct plan_now *now)
{
    struct request *request, *next;

    HASH_ITER(hh, engine->requests.by_id, request, next)
    {
        struct engine_result result = engine_result_of(request, now->wall);

        if (request->late)
            continue;
        engine->counters.forgotten++;
        give_up(engine, request, now);
        engine->callbacks->on_forgotten(&result, engine->arg);
    }
}

void engine_agent_know(struct engine *engine, const struct agent_news *news,
                       const struct plan_now *now)
{
    usm_wire_know(engine->usm, news, now);
}

bool engine_agent_news(const struct engine *engine, size_t nth, const struct plan_now *now,
                       struct agent_news *news)
{
    return usm_wire_news(engine->usm, nth, now, news);
}

void engine_agent_told(struct engine *engine, size_t count)
{
    usm_wire_told(engine->usm, count);
}

void engine_prove_trap(struct engine *engine, struct mono now, struct trap_order *order,
                       struct trap_proven *proven)
{
    const struct plan_device *device = plan_find(engine->plan, order->device_id);

    *proven = (struct trap_proven){.device_id = order->device_id,
                                   .number = order->number,
                                   .proof = TRAP_PROOF_USER,
                                   .kind = TRAP_OTHER,
                                   .uptime_ticks = -1};
    if (device != NULL && device->snmp == PLAN_SNMP_V3)
        usm_wire_prove(engine->usm, device, now, order, proven);
}

bool engine_next_at(const struct engine *engine, struct mono *at)
{
    if (engine->keys_missing) {
        *at = (struct mono){0};
        return true;
    }
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
