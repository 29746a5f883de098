/* SPDX-License-Identifier: ISC */
/* What comes in: whose answer is it, and is it one? */
#include "probes/engine_inside.h"

#include "probes/address.h"

/* Units of work in one call of engine_read(), and the rest of a batch. */
#define READ_MOST      (ENGINE_TURN_MOST / 2)
#define REFUSED_GAP_US (60 * US_PER_S)

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

/* Who is asked by the request with this id; NULL and why when it is not whom the datagram is of. */
static const struct plan_device *asked_of(struct engine *engine,
                                          const struct udp_datagram *datagram, int32_t id,
                                          struct request **request, enum codec_verdict *why)
{
    const struct plan_device *device = NULL;

    *request = requests_find(&engine->requests, id);
    if (*request != NULL && (*request)->question->kind != QUESTION_ECHO)
        device = plan_find(engine->plan, (*request)->device_id);
    *why = CODEC_WRONG_REQUEST;
    if (device == NULL || device->reply_from_any ||
        address_equal(&device->address, &datagram->from))
        return device;
    *why = CODEC_WRONG_ADDRESS;
    return NULL;
}

/* request: set with CODEC_ANSWER. A refused datagram leaves everything as it was. */
static enum codec_verdict judge(struct engine *engine, const struct udp_datagram *datagram,
                                const struct ber_message *message, struct request **request)
{
    enum codec_verdict why;
    const struct plan_device *device =
        asked_of(engine, datagram, message->request_id, request, &why);
    struct codec_asked asked;

    if (device == NULL)
        return why;
    if (device->snmp == PLAN_SNMP_V3)
        return CODEC_WRONG_VERSION;
    asked =
        (struct codec_asked){device->snmp, plan_find_credential(engine->plan, device->credential),
                             (*request)->question, (*request)->id};
    return judge_reply(&asked, message);
}

/* The ask is answered by this try; what the others of it are still waiting for is over. */
static void answer(struct engine *engine, struct request *request,
                   const struct udp_datagram *datagram, const struct ber_message *message)
{
    struct engine_result result = engine_result_of(request, datagram->at);
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

/* The message is from the device that was asked, or from who says so. */
static void hear_v3(struct engine *engine, struct udp_datagram *datagram,
                    const struct ber_v3 *message, struct request *request,
                    const struct plan_device *device)
{
    struct usm_asked asked = engine_usm_asked(device, request);
    bool was_alive = request->attempt.alive;
    enum codec_verdict why = CODEC_NOT_AUTHENTIC;
    struct usm_reply reply = {0};
    enum usm_wire_rc rc = usm_wire_hear(engine->usm, &asked, mono_now(), message, datagram->bytes,
                                        datagram->count, &reply, &why);
    struct ber_message answered = {.error_status = reply.error_status,
                                   .error_index = reply.error_index,
                                   .varbinds = reply.varbinds,
                                   .list = reply.list};

    engine->spent += ENGINE_V3_UNITS - 1;
    if (rc == USM_WIRE_ANSWER)
        answer(engine, request, datagram, &answered);
    else if (rc == USM_WIRE_REFUSED)
        refuse(engine, why, &datagram->from);
    else if (!request->late && rc == USM_WIRE_AGAIN)
        engine_go_on(engine, request, device);
    else if (request->late && !was_alive) /* too late for this try; the next one knows more */
        engine_tell_locked_out(engine, request, datagram->at);
}

static void receive_v3(struct engine *engine, struct udp_datagram *datagram)
{
    struct request *request;
    const struct plan_device *device = NULL;
    enum codec_verdict why = CODEC_MALFORMED;
    struct ber_v3 message;
    enum ber_rc rc = ber_v3_check(datagram->bytes, datagram->count, &message);

    if (rc == BER_OTHER_VERSION)
        why = CODEC_WRONG_VERSION;
    else if (rc == BER_OK)
        device = asked_of(engine, datagram, message.msg_id, &request, &why);
    if (device != NULL && device->snmp == PLAN_SNMP_V3)
        hear_v3(engine, datagram, &message, request, device);
    else
        refuse(engine, device != NULL ? CODEC_WRONG_VERSION : why, &datagram->from);
}

static void receive_snmp(struct engine *engine, struct udp_datagram *datagram)
{
    struct request *request = NULL;
    struct ber_message message;
    enum codec_verdict verdict = CODEC_MALFORMED;
    enum ber_rc rc = BER_MALFORMED;

    if (!datagram->truncated)
        rc = ber_check(datagram->bytes, datagram->count, &message);
    if (rc == BER_OTHER_VERSION) {
        receive_v3(engine, datagram);
        return;
    }
    if (rc == BER_OK)
        verdict = judge(engine, datagram, &message, &request);
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

void engine_hear(struct engine *engine, enum wire wire, struct udp_datagram *datagram)
{
    engine->spent++;
    if (wire >= WIRE_ECHO_V4)
        receive_echo(engine, &engine->icmp[wire], datagram);
    else
        receive_snmp(engine, datagram);
}

/* True when the socket is empty. */
static bool read_socket(struct engine *engine, enum wire wire, size_t until)
{
    while (engine->spent < until) {
        size_t count = udp_receive(engine->fds[wire], &engine->batch);

        engine->now.heard += count;
        for (size_t i = 0; i < count; i++)
            engine_hear(engine, wire, &engine->batch.datagrams[i]);
        if (count < UDP_BATCH)
            return true;
    }
    return false;
}

/* Another socket goes first each time, lest one that is flooded keeps the others waiting. */
bool engine_take_in(struct engine *engine)
{
    size_t until = engine->spent + READ_MOST, first = engine->first_wire++;
    bool empty = true;

    for (size_t i = 0; i < WIRES; i++) {
        enum wire wire = (enum wire)((first + i) % WIRES);

        if (engine->fds[wire] >= 0 && !read_socket(engine, wire, until))
            empty = false;
    }
    return empty;
}

bool engine_read(struct engine *engine)
{
    engine->before = engine->now;
    engine->now = (struct engine_traffic){0};
    engine->spent = 0;
    return engine_take_in(engine);
}
