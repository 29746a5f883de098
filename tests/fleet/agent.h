/* SPDX-License-Identifier: ISC */
/*
 * agent - what one demo device says when it is asked over SNMP.
 *
 * From a request's bytes to the reply's bytes: GET, GETNEXT and GETBULK of the system group and of
 * snmpEngine (RFC 3418, RFC 3411), any community. Holds no state and reads no clock: how long the
 * device has been up is a parameter. Whether an answer reaches the asker is world.h's business.
 */
#ifndef KT_FLEET_AGENT_H
#define KT_FLEET_AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ethernet's 1500 bytes less IP and UDP headers: a reply is never fragmented. */
#define AGENT_REPLY_MAX 1472

struct agent_profile;

struct agent {
    const struct agent_profile *profile; /* borrowed, static */
    char name[128];                      /* sysName */
    char location[256];                  /* sysLocation */
    bool v1_only; /* silent to v2c, and without snmpEngine, as old radios are */
};

struct agent_vitals {
    int64_t uptime_us;
    uint32_t boots;
};

/* The make that the inventory's profile names; an unknown name gives a plain Linux box. */
const struct agent_profile *agent_profile_find(const char *name);

/* Bytes of the reply; 0 when the device has nothing to say to that. room >= 484 (RFC 3417). */
size_t agent_answer(const struct agent *agent, const struct agent_vitals *vitals,
                    const uint8_t *request, size_t bytes, uint8_t *reply, size_t room);
#endif
