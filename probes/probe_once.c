/* SPDX-License-Identifier: ISC */
#include "probes/probe_once.h"

#include "probes/heartbeat.h"

bool probe_once(struct once *once, enum plan_snmp snmp, struct probe_once_result *result,
                struct err *err)
{
    uint32_t objects = PLAN_OBJECTS_ALL;
    struct heartbeat heartbeat;
    struct once_answer answer;

    *result = (struct probe_once_result){.vitals = {-1, -1, -1}};
    do {
        const struct question *question =
            snmp == PLAN_ICMP ? heartbeat_echo() : heartbeat_question(objects);

        if (!once_question(once, question, &answer, err))
            return false;
        heartbeat = (struct heartbeat){.vitals = {-1, -1, -1}};
        if (answer.answered && snmp != PLAN_ICMP)
            heartbeat = heartbeat_read(snmp, question, answer.error_status, answer.error_index,
                                       answer.list);
        objects &= ~heartbeat.dropped;
    } while (heartbeat.dropped != 0 && objects != 0);
    once_counters(once, &result->counters);
    if (!once_agent(once, &result->agent))
        result->agent = (struct agent_news){0};
    result->answered = answer.answered;
    result->locked_out = answer.locked_out;
    result->tries = (uint32_t)result->counters.sent;
    result->rtt_us = answer.rtt_us;
    result->error_status = answer.error_status;
    result->vitals = heartbeat.vitals;
    return true;
}
