/* SPDX-License-Identifier: ISC */
#include "probes/usm_flow.h"

#include <assert.h>

#define UNANSWERED_LEAST 2 /* one lost packet is no proof of a wrong key */

static const enum auth_state told[USM_REPORT_END] = {
    [USM_REPORT_LEVEL] = AUTH_LEVEL, [USM_REPORT_TIME] = AUTH_CLOCK,
    [USM_REPORT_USER] = AUTH_USER,   [USM_REPORT_ENGINE] = AUTH_ENGINE_CHANGED,
    [USM_REPORT_DIGEST] = AUTH_KEY,  [USM_REPORT_CIPHER] = AUTH_CIPHER,
    [USM_REPORT_OTHER] = AUTH_OTHER,
};

void usm_flow_init(struct usm_flow *flow, bool known)
{
    *flow = (struct usm_flow){.known = known};
}

static enum usm_step go(struct usm_attempt *attempt, enum usm_step step)
{
    if (attempt->sends == USM_SENDS_MOST)
        return USM_WAIT;
    attempt->sends++;
    attempt->doing = step == USM_DISCOVER ? USM_DISCOVER : USM_REQUEST;
    return step;
}

enum usm_step usm_flow_begin(struct usm_flow *flow, struct usm_attempt *attempt, bool usable)
{
    *attempt = (struct usm_attempt){0};
    if (!usable)
        attempt->report = AUTH_CREDENTIAL;
    return go(attempt, flow->known && !flow->doubt && usable ? USM_REQUEST : USM_DISCOVER);
}

/* It has said who it is. */
static enum usm_step hear_engine(struct usm_flow *flow, struct usm_attempt *attempt,
                                 const struct usm_heard *heard)
{
    if (attempt->report == AUTH_CREDENTIAL)
        return USM_WAIT;
    if (flow->known && heard->same_engine && attempt->doing == USM_DISCOVER)
        return go(attempt, USM_REQUEST);
    if (flow->known) {
        attempt->report = AUTH_ENGINE_CHANGED;
        return USM_WAIT;
    }
    if (flow->changed && heard->taken) {
        attempt->report = AUTH_ENGINE_TAKEN;
        return USM_WAIT;
    }
    flow->known = true;
    return go(attempt, USM_MEET);
}

enum usm_step usm_flow_report(struct usm_flow *flow, struct usm_attempt *attempt,
                              const struct usm_heard *heard)
{
    attempt->alive = true;
    /* Not every agent refuses "who are you?" for the reason that RFC 3414 §4 says. */
    if (heard->report == USM_REPORT_ENGINE || attempt->doing == USM_DISCOVER)
        return hear_engine(flow, attempt, heard);
    if (heard->report == USM_REPORT_TIME && heard->authentic) {
        enum usm_step step = go(attempt, USM_REQUEST);

        if (step == USM_REQUEST)
            return step;
    }
    attempt->report = told[heard->report];
    return USM_WAIT;
}

void usm_flow_answer(struct usm_flow *flow)
{
    flow->doubt = flow->changed = false;
    flow->unanswered = 0;
    flow->state = AUTH_FINE;
}

/*
 * An engine that changed is forgotten only here: had the one that is known answered meanwhile, the
 * report was not the device's.
 */
enum usm_step usm_flow_timeout(struct usm_flow *flow, struct usm_attempt *attempt)
{
    if (!attempt->alive) {
        flow->doubt = true;
        return USM_SILENT;
    }
    if (attempt->report == 0) {
        flow->doubt = true;
        if (flow->unanswered < UNANSWERED_LEAST)
            flow->unanswered++;
        if (flow->unanswered == UNANSWERED_LEAST)
            flow->state = AUTH_UNANSWERED;
        return USM_ALIVE;
    }
    flow->unanswered = 0;
    flow->state = attempt->report;
    if (attempt->report == AUTH_ENGINE_CHANGED) {
        flow->known = false;
        flow->changed = true;
    }
    return USM_ALIVE;
}

enum auth_state usm_flow_state(const struct usm_flow *flow)
{
    return flow->state == 0 ? AUTH_FINE : flow->state;
}
