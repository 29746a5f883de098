/* SPDX-License-Identifier: ISC */
/*
 * trap_port - the child's side of traps: reads them off the socket and hands them up.
 *
 * What a sender may not send is dropped before a byte of it is parsed; what is no trap is counted
 * and dropped; of the rest the parent is told so many a second at most, and judges them
 * (probes/trap_desk.h). Informs wait here for its word. Reading is bounded per turn of the loop and
 * comes after everything else, so that no flood delays a probe. Owner: the prober's child.
 */
#ifndef KT_TRAP_PORT_H
#define KT_TRAP_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "daemon/base/err.h"
#include "probes/frame.h"
#include "probes/trap_report.h"

struct event_base;
struct trap_port;

typedef void trap_port_fn(void *arg);

/* Of the loop's base: libevent gives what does not say the middle one; traps get the last. */
#define TRAP_PORT_PRIORITIES 3

/*
 * A frame of FRAME_TRAP_LISTEN, whose descriptor came beside it and is taken over, makes *port; one
 * of FRAME_TRAP_ANSWER or FRAME_TRAP_REPLY has informs answered, those that have not waited too
 * long. on_reports: there is something for trap_port_frame(). base is borrowed. False: the frame
 * makes no sense here.
 */
KT_MUST_CHECK bool trap_port_take(struct trap_port **port, struct event_base *base,
                                  const struct frame *frame, int fd, trap_port_fn *on_reports,
                                  void *arg);
void trap_port_free(struct trap_port *port); /* NULL allowed, here and below: nothing is heard */

/* The next frame for the parent, false when there is none. It stays the next until
 * trap_port_sent(). */
bool trap_port_frame(struct trap_port *port, struct frame *frame);
void trap_port_sent(struct trap_port *port, const struct frame *frame);
/* Each second: the counters are due, and what was refused is said, in one line at most. */
void trap_port_beat(struct trap_port *port, struct mono now);
#endif
