/* SPDX-License-Identifier: ISC */
#include "tests/bench/bare_snmp.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/base/clock.h"
#include "daemon/base/text.h"
#include "probes/codec.h"

#define BATCH         64
#define WINDOW        512 /* more at a time wins nothing */
#define REPLY_MAX     2048
#define REQUEST_MAX   1472
#define PATIENCE_MS   1000
#define RECEIVE_BYTES (4 * 1024 * 1024)

struct bare {
    const struct target *target;
    int fd;
    uint8_t request[REQUEST_MAX]; /* the same for all: replies are not looked at */
    size_t request_bytes;
    struct mmsghdr out[BATCH];
    struct sockaddr_in to[BATCH];
    struct iovec vector_out;
    struct mmsghdr in[BATCH];
    struct iovec vectors_in[BATCH];
    uint8_t replies[BATCH][REPLY_MAX];
};

/* Any request-id will do, and the same for all. */
static void encode_get(struct bare *bare)
{
    const struct target *target = bare->target;
    static struct credential credential = {.id = 1, .kind = CREDENTIAL_COMMUNITY};
    static struct question question = {.kind = QUESTION_GET};
    struct codec_asked asked = {target->version == 1 ? PLAN_SNMP_V1 : PLAN_SNMP_V2C, &credential,
                                &question, 0x5ca1ab1e};
    struct codec *codec = codec_new();

    text_copy(credential.community, sizeof credential.community, target->community);
    question.count = (uint16_t)target->varbinds;
    for (size_t i = 0; i < target->varbinds; i++)
        if (!oid_read(target_names[i], &question.oids[i]))
            abort();
    bare->request_bytes = codec_request(codec, &asked, bare->request);
    codec_free(codec);
}

/* RFC 3414 section 4: the first message to an engine that is not known yet. */
static void encode_discovery(struct bare *bare)
{
    static const uint8_t message[] = {
        0x30, 0x3d, 2,    1,    3, /* version 3 */
        0x30, 0x10, 2,    4,    0x5c, 0xa1, 0xab, 0x1e, 2, 2, 5, 0xc0, 4, 1, 4,    2,
        1,    3, /* reportable */
        4,    0x10, 0x30, 0x0e, 4,    0,    2,    1,    0, 2, 1, 0,    4, 0, 4,    0,
        4,    0,                         /* nobody yet */
        0x30, 0x14, 4,    0,    4,    0, /* an empty GET */
        0xa0, 0x0e, 2,    4,    0x5c, 0xa1, 0xab, 0x1e, 2, 1, 0, 2,    1, 0, 0x30, 0,
    };

    memcpy(bare->request, message, sizeof message);
    bare->request_bytes = sizeof message;
}

static struct bare *bare_open(const struct target *target)
{
    struct bare *bare = calloc(1, sizeof *bare);
    int room = RECEIVE_BYTES;

    if (bare == NULL)
        abort();
    bare->target = target;
    bare->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (bare->fd < 0) {
        free(bare);
        return NULL;
    }
    if (setsockopt(bare->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) < 0)
        (void)setsockopt(bare->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    for (size_t i = 0; i < BATCH; i++) {
        bare->out[i].msg_hdr = (struct msghdr){.msg_name = &bare->to[i],
                                               .msg_namelen = sizeof bare->to[i],
                                               .msg_iov = &bare->vector_out,
                                               .msg_iovlen = 1};
        bare->vectors_in[i] = (struct iovec){bare->replies[i], REPLY_MAX};
        bare->in[i].msg_hdr = (struct msghdr){.msg_iov = &bare->vectors_in[i], .msg_iovlen = 1};
    }
    return bare;
}

struct bare *bare_new(const struct target *target)
{
    struct bare *bare = bare_open(target);

    if (bare == NULL)
        return NULL;
    encode_get(bare);
    bare->vector_out = (struct iovec){bare->request, bare->request_bytes};
    return bare;
}

struct bare *bare_new_discovery(const struct target *target)
{
    struct bare *bare = bare_open(target);

    if (bare == NULL)
        return NULL;
    encode_discovery(bare);
    bare->vector_out = (struct iovec){bare->request, bare->request_bytes};
    return bare;
}

void bare_free(struct bare *bare)
{
    if (bare == NULL)
        return;
    close(bare->fd);
    free(bare);
}

/* The next of them; how many left. */
static size_t send_batch(struct bare *bare, size_t first, size_t most)
{
    size_t count = most < BATCH ? most : BATCH;
    int sent;

    for (size_t i = 0; i < count; i++)
        bare->to[i] = target_address(bare->target, first + i);
    sent = sendmmsg(bare->fd, bare->out, (unsigned)count, 0);
    return sent <= 0 ? 1 : (size_t)sent; /* one that the system refuses is lost */
}

/* Waits for the first. 0: nothing more comes. */
static size_t receive(struct bare *bare)
{
    struct pollfd ready = {.fd = bare->fd, .events = POLLIN};
    size_t got = 0;
    int now = BATCH;

    if (poll(&ready, 1, PATIENCE_MS) <= 0)
        return 0;
    while (now == BATCH) {
        now = recvmmsg(bare->fd, bare->in, BATCH, MSG_DONTWAIT, NULL);
        if (now > 0)
            got += (size_t)now;
    }
    return got;
}

void bare_round(struct bare *bare, struct bare_result *result)
{
    size_t count = bare->target->count, sent = 0, open = 0;
    double cpu_s = target_cpu_s();
    struct mono start = mono_now();
    int64_t late_us = 0;

    result->polls += count;
    while (sent < count || open > 0) {
        size_t got;

        while (sent < count && open < WINDOW) {
            size_t left = count - sent, room = WINDOW - open;
            size_t now = send_batch(bare, sent, left < room ? left : room);

            sent += now;
            open += now;
            if (sent - now < count - count / 100)
                late_us = mono_now().us - start.us;
        }
        got = receive(bare);
        if (got == 0)
            open = 0; /* lost, all of them */
        else
            open -= got < open ? got : open;
        result->answered += got;
    }
    if (result->late_p99_us == 0 || late_us < result->late_p99_us)
        result->late_p99_us = late_us;
    result->cpu_s += target_cpu_s() - cpu_s;
    result->wall_s += (double)(mono_now().us - start.us) / 1e6;
}
