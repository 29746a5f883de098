/* SPDX-License-Identifier: ISC */
/*
 * judge - is a well-formed v1 or v2c message the answer to what was asked? (v3: probes/usm_wire.h)
 *
 * The whole trial of a reply except where it came from, which the caller knows. net-snmp compares
 * none of this but version and request-id, so it is compared here. Pure.
 */
#ifndef KT_JUDGE_H
#define KT_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/ber.h"
#include "probes/counters.h"
#include "probes/plan.h"
#include "probes/question.h"

/* Why a datagram is not the answer. CODEC_ANSWER: it is. */
enum codec_verdict {
    CODEC_ANSWER = 1,
    CODEC_WRONG_ADDRESS, /* given by the caller */
    CODEC_WRONG_VERSION,
    CODEC_WRONG_COMMUNITY,
    CODEC_WRONG_REQUEST, /* unknown request-id, or not a RESPONSE */
    CODEC_WRONG_OBJECTS,
    CODEC_NOT_AUTHENTIC, /* v3: another user, engine or key, or a lower level than asked */
    CODEC_MALFORMED,
    CODEC_VERDICT_END
};

struct codec_asked {
    enum plan_snmp snmp;
    const struct credential *credential;
    const struct question *question;
    int32_t request_id;
};

/*
 * message: what ber_check() made of the bytes. An answer to a GET names the objects that were
 * asked, all, in their order, and no other; one to a GETNEXT as many as were asked, one to a
 * GETBULK no more than that. An answer with an error is an answer, whatever it names: the agent
 * lives and speaks to us.
 */
enum codec_verdict judge_reply(const struct codec_asked *asked, const struct ber_message *message);
/* Are those the objects of an answer without error to that question, as far as it names them? */
bool judge_objects(const struct question *question, size_t varbinds, struct ber_list list);
const char *codec_verdict_name(enum codec_verdict verdict);
/* The counter of a refusal; not for CODEC_ANSWER. */
uint64_t *codec_refused(struct prober_counters *counters, enum codec_verdict verdict);
#endif
