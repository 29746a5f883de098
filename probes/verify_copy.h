/* SPDX-License-Identifier: ISC */
/*
 * verify_copy - the parent's copy of the repairs on trial, and which of them the child has still to
 * be told.
 *
 * An order stays here until its verdict came or it was cancelled, so that a child that replaces a
 * dead one is ordered the same anew. Each order has a serial of its own: a verdict that crosses a
 * cancellation on its way is known by it and dropped. Pure: it makes frames, whoever owns it sends
 * them. Of the plan itself: probes/plan_copy.h.
 */
#ifndef KT_VERIFY_COPY_H
#define KT_VERIFY_COPY_H

#include <stdbool.h>
#include <stdint.h>

#include "probes/frame.h"
#include "probes/verify.h"

struct verify_copy;

struct verify_copy *verify_copy_new(void);
void verify_copy_free(struct verify_copy *copy); /* NULL allowed */

void verify_copy_order(struct verify_copy *copy, const struct verify_order *order);
void verify_copy_cancel(struct verify_copy *copy, uint64_t ticket);
/* False: nobody waits for this verdict (any more). */
bool verify_copy_hear(struct verify_copy *copy, const struct verify_verdict *verdict);

/* A new child knows nothing: every order is to be sent again. */
void verify_copy_rewind(struct verify_copy *copy);
/* The next frame, false when there is none. It stays the next until verify_copy_sent(). */
bool verify_copy_frame(struct verify_copy *copy, struct frame *frame);
void verify_copy_sent(struct verify_copy *copy, const struct frame *frame);
#endif
