/* SPDX-License-Identifier: ISC */
/*
 * trap_listen - the words for where traps are heard: "" (nowhere), "systemd" (a socket that was
 * handed over at the start), "0.0.0.0:162", "[::]:162". Pure.
 */
#ifndef KT_TRAP_LISTEN_H
#define KT_TRAP_LISTEN_H

#include <sys/socket.h>

enum trap_listen { TRAP_LISTEN_WRONG = 1, TRAP_LISTEN_OFF, TRAP_LISTEN_GIVEN, TRAP_LISTEN_ADDRESS };

/* address: set with TRAP_LISTEN_ADDRESS. */
enum trap_listen trap_listen_read(const char *words, struct sockaddr_storage *address);
#endif
