/* SPDX-License-Identifier: ISC */
/*
 * show_history - how a site's link has been: the last 24 hours of probes, drawn in one line.
 */
#ifndef KT_SHOW_HISTORY_H
#define KT_SHOW_HISTORY_H

#include "daemon/base/json.h"
#include "daemon/base/text.h"

/* history: functions/site_history.sql's array, oldest first. Adds nothing when nothing is kept. */
void show_history(const struct js *history, struct text *out);
#endif
