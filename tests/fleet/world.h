/* SPDX-License-Identifier: ISC */
/*
 * world - the demo district: sites, their uplinks, what is cut or without power, who can be heard.
 *
 * Loaded from an inventory, or made of nothing but a number and a net; the owner frees it. Commands
 * go in (command.h), changes of who answers come out through the owner's callback: they are the
 * ground truth of a test. Kept small, some 100 bytes for a site with its device, because there may
 * be a million. Reads the inventory's files, otherwise pure: instants are parameters. Sockets are
 * in port.h.
 */
#ifndef KT_FLEET_WORLD_H
#define KT_FLEET_WORLD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "daemon/base/err.h"
#include "tests/fleet/agent.h"

#define SITE_CODE_MAX 64
#define ENGINE_BYTES  11

/* Texts are places in world.words; other sites are places in world.sites. */
struct site {
    struct mono booted_at;
    uint32_t code;
    uint32_t name;
    uint32_t kecamatan;
    uint32_t uplinks; /* its first in world.uplinks */
    uint32_t boots;
    uint32_t fault_site; /* while not heard: the site that is cut or off on the way, maybe itself */
    uint16_t delay_ms;
    uint16_t forged_percent; /* forged replies per 100 requests */
    uint16_t forge;          /* of which classes: bit 1 << enum forge */
    uint8_t fade_db;         /* its radio hears so much less */
    uint8_t loss_percent;    /* of its own round trips, not of those behind it */
    uint8_t uplink_count;    /* 0: a core, which hears by itself */
    bool cut;                /* no uplink works; power is there */
    bool off;                /* no power */
    bool heard;              /* a path of live sites leads to a core */
    bool has_device;
};

struct device {
    uint32_t address; /* host order */
    uint32_t site;
    uint32_t name;
    uint32_t engine; /* 0: one of its own */
    uint16_t port;
    uint8_t profile; /* mib_profile_at() */
    uint8_t speaks;  /* enum agent_speaks; with AGENT_V1 alone an old radio */
};

/* What happened since the start, for "ctl counters". */
struct world_counters {
    uint64_t requests;
    uint64_t answers;
    uint64_t lost;    /* by loss */
    uint64_t silent;  /* asked while nobody can hear it */
    uint64_t strange; /* no device there, or nothing that it answers */
    uint64_t forged[FORGE_END];
};

/* One change that a person or a test may want to know: line is "CODE silent|answers reason...". */
typedef void world_told_fn(const char *line, void *arg);

struct world {
    char *words;
    size_t words_bytes, words_room;
    struct site *sites; /* sorted by code */
    size_t site_count;
    uint32_t *uplinks;
    size_t uplink_count, uplink_room;
    struct device *devices; /* sorted by port, then address */
    size_t device_count;
    struct usm *usm; /* borrowed; NULL: nobody speaks v3 */
    world_told_fn *told;
    void *told_arg;
    uint64_t dice; /* state of the generator that loses packets */
    struct world_counters counters;
};

/* From dir/sites.csv and dir/devices.csv. Refuses addresses outside 127/8. On false nothing is
 * left. */
KT_MUST_CHECK bool world_load(struct world *world, const char *dir, struct mono now,
                              struct err *err);

/* The i-th device is at net's i-th address; where the net ends, the next port begins. */
struct world_plan {
    const char *net; /* "127.1.0.0/16" */
    size_t count;
    uint16_t port; /* the first; what the rest takes must fit behind it */
    unsigned speaks;
    const struct mib_profile *profile;
};

/* Sites d0000000, d0000001, …, each a core with one device. */
KT_MUST_CHECK bool world_make(struct world *world, const struct world_plan *plan, struct mono now,
                              struct err *err);
/* The first address and how many there are; false: no net inside 127/8. */
KT_MUST_CHECK bool world_net(const char *text, uint32_t *first, uint32_t *count, struct err *err);

const char *world_word(const struct world *world, uint32_t place);
uint32_t world_add_word(struct world *world, const char *word);
/* NULL: not in the inventory. */
struct site *world_site(const struct world *world, const char *code);
/* Who is heard, anew, after cut or off of any site was set. */
void world_settle(struct world *world);

/* All of it but its vitals; engine is room for its id. Borrows from the world. */
void world_agent(const struct world *world, const struct device *device,
                 uint8_t engine[ENGINE_BYTES], struct agent *agent);
struct vitals world_vitals(const struct world *world, const struct device *device, struct mono now);
/* Can this device be heard at all? Does not throw the dice of its loss. */
bool world_hears(const struct world *world, const struct device *device);
/* Throws them. True: this round trip is lost. */
bool world_loses(struct world *world, const struct device *device);
/* How many forged replies go beside this answer, and of which class the next one is. */
unsigned world_forgeries(struct world *world, const struct device *device);
enum forge world_forge(struct world *world, const struct device *device);
void world_free(struct world *world);

/* For world_load.c and world_make.c: what differs from site to site but not from run to run. */
void world_site_born(struct site *site, const char *code, struct mono now);
#endif
