/* SPDX-License-Identifier: ISC */
/*
 * codec - SNMPv1/v2c messages to and from bytes, by net-snmp's snmp_build() and snmp_parse().
 *
 * One net-snmp session per version serves as profile; no socket, no request and no timer of
 * net-snmp is used, no MIB or configuration file read, nothing persistent written. codec_judge() is
 * the whole trial of a reply except where it came from, which the caller knows. Owner: an engine,
 * or one probe.
 */
#ifndef KT_CODEC_H
#define KT_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/ber.h"
#include "probes/counters.h"
#include "probes/plan.h"

#define CODEC_REQUEST_MAX 512

/* Why a datagram is not the answer. CODEC_ANSWER: it is. */
enum codec_verdict {
    CODEC_ANSWER = 1,
    CODEC_WRONG_ADDRESS, /* given by the caller */
    CODEC_WRONG_VERSION,
    CODEC_WRONG_COMMUNITY,
    CODEC_WRONG_REQUEST, /* unknown request-id, or not a RESPONSE */
    CODEC_WRONG_OBJECTS,
    CODEC_MALFORMED,
    CODEC_VERDICT_END
};

struct codec_asked {
    const struct plan_device *device;
    int32_t request_id;
    uint32_t objects; /* PLAN_OBJECT_* */
};

struct codec_reply {
    int32_t error_status; /* an answer with an error is an answer */
    uint32_t dropped;     /* v1 noSuchName: the object that it is about */
    struct device_vitals vitals;
};

struct codec;

struct codec *codec_new(void);
void codec_free(struct codec *codec); /* NULL allowed */
/* The request as bytes; 0 when net-snmp cannot build it. */
size_t codec_request(struct codec *codec, const struct codec_asked *asked,
                     uint8_t out[CODEC_REQUEST_MAX]);
/*
 * message: what ber_check() made of these bytes. reply is set with CODEC_ANSWER only. Cheap checks
 * come first; net-snmp sees only what passed them.
 */
enum codec_verdict codec_judge(struct codec *codec, const struct codec_asked *asked,
                               const struct ber_message *message, uint8_t *bytes, size_t count,
                               struct codec_reply *reply);
const char *codec_verdict_name(enum codec_verdict verdict);
/* The counter of a refusal; not for CODEC_ANSWER. */
uint64_t *codec_refused(struct prober_counters *counters, enum codec_verdict verdict);
#endif
