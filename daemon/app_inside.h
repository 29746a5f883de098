/* SPDX-License-Identifier: ISC */
/*
 * app_inside - the application, as the files behind daemon/app.h share it: daemon/app.c builds and
 * joins its parts, daemon/app_sight.c tells them whether the poller is in touch, daemon/app_stop.c
 * ends them in order.
 */
#ifndef KT_APP_INSIDE_H
#define KT_APP_INSIDE_H

#include "daemon/app.h"
#include "daemon/base/log.h"
#include "probes/probers.h"

struct event;
struct planner_result;

struct app {
    struct config *config;
    struct secrets *secrets;
    char node[128]; /* this process, as the outbox's leases name it */
    struct loop *loop;
    struct notify *notify;
    struct pg_conn *conn;
    struct prober_start prober_start;
    struct probers *probers;
    struct webhooks *webhooks;
    struct planner *planner;
    const struct planner_result *plan; /* that is being taken; NULL: none */
    struct outages *outages;
    struct agents *agents;
    struct beside *beside;
    struct habits *habits;
    struct verify_flow *verify;
    struct courier *courier;
    struct desk *desk;
    struct readings *readings;
    struct history *history;
    struct degradation *degradation;
    struct pg_copy *copy;
    struct front *front;
    struct event *signals[3];
    struct loop_timer *watchdog;
    struct loop_timer *plan_retry;
    struct loop_timer *ready_latest;
    struct mono started;
    struct log_gate trap_line;
    uint64_t database_losses;
    struct phases *stopping; /* NULL: not yet */
    bool told_ready;
    int exit_code;
};

/* ---- app_plan.c ---- */

/* Reads the plan again and takes it; arg: the application. */
void app_load_plan(void *arg);
void app_on_plan_read(struct planner_result *result, const char *why, void *arg);

/* Begins the end; once is enough. */
void app_stop(struct app *app, int exit_code);
/* app_sight.c: whoever is concerned hears whether the poller is in touch. */
void app_watch_sight(struct app *app);
/* Were we in touch all the time since those five minutes began? Else what was lost may be ours. */
bool app_saw_slot(const struct app *app, uint32_t slot);
/* Of a repair on trial; what failed while we were cut off proved nothing. arg: the application */
void app_on_verified(const struct verify_verdict *verdict, void *arg);

/* What is degraded (daemon/app_degradation.c): after the outages, the beside and the readings. */
void app_build_degradation(struct app *app);
void app_apply_degradation(struct app *app); /* the present config */
#endif
