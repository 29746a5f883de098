/* SPDX-License-Identifier: ISC */
/*
 * once - one device, asked question by question by somebody who waits for each answer.
 *
 * The prober's own engine, with a plan of one device and a loop of its own: what it says of a
 * device is what the daemon would say. Blocks for at most tries × timeout per question, and for the
 * keys of an SNMPv3 user before the first. Owner: whoever called once_open().
 */
#ifndef KT_ONCE_H
#define KT_ONCE_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/err.h"
#include "probes/agent_news.h"
#include "probes/ber.h"
#include "probes/counters.h"
#include "probes/plan.h"
#include "probes/question.h"

struct once_ask {
    struct plan_device device; /* id, credential and outage fields are not looked at */
    struct credential credential;
    int64_t timeout_ms;
    uint32_t tries; /* 1 or more */
};

struct once_answer {
    bool answered;
    bool locked_out; /* not answered, but it lives (v3): once_agent() says why it lets us not in */
    int64_t rtt_us;  /* of the request that was answered */
    int32_t error_status;
    int32_t error_index;
    struct ber_list list; /* until the next question */
};

struct once;

/* False when the system failed us; nothing is left then. */
KT_MUST_CHECK struct once *once_open(const struct once_ask *ask, struct err *err);
void once_close(struct once *once); /* wipes the credential; NULL allowed */
/* False when nothing could be sent. Silence is not failure: true, and answered = false. */
KT_MUST_CHECK bool once_question(struct once *once, const struct question *question,
                                 struct once_answer *answer, struct err *err);
/* What is known of its SNMPv3 engine by now; false: nothing. */
bool once_agent(const struct once *once, struct agent_news *news);
void once_counters(const struct once *once, struct prober_counters *out);
#endif
