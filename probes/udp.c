/* SPDX-License-Identifier: ISC */
#include "probes/udp.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <time.h>

#define DATAGRAM_BYTES 4096 /* of a buffer, as the kernel counts a full frame at most */
#define BUFFER_BYTES                                                                               \
    (4 * 1024 * 1024) /* some thousand replies that come while the loop is elsewhere */

/* FORCE passes net.core.rmem_max where we may; else as much as that allows. */
static void udp_enlarge(int fd)
{
    int bytes = BUFFER_BYTES;

    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) < 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes) < 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

void udp_prepare(int fd)
{
    int on = 1;

    udp_enlarge(fd);
    (void)setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
}

size_t udp_room(int fd)
{
    int bytes = 0;
    socklen_t size = sizeof bytes;

    if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &size) < 0 || bytes < 0)
        return 0;
    return (size_t)bytes / DATAGRAM_BYTES;
}

/* Bound at once, so that the port is fixed for the child's life. IPv4 comes by the IPv4 socket
 * only. */
static bool udp_bind(int fd, int domain)
{
    union address any = {.any.sa_family = (sa_family_t)domain};
    int on = 1;

    if (domain == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0)
        return false;
    return bind(fd, (const struct sockaddr *)&any, address_bytes(&any)) == 0;
}

int udp_open(int domain, struct err *err)
{
    int fd = socket(domain, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0) {
        err_set(err, "UDP socket: %s", strerror(errno));
        return -1;
    }
    if (!udp_bind(fd, domain)) {
        err_set(err, "UDP socket: %s", strerror(errno));
        close(fd);
        return -1;
    }
    udp_prepare(fd);
    return fd;
}

enum udp_sent udp_send(int fd, const union address *to, const uint8_t *bytes, size_t count)
{
    if (fd < 0)
        return UDP_REFUSED;
    if (sendto(fd, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)to,
               address_bytes(to)) >= 0)
        return UDP_SENT;
    return errno == EAGAIN || errno == EINTR ? UDP_FULL : UDP_REFUSED;
}

/* Sends from the first on; how many left, 0 with errno when the first could not. */
static size_t send_some(int fd, struct udp_out *out, size_t first)
{
    struct mmsghdr heads[UDP_BATCH];
    struct iovec places[UDP_BATCH];
    size_t count = out->count - first;
    int sent;

    for (size_t i = 0; i < count; i++) {
        struct udp_outgoing *datagram = &out->datagrams[first + i];

        places[i] = (struct iovec){datagram->bytes, datagram->count};
        heads[i] = (struct mmsghdr){.msg_hdr = {.msg_name = &datagram->to,
                                                .msg_namelen = address_bytes(&datagram->to),
                                                .msg_iov = &places[i],
                                                .msg_iovlen = 1}};
    }
    sent = sendmmsg(fd, heads, (unsigned)count, MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent < 0 ? 0 : (size_t)sent;
}

static void keep_from(struct udp_out *out, size_t first)
{
    memmove(out->datagrams, out->datagrams + first, (out->count - first) * sizeof *out->datagrams);
    out->count -= first;
}

bool udp_flush(int fd, struct udp_out *out, size_t *refused)
{
    size_t done = 0;

    *refused = 0;
    while (done < out->count) {
        size_t sent = fd < 0 ? 0 : send_some(fd, out, done);

        done += sent;
        if (sent > 0)
            continue;
        if (fd >= 0 && errno == EINTR)
            continue;
        if (fd >= 0 && errno == EAGAIN) {
            keep_from(out, done);
            return false;
        }
        done++; /* that one will never leave; the others may */
        ++*refused;
    }
    out->count = 0;
    return true;
}

struct control {
    _Alignas(struct cmsghdr) char bytes[CMSG_SPACE(sizeof(struct timespec))];
};

static struct wall arrival(struct msghdr *head, struct wall now)
{
    for (struct cmsghdr *at = CMSG_FIRSTHDR(head); at != NULL; at = CMSG_NXTHDR(head, at)) {
        struct timespec time;

        if (at->cmsg_level != SOL_SOCKET || at->cmsg_type != SCM_TIMESTAMPNS)
            continue;
        memcpy(&time, CMSG_DATA(at), sizeof time);
        return (struct wall){(int64_t)time.tv_sec * US_PER_S + time.tv_nsec / 1000};
    }
    return now;
}

size_t udp_receive(int fd, struct udp_batch *batch)
{
    struct mmsghdr heads[UDP_BATCH];
    struct iovec places[UDP_BATCH];
    struct control controls[UDP_BATCH];
    struct wall now;
    int got;

    for (size_t i = 0; i < UDP_BATCH; i++) {
        struct udp_datagram *datagram = &batch->datagrams[i];

        places[i] = (struct iovec){datagram->bytes, sizeof datagram->bytes};
        heads[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &places[i],
                                                .msg_iovlen = 1,
                                                .msg_name = &datagram->from,
                                                .msg_namelen = sizeof datagram->from,
                                                .msg_control = controls[i].bytes,
                                                .msg_controllen = sizeof controls[i].bytes}};
    }
    got = recvmmsg(fd, heads, UDP_BATCH, MSG_DONTWAIT, NULL);
    if (got <= 0)
        return 0; /* empty; or an error that says nothing about any device */
    now = wall_now();
    for (size_t i = 0; i < (size_t)got; i++) {
        struct udp_datagram *datagram = &batch->datagrams[i];

        datagram->count = heads[i].msg_len;
        datagram->truncated = (heads[i].msg_hdr.msg_flags & MSG_TRUNC) != 0;
        datagram->at = arrival(&heads[i].msg_hdr, now);
    }
    return (size_t)got;
}
