/* SPDX-License-Identifier: ISC */
/* show_cause - what the command line says about why a site is silent. Pure; owns nothing. */
#ifndef KT_SHOW_CAUSE_H
#define KT_SHOW_CAUSE_H

#include "daemon/base/json.h"
#include "daemon/base/text.h"

/* Lines "guess", "opening" (when that was another one), "proven" and "evidence" of a ticket as
 * queries/cli_ticket.sql has it. */
void show_cause(const struct js *ticket, struct text *out);
/* One word for a list: "power", "power?" while it is a guess, "" when nothing is known. */
void show_cause_word(const struct js *ticket, struct text *out);
#endif
