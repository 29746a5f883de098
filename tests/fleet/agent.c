/* SPDX-License-Identifier: ISC */
#include "tests/fleet/agent.h"

#include <string.h>

#include "tests/fleet/usm.h"

#define PDU_OVERHEAD 32 /* its own headers and numbers */

static bool is_exception(const struct bind *bind)
{
    return bind->value.tag == BER_NO_SUCH_OBJECT || bind->value.tag == BER_NO_SUCH_INSTANCE ||
           bind->value.tag == BER_END_OF_VIEW;
}

static void refuse(struct pdu *pdu, int32_t status, size_t index)
{
    pdu->error_status = status;
    pdu->error_index = (int32_t)index;
}

/* RFC 3416 section 4.2.3, in place: the repeaters' rounds are appended behind the first one. Ends
 * where the reply is full, or every repeater has walked out of the view. */
static void answer_bulk(const struct mib_device *device, const struct vitals *vitals,
                        struct pdu *pdu, size_t room)
{
    size_t once = pdu->error_status > 0 ? (size_t)pdu->error_status : 0;
    size_t rounds = pdu->error_index > 0 ? (size_t)pdu->error_index : 0;
    size_t repeaters, bytes = PDU_OVERHEAD;
    bool going = true;

    if (once > pdu->count)
        once = pdu->count;
    repeaters = pdu->count - once;
    for (size_t i = 0; i < once; i++) {
        mib_next(device, vitals, false, &pdu->binds[i]);
        bytes += bind_bytes(&pdu->binds[i]);
    }
    pdu->count = once;
    for (size_t round = 0; repeaters > 0 && going && round < rounds; round++) {
        going = false;
        for (size_t i = 0; i < repeaters && pdu->count < BINDS_MAX; i++) {
            struct bind *bind = &pdu->binds[pdu->count];

            if (round > 0)
                *bind = pdu->binds[pdu->count - repeaters];
            mib_next(device, vitals, false, bind);
            bytes += bind_bytes(bind);
            if (bytes > room) {
                round = rounds;
                break;
            }
            pdu->count++;
            going = going || bind->value.tag != BER_END_OF_VIEW;
        }
    }
    refuse(pdu, ERROR_NONE, 0);
}

/* RFC 1157 section 4.1.2: v1 sends the request back as it came and points at the name. */
static void answer_each(const struct mib_device *device, const struct vitals *vitals, bool v1,
                        struct pdu *pdu)
{
    static struct bind before[BINDS_MAX];

    if (v1)
        memcpy(before, pdu->binds, pdu->count * sizeof *before);
    refuse(pdu, ERROR_NONE, 0);
    for (size_t i = 0; i < pdu->count; i++) {
        if (pdu->type == BER_GET)
            mib_get(device, vitals, v1, &pdu->binds[i]);
        else
            mib_next(device, vitals, v1, &pdu->binds[i]);
        if (v1 && is_exception(&pdu->binds[i])) {
            memcpy(pdu->binds, before, pdu->count * sizeof *before);
            refuse(pdu, ERROR_NO_SUCH_NAME, i + 1);
            return;
        }
    }
}

void agent_answer_pdu(const struct mib_device *device, const struct vitals *vitals, bool v1,
                      struct pdu *pdu, size_t room)
{
    if (pdu->type == BER_SET)
        refuse(pdu, v1 ? ERROR_NO_SUCH_NAME : ERROR_NOT_WRITABLE, pdu->count > 0 ? 1 : 0);
    else if (pdu->type == BER_GETBULK)
        answer_bulk(device, vitals, pdu, room);
    else
        answer_each(device, vitals, v1, pdu);
    pdu->type = BER_RESPONSE;
}

static void forge_head(enum forge forge, struct message *message)
{
    static const char stranger[] = "somebody-else";

    if (forge == FORGE_VERSION)
        message->version = message->version == SNMP_V1 ? SNMP_V2C : SNMP_V1;
    if (forge == FORGE_COMMUNITY) {
        message->community = (const uint8_t *)stranger;
        message->community_bytes = sizeof stranger - 1;
    }
}

static size_t answer_community(const struct agent *agent, const struct vitals *vitals,
                               const uint8_t *request, size_t bytes, enum forge forge,
                               uint8_t *reply, size_t room)
{
    static struct message message; /* too large to be cleared for each request */
    size_t made;

    if (!message_decode(request, bytes, &message) ||
        (agent->speaks & (message.version == SNMP_V1 ? AGENT_V1 : AGENT_V2C)) == 0)
        return 0;
    agent_answer_pdu(&agent->mib, vitals, message.version == SNMP_V1, &message.pdu,
                     room - message.community_bytes);
    forge_pdu(forge, &message.pdu);
    forge_head(forge, &message);
    made = message_encode(&message, reply, room);
    if (made > 0)
        return made;
    message.pdu.count = 0; /* RFC 3416 section 4.2.1 */
    refuse(&message.pdu, ERROR_TOO_BIG, 0);
    return message_encode(&message, reply, room);
}

size_t agent_answer(const struct agent *agent, const struct vitals *vitals, const uint8_t *request,
                    size_t bytes, enum forge forge, uint8_t *reply, size_t room)
{
    size_t made;

    if ((agent->speaks & AGENT_V3) != 0 && agent->usm != NULL && usm_is_v3(request, bytes))
        made = usm_answer(agent->usm, &agent->mib, vitals, request, bytes, forge, reply, room);
    else
        made = answer_community(agent, vitals, request, bytes, forge, reply, room);
    if (forge == FORGE_TRUNCATED && made > 0)
        made -= 1 + (size_t)reply[made - 1] % 16;
    return made;
}
