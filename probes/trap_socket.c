/* SPDX-License-Identifier: ISC */
#include "probes/trap_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/sock_diag.h>
#include <netinet/in.h>

#include "daemon/base/text.h"
#include "probes/trap_listen.h"

#define BUFFER_BYTES                                                                               \
    (8 * 1024 * 1024) /* 0.1 s of a flood of 50,000/s; the kernel counts ~1 kB each */
#define GIVEN_FD_LEAST 3

/* FORCE passes net.core.rmem_max where we may; else as much as that allows. */
static bool prepare(int fd, int domain, struct err *err)
{
    int bytes = BUFFER_BYTES, on = 1, off = 0;

    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) < 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    if (domain == AF_INET6) {
        /* an inherited socket is bound already, and what it was made for stays */
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
        if (setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on) < 0)
            return err_set(err, "trap socket: %s", strerror(errno));
    } else if (setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) < 0) {
        return err_set(err, "trap socket: %s", strerror(errno));
    }
    return true;
}

static int socket_bound(const struct sockaddr_storage *address, const char *words, struct err *err)
{
    socklen_t bytes =
        address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    int fd = socket(address->ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0) {
        err_set(err, "trap socket: %s", strerror(errno));
        return -1;
    }
    if (!prepare(fd, address->ss_family, err)) {
        close(fd);
        return -1;
    }
    if (bind(fd, (const struct sockaddr *)address, bytes) == 0)
        return fd;
    err_set(err, "trap.listen = %s: %s%s", words, strerror(errno),
            errno == EACCES
                ? "; a port below 1024 needs CAP_NET_BIND_SERVICE, or a socket unit and "
                  "trap.listen = systemd"
                : "");
    close(fd);
    return -1;
}

static bool is_datagram_socket(int fd, int *domain)
{
    int type = 0;
    socklen_t bytes = sizeof type;

    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &bytes) < 0 || type != SOCK_DGRAM)
        return false;
    bytes = sizeof *domain;
    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, domain, &bytes) == 0 &&
           (*domain == AF_INET || *domain == AF_INET6);
}

/* Handed over by whoever started us; LISTEN_PID says that we are meant and not our parent. */
static int socket_given(struct err *err)
{
    const char *pid_text = getenv("LISTEN_PID"), *count_text = getenv("LISTEN_FDS");
    int64_t pid, count;
    int domain;

    if (pid_text != NULL && count_text != NULL && text_i64(pid_text, 1, INT32_MAX, &pid) &&
        pid == getpid() && text_i64(count_text, 1, 1024, &count)) {
        for (int fd = GIVEN_FD_LEAST; fd < GIVEN_FD_LEAST + (int)count; fd++) {
            if (!is_datagram_socket(fd, &domain))
                continue;
            if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) < 0 ||
                !prepare(fd, domain, err))
                return -1;
            return fd;
        }
    }
    err_set(err, "trap.listen = systemd: no datagram socket was handed over (LISTEN_FDS); is the "
                 "socket unit started?");
    return -1;
}

int trap_socket_open(const char *words, struct err *err)
{
    struct sockaddr_storage address;

    err->text[0] = '\0';
    switch (trap_listen_read(words, &address)) {
    case TRAP_LISTEN_OFF:
        return -1;
    case TRAP_LISTEN_GIVEN:
        return socket_given(err);
    case TRAP_LISTEN_ADDRESS:
        return socket_bound(&address, words, err);
    case TRAP_LISTEN_WRONG:
        break;
    }
    err_set(err, "trap.listen = %s: no address and port", words);
    return -1;
}

static void place(struct trap_datagram *datagram, struct msghdr *head, struct iovec *iov)
{
    *iov = (struct iovec){datagram->bytes, sizeof datagram->bytes};
    memset(&datagram->path, 0, sizeof datagram->path);
    head->msg_iov = iov;
    head->msg_iovlen = 1;
    head->msg_name = &datagram->path.from;
    head->msg_namelen = sizeof datagram->path.from;
    head->msg_control = datagram->path.local;
    head->msg_controllen = sizeof datagram->path.local;
}

size_t trap_socket_receive(int fd, struct trap_batch *batch)
{
    struct mmsghdr heads[TRAP_BATCH] = {0};
    struct iovec iovs[TRAP_BATCH];
    int got;

    for (size_t i = 0; i < TRAP_BATCH; i++)
        place(&batch->datagrams[i], &heads[i].msg_hdr, &iovs[i]);
    got = recvmmsg(fd, heads, TRAP_BATCH, MSG_DONTWAIT, NULL);
    if (got <= 0)
        return 0;
    for (size_t i = 0; i < (size_t)got; i++) {
        struct trap_datagram *datagram = &batch->datagrams[i];

        datagram->count = heads[i].msg_len;
        datagram->truncated = (heads[i].msg_hdr.msg_flags & MSG_TRUNC) != 0;
        datagram->path.from_bytes = heads[i].msg_hdr.msg_namelen;
        datagram->path.local_bytes = heads[i].msg_hdr.msg_controllen;
    }
    return (size_t)got;
}

bool trap_socket_answer(int fd, const struct trap_path *path, const uint8_t *bytes, size_t count)
{
    struct trap_path way = *path;
    struct iovec iov = {(void *)(uintptr_t)bytes, count};
    struct msghdr head = {.msg_name = &way.from,
                          .msg_namelen = way.from_bytes,
                          .msg_iov = &iov,
                          .msg_iovlen = 1,
                          .msg_control = way.local_bytes > 0 ? way.local : NULL,
                          .msg_controllen = way.local_bytes};

    return sendmsg(fd, &head, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

uint32_t trap_socket_drops(int fd)
{
    uint32_t info[SK_MEMINFO_VARS] = {0};
    socklen_t bytes = sizeof info;

    if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &bytes) < 0)
        return 0;
    return info[SK_MEMINFO_DROPS];
}
