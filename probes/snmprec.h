/* SPDX-License-Identifier: ISC */
/*
 * snmprec - objects of an agent as lines of text: "OID|TAG|VALUE", as recordings hold them.
 *
 * The tag is decimal; "x" behind it says that the value is in hexadecimal digits. What these lines
 * hold, snmpsim replays. Pure.
 */
#ifndef KT_SNMPREC_H
#define KT_SNMPREC_H

#include "daemon/base/text.h"
#include "probes/ber.h"

/* One line without its end. */
void snmprec_line(const struct ber_varbind *varbind, struct text *out);
/* The same value for people: "INTEGER -98", "TimeTicks 1.31 s", "STRING ether1". Octets that are no
 * text come as hexadecimal digits, six of them as an Ethernet address. */
void snmprec_words(const struct ber_varbind *varbind, struct text *out);
const char *snmprec_type(uint8_t tag); /* "INTEGER"; "?" for what SNMP does not know */
#endif
