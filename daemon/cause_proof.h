/* SPDX-License-Identifier: ISC */
/*
 * cause_proof - once a site is back: did its device run on, and what does that prove?
 *
 * Pure, by value. Two clocks of the agent are compared with the last good ones and the time that
 * has passed: sysUpTime.0 and snmpEngineTime.0. "On": it shows what it would if nobody had touched
 * it, also over its wrap; "anew": it cannot have run since before; "?": not said on one side.
 *
 *   sysUpTime   engine time   pings meanwhile       the device
 *   on          on or ?       any                   ran on
 *   on          anew          any                   ran on, its agent began anew
 *   anew        on            any                   ran on: an agent that runs on has a device that
 * does anew        anew or ?     answered all along    ran on: both clocks are its agent's anew
 * anew or ?     else                  began anew ?           on            any ran on ? anew or ?
 * any                   not known
 *
 * Where no last good vitals are known, the time since the last answer takes their place: a clock
 * that shows more than that has run on; one that shows less began anew, if the other says so, too:
 * one alone may have wrapped. The verdict, in this order:
 *
 *   another site is to blame: power when the device began anew, else upstream
 *   pings were answered all along: agent
 *   the device began anew: device, if there is a reason to say so (is_device()), else power
 *   only the agent began anew: agent; when pings were silent, too: link
 *   it ran on: link; when devices beside it answered meanwhile, by the same link: agent
 *   not known: unproven
 *
 * So power is never proven of a device that can be shown not to have begun anew. What this cannot
 * tell apart: a device that lost its power from one that hung and was switched off and on by hand;
 * and from an agent whose sysUpTime counts from its own start, not the device's, when it began anew
 * while the link was away. Source: definitions, "Power or link: how the cause is proven"; RFC 3418
 * §2 (sysUpTime, which wraps after 2^32/100 s), RFC 3414 §2.2 (snmpEngineTime).
 */
#ifndef KT_CAUSE_PROOF_H
#define KT_CAUSE_PROOF_H

#include "daemon/base/clock.h"
#include "daemon/cause.h"

/* What an agent's answer said of it, and when that came. at unset: nothing is known. */
struct cause_vitals {
    struct wall at;
    int64_t uptime_ticks;  /* sysUpTime.0 in 1/100 s; -1: not said */
    int64_t engine_time_s; /* snmpEngineTime.0; -1: not said */
};

enum cause_run {
    RUN_UNKNOWN = 1,
    RUN_ON,
    RUN_AGENT_ANEW, /* the device ran on */
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
    struct wall booted_at; /* with RUN_ANEW: when sysUpTime began, by the clock of after.at */
};

/* How a device fared from the last good answer on, without what pings say of it. */
enum cause_run cause_run(const struct cause_facts *facts);
void cause_prove(const struct cause_facts *facts, struct cause_proof *proof);
#endif
