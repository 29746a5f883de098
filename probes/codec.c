/* SPDX-License-Identifier: ISC */
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/library/snmp_api.h>

#include "probes/codec.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/hash.h"

#define TEMPLATES_MOST 65536 /* then they are made anew: as many credentials nobody has */
#define ID_BYTES       4

struct template_key {
    uint32_t credential;
    uint16_t snmp;
    uint16_t question;
};

/* A request whose id is still to be written, id_at bytes from its beginning. */
struct template
{
    struct template_key key;
    UT_hash_handle hh;
    uint16_t id_at;
    uint16_t count;
    uint8_t bytes[];
};

struct codec {
    netsnmp_session profiles[PLAN_SNMP_END];
    struct template *templates;
    u_char *packet; /* snmp_build() may grow it, so it must be malloc's */
    size_t packet_room;
};

static const long wire_versions[PLAN_SNMP_END] = {
    [PLAN_SNMP_V1] = SNMP_VERSION_1,
    [PLAN_SNMP_V2C] = SNMP_VERSION_2c,
};
static const int wire_pdus[QUESTION_KIND_END] = {
    [QUESTION_GET] = SNMP_MSG_GET,
    [QUESTION_GETNEXT] = SNMP_MSG_GETNEXT,
    [QUESTION_GETBULK] = SNMP_MSG_GETBULK,
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
    for (size_t version = PLAN_SNMP_V1; version <= PLAN_SNMP_V2C; version++) {
        snmp_sess_init(&codec->profiles[version]);
        codec->profiles[version].version = wire_versions[version];
    }
    codec->packet_room = CODEC_REQUEST_MAX;
    codec->packet = malloc(codec->packet_room);
    if (codec->packet == NULL)
        abort();
    return codec;
}

void codec_forget(struct codec *codec)
{
    struct template *template, *next;

    HASH_ITER(hh, codec->templates, template, next)
    {
        HASH_DEL(codec->templates, template);
        explicit_bzero(template->bytes, template->count); /* it holds a community */
        free(template);
    }
}

void codec_free(struct codec *codec)
{
    if (codec == NULL)
        return;
    codec_forget(codec);
    explicit_bzero(codec->packet, codec->packet_room);
    free(codec->packet);
    free(codec);
}

static void add_object(netsnmp_pdu *pdu, const struct oid *object)
{
    oid name[MAX_OID_LEN];
    size_t count = 0, left = object->bytes;
    const uint8_t *at = object->at;
    uint32_t subid;

    if (oid_next(&at, &left, &subid)) { /* the first two share one */
        name[count++] = subid < 80 ? subid / 40 : 2;
        name[count++] = subid < 80 ? subid % 40 : subid - 80;
    }
    while (oid_next(&at, &left, &subid))
        name[count++] = subid;
    if (snmp_add_null_var(pdu, name, count) == NULL)
        abort();
}

static netsnmp_pdu *build_pdu(const struct codec_asked *asked)
{
    const struct question *question = asked->question;
    netsnmp_pdu *pdu = snmp_pdu_create(wire_pdus[question->kind]);
    const char *community = asked->credential == NULL ? "" : asked->credential->community;
    size_t bytes = strlen(community);

    if (pdu == NULL)
        abort();
    pdu->version = wire_versions[asked->snmp];
    pdu->reqid = asked->request_id;
    pdu->community = malloc(bytes + 1);
    if (pdu->community == NULL)
        abort();
    memcpy(pdu->community, community, bytes + 1);
    pdu->community_len = bytes;
    if (question->kind == QUESTION_GETBULK) {
        pdu->non_repeaters = 0;
        pdu->max_repetitions = question->max_repetitions;
    }
    for (size_t i = 0; i < question->count; i++)
        add_object(pdu, &question->oids[i]);
    return pdu;
}

/* net-snmp encodes from the end of the packet: that many bytes, right-aligned. */
static size_t build(struct codec *codec, const struct codec_asked *asked,
                    uint8_t out[CODEC_REQUEST_MAX])
{
    netsnmp_pdu *pdu = build_pdu(asked);
    size_t offset = 0;
    int rc = snmp_build(&codec->packet, &codec->packet_room, &offset, &codec->profiles[asked->snmp],
                        pdu);

    snmp_free_pdu(pdu);
    if (rc != 0 || offset > CODEC_REQUEST_MAX)
        return 0;
    memcpy(out, codec->packet + codec->packet_room - offset, offset);
    return offset;
}

static void keep(struct codec *codec, const struct template_key *key, const uint8_t *bytes,
                 size_t count)
{
    struct ber_message message;
    struct template *template;

    if (ber_check(bytes, count, &message) != BER_OK)
        return;
    if (HASH_COUNT(codec->templates) >= TEMPLATES_MOST)
        codec_forget(codec);
    template = calloc(1, sizeof *template + count);
    if (template == NULL)
        abort();
    template->key = *key;
    template->id_at = (uint16_t)(message.request_id_at - bytes);
    template->count = (uint16_t)count;
    memcpy(template->bytes, bytes, count);
    HASH_ADD(hh, codec->templates, key, sizeof template->key, template);
}

size_t codec_request(struct codec *codec, const struct codec_asked *asked,
                     uint8_t out[CODEC_REQUEST_MAX])
{
    struct template_key key = {asked->credential == NULL ? 0 : asked->credential->id,
                               (uint16_t)asked->snmp, asked->question->id};
    struct template *template;
    size_t count;

    assert(asked->request_id >= CODEC_ID_LEAST);
    HASH_FIND(hh, codec->templates, &key, sizeof key, template);
    if (template == NULL || key.question == 0) {
        count = build(codec, asked, out);
        if (count > 0 && key.question != 0)
            keep(codec, &key, out, count);
        return count;
    }
    memcpy(out, template->bytes, template->count);
    for (size_t i = 0; i < ID_BYTES; i++)
        out[template->id_at + i] = (uint8_t)(asked->request_id >> (8 * (ID_BYTES - 1 - i)));
    return template->count;
}
