/* SPDX-License-Identifier: ISC */
/*
 * usm - SNMPv3 messages to and from bytes, by net-snmp's User-based Security Model.
 *
 * net-snmp looks users and clocks up in lists of the whole process, by walking them; with ten
 * thousand engines that costs more than everything else. So each list holds one entry, the one that
 * a message is about, and only while that message is built or parsed: the rest lies in struct
 * usm_agent, one per device. Nothing here sends, waits or decides what comes next
 * (probes/usm_flow.h). One instance a process. [RFC 3412, RFC 3414]
 */
#ifndef KT_USM_H
#define KT_USM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/ber_v3.h"
#include "probes/question.h"
#include "probes/trap_report.h"
#include "probes/usm_keys.h"
#include "probes/usm_report.h"

#define USM_MESSAGE_MAX 1472 /* of a request: fits an Ethernet frame */

enum usm_verdict {
    USM_ANSWER = 1,    /* a RESPONSE of this engine to this user, at the level that was asked */
    USM_REPORTED,      /* a Report; only reply->authentic says whether the engine wrote it */
    USM_OTHER_PDU,     /* neither */
    USM_OTHER_REQUEST, /* the PDU inside is about another request */
    USM_OTHER_ENGINE,
    USM_OTHER_USER,
    USM_LOWER_LEVEL, /* a RESPONSE less guarded than asked: not even looked at */
    USM_NOT_AUTHENTIC,
    USM_VERDICT_END
};

struct usm_reply {
    enum usm_report report; /* with USM_REPORTED */
    bool authentic;
    int32_t error_status;
    int32_t error_index;
    size_t varbinds;
    struct ber_list list; /* with USM_ANSWER; good until the next call of this module */
};

struct usm;

struct usm *usm_new(void);
void usm_free(struct usm *usm); /* NULL allowed */
struct usm_keys *usm_keys(struct usm *usm);

/* "Who are you?" to an engine that is not known: no user, nothing asked, answered by a Report. The
 * id is the message's and the request's. 0 when net-snmp cannot build it. */
size_t usm_discover(struct usm *usm, int32_t id, uint8_t out[USM_MESSAGE_MAX]);
/* The question to a known engine, at the user's level; the user is ready. */
size_t usm_request(struct usm *usm, const struct usm_user *user, struct usm_agent *agent,
                   struct mono now, int32_t id, const struct question *question,
                   uint8_t out[USM_MESSAGE_MAX]);
/*
 * message: what ber_v3_check() made of these bytes; its msg_id is that of the question to this
 * agent, and no longer open after an answer: that is what makes it fresh. With USM_ANSWER and
 * authentic reports of the time, the agent's clock is set. A Report of another engine is given as
 * it is, with authentic = false.
 */
enum usm_verdict usm_judge(struct usm *usm, const struct usm_user *user, struct usm_agent *agent,
                           struct mono now, const struct ber_v3 *message, uint8_t *bytes,
                           size_t count, struct usm_reply *reply);

/* What a trap says; good until the next call of this module. */
struct usm_said {
    int32_t request_id;
    struct ber_list list;
};

/*
 * A trap that came unasked, of which net-snmp leaves nothing to be judged twice: is it of this
 * engine and this user, at the user's level, and neither changed nor old? message as above. Nothing
 * of it can be fresh by our id, so time decides, which must be known from answers; a later one that
 * is true sets the clock. [RFC 3414 §3.2 (7b)]
 */
enum trap_proof usm_prove(struct usm *usm, const struct usm_user *user, struct usm_agent *agent,
                          struct mono now, const struct ber_v3 *message, uint8_t *bytes,
                          size_t count, struct usm_said *said);
#endif
