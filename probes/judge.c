/* SPDX-License-Identifier: ISC */
#include "probes/judge.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "daemon/base/text.h"

static bool same_community(const struct credential *credential, const struct ber_message *message)
{
    size_t bytes = credential == NULL ? 0 : strlen(credential->community);

    return credential != NULL && message->community_bytes == bytes &&
           text_equal_secret((const char *)message->community, credential->community, bytes);
}

static bool same_objects(const struct question *question, struct ber_list list)
{
    struct ber_varbind varbind;

    for (size_t i = 0; i < question->count; i++)
        if (!ber_next(&list, &varbind) ||
            !oid_equal(&question->oids[i], varbind.name, varbind.name_bytes))
            return false;
    return list.left == 0;
}

bool judge_objects(const struct question *question, size_t varbinds, struct ber_list list)
{
    switch (question->kind) {
    case QUESTION_GET:
        return varbinds == question->count && same_objects(question, list);
    case QUESTION_GETNEXT:
        return varbinds == question->count;
    case QUESTION_GETBULK:
        return varbinds <= (size_t)question->count * question->max_repetitions;
    case QUESTION_ECHO:
    case QUESTION_KIND_END:
        break;
    }
    return false;
}

enum codec_verdict judge_reply(const struct codec_asked *asked, const struct ber_message *message)
{
    if (message->version != (asked->snmp == PLAN_SNMP_V1 ? BER_V1 : BER_V2C))
        return CODEC_WRONG_VERSION;
    if (!same_community(asked->credential, message))
        return CODEC_WRONG_COMMUNITY;
    if (message->pdu != BER_PDU_RESPONSE || message->request_id != asked->request_id)
        return CODEC_WRONG_REQUEST;
    if (message->error_status == 0 &&
        !judge_objects(asked->question, message->varbinds, message->list))
        return CODEC_WRONG_OBJECTS;
    return CODEC_ANSWER;
}

const char *codec_verdict_name(enum codec_verdict verdict)
{
    static const char *const names[CODEC_VERDICT_END] = {
        [CODEC_ANSWER] = "answer",
        [CODEC_WRONG_ADDRESS] = "address",
        [CODEC_WRONG_VERSION] = "version",
        [CODEC_WRONG_COMMUNITY] = "community",
        [CODEC_WRONG_REQUEST] = "request",
        [CODEC_WRONG_OBJECTS] = "objects",
        [CODEC_NOT_AUTHENTIC] = "authentication",
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
    case CODEC_NOT_AUTHENTIC:
        return &counters->refused_auth;
    case CODEC_MALFORMED:
    case CODEC_ANSWER:
    case CODEC_VERDICT_END:
        break;
    }
    return &counters->refused_malformed;
}
