/* SPDX-License-Identifier: ISC */
/*
 * config - kentongand.conf and the secrets file, read whole or not at all.
 *
 * One row of a table per key (type, unit, default, range, help); libconfuse reads, the table
 * judges, so all value errors are listed with file:line. --print-config prints a form that reads
 * back to the same. The only home of libconfuse.
 */
#ifndef KT_CONFIG_H
#define KT_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "alerts/net_guard.h"
#include "daemon/base/err.h"
#include "daemon/base/text.h"

#define CONFIG_TEXT_MAX 512

struct config {
    char file[CONFIG_TEXT_MAX];
    char state_dir[CONFIG_TEXT_MAX];
    char secrets_file[CONFIG_TEXT_MAX];
    char profiles_dir[CONFIG_TEXT_MAX]; /* "": what is built in */
    char database_conninfo[CONFIG_TEXT_MAX];
    char database_admin[CONFIG_TEXT_MAX]; /* db init, db migrate; "": derived from conninfo */
    char web_listen[CONFIG_TEXT_MAX];     /* "unix:/path" or "127.0.0.1:8420" or "[::1]:8420" */
    char web_base_url[CONFIG_TEXT_MAX];   /* without a slash at the end */
    int64_t poll_interval_ms;
    int64_t poll_reading_interval_ms; /* 0: devices are not read */
    int64_t poll_timeout_ms;
    int64_t poll_packets_per_second;
    int64_t poll_uplink_bytes_per_second;
    int64_t poll_misses_to_down;
    int64_t poll_answers_to_up;
    int64_t poll_false_down_years;
    int64_t prober_count;
    bool prober_sandbox;
    int64_t history_five_minutes_ms;
    int64_t history_hours_ms;
    int64_t history_readings;
    int64_t degraded_loss_percent; /* 0: no link is judged */
    int64_t degraded_rtt_ms;       /* 0: no link is judged */
    bool degraded_readings;
    bool degraded_baseline;
    int64_t verify_window_ms;
    int64_t verify_self_heal_after_ms;
    int64_t webhook_timeout_ms;
    struct net_list webhook_allow;
    char trap_listen[64];    /* words of probes/trap_listen.h; "": nowhere */
    char locale_language[8]; /* "id" or "en" */
    char locale_timezone[64];
    char log_level[8]; /* "debug" "info" "warn" "error" */
};

/* -c FILE, else $KENTONGAN_CONFIG, else /etc/kentongan/kentongand.conf. */
const char *config_path(const char *given);
/* On false complaints holds one line per error, "file:line: what is wrong", and *config is
 * untouched. */
KT_MUST_CHECK bool config_load(const char *path, struct config *config, struct text *complaints);
void config_print(const struct config *config, struct text *out);
/* The shipped example: every key with its help, commented out at its default. */
void config_print_example(struct text *out);

struct secrets;
/* NULL and complaints: not there, readable by others, or a line is wrong ("file:line: …", never a
 * value). */
KT_MUST_CHECK struct secrets *secrets_load(const char *path, struct text *complaints);
/* NULL when there is no such name. Borrowed until secrets_free(). */
const char *secrets_get(const struct secrets *secrets, const char *name);
void secrets_free(struct secrets *secrets); /* wipes; NULL allowed */
#endif
