/* SPDX-License-Identifier: ISC */
/*
 * agent - what one demo device says when it is asked over SNMP.
 *
 * From a request's bytes to the reply's bytes: GET, GETNEXT and GETBULK of what mib.h has, any
 * community; v3 goes to usm.h. Reads no clock: how long the device has been up is a parameter.
 * Whether an answer reaches the asker is world.h's business.
 */
#ifndef KT_FLEET_AGENT_H
#define KT_FLEET_AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/fleet/forge.h"
#include "tests/fleet/mib.h"

/* Ethernet's 1500 bytes less IP and UDP headers: a reply is never fragmented. */
#define AGENT_REPLY_MAX 1472

struct usm;

enum agent_speaks { AGENT_V1 = 1, AGENT_V2C = 2, AGENT_V3 = 4 };

struct agent {
    struct mib_device mib;
    unsigned speaks; /* a set of these; to other versions it is silent */
    struct usm *usm; /* the users of v3; NULL: there are none */
};

/*
 * Bytes of the reply, honest with FORGE_NONE; 0 when the device has nothing to say to that. room >=
 * 484 (RFC 3417).
 */
size_t agent_answer(const struct agent *agent, const struct vitals *vitals, const uint8_t *request,
                    size_t bytes, enum forge forge, uint8_t *reply, size_t room);

/* The request in pdu becomes its response, of at most about room bytes. For usm.h. */
void agent_answer_pdu(const struct mib_device *device, const struct vitals *vitals, bool v1,
                      struct pdu *pdu, size_t room);
#endif
