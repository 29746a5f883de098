/* SPDX-License-Identifier: ISC */
/*
 * planner - reads the plan from the database: who is watched, at which address, with which secret,
 * and what hangs on what.
 *
 * The rows become a roster (for the outage flow) and a list of devices (for the prober). A device
 * whose credential is not in the secrets file is left out, and one line per load says which. One
 * load at a time; asking while one is under way loads once more after it. What there is to do with
 * all the rows is done in slices of a few milliseconds.
 */
#ifndef KT_PLANNER_H
#define KT_PLANNER_H

#include <stddef.h>

#include "daemon/beside.h"
#include "daemon/blind.h"
#include "daemon/roster.h"
#include "probes/prober.h"

struct loop;
struct pg_conn;
struct planner;

struct planner_result {
    struct roster *roster; /* not sealed; the callback's */
    struct planned planned;
    const struct beside_device *beside; /* those that are no gateway, left out or not */
    size_t beside_count;
    const uint32_t *references; /* of those, the reference targets that are probed */
    size_t reference_count;
    size_t learned;  /* devices of which something was learned before */
    size_t left_out; /* devices without a usable address or secret */
};

/*
 * result: the planner's until planner_release(), which has to follow, now or later. NULL: it could
 * not be read; why says it, and asking again is the owner's.
 */
typedef void planner_done_fn(struct planner_result *result, const char *why, void *arg);
typedef const char *planner_secret_fn(const char *name, void *arg);

struct planner *planner_new(struct loop *loop, planner_secret_fn *secret, planner_done_fn *done,
                            void *arg);
void planner_load(struct planner *planner, struct pg_conn *conn);
void planner_release(struct planner *planner);
void planner_free(
    struct planner *planner); /* a load that is under way is forgotten; NULL allowed */
#endif
