/* SPDX-License-Identifier: ISC */
/*
 * icmp - a socket that sends echo requests and hears the replies, of one address family.
 *
 * A ping socket where the system allows one to this user (net.ipv4.ping_group_range), else a raw
 * one for who has CAP_NET_RAW. Both are opened before capabilities are given up, and go through the
 * batches of probes/udp.h. What a message means is read by probes/echo.h.
 */
#ifndef KT_ICMP_H
#define KT_ICMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/err.h"
#include "probes/echo.h"
#include "probes/udp.h"

enum icmp_way { ICMP_CLOSED = 1, ICMP_PING, ICMP_RAW };

struct icmp {
    int fd; /* -1 with ICMP_CLOSED */
    enum icmp_way way;
    enum echo_family family;
    uint16_t id;       /* ours among the others of this machine; a ping socket has its own */
    uint16_t sequence; /* of the next request */
};

/* What a person can do about ICMP_CLOSED. */
#define ICMP_REMEDY                                                                                \
    "give the program CAP_NET_RAW, or its group a place in net.ipv4.ping_group_range"

/* domain: AF_INET or AF_INET6. False: neither is allowed, or there is no such family; err says
 * which. */
bool icmp_open(struct icmp *icmp, int domain, struct err *err);
void icmp_close(struct icmp *icmp);

/* One request, ready to leave: to whom and what. device: with a port or without. */
void icmp_request(struct icmp *icmp, const union address *device, uint32_t key, uint64_t cookie,
                  struct udp_outgoing *out);
/* The reply in a datagram that came on this socket. ECHO_FOREIGN: it is not to us. */
enum echo_rc icmp_read(const struct icmp *icmp, const struct udp_datagram *datagram,
                       struct echo *echo);
#endif
