/* SPDX-License-Identifier: ISC */
/*
 * outage - the flow from "this device fell silent" to an outage that PostgreSQL has confirmed.
 *
 * Hears changes from the prober, asks the topology whose fault they are (probing the sites above
 * out of turn where that is not known), keeps each site's outages until the database has them, and
 * tells the database what people see of each site. State, not edges: what is not confirmed is told
 * again, with its true times, however long the database was away. Opens no ticket itself:
 * fault_report() does.
 */
#ifndef KT_OUTAGE_H
#define KT_OUTAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/err.h"
#include "daemon/blind.h"
#include "daemon/roster.h"
#include "probes/probers.h"

struct loop;
struct outages;
struct pg_conn;
struct profile_metric;
struct reading_report;

struct outage_counts {
    size_t sites;
    size_t up, down, unreachable, unknown; /* of the sites with a device */
    size_t left_out;                       /* of the unknown: their gateway is not probed */
    size_t unconfirmed;                    /* outages that the database has not confirmed */
    uint32_t merged;                       /* outages joined for want of room, over all sites */
};

/* How long a silence may wait for the sites above to be judged; and the grace after a root came
 * back. */
int64_t outage_hold_ms(const struct plan_policy *policy);
int64_t outage_grace_ms(const struct plan_policy *policy);

/* Whether the poller itself is in touch; since: when blind, the last answer before; else the first
 * answer after, or unset. */
typedef void outages_sight_fn(enum sight sight, struct wall since, void *arg);

/* The same at once, for those who have to act on it; since may be unset. */
typedef void outages_blind_fn(bool blind, struct wall since, void *arg);

struct outages *outages_new(struct loop *loop, const struct plan_policy *policy);
/* Both are borrowed and may be set later; a flow without them waits. */
void outages_set_database(struct outages *outages, struct pg_conn *conn);
void outages_set_probers(struct outages *outages, struct probers *probers);
void outages_set_policy(struct outages *outages, const struct plan_policy *policy);

/* taken: from now on the new plan counts; else it makes no network (why), and the one before stays.
 */
typedef void outages_taken_fn(bool taken, const char *why, void *arg);
/*
 * Takes over a new plan, keeping what is known of sites that stay, and hands the devices to the
 * prober. Of a site whose device is left out nothing is known until a plan has it again. In slices
 * of a few milliseconds, and the plan before counts until told() is called: until then planned is
 * borrowed, and no other plan may be begun. The roster is taken over.
 */
void outages_begin_plan(struct outages *outages, struct roster *roster,
                        const struct planned *planned, outages_taken_fn *told, void *arg);
/* The same at once. False: it makes no network (words). */
KT_MUST_CHECK bool outages_take_plan(struct outages *outages, struct roster *roster,
                                     const struct planned *planned, struct err *err);
/* As plan_begins_fn of probes/plan_copy.h, for the probers; arg: struct outages *. An outage that
 * goes on begins DOWN in the child; what was learned here is newer than the rows. Devices beside
 * the gateways have none. */
void outages_begins(struct plan_device *device, void *arg);

/* The reference targets of the plan, by which we know whether we are in touch (daemon/blind.h). */
void outages_take_references(struct outages *outages, const uint32_t *devices, size_t count);
/* Told at once, and again whenever it changes between blind and not. */
void outages_on_sight(struct outages *outages, outages_sight_fn *on_sight, void *arg);
void outages_on_blind(struct outages *outages, outages_blind_fn *on_blind, void *arg);
bool outages_is_blind(const struct outages *outages); /* cut off, and nobody is down for that */
/* False: at some time of the last past_ms we were blind, or on the way there; what was silent then
 * may have been us. */
bool outages_in_touch_for(const struct outages *outages, int64_t past_ms);
size_t outages_references(const struct outages *outages); /* that can be asked */

/* Of any device; a reference is heard, too. arg: struct outages * */
void outage_on_link_change(const struct link_change *change, void *arg);
/* A trap that was believed, of a gateway or a device beside it: evidence of an outage of its site,
 * when one is near. Decides nothing. */
void outages_on_trap(const struct trap_hint *hint, struct outages *outages);
/* A value that any device read: evidence of an outage that may begin soon. Decides nothing. */
void outages_on_reading(struct outages *outages, const struct profile_metric *metric,
                        const struct reading_report *report);
/* A child probes the plan: sites with an open outage begin DOWN, the others answer for themselves.
 */
void outages_on_prober_ready(struct outages *outages, uint32_t shard);
void outages_on_prober_lost(struct outages *outages, uint32_t shard);
void outages_on_database(struct outages *outages, bool up);

void outages_counts(const struct outages *outages, struct outage_counts *out);
/* The code of the site whose device it is; NULL: of none. Until the next plan. */
const char *outages_site_of(const struct outages *outages, uint32_t device_id);
/* The same, when that is its gateway, and has been up since then without a break, as far as we
 * could see all the time; else NULL. */
const char *outages_steady_site(const struct outages *outages, uint32_t device_id,
                                struct wall since);
bool outages_have_plan(const struct outages *outages);
void outages_stop(struct outages *outages);       /* tells what is due, then writes nothing more */
bool outages_idle(const struct outages *outages); /* no answer is owed by the database */
void outages_free(struct outages *outages);       /* NULL allowed */
#endif
