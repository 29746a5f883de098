/* SPDX-License-Identifier: ISC */
/*
 * net - a network of the test's own: this program on one end of a cable, a far host on the other.
 *
 * Two network namespaces without a name, joined by a veth pair: nothing of the machine's network is
 * touched, and all of it is gone when the program ends, however it ends. For root alone.
 *
 * near: 10.99.0.1 and fd00:99::1; far: 10.99.0.2 … 10.99.0.9 and fd00:99::2.
 */
#ifndef KT_TEST_NET_H
#define KT_TEST_NET_H

#include <stdbool.h>

#define NET_NEAR    "10.99.0.1"
#define NET_FAR     "10.99.0.2"
#define NET_FAR_TWO "10.99.0.3"
#define NET_NEAR_V6 "fd00:99::1"
#define NET_FAR_V6  "fd00:99::2"

enum net_end { NET_HERE = 1, NET_THERE };

/* Once, before anything else. NULL, or why there cannot be one on this machine. */
const char *net_open(void);
/* One command on that end; words are separated by single blanks. False: it ended otherwise than 0.
 */
bool net_run(enum net_end end, const char *command);
/* A socket of that end, non-blocking; -1 when there can be none. */
int net_socket(enum net_end end, int domain, int type, int protocol);
/* net.ipv4.ping_group_range of this end: may everybody have a ping socket? */
bool net_allow_ping(bool allowed);
/* Is there such a program in the usual places? */
bool net_has(const char *program);
#endif
