/* SPDX-License-Identifier: ISC */
#include "tests/bench/late_agents.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <netinet/in.h>

#include "daemon/base/clock.h"

#define NOTES_MOST (4 * 1024 * 1024) /* only pages that are written cost memory */
#define BATCH      64
#define BYTES_MOST 512
#define EARLY_US   20000 /* a tick: so much before the earliest that was seen it may be its turn */

struct note {
    uint32_t device;
    int64_t at_us;
};

struct late_notes {
    _Atomic size_t count;
    struct note at[NOTES_MOST];
};

struct datagram {
    struct sockaddr_in from;
    _Alignas(struct cmsghdr) uint8_t control[128];
    uint8_t bytes[BYTES_MOST];
};

/* A v2c request with lengths below 128 becomes its own response, with genErr. */
static bool turn_into_answer(uint8_t *bytes, size_t count)
{
    size_t pdu, status;

    if (count < 20 || bytes[0] != 0x30 || bytes[1] >= 0x80 || bytes[5] != 0x04)
        return false;
    pdu = 7 + (size_t)bytes[6];
    if (pdu + 4 >= count || bytes[pdu] != 0xa0 || bytes[pdu + 1] >= 0x80)
        return false;
    status = pdu + 4 + bytes[pdu + 3];
    if (status + 6 > count || bytes[status] != 0x02 || bytes[status + 1] != 1)
        return false;
    bytes[pdu] = 0xa2;
    bytes[status + 2] = 5;
    bytes[status + 5] = 1;
    return true;
}

/* Where it was sent to and when it came; the address stays in the control part for the way back. */
static void read_control(struct msghdr *head, uint32_t *to, int64_t *at_us)
{
    for (struct cmsghdr *part = CMSG_FIRSTHDR(head); part != NULL; part = CMSG_NXTHDR(head, part)) {
        struct in_pktinfo info;
        struct timespec at;

        if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
            memcpy(&info, CMSG_DATA(part), sizeof info);
            *to = ntohl(info.ipi_addr.s_addr);
        } else if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_TIMESTAMPNS) {
            memcpy(&at, CMSG_DATA(part), sizeof at);
            *at_us = (int64_t)at.tv_sec * US_PER_S + at.tv_nsec / 1000;
        }
    }
}

static void answer(int fd, struct datagram *datagram, size_t count, uint32_t from)
{
    _Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof(struct in_pktinfo))] = {0};
    struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl(from)};
    struct iovec iov = {datagram->bytes, count};
    struct msghdr head = {.msg_name = &datagram->from,
                          .msg_namelen = sizeof datagram->from,
                          .msg_iov = &iov,
                          .msg_iovlen = 1,
                          .msg_control = control,
                          .msg_controllen = sizeof control};
    struct cmsghdr *part = CMSG_FIRSTHDR(&head);

    part->cmsg_level = IPPROTO_IP;
    part->cmsg_type = IP_PKTINFO;
    part->cmsg_len = CMSG_LEN(sizeof info);
    memcpy(CMSG_DATA(part), &info, sizeof info);
    (void)sendmsg(fd, &head, MSG_DONTWAIT);
}

static void take(const struct late_agents *agents, int fd, struct datagram *datagram,
                 struct mmsghdr *head)
{
    struct late_notes *notes = agents->notes;
    size_t place = atomic_load_explicit(&notes->count, memory_order_relaxed);
    uint32_t to = 0;
    int64_t at_us = 0;

    read_control(&head->msg_hdr, &to, &at_us);
    if (to <= agents->net || to > agents->net + agents->devices || place == NOTES_MOST)
        return;
    notes->at[place] = (struct note){to - agents->net - 1, at_us};
    atomic_store_explicit(&notes->count, place + 1, memory_order_release);
    if (turn_into_answer(datagram->bytes, head->msg_len))
        answer(fd, datagram, head->msg_len, to);
}

static void serve(const struct late_agents *agents, int fd)
{
    static struct datagram datagrams[BATCH];
    struct mmsghdr heads[BATCH];
    struct iovec iovs[BATCH];

    for (;;) {
        int got;

        memset(heads, 0, sizeof heads);
        for (size_t i = 0; i < BATCH; i++) {
            iovs[i] = (struct iovec){datagrams[i].bytes, BYTES_MOST};
            heads[i].msg_hdr = (struct msghdr){.msg_name = &datagrams[i].from,
                                               .msg_namelen = sizeof datagrams[i].from,
                                               .msg_iov = &iovs[i],
                                               .msg_iovlen = 1,
                                               .msg_control = datagrams[i].control,
                                               .msg_controllen = sizeof datagrams[i].control};
        }
        got = recvmmsg(fd, heads, BATCH, MSG_WAITFORONE, NULL);
        if (got < 0 && errno != EINTR)
            _exit(1);
        for (int i = 0; i < got; i++)
            take(agents, fd, &datagrams[i], &heads[i]);
    }
}

static int open_socket(uint16_t *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t bytes = sizeof at;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1, room = 4 * 1024 * 1024;

    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) < 0 ||
        bind(fd, (struct sockaddr *)&at, sizeof at) < 0 ||
        getsockname(fd, (struct sockaddr *)&at, &bytes) < 0) {
        close(fd);
        return -1;
    }
    *port = ntohs(at.sin_port);
    return fd;
}

bool late_agents_start(struct late_agents *agents, uint32_t net, uint32_t devices, struct err *err)
{
    void *shared = mmap(NULL, sizeof *agents->notes, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    int fd;

    *agents = (struct late_agents){.pid = -1, .net = net, .devices = devices};
    if (shared == MAP_FAILED)
        return err_set(err, "mmap: %s", strerror(errno));
    agents->notes = shared;
    fd = open_socket(&agents->port);
    if (fd < 0)
        return err_set(err, "agents: %s", strerror(errno));
    agents->pid = fork();
    if (agents->pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(agents, fd);
    }
    close(fd);
    return agents->pid > 0 || err_set(err, "fork: %s", strerror(errno));
}

void late_agents_stop(struct late_agents *agents)
{
    if (agents->pid > 0) {
        kill(agents->pid, SIGKILL);
        waitpid(agents->pid, NULL, 0);
    }
    if (agents->notes != NULL)
        munmap(agents->notes, sizeof *agents->notes);
    free(agents->phases_us);
    *agents = (struct late_agents){.pid = -1};
}

static int by_device(const void *a, const void *b)
{
    const struct note *x = a, *y = b;

    if (x->device != y->device)
        return x->device < y->device ? -1 : 1;
    return (x->at_us > y->at_us) - (x->at_us < y->at_us);
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* The instant of the interval at which the device has its turn: where its earliest probe was. What
 * is far from the first, after a time-out, is none of its turns. */
static int64_t phase_of(const struct note *notes, size_t count, int64_t interval_us)
{
    int64_t first = notes[0].at_us % interval_us, least = 0;

    for (size_t i = 1; i < count; i++) {
        int64_t off = (notes[i].at_us - notes[0].at_us) % interval_us;

        if (off > interval_us / 2)
            off -= interval_us;
        if (off < least && off > -interval_us / 20)
            least = off;
    }
    return (first + least + interval_us) % interval_us;
}

/* Each turn of one device in that time, by the first probe that came at it or after it. In its
 * tick, that is: when exactly in it the turn was, nobody has seen. */
static size_t judge_device(const struct note *notes, size_t count, int64_t phase_us,
                           int64_t from_us, int64_t to_us, int64_t interval_us, int64_t *late_us,
                           size_t most)
{
    int64_t turn = from_us - from_us % interval_us + phase_us;
    size_t owed = 0, next = 0;

    if (turn < from_us)
        turn += interval_us;
    for (; turn < to_us && owed < most; turn += interval_us) {
        while (next < count && notes[next].at_us < turn - EARLY_US)
            next++;
        late_us[owed++] = next < count && notes[next].at_us - turn < interval_us
                              ? notes[next].at_us - turn
                              : interval_us;
    }
    return owed;
}

/* A copy, by device; how many. */
static size_t sorted_notes(const struct late_agents *agents, struct note **out)
{
    size_t total = atomic_load_explicit(&agents->notes->count, memory_order_acquire);
    struct note *notes = calloc(total + 1, sizeof *notes);

    if (notes == NULL)
        abort();
    memcpy(notes, agents->notes->at, total * sizeof *notes);
    qsort(notes, total, sizeof *notes, by_device);
    *out = notes;
    return total;
}

static size_t end_of_device(const struct note *notes, size_t first, size_t total)
{
    size_t end = first;

    while (end < total && notes[end].device == notes[first].device)
        end++;
    return end;
}

void late_agents_learn(struct late_agents *agents, int64_t interval_us)
{
    struct note *notes;
    size_t total = sorted_notes(agents, &notes);

    free(agents->phases_us);
    agents->phases_us = calloc(agents->devices, sizeof *agents->phases_us);
    if (agents->phases_us == NULL)
        abort();
    for (size_t first = 0, end; first < total; first = end) {
        end = end_of_device(notes, first, total);
        agents->phases_us[notes[first].device] = phase_of(&notes[first], end - first, interval_us);
    }
    free(notes);
}

void late_agents_judge(const struct late_agents *agents, int64_t from_us, int64_t to_us,
                       int64_t interval_us, int64_t most_us, struct late_result *out)
{
    struct note *notes;
    size_t total = sorted_notes(agents, &notes), owed = 0;
    size_t room = (size_t)((to_us - from_us) / interval_us + 2) * agents->devices;
    int64_t *late_us = calloc(room + 1, sizeof *late_us);

    if (late_us == NULL)
        abort();
    *out = (struct late_result){0};
    for (size_t first = 0, end; first < total; first = end) {
        end = end_of_device(notes, first, total);
        for (size_t i = first; i < end; i++)
            out->sent += notes[i].at_us >= from_us && notes[i].at_us < to_us;
        owed += judge_device(&notes[first], end - first, agents->phases_us[notes[first].device],
                             from_us, to_us, interval_us, &late_us[owed], room - owed);
    }
    qsort(late_us, owed, sizeof *late_us, by_size);
    for (size_t i = 0; i < owed; i++)
        out->on_time += late_us[i] <= most_us;
    out->owed = owed;
    if (owed > 0) {
        out->p50_us = late_us[owed / 2];
        out->p99_us = late_us[owed - 1 - owed / 100];
    }
    free(late_us);
    free(notes);
}
