/* SPDX-License-Identifier: ISC */
/*
 * ops - what an operator's tools ask: /healthz, /readyz and /metrics, as text from figures.
 *
 * Pure: the application gathers struct ops_figures, this prints them. Metrics are in the Prometheus
 * text format 0.0.4; a name, once published, stays.
 */
#ifndef KT_WEB_OPS_H
#define KT_WEB_OPS_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/text.h"
#include "daemon/beside.h"
#include "daemon/courier.h"
#include "daemon/history.h"
#include "daemon/outage.h"
#include "daemon/web/server.h"
#include "probes/prober.h"
#include "sql/store.h"

struct ops_figures {
    const char *version;
    double uptime_s;
    int64_t loop_lag_ms;
    bool database_up;
    uint64_t database_losses; /* how often a connection that stood was lost */
    bool has_plan;
    bool prober_ready;
    uint32_t prober_restarts;
    struct prober_counters prober;
    struct history_counts history;
    struct trap_counters traps;
    struct outage_counts outages;
    bool blind;        /* we are cut off ourselves: of no site is anything known */
    size_t references; /* that tell us so; fewer than two cannot */
    struct beside_counts beside;
    size_t auth_problems; /* devices that live and do not let us in */
    bool has_stats;       /* the database has answered for these at least once */
    struct store_stats stats;
    struct courier_counters courier;
    const uint64_t *answers; /* over HTTP, by status: web_answers(); NULL: none yet */
};

/* Older than this, something owed to somebody is late enough to say "not ready". Seconds. */
#define OPS_OUTBOX_LATE_S 300.0

/* Each fact on a line, "ok" or why not. Returns the HTTP status: 200, or 503 when one is not ok. */
int ops_ready(const struct ops_figures *figures, struct text *out);
void ops_metrics(const struct ops_figures *figures, struct text *out);
#endif
