/* SPDX-License-Identifier: ISC */
/*
 * trap_places - which devices are at which address, and what they have to say to be believed.
 *
 * Part of probes/trap_desk.c. Filled, then put in order a little at a time (a hundred thousand of
 * them are too many for one turn of a loop), then asked. Pure; zero is empty.
 */
#ifndef KT_TRAP_PLACES_H
#define KT_TRAP_PLACES_H

#include "probes/order.h"

struct trap_place {
    uint64_t host; /* hash of the address */
    uint64_t community;
    uint32_t id;
    uint32_t credential; /* 0: it has neither a community nor a user */
    bool user;           /* of SNMPv3; then the community means nothing */
};

/* What a credential stands for. */
struct trap_word {
    uint32_t credential;
    uint64_t community;
    bool user;
};

struct trap_places {
    struct trap_place *at; /* by host and id, once sorted */
    size_t count;
    size_t room;
    struct trap_word *words; /* needed until it is sorted */
    size_t word_count;
    size_t word_room;
    struct order order; /* by the upper half of the host */
    struct trap_place *next;
    size_t done; /* of the step under way */
    bool ordered;
    bool sorted;
};

void trap_places_word(struct trap_places *places, const struct trap_word *word);
void trap_places_add(struct trap_places *places, const struct trap_place *place);
/* Looks at no more than `most`. True: it may be asked; nothing is added any more. */
bool trap_places_sort(struct trap_places *places, size_t most);
/* The first place of that host, count when there is none. */
size_t trap_places_find(const struct trap_places *places, uint64_t host);
void trap_places_free(struct trap_places *places); /* leaves it empty */
#endif
