/* SPDX-License-Identifier: ISC */
/*
 * forge - replies that are not the answer, in the classes that an asker has to refuse.
 *
 * What lies in the message is changed by whoever encodes it (agent.h, usm.h); what lies in the
 * packet's way, by port.h.
 */
#ifndef KT_FLEET_FORGE_H
#define KT_FLEET_FORGE_H

#include "tests/fleet/message.h"

enum forge {
    FORGE_NONE,
    FORGE_ADDRESS,   /* the right answer from another address, same port */
    FORGE_PORT,      /* … from another port, same address */
    FORGE_REQUEST,   /* another request-id */
    FORGE_COMMUNITY, /* in v3 another user */
    FORGE_VERSION,
    FORGE_OBJECT,    /* another name than was asked */
    FORGE_TRAP,      /* a trap with the right request-id */
    FORGE_DUPLICATE, /* the right answer once more */
    FORGE_LATE,      /* … long after it was due */
    FORGE_TRUNCATED, /* the right answer, without its end */
    FORGE_END
};

#define FORGE_LATE_MS 2500

/* "address", …; and FORGE_NONE for what is none. */
const char *forge_name(enum forge forge);
enum forge forge_find(const char *name);
/* Changes the answer as the class wants; nothing for a class that is not about the PDU. */
void forge_pdu(enum forge forge, struct pdu *pdu);
#endif
