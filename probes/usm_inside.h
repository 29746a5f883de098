/* SPDX-License-Identifier: ISC */
/*
 * usm_inside - how net-snmp is had build and read a message, as the files behind probes/usm.h share
 * it: probes/usm.c asks devices and hears their traps, probes/usm_inform.c answers their informs.
 */
#ifndef KT_USM_INSIDE_H
#define KT_USM_INSIDE_H

#include "probes/usm_protocol.h" /* first, for net-snmp's configuration */

#include "probes/usm.h"

#define USM_LIST_ROOM (2 * BER_MESSAGE_MAX) /* net-snmp writes longer headers than agents do */

struct usm {
    struct usm_keys *keys;
    netsnmp_session profile;
    struct usmUser entry; /* the one in net-snmp's list while a message is built or parsed */
    char name[USM_USER_MAX];
    u_char *packet; /* snmp_build() may grow it, so it must be malloc's */
    size_t packet_room;
    uint8_t list[USM_LIST_ROOM];      /* of the last encrypted answer */
    uint32_t reports[USM_REPORT_END]; /* that we made, since this process began */
};

/* BER_V3_AUTH and BER_V3_PRIV of a message at that level. */
uint8_t usm_level_flags(enum usm_level level);
void *usm_copy_of(const void *from, size_t bytes);
/* Points net-snmp's lists at this engine, its clock and its user; what it points at stays the
 * agent's, until usm_lists_empty(). */
void usm_lists_fill(struct usm *usm, const struct usm_user *user, struct usm_agent *agent,
                    uint32_t boots, uint32_t time_s);
void usm_lists_empty(struct usm *usm, struct usm_agent *agent);
netsnmp_pdu *usm_pdu_new(int command, int32_t id, const char *user, enum usm_level level);
/* Frees the PDU. 0: net-snmp cannot, or it is too long. */
size_t usm_build(struct usm *usm, netsnmp_pdu *pdu, uint8_t out[USM_MESSAGE_MAX]);
/* The whole message by net-snmp: digest, clock, cipher. NULL: it did not pass. */
netsnmp_pdu *usm_parse(struct usm *usm, const struct usm_user *user, struct usm_agent *agent,
                       uint32_t boots, uint32_t time_s, uint8_t *bytes, size_t count);
/* net-snmp's list of varbinds as it would stand in a message; false when it does not fit. */
bool usm_write_list(struct usm *usm, const netsnmp_pdu *pdu, size_t *varbinds,
                    struct ber_list *list);
#endif
