/* SPDX-License-Identifier: ISC */
/*
 * budget - what a probe costs on the line, and how often a metered site can afford one.
 *
 * Pure. Bytes are those of the IP packets of one question and its answer, as a satellite or mobile
 * operator counts them.
 */
#ifndef KT_BUDGET_H
#define KT_BUDGET_H

#include <stdint.h>

#include "probes/plan.h"

/* Of one heartbeat and its answer: measured with Debian's snmpd, rounded up. */
uint32_t budget_heartbeat_bytes(enum plan_snmp snmp);
/*
 * The shortest interval at which heartbeats take at most half of a budget of so many megabytes
 * (10^6 bytes) in 30 days; the other half is for readings and suspicion. 0 for a budget of 0: none.
 */
int64_t budget_interval_ms(uint32_t budget_mb, enum plan_snmp snmp);
#endif
