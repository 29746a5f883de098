/* SPDX-License-Identifier: ISC */
/*
 * reload - what is said when the configuration is read again. Part of daemon/app.c.
 */
#ifndef KT_RELOAD_H
#define KT_RELOAD_H

#include "daemon/base/log.h"
#include "daemon/base/text.h"
#include "daemon/config.h"

enum log_level reload_log_level(const struct config *config);
/* Each line as an error of its own. */
void reload_complain(const struct text *complaints);
/* Keys that differ, and are only read at the start. */
void reload_say_restart(const struct config *old, const struct config *new);
#endif
