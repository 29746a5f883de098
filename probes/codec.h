/* SPDX-License-Identifier: ISC */
/*
 * codec - SNMPv1/v2c requests as bytes, by net-snmp's snmp_build().
 *
 * One net-snmp session per version serves as profile; no socket, no request and no timer of
 * net-snmp is used, no MIB or configuration file read, nothing persistent written. A question that
 * has an id is built once per version and credential; after that only its request-id is written
 * anew. Replies are judged without net-snmp (probes/ber.h, probes/judge.h). Owner: an engine, or
 * one probe.
 */
#ifndef KT_CODEC_H
#define KT_CODEC_H

#include <stddef.h>
#include <stdint.h>

#include "probes/judge.h"

#define CODEC_REQUEST_MAX 1400 /* fits a datagram that nothing on the way takes apart */
/* Request-ids from here to INT32_MAX all take four octets. */
#define CODEC_ID_LEAST (INT32_C(1) << 24)

struct codec;

struct codec *codec_new(void);
void codec_free(struct codec *codec);   /* NULL allowed */
void codec_forget(struct codec *codec); /* the credentials are others from now on */
/*
 * The request as bytes; 0 when net-snmp cannot build it or it would be too long. version: v1 or
 * v2c. request_id: at least CODEC_ID_LEAST.
 */
size_t codec_request(struct codec *codec, const struct codec_asked *asked,
                     uint8_t out[CODEC_REQUEST_MAX]);
#endif
