/* SPDX-License-Identifier: ISC */
/*
 * port - the fleet's UDP sockets: one per port number, for all devices on that port.
 *
 * Requests come in batches with the address that they were sent to (IP_PKTINFO); replies leave from
 * that address, at once or after the site's delay. The owner of the world frees the ports first.
 * What a device says is agent.h's business, whether it is heard is world.h's.
 */
#ifndef KT_FLEET_PORT_H
#define KT_FLEET_PORT_H

#include "daemon/base/err.h"
#include "tests/fleet/world.h"

struct event_base;
struct ports;

/* A socket for every port of the world's devices. NULL with err: nothing is left open. */
KT_MUST_CHECK struct ports *ports_new(struct event_base *base, struct world *world,
                                      struct err *err);
void ports_free(struct ports *ports);
#endif
