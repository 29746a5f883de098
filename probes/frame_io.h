/* SPDX-License-Identifier: ISC */
/*
 * frame_io - one frame over the socket of parent and child, with a descriptor beside it or without.
 * Never blocks.
 */
#ifndef KT_FRAME_IO_H
#define KT_FRAME_IO_H

#include <stdbool.h>

#include <sys/types.h>

#include "probes/frame.h"

/* passed: a descriptor that goes along, -1 for none; it stays the caller's. False: errno says why.
 */
bool frame_send(int socket, const struct frame *frame, int passed);
/* Into frame->at. As recv(2); *passed is a new descriptor of the caller's, -1 when none came. */
ssize_t frame_receive(int socket, struct frame *frame, int *passed);
#endif
