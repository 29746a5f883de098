/* SPDX-License-Identifier: ISC */
/*
 * topology - which sites hang on which, and whose fault a silence is.
 *
 * Pure: a directed graph of sites and uplinks with the state that each site's device was last heard
 * in. topology_blame() answers for one silent site: its own fault, another's, or not known yet and
 * whom to ask; the flow (daemon/outage.c) carries that out. Does not know tickets, outages or time
 * of day beyond the instants that it is given. Source: definitions, reachability (UNREACHABLE).
 */
#ifndef KT_TOPOLOGY_H
#define KT_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/base/clock.h"
#include "daemon/base/err.h"
#include "probes/link_state.h"

#define TOPOLOGY_NONE     ((size_t)-1)
#define TOPOLOGY_CODE_MAX 64
#define TOPOLOGY_ASK_MAX  16

#define FRESH_MS 1000 /* a site above is vouched for by an answer this old at the verdict */
/* Or by one that it gave so long after the silence had begun: so many misses are none by chance,
 * while the way was whole. A verdict may take longer. */
#define ALONE_MS 25000

struct topology;

/* An answer at or after this is from the time of a silence, whoever gives it. */
struct wall topology_fresh(struct wall first_bad, struct wall detected);

struct topology *topology_new(void);
/*
 * Before sealing. uplinks: site codes separated by blanks, nearest to the truth first; "" for none.
 * A core without a device counts as up. Codes and their number are copied and checked by
 * topology_seal().
 */
void topology_add(struct topology *topology, const char *code, const char *uplinks, bool is_core,
                  bool has_device);
/*
 * Sorts by code, joins uplinks to sites. False: a code twice, an unknown uplink, a cycle; the
 * topology is then only good for topology_free().
 */
KT_MUST_CHECK bool topology_seal(struct topology *topology, struct err *err);
/* The same in steps, for who has a loop to run: of some `most` sites each, until it is one of the
 * others. */
enum topology_sealing { TOPOLOGY_SEALS = 1, TOPOLOGY_SEALED, TOPOLOGY_REFUSED };
enum topology_sealing topology_seal_step(struct topology *topology, size_t most, struct err *err);
void topology_free(struct topology *topology);

size_t topology_count(const struct topology *topology);
size_t topology_index(const struct topology *topology, const char *code); /* or TOPOLOGY_NONE */
const char *topology_code(const struct topology *topology, size_t site);
size_t topology_row(const struct topology *topology, size_t site); /* added as which, from 0 */
/* The sites above it, as the inventory ranks them; how many, and where they are. */
size_t topology_uplinks(const struct topology *topology, size_t site, const size_t **parents);

/* Before anything that is said of a site is looked at or said anew: whoever takes over from a
 * topology before this one sets it by then. await NULL: there is nobody any more. */
typedef void topology_await_fn(size_t site, void *arg);
void topology_await(struct topology *topology, topology_await_fn *await, void *arg);

bool topology_hangs(const struct topology *topology, size_t site);   /* from another site */
bool topology_carries(const struct topology *topology, size_t site); /* another site */

/* What the prober says of the site's device. heard: its last answer, as far as the parent knows. */
void topology_set(struct topology *topology, size_t site, enum link_state state, struct wall heard);
struct wall topology_heard(const struct topology *topology, size_t site);
/* A verdict was reached for a silent site: root is the site itself or another; NONE: no longer
 * silent. fresh: of a silence that is its own, topology_fresh(). */
void topology_set_root(struct topology *topology, size_t site, size_t root, struct wall fresh);

enum blame { BLAME_SELF = 1, BLAME_OTHER, BLAME_WAIT };

struct blame_answer {
    enum blame blame;
    size_t root;   /* of BLAME_SELF and BLAME_OTHER */
    size_t unsure; /* of BLAME_WAIT: the first site above that nobody can vouch for */
    size_t ask[TOPOLOGY_ASK_MAX]; /* of BLAME_WAIT: sites to probe now; what is not here decides
                                     itself */
    size_t ask_count;
};

/* An outage of the site has just ended, which was that root's fault (or its own); NONE: a few
 * misses, of which no outage came. */
void topology_set_over(struct topology *topology, size_t site, size_t root, struct wall over);

/*
 * Whose fault is it that this site is silent? A path to the core counts as whole when the site
 * above has answered at or after fresh, whatever became of it since; as broken when that site is
 * silent, or not quite back, with a known root. One whole path makes it the site's own fault; only
 * broken paths make it the first one's root's.
 */
struct blame_answer topology_blame(const struct topology *topology, size_t site, struct wall fresh);
/*
 * The same, but a site above counts as broken, too, whose outage ended at or after first_bad, when
 * this silence began, and at or after over_after: whoever is below it may not be back yet. Where
 * all that is above missed no more than a few probes, root is NONE, and unsure the first of them.
 */
struct blame_answer topology_blame_past(const struct topology *topology, size_t site,
                                        struct wall first_bad, struct wall over_after);

/*
 * The sites that root cuts off: below it and below no other root before, and on no path to a core
 * that avoids every silent root; another root below it has a fault of its own and is none. Nor is
 * who is not silent and has answered since the roots above it are, nor what hangs on that, nor a
 * site without a device on which such a one hangs alone: they forward. But whose silence was put
 * down to root is one, whatever else is known. Returns their number and where they are, in order of
 * code, until topology_affected() or topology_below() is called again. root itself is not among
 * them. Costs what lies below root and on the ways from there to a core, however big the network
 * is.
 */
size_t topology_affected(const struct topology *topology, size_t root, const size_t **out);
/* All that hangs below a site, in no order; until the next such call. */
size_t topology_below(const struct topology *topology, size_t top, const size_t **out);
#endif
