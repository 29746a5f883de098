/* SPDX-License-Identifier: ISC */
/*
 * prober - the parent's end of the probing child: spawn it, hand it the plan, hear what changed.
 *
 * The child is this program again (re-executed, so it inherits no secret) with net-snmp, the UDP
 * sockets and the link brain of its devices. Frames (probes/frame.h) go over one SOCK_SEQPACKET
 * pair. A child that dies or falls silent is replaced with back-off; on_lost says that its devices
 * are unknown meanwhile, on_ready that the plan is being probed again. Never holds net-snmp or
 * libevent's HTTP; never decides whose fault a silence is (daemon/topology.h).
 */
#ifndef KT_PROBER_H
#define KT_PROBER_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/err.h"
#include "probes/agent_news.h"
#include "probes/counters.h"
#include "probes/plan.h"
#include "probes/reading_report.h"
#include "probes/verify.h"

struct event_base;
struct prober;
struct trap_order;
struct trap_parent;

/* What is to be probed, as whoever read it hands it over; the arrays stay its own. */
struct planned {
    const struct credential *credentials;
    size_t credential_count;
    const struct plan_device *devices;
    size_t device_count;
    const struct agent_news *agents; /* what was known of their SNMPv3 engines; any order */
    size_t agent_count;
};

/* They may call every function here but prober_free(). */
struct prober_callbacks {
    void (*on_change)(const struct link_change *change, void *arg);
    void (*on_ready)(void *arg);                 /* the child probes the plan of the last commit */
    void (*on_lost)(const char *why, void *arg); /* its devices are unknown until on_ready */
    /* What is new of an SNMPv3 engine; may be NULL. */
    void (*on_agent)(const struct agent_news *news, void *arg);
    /* How a repair on trial ended; may be NULL where none is ordered. */
    void (*on_verified)(const struct verify_verdict *verdict, void *arg);
    /* One value of a reading; those of one reading come one after the other. NULL: nobody cares. */
    void (*on_reading)(const struct reading_report *report, void *arg);
    /* What five minutes of a device came to; may be NULL where nobody keeps it. */
    void (*on_rollup)(const struct rollup_record *record, void *arg);
    /* What is new of what was learned of a device's link; may be NULL where nobody keeps it. */
    void (*on_learned)(const struct learned_news *news, void *arg);
    /* As plan_begins_fn of probes/plan_copy.h; NULL: as the devices were given. */
    void (*on_begins)(struct plan_device *device, void *arg);
};

struct prober_start {
    const char *self; /* path of the program to execute, such as /proc/self/exe: one whose main()
                         asks prober_child_asked() first */
    bool sandbox;     /* the child boxes itself in (probes/sandbox.h) */
};

/* Spawns at once; on false nothing is left. base, start and callbacks are borrowed for the prober's
 * life; the next child is started by what start says then. */
KT_MUST_CHECK struct prober *prober_new(struct event_base *base, const struct prober_start *start,
                                        const struct prober_callbacks *callbacks, void *arg,
                                        struct err *err);
/*
 * The whole plan, replacing the one before: begin, each device, commit. Devices that stay (by id)
 * keep their state; begins_down then counts only where no result has come yet, or where the device
 * is the gateway of another site than before (plan.h). The prober keeps a
 * copy and hands it to a respawned child, with the states that it last heard: nothing need be given
 * again.
 */
void prober_plan_begin(struct prober *prober, const struct plan_policy *policy);
void prober_plan_credential(struct prober *prober, const struct credential *credential);
void prober_plan_device(struct prober *prober, const struct plan_device *device);
void prober_plan_commit(struct prober *prober);
/* As plan_copy_prepare() and plan_copy_settle(), before and after the commit. */
bool prober_plan_prepare(struct prober *prober, size_t most);
bool prober_plan_settle(struct prober *prober, size_t most);
/* What was known of the SNMPv3 engine of a device in the plan, as on_agent said it once. To be
 * given before the commit. */
void prober_agent_know(struct prober *prober, const struct agent_news *news);
/*
 * One probe out of turn; answered by on_change with asked = true, answered or not. While a child is
 * being replaced it waits for the next one. A device that is not in the plan is never answered.
 */
void prober_probe_now(struct prober *prober, uint32_t device_id);
/* The same for a trap; a metered device is asked as often as its budget has room for. */
void prober_hint(struct prober *prober, uint32_t device_id);
/* As plan_renew(); said to the child by prober_renewed(), when all of them were named. */
void prober_renew(struct prober *prober, uint32_t device_id);
void prober_renewed(struct prober *prober);

/*
 * Puts a claimed repair on trial (probes/verify.h says how it is judged; the order's serial is set
 * here). Answered once by on_verified; a ticket that is on trial already begins anew, and then only
 * the newer order is answered. A respawned child begins the windows of all that is not answered
 * anew. A device that is not in the plan, or leaves it: VERIFY_INTERRUPTED.
 */
void prober_verify(struct prober *prober, const struct verify_order *order);
void prober_verify_cancel(struct prober *prober, uint64_t ticket); /* it is never answered */

/*
 * By which profiles devices are read from now on, and how often (0: not at all). packed: of
 * profile_files_read(). The prober keeps a copy and hands it to a respawned child. Returns the
 * serial that reports will bear.
 */
uint32_t prober_profiles(struct prober *prober, const char *packed, uint32_t interval_s);
/* Its child is heard of traps (probes/trap_parent.h, borrowed); listens: it gets the socket. */
void prober_hear_traps(struct prober *prober, struct trap_parent *traps, bool listens);
/* traps has something new for its child, which listens. */
void prober_answer_traps(struct prober *prober);
/* Has its child say whether an SNMPv3 trap is of one of its devices. False: too many wait for that.
 */
bool prober_prove_trap(struct prober *prober, const struct trap_order *order);

bool prober_is_ready(const struct prober *prober); /* a child lives and probes a plan */
uint32_t prober_restarts(const struct prober *prober);
int prober_pid(const struct prober *prober); /* -1 between two children */
/* Sums over all children of this parent's life. */
void prober_counters(const struct prober *prober, struct prober_counters *out);

void prober_stop(struct prober *prober); /* no new probes, no respawn; the child ends by itself */
bool prober_idle(const struct prober *prober); /* stopped and the child is reaped */
void prober_free(struct prober *prober);       /* kills and reaps what is left; NULL allowed */

/* What main() does first: is this the child that prober_new() starts? Then it is run by
 * prober_child_main(), which returns the exit code. */
bool prober_child_asked(int argc, char **argv);
int prober_child_main(int argc, char **argv);
#endif
