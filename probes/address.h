/* SPDX-License-Identifier: ISC */
/*
 * address - socket addresses of devices: equal or not, and as text. Pure; IP only.
 *
 * An IPv4 address is only ever an AF_INET one: a v4-mapped IPv6 address equals none of them.
 */
#ifndef KT_ADDRESS_H
#define KT_ADDRESS_H

#include <stdbool.h>

#include <netinet/in.h>
#include <sys/socket.h>

#define ADDRESS_TEXT_MAX 64

/* As the system calls take it; a quarter of a sockaddr_storage, which counts with a million. */
union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/* Same family, host, scope and port. */
bool address_equal(const union address *a, const union address *b);
bool address_same_host(const union address *a, const union address *b); /* whatever the ports */
bool address_is_loopback(const union address *address);
socklen_t address_bytes(const union address *address); /* 0: neither IPv4 nor IPv6 */
/* "192.0.2.1:161" or "[2001:db8::1]:161"; "?" for another family. */
const char *address_print(const union address *address, char out[ADDRESS_TEXT_MAX]);
#endif
