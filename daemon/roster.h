/* SPDX-License-Identifier: ISC */
/*
 * roster - every site that is watched, as last loaded from the database: what is known of each, and
 * the graph of their uplinks.
 *
 * Pure. A new roster is built row by row and takes over from the one before what it had learned
 * (states, outages not confirmed yet), by site code. Indices are the topology's. Only the outage
 * flow (daemon/outage.c) writes to a site.
 */
#ifndef KT_ROSTER_H
#define KT_ROSTER_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "daemon/base/err.h"
#include "daemon/cause_proof.h"
#include "daemon/feeders.h"
#include "daemon/flapping.h"
#include "daemon/spans.h"
#include "daemon/topology.h"

/* That a site flaps, or did, as it is told to the database. */
struct flapping_told {
    struct wall since; /* the change that made it certain: with the site, its name; unset: none */
    struct wall until; /* the last change; unset while it lasts */
    uint32_t revision, sent, confirmed; /* as a span's */
};

struct site {
    uint32_t device_id;    /* 0: no device, never probed */
    enum link_state state; /* LINK_UNKNOWN without a device */
    struct wall since;     /* of that state, as people see it (SUSPECT does not count); zero: of
                              which nobody has heard yet, to be set by the flow */
    struct spans spans;
    struct wall fresh; /* the sites above must have answered at or after this to be vouched for */
    struct mono
        wait_until;     /* a silence whose fault is not known yet is the site's own from here on */
    struct mono ask_at; /* when the sites above may be asked again */
    struct mono
        grace_until; /* the root came back and this site did not: judged again from here on */
    struct flapping flapping;
    struct flapping_told flaps;
    struct cause_vitals vitals; /* the last good ones: no silence and no outage changes them */
    struct mono vitals_at;      /* when they were, by the clock that nobody sets; zero: in
                                   another daemon's time, and only vitals.at tells */
    struct cause_habit habit;   /* what was proven of its earlier outages */
    size_t
        doubt; /* a site above that was not known to answer when it was judged; or TOPOLOGY_NONE */
    size_t waited_for;       /* a site above that had to be asked first; or TOPOLOGY_NONE */
    struct mono asked_until; /* it was asked for one below it, and has its time-out until then */
    struct mono below_until; /* who hangs on it was asked, and answers by then if it can */
    uint64_t covered;        /* whom its outage was told to cut off: a hash of their codes */
    bool has_covered;        /* by that outage, and be it another time */
    uint64_t cover_asked;    /* ditto, of whom those who may answer were asked */
    uint32_t own_misses; /* in that grace or doubt, as often as it was asked by itself and silent */
    bool asked_last;     /* it was silent often enough, and the sites above are asked once more */
    bool in_grace;
    bool believed;    /* the poller was in touch when this silence was judged */
    bool doubtful;    /* not known yet: the site is shown as it was before */
    bool held;        /* it may be on its way back from a time in which we were cut off */
    bool held_asked;  /* ditto, and it is being asked for the last time */
    bool was_unknown; /* with doubtful: it was "unknown", not "up" */
    bool left_out;    /* it has a device that nobody probes: no usable secret or address */
    bool spoken_of;   /* it has or had a device, so the database is told what people see of it */
    bool state_told;  /* the database has what people see */
};

struct roster_row {
    const char *code;
    const char *uplinks;
    bool is_core;
    const char *feeder; /* NULL or "": not known */
    uint32_t device_id;
    bool left_out; /* the prober does not get that device: whatever was known of it is not any more
                    */
    const char *outage_root; /* NULL: no open outage */
    struct wall last_good;
    struct wall first_bad;
    struct wall detected;
};

struct roster;

struct roster *roster_new(void);
void roster_add(struct roster *roster, const struct roster_row *row);
/* A device beside the gateway of a site, whose row may come later. What it says is evidence, and
 * its state is nobody's: roster_by_device() does not know it. */
void roster_add_beside(struct roster *roster, const char *code, uint32_t device_id);
/* old may be NULL. False: the rows do not make a network (words); old is as it was. */
KT_MUST_CHECK bool roster_seal(struct roster *roster, struct roster *old, struct err *err);
/*
 * The same in steps, for who has a loop to run, of some `most` sites each. roster_prepare() until
 * it is sealed, while the old one goes on; a refused one is only good for roster_free(). Then
 * roster_take_over(): from then on the new one counts, and has the old one, which nobody else may
 * touch. What that knew of a site goes over when the site is asked for, or by roster_move_in(),
 * which is called until it is true. now: since then nothing is known of a site that is new.
 */
enum topology_sealing roster_prepare(struct roster *roster, const struct roster *old, size_t most,
                                     struct err *err);
void roster_take_over(struct roster *roster, struct roster *last, struct wall now);
bool roster_move_in(struct roster *roster, size_t most);
/* Its index in the old one, or TOPOLOGY_NONE; until roster_move_in() is true. */
size_t roster_before(const struct roster *roster, size_t index);
void roster_free(struct roster *roster);

size_t roster_count(const struct roster *roster);
struct site *roster_site(struct roster *roster, size_t index);
const char *roster_code(const struct roster *roster, size_t index);
/* The site of a device that is probed, or TOPOLOGY_NONE. */
size_t roster_by_device(const struct roster *roster, uint32_t device_id);
/* The site that a device stands in beside the gateway, or TOPOLOGY_NONE. */
size_t roster_by_beside(const struct roster *roster, uint32_t device_id);
/* The devices beside a site's gateway, by rising number, at most so many; how many. */
size_t roster_beside(const struct roster *roster, size_t index, uint32_t *devices, size_t most);
struct topology *roster_topology(struct roster *roster);
const struct feeders *roster_feeders(const struct roster *roster);

/* What people see of a site: "up" "down" "unreachable" "unknown". */
const char *roster_state_word(struct roster *roster, size_t index);
#endif
