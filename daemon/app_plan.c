/* SPDX-License-Identifier: ISC */
/* A plan is read and taken: the application's part of it. */
#include "daemon/app_inside.h"

#include "daemon/agents.h"
#include "daemon/beside.h"
#include "daemon/loop.h"
#include "daemon/outage.h"
#include "daemon/planner.h"
#include "sql/pg_conn.h"

#define PLAN_RETRY_MS 5000

void app_load_plan(void *arg)
{
    struct app *app = arg;

    if (app->stopping == NULL && pg_conn_is_up(app->conn))
        planner_load(app->planner, app->conn);
}

static void follow(struct app *app, const struct planner_result *plan)
{
    agents_take_plan(app->agents, &plan->planned);
    beside_take_plan(app->beside, plan->beside, plan->beside_count);
    outages_take_references(app->outages, plan->references, plan->reference_count);
    log_info("plan.taken", "devices=%zu left_out=%zu learned=%zu", plan->planned.device_count,
             plan->left_out, plan->learned);
}

static void on_plan_taken(bool taken, const char *why, void *arg)
{
    struct app *app = arg;
    const struct planner_result *plan = app->plan;

    app->plan = NULL;
    if (taken)
        follow(app, plan);
    else
        log_error("plan.not_taken", "reason=\"%s\"", why);
    planner_release(app->planner);
}

void app_on_plan_read(struct planner_result *result, const char *why, void *arg)
{
    struct app *app = arg;

    if (result == NULL) {
        log_warn("plan.not_read", "reason=\"%s\" again_in=5s", why);
        loop_timer_arm(app->plan_retry, PLAN_RETRY_MS);
        return;
    }
    app->plan = result;
    outages_begin_plan(app->outages, result->roster, &result->planned, on_plan_taken, app);
}
