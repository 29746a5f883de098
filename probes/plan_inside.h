/* SPDX-License-Identifier: ISC */
/*
 * plan_inside - what plan.c (who is due, and what results make of it), plan_next.c (the next plan
 * is made beside the one in force) and plan_take.c (it takes the other's place) share. Nobody else
 * includes it.
 *
 * Between plan_switch() and the end of plan_move_in() most devices are still where they were. Each
 * goes over when its turn comes or when somebody asks for it, as it would have gone at the moment
 * of the switch: nobody outside can tell when it did. Only who is new, or asked out of turn by the
 * switch itself, has to wait until plan_move_in() has come to it.
 */
#ifndef KT_PLAN_INSIDE_H
#define KT_PLAN_INSIDE_H

#include "probes/lanes.h"
#include "probes/order.h"
#include "probes/plan.h"
#include "probes/units.h"
#include "probes/verify_list.h"
#include "probes/wheel.h"

#define GIVEN_BLOCK 256

/* Devices as they are given, in any order. In blocks: none is copied when more come. */
struct given {
    struct plan_device **blocks;
    size_t count;
    size_t room; /* blocks */
};

/* What of the next plan is made next. */
enum next_step { NEXT_GATHER = 1, NEXT_SORT, NEXT_BUILD, NEXT_SORT_LANES, NEXT_LANES, NEXT_READY };

/* A plan that is not in force yet. */
struct next_plan {
    struct plan_policy policy;
    struct credentials credentials;
    struct given given;
    enum next_step step;
    size_t done; /* of that step */
    struct order order;
    struct units units; /* with no more than their devices */
    struct lanes lanes;
};

/* A plan that was in force before. */
struct last_plan {
    struct credentials credentials;
    struct units units; /* those that did not go over yet are as they were */
    struct given given; /* of the plan in force; of no use any more */
    struct plan_now left_at;
    size_t moved; /* of the units in force, by index */
};

struct plan {
    plan_change_fn *on_change;
    plan_verdict_fn *on_verdict;
    plan_rollup_fn *on_rollup;
    plan_learned_fn *on_learned;
    void *arg;
    struct plan_policy policy;
    struct detector_policy detector; /* as that has it */
    struct units units;              /* fixed in memory until the next switch */
    uint32_t generation;             /* another number for each plan */
    struct next_plan next;
    struct last_plan last;
    struct credentials credentials;
    struct lanes lanes;
    uint32_t swept_slot; /* every device from swept on may still be in an older one */
    size_t swept;
    struct mono learned_from; /* when the round of plan_tell_learned() began */
    size_t learned_next;
    struct verify_list trials;
    struct wheel wheel;
};

struct unit *plan_unit(struct plan *plan, uint32_t id); /* NULL: not in it */
struct unit *plan_unit_at(struct plan *plan, size_t index);
/* What is known of it comes over from the plan before, as at the moment of the switch. */
void plan_unit_move_in(struct plan *plan, struct unit *unit);
void plan_next_free(struct next_plan *next);
void plan_given_free(struct given *given);
void plan_last_free(struct plan *plan);
/* Each once, when the plan is whole again: who hears it may order anew. */
void plan_tell_verdicts(struct plan *plan, struct mono now);
#endif
