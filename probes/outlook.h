/* SPDX-License-Identifier: ISC */
/*
 * outlook - how soon a cut of a link would be known, by what was learned of it until now.
 *
 * For people who ask why a bad link is judged slowly. Pure: it lets the plan (probes/plan.h) with
 * that device run into a silence, so that it can say nothing else than the prober would do.
 */
#ifndef KT_OUTLOOK_H
#define KT_OUTLOOK_H

#include <stdint.h>

#include "probes/plan.h"

struct outlook {
    int64_t timeout_ms; /* how long an answer is waited for */
    uint32_t misses;    /* in a row, until it is believed; 0: there would be none within a day */
    int64_t known_ms;   /* from the sending of the first of them to the verdict */
    int64_t latest_ms;  /* the same from a cut right behind an answer: one turn more */
};

/* snmp and interval_ms as of its plan_device; what was learned counts as of its own instant. */
struct outlook outlook_of(const struct learned *learned, const struct plan_policy *policy,
                          enum plan_snmp snmp, uint32_t interval_ms);
#endif
