/* SPDX-License-Identifier: ISC */
#include "probes/address.h"

#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>

bool address_same_host(const union address *a, const union address *b)
{
    if (a->any.sa_family != b->any.sa_family)
        return false;
    if (a->any.sa_family == AF_INET)
        return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
    return a->any.sa_family == AF_INET6 &&
           memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof a->v6.sin6_addr) == 0 &&
           a->v6.sin6_scope_id == b->v6.sin6_scope_id;
}

bool address_is_loopback(const union address *address)
{
    if (address->any.sa_family == AF_INET)
        return ntohl(address->v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    return address->any.sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&address->v6.sin6_addr);
}

bool address_equal(const union address *a, const union address *b)
{
    if (!address_same_host(a, b))
        return false;
    return a->any.sa_family == AF_INET ? a->v4.sin_port == b->v4.sin_port
                                       : a->v6.sin6_port == b->v6.sin6_port;
}

socklen_t address_bytes(const union address *address)
{
    if (address->any.sa_family == AF_INET)
        return sizeof(struct sockaddr_in);
    return address->any.sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : 0;
}

const char *address_print(const union address *address, char out[ADDRESS_TEXT_MAX])
{
    char host[INET6_ADDRSTRLEN];

    snprintf(out, ADDRESS_TEXT_MAX, "?");
    if (address->any.sa_family == AF_INET) {
        if (inet_ntop(AF_INET, &address->v4.sin_addr, host, sizeof host) != NULL)
            snprintf(out, ADDRESS_TEXT_MAX, "%s:%u", host, (unsigned)ntohs(address->v4.sin_port));
    } else if (address->any.sa_family == AF_INET6) {
        if (inet_ntop(AF_INET6, &address->v6.sin6_addr, host, sizeof host) != NULL)
            snprintf(out, ADDRESS_TEXT_MAX, "[%s]:%u", host,
                     (unsigned)ntohs(address->v6.sin6_port));
    }
    return out;
}
