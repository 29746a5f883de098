/* SPDX-License-Identifier: ISC */
/*
 * usm_protocol - what net-snmp calls the protocols of probes/usm_words.h. For probes/usm*.c alone.
 *
 * NULL is a protocol that this build of net-snmp lacks (or USM_AUTH_NONE, USM_PRIV_NONE).
 */
#ifndef KT_USM_PROTOCOL_H
#define KT_USM_PROTOCOL_H

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/library/scapi.h>

#include "probes/usm_words.h"

const netsnmp_auth_alg_info *usm_auth_protocol(enum usm_auth auth);
const netsnmp_priv_alg_info *usm_priv_protocol(enum usm_priv priv);
/* Bytes of a localised key for it: with DES the second half makes the IV [RFC 3414 §8.1.1.1]. */
size_t usm_priv_key_bytes(const netsnmp_priv_alg_info *priv);
#endif
