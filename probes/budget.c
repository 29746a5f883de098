/* SPDX-License-Identifier: ISC */
#include "probes/budget.h"

#define BUDGET_MS       (INT64_C(30) * 24 * 3600 * 1000)
#define MEGABYTE        INT64_C(1000000)
#define HEARTBEAT_SHARE 2 /* half of it */
#define IP_UDP_BYTES    28
#define ENVELOPE_BYTES  40  /* of v1 and v2c around the list, with a community of ten letters */
#define ENVELOPE_V3     140 /* authPriv */
#define VARBIND_BYTES   6   /* tags, lengths and an empty value around a name */
#define VALUE_BYTES     8   /* of what is asked: mostly numbers and short words */
#define ANSWER_MOST     1472

uint32_t budget_heartbeat_bytes(enum plan_snmp snmp)
{
    switch (snmp) {
    case PLAN_SNMP_V1:
    case PLAN_SNMP_V2C:
        return 200; /* 28 + 64 out, 28 + 70 back, with a community of six letters */
    case PLAN_SNMP_V3:
        return 400; /* authPriv */
    case PLAN_ICMP:
    case PLAN_SNMP_END:
        break;
    }
    return 100;
}

int64_t budget_interval_ms(uint32_t budget_mb, enum plan_snmp snmp)
{
    int64_t probes;

    if (budget_mb == 0)
        return 0;
    probes = (int64_t)budget_mb * MEGABYTE / HEARTBEAT_SHARE / budget_heartbeat_bytes(snmp);
    return (BUDGET_MS + probes - 1) / probes;
}

static uint32_t envelope_bytes(enum plan_snmp snmp)
{
    return IP_UDP_BYTES + (snmp == PLAN_SNMP_V3 ? ENVELOPE_V3 : ENVELOPE_BYTES);
}

static uint32_t names_bytes(const struct question *question)
{
    uint32_t bytes = 0;

    for (size_t i = 0; i < question->count; i++)
        bytes += question->oids[i].bytes + (uint32_t)VARBIND_BYTES;
    return bytes;
}

uint32_t budget_question_bytes(enum plan_snmp snmp, const struct question *question)
{
    return envelope_bytes(snmp) + names_bytes(question);
}

uint32_t budget_answer_bytes(enum plan_snmp snmp, size_t list_bytes)
{
    return envelope_bytes(snmp) + (uint32_t)list_bytes;
}

uint32_t budget_expected_bytes(enum plan_snmp snmp, const struct question *question)
{
    uint32_t rows = question->kind == QUESTION_GETBULK ? question->max_repetitions : 1;
    uint32_t bytes = budget_answer_bytes(
        snmp, rows * (names_bytes(question) + question->count * (uint32_t)VALUE_BYTES));

    return bytes > ANSWER_MOST ? ANSWER_MOST : bytes;
}

static uint32_t ceil_of(uint64_t a, uint64_t b)
{
    uint64_t times = b == 0 ? 1 : (a + b - 1) / b;

    return times < 1 ? 1 : times > UINT16_MAX ? UINT16_MAX : (uint32_t)times;
}

uint32_t budget_stretch(enum plan_snmp snmp, uint32_t own_ms, uint32_t reading_bytes,
                        int64_t interval_ms)
{
    /* a heartbeat's bytes in each own_ms are half of the budget */
    return ceil_of((uint64_t)reading_bytes * own_ms * 2,
                   (uint64_t)budget_heartbeat_bytes(snmp) * (uint64_t)interval_ms);
}

uint32_t budget_lane_stretch(uint64_t lane_bytes, uint32_t bytes_per_s, int64_t interval_ms)
{
    return ceil_of(lane_bytes * 1000 * 2, (uint64_t)bytes_per_s * (uint64_t)interval_ms);
}

int64_t budget_shared_ms(uint32_t own_mb, uint32_t line_mb, uint32_t devices, enum plan_snmp snmp)
{
    int64_t own_ms = budget_interval_ms(own_mb, snmp);
    int64_t line_ms = budget_interval_ms(line_mb, snmp) * devices;

    return own_ms > line_ms ? own_ms : line_ms;
}
