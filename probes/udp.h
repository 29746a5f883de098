/* SPDX-License-Identifier: ISC */
/*
 * udp - the system calls of the engine: a socket, a batch of datagrams out, a batch in.
 *
 * Non-blocking throughout. Knows nothing of SNMP.
 */
#ifndef KT_UDP_H
#define KT_UDP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/socket.h>

#include "daemon/base/clock.h"
#include "daemon/base/err.h"
#include "probes/address.h"
#include "probes/ber.h"

#define UDP_BATCH    64   /* datagrams per system call: more wins nothing (measured) */
#define UDP_SEND_MAX 1472 /* fits an Ethernet frame */

enum udp_sent {
    UDP_SENT = 1,
    UDP_FULL,    /* the socket's buffer; later */
    UDP_REFUSED, /* no route, a firewall, no such family */
};

struct udp_datagram {
    union address from;
    struct wall at; /* when the kernel had it; the moment of reading where it does not say */
    bool truncated; /* there was more than BER_MESSAGE_MAX of it */
    size_t count;
    uint8_t bytes[BER_MESSAGE_MAX];
};

struct udp_batch {
    struct udp_datagram datagrams[UDP_BATCH];
};

struct udp_out {
    size_t count; /* that wait */
    struct udp_outgoing {
        union address to;
        size_t count;
        uint8_t bytes[UDP_SEND_MAX];
    } datagrams[UDP_BATCH];
};

/* A socket on a port of the system's choice, -1 with err when the system has none of this family.
 */
int udp_open(int domain, struct err *err);
/* Room for bursts and the time of arrival; for sockets of other protocols too. */
void udp_prepare(int fd);
/* How many datagrams it keeps for us, however they are counted. */
size_t udp_room(int fd);
enum udp_sent udp_send(int fd, const union address *to, const uint8_t *bytes, size_t count);
/*
 * Sends what waits, in its order. True: nothing waits any more; *refused datagrams of it the system
 * would not send at all. False: the socket is full, the rest waits on.
 */
bool udp_flush(int fd, struct udp_out *out, size_t *refused);
/* How many came; fewer than UDP_BATCH means that the socket is empty. */
size_t udp_receive(int fd, struct udp_batch *batch);
#endif
