/* SPDX-License-Identifier: ISC */
/*
 * engine - the wire: questions out, answers in, on one UDP and one ICMP socket per address family.
 *
 * A reply counts when it comes from the device's address and port (unless reply_from_any), with its
 * version and credential, as a RESPONSE to a request-id that is open, about the objects that were
 * asked. Anything else is counted and dropped, and leaves the request open for the right answer
 * behind it. An ICMP echo request goes the same way, and its reply counts when it brings back what
 * was sent (probes/echo.h). Requests are gathered and leave together (engine_flush()). Never
 * blocks; work per call is bounded. What a result means is the affair of whoever asked; the engine
 * reads the plan for a device's present address and credential. Owner: the prober's child.
 */
#ifndef KT_ENGINE_H
#define KT_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "daemon/base/err.h"
#include "probes/agent_news.h"
#include "probes/ber.h"
#include "probes/counters.h"
#include "probes/plan.h"
#include "probes/question.h"
#include "probes/trap_v3.h"

struct event_base;
struct engine;

/* Who asked; handed back as it is. */
enum engine_asker { ENGINE_HEARTBEAT = 1, ENGINE_READING, ENGINE_SECOND, ENGINE_ASKER_END };

struct engine_ask {
    const struct plan_device *device;
    const struct question *question; /* with an id it must live on; else it is copied */
    enum engine_asker asker;
    uint32_t token;     /* handed back as it is */
    uint32_t tries;     /* 1 or more, each with a request-id of its own */
    int64_t timeout_ms; /* of each */
};

struct engine_result {
    uint32_t device_id;
    enum plan_snmp snmp; /* how it was asked */
    enum engine_asker asker;
    uint32_t token;
    const struct question *question;
    bool answered;
    bool late;           /* answered when it had been given up: told a second time */
    bool locked_out;     /* it lives and did not let us in (v3): answered, for a heartbeat alone */
    struct wall sent_at; /* the first try */
    struct wall at;      /* when it was answered or given up */
    /* With an answer, unless locked_out: */
    int64_t rtt_us;       /* of the try that was answered */
    int32_t error_status; /* 0 and no varbinds for an echo */
    int32_t error_index;
    size_t varbinds;
    struct ber_list list; /* until the callback returns */
};

struct engine_callbacks {
    /* Once per ask, answered or not; once more when an answer comes late. */
    void (*on_result)(const struct engine_result *result, void *arg);
    /* Instead of that, when we were away ourselves. */
    void (*on_forgotten)(const struct engine_result *result, void *arg);
    void (*on_read)(void *arg); /* after a batch of replies, when none is being looked at */
};

/* base, plan and callbacks are borrowed for the engine's life. */
KT_MUST_CHECK struct engine *engine_new(struct event_base *base, const struct plan *plan,
                                        const struct engine_callbacks *callbacks, void *arg,
                                        struct err *err);
void engine_free(struct engine *engine); /* drops what is open, without a word; NULL allowed */

/* False: the socket is full, nothing was taken; try again later. A datagram that the system refuses
 * just stays unanswered. */
bool engine_ask(struct engine *engine, const struct engine_ask *ask, const struct plan_now *now);
/* Lets what was gathered leave; what the socket has no room for leaves with a later call. */
void engine_flush(struct engine *engine);
/*
 * Work is counted in units, from one engine_read() to the next: one is what a datagram of v1 or v2c
 * costs to be made or to be read, some two microseconds; one of SNMPv3 is as much as several.
 */
#define ENGINE_V3_UNITS  5
#define ENGINE_TURN_MOST 1024 /* of a turn that leaves the loop to others in time */
/* Begins a turn: reads what is there, up to half of that; true when nothing is left, so that
 * silence is really silence. */
bool engine_read(struct engine *engine);
/* The turn has done enough: who asks more of it holds the loop up. */
bool engine_is_spent(const struct engine *engine);
/*
 * read_soon: engine_read() is going to be called within a tick, so what comes need not wake the
 * loop until then. It does nonetheless while that may be more than a socket keeps: a wake-up costs
 * more than an answer, but a lost answer more than both.
 */
void engine_watch(struct engine *engine, bool read_soon);
/* Gives up what was due by now, or tries again, as far as the turn goes; the rest stays due. It may
 * still be answered for a while, late. */
void engine_expire(struct engine *engine, const struct plan_now *now);
/* We were away ourselves: what is open proves nothing. */
void engine_forget_all(struct engine *engine, const struct plan_now *now);
/* The plan is another: its credentials may be others under the same numbers. */
void engine_plan_changed(struct engine *engine);
/* Then, until it is true: forgets what was known of devices that are gone, of `most` at once. */
bool engine_plan_sweep(struct engine *engine, size_t most);

/* May we ping a host of that family? Else an echo is never answered: do not ask. */
bool engine_can_echo(const struct engine *engine, const union address *address);
/* What was known of the SNMPv3 engine of a device before we began. */
void engine_agent_know(struct engine *engine, const struct agent_news *news,
                       const struct plan_now *now);
/* As usm_wire_news() and usm_wire_told(). */
bool engine_agent_news(const struct engine *engine, size_t nth, const struct plan_now *now,
                       struct agent_news *news);
void engine_agent_told(struct engine *engine, size_t count);
/* As usm_wire_prove(); a device that is not in the plan proves nothing. */
void engine_prove_trap(struct engine *engine, struct mono now, struct trap_order *order,
                       struct trap_proven *proven);
bool engine_next_at(const struct engine *engine, struct mono *at); /* when something is due */
void engine_counters(const struct engine *engine, struct prober_counters *out);
#endif
