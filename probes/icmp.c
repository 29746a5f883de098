/* SPDX-License-Identifier: ISC */
#include "probes/icmp.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/random.h>
#include <sys/socket.h>

/* Who may ping sees every ICMP message of the machine on a raw socket; all but replies stay in the
 * kernel. */
static bool hear_replies_only(int fd, int domain)
{
    struct icmp_filter v4 = {~(UINT32_C(1) << ICMP_ECHOREPLY)};
    struct icmp6_filter v6;

    if (domain == AF_INET)
        return setsockopt(fd, SOL_RAW, ICMP_FILTER, &v4, sizeof v4) == 0;
    ICMP6_FILTER_SETBLOCKALL(&v6);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &v6);
    return setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &v6, sizeof v6) == 0;
}

static int open_as(int domain, int type)
{
    int protocol = domain == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
    int fd = socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);

    if (fd < 0)
        return -1;
    if (type == SOCK_RAW && !hear_replies_only(fd, domain)) {
        close(fd);
        return -1;
    }
    udp_prepare(fd);
    return fd;
}

bool icmp_open(struct icmp *icmp, int domain, struct err *err)
{
    *icmp = (struct icmp){
        .way = ICMP_PING, .family = domain == AF_INET ? ECHO_V4 : ECHO_V6, .sequence = 1};
    icmp->fd = open_as(domain, SOCK_DGRAM);
    if (icmp->fd >= 0)
        return true;
    icmp->way = ICMP_RAW;
    icmp->fd = open_as(domain, SOCK_RAW);
    if (icmp->fd >= 0 && getrandom(&icmp->id, sizeof icmp->id, 0) == (ssize_t)sizeof icmp->id)
        return true;
    err_set(err, "%s", strerror(errno));
    icmp_close(icmp);
    return false;
}

void icmp_close(struct icmp *icmp)
{
    if (icmp->fd >= 0)
        close(icmp->fd);
    icmp->fd = -1;
    icmp->way = ICMP_CLOSED;
}

void icmp_request(struct icmp *icmp, const union address *device, uint32_t key, uint64_t cookie,
                  struct udp_outgoing *out)
{
    struct echo echo = {icmp->id, icmp->sequence++, key, cookie};

    echo_request(icmp->family, &echo, out->bytes);
    out->count = ECHO_BYTES;
    out->to = *device;
    if (icmp->family == ECHO_V4)
        out->to.v4.sin_port = 0;
    else
        out->to.v6.sin6_port = 0; /* a raw socket takes it for a protocol */
}

enum echo_rc icmp_read(const struct icmp *icmp, const struct udp_datagram *datagram,
                       struct echo *echo)
{
    size_t header = 0;
    enum echo_rc rc;

    if (datagram->truncated)
        return ECHO_FOREIGN; /* larger than anything that we send */
    if (icmp->way == ICMP_RAW && icmp->family == ECHO_V4) {
        header = echo_ip_header(datagram->bytes, datagram->count);
        if (header == 0)
            return ECHO_MALFORMED;
    }
    rc = echo_read(icmp->family, datagram->bytes + header, datagram->count - header, echo);
    if (rc == ECHO_REPLY && icmp->way == ICMP_RAW && echo->id != icmp->id)
        return ECHO_FOREIGN;
    return rc;
}
