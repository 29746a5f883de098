/* SPDX-License-Identifier: ISC */
/*
 * beside - the flow of the devices beside the gateways: radios, UPS, OLTs. They are probed and read
 * as gateways are, and people see whether they answer; but a site is what its gateway is, so no
 * outage and no ticket comes of them.
 *
 * Hears changes from the prober and tells the database some at a time, the last word of each. What
 * is told again is the same, so after the database was away everything is. While the poller is cut
 * off all but references are unknown, until they answer.
 */
#ifndef KT_BESIDE_H
#define KT_BESIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/plan.h"

struct beside;
struct loop;
struct pg_conn;
struct probers;

/* A device of the plan; code: of its site. */
struct beside_device {
    uint32_t device_id;
    char code[64];
    bool left_out;  /* nobody probes it: no usable secret or address */
    bool reference; /* by which the poller judges itself */
};

struct beside_counts {
    size_t up;
    size_t down;
    size_t unknown;
    size_t left_out; /* of the unknown: not probed at all */
};

struct beside *beside_new(struct loop *loop);
void beside_free(struct beside *beside); /* NULL allowed */
void beside_set_database(struct beside *beside, struct pg_conn *conn);
void beside_on_database(struct beside *beside, bool up);

/* The whole plan; devices that stay keep what is known of them, but of those that are left out
 * nothing is known until a plan has them again, and that is told. */
void beside_take_plan(struct beside *beside, const struct beside_device *devices, size_t count);
/* False: it is none of these, or left out. */
bool beside_on_change(struct beside *beside, const struct link_change *change);
/* Those that this child asked are unknown until another does. */
void beside_on_prober_lost(struct beside *beside, const struct probers *probers, uint32_t shard);
/* The one that replaces it begins with those that were silent, and says nothing until they answer.
 */
void beside_on_prober_ready(struct beside *beside, const struct probers *probers, uint32_t shard);
/* The poller is cut off, and has been since then; or is no longer, and asks all but references
 * anew.
 */
void beside_set_blind(struct beside *beside, struct probers *probers, bool blind,
                      struct wall since);
/* The code of its site; NULL: it is none of these, or left out. */
const char *beside_site_of(const struct beside *beside, uint32_t device_id);
void beside_counts(const struct beside *beside, struct beside_counts *out);

void beside_stop(struct beside *beside);
bool beside_idle(const struct beside *beside);
#endif
