/* SPDX-License-Identifier: ISC */
/*
 * trap_socket - the system calls of the trap port: a socket, a batch of datagrams in, one out.
 *
 * A socket on "[::]:162" hears IPv4 as well. Knows nothing of SNMP. The parent opens it, so that
 * the child, which reads it, needs no right to a low port.
 */
#ifndef KT_TRAP_SOCKET_H
#define KT_TRAP_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/socket.h>

#include "daemon/base/err.h"
#include "probes/ber.h"

#define TRAP_BATCH 64

/* Where a datagram came from, and to which of our addresses: the way back for an answer. */
struct trap_path {
    struct sockaddr_storage from;
    socklen_t from_bytes;
    _Alignas(struct cmsghdr) uint8_t local[64]; /* as the system said it and takes it again */
    size_t local_bytes;
};

struct trap_datagram {
    struct trap_path path;
    bool truncated; /* there was more than BER_MESSAGE_MAX of it */
    size_t count;
    uint8_t bytes[BER_MESSAGE_MAX];
};

struct trap_batch {
    struct trap_datagram datagrams[TRAP_BATCH];
};

/*
 * By the words of probes/trap_listen.h; "systemd" takes the first datagram socket of LISTEN_FDS
 * [sd_listen_fds(3)]. -1 with err, which says what to do about a port that may not be had; -1
 * without an error (err->text is "") when the words say nowhere.
 */
int trap_socket_open(const char *words, struct err *err);
/* How many came; fewer than TRAP_BATCH means that the socket is empty. */
size_t trap_socket_receive(int fd, struct trap_batch *batch);
/* One datagram back; one that cannot leave now is lost, as the network may lose it too. */
bool trap_socket_answer(int fd, const struct trap_path *path, const uint8_t *bytes, size_t count);
/* What the kernel dropped since the socket was made, because nobody read in time. */
uint32_t trap_socket_drops(int fd);
#endif
