/* SPDX-License-Identifier: ISC */
/*
 * blind - does the poller itself still see anything, or is it cut off?
 *
 * Pure, by value, nothing to free. Hears what the prober says of the reference targets (devices of
 * the role "reference"), and what some sites answered that were asked as witnesses; says whether
 * the poller sees, is unsure, or is blind, since when, and whether a silence may be believed. One
 * answer of any reference is sight; all of them silent is blindness, unless half of the witnesses
 * answer: then the references are at fault, not the poller. Sends nothing and knows no site: the
 * flow (daemon/outage_sight.c) does. With fewer than two references that can be asked there is no
 * verdict, and every silence may be believed. Source: definitions, reachability (UNKNOWN).
 */
#ifndef KT_BLIND_H
#define KT_BLIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "probes/plan.h"

#define BLIND_REFERENCES_LEAST 2
#define BLIND_REFERENCES_MOST  32 /* those behind are probed, and decide nothing */
#define BLIND_WITNESSES_MOST   8

enum sight { SIGHT_SEES = 1, SIGHT_UNSURE, SIGHT_BLIND, SIGHT_END };

struct blind_reference {
    uint32_t device_id;
    enum link_state state;
    uint32_t misses;       /* that we know of, since its last answer */
    uint32_t loss_ppm;     /* what it usually loses; 0: not known */
    bool unable;           /* it is not asked: we may not ping */
    struct wall first_bad; /* of the silence that goes on */
};

struct blind_witness {
    uint32_t device_id;
    bool heard;
    bool answered;
};

struct blind {
    struct blind_reference references[BLIND_REFERENCES_MOST];
    size_t count;
    enum sight sight;
    struct wall answered_at; /* the last answer that proves sight; unset: there was none */
    struct wall since;       /* blind: the last answer before; sees: the first after; or unset */
    struct wall dark_until;  /* the answer that ended the last time in which all were silent */
    bool dark;               /* all are silent, by more than chance */
    bool bad;                /* all references are down, and it is their own fault */
    struct blind_witness witnesses[BLIND_WITNESSES_MOST];
    size_t witness_count; /* 0: none is asked */
    struct wall asked_at; /* when the witnesses were */
};

void blind_init(struct blind *blind);
/* The references of a plan, which may be others than before; at is now. */
void blind_take(struct blind *blind, const uint32_t *devices, size_t count, struct wall at);
/* Whatever the prober says of any device; of others than references and witnesses it is passed
 * over. True: it was one of them, and blind_decide() may have something to say. */
bool blind_hear(struct blind *blind, const struct link_change *change);
/* The child that probes it is gone: nothing is known of that reference, and no other is blamed. */
void blind_lose(struct blind *blind, uint32_t device_id);

/*
 * The verdict. True: witnesses are wanted before all references are believed to be silent because
 * of us: blind_ask(). overdue: those who were asked have had their time.
 */
bool blind_decide(struct blind *blind, bool overdue);
/* Sites that were asked just now; none (0): there is nobody to ask, and the references are
 * believed. */
void blind_ask(struct blind *blind, const uint32_t *devices, size_t count, struct wall at);

/* Is there a verdict at all: enough references that can be asked? */
bool blind_can_tell(const struct blind *blind);
size_t blind_able(const struct blind *blind); /* references that can be asked */
/* May a silence be believed that began at first_bad and was judged about the instant fresh? Only if
 * the poller was seen to be in touch at fresh or later. */
bool blind_vouches(const struct blind *blind, struct wall fresh);
/* Was there a time after first_bad in which all references were silent? Then that silence may have
 * been ours. */
bool blind_was_dark(const struct blind *blind, struct wall first_bad);
const char *sight_name(enum sight sight); /* "sees" "unsure" "blind" */
#endif
