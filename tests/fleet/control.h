/* SPDX-License-Identifier: ISC */
/*
 * control - the fleet's Unix socket: one command per line in, lines of answer out.
 *
 * An answer is any number of lines and a last one, "done", "refused: why" or "usage: what". The
 * socket is open to its owner only. The server's side is an instance in the loop of the fleet; the
 * client's side is one blocking call, for "kentongan-fleet ctl". What a command does: command.h.
 */
#ifndef KT_FLEET_CONTROL_H
#define KT_FLEET_CONTROL_H

#include "daemon/base/err.h"
#include "tests/fleet/command.h"

struct event_base;
struct control;

/* Carries a command out, as world_command() does. */
typedef enum world_answer control_heard_fn(const char *line, struct text *out, struct err *err,
                                           void *arg);

/* Replaces a socket that nobody serves any more; one that is served is an error. */
KT_MUST_CHECK struct control *control_new(struct event_base *base, const char *path,
                                          control_heard_fn *heard, void *arg, struct err *err);
void control_free(struct control *control);

/* Sends one command, prints the answer, returns the exit code: 0 done, 1 refused or no fleet, 2
 * usage. */
int control_ask(const char *path, const char *command);
#endif
