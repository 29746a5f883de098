/* SPDX-License-Identifier: ISC */
#include "tests/fleet/forge.h"

#include <string.h>

static const char *const names[FORGE_END] = {
    [FORGE_NONE] = "none",       [FORGE_ADDRESS] = "address",     [FORGE_PORT] = "port",
    [FORGE_REQUEST] = "request", [FORGE_COMMUNITY] = "community", [FORGE_VERSION] = "version",
    [FORGE_OBJECT] = "object",   [FORGE_TRAP] = "trap",           [FORGE_DUPLICATE] = "duplicate",
    [FORGE_LATE] = "late",       [FORGE_TRUNCATED] = "truncated",
};

const char *forge_name(enum forge forge)
{
    return names[forge];
}

enum forge forge_find(const char *name)
{
    for (enum forge forge = FORGE_ADDRESS; forge < FORGE_END; forge++)
        if (strcmp(names[forge], name) == 0)
            return forge;
    return FORGE_NONE;
}

void forge_pdu(enum forge forge, struct pdu *pdu)
{
    static const uint8_t other[] = {0x2b, 6, 1, 2, 1, 1, 9, 1}; /* sysOREntry, which none has */

    if (forge == FORGE_REQUEST)
        pdu->request_id ^= 0x55;
    if (forge == FORGE_TRAP)
        pdu->type = BER_TRAP;
    if (forge == FORGE_OBJECT && pdu->count > 0) {
        pdu->binds[pdu->count - 1].name = other;
        pdu->binds[pdu->count - 1].name_bytes = sizeof other;
    }
}
