/* SPDX-License-Identifier: ISC */
/* clang-format off */
/*
 * cause_proof - once a site is back: did its device run on, and what does that prove?
 *
 * Pure, by value. Three clocks of the agent are compared with what was before and the time that
 * has passed: sysUpTime.0, snmpEngineTime.0, and hrSystemUptime.0, of which it is known what it
 * counts: the time since the host began. The other two may both be the agent's own (net-snmp's are). "On":
 * it shows what it would if nobody had touched it, also over its wrap, or more than the silence;
 * "anew": it cannot have run since before; "?": not said.
 *
 *   host   sysUpTime   engine time   the device
 *   any    on          on or ?       ran on
 *   any    on          anew          ran on, its agent began anew
 *   any    anew        on            ran on: an agent that runs on has a device that does
 *   any    ?           on            ran on
 *   on     anew        anew or ?     ran on, its agent began anew
 *   on     ?           anew or ?     ran on
 *   anew   anew or ?   anew or ?     began anew; where host and sysUpTime began far apart, or the
 *                                    host's clock was due to wrap: as with "?"
 *   ?      anew        anew or ?     began anew, or its agent did: pings that were answered all
 *                                    along say the agent; what else tells of the power
 *                                    (CLUES_OF_POWER) says the device; else it is not known. A
 *                                    coldStart does not: agents send one, too
 *   ?      ?           anew or ?     not known
 *
 * Where no last good vitals are known, the time since the last answer takes their place: a clock
 * that shows more than that has run on; one that shows less began anew, if the engine time says so,
 * too: the others may have wrapped. The verdict, in this order:
 *
 *   another site is to blame: power when the device began anew, else upstream
 *   pings were answered all along: agent
 *   the device began anew: device, if there is a reason to say so (is_device()), else power
 *   it or its agent began anew, and pings fell silent while its link was there: device
 *   only the agent began anew: agent; when pings were silent, too, or it was under way long before
 *     it was heard again: link
 *   it ran on: link; when devices beside it answered meanwhile, by the same link: agent
 *   not known: unproven
 *
 * So power is never proven of a device that ran on. What this cannot tell apart is a device that
 * lost its power from one that hung and was switched off and on by hand. Source: definitions,
 * "Power or link: how the cause is proven"; RFC 3418 §2 (sysUpTime, which wraps after 2^32/100 s),
 * RFC 3414 §2.2 (snmpEngineTime), RFC 2790 §4.1 (hrSystemUptime: "since this host was last
 * initialized", and "different from sysUpTime").
 */
/* clang-format on */
#ifndef KT_CAUSE_PROOF_H
#define KT_CAUSE_PROOF_H

#include "daemon/base/clock.h"
#include "daemon/cause.h"

/* What an agent's answer said of it, and when that came. at unset: nothing is known. */
struct cause_vitals {
    struct wall at;
    int64_t uptime_ticks;  /* sysUpTime.0 in 1/100 s; -1: not said */
    int64_t engine_time_s; /* snmpEngineTime.0; -1: not said */
    int64_t host_ticks;    /* hrSystemUptime.0 in 1/100 s; -1: not said, or not asked for */
};

enum cause_run {
    RUN_UNKNOWN = 1,
    RUN_ON,
    RUN_AGENT_ANEW, /* the device ran on */
    RUN_MAYBE_ANEW, /* it began anew, or only its agent did */
    RUN_ANEW,
    RUN_END
};

struct cause_facts {
    struct cause_vitals before; /* the last good ones, of last_good or earlier */
    struct cause_vitals after;
    int64_t elapsed_ms;    /* from before to after by a clock that nobody sets; below 0: not known,
                              and the difference of the two instants counts */
    struct wall last_good; /* unset: there was none */
    struct wall detected;
    bool another_is_root;
    uint32_t clues; /* cause.h */
};

struct cause_proof {
    enum cause cause;
    enum cause_run run;
    struct wall booted_at; /* with RUN_ANEW: when it began, by the clock of after.at */
};

/* When it began by its host's clock, or else by its sysUpTime; unset: it said neither. */
struct wall cause_began(const struct cause_vitals *after);
/* How a device fared from the last good answer on, by its clocks alone. */
enum cause_run cause_run(const struct cause_facts *facts);
void cause_prove(const struct cause_facts *facts, struct cause_proof *proof);
#endif
