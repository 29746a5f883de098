/* SPDX-License-Identifier: ISC */
#include "probes/trap_v3.h"

#include <stdlib.h>
#include <string.h>

/* A PDU that a sender of traps may send, in clear. */
static bool is_told(const struct ber_v3 *message)
{
    bool reportable = (message->flags & BER_V3_REPORTABLE) != 0;

    switch (message->plain.pdu) {
    case BER_PDU_TRAP_V2:
    case BER_PDU_INFORM:
        return message->engine.bytes > 0 || reportable;
    case BER_PDU_TRAP_V1:
    case BER_PDU_RESPONSE:
    case BER_PDU_REPORT:
        return false;
    default: /* a request; of those that ask for the engine only the report matters */
        return reportable;
    }
}

enum trap_rc trap_v3_form(const uint8_t *bytes, size_t count, bool *waits)
{
    struct ber_v3 message;
    enum ber_rc rc = ber_v3_check(bytes, count, &message);

    *waits = false;
    if (rc != BER_OK)
        return rc == BER_OTHER_VERSION ? TRAP_OTHER_VERSION : TRAP_MALFORMED;
    if (count > TRAP_V3_BYTES)
        return TRAP_MALFORMED;
    if (message.encrypted.bytes == 0 && !is_told(&message))
        return TRAP_NO_TRAP;
    *waits = (message.flags & BER_V3_REPORTABLE) != 0 || message.plain.pdu == BER_PDU_INFORM;
    return TRAP_OK;
}

uint64_t trap_v3_digest(const struct siphash_key *key, const uint8_t *engine, size_t engine_bytes,
                        int32_t request_id, struct ber_list list)
{
    uint64_t parts[3] = {siphash(key, engine, engine_bytes), siphash(key, list.at, list.left),
                         (uint64_t)(uint32_t)request_id};

    return siphash(key, parts, sizeof parts);
}

bool trap_orders_add(struct trap_orders *orders, const struct trap_order *order)
{
    if (orders->count == TRAP_ORDERS_MOST)
        return false;
    if (orders->at == NULL)
        orders->at = calloc(TRAP_ORDERS_MOST, sizeof *orders->at);
    if (orders->at == NULL)
        abort();
    orders->at[orders->count++] = *order;
    return true;
}

bool trap_orders_frame(const struct trap_orders *orders, struct frame *frame)
{
    if (orders->count == 0)
        return false;
    frame_begin(frame, FRAME_TRAP_ORDERS);
    for (size_t i = 0; i < orders->count; i++)
        if (!frame_add_trap_order(frame, &orders->at[i]))
            break;
    return true;
}

void trap_orders_sent(struct trap_orders *orders, const struct frame *frame)
{
    orders->count -= frame->count;
    memmove(orders->at, orders->at + frame->count, orders->count * sizeof *orders->at);
}

void trap_orders_free(struct trap_orders *orders)
{
    free(orders->at);
    *orders = (struct trap_orders){0};
}
