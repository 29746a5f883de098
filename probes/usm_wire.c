/* SPDX-License-Identifier: ISC */
#include "probes/usm_wire.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/hash.h"
#include "probes/usm_inform.h"

struct engine_name {
    uint8_t bytes; /* the key, with at[] behind it, of which the unused rest is zeros */
    uint8_t at[BER_ENGINE_MAX];
    uint32_t devices; /* that have it; 2 and more are clones */
    UT_hash_handle hh;
};
#define NAME_BYTES (1 + BER_ENGINE_MAX)

struct usm_device {
    uint32_t id;
    union address address; /* another one is another agent */
    struct usm_flow flow;
    struct usm_agent agent;
    enum auth_state told_auth; /* 0: nothing was told */
    uint32_t told_boots;
    bool told_engine;
    bool waits; /* its news stand in the queue */
    UT_hash_handle hh;
};

struct usm_wire {
    struct usm *usm;
    struct usm_device *devices;
    struct engine_name *names;
    uint32_t *news; /* ids, the oldest first */
    size_t news_count;
    size_t news_room;
    struct usm_device *sweep; /* usm_wire_sweep() looks at it next; NULL: it is done */
};

struct usm_wire *usm_wire_new(void)
{
    struct usm_wire *wire = calloc(1, sizeof *wire);

    if (wire == NULL)
        abort();
    wire->usm = usm_new();
    return wire;
}

static struct engine_name *name_find(const struct usm_wire *wire, const uint8_t *engine,
                                     size_t bytes)
{
    struct engine_name key = {.bytes = (uint8_t)bytes}, *name;

    memcpy(key.at, engine, bytes);
    HASH_FIND(hh, wire->names, &key, NAME_BYTES, name);
    return name;
}

static void name_leave(struct usm_wire *wire, const struct usm_agent *agent)
{
    struct engine_name *name = NULL;

    if (agent->engine_bytes > 0)
        name = name_find(wire, agent->engine, agent->engine_bytes);
    if (name == NULL || --name->devices > 0)
        return;
    HASH_DEL(wire->names, name);
    free(name);
}

static void name_enter(struct usm_wire *wire, const struct usm_agent *agent)
{
    struct engine_name *name = name_find(wire, agent->engine, agent->engine_bytes);

    if (name == NULL) {
        name = calloc(1, sizeof *name);
        if (name == NULL)
            abort();
        name->bytes = agent->engine_bytes;
        memcpy(name->at, agent->engine, agent->engine_bytes);
        HASH_ADD(hh, wire->names, bytes, NAME_BYTES, name);
    }
    name->devices++;
}

static void meet(struct usm_wire *wire, struct usm_device *device, const uint8_t *engine,
                 size_t bytes)
{
    name_leave(wire, &device->agent);
    usm_agent_meet(&device->agent, engine, bytes);
    name_enter(wire, &device->agent);
    device->told_engine = false;
}

static void device_free(struct usm_wire *wire, struct usm_device *device)
{
    name_leave(wire, &device->agent);
    HASH_DEL(wire->devices, device);
    usm_agent_wipe(&device->agent);
    free(device);
}

void usm_wire_free(struct usm_wire *wire)
{
    struct usm_device *device, *next;

    if (wire == NULL)
        return;
    HASH_ITER(hh, wire->devices, device, next)
    device_free(wire, device);
    usm_free(wire->usm);
    free(wire->news);
    free(wire);
}

static struct usm_device *device_find(const struct usm_wire *wire, uint32_t id)
{
    struct usm_device *device;

    HASH_FIND(hh, wire->devices, &id, sizeof id, device);
    return device;
}

static struct usm_device *device_make(struct usm_wire *wire, uint32_t id)
{
    struct usm_device *device = calloc(1, sizeof *device);

    if (device == NULL)
        abort();
    device->id = id;
    HASH_ADD(hh, wire->devices, id, sizeof device->id, device);
    return device;
}

/* Where nothing was asked yet, what is remembered counts for whatever address the plan has. */
static struct usm_device *device_of(struct usm_wire *wire, const struct plan_device *asked)
{
    struct usm_device *device = device_find(wire, asked->id);

    if (device == NULL)
        device = device_make(wire, asked->id);
    if (device->address.any.sa_family != AF_UNSPEC &&
        !address_equal(&device->address, &asked->address)) {
        name_leave(wire, &device->agent);
        usm_agent_wipe(&device->agent);
        usm_flow_init(&device->flow, false);
    }
    device->address = asked->address;
    return device;
}

void usm_wire_plan(struct usm_wire *wire, const struct plan *plan)
{
    const struct credentials *credentials = plan_credentials(plan);

    usm_keys_begin(usm_keys(wire->usm));
    for (size_t i = 0; i < credentials->count; i++)
        if (credentials->at[i].kind == CREDENTIAL_USM &&
            usm_keys_find(usm_keys(wire->usm), credentials->at[i].id) == NULL)
            usm_keys_user(usm_keys(wire->usm), credentials->at[i].id, &credentials->at[i].usm);
    usm_keys_commit(usm_keys(wire->usm));
    wire->sweep = wire->devices;
}

static void forget_news(struct usm_wire *wire)
{
    size_t kept = 0;

    for (size_t i = 0; i < wire->news_count; i++)
        if (device_find(wire, wire->news[i]) != NULL)
            wire->news[kept++] = wire->news[i];
    wire->news_count = kept;
}

bool usm_wire_sweep(struct usm_wire *wire, const struct plan *plan, size_t most)
{
    bool had_news = false;

    for (; most > 0 && wire->sweep != NULL; most--) {
        struct usm_device *device = wire->sweep;
        const struct plan_device *planned = plan_find(plan, device->id);

        wire->sweep = device->hh.next; /* those that come meanwhile stand at the end */
        if (planned != NULL && planned->snmp == PLAN_SNMP_V3)
            continue;
        had_news |= device->waits;
        device_free(wire, device);
    }
    if (had_news)
        forget_news(wire);
    return wire->sweep == NULL;
}

void usm_wire_user(struct usm_wire *wire, uint32_t credential, const struct usm_words *words)
{
    usm_keys_begin(usm_keys(wire->usm));
    usm_keys_user(usm_keys(wire->usm), credential, words);
    usm_keys_commit(usm_keys(wire->usm));
}

bool usm_wire_work(struct usm_wire *wire)
{
    return usm_keys_work(usm_keys(wire->usm));
}

void usm_wire_know(struct usm_wire *wire, const struct agent_news *news, const struct plan_now *now)
{
    struct usm_device *device = device_find(wire, news->device_id);
    int64_t age_ms = wall_diff_ms(now->wall, news->at);

    if (device != NULL || news->engine_bytes == 0)
        return; /* we know better */
    device = device_make(wire, news->device_id);
    meet(wire, device, news->engine, news->engine_bytes);
    if (wall_is_set(news->at) && age_ms >= 0)
        usm_agent_clock(&device->agent, news->boots, news->time_s, mono_add_ms(now->mono, -age_ms));
    usm_flow_init(&device->flow, true);
    device->flow.state = news->auth;
    device->told_auth = news->auth;
    device->told_boots = news->boots;
    device->told_engine = true;
}

/* Puts the device into the queue when there is something to tell. */
static void notice(struct usm_wire *wire, struct usm_device *device)
{
    bool new_engine = device->agent.engine_bytes > 0 && !device->told_engine;

    if (device->waits || (device->flow.state == device->told_auth && !new_engine &&
                          device->agent.boots == device->told_boots))
        return;
    if (wire->news_count == wire->news_room) {
        size_t room = wire->news_room == 0 ? 64 : wire->news_room * 2;

        wire->news = reallocarray(wire->news, room, sizeof *wire->news);
        if (wire->news == NULL)
            abort();
        wire->news_room = room;
    }
    wire->news[wire->news_count++] = device->id;
    device->waits = true;
}

static const struct usm_user *user_of(const struct usm_wire *wire, const struct plan_device *device)
{
    return usm_keys_find(usm_keys(wire->usm), device->credential);
}

void usm_wire_begin(struct usm_wire *wire, const struct usm_asked *asked)
{
    const struct usm_user *user = user_of(wire, asked->device);
    bool usable = user != NULL && usm_user_state(user) != USM_USER_BROKEN;

    usm_flow_begin(&device_of(wire, asked->device)->flow, asked->attempt, usable);
}

bool usm_wire_fill(struct usm_wire *wire, const struct usm_asked *asked, struct mono now,
                   uint8_t out[USM_MESSAGE_MAX], size_t *count)
{
    const struct usm_user *user = user_of(wire, asked->device);
    struct usm_device *device = device_of(wire, asked->device);

    *count = 0;
    if (asked->attempt->doing == USM_DISCOVER) {
        *count = usm_discover(wire->usm, asked->id, out);
        return true;
    }
    if (user == NULL || device->agent.engine_bytes == 0)
        return true; /* the plan changed under the try; it ends by itself */
    if (usm_user_state(user) == USM_USER_WAITS)
        return false;
    if (usm_user_state(user) == USM_USER_READY)
        *count = usm_request(wire->usm, user, &device->agent, now, asked->id, asked->question, out);
    return true;
}

/* What the agent says of its clock while it says who it is: unproven, but a round trip saved. */
static void take_hint(struct usm_agent *agent, const struct ber_v3 *message, struct mono now)
{
    if (message->boots > 0)
        usm_agent_clock(agent, message->boots, message->time_s, now);
}

static enum usm_wire_rc hear_report(struct usm_wire *wire, const struct usm_asked *asked,
                                    struct usm_device *device, struct mono now,
                                    const struct ber_v3 *message, const struct usm_reply *reply,
                                    enum codec_verdict *why)
{
    const struct ber_octets *engine = &message->engine;
    const struct engine_name *name;
    struct usm_heard heard = {.report = reply->report, .authentic = reply->authentic};

    if (engine->bytes == 0) {
        *why = CODEC_MALFORMED; /* who reports has a name */
        return USM_WIRE_REFUSED;
    }
    name = name_find(wire, engine->at, engine->bytes);
    heard.same_engine = usm_agent_is(&device->agent, engine->at, engine->bytes);
    heard.taken = name != NULL && !heard.same_engine;
    switch (usm_flow_report(&device->flow, asked->attempt, &heard)) {
    case USM_MEET:
        meet(wire, device, engine->at, engine->bytes);
        take_hint(&device->agent, message, now);
        return USM_WIRE_AGAIN;
    case USM_REQUEST:
    case USM_DISCOVER:
        return USM_WIRE_AGAIN;
    case USM_WAIT:
    case USM_ALIVE:
    case USM_SILENT:
    case USM_STEP_END:
        break;
    }
    return USM_WIRE_HELD;
}

static enum codec_verdict refusal_of(enum usm_verdict verdict)
{
    switch (verdict) {
    case USM_OTHER_PDU:
    case USM_OTHER_REQUEST:
        return CODEC_WRONG_REQUEST;
    case USM_ANSWER:
    case USM_REPORTED:
    case USM_OTHER_ENGINE:
    case USM_OTHER_USER:
    case USM_LOWER_LEVEL:
    case USM_NOT_AUTHENTIC:
    case USM_VERDICT_END:
        break;
    }
    return CODEC_NOT_AUTHENTIC;
}

enum usm_wire_rc usm_wire_hear(struct usm_wire *wire, const struct usm_asked *asked,
                               struct mono now, const struct ber_v3 *message, uint8_t *bytes,
                               size_t count, struct usm_reply *reply, enum codec_verdict *why)
{
    const struct usm_user *user = user_of(wire, asked->device);
    struct usm_device *device = device_of(wire, asked->device);
    enum usm_verdict verdict = USM_NOT_AUTHENTIC;
    enum usm_wire_rc rc;

    if (user != NULL)
        verdict = usm_judge(wire->usm, user, &device->agent, now, message, bytes, count, reply);
    if (verdict == USM_REPORTED)
        return hear_report(wire, asked, device, now, message, reply, why);
    *why = refusal_of(verdict);
    rc = USM_WIRE_REFUSED;
    if (verdict == USM_ANSWER && reply->error_status == 0 &&
        !judge_objects(asked->question, reply->varbinds, reply->list)) {
        *why = CODEC_WRONG_OBJECTS;
    } else if (verdict == USM_ANSWER) {
        usm_flow_answer(&device->flow);
        notice(wire, device);
        rc = USM_WIRE_ANSWER;
    }
    return rc;
}

bool usm_wire_timeout(struct usm_wire *wire, const struct usm_asked *asked)
{
    struct usm_device *device = device_of(wire, asked->device);
    bool alive = usm_flow_timeout(&device->flow, asked->attempt) == USM_ALIVE;

    notice(wire, device);
    return alive;
}

/* For our own engine, or a question who that is. */
static bool is_for_us(const struct usm_device *device, const struct ber_v3 *message,
                      const struct trap_engine *own)
{
    if (own->bytes == 0)
        return false;
    if (message->engine.bytes == own->bytes && memcmp(message->engine.at, own->at, own->bytes) == 0)
        return true;
    return (message->flags & BER_V3_REPORTABLE) != 0 &&
           (device == NULL || message->engine.bytes == 0 ||
            !usm_agent_is(&device->agent, message->engine.at, message->engine.bytes));
}

/* What it says, once it is true. */
static void say(const struct trap_order *order, const uint8_t *engine, size_t engine_bytes,
                const struct usm_said *said, struct trap_proven *proven)
{
    struct trap trap;

    if (!trap_read_list(said->list, &trap)) {
        proven->proof = TRAP_PROOF_NO_TRAP;
        proven->reply.count = 0;
        return;
    }
    proven->kind = trap.kind;
    proven->oid = trap.oid;
    proven->uptime_ticks = trap.uptime_ticks;
    proven->digest =
        trap_v3_digest(&order->key, engine, engine_bytes, said->request_id, said->list);
}

/* A copy is one from whichever address it comes: all have our engine, so its name tells nothing. */
static void prove_inform(struct usm_wire *wire, const struct usm_user *user,
                         const struct ber_v3 *message, struct trap_order *order,
                         struct trap_proven *proven)
{
    struct usm_said said;

    proven->proof = usm_take_inform(wire->usm, user, &order->engine, message, order->bytes,
                                    order->count, &said, &proven->reply);
    if (proven->proof == TRAP_PROOF_TRUE)
        say(order, order->engine.at, order->engine.bytes, &said, proven);
}

void usm_wire_prove(struct usm_wire *wire, const struct plan_device *planned, struct mono now,
                    struct trap_order *order, struct trap_proven *proven)
{
    const struct usm_user *user = user_of(wire, planned);
    struct usm_device *device = device_find(wire, planned->id);
    struct usm_said said;
    struct ber_v3 message;

    proven->proof = TRAP_PROOF_USER;
    if (user == NULL)
        return;
    proven->proof = TRAP_PROOF_NO_TRAP;
    if (ber_v3_check(order->bytes, order->count, &message) != BER_OK)
        return;
    if (is_for_us(device, &message, &order->engine)) {
        prove_inform(wire, user, &message, order, proven);
        return;
    }
    proven->proof = TRAP_PROOF_ENGINE;
    if (device == NULL)
        return;
    proven->proof = usm_prove(wire->usm, user, &device->agent, now, &message, order->bytes,
                              order->count, &said);
    if (proven->proof != TRAP_PROOF_TRUE)
        return;
    notice(wire, device); /* it may have told of a boot */
    say(order, device->agent.engine, device->agent.engine_bytes, &said, proven);
}

enum auth_state usm_wire_auth(const struct usm_wire *wire, uint32_t device_id)
{
    const struct usm_device *device = device_find(wire, device_id);

    return device == NULL ? AUTH_FINE : usm_flow_state(&device->flow);
}

bool usm_wire_news(const struct usm_wire *wire, size_t nth, const struct plan_now *now,
                   struct agent_news *news)
{
    const struct usm_device *device;
    const struct usm_agent *agent;

    if (nth >= wire->news_count)
        return false;
    device = device_find(wire, wire->news[nth]);
    assert(device != NULL);
    agent = &device->agent;
    *news = (struct agent_news){.device_id = device->id,
                                .auth = usm_flow_state(&device->flow),
                                .engine_bytes = agent->engine_bytes,
                                .boots = agent->boots,
                                .time_s = agent->time_s};
    memcpy(news->engine, agent->engine, agent->engine_bytes);
    if (agent->clock_at.us != 0)
        news->at = wall_add_ms(now->wall, mono_diff_ms(agent->clock_at, now->mono));
    return true;
}

void usm_wire_told(struct usm_wire *wire, size_t count)
{
    assert(count <= wire->news_count);
    for (size_t i = 0; i < count; i++) {
        struct usm_device *device = device_find(wire, wire->news[i]);

        device->waits = false;
        device->told_auth = device->flow.state;
        device->told_boots = device->agent.boots;
        device->told_engine = device->agent.engine_bytes > 0;
    }
    wire->news_count -= count;
    if (wire->news_count > 0)
        memmove(wire->news, wire->news + count, wire->news_count * sizeof *wire->news);
}
