/* SPDX-License-Identifier: ISC */
#include "daemon/app_inside.h"
#include "daemon/beside.h"
#include "daemon/config.h"
#include "daemon/degradation.h"
#include "daemon/outage.h"
#include "daemon/readings.h"

static const char *steady_site(uint32_t device_id, struct wall since, void *arg)
{
    const struct app *app = arg;

    return outages_steady_site(app->outages, device_id, since);
}

static const char *site_of(uint32_t device_id, void *arg)
{
    const struct app *app = arg;
    const char *site = outages_site_of(app->outages, device_id);

    return site != NULL ? site : beside_site_of(app->beside, device_id);
}

static void on_value(const struct reading_report *report, const struct profile_metric *metric,
                     void *arg)
{
    struct app *app = arg;

    degradation_hear_reading(app->degradation, report, metric);
    outages_on_reading(app->outages, metric, report);
}

void app_build_degradation(struct app *app)
{
    static const struct degradation_sites sites = {.steady = steady_site, .of = site_of};

    app->degradation = degradation_new(app->loop, &sites, app);
    readings_on_value(app->readings, on_value, app);
}

void app_apply_degradation(struct app *app)
{
    struct degradation_floors floors = {
        .loss_percent = app->config->degraded_loss_percent,
        .rtt_ms = app->config->degraded_rtt_ms,
        .readings = app->config->degraded_readings,
        .baseline = app->config->degraded_baseline,
        .reading_interval_ms = app->config->poll_reading_interval_ms,
    };

    degradation_set_floors(app->degradation, &floors);
}
