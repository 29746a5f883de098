/* SPDX-License-Identifier: ISC */
/*
 * trap_flood - well-formed v2c traps from many addresses, so many a second.
 *
 * A process of its own; each trap is another one (its request id), so none is a copy.
 */
#ifndef KT_TRAP_FLOOD_H
#define KT_TRAP_FLOOD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "daemon/base/err.h"

#define FLOOD_SOURCES_MOST 1024

struct trap_flood {
    uint16_t port; /* on 127.0.0.1 */
    const char *community;
    uint32_t sources[FLOOD_SOURCES_MOST]; /* addresses, host byte order; they take turns */
    size_t source_count;
    uint32_t per_s;
    pid_t pid;
    uint64_t *sent; /* shared */
};

KT_MUST_CHECK bool trap_flood_start(struct trap_flood *flood, struct err *err);
/* How many left; those that the kernel had no room for are among them. */
uint64_t trap_flood_stop(struct trap_flood *flood);
#endif
