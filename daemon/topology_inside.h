/* SPDX-License-Identifier: ISC */
/*
 * topology_inside - what topology.c, which answers, and topology_seal.c, which makes a network of
 * rows, share. Nobody else includes it.
 */
#ifndef KT_TOPOLOGY_INSIDE_H
#define KT_TOPOLOGY_INSIDE_H

#include "daemon/topology.h"
#include "daemon/word_order.h"

struct node {
    char code[TOPOLOGY_CODE_MAX];
    size_t row;         /* it was added as the how-manieth */
    char *uplink_codes; /* until its uplinks are joined */
    size_t first_parent, parent_count;
    size_t first_child, child_count;
    bool is_core;
    bool has_device;
    enum link_state state;
    struct wall heard;
    size_t root;
    struct wall fresh; /* where root is the site itself */
    size_t over_root;  /* whose fault its last outage was, and when that ended */
    struct wall over;
    uint32_t below_in; /* scratch of topology_below(): the round in which it was found */
    uint32_t
        linked_in; /* scratch of topology_affected(): the round in which the rest was learned */
    bool linked;
    struct wall cut_since; /* when it is not: who answered at or after this is */
};

struct scratch {
    uint32_t round; /* 2^32 of them: an outage of a root a second for a century */
    size_t *sites;
};

/* What of the sealing is done next. */
enum seal_step {
    SEAL_ORDER = 1,
    SEAL_PLACE,
    SEAL_JOIN,
    SEAL_COUNT,
    SEAL_CHILDREN,
    SEAL_TOPS,
    SEAL_TAKE_AWAY,
    SEAL_DONE
};

struct seal {
    enum seal_step step;
    size_t done;       /* of that step */
    size_t head, tail; /* of the queue, with SEAL_TAKE_AWAY */
    struct word_order order;
    struct node *sorted;
    size_t *waiting; /* by site: uplinks that are not taken away yet */
};

struct topology {
    struct node *nodes;
    size_t count;
    size_t room;
    size_t *parents; /* of the first site, of the second, … */
    size_t parent_count;
    size_t parent_room;
    size_t *children; /* ditto */
    topology_await_fn *await;
    void *await_arg;
    struct seal seal;
    struct scratch *scratch; /* what asking writes to */
};

void *topology_grow(void *old, size_t count, size_t size);
void topology_seal_free(struct topology *topology);
#endif
