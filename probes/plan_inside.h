/* SPDX-License-Identifier: ISC */
/*
 * plan_inside - what plan.c (who is due, and what results make of it) and plan_take.c (a new plan
 * takes the place of the old) share. Nobody else includes it.
 */
#ifndef KT_PLAN_INSIDE_H
#define KT_PLAN_INSIDE_H

#include "probes/lanes.h"
#include "probes/plan.h"
#include "probes/unit.h"
#include "probes/verify_list.h"
#include "probes/wheel.h"

struct plan {
    plan_change_fn *on_change;
    plan_verdict_fn *on_verdict;
    plan_rollup_fn *on_rollup;
    void *arg;
    struct plan_policy policy;
    struct detector_policy detector; /* as that has it */
    struct unit *units;              /* by id; fixed in memory until the next commit */
    size_t count;
    struct plan_policy next_policy;
    struct plan_device *next; /* what was given since plan_begin() */
    size_t next_count;
    size_t next_room;
    struct credentials credentials;
    struct credentials next_credentials;
    struct lanes lanes;
    uint32_t swept_slot; /* every device from swept on may still be in an older one */
    size_t swept;
    struct verify_list trials;
    struct wheel wheel;
};

struct unit *plan_unit(const struct plan *plan, uint32_t id); /* NULL: not in it */
void plan_wipe(void *at, size_t bytes);                       /* and frees; NULL allowed */
/* Each once, when the plan is whole again: who hears it may order anew. */
void plan_tell_verdicts(struct plan *plan, struct mono now);
#endif
