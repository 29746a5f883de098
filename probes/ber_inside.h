/* SPDX-License-Identifier: ISC */
/*
 * ber_inside - the steps that the pre-checks of messages (probes/ber.c, probes/ber_v3.c) are made
 * of.
 *
 * Each takes something off the front of a span and says whether it was there and well formed; after
 * a false the span is of no use. Pure; nothing is copied.
 */
#ifndef KT_BER_INSIDE_H
#define KT_BER_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/ber.h"

/* The bytes of one value that are still unread. */
struct ber_span {
    const uint8_t *at;
    size_t left;
};

/* Takes one header with its content, which is inside. Long forms of up to four length octets, never
 * indefinite. */
bool ber_take(struct ber_span *span, uint8_t *tag, struct ber_span *inside);
bool ber_take_tagged(struct ber_span *span, uint8_t wanted, struct ber_span *inside);
bool ber_take_integer(struct ber_span *span, int32_t *number);
/* The content of any PDU but a v1 trap, to its end: ids, errors and the list of varbinds. */
bool ber_take_pdu(struct ber_span *pdu, struct ber_message *message);
#endif
