/* SPDX-License-Identifier: ISC */
#include "tests/bench/trap_flood.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <netinet/in.h>

#include "daemon/base/clock.h"

#define BATCH     64
#define ROUND_US  2000
#define TRAP_MOST 256

/* linkDown of interface 7, uptime 12345: after the request id. */
static const uint8_t rest[] = {0x02, 0x01, 0x00, 0x02, 0x01, 0x00, 0x30, 0x3a, 0x30, 0x0e, 0x06,
                               0x08, 0x2b, 0x06, 0x01, 0x02, 0x01, 0x01, 0x03, 0x00, 0x43, 0x02,
                               0x30, 0x39, 0x30, 0x17, 0x06, 0x0a, 0x2b, 0x06, 0x01, 0x06, 0x03,
                               0x01, 0x01, 0x04, 0x01, 0x00, 0x06, 0x09, 0x2b, 0x06, 0x01, 0x06,
                               0x03, 0x01, 0x01, 0x05, 0x03, 0x30, 0x0f, 0x06, 0x0a, 0x2b, 0x06,
                               0x01, 0x02, 0x01, 0x02, 0x02, 0x01, 0x01, 0x07, 0x02, 0x01, 0x07};

struct trap_bytes {
    uint8_t at[TRAP_MOST];
    size_t count;
    size_t id_at;
};

static void write_trap(struct trap_bytes *trap, const char *community)
{
    size_t words = strlen(community);
    uint8_t *at = trap->at;
    const uint8_t pdu[] = {0xa7, 6 + sizeof rest, 0x02, 4, 0x11, 0, 0, 0};

    *at++ = 0x30;
    *at++ = (uint8_t)(3 + 2 + words + sizeof pdu + sizeof rest);
    memcpy(at, "\x02\x01\x01\x04", 4);
    at += 4;
    *at++ = (uint8_t)words;
    memcpy(at, community, words);
    at += words;
    memcpy(at, pdu, sizeof pdu);
    trap->id_at = (size_t)(at + 4 - trap->at);
    at += sizeof pdu;
    memcpy(at, rest, sizeof rest);
    trap->count = (size_t)(at + sizeof rest - trap->at);
}

static void number(struct trap_bytes *trap, uint32_t n)
{
    trap->at[trap->id_at + 1] = (uint8_t)(n >> 16);
    trap->at[trap->id_at + 2] = (uint8_t)(n >> 8);
    trap->at[trap->id_at + 3] = (uint8_t)n;
    trap->at[trap->id_at] = (uint8_t)(0x10 + (n >> 24) % 0x60);
}

static int socket_from(uint32_t source, uint16_t port)
{
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(source)};
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&own, sizeof own) < 0 ||
        connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
        return -1;
    return fd;
}

static void send_batch(int fd, struct trap_bytes *traps, size_t count, uint32_t *n)
{
    struct mmsghdr heads[BATCH] = {0};
    struct iovec iovs[BATCH];

    for (size_t i = 0; i < count; i++) {
        number(&traps[i], ++*n);
        iovs[i] = (struct iovec){traps[i].at, traps[i].count};
        heads[i].msg_hdr = (struct msghdr){.msg_iov = &iovs[i], .msg_iovlen = 1};
    }
    (void)sendmmsg(fd, heads, (unsigned)count, MSG_DONTWAIT);
}

/* What is behind by more than a tenth of a second is not made up for: the rate is a rate. */
static void run(const struct trap_flood *flood, const int *fds)
{
    static struct trap_bytes traps[BATCH];
    struct mono began = mono_now();
    const struct itimerspec each = {{.tv_nsec = ROUND_US * 1000L}, {.tv_nsec = ROUND_US * 1000L}};
    int rounds = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    uint64_t sent = 0, past;
    uint32_t n = 0;
    size_t source = 0;

    if (rounds < 0 || timerfd_settime(rounds, 0, &each, NULL) < 0)
        _exit(1);
    for (size_t i = 0; i < BATCH; i++)
        write_trap(&traps[i], flood->community);
    for (;;) {
        int64_t past_us = mono_now().us - began.us;
        uint64_t due = (uint64_t)past_us * flood->per_s / US_PER_S;

        if (due > sent + flood->per_s / 10) {
            began.us += (int64_t)((due - sent) * US_PER_S / flood->per_s);
            continue;
        }
        while (sent < due) {
            size_t count = due - sent < BATCH ? (size_t)(due - sent) : BATCH;

            send_batch(fds[source], traps, count, &n);
            source = (source + 1) % flood->source_count;
            sent += count;
            *(volatile uint64_t *)flood->sent = sent;
        }
        if (read(rounds, &past, sizeof past) < 0)
            _exit(1);
    }
}

bool trap_flood_start(struct trap_flood *flood, struct err *err)
{
    int fds[FLOOD_SOURCES_MOST];
    void *shared =
        mmap(NULL, sizeof *flood->sent, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (shared == MAP_FAILED)
        return err_set(err, "mmap: %s", strerror(errno));
    flood->sent = shared;
    for (size_t i = 0; i < flood->source_count; i++) {
        fds[i] = socket_from(flood->sources[i], flood->port);
        if (fds[i] < 0)
            return err_set(err, "a sender's socket: %s", strerror(errno));
    }
    flood->pid = fork();
    if (flood->pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        run(flood, fds);
    }
    for (size_t i = 0; i < flood->source_count; i++)
        close(fds[i]);
    return flood->pid > 0 || err_set(err, "fork: %s", strerror(errno));
}

uint64_t trap_flood_stop(struct trap_flood *flood)
{
    uint64_t sent = flood->sent == NULL ? 0 : *(volatile uint64_t *)flood->sent;

    if (flood->pid > 0) {
        kill(flood->pid, SIGKILL);
        waitpid(flood->pid, NULL, 0);
        sent = *(volatile uint64_t *)flood->sent;
    }
    if (flood->sent != NULL)
        munmap(flood->sent, sizeof *flood->sent);
    flood->sent = NULL;
    flood->pid = -1;
    return sent;
}
