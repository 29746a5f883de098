/* SPDX-License-Identifier: ISC */
/*
 * usm_flow - one question to an SNMPv3 device: who is it, what is its time, will it let us in?
 *
 * The wire says what came, the flow says what to send next and, in the end, what is known. A struct
 * usm_flow per device and a struct usm_attempt per try of a question. Its rules: a device that says
 * anything is alive, whatever it says; a Report that nobody signed may be anybody's, so it only
 * decides when the time is up and no true answer came; a silence is held against the device only
 * when it does not even say who it is. Pure, by value: it sends nothing and knows no time.
 * [RFC 3414 §4; probes/usm.h for the messages]
 */
#ifndef KT_USM_FLOW_H
#define KT_USM_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "probes/auth_state.h"
#include "probes/usm_report.h"

#define USM_SENDS_MOST 4 /* messages of one try: who, what time, the question, and one more */

/* What to do next. */
enum usm_step {
    USM_DISCOVER = 1, /* send "who are you?" */
    USM_REQUEST,      /* send the question */
    USM_MEET,         /* take the engine of this report for the device's, and send the question */
    USM_WAIT,         /* nothing; the answer may still come */
    USM_ALIVE,        /* over: it lives and did not answer; see usm_flow_state() */
    USM_SILENT,       /* over: nothing came */
    USM_STEP_END
};

struct usm_flow {
    bool known;   /* its engine is known */
    bool changed; /* the engine that was known is no longer there; the next may not be taken */
    bool doubt;   /* the last try was silent: ask first who it is */
    uint8_t unanswered;    /* tries in a row that it lived through without an answer */
    enum auth_state state; /* 0: never heard of */
};

/* One try of one question. */
struct usm_attempt {
    enum usm_step doing; /* USM_DISCOVER or USM_REQUEST */
    uint8_t sends;
    bool alive;             /* it said something */
    enum auth_state report; /* what it reported, not proven; 0: nothing */
};

/* A Report that names its engine. */
struct usm_heard {
    enum usm_report report;
    bool authentic;
    bool same_engine; /* as the one that is known */
    bool taken;       /* the engine of the report is another device's */
};

void usm_flow_init(struct usm_flow *flow, bool known); /* known: remembered from before */
/* usable: there are keys to ask with. */
enum usm_step usm_flow_begin(struct usm_flow *flow, struct usm_attempt *attempt, bool usable);
enum usm_step usm_flow_report(struct usm_flow *flow, struct usm_attempt *attempt,
                              const struct usm_heard *heard);
/* A true answer. */
void usm_flow_answer(struct usm_flow *flow);
/* The try's time is up. */
enum usm_step usm_flow_timeout(struct usm_flow *flow, struct usm_attempt *attempt);
/* AUTH_FINE until something is known to be wrong. */
enum auth_state usm_flow_state(const struct usm_flow *flow);
#endif
