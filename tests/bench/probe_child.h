/* SPDX-License-Identifier: ISC */
/*
 * probe_child - what a poll costs the whole prober: a real child in its sandbox, with a real parent
 * at the other end of its frames.
 *
 * The plan's own schedule, with turns so close that each device is due again as soon as the child
 * can get there. What it asks is its heartbeat, of two objects.
 */
#ifndef KT_PROBE_CHILD_H
#define KT_PROBE_CHILD_H

#include "daemon/base/err.h"
#include "tests/bench/bare_snmp.h"
#include "tests/bench/target.h"

#define PROBE_CHILD_VARBINDS 2

struct probe_child_result {
    struct bare_result bare;
    size_t polls; /* that were answered */
    double wall_s;
    double cpu_s;        /* of the child */
    double parent_cpu_s; /* of the other end */
    size_t rss_kib;
    size_t rss_empty_kib; /* before it knew a device */
};

/* Of v1 and v2c. So many rounds of all devices, at least. */
KT_MUST_CHECK bool probe_child_measure(const struct target *target, int64_t rounds,
                                       struct probe_child_result *result, struct err *err);
#endif
