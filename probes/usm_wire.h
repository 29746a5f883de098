/* SPDX-License-Identifier: ISC */
/*
 * usm_wire - SNMPv3 as the engine uses it: per device its flow, its keys and its clock.
 *
 * Joins probes/usm_flow.h (what comes next) and probes/usm.h (how it looks on the wire), and keeps
 * what both need of each device. It sends nothing: it fills datagrams and judges them. What is new
 * about an agent is told once, as it is when somebody looks (usm_wire_news()). Owner: an engine, or
 * one probe.
 */
#ifndef KT_USM_WIRE_H
#define KT_USM_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/agent_news.h"
#include "probes/judge.h"
#include "probes/plan.h"
#include "probes/trap_v3.h"
#include "probes/usm.h"
#include "probes/usm_flow.h"

struct usm_wire;

/* One try of a question, and the message of it that is under way. */
struct usm_asked {
    const struct plan_device *device;
    const struct question *question;
    int32_t id; /* of the message; a try has several, each with its own */
    struct usm_attempt *attempt;
};

enum usm_wire_rc {
    USM_WIRE_ANSWER = 1,
    USM_WIRE_AGAIN, /* the try goes on with another message */
    USM_WIRE_HELD,  /* a sign of life; an answer may still come */
    USM_WIRE_REFUSED,
    USM_WIRE_RC_END
};

struct usm_wire *usm_wire_new(void);
void usm_wire_free(struct usm_wire *wire); /* NULL allowed */

/* The plan is another: users are its. */
void usm_wire_plan(struct usm_wire *wire, const struct plan *plan);
/* Then, to forget the devices that the plan has not any more, until it is true: of no more than
 * `most` at once. */
bool usm_wire_sweep(struct usm_wire *wire, const struct plan *plan, size_t most);
/* One user, for who has no plan; every device is asked with it. */
void usm_wire_user(struct usm_wire *wire, uint32_t credential, const struct usm_words *words);
/* A few milliseconds of work on keys that are missing; true: there is more. */
bool usm_wire_work(struct usm_wire *wire);
/* What was known of a device before we began; goes before anything was asked of it. */
void usm_wire_know(struct usm_wire *wire, const struct agent_news *news,
                   const struct plan_now *now);

void usm_wire_begin(struct usm_wire *wire, const struct usm_asked *asked);
/* The message that the try needs now. False: its keys are not made yet, ask again in a moment.
 * *count is 0 when it cannot be built. */
bool usm_wire_fill(struct usm_wire *wire, const struct usm_asked *asked, struct mono now,
                   uint8_t out[USM_MESSAGE_MAX], size_t *count);
/* A datagram from the device with this id. reply: with USM_WIRE_ANSWER, until the next call. */
enum usm_wire_rc usm_wire_hear(struct usm_wire *wire, const struct usm_asked *asked,
                               struct mono now, const struct ber_v3 *message, uint8_t *bytes,
                               size_t count, struct usm_reply *reply, enum codec_verdict *why);
/* The try's time is up. True: the device lives, and did not let us in. */
bool usm_wire_timeout(struct usm_wire *wire, const struct usm_asked *asked);
enum auth_state usm_wire_auth(const struct usm_wire *wire, uint32_t device_id);

/* Is the trap or inform of this device, which is in the plan? proven: the device and the number are
 * set; what there is to reply is in it, too. */
void usm_wire_prove(struct usm_wire *wire, const struct plan_device *planned, struct mono now,
                    struct trap_order *order, struct trap_proven *proven);

/* The nth device (from 0) of which something is new; false: there are no more. */
bool usm_wire_news(const struct usm_wire *wire, size_t nth, const struct plan_now *now,
                   struct agent_news *news);
void usm_wire_told(struct usm_wire *wire, size_t count); /* the first so many were */
#endif
