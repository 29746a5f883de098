/* SPDX-License-Identifier: ISC */
/*
 * rounds_inside - what rounds.c (turns, and the readings under way) and rounds_change.c (another
 * plan) share. Nobody else includes it.
 */
#ifndef KT_ROUNDS_INSIDE_H
#define KT_ROUNDS_INSIDE_H

#include "probes/meter.h"
#include "probes/order.h"
#include "probes/rounds.h"

#define PLACE_FACTOR UINT32_C(2246822519) /* odd, and not the heartbeats': places of their own */

/* A reading under way. */
struct under_way {
    struct visit *visit;
    struct wall began;
    struct mono began_at;
    struct question question;
    uint32_t bytes; /* on the line, so far */
    uint32_t cost;  /* of this question, as its lane was told */
    bool paid;      /* its lane was told */
    bool waits;     /* for room in the socket */
    bool held;      /* until there is room on its lane: */
    struct mono held_until;
    size_t at; /* in rounds->open */
};

struct read_device {
    uint32_t place; /* in a round, as a fraction of 2^32; the order of the array */
    uint32_t id;
    uint32_t fingerprint; /* of where and how it is asked */
    uint32_t token;       /* of its last question */
    uint32_t lane;
    uint32_t era;   /* of the profiles that what is known of it is of */
    uint32_t bytes; /* of one reading, on the line: the mean of late; 0 until one was seen */
    const struct profile *profile; /* as people say; else NULL */
    struct visit_memory memory;
    struct under_way *under_way; /* NULL: none */
};

struct devices {
    struct read_device *at;
    size_t count;
    size_t room;
};

/* What of a new list of devices is done next; nothing is read meanwhile. */
enum change_step {
    CHANGE_NONE = 1,
    CHANGE_GIVE,
    CHANGE_SORT,
    CHANGE_GATHER,
    CHANGE_CARRY,
    CHANGE_WEIGH
};

struct change {
    enum change_step step;
    struct mono since; /* who has a turn from then on still gets it */
    struct order order;
    struct devices sorted;
    size_t done; /* of that step */
    size_t to;   /* with CHANGE_CARRY: in the new list */
};

struct rounds {
    struct plan *plan;
    const struct rounds_callbacks *callbacks;
    void *arg;
    struct profiles *profiles;
    uint32_t era; /* how often there were others */
    struct visit_book *book;
    int64_t interval_ms;
    int64_t next_interval_ms; /* of the plan that is being given */
    struct devices now;
    struct devices next;
    struct change change;
    size_t cursor;        /* whose turn comes next */
    struct mono round_at; /* when this round began */
    uint32_t round;       /* which one it is */
    uint32_t *open;       /* ids of the devices that are being read */
    size_t open_count;
    size_t waiting;      /* of them: questions that could not leave */
    size_t held;         /* and those that wait for their lane, */
    struct mono held_at; /* the first until then */
    struct meter meter;
    struct reading_counters counters;
};

static inline uint32_t rounds_place_of(uint32_t id)
{
    return id * PLACE_FACTOR; /* a bijection, so that the place is the id to whoever searches */
}

struct read_device *rounds_find(const struct rounds *rounds, uint32_t id);
void rounds_visit_close(struct rounds *rounds, struct read_device *device);
void rounds_device_clear(struct rounds *rounds, struct read_device *device);
/* What is known of it by other profiles than there are now is forgotten. */
void rounds_device_renew(struct rounds *rounds, struct read_device *device);
/* Whose turn comes next at that instant. */
void rounds_find_place(struct rounds *rounds, struct mono now);
void rounds_change_drop(struct rounds *rounds);
#endif
