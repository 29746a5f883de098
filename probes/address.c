/* SPDX-License-Identifier: ISC */
#include "probes/address.h"

#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>

/* Copies instead of casts: the bytes are the same, and nothing is aliased. */
static struct sockaddr_in as_v4(const struct sockaddr_storage *address)
{
    struct sockaddr_in v4;

    memcpy(&v4, address, sizeof v4);
    return v4;
}

static struct sockaddr_in6 as_v6(const struct sockaddr_storage *address)
{
    struct sockaddr_in6 v6;

    memcpy(&v6, address, sizeof v6);
    return v6;
}

bool address_equal(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
    if (a->ss_family != b->ss_family)
        return false;
    if (a->ss_family == AF_INET) {
        struct sockaddr_in x = as_v4(a), y = as_v4(b);

        return x.sin_addr.s_addr == y.sin_addr.s_addr && x.sin_port == y.sin_port;
    }
    if (a->ss_family == AF_INET6) {
        struct sockaddr_in6 x = as_v6(a), y = as_v6(b);

        return memcmp(&x.sin6_addr, &y.sin6_addr, sizeof x.sin6_addr) == 0 &&
               x.sin6_port == y.sin6_port && x.sin6_scope_id == y.sin6_scope_id;
    }
    return false;
}

socklen_t address_bytes(const struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET)
        return sizeof(struct sockaddr_in);
    return address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : 0;
}

const char *address_print(const struct sockaddr_storage *address, char out[ADDRESS_TEXT_MAX])
{
    char host[INET6_ADDRSTRLEN];

    snprintf(out, ADDRESS_TEXT_MAX, "?");
    if (address->ss_family == AF_INET) {
        struct sockaddr_in v4 = as_v4(address);

        if (inet_ntop(AF_INET, &v4.sin_addr, host, sizeof host) != NULL)
            snprintf(out, ADDRESS_TEXT_MAX, "%s:%u", host, (unsigned)ntohs(v4.sin_port));
    } else if (address->ss_family == AF_INET6) {
        struct sockaddr_in6 v6 = as_v6(address);

        if (inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof host) != NULL)
            snprintf(out, ADDRESS_TEXT_MAX, "[%s]:%u", host, (unsigned)ntohs(v6.sin6_port));
    }
    return out;
}
