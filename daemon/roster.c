/* SPDX-License-Identifier: ISC */
#include "daemon/roster_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void *roster_must(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

struct roster *roster_new(void)
{
    struct roster *roster = roster_must(calloc(1, sizeof *roster));

    roster->topology = topology_new();
    roster->feeders = feeders_new();
    roster->step = ROSTER_TOPOLOGY;
    return roster;
}

static void copy_code(char out[TOPOLOGY_CODE_MAX], const char *code)
{
    memccpy(out, code, '\0', TOPOLOGY_CODE_MAX);
    out[TOPOLOGY_CODE_MAX - 1] = '\0';
}

void roster_add(struct roster *roster, const struct roster_row *row)
{
    struct told *told;

    topology_add(roster->topology, row->code, row->uplinks, row->is_core, row->device_id != 0);
    if (roster->count == roster->room) {
        roster->room = roster->room == 0 ? 64 : roster->room * 2;
        roster->told = roster_must(reallocarray(roster->told, roster->room, sizeof *roster->told));
    }
    told = &roster->told[roster->count++];
    *told = (struct told){.device_id = row->device_id,
                          .left_out = row->left_out,
                          .has_outage = row->outage_root != NULL,
                          .last_good = row->last_good,
                          .first_bad = row->first_bad,
                          .detected = row->detected};
    copy_code(told->code, row->code);
    if (row->feeder != NULL)
        copy_code(told->feeder, row->feeder);
    if (row->outage_root != NULL)
        copy_code(told->root, row->outage_root);
}

void roster_add_beside(struct roster *roster, const char *code, uint32_t device_id)
{
    struct told_beside *told;

    if (roster->told_beside_count == roster->told_beside_room) {
        roster->told_beside_room =
            roster->told_beside_room == 0 ? 64 : roster->told_beside_room * 2;
        roster->told_beside = roster_must(reallocarray(
            roster->told_beside, roster->told_beside_room, sizeof *roster->told_beside));
    }
    told = &roster->told_beside[roster->told_beside_count++];
    told->device_id = device_id;
    copy_code(told->code, code);
}

void roster_free(struct roster *roster)
{
    if (roster == NULL)
        return;
    roster_free(roster->last);
    while (!roster_bury(roster, SIZE_MAX))
        ;
    topology_free(roster->topology);
    feeders_free(roster->feeders);
    free(roster->told);
    free(roster->blocks);
    free(roster->before);
    free(roster->awaited);
    free(roster->sort.from);
    free(roster->sort.to);
    order_free(&roster->sort.order);
    free(roster->devices);
    free(roster->told_beside);
    free(roster->beside);
    free(roster->beside_by_site);
    free(roster);
}

size_t roster_count(const struct roster *roster)
{
    return roster->count;
}

struct site *roster_site(struct roster *roster, size_t index)
{
    assert(index < roster->count);
    if (roster->awaited != NULL && roster->awaited[index])
        roster_place(roster, index);
    return roster_place_of(roster, index);
}

size_t roster_before(const struct roster *roster, size_t index)
{
    assert(index < roster->count);
    return roster->before == NULL || roster->last == NULL ? TOPOLOGY_NONE : roster->before[index];
}

const char *roster_code(const struct roster *roster, size_t index)
{
    return topology_code(roster->topology, index);
}

static int by_device_id(const void *a, const void *b)
{
    const struct by_device *left = a;
    const struct by_device *right = b;

    return (left->device_id > right->device_id) - (left->device_id < right->device_id);
}

static size_t site_of(const struct by_device *devices, size_t count, uint32_t device_id)
{
    struct by_device key = {.device_id = device_id};
    const struct by_device *found = bsearch(&key, devices, count, sizeof *devices, by_device_id);

    return found == NULL ? TOPOLOGY_NONE : found->site;
}

size_t roster_by_device(const struct roster *roster, uint32_t device_id)
{
    return site_of(roster->devices, roster->device_count, device_id);
}

size_t roster_by_beside(const struct roster *roster, uint32_t device_id)
{
    return site_of(roster->beside, roster->beside_count, device_id);
}

size_t roster_beside(const struct roster *roster, size_t index, uint32_t *devices, size_t most)
{
    size_t low = 0, high = roster->beside_count, count = 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (roster->beside_by_site[middle].site < index)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < roster->beside_count && roster->beside_by_site[low].site == index && count < most;
         low++)
        devices[count++] = roster->beside_by_site[low].device_id;
    return count;
}

const struct feeders *roster_feeders(const struct roster *roster)
{
    return roster->feeders;
}

struct topology *roster_topology(struct roster *roster)
{
    return roster->topology;
}

const char *roster_state_word(struct roster *roster, size_t index)
{
    struct site *site = roster_site(roster, index);
    const struct span *span = spans_current(&site->spans);

    if (site->state == LINK_UNKNOWN)
        return "unknown";
    if (span != NULL && site->doubtful)
        return site->was_unknown ? "unknown" : "up";
    if (span == NULL)
        return "up";
    return span->root == index || span->root == SPAN_ROOT_UNKNOWN ? "down" : "unreachable";
}
