/* SPDX-License-Identifier: ISC */
/* The end, in phases: each stops taking new work, then waits for what it owes. */
#include "daemon/app_inside.h"

#include "daemon/agents.h"
#include "daemon/beside.h"
#include "daemon/courier.h"
#include "daemon/desk.h"
#include "daemon/degradation.h"
#include "daemon/habits.h"
#include "daemon/history.h"
#include "daemon/loop_event.h"
#include "daemon/notify.h"
#include "daemon/outage.h"
#include "daemon/phases.h"
#include "daemon/readings.h"
#include "daemon/verify.h"
#include "daemon/web/front.h"
#include "sql/pg_conn.h"

static void stop_asking(void *arg)
{
    struct app *app = arg;

    front_stop(app->front);
    probers_stop(app->probers);
}

static bool asked_enough(void *arg)
{
    const struct app *app = arg;

    return front_idle(app->front) && probers_idle(app->probers);
}

static void stop_delivering(void *arg)
{
    struct app *app = arg;

    courier_stop(app->courier);
}

static bool delivered_enough(void *arg)
{
    const struct app *app = arg;

    return courier_idle(app->courier);
}

static void stop_writing(void *arg)
{
    struct app *app = arg;

    outages_stop(app->outages);
    agents_stop(app->agents);
    beside_stop(app->beside);
    habits_stop(app->habits);
    verify_stop(app->verify);
    desk_stop(app->desk);
    readings_stop(app->readings);
    history_stop(app->history);
    degradation_stop(app->degradation);
}

/* A write is never cut short; with the database away nothing is owed. */
static bool written_enough(void *arg)
{
    const struct app *app = arg;

    return outages_idle(app->outages) && agents_idle(app->agents) && beside_idle(app->beside) &&
           habits_idle(app->habits) && verify_idle(app->verify) && desk_idle(app->desk) &&
           readings_idle(app->readings) && history_idle(app->history) &&
           degradation_idle(app->degradation) && pg_conn_pending(app->conn) == 0;
}

static const struct phase phases[] = {
    {"asking", stop_asking, asked_enough, 4000},
    {"delivering", stop_delivering, delivered_enough, 5000},
    {"writing", stop_writing, written_enough, 5000},
    {NULL, NULL, NULL, 0},
};

static void on_stopped(void *arg)
{
    struct app *app = arg;

    loop_break(app->loop);
}

void app_stop(struct app *app, int exit_code)
{
    if (app->stopping != NULL)
        return;
    app->exit_code = exit_code;
    notify_send(app->notify, "STOPPING=1");
    log_info("daemon.stopping", "node=%s", app->node);
    app->stopping = phases_start(app->loop, phases, on_stopped, app);
}
