/* SPDX-License-Identifier: ISC */
/*
 * relay - stands between a prober and a real SNMPv3 agent, on the test's loop: counts what goes by,
 * and says things of its own in between.
 */
#ifndef KT_TEST_RELAY_H
#define KT_TEST_RELAY_H

#include <stdbool.h>
#include <stdint.h>

#include <event2/event.h>
#include <netinet/in.h>

#include "probes/usm_report.h"

struct relay {
    int near; /* towards the prober */
    int far;  /* towards the agent */
    struct event *near_readable;
    struct event *far_readable;
    struct sockaddr_in prober; /* who asked last */
    unsigned discoveries;      /* requests without an engine */
    unsigned answers;
    enum usm_report forge; /* not 0: reports of that before each answer */
    unsigned forged;
    bool downgrade; /* answers lose their seal and signature */
    unsigned downgraded;
};

struct relay *relay_new(struct event_base *base, uint16_t agent_port); /* both on 127.0.0.1 */
uint16_t relay_port(const struct relay *relay);
void relay_free(struct relay *relay);
#endif
