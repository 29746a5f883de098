/* SPDX-License-Identifier: ISC */
/*
 * roster_inside - what roster.c (rows in, answers out), roster_seal.c (rows become a roster) and
 * roster_take.c (what the roster before knew goes over) share. Nobody else includes it.
 */
#ifndef KT_ROSTER_INSIDE_H
#define KT_ROSTER_INSIDE_H

#include "daemon/roster.h"
#include "probes/order.h"

#define SITE_BLOCK 128

/* A row, until the site has what the roster before knew of it. */
struct told {
    char code[TOPOLOGY_CODE_MAX];
    char root[TOPOLOGY_CODE_MAX];
    char feeder[TOPOLOGY_CODE_MAX];
    uint32_t device_id;
    bool left_out;
    bool has_outage;
    struct wall last_good;
    struct wall first_bad;
    struct wall detected;
};

struct by_device {
    uint32_t device_id;
    size_t site;
};

/* A device beside a gateway, until the sites have indices. */
struct told_beside {
    char code[TOPOLOGY_CODE_MAX];
    uint32_t device_id;
};

/* What of the sealing is done next. */
enum roster_step {
    ROSTER_TOPOLOGY = 1,
    ROSTER_BEFORE,
    ROSTER_FEEDERS,
    ROSTER_FEEDERS_SEAL,
    ROSTER_DEVICES,
    ROSTER_DEVICES_SORT,
    ROSTER_BESIDE,
    ROSTER_BESIDE_SORT,
    ROSTER_BESIDE_BY_SITE,
    ROSTER_DONE
};

/* Devices that are put in order of their numbers or of their sites. */
struct device_sort {
    struct by_device *from;
    size_t count;
    struct by_device *to;
    struct order order;
    size_t added, gathered;
};

struct roster {
    struct topology *topology;
    struct feeders *feeders;
    struct told *told; /* as they came; NULL once all sites are placed */
    size_t count;
    size_t room;
    struct site **blocks;
    size_t block_count;        /* that are there */
    struct by_device *devices; /* sorted */
    size_t device_count;
    struct told_beside *told_beside; /* NULL once sealed */
    size_t told_beside_count;
    size_t told_beside_room;
    struct by_device *beside;         /* sorted by device */
    struct by_device *beside_by_site; /* the same, sorted by site, then by device */
    size_t beside_count;

    enum roster_step step;
    size_t done;         /* of that step */
    size_t before_at;    /* with ROSTER_BEFORE: in the roster before */
    size_t *before;      /* by site: its index there, until all are placed */
    bool *awaited;       /* by site: not placed yet; NULL once all are */
    struct roster *last; /* NULL: nothing goes over, or all has */
    struct wall taken_at;
    size_t moved; /* sites that are placed for sure */
    struct device_sort sort;
};

void *roster_must(void *memory);
static inline struct site *roster_place_of(const struct roster *roster, size_t index)
{
    return &roster->blocks[index / SITE_BLOCK][index % SITE_BLOCK];
}
/* The site gets what its row and the roster before say of it. */
void roster_place(struct roster *roster, size_t index);
/* Its sites are no longer asked for. True: none is left. */
bool roster_bury(struct roster *roster, size_t most);
#endif
