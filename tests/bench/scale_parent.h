/* SPDX-License-Identifier: ISC */
/*
 * scale_parent - the parent of the daemon as far as it watches: its loop, its real probing
 * children, the roster, the outage flow and the history, on a plan that nobody has to import.
 *
 * No pages, no courier, no PostgreSQL: the database is away, or scale_store.h. Each `behind`
 * devices hang on the first of them, a relay below the core.
 */
#ifndef KT_SCALE_PARENT_H
#define KT_SCALE_PARENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/err.h"
#include "daemon/outage.h"
#include "tests/bench/target.h"

#define SCALE_PROCESSES 9 /* the parent and at most 8 children */

struct scale_plan {
    struct target target;
    size_t behind;
    int64_t interval_ms;
    uint32_t probers;  /* 1 … SCALE_PROCESSES - 1 */
    bool at_once;      /* as many packets as are due, at no pace */
    size_t dead_users; /* not 0: SNMPv3, so many users; the port is nobody's */
};

/* What a process has cost so far. */
struct scale_usage {
    double cpu_s;
    size_t rss_kib;
    size_t peak_kib;
};

struct scale_lag {
    double late_ms;      /* the latest a timer of 20 ms has been */
    double turn_ms;      /* the most processor time that one turn of the loop used */
    uint64_t long_turns; /* that used more than TURN_LONG_US */
};

/* The longest turn of the children's loops, in processor time, and those over TURN_LONG_US. */
struct scale_turns {
    double most_ms;
    uint64_t long_turns;
};

struct scale_parent;

KT_MUST_CHECK struct scale_parent *scale_new(const struct scale_plan *plan, struct err *err);
void scale_free(struct scale_parent *parent);

/* Makes the roster and the plan and hands both over. */
KT_MUST_CHECK bool scale_take_plan(struct scale_parent *parent, struct err *err);
void scale_database(struct scale_parent *parent, bool up);

/* Runs the loop until `is` says so, but not longer. True: it said so. */
bool scale_run_until(struct scale_parent *parent,
                     bool (*is)(struct scale_parent *parent, void *arg), void *arg,
                     int64_t most_ms);
bool scale_is_ready(struct scale_parent *parent, void *arg); /* all children probe the plan */
void scale_counts(const struct scale_parent *parent, struct outage_counts *out);
uint64_t scale_answered(const struct scale_parent *parent);

/* Of the parent (0) and its children; how many processes they are. */
size_t scale_usages(const struct scale_parent *parent, struct scale_usage out[SCALE_PROCESSES]);
/* Of all children since they began, as they told it last: once a second. */
void scale_turns(const struct scale_parent *parent, struct scale_turns *out);
/* Since the last call. */
void scale_lag(struct scale_parent *parent, struct scale_lag *out);
#endif
