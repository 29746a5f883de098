/* SPDX-License-Identifier: ISC */
/*
 * degradation - the flow from five-minute sums of probes, and from what devices say of themselves,
 * to what the database knows as degraded.
 *
 * Hears each slot of each gateway (loss, round trips) and each reading that its profile marks,
 * judges them (daemon/degraded.h, daemon/measure.h) and tells the database which are bad, since
 * when, and when they are good again: together, a while after the slots have come, so that the
 * database has them and can tell whose link it is. Told again until it is confirmed, and every half
 * hour with fresh figures while it lasts. Keeps only what was bad of late (daemon/series.h). What
 * is not heard of any more comes to its end: an hour after the last word where the site was up all
 * the time, a day where it was not. Opens no ticket: condition_report() does. Owner: daemon/app.c.
 */
#ifndef KT_DEGRADATION_H
#define KT_DEGRADATION_H

#include <stdbool.h>
#include <stdint.h>

#include "probes/profile.h"
#include "probes/reading_report.h"
#include "probes/rollup.h"

struct degradation;
struct loop;
struct pg_conn;

struct degradation_sites {
    /* The code of the site whose gateway that is, if it has been up since that instant; NULL: it
     * has not, or it is no gateway. */
    const char *(*steady)(uint32_t device_id, struct wall since, void *arg);
    /* The code of the site whose device that is; NULL: it is not watched. */
    const char *(*of)(uint32_t device_id, void *arg);
};

struct degradation_floors {
    int64_t loss_percent;        /* 1 to 99; 0: no loss is judged */
    int64_t rtt_ms;              /* 0: no round trip is judged */
    bool readings;               /* whether readings are */
    bool baseline;               /* numbers are compared with what is usual, too */
    int64_t reading_interval_ms; /* how far apart they are meant to be */
};

struct degradation *degradation_new(struct loop *loop, const struct degradation_sites *sites,
                                    void *arg);
void degradation_set_floors(struct degradation *flow, const struct degradation_floors *floors);
void degradation_set_database(struct degradation *flow, struct pg_conn *conn);
void degradation_on_database(struct degradation *flow, bool up);
void degradation_hear(struct degradation *flow, const struct rollup_record *record);
void degradation_hear_reading(struct degradation *flow, const struct reading_report *report,
                              const struct profile_metric *metric);
void degradation_stop(struct degradation *flow); /* says what is due, then no more */
bool degradation_idle(const struct degradation *flow);
void degradation_free(struct degradation *flow); /* NULL allowed */
#endif
