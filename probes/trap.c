/* SPDX-License-Identifier: ISC */
#include "probes/trap.h"

#include <assert.h>
#include <string.h>

#define GENERIC_ENTERPRISE 6 /* the name is the vendor's: enterprise.0.specific */

/* Content octets of 1.3.6.1.6.3.1.1.5, 1.3.6.1.6.3.1.1.4.1.0 and 1.3.6.1.2.1.1.3.0. */
static const struct oid generic_traps = {8, {0x2b, 6, 1, 6, 3, 1, 1, 5}};
static const struct oid trap_oid_name = {10, {0x2b, 6, 1, 6, 3, 1, 1, 4, 1, 0}};
static const struct oid uptime_name = {8, {0x2b, 6, 1, 2, 1, 1, 3, 0}};

enum trap_kind trap_kind_of(const struct oid *oid)
{
    if (oid->bytes == generic_traps.bytes + 1 && oid_under(&generic_traps, oid->at, oid->bytes)) {
        static const enum trap_kind kinds[] = {TRAP_OTHER,     TRAP_COLD_START, TRAP_WARM_START,
                                               TRAP_LINK_DOWN, TRAP_LINK_UP,    TRAP_AUTH_FAILURE};
        uint8_t last = oid->at[oid->bytes - 1];

        return last < sizeof kinds / sizeof *kinds ? kinds[last] : TRAP_OTHER;
    }
    return TRAP_OTHER;
}

const char *trap_kind_name(enum trap_kind kind)
{
    static const char *const names[TRAP_KIND_END] = {
        [TRAP_OTHER] = "other",           [TRAP_COLD_START] = "coldStart",
        [TRAP_WARM_START] = "warmStart",  [TRAP_LINK_DOWN] = "linkDown",
        [TRAP_LINK_UP] = "linkUp",        [TRAP_AUTH_FAILURE] = "authenticationFailure",
        [TRAP_POWER_LOST] = "power-lost", [TRAP_POWER_LOW] = "power-low",
        [TRAP_POWER_BACK] = "power-back", [TRAP_DYING_GASP] = "dying-gasp",
        [TRAP_LINK_LOST] = "link-lost",   [TRAP_LINK_BACK] = "link-back",
    };

    assert(kind > 0 && kind < TRAP_KIND_END);
    return names[kind];
}

bool trap_kind_tells(enum trap_kind kind)
{
    return kind != TRAP_OTHER && kind != TRAP_AUTH_FAILURE;
}

/* An unsigned number of up to four octets, as ber_check() let it through. */
static int64_t number_of(const struct ber_varbind *varbind)
{
    int64_t number = 0;

    for (size_t i = 0; i < varbind->value_bytes; i++)
        number = number << 8 | varbind->value[i];
    return number;
}

/* The first two of the list by right, but some agents put others before them. */
bool trap_read_list(struct ber_list list, struct trap *trap)
{
    struct ber_varbind varbind;
    bool named = false;

    *trap = (struct trap){.kind = TRAP_OTHER, .uptime_ticks = -1};
    while (ber_next(&list, &varbind)) {
        if (varbind.tag == BER_TICKS && trap->uptime_ticks < 0 &&
            oid_equal(&uptime_name, varbind.name, varbind.name_bytes))
            trap->uptime_ticks = number_of(&varbind);
        if (trap->uptime_ticks > UINT32_MAX)
            trap->uptime_ticks = -1; /* no ticks, and only what was encrypted can hold them */
        if (varbind.tag != BER_OID || named ||
            !oid_equal(&trap_oid_name, varbind.name, varbind.name_bytes))
            continue;
        named = true;
        if (!oid_copy(varbind.value, varbind.value_bytes, &trap->oid))
            trap->oid = (struct oid){0};
    }
    trap->kind = trap_kind_of(&trap->oid);
    return named;
}

static bool read_v2(const struct ber_message *message, struct trap *trap)
{
    struct trap named;

    if (trap->inform && (message->error_status != 0 || message->error_index != 0))
        return false; /* they would go back as an error of ours */
    if (!trap_read_list(message->list, &named))
        return false;
    trap->oid = named.oid;
    trap->uptime_ticks = named.uptime_ticks;
    return true;
}

/* [RFC 3584 §3.1 (2)] */
static void name_v1(const struct ber_trap_v1 *v1, struct trap *trap)
{
    if (v1->generic < GENERIC_ENTERPRISE) {
        trap->oid = generic_traps;
        (void)oid_append(&trap->oid, (uint32_t)v1->generic + 1);
    } else if (!oid_copy(v1->enterprise, v1->enterprise_bytes, &trap->oid) ||
               !oid_append(&trap->oid, 0) || !oid_append(&trap->oid, (uint32_t)v1->specific)) {
        trap->oid = (struct oid){0};
    }
}

static bool read_v1(const struct ber_message *message, struct trap *trap)
{
    static const uint8_t nobody[4] = {0};
    struct ber_trap_v1 v1;

    if (!ber_trap_v1(message, &v1) || v1.generic < 0 || v1.generic > GENERIC_ENTERPRISE)
        return false;
    trap->uptime_ticks = v1.ticks;
    trap->has_agent = memcmp(v1.agent, nobody, sizeof nobody) != 0;
    memcpy(trap->agent, v1.agent, sizeof trap->agent);
    name_v1(&v1, trap);
    return true;
}

/* The version that a kind of PDU belongs to; false: it is none that comes unasked. */
static bool is_trap(const struct ber_message *message)
{
    switch (message->pdu) {
    case BER_PDU_TRAP_V1:
        return message->version == BER_V1;
    case BER_PDU_INFORM:
    case BER_PDU_TRAP_V2:
        return message->version == BER_V2C;
    default:
        return false;
    }
}

enum trap_rc trap_read(const uint8_t *bytes, size_t count, struct trap *trap)
{
    struct ber_message message;
    enum ber_rc rc = ber_check(bytes, count, &message);

    *trap = (struct trap){.kind = TRAP_OTHER, .uptime_ticks = -1};
    if (rc != BER_OK)
        return rc == BER_OTHER_VERSION ? TRAP_OTHER_VERSION : TRAP_MALFORMED;
    if (!is_trap(&message))
        return TRAP_NO_TRAP;
    trap->version = message.version;
    trap->community = message.community;
    trap->community_bytes = message.community_bytes;
    trap->pdu = message.community + message.community_bytes;
    trap->pdu_bytes = (size_t)(bytes + count - trap->pdu);
    trap->inform = message.pdu == BER_PDU_INFORM;
    if (message.version == BER_V1 ? !read_v1(&message, trap) : !read_v2(&message, trap))
        return TRAP_MALFORMED;
    trap->kind = trap_kind_of(&trap->oid);
    return TRAP_OK;
}

uint64_t trap_digest(const struct trap *trap, const struct siphash_key *key)
{
    uint64_t parts[2] = {siphash(key, trap->community, trap->community_bytes),
                         siphash(key, trap->pdu, trap->pdu_bytes)};

    return siphash(key, parts, sizeof parts);
}

void trap_response(const struct trap *trap, const uint8_t *bytes, size_t count, uint8_t *out)
{
    memcpy(out, bytes, count);
    out[trap->pdu - bytes] = BER_PDU_RESPONSE;
}
