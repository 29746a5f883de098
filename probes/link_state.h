/* SPDX-License-Identifier: ISC */
/*
 * link_state - from a stream of probe results to "this device is silent" and "it answers again".
 *
 * One struct link per device, held by value; there is nothing to free. Pure: no I/O, no clock, no
 * allocation. The only way in is link_step(), the only way out is the effect that it returns, which
 * the caller carries out. When misses are enough is asked of the detector (probes/detector.h);
 * whose fault a silence is, is decided in the parent (daemon/topology.h).
 */
#ifndef KT_LINK_STATE_H
#define KT_LINK_STATE_H

#include <stdint.h>

#include "daemon/base/clock.h"
#include "probes/detector.h"

enum link_state {
    LINK_UNKNOWN = 1,
    LINK_UP,
    LINK_SUSPECT,
    LINK_DOWN,
    LINK_RECOVERING,
    LINK_STATE_END
};
enum link_event {
    LINK_ANSWER = 1,
    LINK_ANSWERS_ENOUGH,
    LINK_MISS,
    LINK_MISSES_ENOUGH,
    LINK_EVENT_END
};
enum link_effect { LINK_FX_NONE = 1, LINK_FX_BEGINS, LINK_FX_ENDS, LINK_FX_END };

/* Does the address of a silent agent answer ICMP echo? Evidence of what is silent, the agent or the
 * device; no verdict follows from it. */
enum link_ping { LINK_PING_UNKNOWN = 1, LINK_PING_ANSWERS, LINK_PING_SILENT, LINK_PING_END };

enum probe_outcome { PROBE_ANSWERED = 1, PROBE_SILENT, PROBE_OUTCOME_END };

struct probe_result {
    enum probe_outcome outcome;
    struct wall sent_at; /* when the probe left: a miss counts from here */
    struct wall at;      /* when it was answered or given up */
};

struct link {
    enum link_state state;
    struct detector detector;
    struct wall
        last_good; /* last answer, frozen while an outage lasts; unset when there was none */
    struct wall
        first_bad; /* sending of the first miss: what an outage counts from; kept to its end */
    struct wall first_good; /* first answer after a silence: what restoration counts from */
};

/* state LINK_UNKNOWN, or LINK_DOWN with the start of an outage that was open when we were started.
 */
void link_init(struct link *link);
void link_init_down(struct link *link, struct wall last_good, struct wall first_bad);
/* Nothing is known of it any more but its last answer, and what the link is like. */
void link_renew(struct link *link);
/* We were away ourselves: misses from before say nothing any more. An outage that is known, and the
 * way out of it, go on. */
void link_slept(struct link *link);
enum link_effect link_step(struct link *link, const struct detector_policy *policy,
                           const struct probe_result *result, struct mono now);
const char *link_state_name(enum link_state state);
/* The table as text, one row per state, for --print-states and its golden file. */
struct text;
void link_state_print(struct text *out);
#endif
