/* SPDX-License-Identifier: ISC */
/* The rows become a roster, a little at a time. What goes over from the one before is found by its
 * codes, both being in their order. */
#include "daemon/roster_inside.h"

#include <stdlib.h>
#include <string.h>

static void next_step(struct roster *roster, enum roster_step step)
{
    roster->step = step;
    roster->done = 0;
}

/* The row of a site. */
static const struct told *told_of(const struct roster *roster, size_t index)
{
    return &roster->told[topology_row(roster->topology, index)];
}

static bool seal_topology(struct roster *roster, size_t most, struct err *err)
{
    size_t blocks = roster->count / SITE_BLOCK + 1;

    switch (topology_seal_step(roster->topology, most, err)) {
    case TOPOLOGY_REFUSED:
        return false;
    case TOPOLOGY_SEALS:
        return true;
    case TOPOLOGY_SEALED:
        break;
    }
    roster->blocks = roster_must(calloc(blocks, sizeof(struct site *)));
    roster->before = roster_must(calloc(roster->count + 1, sizeof *roster->before));
    roster->awaited = roster_must(calloc(roster->count + 1, sizeof *roster->awaited));
    next_step(roster, ROSTER_BEFORE);
    return true;
}

/* Also gives each block of sites its memory. */
static void find_before(struct roster *roster, const struct roster *old, size_t most)
{
    size_t old_count = old == NULL ? 0 : old->count;

    while (most-- > 0 && roster->done < roster->count) {
        const char *code = topology_code(roster->topology, roster->done);
        int order = -1;

        if (roster->before_at < old_count)
            order = strcmp(code, topology_code(old->topology, roster->before_at));
        if (order > 0) {
            roster->before_at++;
            continue;
        }
        if (roster->done % SITE_BLOCK == 0)
            roster->blocks[roster->block_count++] =
                roster_must(calloc(SITE_BLOCK, sizeof **roster->blocks));
        roster->before[roster->done] = order == 0 ? roster->before_at++ : TOPOLOGY_NONE;
        roster->awaited[roster->done++] = true;
    }
    if (roster->done == roster->count)
        next_step(roster, ROSTER_FEEDERS);
}

static void add_feeders(struct roster *roster, size_t most)
{
    for (; most > 0 && roster->done < roster->count; most--, roster->done++)
        feeders_add(roster->feeders, told_of(roster, roster->done)->feeder, roster->done);
    if (roster->done == roster->count)
        next_step(roster, ROSTER_FEEDERS_SEAL);
}

static void open_sort(struct roster *roster, size_t room)
{
    roster->sort =
        (struct device_sort){.from = roster_must(calloc(room + 1, sizeof *roster->sort.from))};
}

static uint32_t number_of(const struct by_device *device, bool by_site)
{
    return by_site ? (uint32_t)device->site : device->device_id;
}

/* True: they are in order; of equal ones the first is the first still. */
static bool sort_devices(struct device_sort *sort, bool by_site, size_t most)
{
    if (sort->to == NULL) {
        order_open(&sort->order, sort->count);
        sort->to = roster_must(calloc(sort->count + 1, sizeof *sort->to));
    }
    for (; most > 0 && sort->added < sort->count; most--)
        order_add(&sort->order, number_of(&sort->from[sort->added++], by_site));
    if (sort->added < sort->count || !order_step(&sort->order, most))
        return false;
    for (; most > 0 && sort->gathered < sort->count; most--, sort->gathered++)
        sort->to[sort->gathered] = sort->from[order_of(&sort->order, sort->gathered)];
    return sort->gathered == sort->count;
}

static struct by_device *close_sort(struct device_sort *sort)
{
    struct by_device *sorted = sort->to;

    free(sort->from);
    order_free(&sort->order);
    *sort = (struct device_sort){0};
    return sorted;
}

static void find_devices(struct roster *roster, size_t most)
{
    if (roster->sort.from == NULL)
        open_sort(roster, roster->count);
    for (; most > 0 && roster->done < roster->count; most--, roster->done++) {
        const struct told *told = told_of(roster, roster->done);

        if (told->device_id != 0 && !told->left_out)
            roster->sort.from[roster->sort.count++] =
                (struct by_device){told->device_id, roster->done};
    }
    if (roster->done == roster->count)
        next_step(roster, ROSTER_DEVICES_SORT);
}

static void sort_gateways(struct roster *roster, size_t most)
{
    if (!sort_devices(&roster->sort, false, most))
        return;
    roster->device_count = roster->sort.count;
    roster->devices = close_sort(&roster->sort);
    next_step(roster, ROSTER_BESIDE);
}

static void find_beside(struct roster *roster, size_t most)
{
    if (roster->sort.from == NULL)
        open_sort(roster, roster->told_beside_count);
    for (; most > 0 && roster->done < roster->told_beside_count; most--, roster->done++) {
        const struct told_beside *told = &roster->told_beside[roster->done];
        size_t site = topology_index(roster->topology, told->code);

        if (site != TOPOLOGY_NONE)
            roster->sort.from[roster->sort.count++] = (struct by_device){told->device_id, site};
    }
    if (roster->done == roster->told_beside_count)
        next_step(roster, ROSTER_BESIDE_SORT);
}

static void sort_beside(struct roster *roster, size_t most)
{
    if (!sort_devices(&roster->sort, false, most))
        return;
    roster->beside_count = roster->sort.count;
    roster->beside = close_sort(&roster->sort);
    free(roster->told_beside);
    roster->told_beside = NULL;
    open_sort(roster, roster->beside_count);
    next_step(roster, ROSTER_BESIDE_BY_SITE);
}

static void sort_beside_by_site(struct roster *roster, size_t most)
{
    struct device_sort *sort = &roster->sort;

    for (; most > 0 && sort->count < roster->beside_count; most--, sort->count++)
        sort->from[sort->count] = roster->beside[sort->count];
    if (sort->count < roster->beside_count || !sort_devices(sort, true, most))
        return;
    roster->beside_by_site = close_sort(sort);
    next_step(roster, ROSTER_DONE);
}

enum topology_sealing roster_prepare(struct roster *roster, const struct roster *old, size_t most,
                                     struct err *err)
{
    switch (roster->step) {
    case ROSTER_TOPOLOGY:
        if (!seal_topology(roster, most, err))
            return TOPOLOGY_REFUSED;
        break;
    case ROSTER_BEFORE:
        find_before(roster, old, most);
        break;
    case ROSTER_FEEDERS:
        add_feeders(roster, most);
        break;
    case ROSTER_FEEDERS_SEAL:
        if (feeders_seal_step(roster->feeders, roster->count, most))
            next_step(roster, ROSTER_DEVICES);
        break;
    case ROSTER_DEVICES:
        find_devices(roster, most);
        break;
    case ROSTER_DEVICES_SORT:
        sort_gateways(roster, most);
        break;
    case ROSTER_BESIDE:
        find_beside(roster, most);
        break;
    case ROSTER_BESIDE_SORT:
        sort_beside(roster, most);
        break;
    case ROSTER_BESIDE_BY_SITE:
        sort_beside_by_site(roster, most);
        break;
    case ROSTER_DONE:
        break;
    }
    return roster->step == ROSTER_DONE ? TOPOLOGY_SEALED : TOPOLOGY_SEALS;
}
