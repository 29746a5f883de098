/* SPDX-License-Identifier: ISC */
/*
 * late_agents - routers that answer anything with an error and note when they were asked, by the
 * kernel's clock.
 *
 * A process of its own, on one socket for all addresses; what it noted lies in memory that it
 * shares with the benchmark. A device is asked at the same instant of each interval, so how late a
 * probe left shows beside the others of its device.
 */
#ifndef KT_LATE_AGENTS_H
#define KT_LATE_AGENTS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "daemon/base/err.h"

struct late_agents {
    pid_t pid;
    uint16_t port;
    uint32_t net; /* host byte order; the i-th device is at net + 1 + i */
    uint32_t devices;
    struct late_notes *notes; /* shared */
    int64_t *phases_us;       /* by device: when in the interval its turn is */
};

struct late_result {
    uint64_t owed; /* probes of all devices in that time */
    uint64_t on_time;
    uint64_t sent; /* also those out of turn */
    int64_t p50_us, p99_us;
};

KT_MUST_CHECK bool late_agents_start(struct late_agents *agents, uint32_t net, uint32_t devices,
                                     struct err *err);
/* When devices have their turns, by what was noted so far: while none was asked out of turn. */
void late_agents_learn(struct late_agents *agents, int64_t interval_us);
/* After that. Of [from, to), wall clock, us; both whole intervals after what was noted first.
 * most_us: a probe that left so late is on time. */
void late_agents_judge(const struct late_agents *agents, int64_t from_us, int64_t to_us,
                       int64_t interval_us, int64_t most_us, struct late_result *out);
void late_agents_stop(struct late_agents *agents);
#endif
