/* SPDX-License-Identifier: ISC */
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/library/snmp_api.h>

#include "probes/codec.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/text.h"

/* What a heartbeat asks, in the order in which it asks. [RFC 1213 sysUpTime, RFC 3411
 * snmpEngineTime] */
struct heartbeat_object {
    uint32_t bit;
    size_t oid_count;
    oid oid[11];
};

static const struct heartbeat_object heartbeat_objects[] = {
    {PLAN_OBJECT_UPTIME, 9, {1, 3, 6, 1, 2, 1, 1, 3, 0}},
    {PLAN_OBJECT_ENGINE_TIME, 11, {1, 3, 6, 1, 6, 3, 10, 2, 1, 3, 0}},
};
#define HEARTBEAT_OBJECTS (sizeof heartbeat_objects / sizeof *heartbeat_objects)

struct codec {
    netsnmp_session profiles[PLAN_SNMP_END];
    u_char *packet; /* snmp_build() may grow it, so it must be malloc's */
    size_t packet_room;
};

static const long wire_versions[PLAN_SNMP_END] = {
    [PLAN_SNMP_V1] = SNMP_VERSION_1,
    [PLAN_SNMP_V2C] = SNMP_VERSION_2c,
};

struct codec *codec_new(void)
{
    struct codec *codec = calloc(1, sizeof *codec);

    if (codec == NULL)
        abort();
    /* init_snmp() is not called: it would read ~/.snmp, /etc/snmp and the MIBs. These are for the
     * parts of net-snmp that look for themselves. */
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE, 1);
    /* Its complaints about malformed packets go to a call-back list that is empty. */
    snmp_enable_calllog();
    for (size_t version = PLAN_SNMP_V1; version < PLAN_SNMP_END; version++) {
        snmp_sess_init(&codec->profiles[version]);
        codec->profiles[version].version = wire_versions[version];
    }
    codec->packet_room = CODEC_REQUEST_MAX;
    codec->packet = malloc(codec->packet_room);
    if (codec->packet == NULL)
        abort();
    return codec;
}

void codec_free(struct codec *codec)
{
    if (codec == NULL)
        return;
    explicit_bzero(codec->packet, codec->packet_room); /* it holds a community */
    free(codec->packet);
    free(codec);
}

static netsnmp_pdu *build_pdu(const struct codec_asked *asked)
{
    netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GET);
    size_t bytes = strlen(asked->device->community);

    if (pdu == NULL)
        abort();
    pdu->version = wire_versions[asked->device->snmp];
    pdu->reqid = asked->request_id;
    pdu->community = malloc(bytes + 1);
    if (pdu->community == NULL)
        abort();
    memcpy(pdu->community, asked->device->community, bytes + 1);
    pdu->community_len = bytes;
    for (size_t i = 0; i < HEARTBEAT_OBJECTS; i++) {
        const struct heartbeat_object *object = &heartbeat_objects[i];

        if ((asked->objects & object->bit) != 0 &&
            snmp_add_null_var(pdu, object->oid, object->oid_count) == NULL)
            abort();
    }
    return pdu;
}

size_t codec_request(struct codec *codec, const struct codec_asked *asked,
                     uint8_t out[CODEC_REQUEST_MAX])
{
    netsnmp_pdu *pdu = build_pdu(asked);
    size_t offset =
        0; /* net-snmp encodes from the end of the packet: this many bytes, right-aligned */
    int rc = snmp_build(&codec->packet, &codec->packet_room, &offset,
                        &codec->profiles[asked->device->snmp], pdu);

    snmp_free_pdu(pdu);
    if (rc != 0 || offset > CODEC_REQUEST_MAX)
        return 0;
    memcpy(out, codec->packet + codec->packet_room - offset, offset);
    return offset;
}

static bool same_community(const struct plan_device *device, const struct ber_message *message)
{
    size_t bytes = strlen(device->community);

    return message->community_bytes == bytes &&
           text_equal_secret((const char *)message->community, device->community, bytes);
}

/* A number of any type that agents send for it; -1 for an exception or a text. */
static int64_t value_of(const netsnmp_variable_list *var)
{
    switch (var->type) {
    case ASN_INTEGER:
        return *var->val.integer >= 0 ? *var->val.integer : -1;
    case ASN_TIMETICKS:
    case ASN_GAUGE: /* UInteger32 as well */
    case ASN_COUNTER:
        return (int64_t)((unsigned long)*var->val.integer & UINT32_MAX);
    default:
        return -1;
    }
}

/* The objects that were asked for, all of them, in their order, and no other. */
static bool read_vitals(const netsnmp_variable_list *var, uint32_t objects,
                        struct device_vitals *vitals)
{
    for (size_t i = 0; i < HEARTBEAT_OBJECTS; i++) {
        const struct heartbeat_object *object = &heartbeat_objects[i];

        if ((objects & object->bit) == 0)
            continue;
        if (var == NULL || var->name_length != object->oid_count ||
            memcmp(var->name, object->oid, object->oid_count * sizeof(oid)) != 0)
            return false;
        if (object->bit == PLAN_OBJECT_UPTIME)
            vitals->uptime_ticks = value_of(var);
        else
            vitals->engine_time_s = value_of(var);
        var = var->next_variable;
    }
    return var == NULL;
}

/* The object that an error-index (from 1) points at among those asked for; 0 when at none. */
static uint32_t object_at(uint32_t objects, long index)
{
    for (size_t i = 0; i < HEARTBEAT_OBJECTS; i++)
        if ((objects & heartbeat_objects[i].bit) != 0 && --index == 0)
            return heartbeat_objects[i].bit;
    return 0;
}

static enum codec_verdict judge_pdu(const struct codec_asked *asked, const netsnmp_pdu *pdu,
                                    struct codec_reply *reply)
{
    *reply = (struct codec_reply){.error_status = (int32_t)pdu->errstat, .vitals = {-1, -1}};
    if (pdu->errstat != SNMP_ERR_NOERROR) {
        /* Whatever stands in its list (echo, or empty with tooBig): the agent lives and speaks to
         * us. */
        if (asked->device->snmp == PLAN_SNMP_V1 && pdu->errstat == SNMP_ERR_NOSUCHNAME)
            reply->dropped = object_at(asked->objects, pdu->errindex);
        return CODEC_ANSWER;
    }
    if (!read_vitals(pdu->variables, asked->objects, &reply->vitals))
        return CODEC_WRONG_OBJECTS;
    return CODEC_ANSWER;
}

enum codec_verdict codec_judge(struct codec *codec, const struct codec_asked *asked,
                               const struct ber_message *message, uint8_t *bytes, size_t count,
                               struct codec_reply *reply)
{
    const struct plan_device *device = asked->device;
    enum ber_version version = device->snmp == PLAN_SNMP_V1 ? BER_V1 : BER_V2C;
    enum codec_verdict verdict = CODEC_MALFORMED;
    netsnmp_pdu *pdu;

    if (message->version != version)
        return CODEC_WRONG_VERSION;
    if (!same_community(device, message))
        return CODEC_WRONG_COMMUNITY;
    if (message->pdu != BER_PDU_RESPONSE || message->request_id != asked->request_id)
        return CODEC_WRONG_REQUEST;
    pdu = calloc(
        1, sizeof *pdu); /* zeroed, as net-snmp's own reader hands it over; free'd by it too */
    if (pdu == NULL)
        abort();
    if (snmp_parse(NULL, &codec->profiles[device->snmp], pdu, bytes, count) == SNMPERR_SUCCESS)
        verdict = judge_pdu(asked, pdu, reply);
    snmp_free_pdu(pdu);
    return verdict;
}

const char *codec_verdict_name(enum codec_verdict verdict)
{
    static const char *const names[CODEC_VERDICT_END] = {
        [CODEC_ANSWER] = "answer",         [CODEC_WRONG_ADDRESS] = "address",
        [CODEC_WRONG_VERSION] = "version", [CODEC_WRONG_COMMUNITY] = "community",
        [CODEC_WRONG_REQUEST] = "request", [CODEC_WRONG_OBJECTS] = "objects",
        [CODEC_MALFORMED] = "malformed",
    };

    assert(verdict >= CODEC_ANSWER && verdict < CODEC_VERDICT_END);
    return names[verdict];
}

uint64_t *codec_refused(struct prober_counters *counters, enum codec_verdict verdict)
{
    switch (verdict) {
    case CODEC_WRONG_ADDRESS:
        return &counters->refused_address;
    case CODEC_WRONG_VERSION:
        return &counters->refused_version;
    case CODEC_WRONG_COMMUNITY:
        return &counters->refused_community;
    case CODEC_WRONG_REQUEST:
        return &counters->refused_request;
    case CODEC_WRONG_OBJECTS:
        return &counters->refused_objects;
    case CODEC_MALFORMED:
    case CODEC_ANSWER:
    case CODEC_VERDICT_END:
        break;
    }
    return &counters->refused_malformed;
}
