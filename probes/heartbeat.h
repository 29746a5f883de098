/* SPDX-License-Identifier: ISC */
/*
 * heartbeat - the small question that tells life from silence: since when is the agent up?
 * [RFC 3418 sysUpTime.0, RFC 3411 snmpEngineTime.0, RFC 2790 hrSystemUptime.0]
 *
 * Pure.
 */
#ifndef KT_HEARTBEAT_H
#define KT_HEARTBEAT_H

#include <stdint.h>

#include "probes/ber.h"
#include "probes/plan.h"
#include "probes/question.h"

struct heartbeat {
    struct device_vitals vitals;
    uint32_t dropped; /* v1 noSuchName: the object that it is about */
};

/* objects: a set of PLAN_OBJECT_*, not empty. Its id is that set. */
const struct question *heartbeat_question(uint32_t objects);
/* For an agent that speaks no SNMP, and as the second reason beside one that does. */
const struct question *heartbeat_echo(void);
/* What an answer to that question says; list is not looked at when there is an error. */
struct heartbeat heartbeat_read(enum plan_snmp snmp, const struct question *question,
                                int32_t error_status, int32_t error_index, struct ber_list list);
#endif
