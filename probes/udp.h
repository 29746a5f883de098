/* SPDX-License-Identifier: ISC */
/*
 * udp - the system calls of the engine: a socket, one datagram out, a batch of datagrams in.
 *
 * Non-blocking throughout. Knows nothing of SNMP.
 */
#ifndef KT_UDP_H
#define KT_UDP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/socket.h>

#include "daemon/base/err.h"
#include "probes/ber.h"

#define UDP_BATCH 64 /* datagrams per system call: more wins nothing (measured) */

enum udp_sent {
    UDP_SENT = 1,
    UDP_FULL,    /* the socket's buffer; later */
    UDP_REFUSED, /* no route, a firewall, no such family */
};

struct udp_datagram {
    struct sockaddr_storage from;
    bool truncated; /* there was more than BER_MESSAGE_MAX of it */
    size_t count;
    uint8_t bytes[BER_MESSAGE_MAX];
};

struct udp_batch {
    struct udp_datagram datagrams[UDP_BATCH];
};

/* A socket on a port of the system's choice, -1 with err when the system has none of this family.
 */
int udp_open(int domain, struct err *err);
enum udp_sent udp_send(int fd, const struct sockaddr_storage *to, const uint8_t *bytes,
                       size_t count);
/* How many came; fewer than UDP_BATCH means that the socket is empty. */
size_t udp_receive(int fd, struct udp_batch *batch);
#endif
