/* SPDX-License-Identifier: ISC */
/*
 * script - commands by the clock: a file of lines "SECONDS COMMAND...", counted from the start.
 *
 * Lines may stand in any order, "#" begins a remark. The owner frees it before the loop.
 */
#ifndef KT_FLEET_SCRIPT_H
#define KT_FLEET_SCRIPT_H

#include "daemon/base/err.h"

struct event_base;
struct script;

typedef void script_line_fn(const char *command, void *arg);

/* NULL with err: a line without a number, or no such file. */
KT_MUST_CHECK struct script *script_new(struct event_base *base, const char *path,
                                        script_line_fn *line, void *arg, struct err *err);
void script_free(struct script *script);
#endif
