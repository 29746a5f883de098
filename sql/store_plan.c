/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "sql/pg_call.h"

struct plan_wait {
    store_plan_cb *cb;
    void *arg;
};

/* The columns of queries/plan_load.sql. */
enum {
    PLAN_CODE,
    PLAN_IS_CORE,
    PLAN_UPLINKS,
    PLAN_DEVICE_ID,
    PLAN_ADDRESS,
    PLAN_PORT,
    PLAN_SNMP,
    PLAN_CREDENTIAL,
    PLAN_REPLY_FROM,
    PLAN_BYTE_BUDGET_MB,
    PLAN_PROFILE,
    PLAN_AUTH,
    PLAN_ENGINE,
    PLAN_BOOTS,
    PLAN_TIME_S,
    PLAN_CLOCK_AT,
    PLAN_OUTAGE_ROOT,
    PLAN_LAST_GOOD,
    PLAN_FIRST_BAD,
    PLAN_DETECTED,
    PLAN_BESIDE,
    PLAN_SITE_BUDGET_MB,
    PLAN_SITE_DEVICES,
    PLAN_FEEDER,
    PLAN_REFERENCE,
    PLAN_LEARNED_OF,
    PLAN_LEARNED_AT,
    PLAN_USUAL_PPM,
    PLAN_HABIT_PPM,
    PLAN_RECENT_PPM,
    PLAN_BURST_MILLI,
    PLAN_BURST_MS,
    PLAN_SRTT_US,
    PLAN_RTTVAR_US
};

static void plan_read(const struct pg_answer *answer, int row, struct store_site *site)
{
    *site = (struct store_site){
        .code = pg_text(answer, row, PLAN_CODE),
        .is_core = pg_bool(answer, row, PLAN_IS_CORE),
        .uplinks = pg_text(answer, row, PLAN_UPLINKS),
        .device_id = (uint32_t)pg_i64(answer, row, PLAN_DEVICE_ID),
        .address = pg_text(answer, row, PLAN_ADDRESS),
        .port = (uint16_t)pg_i64(answer, row, PLAN_PORT),
        .snmp = pg_text(answer, row, PLAN_SNMP),
        .credential = pg_text(answer, row, PLAN_CREDENTIAL),
        .reply_from = pg_text(answer, row, PLAN_REPLY_FROM),
        .byte_budget_mb = (uint32_t)pg_i64(answer, row, PLAN_BYTE_BUDGET_MB),
        .profile = pg_text(answer, row, PLAN_PROFILE),
        .auth = pg_text(answer, row, PLAN_AUTH),
        .engine = pg_text(answer, row, PLAN_ENGINE),
        .boots = pg_i64(answer, row, PLAN_BOOTS),
        .time_s = pg_i64(answer, row, PLAN_TIME_S),
        .clock_at = pg_wall(answer, row, PLAN_CLOCK_AT),
        .has_outage = !pg_is_null(answer, row, PLAN_OUTAGE_ROOT),
        .outage_root = pg_text(answer, row, PLAN_OUTAGE_ROOT),
        .last_good = pg_wall(answer, row, PLAN_LAST_GOOD),
        .first_bad = pg_wall(answer, row, PLAN_FIRST_BAD),
        .detected = pg_wall(answer, row, PLAN_DETECTED),
        .beside = pg_bool(answer, row, PLAN_BESIDE),
        .site_budget_mb = (uint32_t)pg_i64(answer, row, PLAN_SITE_BUDGET_MB),
        .reference = pg_bool(answer, row, PLAN_REFERENCE),
        .site_devices = (uint32_t)pg_i64(answer, row, PLAN_SITE_DEVICES),
        .feeder = pg_text(answer, row, PLAN_FEEDER),
        .learned = {.of = (uint32_t)pg_i64(answer, row, PLAN_LEARNED_OF),
                    .at = pg_wall(answer, row, PLAN_LEARNED_AT),
                    .usual_ppm = (uint32_t)pg_i64(answer, row, PLAN_USUAL_PPM),
                    .habit_ppm = (uint32_t)pg_i64(answer, row, PLAN_HABIT_PPM),
                    .recent_ppm = (uint32_t)pg_i64(answer, row, PLAN_RECENT_PPM),
                    .burst_milli = (uint32_t)pg_i64(answer, row, PLAN_BURST_MILLI),
                    .burst_ms = (uint32_t)pg_i64(answer, row, PLAN_BURST_MS),
                    .srtt_us = (uint32_t)pg_i64(answer, row, PLAN_SRTT_US),
                    .rttvar_us = (uint32_t)pg_i64(answer, row, PLAN_RTTVAR_US)},
    };
}

static void on_plan(const struct pg_answer *answer, void *arg)
{
    struct plan_wait wait = *(struct plan_wait *)arg;
    struct store_site site;

    for (int row = 0; row < pg_rows(answer); row++) {
        plan_read(answer, row, &site);
        wait.cb(&site, &answer->status, wait.arg);
    }
    if (answer->more)
        return;
    free(arg);
    wait.cb(NULL, &answer->status, wait.arg);
}

void store_plan_load(struct pg_conn *conn, store_plan_cb *cb, void *arg)
{
    struct plan_wait *wait = malloc(sizeof *wait);

    if (wait == NULL)
        abort();
    *wait = (struct plan_wait){.cb = cb, .arg = arg};
    pg_conn_send_rows(conn, STMT_PLAN_LOAD, NULL, on_plan, wait);
}
