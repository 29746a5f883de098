/* SPDX-License-Identifier: ISC */
#include "probes/budget.h"

#define BUDGET_MS       (INT64_C(30) * 24 * 3600 * 1000)
#define MEGABYTE        INT64_C(1000000)
#define HEARTBEAT_SHARE 2 /* half of it */

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
