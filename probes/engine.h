/* SPDX-License-Identifier: ISC */
/*
 * engine - the wire: requests out, replies in, on one UDP socket per address family.
 *
 * A reply counts when it comes from the device's address and port (unless reply_from_any), with its
 * version and community, as a RESPONSE to a request-id that is open, about the objects that were
 * asked. Anything else is counted and dropped, and leaves the request open for the right answer
 * behind it. Never blocks; work per call is bounded. What a result means is the plan's affair
 * (probes/plan.h); the engine reads the plan for a device's present address. Owner: the prober's
 * child.
 */
#ifndef KT_ENGINE_H
#define KT_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "daemon/base/err.h"
#include "probes/counters.h"
#include "probes/plan.h"

struct event_base;
struct engine;

struct engine_callbacks {
    void (*on_result)(const struct plan_result *result, void *arg);
    void (*on_forgotten)(uint32_t device_id, uint32_t serial, void *arg);
    void (*on_read)(void *arg); /* after a batch of replies, when none is being looked at */
};

/* base, plan and callbacks are borrowed for the engine's life. */
KT_MUST_CHECK struct engine *engine_new(struct event_base *base, const struct plan *plan,
                                        const struct engine_callbacks *callbacks, void *arg,
                                        struct err *err);
void engine_free(struct engine *engine); /* drops what is open, without a word; NULL allowed */

/* False: the socket is full, nothing left; try again later. A refused datagram just stays
 * unanswered. */
bool engine_probe(struct engine *engine, const struct plan_probe *probe, const struct plan_now *now,
                  int64_t timeout_ms);
/* Reads what is there, up to a bound; true when nothing is left, so that silence is really silence.
 */
bool engine_read(struct engine *engine);
/* Gives up what was due by now; it may still be answered for a while, late. */
void engine_expire(struct engine *engine, const struct plan_now *now);
/* We were away ourselves: what is open proves nothing. */
void engine_forget_all(struct engine *engine, const struct plan_now *now);

bool engine_next_at(const struct engine *engine, struct mono *at); /* when something is due */
void engine_counters(const struct engine *engine, struct prober_counters *out);
#endif
