/* SPDX-License-Identifier: ISC */
#include "tests/probes/relay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "probes/ber_v3.h"

#define FLOOD 200

/* Writes BER from its end to its beginning. */
struct writer {
    uint8_t bytes[512];
    size_t at;
};

static void put_head(struct writer *writer, uint8_t tag, size_t end)
{
    size_t length = end - writer->at;

    writer->bytes[--writer->at] = (uint8_t)length;
    if (length >= 128)
        writer->bytes[--writer->at] = 0x81;
    writer->bytes[--writer->at] = tag;
}

static void put_octets(struct writer *writer, uint8_t tag, const uint8_t *octets, size_t count)
{
    size_t end = writer->at;

    writer->at -= count;
    if (count > 0)
        memcpy(writer->bytes + writer->at, octets, count);
    put_head(writer, tag, end);
}

static void put_number(struct writer *writer, uint32_t number)
{
    const uint8_t octets[] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16),
                              (uint8_t)(number >> 8), (uint8_t)number};

    put_octets(writer, 0x02, octets, sizeof octets);
}

/* A message of noAuthNoPriv with the engine, the user and the ids of that one. */
static size_t forge(struct writer *writer, const struct ber_v3 *of, uint8_t pdu,
                    const uint8_t *name, size_t name_bytes)
{
    static const uint8_t open[] = {0};
    const size_t end = sizeof writer->bytes;
    size_t security;

    writer->at = end;
    put_number(writer, 1); /* the value */
    put_octets(writer, 0x06, name, name_bytes);
    put_head(writer, 0x30, end);
    put_head(writer, 0x30, end);
    put_number(writer, 0);
    put_number(writer, 0);
    put_number(writer, (uint32_t)of->msg_id);
    put_head(writer, pdu, end);
    put_octets(writer, 0x04, NULL, 0);
    put_octets(writer, 0x04, of->engine.at, of->engine.bytes);
    put_head(writer, 0x30, end);
    security = writer->at;
    put_octets(writer, 0x04, NULL, 0);
    put_octets(writer, 0x04, NULL, 0);
    put_octets(writer, 0x04, of->user.at, of->user.bytes);
    put_number(writer, of->time_s);
    put_number(writer, of->boots);
    put_octets(writer, 0x04, of->engine.at, of->engine.bytes);
    put_head(writer, 0x30, security);
    put_head(writer, 0x04, security);
    security = writer->at;
    put_number(writer, 3);
    put_octets(writer, 0x04, open, sizeof open);
    put_number(writer, 65507);
    put_number(writer, (uint32_t)of->msg_id);
    put_head(writer, 0x30, security);
    put_number(writer, 3);
    put_head(writer, 0x30, end);
    return end - writer->at;
}

static void say(struct relay *relay, const uint8_t *bytes, size_t count)
{
    (void)sendto(relay->near, bytes, count, 0, (struct sockaddr *)&relay->prober,
                 sizeof relay->prober);
}

static void say_forged(struct relay *relay, const struct ber_v3 *of)
{
    const uint8_t name[] = {0x2b, 6, 1, 6, 3, 15, 1, 1, (uint8_t)relay->forge, 0};
    static struct writer writer;
    size_t count = forge(&writer, of, BER_PDU_REPORT, name, sizeof name);
    struct ber_v3 check;

    assert_int_equal(ber_v3_check(writer.bytes + writer.at, count, &check), BER_OK);
    for (int i = 0; i < FLOOD; i++)
        say(relay, writer.bytes + writer.at, count);
    relay->forged += FLOOD;
}

static void say_downgraded(struct relay *relay, const struct ber_v3 *of)
{
    static const uint8_t uptime[] = {0x2b, 6, 1, 2, 1, 1, 3, 0};
    static struct writer writer;
    size_t count = forge(&writer, of, BER_PDU_RESPONSE, uptime, sizeof uptime);

    say(relay, writer.bytes + writer.at, count);
    relay->downgraded++;
}

static void on_asked(evutil_socket_t fd, short what, void *arg)
{
    struct relay *relay = arg;
    socklen_t bytes = sizeof relay->prober;
    static uint8_t datagram[4096];
    struct ber_v3 message;
    ssize_t count = recvfrom(fd, datagram, sizeof datagram, MSG_DONTWAIT,
                             (struct sockaddr *)&relay->prober, &bytes);

    (void)what;
    if (count <= 0)
        return;
    if (ber_v3_check(datagram, (size_t)count, &message) == BER_OK && message.engine.bytes == 0)
        relay->discoveries++;
    (void)send(relay->far, datagram, (size_t)count, 0);
}

static void on_answered(evutil_socket_t fd, short what, void *arg)
{
    struct relay *relay = arg;
    static uint8_t datagram[4096];
    struct ber_v3 message;
    ssize_t count = recv(fd, datagram, sizeof datagram, MSG_DONTWAIT);
    bool sealed;

    (void)what;
    if (count <= 0 || ber_v3_check(datagram, (size_t)count, &message) != BER_OK)
        return;
    sealed = message.encrypted.bytes > 0;
    relay->answers += sealed;
    if (relay->forge != 0 && sealed)
        say_forged(relay, &message);
    if (relay->downgrade && sealed)
        say_downgraded(relay, &message);
    else
        say(relay, datagram, (size_t)count);
}

struct relay *relay_new(struct event_base *base, uint16_t agent_port)
{
    struct relay *relay = calloc(1, sizeof *relay);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in agent = here;

    assert_non_null(relay);
    agent.sin_port = htons(agent_port);
    relay->near = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    relay->far = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(relay->near, (struct sockaddr *)&here, sizeof here), 0);
    assert_int_equal(connect(relay->far, (struct sockaddr *)&agent, sizeof agent), 0);
    relay->near_readable = event_new(base, relay->near, EV_READ | EV_PERSIST, on_asked, relay);
    relay->far_readable = event_new(base, relay->far, EV_READ | EV_PERSIST, on_answered, relay);
    assert_int_equal(event_add(relay->near_readable, NULL), 0);
    assert_int_equal(event_add(relay->far_readable, NULL), 0);
    return relay;
}

uint16_t relay_port(const struct relay *relay)
{
    struct sockaddr_in bound;
    socklen_t bytes = sizeof bound;

    assert_int_equal(getsockname(relay->near, (struct sockaddr *)&bound, &bytes), 0);
    return ntohs(bound.sin_port);
}

void relay_free(struct relay *relay)
{
    event_free(relay->near_readable);
    event_free(relay->far_readable);
    close(relay->near);
    close(relay->far);
    free(relay);
}
