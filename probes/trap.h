/* SPDX-License-Identifier: ISC */
/*
 * trap - what a device tells unasked: SNMPv1 traps, v2c traps and v2c informs, read from a
 * datagram.
 *
 * A trap is a hint, never a verdict: whoever believes it asks the device. Pure, allocates nothing;
 * what it points out lies inside the caller's bytes. v1 traps get the name that RFC 3584 §3.1 gives
 * them, so that one list of names serves both versions.
 */
#ifndef KT_TRAP_H
#define KT_TRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/ber.h"
#include "probes/oid.h"
#include "probes/siphash.h"

/* clang-format off */
enum trap_kind {
    TRAP_OTHER = 1,
    TRAP_COLD_START,   /* the generic ones of RFC 3418 §2 and RFC 2863 */
    TRAP_WARM_START,
    TRAP_LINK_DOWN,
    TRAP_LINK_UP,
    TRAP_AUTH_FAILURE, /* somebody asked the device with a wrong community */
    TRAP_POWER_LOST,   /* those of vendors, named by profiles: it runs on its battery */
    TRAP_POWER_LOW,    /* and not for long any more */
    TRAP_POWER_BACK,
    TRAP_DYING_GASP,   /* the sender, or what it reports, loses power now */
    TRAP_LINK_LOST,
    TRAP_LINK_BACK,
    TRAP_KIND_END
};
/* clang-format on */

enum trap_rc {
    TRAP_OK = 1,
    TRAP_MALFORMED,
    TRAP_OTHER_VERSION, /* SNMPv3, for one */
    TRAP_NO_TRAP,       /* a request or a response: nobody asked for it here */
    TRAP_RC_END
};

struct trap {
    enum trap_kind kind;
    struct oid oid;       /* snmpTrapOID.0; empty when it is longer than an oid holds */
    int64_t uptime_ticks; /* sysUpTime.0 of the sender, -1 when it does not say */
    enum ber_version version;
    const uint8_t *community;
    size_t community_bytes;
    const uint8_t *pdu; /* tag and all, to the end of the message */
    size_t pdu_bytes;
    bool inform; /* the sender waits for a response */
    bool has_agent;
    uint8_t agent[4]; /* v1: who says that it happened to it */
};

enum trap_rc trap_read(const uint8_t *bytes, size_t count, struct trap *trap);

/* The list of a trap of v2c or v3: name, kind and uptime. False: it has no name. */
bool trap_read_list(struct ber_list list, struct trap *trap);

/*
 * What tells this trap from every other, and a copy of it from none: community and PDU, which holds
 * the request-id, the uptime, the name and all that the sender said. Not where it came from,
 * because a captured trap may be sent again from anywhere.
 */
uint64_t trap_digest(const struct trap *trap, const struct siphash_key *key);

/*
 * The response that an inform waits for: the message itself as a RESPONSE without an error
 * [RFC 3416 §4.2.7]. bytes and count are those that trap_read() read; out has room for count.
 */
void trap_response(const struct trap *trap, const uint8_t *bytes, size_t count, uint8_t *out);

/* The kind that a name stands for; TRAP_OTHER when it is not one of the generic ones. */
enum trap_kind trap_kind_of(const struct oid *oid);
/* Does it point to why its sender may fall silent? A stranger's wrong community does not. */
bool trap_kind_tells(enum trap_kind kind);
const char *trap_kind_name(enum trap_kind kind); /* "linkDown", "power-lost", … */
#endif
