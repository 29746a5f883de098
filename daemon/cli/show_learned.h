/* SPDX-License-Identifier: ISC */
/*
 * show_learned - what the detector has learned of the links to a site's devices, and what follows
 * from it: how long a cut would take to be known.
 */
#ifndef KT_SHOW_LEARNED_H
#define KT_SHOW_LEARNED_H

#include "daemon/base/json.h"
#include "daemon/config.h"
#include "probes/budget.h"

/*
 * Adds to `learned` of each device in cli_site.sql's object `outlook`: timeout_ms, misses (0:
 * never), known_ms and latest_ms (probes/outlook.h). own_ms of a device: its budget's interval.
 */
struct js *learned_outlook(const struct js *device, const struct config *config, int64_t own_ms);
/* One or two lines; nothing when nothing was learned. */
void show_learned(const struct js *device, const struct config *config, int64_t own_ms,
                  struct text *out);
#endif
