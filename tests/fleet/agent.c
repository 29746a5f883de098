/* SPDX-License-Identifier: ISC */
#include "tests/fleet/agent.h"

#include <string.h>

#include "tests/fleet/ber.h"

/* RFC 3416 section 3 and RFC 1157 section 4.1.1. */
enum { ERROR_NONE = 0, ERROR_TOO_BIG = 1, ERROR_NO_SUCH_NAME = 2, ERROR_NOT_WRITABLE = 17 };

struct agent_profile {
    const char *name;
    const char *description;
    struct oid object;
};

/* clang-format off */
static const struct agent_profile profiles[] = {
    /* The first is what an unknown name gives. */
    {"linux",    "Linux router 6.1.0 mips", {{1, 3, 6, 1, 4, 1, 8072, 3, 2, 10}, 10}},
    {"routeros", "RouterOS RB750Gr3",       {{1, 3, 6, 1, 4, 1, 14988, 1}, 8}},
    {"airos",    "Linux 2.6.33 mips",       {{1, 3, 6, 1, 4, 1, 10002, 1}, 8}},
    {"epmp",     "Cambium ePMP",            {{1, 3, 6, 1, 4, 1, 17713, 21}, 8}},
    {"mimosa",   "Mimosa Firmware",         {{1, 3, 6, 1, 4, 1, 43356, 1, 1, 1}, 10}},
};

enum object {
    SYS_DESCR = 1, SYS_OBJECT_ID, SYS_UP_TIME, SYS_CONTACT, SYS_NAME, SYS_LOCATION, SYS_SERVICES,
    ENGINE_ID, ENGINE_BOOTS, ENGINE_TIME, ENGINE_MESSAGE_MAX
};

/* In the order in which a walk passes them. */
static const struct {
    struct oid name;
    enum object object;
} objects[] = {
    {{{1, 3, 6, 1, 2, 1, 1, 1, 0}, 9}, SYS_DESCR},
    {{{1, 3, 6, 1, 2, 1, 1, 2, 0}, 9}, SYS_OBJECT_ID},
    {{{1, 3, 6, 1, 2, 1, 1, 3, 0}, 9}, SYS_UP_TIME},
    {{{1, 3, 6, 1, 2, 1, 1, 4, 0}, 9}, SYS_CONTACT},
    {{{1, 3, 6, 1, 2, 1, 1, 5, 0}, 9}, SYS_NAME},
    {{{1, 3, 6, 1, 2, 1, 1, 6, 0}, 9}, SYS_LOCATION},
    {{{1, 3, 6, 1, 2, 1, 1, 7, 0}, 9}, SYS_SERVICES},
    {{{1, 3, 6, 1, 6, 3, 10, 2, 1, 1, 0}, 11}, ENGINE_ID},
    {{{1, 3, 6, 1, 6, 3, 10, 2, 1, 2, 0}, 11}, ENGINE_BOOTS},
    {{{1, 3, 6, 1, 6, 3, 10, 2, 1, 3, 0}, 11}, ENGINE_TIME},
    {{{1, 3, 6, 1, 6, 3, 10, 2, 1, 4, 0}, 11}, ENGINE_MESSAGE_MAX},
};
/* clang-format on */

#define OBJECTS (sizeof objects / sizeof objects[0])

const struct agent_profile *agent_profile_find(const char *name)
{
    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++)
        if (strcmp(profiles[i].name, name) == 0)
            return &profiles[i];
    return &profiles[0];
}

/* Objects beyond this index are not there on a v1-only device. */
static size_t objects_of(const struct agent *agent)
{
    return agent->v1_only ? OBJECTS - 4 : OBJECTS;
}

static struct value text_value(const char *text)
{
    return (struct value){
        .tag = BER_OCTETS, .bytes = (const uint8_t *)text, .length = strlen(text)};
}

static struct value number_value(enum ber_tag tag, int64_t number)
{
    return (struct value){.tag = tag, .number = number};
}

static struct value object_value(const struct agent *agent, const struct agent_vitals *vitals,
                                 enum object object)
{
    switch (object) {
    case SYS_DESCR:
        return text_value(agent->profile->description);
    case SYS_OBJECT_ID:
        return (struct value){.tag = BER_OID, .oid = &agent->profile->object};
    case SYS_UP_TIME: /* hundredths of a second in 32 bits: wraps after 497 days */
        return number_value(BER_TIMETICKS, (int64_t)(uint32_t)(vitals->uptime_us / 10000));
    case SYS_CONTACT:
        return text_value("dinas-kominfo");
    case SYS_NAME:
        return text_value(agent->name);
    case SYS_LOCATION:
        return text_value(agent->location);
    case SYS_SERVICES: /* internet layer: 2^(3-1) */
        return number_value(BER_INTEGER, 4);
    case ENGINE_ID: /* RFC 3411: bit set, an enterprise, 4 = text */
        return (struct value){.tag = BER_OCTETS,
                              .bytes = (const uint8_t *)"\x80\x00\x3a\x8c\x04kentongan",
                              .length = 14};
    case ENGINE_BOOTS:
        return number_value(BER_INTEGER, vitals->boots);
    case ENGINE_TIME:
        return number_value(BER_INTEGER, vitals->uptime_us / 1000000);
    case ENGINE_MESSAGE_MAX:
        return number_value(BER_INTEGER, AGENT_REPLY_MAX);
    }
    return number_value(BER_NO_SUCH_OBJECT, 0);
}

/* One bind of a GET. A scalar has one instance, .0: another index is noSuchInstance, the rest
 * noSuchObject. */
static void get_bind(const struct agent *agent, const struct agent_vitals *vitals,
                     struct bind *bind)
{
    bind->value = number_value(BER_NO_SUCH_OBJECT, 0);
    for (size_t i = 0; i < objects_of(agent); i++) {
        struct oid column = objects[i].name;

        column.count--;
        if (oid_compare(&bind->name, &objects[i].name) == 0)
            bind->value = object_value(agent, vitals, objects[i].object);
        else if (oid_starts_with(&bind->name, &column))
            bind->value = number_value(BER_NO_SUCH_INSTANCE, 0);
    }
}

/* One step of a walk: the first object behind bind's name takes its place. */
static void next_bind(const struct agent *agent, const struct agent_vitals *vitals,
                      struct bind *bind)
{
    for (size_t i = 0; i < objects_of(agent); i++)
        if (oid_compare(&objects[i].name, &bind->name) > 0) {
            bind->name = objects[i].name;
            bind->value = object_value(agent, vitals, objects[i].object);
            return;
        }
    bind->value = number_value(BER_END_OF_VIEW, 0);
}

static bool is_exception(const struct bind *bind)
{
    return bind->value.tag == BER_NO_SUCH_OBJECT || bind->value.tag == BER_NO_SUCH_INSTANCE ||
           bind->value.tag == BER_END_OF_VIEW;
}

static void refuse(struct message *message, int32_t status, size_t index)
{
    message->error_status = status;
    message->error_index = (int32_t)index;
}

/* RFC 3416 section 4.2.3, in place: the repeaters' rounds are appended behind the first one. */
static void answer_bulk(const struct agent *agent, const struct agent_vitals *vitals,
                        struct message *message)
{
    size_t most = message->count;
    size_t once = message->error_status > 0 ? (size_t)message->error_status : 0;
    size_t rounds = message->error_index > 0 ? (size_t)message->error_index : 0;
    size_t repeaters;

    if (once > most)
        once = most;
    repeaters = most - once;
    for (size_t i = 0; i < once; i++)
        next_bind(agent, vitals, &message->binds[i]);
    message->count = once;
    for (size_t round = 0; repeaters > 0 && round < rounds; round++)
        for (size_t i = 0; i < repeaters && message->count < BINDS_MAX; i++) {
            struct bind *bind = &message->binds[message->count++];

            if (round > 0)
                bind->name = message->binds[message->count - 1 - repeaters].name;
            next_bind(agent, vitals, bind);
        }
    refuse(message, ERROR_NONE, 0);
}

/* 0, or the place (from 1) of the first name that a v1 agent does not have. */
static size_t answer_each(const struct agent *agent, const struct agent_vitals *vitals,
                          struct message *message)
{
    refuse(message, ERROR_NONE, 0);
    for (size_t i = 0; i < message->count; i++) {
        if (message->pdu == BER_GET)
            get_bind(agent, vitals, &message->binds[i]);
        else
            next_bind(agent, vitals, &message->binds[i]);
        if (message->version == SNMP_V1 && is_exception(&message->binds[i]))
            return i + 1;
    }
    return 0;
}

/* A reply that is too long: a bulk answer is cut, anything else is refused (RFC 3416 section 4.2).
 */
static size_t encode_fitting(struct message *message, bool bulk, uint8_t *reply, size_t room)
{
    size_t bytes = message_encode(message, reply, room);

    while (bytes == 0 && bulk && message->count > 1) {
        message->count--;
        bytes = message_encode(message, reply, room);
    }
    if (bytes == 0) {
        message->count = 0;
        refuse(message, ERROR_TOO_BIG, 0);
        bytes = message_encode(message, reply, room);
    }
    return bytes;
}

size_t agent_answer(const struct agent *agent, const struct agent_vitals *vitals,
                    const uint8_t *request, size_t bytes, uint8_t *reply, size_t room)
{
    struct message message;
    size_t missing;
    bool bulk;

    if (!message_decode(request, bytes, &message))
        return 0;
    if (agent->v1_only && message.version != SNMP_V1)
        return 0;
    bulk = message.pdu == BER_GETBULK;
    if (message.pdu == BER_SET)
        refuse(&message, message.version == SNMP_V1 ? ERROR_NO_SUCH_NAME : ERROR_NOT_WRITABLE,
               message.count > 0 ? 1 : 0);
    else if (bulk)
        answer_bulk(agent, vitals, &message);
    else if ((missing = answer_each(agent, vitals, &message)) > 0) {
        /* RFC 1157 section 4.1.2: v1 sends the request back as it came and points at the name. */
        if (!message_decode(request, bytes, &message))
            return 0;
        refuse(&message, ERROR_NO_SUCH_NAME, missing);
    }
    message.pdu = BER_RESPONSE;
    return encode_fitting(&message, bulk, reply, room);
}
