/* SPDX-License-Identifier: ISC */
/*
 * traps - where the daemon hears traps, and what it says of them.
 */
#ifndef KT_TRAPS_H
#define KT_TRAPS_H

#include <stdbool.h>

#include "daemon/base/err.h"
#include "daemon/base/log.h"
#include "probes/probers.h"

/* words: trap.listen. Before the first plan. True also when they say nowhere. */
KT_MUST_CHECK bool traps_listen(struct probers *probers, const char *words, struct err *err);
/* One line a second at most; what it holds back is counted in it. site: its code, NULL for none. */
void traps_say(const struct trap_hint *hint, const char *site, struct log_gate *gate,
               struct mono now);
#endif
