/* SPDX-License-Identifier: ISC */
/*
 * world - the network, the prober, the database and the clock of a scenario, in one process and no
 * time.
 *
 * Stands in at link time for daemon/loop_event.c, probes/prober.c and sql/store_*.c; the real plan
 * (probes/plan.h), link brain, topology, outage flow and flow of proof run on it unchanged. Time
 * moves from one due thing to the next. One world at a time: its parts find it by world_here().
 */
#ifndef KT_SCENARIO_WORLD_H
#define KT_SCENARIO_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "daemon/outage.h"
#include "daemon/verify.h"

#define WORLD_SITES_MAX   16384
#define WORLD_UPLINKS_MAX 16
#define WORLD_SHARDS_MAX  4
#define WORLD_EVENTS_MAX  65536
#define WORLD_COVERS_MAX  32
#define WORLD_EPOCH_US                                                                             \
    INT64_C(1767225600000000) /* second 0 of every script: 2026-01-01T00:00:00Z */

/* The truth about one site: what the fake network and the fake database hold. */
struct world_site {
    char code[TOPOLOGY_CODE_MAX];
    char uplinks[256];
    char feeder[32];
    size_t up[WORLD_UPLINKS_MAX]; /* the same as indices, since world_wire() */
    size_t up_count;
    uint32_t shard; /* of the child that probes its device */
    bool is_core;
    bool is_reference; /* no site, but a device beside one: a reference target */
    bool mute;         /* its device does not answer, but it forwards */
    bool cut;          /* neither */
    bool off;          /* nor has it any power; sysUpTime begins when it is on again */
    bool near;         /* on our side of what the poller may be cut off from */
    bool removed;      /* no device any more */
    bool left_out;     /* one that cannot be asked */
    int loss_percent;  /* of round trips */
    int lose;          /* so many of the next round trips */
    int64_t booted_us; /* its sysUpTime counts from here */
    int64_t agent_us;  /* and its snmpEngineTime */
    bool own_clock;    /* sysUpTime counts from agent_us, too */
    bool hostless;     /* says no hrSystemUptime */
    bool engineless;   /* nor snmpEngineTime */
    struct trap_heard said[TRAP_HEARD_MOST]; /* oldest first */
    size_t said_count;
    /* The open outage in the fake database. */
    bool has_outage;
    char outage_root[TOPOLOGY_CODE_MAX];
    struct wall last_good, first_bad, detected;
    bool ping_told;
    bool answers_ping;
    char guess[16]; /* of its cause, as told last */
    char feeder_told[32];
    struct wall vitals_at; /* before its open outage; unset: none were told */
    int64_t vitals_ticks, vitals_engine_s;
    struct wall flapping_since;      /* as the database knows it; unset: it does not flap */
    struct wall claimed_at;          /* somebody says that it is repaired; unset: nobody does */
    size_t covers[WORLD_COVERS_MAX]; /* sites whose tickets count it as affected now */
    size_t cover_count;
};

/* What the database came to know, in order. */
struct world_event {
    /* "outage" "mute" "silent" "restored" "proven" "unproven" "flapping" "calm" "blind" "sees"
     * "guess" "cause" */
    char what[16];
    int64_t at_ms; /* when it was committed */
    int64_t of_ms; /* first_bad, restored_at, or the first good probe of a proof */
    int64_t detected_ms;
    char reason[16]; /* of a proof that was none; a cause */
    char site[TOPOLOGY_CODE_MAX];
    char root[TOPOLOGY_CODE_MAX];
    size_t affected;
    bool expected; /* ticked off by the script */
};

struct world {
    struct plan_policy policy;
    int64_t window_ms; /* of proof */
    struct world_site sites[WORLD_SITES_MAX];
    size_t site_count;
    struct world_event *events;
    size_t event_count;
    size_t owed_peak;   /* the most statements that were under way at once */
    size_t states_peak; /* the most sites in one report of states */
    int64_t now_us;     /* since the script's second 0 */
    uint64_t seed;
    uint64_t probes;
    bool causes; /* what is told of causes is noted */
    bool pings;  /* echoes that go along with probes come to something */
    uint32_t shards;
    bool database_away;
    unsigned lost;   /* children that are gone, a bit each */
    bool poller_cut; /* nothing gets through to us */
    bool told_blind;
    struct loop *loop;
    struct outages *outages;
    struct verify_flow *verify;
    struct probers *prober;
};

struct world *world_here(void);
void world_open(void);
void world_close(void); /* frees everything; the leak check of ASan is part of the test */

struct world_site *world_site(const char *code); /* NULL: no such site */
void world_start(void);                          /* the daemon starts: loads the plan, probes */
void world_crash(void); /* and dies without a word; what is not committed is gone */
void world_database(bool away);
void world_prober(bool lost); /* all of its children */
void world_shard(uint32_t shard, bool lost);
bool world_is_lost(uint32_t shard);
void world_wire(void); /* the uplinks of all sites, as their words have it */
/* Does something that the core sends come to the site? Every site on some path must forward. */
bool world_reaches(const struct world_site *site);
void world_claim(struct world_site *site, bool claimed); /* or the ticket was cancelled */
void world_remove(struct world_site *site);              /* its device leaves the inventory */
void world_leave_out(struct world_site *site);
void world_replan(void); /* the plan is read anew */
void world_run_until(int64_t ms);
uint32_t world_random(void);
int64_t world_ms(struct wall at); /* of the script's second 0 */

/* The parts, for world.c. */
bool fake_loop_next(int64_t *us); /* when the next timer is due */
void fake_loop_run_due(void);
bool fake_prober_next(int64_t *us);
void fake_prober_run_due(void);
struct probers *fake_prober_new(void);
void fake_prober_respawn(struct probers *prober, uint32_t shard);
void fake_store_note_sight(enum sight sight, struct wall since);
bool fake_store_next(int64_t *us);
void fake_store_run_due(void);
void fake_store_forget(bool answer); /* what is owed: answered "unreachable", or never */
#endif
