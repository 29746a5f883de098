/* SPDX-License-Identifier: ISC */
/*
 * agent_frame - the child's frame of what is new of SNMPv3 engines.
 */
#ifndef KT_AGENT_FRAME_H
#define KT_AGENT_FRAME_H

#include <stdbool.h>

#include "probes/engine.h"
#include "probes/frame.h"

/* As many as fit, the oldest first; false: there are none. engine_agent_told() when it was sent. */
bool agent_frame_fill(const struct engine *engine, const struct plan_now *now, struct frame *frame);
#endif
