/* SPDX-License-Identifier: ISC */
/*
 * child_alone - how the prober's child cuts itself off: from what its parent has open, from signals
 * that are meant for the parent, and from all that it never needs. Part of probes/prober_child.c.
 */
#ifndef KT_CHILD_ALONE_H
#define KT_CHILD_ALONE_H

#include <stdbool.h>

bool child_is_socket(int fd);   /* to the parent: of frames, and none of the standard three */
void child_begin_alone(int fd); /* first of all; fd stays open */
/* When all is open; there is no way back. True: the box holds. */
bool child_box_in(bool sandbox);
/* Ends the process: in a box at once, because a leak checker can do nothing in there and would wait
 * for ever for its own helper when our parent dies meanwhile. Else it returns the code. */
int child_end_alone(bool boxed, int exit_code);
#endif
