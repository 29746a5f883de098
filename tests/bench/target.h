/* SPDX-License-Identifier: ISC */
/*
 * target - whom a benchmark of polling asks, and what.
 *
 * The i-th device is at net's i-th address; where the net ends, the next port begins.
 */
#ifndef KT_BENCH_TARGET_H
#define KT_BENCH_TARGET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TARGET_VARBINDS 10

struct target {
    uint32_t first; /* host order */
    uint32_t size;
    uint16_t port;
    size_t count;
    int version; /* 1, 2 or 3 */
    const char *community;
    size_t varbinds; /* 1 … TARGET_VARBINDS */
    /* Of version 3: */
    const char *user, *level, *auth, *priv;
};

/* What is asked for, the first varbinds of them: sysUpTime.0 and the first interface. v1 has them
 * all. */
extern const char *const target_names[TARGET_VARBINDS];

/* "127.1.0.0/16"; false: that is no IPv4 net. */
bool target_net(struct target *target, const char *cidr);
struct sockaddr_in target_address(const struct target *target, size_t device);
/* User and system time of this process, seconds. */
double target_cpu_s(void);
#endif
