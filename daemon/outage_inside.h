/* SPDX-License-Identifier: ISC */
/*
 * outage_inside - what the two halves of the outage flow share: outage.c hears and judges,
 * outage_tell.c tells the database. Nobody else includes this.
 */
#ifndef KT_OUTAGE_INSIDE_H
#define KT_OUTAGE_INSIDE_H

#include "daemon/outage.h"

struct loop_timer;

struct outages {
    struct loop *loop;
    struct loop_timer *timer;
    struct plan_policy policy;
    struct pg_conn *conn;
    struct probers *probers;
    struct roster *roster; /* NULL until the first plan */
    size_t owed;           /* answers that the database owes */
    struct mono report_not_before;
    struct mono states_not_before;
    bool states_under_way;
    bool database_up;
    bool stopping;
    struct mono armed_at; /* when the timer fires; zero: it does not */
};

/* The flow's one timer fires at this instant or before. */
void outages_arm(struct outages *outages, struct mono at);
void outages_arm_soon(
    struct outages *outages); /* changes that arrive together are judged together */
/* Everything that is due: outages whose fault is known, and what people see of each site. */
void outages_tell(struct outages *outages, struct mono now);
#endif
