/* SPDX-License-Identifier: ISC */
/*
 * world - the demo district: sites, their uplinks, what is cut or without power, who can be heard.
 *
 * Loaded once from an inventory; the owner frees it. Commands go in (world_command), changes of who
 * answers come out through the owner's callback: they are the ground truth of a test. Reads the
 * inventory's files, otherwise pure: instants are parameters. Sockets are in port.h, words over the
 * control socket in control.h.
 */
#ifndef KT_FLEET_WORLD_H
#define KT_FLEET_WORLD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "daemon/base/err.h"
#include "daemon/base/text.h"
#include "tests/fleet/agent.h"

#define SITE_CODE_MAX    64
#define SITE_UPLINKS_MAX 8

struct site {
    char code[SITE_CODE_MAX];
    char name[128];
    char kecamatan[96];
    size_t uplinks[SITE_UPLINKS_MAX]; /* places in world.sites */
    size_t uplink_count;              /* 0: a core, which hears by itself */
    bool cut;                         /* no uplink works; power is there */
    bool off;                         /* no power */
    unsigned loss_percent;            /* of its own round trips, not of those behind it */
    int64_t delay_ms;
    struct mono booted_at;
    uint32_t boots;
    bool heard;        /* a path of live sites leads to a core */
    size_t fault_site; /* while not heard: the site that is cut or off on the way, maybe itself */
};

struct device {
    struct sockaddr_in address;
    size_t site;
    struct agent agent;
};

/* One change that a person or a test may want to know: line is "CODE silent|answers reason...". */
typedef void world_told_fn(const char *line, void *arg);

struct world {
    struct site *sites; /* sorted by code */
    size_t site_count;
    struct device *devices; /* sorted by port, then address */
    size_t device_count;
    world_told_fn *told;
    void *told_arg;
    uint64_t dice; /* state of the generator that loses packets */
};

/* From dir/sites.csv and dir/devices.csv. Refuses addresses outside 127/8. On false nothing is
 * left. */
KT_MUST_CHECK bool world_load(struct world *world, const char *dir, struct mono now,
                              struct err *err);

/* NULL: not in the inventory. */
struct site *world_site(const struct world *world, const char *code);
/* Who is heard, anew, after cut or off of any site was set. */
void world_settle(struct world *world);

enum world_answer { WORLD_DONE = 1, WORLD_REFUSED, WORLD_USAGE, WORLD_ANSWER_END };

/*
 * One command line, "cut 33.14.01 33.14.02". Lines for the asker are added to out; refused or
 * misused, nothing has changed and err says why.
 */
enum world_answer world_command(struct world *world, const char *line, struct mono now,
                                struct text *out, struct err *err);

/* NULL: nobody lives there. */
const struct device *world_find(const struct world *world, const struct sockaddr_in *address);
/* Can this device be heard at all? Does not throw the dice of its loss. */
bool world_hears(const struct world *world, const struct device *device);
/* Throws them. True: this round trip is lost. */
bool world_loses(struct world *world, const struct device *device);
struct agent_vitals world_vitals(const struct world *world, const struct device *device,
                                 struct mono now);
void world_free(struct world *world);
#endif
