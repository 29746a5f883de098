/* SPDX-License-Identifier: ISC */
#include "probes/probe_once.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probes/address.h"
#include "probes/codec.h"
#include "probes/dice.h"
#include "probes/heartbeat.h"
#include "probes/udp.h"

struct once {
    const struct probe_once_ask *ask;
    struct probe_once_result *result;
    struct codec *codec;
    struct udp_batch *batch;
    int fd;
    struct codec_asked asked;
    struct mono sent_at;
    uint32_t dropped; /* objects that the last answer said are not there */
    bool heard;       /* the present question is answered */
};

/* True when the datagram is the answer; anything else is counted. */
static bool once_judge(struct once *once, struct udp_datagram *datagram)
{
    const struct plan_device *device = &once->ask->device;
    enum codec_verdict verdict = CODEC_MALFORMED;
    struct ber_message message;
    struct heartbeat heartbeat;
    enum ber_rc rc = BER_MALFORMED;

    if (!datagram->truncated)
        rc = ber_check(datagram->bytes, datagram->count, &message);
    if (rc == BER_OTHER_VERSION)
        verdict = CODEC_WRONG_VERSION;
    else if (rc == BER_OK && !device->reply_from_any &&
             !address_equal(&device->address, &datagram->from))
        verdict = CODEC_WRONG_ADDRESS;
    else if (rc == BER_OK)
        verdict = judge_reply(&once->asked, &message);
    if (verdict != CODEC_ANSWER) {
        (*codec_refused(&once->result->counters, verdict))++;
        return false;
    }
    heartbeat = heartbeat_read(device->snmp, once->asked.question, message.error_status,
                               message.error_index, message.list);
    once->heard = true;
    once->dropped = heartbeat.dropped;
    once->result->answered = true;
    once->result->rtt_us = mono_now().us - once->sent_at.us;
    once->result->error_status = message.error_status;
    once->result->vitals = heartbeat.vitals;
    return true;
}

static bool once_send(struct once *once, struct err *err)
{
    const union address *to = &once->ask->device.address;
    uint8_t bytes[CODEC_REQUEST_MAX];
    size_t count = codec_request(once->codec, &once->asked, bytes);
    char text[ADDRESS_TEXT_MAX];
    enum udp_sent sent;

    if (count == 0)
        return err_set(err, "net-snmp cannot build the request");
    once->sent_at = mono_now();
    sent = udp_send(once->fd, to, bytes, count);
    if (sent != UDP_SENT)
        return err_set(err, "cannot send to %s: %s", address_print(to, text), strerror(errno));
    once->result->tries++;
    once->result->counters.sent++;
    return true;
}

static bool once_wait(struct once *once, struct err *err)
{
    struct mono end = mono_add_ms(once->sent_at, once->ask->timeout_ms);
    int64_t left_ms;

    while (!once->heard && (left_ms = mono_diff_ms(end, mono_now())) > 0) {
        struct pollfd wait = {.fd = once->fd, .events = POLLIN};
        size_t count;

        if (poll(&wait, 1, (int)left_ms) < 0 && errno != EINTR)
            return err_set(err, "poll: %s", strerror(errno));
        count = udp_receive(once->fd, once->batch);
        for (size_t i = 0; i < count && !once->heard; i++)
            once_judge(once, &once->batch->datagrams[i]);
    }
    return true;
}

/* Each try has an id of its own, so that the time of an answer is that of its own request. */
static bool once_try(struct once *once, struct dice *dice, struct err *err)
{
    once->heard = false;
    once->dropped = 0;
    for (uint32_t i = 0; i < once->ask->tries && !once->heard; i++) {
        once->asked.request_id = (int32_t)(dice_throw(dice) & INT32_MAX) | CODEC_ID_LEAST;
        if (!once_send(once, err) || !once_wait(once, err))
            return false;
    }
    return true;
}

/* A v1 agent that lacks an object gives none of the others: it is asked again for the rest. */
static bool once_ask(struct once *once, struct err *err)
{
    struct dice dice = {0};
    uint32_t objects = PLAN_OBJECTS_ALL;

    do {
        once->asked.question = heartbeat_question(objects);
        if (!once_try(once, &dice, err))
            return false;
        objects &= ~once->dropped;
    } while (once->dropped != 0 && objects != 0);
    return true;
}

bool probe_once(const struct probe_once_ask *ask, struct probe_once_result *result, struct err *err)
{
    struct once once = {.ask = ask, .result = result};
    bool done;

    *result = (struct probe_once_result){.vitals = {-1, -1}};
    once.fd = udp_open(ask->device.address.any.sa_family, err);
    if (once.fd < 0)
        return false;
    once.codec = codec_new();
    once.batch = calloc(1, sizeof *once.batch);
    if (once.batch == NULL)
        abort();
    once.asked = (struct codec_asked){.snmp = ask->device.snmp, .credential = &ask->credential};
    done = once_ask(&once, err);
    free(once.batch);
    codec_free(once.codec);
    close(once.fd);
    return done;
}
