/* SPDX-License-Identifier: ISC */
/*
 * store - what the daemon asks of PostgreSQL, one typed call per statement.
 *
 * A call is sent on the pipelined connection (sql/pg_conn.h) and answered once, later, never from
 * inside the call: STORE_OK with the answer, STORE_REFUSED with words for people (a rule of the
 * ticket brain said no; nothing changed), or STORE_UNREACHABLE (not known whether it happened: ask
 * again, every call here is idempotent). Unexpected SQLSTATEs are logged here and answered as
 * STORE_BROKEN. What a callback receives is borrowed until it returns.
 */
#ifndef KT_STORE_H
#define KT_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

#include "daemon/base/clock.h"

struct pg_conn;

enum store_rc { STORE_OK = 1, STORE_REFUSED, STORE_UNREACHABLE, STORE_BROKEN, STORE_RC_END };

struct store_status {
    enum store_rc rc;
    char sqlstate[6];
    const char *words; /* the server's message, or why it was not reached */
};

/* The answer of statements that return one JSON text; json NULL: there is none. */
typedef void store_json_cb(const struct store_status *status, const char *json, void *arg);

#define STORE_CODE_MAX 64 /* site, party, endpoint and contract codes, with the terminator */

/* -- the plan: what to probe and how it hangs together (queries/plan_*.sql) -- */

/* What was learned of the link to a device; units and zeros as in probes/learned.h. */
struct store_learned {
    uint32_t device_id; /* not in the plan */
    uint32_t of;
    struct wall at;
    uint32_t usual_ppm, habit_ppm, recent_ppm;
    uint32_t burst_milli, burst_ms;
    uint32_t srtt_us, rttvar_us;
};

struct store_site {
    const char *code;
    bool is_core;        /* no uplink, and up when it has no device */
    const char *uplinks; /* site codes, blank-separated; "" for none */
    /* Its gateway; device_id 0 when the site has none. */
    uint32_t device_id;
    const char *address; /* IP literal */
    uint16_t port;
    const char *snmp;        /* "1" "2c" "3" "none" */
    const char *credential;  /* a name in the secrets file */
    const char *reply_from;  /* "" or "any" */
    uint32_t byte_budget_mb; /* in a month; 0: none */
    const char *profile;     /* "": as the device says itself */
    /* Its SNMPv3 engine, as far as it was known when the row was written (agent_report). */
    const char *auth;   /* "" when nothing was */
    const char *engine; /* hex; "" when it was not */
    int64_t boots;      /* with clock_at */
    int64_t time_s;
    struct wall clock_at; /* unset when it was not heard */
    /* The open outage, when there is one (has_outage). */
    bool has_outage;
    const char *outage_root; /* site code */
    struct wall last_good;   /* may be unset */
    struct wall first_bad;
    struct wall detected;
    bool reference; /* with beside: a reference target */
    bool beside;    /* not the site but a device beside its gateway: no uplinks, no outage */
    uint32_t site_budget_mb;      /* of the gateway, which all devices of the site share; 0: none */
    uint32_t site_devices;        /* how many they are */
    const char *feeder;           /* of the power company; "": not known */
    struct store_learned learned; /* with at unset: nothing was */
};

/* Called once per site (site != NULL) in order of code, then for its devices beside the gateway;
 * once with site == NULL and the status at the end. */
typedef void store_plan_cb(const struct store_site *site, const struct store_status *status,
                           void *arg);
void store_plan_load(struct pg_conn *conn, store_plan_cb *cb, void *arg);

/* -- faults (functions/fault_report.sql) -- */

struct store_fault {
    const char *site;      /* whose outage this is */
    const char *root;      /* whose fault it is; site itself when it is the root */
    struct wall last_good; /* may be unset */
    struct wall first_bad; /* with site: the key of the outage */
    struct wall detected;
    struct wall restored;        /* unset while it lasts */
    const char *const *affected; /* site codes behind the root, when site == root; may be empty */
    size_t affected_count;
    const bool *answers_ping; /* NULL: not known */
    const char *evidence;     /* JSON of functions/evidence_add.sql; NULL: none */
    const char *cause;        /* JSON of functions/cause_note.sql; NULL: nothing new */
};

struct store_fault_answer {
    int64_t ticket;      /* 0: none (yet) */
    const char *outcome; /* opened joined attached restored recorded unchanged */
};

typedef void store_fault_cb(const struct store_status *status,
                            const struct store_fault_answer *answer, void *arg);
void store_fault_report(struct pg_conn *conn, const struct store_fault *fault, struct wall now,
                        store_fault_cb *cb, void *arg);

/*
 * Restores what came back by itself: nobody at work, window_ms ago; else self_heal_after_ms ago, or
 * window_ms when that is longer (definitions: ticket states).
 */
typedef void store_count_cb(const struct store_status *status, int64_t count, void *arg);
void store_ticket_heal(struct pg_conn *conn, int64_t window_ms, int64_t self_heal_after_ms,
                       struct wall now, store_count_cb *cb, void *arg);
/* Opens the tickets that planned work has held back and no longer does; the count is theirs. */
void store_maintenance_run(struct pg_conn *conn, struct wall now, store_count_cb *cb, void *arg);

/* -- outbox (functions/outbox_*.sql) -- */

struct store_notification {
    int64_t id;
    const char *message_id; /* "msg_…": webhook-id, the same over retries and replays */
    const char *endpoint;
    const char *url;
    const char *secret; /* a name in the secrets file */
    const char *type;   /* "ticket.opened" … */
    struct wall created;
    const char *data; /* JSON object, as it was when the notification was owed */
    uint32_t attempt; /* 1 for the first */
    /* For whom to make an action link; 0 and NULL: it carries none. The same over retries. */
    int64_t link_ticket;
    const char *link_party;
    int32_t link_generation;
};

/*
 * Called once per leased row, then once with n == NULL. next_due: when to lease again, unless
 * something is settled or owed before; unset when nothing waits, past when more was due than asked
 * for.
 */
typedef void store_lease_cb(const struct store_notification *n, const struct store_status *status,
                            struct wall next_due, void *arg);
void store_outbox_lease(struct pg_conn *conn, const char *node, uint32_t most, int64_t lease_ms,
                        struct wall now, store_lease_cb *cb, void *arg);

enum store_settle { SETTLE_DELIVERED = 1, SETTLE_RETRY, SETTLE_DEAD, SETTLE_GONE, SETTLE_END };

struct store_settlement {
    int64_t id;
    const char *node;
    enum store_settle how;
    uint32_t attempt;
    int http_status;    /* 0: no answer */
    const char *reason; /* words, never a secret */
    int64_t took_ms;
    struct wall started;
    struct wall retry_at; /* with SETTLE_RETRY */
};

typedef void store_done_cb(const struct store_status *status, void *arg);
void store_outbox_settle(struct pg_conn *conn, const struct store_settlement *settlement,
                         struct wall now, store_done_cb *cb, void *arg);

/* What people see of each site (functions/state_report.sql): JSON [{site,state,since}], since may
 * be null. */
void store_state_report(struct pg_conn *conn, const char *states_json, struct wall now,
                        store_done_cb *cb, void *arg);

/*
 * What SNMPv3 engines said of themselves (functions/agent_report.sql): JSON [{device, auth, engine,
 * boots, time_s, at}]. json: those that have become one with another device's, [{site, with}].
 */
void store_agent_report(struct pg_conn *conn, const char *agents_json, struct wall now,
                        store_json_cb *cb, void *arg);

/* What was learned of devices (functions/learned_report.sql); said again, it is the same. */
void store_learned_report(struct pg_conn *conn, const struct store_learned *rows, size_t count,
                          store_done_cb *cb, void *arg);

/*
 * A node says that it has been watching since then without a break (functions/watch_beat.sql). gap:
 * nobody had before, for more than a minute.
 */
typedef void store_watch_cb(const struct store_status *status, bool gap, void *arg);
void store_watch_beat(struct pg_conn *conn, const char *node, struct wall since, struct wall now,
                      store_watch_cb *cb, void *arg);

/* A node says whether it sees anything, and since when (functions/watch_sight.sql). Said often; the
 * same again changes nothing. */
void store_watch_sight(struct pg_conn *conn, const char *node, bool blind, struct wall since,
                       struct wall now, store_done_cb *cb, void *arg);

/* -- the zone that decides days and years (functions/zone_set.sql), as configured -- */

void store_zone_set(struct pg_conn *conn, const char *zone, store_done_cb *cb, void *arg);

/* -- figures for /metrics and /readyz (queries/stats.sql) -- */

struct store_stats {
    int64_t tickets_open;
    int64_t outages_open;
    int64_t outbox_waiting; /* owed and not delivered, dead ones not counted */
    int64_t outbox_dead;
    double outbox_oldest_s; /* how long the longest-due row has been due and not sent; 0 when none
                               is */
};

typedef void store_stats_cb(const struct store_status *status, const struct store_stats *stats,
                            void *arg);
void store_stats(struct pg_conn *conn, struct wall now, store_stats_cb *cb, void *arg);
#endif
