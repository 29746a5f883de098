/* SPDX-License-Identifier: ISC */
/*
 * degradation_inside - the flow as its files share it: daemon/degradation.c hears and judges,
 * daemon/degradation_tell.c tells the database and reads what it knows.
 */
#ifndef KT_DEGRADATION_INSIDE_H
#define KT_DEGRADATION_INSIDE_H

#include "daemon/baselines.h"
#include "daemon/degradation.h"
#include "daemon/series.h"

struct degradation {
    struct loop *loop;
    struct loop_timer *timer;
    struct loop_timer *sweep;
    struct pg_conn *conn;
    struct degradation_sites sites;
    void *arg;
    struct degradation_floors floors;
    struct series_table table;
    struct baselines *baselines;
    unsigned owed;
    bool armed;
    bool telling;
    bool loaded; /* what lasted before this daemon started is known */
    bool database_up;
    bool stopping;
};

/* After a slot came: history stores it within 5 s. */
int64_t degradation_tell_ms(void);
/* Something is to be told, in so many milliseconds at the latest. */
void degradation_arm(struct degradation *flow, int64_t ms);
/* Tells what is due, now; nothing while the database is away or another telling is under way. */
void degradation_tell(struct degradation *flow);
/* Once: what lasts by the database's word. */
void degradation_load(struct degradation *flow);
#endif
