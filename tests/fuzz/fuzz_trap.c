/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "probes/trap_v3.h"
#include "tests/fuzz/fuzz.h"

/* A datagram on the trap port: whatever is read of it lies inside, and an inform can be answered.
 */

static const struct siphash_key key = {{1, 2}};

static void check_parts(const struct trap *trap, const uint8_t *bytes, size_t count)
{
    char text[OID_TEXT_MAX];

    fuzz_holds(trap->kind > 0 && trap->kind < TRAP_KIND_END);
    fuzz_holds(trap_kind_name(trap->kind) != NULL);
    fuzz_holds(trap->oid.bytes <= OID_BYTES_MAX);
    fuzz_holds(oid_print(trap->oid.at, trap->oid.bytes, text, sizeof text) < sizeof text);
    fuzz_holds(trap->uptime_ticks >= -1 && trap->uptime_ticks <= UINT32_MAX);
    fuzz_holds(trap->community > bytes && trap->community <= bytes + count);
    fuzz_holds(trap->pdu == trap->community + trap->community_bytes);
    fuzz_holds(trap->pdu_bytes > 2 && trap->pdu + trap->pdu_bytes == bytes + count);
    fuzz_holds(trap->version == BER_V1 || !trap->has_agent);
    fuzz_holds(trap->version == BER_V2C || !trap->inform);
}

static void check_response(const struct trap *trap, const uint8_t *bytes, size_t count)
{
    static uint8_t out[BER_MESSAGE_MAX];
    struct ber_message asked, answered;
    struct trap again;

    fuzz_holds(count <= sizeof out);
    trap_response(trap, bytes, count, out);
    fuzz_holds(ber_check(bytes, count, &asked) == BER_OK);
    fuzz_holds(ber_check(out, count, &answered) == BER_OK);
    fuzz_holds(answered.pdu == BER_PDU_RESPONSE);
    fuzz_holds(answered.request_id == asked.request_id);
    fuzz_holds(answered.error_status == 0 && answered.error_index == 0);
    fuzz_holds(answered.list.left == asked.list.left);
    fuzz_holds(memcmp(answered.list.at, asked.list.at, asked.list.left) == 0);
    fuzz_holds(trap_read(out, count, &again) == TRAP_NO_TRAP);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct trap trap, again;
    enum trap_rc rc = trap_read(bytes, count, &trap);
    bool waits;

    fuzz_holds(rc > 0 && rc < TRAP_RC_END);
    if (rc == TRAP_OTHER_VERSION)
        rc = trap_v3_form(bytes, count, &waits) == TRAP_OK ? TRAP_OTHER_VERSION : TRAP_MALFORMED;
    else
        fuzz_holds(trap_v3_form(bytes, count, &waits) != TRAP_OK);
    if (rc != TRAP_OK)
        return 0;
    check_parts(&trap, bytes, count);
    fuzz_holds(trap_read(bytes, count, &again) == TRAP_OK);
    fuzz_holds(trap_digest(&trap, &key) == trap_digest(&again, &key));
    if (trap.inform)
        check_response(&trap, bytes, count);
    return 0;
}
