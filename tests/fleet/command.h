/* SPDX-License-Identifier: ISC */
/*
 * command - what a line to the fleet does: cuts, power, loss, delay, forgery, and questions.
 *
 * Lines come over the control socket (control.h) or out of a script (script.h).
 */
#ifndef KT_FLEET_COMMAND_H
#define KT_FLEET_COMMAND_H

#include "daemon/base/text.h"
#include "tests/fleet/world.h"

enum world_answer { WORLD_DONE = 1, WORLD_REFUSED, WORLD_USAGE, WORLD_ANSWER_END };

/*
 * One command line, "cut 33.14.01 33.14.02"; command_help says which there are, and what may stand
 * for a code. Lines for the asker are added to out; refused or misused, nothing has changed and err
 * says why.
 */
enum world_answer world_command(struct world *world, const char *line, struct mono now,
                                struct text *out, struct err *err);
/* The commands with their words, for "--help". */
extern const char command_help[];
#endif
