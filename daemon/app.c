/* SPDX-License-Identifier: ISC */
#include "daemon/app_inside.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "alerts/webhook.h"
#include "daemon/agents.h"
#include "daemon/app_parts.h"
#include "daemon/base/log.h"
#include "daemon/beside.h"
#include "daemon/config_policy.h"
#include "daemon/courier.h"
#include "daemon/degradation.h"
#include "daemon/desk.h"
#include "daemon/habits.h"
#include "daemon/history.h"
#include "daemon/loop_event.h"
#include "daemon/notify.h"
#include "daemon/outage.h"
#include "daemon/phases.h"
#include "daemon/planner.h"
#include "daemon/readings.h"
#include "daemon/reload.h"
#include "daemon/trap_engine.h"
#include "daemon/traps.h"
#include "daemon/verify.h"
#include "daemon/web/front.h"
#include "probes/probers.h"
#include "probes/trap_name.h"
#include "sql/pg_conn.h"
#include "sql/store_history.h"

#define SELF            "/proc/self/exe"
#define READY_LATEST_MS 10000 /* systemd is told "ready" by then even if the database is away */

#ifndef KT_VERSION
#error "the build sets KT_VERSION"
#endif

/* ---- what parts ask of the application ---- */

static const char *find_secret(const char *name, void *arg)
{
    const struct app *app = arg;

    return secrets_get(app->secrets, name);
}

static void tell_ready(struct app *app)
{
    if (app->told_ready)
        return;
    app->told_ready = true;
    loop_timer_disarm(app->ready_latest);
    notify_send(app->notify, "READY=1");
    log_info("daemon.ready", "node=%s listen=%s", app->node, app->config->web_listen);
}

static void on_ready_latest(void *arg)
{
    struct app *app = arg;

    notify_send(app->notify, "STATUS=waiting for the database");
    tell_ready(app);
}

/* ---- the prober ---- */

static void on_prober_ready(uint32_t shard, void *arg)
{
    struct app *app = arg;

    log_info("prober.ready", "pid=%d shard=%u", prober_pid(probers_at(app->probers, shard)), shard);
    outages_on_prober_ready(app->outages, shard);
    beside_on_prober_ready(app->beside, app->probers, shard);
    verify_on_prober_ready(app->verify);
    if (outages_have_plan(app->outages))
        tell_ready(app);
}

static void on_prober_lost(uint32_t shard, const char *why, void *arg)
{
    struct app *app = arg;

    log_error("prober.lost", "shard=%u reason=\"%s\"", shard, why);
    outages_on_prober_lost(app->outages, shard);
    beside_on_prober_lost(app->beside, app->probers, shard);
}

/* NULL: it is no device of the plan. */
static const char *site_of(const struct app *app, uint32_t device_id)
{
    const char *site = outages_site_of(app->outages, device_id);

    return site != NULL ? site : beside_site_of(app->beside, device_id);
}

static void on_link_change(const struct link_change *change, void *arg)
{
    struct app *app = arg;

    (void)beside_on_change(app->beside, change);
    outage_on_link_change(change, app->outages); /* a reference is of both */
}

static void on_agent(const struct agent_news *news, void *arg)
{
    struct app *app = arg;
    const char *site = site_of(app, news->device_id);

    if (site != NULL)
        agents_hear(app->agents, news, site);
}

static void on_reading(const struct reading_report *report, void *arg)
{
    struct app *app = arg;

    readings_on_report(report, app->readings);
}

static void on_rollup(const struct rollup_record *record, void *arg)
{
    struct app *app = arg;

    if (record->lost == 0 || app_saw_slot(app, record->slot))
        history_add(app->history, record);
    degradation_hear(app->degradation, record);
}

static void on_learned(const struct learned_news *news, void *arg)
{
    struct app *app = arg;

    habits_hear(app->habits, news);
}

static void on_trap(const struct trap_hint *hint, void *arg)
{
    struct app *app = arg;

    outages_on_trap(hint, app->outages);
    traps_say(hint, site_of(app, hint->devices[0]), &app->trap_line, loop_mono(app->loop));
}

/* Nothing but informs of SNMPv3 needs it, so the daemon goes on without. */
static bool on_trap_boot(struct trap_engine *engine, void *arg)
{
    struct app *app = arg;
    struct err err;

    if (trap_engine_boot(app->config->state_dir, engine, &err)) {
        log_info("trap.engine", "boots=%u", engine->boots);
        return true;
    }
    log_error("trap.engine", "informs of SNMPv3 go unanswered, reason=\"%s\"", err.text);
    return false;
}

static enum trap_kind name_trap(const struct oid *oid, void *arg)
{
    const struct app *app = arg;

    return trap_name(readings_profiles(app->readings), oid);
}

static void on_begins(struct plan_device *device, void *arg)
{
    struct app *app = arg;

    outages_begins(device, app->outages);
}

static const struct probers_callbacks prober_callbacks = {.on_change = on_link_change,
                                                          .on_ready = on_prober_ready,
                                                          .on_lost = on_prober_lost,
                                                          .on_agent = on_agent,
                                                          .on_verified = app_on_verified,
                                                          .on_reading = on_reading,
                                                          .on_rollup = on_rollup,
                                                          .on_learned = on_learned,
                                                          .on_begins = on_begins,
                                                          .on_trap = on_trap,
                                                          .on_trap_boot = on_trap_boot,
                                                          .name_trap = name_trap};

/* ---- the database ---- */

static void on_zone_set(const struct store_status *status, void *arg)
{
    struct app *app = arg;

    if (status->rc == STORE_REFUSED)
        log_warn("config.zone", "zone=%s reason=\"%s\"", app->config->locale_timezone,
                 status->words);
}

static void on_database_up(void *arg)
{
    struct app *app = arg;

    log_info("database.up", "node=%s", app->node);
    outages_on_database(app->outages, true);
    agents_on_database(app->agents, true);
    beside_on_database(app->beside, true);
    habits_on_database(app->habits, true);
    verify_on_database(app->verify, true);
    courier_on_database(app->courier, true);
    desk_on_database(app->desk, true);
    readings_on_database(app->readings, true);
    history_on_database(app->history, true);
    degradation_on_database(app->degradation, true);
    store_zone_set(app->conn, app->config->locale_timezone, on_zone_set, app);
    app_load_plan(app);
}

static void on_database_down(const char *why, void *arg)
{
    struct app *app = arg;

    app->database_losses++;
    log_error("database.down", "reason=\"%s\"", why);
    outages_on_database(app->outages, false);
    agents_on_database(app->agents, false);
    beside_on_database(app->beside, false);
    habits_on_database(app->habits, false);
    verify_on_database(app->verify, false);
    courier_on_database(app->courier, false);
    desk_on_database(app->desk, false);
    readings_on_database(app->readings, false);
    history_on_database(app->history, false);
    degradation_on_database(app->degradation, false);
}

static void on_database_notify(const char *channel, void *arg)
{
    struct app *app = arg;

    if (strcmp(channel, "kentongan_plan") == 0)
        app_load_plan(app);
    else if (strcmp(channel, "kentongan_outbox") == 0)
        courier_wake(app->courier);
    else if (strcmp(channel, "kentongan_verify") == 0)
        verify_wake(app->verify);
    else if (strcmp(channel, "kentongan_maintenance") == 0)
        desk_wake(app->desk);
}

static void on_database_misfit(const char *words, void *arg)
{
    struct app *app = arg;

    log_error("database.misfit", "reason=\"%s\"", words);
    app_stop(app, 1);
}

static const struct pg_conn_events database_events = {.on_up = on_database_up,
                                                      .on_down = on_database_down,
                                                      .on_notify = on_database_notify,
                                                      .on_misfit = on_database_misfit};

/* ---- HTTP ---- */

static void gather(struct ops_figures *figures, void *arg)
{
    struct app *app = arg;

    *figures = (struct ops_figures){
        .version = KT_VERSION,
        .uptime_s = (double)mono_diff_ms(loop_mono(app->loop), app->started) / 1000.0,
        .loop_lag_ms = loop_lag_ms(app->loop),
        .database_up = pg_conn_is_up(app->conn) && front_can_read(app->front),
        .database_losses = app->database_losses,
        .has_plan = outages_have_plan(app->outages),
        .prober_ready = probers_are_ready(app->probers),
        .prober_restarts = probers_restarts(app->probers)};
    probers_counters(app->probers, &figures->prober);
    probers_trap_counters(app->probers, &figures->traps);
    outages_counts(app->outages, &figures->outages);
    figures->blind = outages_is_blind(app->outages);
    figures->references = outages_references(app->outages);
    figures->auth_problems = agents_problems(app->agents);
    beside_counts(app->beside, &figures->beside);
    courier_counters(app->courier, &figures->courier);
    history_counts(app->history, &figures->history);
    figures->has_stats = desk_stats(app->desk, &figures->stats);
}

/* ---- reload ---- */

static void apply(struct app *app)
{
    struct plan_policy policy = config_policy(app->config);
    struct webhook_policy hooks = {.timeout_ms = app->config->webhook_timeout_ms,
                                   .allow = &app->config->webhook_allow};

    log_set_level(reload_log_level(app->config));
    outages_set_policy(app->outages, &policy);
    verify_set_window(app->verify, app->config->verify_window_ms);
    webhooks_set_policy(app->webhooks, &hooks);
    courier_set_base_url(app->courier, app->config->web_base_url);
    courier_set_timeout(app->courier, app->config->webhook_timeout_ms);
    history_set_keep(app->history, app->config->history_five_minutes_ms,
                     app->config->history_hours_ms, (uint32_t)app->config->history_readings);
    app_apply_degradation(app);
    desk_set_patience(app->desk, app->config->verify_window_ms,
                      app->config->verify_self_heal_after_ms);
    readings_apply(app->readings, app->config->poll_reading_interval_ms);
}

/* All of it or nothing: a mistake leaves the daemon as it was. */
static void reload(struct app *app)
{
    struct config *config = calloc(1, sizeof *config);
    struct secrets *secrets = NULL;
    struct text complaints = {0};

    if (config == NULL)
        abort();
    notify_reloading(app->notify);
    if (config_load(app->config->file, config, &complaints) &&
        readings_read_profiles(app->readings, config->profiles_dir, &complaints))
        secrets = secrets_load(config->secrets_file, &complaints);
    if (secrets == NULL) {
        reload_complain(&complaints);
        log_error("config.kept", "file=%s", app->config->file);
        free(config);
    } else {
        reload_say_restart(app->config, config);
        free(app->config);
        secrets_free(app->secrets);
        app->config = config;
        app->secrets = secrets;
        front_set_config(app->front, config);
        apply(app);
        app_load_plan(app);
        log_info("config.reloaded", "file=%s", app->config->file);
    }
    text_free(&complaints);
    notify_send(app->notify, "READY=1");
}

static void on_signal(evutil_socket_t number, short what, void *arg)
{
    struct app *app = arg;

    (void)what;
    if (number == SIGHUP) {
        if (app->stopping == NULL)
            reload(app);
        return;
    }
    if (app->stopping != NULL)
        _exit(1); /* asked twice: at once. The child sees its socket close and ends too. */
    app_stop(app, 0);
}

static void on_watchdog(void *arg)
{
    struct app *app = arg;

    notify_send(app->notify, "WATCHDOG=1");
    loop_timer_arm(app->watchdog, notify_watchdog_ms(app->notify));
}

/* ---- building ---- */

static void build_timers(struct app *app)
{
    app->watchdog = loop_timer_new(app->loop, on_watchdog, app);
    app->plan_retry = loop_timer_new(app->loop, app_load_plan, app);
    app->ready_latest = loop_timer_new(app->loop, on_ready_latest, app);
    loop_timer_arm(app->ready_latest, READY_LATEST_MS);
    if (notify_watchdog_ms(app->notify) > 0)
        loop_timer_arm(app->watchdog, notify_watchdog_ms(app->notify));
}

static bool build_signals(struct app *app, struct err *err)
{
    static const int numbers[] = {SIGHUP, SIGTERM, SIGINT};

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        app->signals[i] = evsignal_new(loop_base(app->loop), numbers[i], on_signal, app);
        if (app->signals[i] == NULL || event_add(app->signals[i], NULL) < 0)
            return err_set(err, "cannot watch for signal %d", numbers[i]);
    }
    return true;
}

static bool build_front(struct app *app, struct err *err)
{
    struct front_parts parts = {.loop = app->loop,
                                .config = app->config,
                                .link_secret = secrets_get(app->secrets, "link_key"),
                                .work = app->conn,
                                .gather = gather,
                                .on_misfit = on_database_misfit,
                                .arg = app};

    app->front = front_new(&parts, err);
    if (app->front == NULL)
        return false;
    courier_set_links(app->courier, front_make_link, app->front);
    return true;
}

static bool read_profiles(struct app *app, struct err *err)
{
    struct text complaints = {0};
    bool good = readings_read_profiles(app->readings, app->config->profiles_dir, &complaints);

    if (!good) {
        reload_complain(&complaints);
        err_set(err, "the profiles are wrong");
    }
    text_free(&complaints);
    return good;
}

/* The flows first: the worlds' callbacks go to them. */
static bool build(struct app *app, struct err *err)
{
    struct plan_policy policy = config_policy(app->config);
    struct event_base *base;

    app->loop = loop_new(err);
    if (app->loop == NULL)
        return false;
    base = loop_base(app->loop);
    app->started = loop_mono(app->loop);
    build_timers(app);
    app->planner = planner_new(app->loop, find_secret, app_on_plan_read, app);
    app->outages = outages_new(app->loop, &policy);
    app->agents = agents_new(app->loop);
    app->beside = beside_new(app->loop);
    app->habits = habits_new(app->loop);
    app->verify = verify_new(app->loop);
    app->desk = desk_new(app->loop);
    app->readings = readings_new(app->loop);
    if (!read_profiles(app, err))
        return false;
    app->history = history_new(app->loop);
    app_build_degradation(app);
    readings_set_history(app->readings, app->history);
    app->webhooks = webhooks_new(base, err);
    if (app->webhooks == NULL)
        return false;
    app->conn =
        pg_conn_new(base, app->config->database_conninfo, PG_SIDE_WORK, &database_events, app, err);
    if (app->conn == NULL)
        return false;
    app->courier = courier_new(app->loop, app->conn, app->webhooks, app->node, find_secret, app);
    outages_set_database(app->outages, app->conn);
    app_watch_sight(app);
    agents_set_database(app->agents, app->conn);
    beside_set_database(app->beside, app->conn);
    habits_set_database(app->habits, app->conn);
    verify_set_database(app->verify, app->conn);
    desk_set_database(app->desk, app->conn);
    readings_set_database(app->readings, app->conn);
    app->copy = store_history_open(base, app->config->database_conninfo, err);
    history_set_database(app->history, app->conn, app->copy);
    degradation_set_database(app->degradation, app->conn);
    desk_set_node(app->desk, app->node);
    apply(app);
    if (app->copy == NULL || !build_front(app, err) || !build_signals(app, err))
        return false;
    app->prober_start = (struct prober_start){SELF, app->config->prober_sandbox};
    app->probers = probers_new(base, &app->prober_start, (uint32_t)app->config->prober_count,
                               &prober_callbacks, app, err);
    outages_set_probers(app->outages, app->probers);
    verify_set_probers(app->verify, app->probers);
    readings_set_probers(app->readings, app->probers);
    readings_apply(app->readings, app->config->poll_reading_interval_ms);
    return app->probers != NULL && traps_listen(app->probers, app->config->trap_listen, err);
}

struct app *app_new(struct config *config, struct secrets *secrets, struct err *err)
{
    struct app *app = calloc(1, sizeof *app);

    if (app == NULL)
        abort();
    *app = (struct app){.config = config, .secrets = secrets};
    app_name(app->node, sizeof app->node);
    app->notify = notify_new();
    if (build(app, err))
        return app;
    app_free(app);
    return NULL;
}

int app_run(struct app *app)
{
    log_info("daemon.starting", "version=%s node=%s config=%s", KT_VERSION, app->node,
             app->config->file);
    loop_run(app->loop);
    log_info("daemon.stopped", "exit=%d", app->exit_code);
    return app->exit_code;
}

/* In reverse order of building; every part tolerates NULL, so a half-built application comes here
 * too. */
void app_free(struct app *app)
{
    if (app == NULL)
        return;
    probers_free(app->probers);
    for (size_t i = 0; i < sizeof app->signals / sizeof app->signals[0]; i++)
        if (app->signals[i] != NULL)
            event_free(app->signals[i]);
    pg_conn_free(app->conn); /* answers what is pending, to flows that are still there */
    front_free(app->front);
    courier_free(app->courier);
    webhooks_free(app->webhooks);
    store_history_close(app->copy); /* answers the history, which is still there */
    readings_free(app->readings);
    history_free(app->history);
    degradation_free(app->degradation);
    desk_free(app->desk);
    verify_free(app->verify);
    outages_free(app->outages);
    beside_free(app->beside);
    habits_free(app->habits);
    agents_free(app->agents);
    planner_free(app->planner);
    phases_free(app->stopping);
    loop_timer_free(app->ready_latest);
    loop_timer_free(app->plan_retry);
    loop_timer_free(app->watchdog);
    loop_free(app->loop);
    notify_free(app->notify);
    secrets_free(app->secrets);
    free(app->config);
    free(app);
}
