/* SPDX-License-Identifier: ISC */
#include "probes/usm_inside.h" /* first, for net-snmp's configuration */
#include <net-snmp/library/snmp_api.h>

#include "probes/usm_inform.h"

#include <stdlib.h>
#include <string.h>

#define WINDOW_S   150                  /* [RFC 3414 §2.2.3] */
#define BOOTS_MOST UINT32_C(2147483647) /* nothing is timely any more [RFC 3414 §2.2.2] */

/* One message and what is known of it; lives for a call. */
struct taking {
    struct usm *usm;
    const struct usm_user *user;
    const struct trap_engine *own;
    struct usm_agent agent; /* our engine, with the user's keys for it */
    const struct ber_v3 *message;
    size_t count;
    struct trap_reply *reply;
};

static void keep_reply(struct taking *taking, netsnmp_pdu *pdu, bool report)
{
    struct trap_reply *reply = taking->reply;
    size_t bytes;

    usm_lists_fill(taking->usm, taking->user, &taking->agent, taking->own->boots,
                   taking->own->time_s);
    bytes = usm_build(taking->usm, pdu, reply->bytes);
    usm_lists_empty(taking->usm, &taking->agent);
    if (report && bytes > USM_REPORT_TIMES * taking->count)
        bytes = 0;
    reply->report = report;
    reply->count = (uint16_t)bytes;
}

/* Without a digest unless the level says so: who has no key yet is told. request_id: 0 when it
 * is not known [RFC 3412 §7.1 (3)]. */
static void report(struct taking *taking, enum usm_report what, enum usm_level level,
                   int32_t request_id)
{
    oid counter[] = {1, 3, 6, 1, 6, 3, 15, 1, 1, what, 0}; /* usmStats [RFC 3414 §5] */
    const struct ber_octets *user = &taking->message->user;
    uint32_t seen = ++taking->usm->reports[what];
    char name[BER_USER_MAX + 1] = "";
    netsnmp_pdu *pdu;

    if ((taking->message->flags & BER_V3_REPORTABLE) == 0)
        return;
    if (user->bytes > 0)
        memcpy(name, user->at, user->bytes);
    pdu = usm_pdu_new(SNMP_MSG_REPORT, taking->message->msg_id, name, level);
    pdu->reqid = request_id;
    pdu->securityEngineID = usm_copy_of(taking->agent.engine, taking->agent.engine_bytes);
    pdu->securityEngineIDLen = taking->agent.engine_bytes;
    pdu->contextEngineID = usm_copy_of(taking->agent.engine, taking->agent.engine_bytes);
    pdu->contextEngineIDLen = taking->agent.engine_bytes;
    if (snmp_pdu_add_variable(pdu, counter, OID_LENGTH(counter), ASN_COUNTER, &seen, sizeof seen) ==
        NULL)
        abort();
    keep_reply(taking, pdu, true);
}

/* The message itself as a response without an error. [RFC 3416 §4.2.7] Frees the PDU. */
static void respond(struct taking *taking, netsnmp_pdu *pdu)
{
    pdu->command = SNMP_MSG_RESPONSE;
    pdu->flags &= ~(u_long)UCD_MSG_FLAG_EXPECT_RESPONSE;
    pdu->errstat = 0;
    pdu->errindex = 0;
    keep_reply(taking, pdu, false);
}

/* Our clock is what counts, and it is known. [RFC 3414 §3.2 (7a)] */
static bool is_timely(const struct trap_engine *own, const struct ber_v3 *message)
{
    int64_t apart_s = (int64_t)message->time_s - own->time_s;

    return own->boots < BOOTS_MOST && message->boots == own->boots && apart_s >= -WINDOW_S &&
           apart_s <= WINDOW_S;
}

/*
 * Digest and cipher by net-snmp, on the clock that the message names, because whether it is ours is
 * asked of what is authentic only. NULL: reported. Which of both it was only its statistics tell;
 * what a wrong key makes of an AES cipher is no PDU, and net-snmp counts nothing.
 */
static netsnmp_pdu *read_message(struct taking *taking, uint8_t *bytes)
{
    u_int digests = snmp_get_statistic(STAT_USMSTATSWRONGDIGESTS);
    netsnmp_pdu *pdu = usm_parse(taking->usm, taking->user, &taking->agent, taking->message->boots,
                                 taking->message->time_s, bytes, taking->count);

    if (pdu != NULL)
        return pdu;
    if (snmp_get_statistic(STAT_USMSTATSWRONGDIGESTS) != digests)
        report(taking, USM_REPORT_DIGEST, USM_NOAUTH_NOPRIV, taking->message->plain.request_id);
    else if (taking->message->encrypted.bytes > 0)
        report(taking, USM_REPORT_CIPHER, USM_AUTH_NOPRIV, 0);
    return NULL;
}

static enum trap_proof take_readable(struct taking *taking, uint8_t *bytes, struct usm_said *said)
{
    bool guarded = (taking->message->flags & BER_V3_AUTH) != 0;
    bool sealed = taking->message->encrypted.bytes > 0;
    netsnmp_pdu *pdu = read_message(taking, bytes);
    size_t varbinds;

    if (pdu == NULL)
        return TRAP_PROOF_KEY;
    if (guarded && !is_timely(taking->own, taking->message)) {
        report(taking, USM_REPORT_TIME, USM_AUTH_NOPRIV, (int32_t)pdu->reqid);
        snmp_free_pdu(pdu);
        return TRAP_PROOF_TIME;
    }
    if (pdu->command != SNMP_MSG_INFORM ||
        (sealed && !usm_write_list(taking->usm, pdu, &varbinds, &said->list))) {
        snmp_free_pdu(pdu);
        return TRAP_PROOF_NO_TRAP;
    }
    said->request_id = (int32_t)pdu->reqid;
    respond(taking, pdu);
    return TRAP_PROOF_TRUE;
}

/* In the order of RFC 3414 §3.2: engine, user, level, key, time. */
static enum trap_proof take(struct taking *taking, uint8_t *bytes, struct usm_said *said)
{
    const struct usm_words *words = usm_user_words(taking->user);
    const struct ber_v3 *message = taking->message;
    int32_t request_id = message->plain.request_id; /* 0 when it is sealed */

    if (!usm_agent_is(&taking->agent, message->engine.at, message->engine.bytes)) {
        report(taking, USM_REPORT_ENGINE, USM_NOAUTH_NOPRIV, request_id);
        return TRAP_PROOF_ENGINE;
    }
    if (message->user.bytes != strlen(words->user) ||
        memcmp(message->user.at, words->user, message->user.bytes) != 0) {
        report(taking, USM_REPORT_USER, USM_NOAUTH_NOPRIV, request_id);
        return TRAP_PROOF_USER;
    }
    if (usm_user_state(taking->user) != USM_USER_READY)
        return TRAP_PROOF_LEVEL; /* soon, or never; to say what would be wrong is not known */
    if ((message->flags & (BER_V3_AUTH | BER_V3_PRIV)) != usm_level_flags(words->level)) {
        report(taking, USM_REPORT_LEVEL, USM_NOAUTH_NOPRIV, request_id);
        return TRAP_PROOF_LEVEL;
    }
    if (!usm_agent_key(&taking->agent, taking->user))
        return TRAP_PROOF_KEY;
    return take_readable(taking, bytes, said);
}

enum trap_proof usm_take_inform(struct usm *usm, const struct usm_user *user,
                                const struct trap_engine *own, const struct ber_v3 *message,
                                uint8_t *bytes, size_t count, struct usm_said *said,
                                struct trap_reply *reply)
{
    struct taking taking = {
        .usm = usm, .user = user, .own = own, .message = message, .count = count, .reply = reply};
    enum trap_proof proof;

    *said = (struct usm_said){message->plain.request_id, message->plain.list};
    reply->report = false;
    reply->count = 0;
    usm_agent_meet(&taking.agent, own->at, own->bytes);
    proof = take(&taking, bytes, said);
    usm_agent_wipe(&taking.agent);
    return proof;
}
