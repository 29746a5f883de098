/* SPDX-License-Identifier: ISC */
/*
 * bare_snmp - the limit: what asking costs when nothing is done but to ask.
 *
 * A sendmmsg/recvmmsg loop on one socket: encoded requests, 512 of them open at a time, replies
 * counted and thrown away unread. The CPU is that of the calling process, user and system.
 */
#ifndef KT_BARE_SNMP_H
#define KT_BARE_SNMP_H

#include <stddef.h>
#include <stdint.h>
#include <stdint.h>

#include "tests/bench/target.h"

struct bare_result {
    size_t polls;
    size_t answered;
    double wall_s;
    double cpu_s;
    int64_t late_p99_us; /* from a round's start until 99 of 100 had left, in the quickest one */
};

struct bare;

/* The agents answer a v1 or v2c GET with that community; discovery asks for an SNMPv3 engine id
 * instead. NULL: no socket. */
struct bare *bare_new(const struct target *target);
struct bare *bare_new_discovery(const struct target *target);
void bare_free(struct bare *bare);
/* One request to each, and what it cost is added to *result. */
void bare_round(struct bare *bare, struct bare_result *result);
#endif
