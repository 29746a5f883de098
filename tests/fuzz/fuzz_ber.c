/* SPDX-License-Identifier: ISC */
#include "probes/ber.h"
#include "probes/oid.h"
#include "tests/fuzz/fuzz.h"

/* A datagram before net-snmp sees it: what the pre-check lets through lies inside and is whole. */

static void holds_inside(const uint8_t *at, size_t held, const uint8_t *bytes, size_t count)
{
    fuzz_holds(held == 0 || (at >= bytes && at + held <= bytes + count));
}

static void check_list(struct ber_list list, size_t varbinds, const uint8_t *bytes, size_t count)
{
    struct ber_varbind varbind;
    char text[OID_TEXT_MAX];
    size_t found = 0;
    int64_t number;

    holds_inside(list.at, list.left, bytes, count);
    while (ber_next(&list, &varbind)) {
        found++;
        holds_inside(varbind.name, varbind.name_bytes, bytes, count);
        holds_inside(varbind.value, varbind.value_bytes, bytes, count);
        fuzz_holds(oid_print(varbind.name, varbind.name_bytes, text, sizeof text) < sizeof text);
        (void)ber_number(&varbind, &number);
    }
    fuzz_holds(found == varbinds && list.left == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct ber_message message;
    struct ber_trap_v1 trap;
    enum ber_rc rc = ber_check(bytes, count, &message);

    fuzz_holds(rc == BER_OK || rc == BER_MALFORMED || rc == BER_OTHER_VERSION);
    if (rc != BER_OK)
        return 0;
    fuzz_holds(message.version == BER_V1 || message.version == BER_V2C);
    fuzz_holds(message.pdu >= BER_PDU_GET && message.pdu <= BER_PDU_REPORT);
    holds_inside(message.community, message.community_bytes, bytes, count);
    holds_inside(message.inside, message.inside_bytes, bytes, count);
    check_list(message.list, message.varbinds, bytes, count);
    if (message.pdu == BER_PDU_TRAP_V1 && ber_trap_v1(&message, &trap)) {
        holds_inside(trap.enterprise, trap.enterprise_bytes, bytes, count);
        check_list(trap.list, trap.varbinds, bytes, count);
    }
    return 0;
}
