/* SPDX-License-Identifier: ISC */
/*
 * net_guard - may this address be connected to? Private, loopback, link-local and every other
 * address that is not plain public unicast is refused unless a listed network contains it.
 *
 * Pure. Source: IANA's IPv4 and IPv6 special-purpose address registries (RFC 6890 and updates) and
 * its IPv6 address space registry (only 2000::/3 is handed out). Where an IPv6 address carries an
 * IPv4 one that the packet ends at (v4-mapped, NAT64, 6to4), that one is judged; Teredo is refused.
 */
#ifndef KT_NET_GUARD_H
#define KT_NET_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <netinet/in.h>
#include <sys/socket.h>

#define NET_LIST_MAX 64

struct net {
    struct in6_addr address; /* IPv4 as ::ffff:a.b.c.d */
    uint8_t prefix;          /* of 128 */
};

struct net_list {
    struct net nets[NET_LIST_MAX];
    size_t count;
};

/* "10.20.0.0/16", "127.0.0.1", "fd00::/8". False: not an IP network, or bits set behind the prefix.
 */
bool net_parse(const char *text, struct net *net);
bool net_list_has(const struct net_list *list, const struct sockaddr *address);
/* NULL: may be called. Else what the address is ("private (10.0.0.0/8)"), static. */
const char *net_guard_refuses(const struct sockaddr *address, const struct net_list *allow);
/* The same for an IP literal; what is none is refused. */
const char *net_guard_refuses_text(const char *address, const struct net_list *allow);
/* out, "?" for what is no IP address. */
const char *net_address_text(const struct sockaddr *address, char out[INET6_ADDRSTRLEN]);
#endif
