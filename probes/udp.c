/* SPDX-License-Identifier: ISC */
#include "probes/udp.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>

#include "probes/address.h"

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

/* Bound at once, so that the port is fixed for the child's life. IPv4 comes by the IPv4 socket
 * only. */
static bool udp_bind(int fd, int domain)
{
    struct sockaddr_storage any = {.ss_family = (sa_family_t)domain};
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
    udp_enlarge(fd);
    return fd;
}

enum udp_sent udp_send(int fd, const struct sockaddr_storage *to, const uint8_t *bytes,
                       size_t count)
{
    if (fd < 0)
        return UDP_REFUSED;
    if (sendto(fd, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)to,
               address_bytes(to)) >= 0)
        return UDP_SENT;
    return errno == EAGAIN || errno == EINTR ? UDP_FULL : UDP_REFUSED;
}

size_t udp_receive(int fd, struct udp_batch *batch)
{
    struct mmsghdr heads[UDP_BATCH] = {0};
    struct iovec places[UDP_BATCH];
    int got;

    for (size_t i = 0; i < UDP_BATCH; i++) {
        struct udp_datagram *datagram = &batch->datagrams[i];

        places[i] = (struct iovec){datagram->bytes, sizeof datagram->bytes};
        memset(&datagram->from, 0, sizeof datagram->from);
        heads[i].msg_hdr.msg_iov = &places[i];
        heads[i].msg_hdr.msg_iovlen = 1;
        heads[i].msg_hdr.msg_name = &datagram->from;
        heads[i].msg_hdr.msg_namelen = sizeof datagram->from;
    }
    got = recvmmsg(fd, heads, UDP_BATCH, MSG_DONTWAIT, NULL);
    if (got <= 0)
        return 0; /* empty; or an error that says nothing about any device */
    for (size_t i = 0; i < (size_t)got; i++) {
        batch->datagrams[i].count = heads[i].msg_len;
        batch->datagrams[i].truncated = (heads[i].msg_hdr.msg_flags & MSG_TRUNC) != 0;
    }
    return (size_t)got;
}
