/* SPDX-License-Identifier: ISC */
/* The next plan is made, a little at a time, beside the one in force. */
#include "probes/plan_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void plan_given_free(struct given *given)
{
    for (size_t i = 0; i * GIVEN_BLOCK < given->count; i++)
        free(given->blocks[i]);
    free(given->blocks);
    *given = (struct given){0};
}

void plan_next_free(struct next_plan *next)
{
    plan_given_free(&next->given);
    credentials_free(&next->credentials);
    order_free(&next->order);
    units_free(&next->units);
    lanes_free(&next->lanes);
    *next = (struct next_plan){0};
}

void plan_begin(struct plan *plan, const struct plan_policy *policy)
{
    assert(policy->interval_ms > 0 && policy->misses_to_down > 0 && policy->answers_to_up > 0);
    plan_next_free(&plan->next);
    plan->next.policy = *policy;
    plan->next.step = NEXT_GATHER;
}

void plan_credential(struct plan *plan, const struct credential *credential)
{
    credentials_add(&plan->next.credentials, credential);
}

static struct plan_device *given_at(const struct given *given, size_t index)
{
    return &given->blocks[index / GIVEN_BLOCK][index % GIVEN_BLOCK];
}

static void more_blocks(struct given *given)
{
    given->room = given->room == 0 ? 64 : given->room * 2;
    given->blocks = reallocarray(given->blocks, given->room, sizeof(struct plan_device *));
    if (given->blocks == NULL)
        abort();
}

void plan_device(struct plan *plan, const struct plan_device *device)
{
    struct given *given = &plan->next.given;
    size_t block = given->count / GIVEN_BLOCK;

    assert(plan->next.step == NEXT_GATHER && plan->next.done == 0);
    if (given->count % GIVEN_BLOCK == 0) {
        if (block == given->room)
            more_blocks(given);
        given->blocks[block] = calloc(GIVEN_BLOCK, sizeof *given->blocks[block]);
        if (given->blocks[block] == NULL)
            abort();
    }
    *given_at(given, given->count++) = *device;
}

static void next_step(struct next_plan *next, enum next_step step)
{
    next->step = step;
    next->done = 0;
}

/* Ids, to be put in order. */
static void gather(struct next_plan *next, size_t most)
{
    if (next->done == 0)
        order_open(&next->order, next->given.count);
    for (; most > 0 && next->done < next->given.count; most--)
        order_add(&next->order, given_at(&next->given, next->done++)->id);
    if (next->done == next->given.count)
        next_step(next, NEXT_SORT);
}

/* One given twice: the first counts. */
static void build(struct next_plan *next, uint32_t generation, size_t most)
{
    if (next->done == 0)
        units_open(&next->units, next->order.count);
    for (; most > 0 && next->done < next->order.count; most--, next->done++) {
        const struct plan_device *device =
            given_at(&next->given, order_of(&next->order, next->done));
        struct unit *unit;

        if (next->units.count > 0 && next->units.ids[next->units.count - 1] == device->id)
            continue;
        unit = units_add(&next->units, device->id);
        unit->device = *device;
        unit->generation = generation;
        unit->awaited = true;
        if (device->lane != 0)
            lanes_add(&next->lanes, device->lane);
    }
    if (next->done < next->order.count)
        return;
    order_free(&next->order);
    order_open(&next->order, next->lanes.count);
    next_step(next, NEXT_SORT_LANES);
}

/* They come in the order of the devices. */
static void sort_lanes(struct next_plan *next, size_t most)
{
    for (; most > 0 && next->done < next->lanes.count; most--)
        order_add(&next->order, next->lanes.at[next->done++].id);
    if (next->done < next->lanes.count || !order_step(&next->order, most))
        return;
    lanes_free(&next->lanes);
    next_step(next, NEXT_LANES);
}

static void add_lanes(struct next_plan *next, size_t most)
{
    for (; most > 0 && next->done < next->order.count; most--)
        lanes_add(&next->lanes, order_number(&next->order, next->done++));
    if (next->done < next->order.count)
        return;
    order_free(&next->order);
    next_step(next, NEXT_READY);
}

bool plan_prepare(struct plan *plan, size_t most)
{
    struct next_plan *next = &plan->next;

    switch (next->step) {
    case NEXT_GATHER:
        gather(next, most);
        break;
    case NEXT_SORT:
        if (order_step(&next->order, most))
            next_step(next, NEXT_BUILD);
        break;
    case NEXT_BUILD:
        build(next, plan->generation + 1, most);
        break;
    case NEXT_SORT_LANES:
        sort_lanes(next, most);
        break;
    case NEXT_LANES:
        add_lanes(next, most);
        break;
    case NEXT_READY:
        break;
    }
    return next->step == NEXT_READY;
}
