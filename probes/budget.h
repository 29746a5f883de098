/* SPDX-License-Identifier: ISC */
/*
 * budget - what a probe costs on the line, and how often a metered site can afford one.
 *
 * Pure. Bytes are those of the IP packets of one question and its answer, as a satellite or mobile
 * operator counts them.
 */
#ifndef KT_BUDGET_H
#define KT_BUDGET_H

#include <stddef.h>
#include <stdint.h>

#include "probes/plan.h"
#include "probes/question.h"

/* Of one heartbeat and its answer: measured with Debian's snmpd, rounded up. */
uint32_t budget_heartbeat_bytes(enum plan_snmp snmp);
/*
 * The shortest interval at which heartbeats take at most half of a budget of so many megabytes
 * (10^6 bytes) in 30 days; a quarter is for readings, the rest for suspicion. 0 for a budget of 0:
 * none.
 */
int64_t budget_interval_ms(uint32_t budget_mb, enum plan_snmp snmp);
/*
 * The same for one of several devices of a site: the budget of its gateway is that of the line,
 * which all of them share; a device's own one holds besides.
 */
int64_t budget_shared_ms(uint32_t own_mb, uint32_t line_mb, uint32_t devices, enum plan_snmp snmp);
/* Of one question, and of an answer whose list of objects has so many bytes. */
uint32_t budget_question_bytes(enum plan_snmp snmp, const struct question *question);
uint32_t budget_answer_bytes(enum plan_snmp snmp, size_t list_bytes);
/* Of the answer that is to be expected: more is found out when it is there. */
uint32_t budget_expected_bytes(enum plan_snmp snmp, const struct question *question);
/*
 * Readings of so many bytes each get half of what heartbeats get, a quarter of the budget; of a
 * lane they get half. In each so manieth round of interval_ms they are affordable: 1 or more.
 * own_ms: budget_interval_ms() of the device; 0: its line is not metered.
 */
uint32_t budget_stretch(enum plan_snmp snmp, uint32_t own_ms, uint32_t reading_bytes,
                        int64_t interval_ms);
uint32_t budget_lane_stretch(uint64_t lane_bytes, uint32_t bytes_per_s, int64_t interval_ms);
#endif
