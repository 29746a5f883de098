/* SPDX-License-Identifier: ISC */
/*
 * engine_inside - what the files behind probes/engine.h share. engine.c: its life, what goes out,
 * and time; engine_in.c: what comes in.
 */
#ifndef KT_ENGINE_INSIDE_H
#define KT_ENGINE_INSIDE_H

#include "daemon/base/log.h"
#include "probes/codec.h"
#include "probes/dice.h"
#include "probes/engine.h"
#include "probes/icmp.h"
#include "probes/requests.h"
#include "probes/udp.h"
#include "probes/usm_wire.h"

/* Datagrams of a while: how full the sockets may have been in it. */
struct engine_traffic {
    size_t asked;
    size_t heard;
};

/* One socket each. */
enum wire { WIRE_V4, WIRE_V6, WIRE_ECHO_V4, WIRE_ECHO_V6, WIRES };

struct engine {
    const struct plan *plan;
    const struct engine_callbacks *callbacks;
    void *arg;
    int fds[WIRES]; /* -1: the system has no such family, or lets us not ping */
    struct event *readable[WIRES];
    size_t first_wire;                 /* modulo their number: whose socket is read first */
    size_t spent;                      /* units of work since engine_read() began */
    bool watching;                     /* what comes wakes the loop */
    size_t room;                       /* datagrams that each socket keeps */
    struct engine_traffic now, before; /* since engine_read(); between it and the one before */
    struct icmp icmp[WIRES];           /* of the WIRE_ECHO_… */
    struct codec *codec;
    struct usm_wire *usm;
    bool keys_missing; /* there is work for usm_wire_work() */
    struct requests requests;
    struct wheel wheel;
    struct dice dice;
    struct prober_counters counters;
    struct log_gate gates[CODEC_VERDICT_END];
    struct udp_out out[WIRES];
    struct udp_batch batch;
};

/* As engine_read(), in between. */
bool engine_take_in(struct engine *engine);
/* What has come on that wire. */
void engine_hear(struct engine *engine, enum wire wire, struct udp_datagram *datagram);
struct engine_result engine_result_of(const struct request *request, struct wall at);
/* Is the request one that probes/usm_wire.h takes care of? */
bool engine_is_v3(const struct plan_device *device, const struct request *request);
struct usm_asked engine_usm_asked(const struct plan_device *device, struct request *request);
/* The try goes on with another message. */
void engine_go_on(struct engine *engine, struct request *request, const struct plan_device *device);
/* A sign of life of who does not let us in. Readings have nothing of it. */
void engine_tell_locked_out(struct engine *engine, const struct request *request, struct wall at);
#endif
