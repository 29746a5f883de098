/* SPDX-License-Identifier: ISC */
#include "tests/probes/evil.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "probes/ber.h"
#include "tests/probes/bench.h"

#define MESSAGE_MAX 4096

struct evil {
    struct event_base *base;
    struct event *readable;
    int fd;         /* the device */
    int fd_address; /* another address, same port */
    int fd_port;    /* same address, another port */
    uint16_t port;
    char community[32];
    struct evil_play play;
    size_t lies;
    int32_t *ids;
    size_t asked;
    size_t ids_room;
    struct promise *promises;
};

/* A truth for later: what it answers, and whom. Kept to the agent's end. */
struct promise {
    struct promise *next;
    struct evil *evil;
    struct ber_message asked;
    struct sockaddr_in to;
    unsigned times;
    struct event *due;
};

/* A message under construction, from its end to its beginning, as BER likes it. */
struct draft {
    uint8_t at[MESSAGE_MAX];
    size_t begin;
};

static void push(struct draft *draft, const void *bytes, size_t count)
{
    assert_true(draft->begin >= count);
    draft->begin -= count;
    memcpy(draft->at + draft->begin, bytes, count);
}

/* Puts tag and length before everything that was pushed since `end`. */
static void wrap(struct draft *draft, uint8_t tag, size_t end)
{
    size_t length = end - draft->begin;

    assert_true(length < 128);
    push(draft, (uint8_t[]){tag, (uint8_t)length}, 2);
}

static void push_number(struct draft *draft, uint8_t tag, int32_t number)
{
    uint8_t bytes[] = {tag,
                       4,
                       (uint8_t)((uint32_t)number >> 24),
                       (uint8_t)((uint32_t)number >> 16),
                       (uint8_t)((uint32_t)number >> 8),
                       (uint8_t)number};

    push(draft, bytes, sizeof bytes);
}

static void push_varbind(struct draft *draft, const uint8_t *name, size_t name_bytes, uint8_t tag,
                         int32_t number)
{
    size_t end = draft->begin, name_end;

    push_number(draft, tag, number);
    name_end = draft->begin;
    push(draft, name, name_bytes);
    wrap(draft, 6, name_end);
    wrap(draft, 0x30, end);
}

/* What an honest agent would say but for the trick. */
static void compose(const struct evil *evil, enum evil_trick trick, const struct ber_message *asked,
                    struct draft *draft)
{
    static const uint8_t uptime[] = {0x2b, 6, 1, 2, 1, 1, 3, 0};
    static const uint8_t engine_time[] = {0x2b, 6, 1, 6, 3, 10, 2, 1, 3, 0};
    static const uint8_t other[] = {0x2b, 6, 1, 6, 3, 10, 2, 1, 2, 0};
    const char *community = trick == EVIL_COMMUNITY ? "somebody-else" : evil->community;
    int32_t version = trick == EVIL_VERSION ? !asked->version : (int32_t)asked->version;
    size_t end = draft->begin = sizeof draft->at, list;

    list = draft->begin;
    push_varbind(draft, trick == EVIL_OBJECT ? other : engine_time, sizeof engine_time, 2, 77);
    push_varbind(draft, uptime, sizeof uptime, 0x43, 7700);
    wrap(draft, 0x30, list);
    push_number(draft, 2, 0);
    push_number(draft, 2, 0);
    push_number(draft, 2, trick == EVIL_REQUEST ? asked->request_id ^ 0x55 : asked->request_id);
    wrap(draft, trick == EVIL_TRAP ? 0xa7 : trick == EVIL_TRAP_V1 ? 0xa4 : 0xa2, end);
    push(draft, community, strlen(community));
    push(draft, (uint8_t[]){4, (uint8_t)strlen(community)}, 2);
    push(draft, (uint8_t[]){2, 1, (uint8_t)version}, 3);
    wrap(draft, 0x30, end);
}

static void tell(int fd, const struct sockaddr_in *to, const uint8_t *bytes, size_t count)
{
    assert_int_equal(sendto(fd, bytes, count, 0, (const struct sockaddr *)to, sizeof *to),
                     (ssize_t)count);
}

static void lie(struct evil *evil, const struct ber_message *asked, const struct sockaddr_in *to,
                const uint8_t *request, size_t request_bytes)
{
    static struct draft draft;
    enum evil_trick trick = evil->play.trick;
    int fd = trick == EVIL_ADDRESS ? evil->fd_address
             : trick == EVIL_PORT  ? evil->fd_port
                                   : evil->fd;

    compose(evil, trick, asked, &draft);
    evil->lies++;
    if (trick == EVIL_ECHO) {
        tell(fd, to, request, request_bytes);
    } else if (trick == EVIL_TRUNCATED) {
        tell(fd, to, draft.at + draft.begin, sizeof draft.at - draft.begin - 1);
    } else if (trick == EVIL_OVERSIZED) {
        memmove(draft.at, draft.at + draft.begin, sizeof draft.at - draft.begin);
        tell(fd, to, draft.at, 3000 + sizeof draft.at - draft.begin);
    } else {
        tell(fd, to, draft.at + draft.begin, sizeof draft.at - draft.begin);
    }
}

static void tell_truth(const struct promise *promise)
{
    static struct draft draft;
    compose(promise->evil, EVIL_END, &promise->asked, &draft);
    for (unsigned i = 0; i < promise->times; i++)
        tell(promise->evil->fd, &promise->to, draft.at + draft.begin,
             sizeof draft.at - draft.begin);
}

static void on_promise_due(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    tell_truth(arg);
}

static void answer(struct evil *evil, const struct ber_message *asked, const struct sockaddr_in *to,
                   unsigned times, int64_t delay_ms)
{
    struct promise *promise = calloc(1, sizeof *promise);

    assert_non_null(promise);
    *promise = (struct promise){.evil = evil, .asked = *asked, .to = *to, .times = times};
    if (delay_ms == 0) {
        tell_truth(promise);
        free(promise);
        return;
    }
    promise->next = evil->promises;
    evil->promises = promise;
    promise->due = event_new(evil->base, -1, 0, on_promise_due, promise);
    assert_non_null(promise->due);
    event_add(promise->due, &(struct timeval){.tv_sec = (time_t)(delay_ms / 1000),
                                              .tv_usec = (suseconds_t)(delay_ms % 1000 * 1000)});
}

static void remember(struct evil *evil, int32_t id)
{
    if (evil->asked == evil->ids_room) {
        evil->ids_room = evil->ids_room == 0 ? 256 : evil->ids_room * 2;
        evil->ids = realloc(evil->ids, evil->ids_room * sizeof *evil->ids);
        assert_non_null(evil->ids);
    }
    evil->ids[evil->asked++] = id;
}

static void on_request(evutil_socket_t fd, short what, void *arg)
{
    struct evil *evil = arg;
    uint8_t bytes[MESSAGE_MAX];
    struct sockaddr_in from;
    socklen_t from_bytes = sizeof from;
    struct ber_message asked;
    ssize_t count =
        recvfrom(fd, bytes, sizeof bytes, MSG_DONTWAIT, (struct sockaddr *)&from, &from_bytes);

    (void)what;
    if (count < 0)
        return;
    assert_int_equal(ber_check(bytes, (size_t)count, &asked), BER_OK);
    remember(evil, asked.request_id);
    for (unsigned i = 0; i < evil->play.lies; i++)
        lie(evil, &asked, &from, bytes, (size_t)count);
    if (evil->play.truth)
        answer(evil, &asked, &from, evil->play.times == 0 ? 1 : evil->play.times,
               evil->play.delay_ms);
    if (evil->play.again > 0)
        answer(evil, &asked, &from, evil->play.again, evil->play.again_ms);
}

/* -1 when the port is taken. */
static int bound(const char *host, uint16_t port)
{
    struct plan_device at = bench_device(0, host, port, PLAN_SNMP_V2C, "");
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    assert_true(fd >= 0);
    if (bind(fd, (struct sockaddr *)&at.address, sizeof(struct sockaddr_in)) == 0)
        return fd;
    close(fd);
    return -1;
}

struct evil *evil_new(struct event_base *base, const char *address, const char *other,
                      const char *community)
{
    struct evil *evil = calloc(1, sizeof *evil);
    struct sockaddr_in name;
    socklen_t bytes = sizeof name;

    assert_non_null(evil);
    evil->base = base;
    memcpy(evil->community, community, strlen(community));
    evil->fd = bound(address, 0);
    assert_int_equal(getsockname(evil->fd, (struct sockaddr *)&name, &bytes), 0);
    evil->port = ntohs(name.sin_port);
    evil->fd_port = bound(address, 0);
    evil->fd_address = bound(other, evil->port);
    assert_true(evil->fd >= 0 && evil->fd_port >= 0 && evil->fd_address >= 0);
    evil->readable = event_new(base, evil->fd, EV_READ | EV_PERSIST, on_request, evil);
    assert_non_null(evil->readable);
    event_add(evil->readable, NULL);
    return evil;
}

void evil_free(struct evil *evil)
{
    while (evil->promises != NULL) {
        struct promise *next = evil->promises->next;

        event_free(evil->promises->due);
        free(evil->promises);
        evil->promises = next;
    }
    event_free(evil->readable);
    close(evil->fd);
    close(evil->fd_port);
    close(evil->fd_address);
    free(evil->ids);
    free(evil);
}

void evil_play(struct evil *evil, const struct evil_play *play)
{
    evil->play = *play;
}

uint16_t evil_port(const struct evil *evil)
{
    return evil->port;
}

size_t evil_asked(const struct evil *evil)
{
    return evil->asked;
}

size_t evil_lies(const struct evil *evil)
{
    return evil->lies;
}

const int32_t *evil_ids(const struct evil *evil)
{
    return evil->ids;
}
