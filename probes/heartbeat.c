/* SPDX-License-Identifier: ISC */
#include "probes/heartbeat.h"

#include <assert.h>

#define ECHO         PLAN_OBJECTS_END /* behind the sets of objects */
#define NO_SUCH_NAME 2                /* error-status [RFC 1157 §4.1.1] */

/* In the order in which it asks. */
#define UPTIME                                                                                     \
    {                                                                                              \
        8,                                                                                         \
        {                                                                                          \
            0x2b, 6, 1, 2, 1, 1, 3, 0                                                              \
        }                                                                                          \
    }
#define ENGINE_TIME                                                                                \
    {                                                                                              \
        10,                                                                                        \
        {                                                                                          \
            0x2b, 6, 1, 6, 3, 10, 2, 1, 3, 0                                                       \
        }                                                                                          \
    }

#define HOST_UPTIME                                                                                \
    {                                                                                              \
        9,                                                                                         \
        {                                                                                          \
            0x2b, 6, 1, 2, 1, 25, 1, 1, 0                                                          \
        }                                                                                          \
    }

/* By set of objects. */
static const struct question questions[] = {
    [1] = {.kind = QUESTION_GET, .count = 1, .id = 1, .oids = {UPTIME}},
    [2] = {.kind = QUESTION_GET, .count = 1, .id = 2, .oids = {ENGINE_TIME}},
    [3] = {.kind = QUESTION_GET, .count = 2, .id = 3, .oids = {UPTIME, ENGINE_TIME}},
    [4] = {.kind = QUESTION_GET, .count = 1, .id = 4, .oids = {HOST_UPTIME}},
    [5] = {.kind = QUESTION_GET, .count = 2, .id = 5, .oids = {UPTIME, HOST_UPTIME}},
    [6] = {.kind = QUESTION_GET, .count = 2, .id = 6, .oids = {ENGINE_TIME, HOST_UPTIME}},
    [7] = {.kind = QUESTION_GET, .count = 3, .id = 7, .oids = {UPTIME, ENGINE_TIME, HOST_UPTIME}},
    [ECHO] = {.kind = QUESTION_ECHO, .id = ECHO},
};

const struct question *heartbeat_echo(void)
{
    return &questions[ECHO];
}

const struct question *heartbeat_question(uint32_t objects)
{
    assert(objects > 0 && objects < PLAN_OBJECTS_END);
    return &questions[objects];
}

/* The object that an error-index (from 1) points at among those asked for; 0 when at none. */
static uint32_t object_at(uint32_t objects, int32_t index)
{
    for (uint32_t bit = PLAN_OBJECT_UPTIME; bit < PLAN_OBJECTS_END; bit <<= 1)
        if ((objects & bit) != 0 && --index == 0)
            return bit;
    return 0;
}

/* A number of any type that agents send for it; -1 for an exception, a text or a negative one. */
static int64_t value_of(const struct ber_varbind *varbind)
{
    int64_t number;

    return ber_number(varbind, &number) && number >= 0 && number <= UINT32_MAX ? number : -1;
}

struct heartbeat heartbeat_read(enum plan_snmp snmp, const struct question *question,
                                int32_t error_status, int32_t error_index, struct ber_list list)
{
    struct heartbeat heartbeat = {.vitals = {-1, -1, -1}};
    struct ber_varbind varbind;

    if (error_status != 0) {
        if (snmp == PLAN_SNMP_V1 && error_status == NO_SUCH_NAME)
            heartbeat.dropped = object_at(question->id, error_index);
        return heartbeat;
    }
    if ((question->id & PLAN_OBJECT_UPTIME) != 0 && ber_next(&list, &varbind))
        heartbeat.vitals.uptime_ticks = value_of(&varbind);
    if ((question->id & PLAN_OBJECT_ENGINE_TIME) != 0 && ber_next(&list, &varbind))
        heartbeat.vitals.engine_time_s = value_of(&varbind);
    if ((question->id & PLAN_OBJECT_HOST_UPTIME) != 0 && ber_next(&list, &varbind))
        heartbeat.vitals.host_ticks = value_of(&varbind);
    return heartbeat;
}
