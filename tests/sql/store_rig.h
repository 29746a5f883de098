/* SPDX-License-Identifier: ISC */
/*
 * store_rig - a private cluster with a small inventory, and one pg_conn on it whose doings are
 * noted.
 *
 * The cluster is the group's (rig_start_cluster, rig_stop_cluster), the connection the test's
 * (rig_open, rig_close). Waits are for facts: rig_wait() turns the loop until one is true.
 */
#ifndef KT_STORE_RIG_H
#define KT_STORE_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <event2/event.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "sql/pg_call.h"
#include "sql/pg_conn.h"

#define DEADLINE_MS INT64_C(30000)
#define ANSWERS_MAX 600

extern char app_conninfo[160];
extern char admin_conninfo[160];

struct seen {
    enum store_rc rc;
    char sqlstate[6];
    char words[256];
    int64_t ticket;
    char outcome[16];
};

struct rig {
    struct event_base *base;
    struct event *tick; /* so that the loop comes round while nothing happens */
    struct pg_conn *conn;
    int ups;
    int downs;
    int outbox_notices;
    int plan_notices;
    int verify_notices;
    char down_words[512];
    char misfit_words[512];
    struct seen seen[ANSWERS_MAX];
    int answers;
    bool inside; /* a send is under way: no answer may come now */
    int sites;
    int free_at; /* frees the connection at that many answers */
    bool free_on_up;
    bool free_on_down;
    bool send_on_down;
};

/* sh tests/pg/cluster.sh VERB */
void cluster(const char *verb);
/* One value as the superuser, or "" for none. */
void admin(const char *database, const char *statement, char *out, size_t out_bytes);
void run_sql(const char *statement);
PGconn *admin_connect(void);
struct wall at(int64_t s); /* seconds after 2026-11-24T02:00:00Z */
enum store_rc import(struct err *err);
pid_t backend_pid(void);
pid_t postmaster_pid(void);

int rig_start_cluster(void **state);
int rig_stop_cluster(void **state);
int rig_open(void **state);
int rig_close(void **state);
void connect_to(struct rig *rig, const char *conninfo);

extern const struct pg_conn_events rig_events;

/* What is sent is answered into rig->seen. */
void on_answered(const struct store_status *status, void *arg);
void heal(struct rig *rig);
void report(struct rig *rig, const char *site, int64_t bad_s,
            int64_t good_s); /* good_s 0: it lasts */
/* Until the loop has gone round a few times with nothing more to say. */
void settle(struct rig *rig);

#define rig_wait(rig, fact)                                                                        \
    do {                                                                                           \
        struct mono until_ = mono_add_ms(mono_now(), DEADLINE_MS);                                 \
        while (!(fact)) {                                                                          \
            if (mono_diff_ms(until_, mono_now()) < 0)                                              \
                fail_msg("never came true: %s", #fact);                                            \
            event_base_loop((rig)->base, EVLOOP_ONCE);                                             \
        }                                                                                          \
    } while (0)

#define rig_test(name) cmocka_unit_test_setup_teardown(name, rig_open, rig_close)
#endif
