/* SPDX-License-Identifier: ISC */
#include "daemon/roster.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* An open outage as the rows told it, until the topology is sealed and roots have indices. */
struct told {
    char code[TOPOLOGY_CODE_MAX];
    char root[TOPOLOGY_CODE_MAX];
    char feeder[TOPOLOGY_CODE_MAX];
    uint32_t device_id;
    bool left_out;
    bool has_outage;
    struct wall last_good;
    struct wall first_bad;
    struct wall detected;
};

struct by_device {
    uint32_t device_id;
    size_t site;
};

/* A device beside a gateway, until the sites have indices. */
struct told_beside {
    char code[TOPOLOGY_CODE_MAX];
    uint32_t device_id;
};

struct roster {
    struct topology *topology;
    struct feeders *feeders;
    struct told *told; /* NULL once sealed */
    size_t count;
    size_t room;
    struct site *sites;
    struct by_device *devices; /* sorted */
    size_t device_count;
    struct told_beside *told_beside; /* NULL once sealed */
    size_t told_beside_count;
    size_t told_beside_room;
    struct by_device *beside;         /* sorted by device */
    struct by_device *beside_by_site; /* the same, sorted by site, then by device */
    size_t beside_count;
};

static void *must(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

struct roster *roster_new(void)
{
    struct roster *roster = must(calloc(1, sizeof *roster));

    roster->topology = topology_new();
    roster->feeders = feeders_new();
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
        roster->told = must(reallocarray(roster->told, roster->room, sizeof *roster->told));
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
        roster->told_beside = must(reallocarray(roster->told_beside, roster->told_beside_room,
                                                sizeof *roster->told_beside));
    }
    told = &roster->told_beside[roster->told_beside_count++];
    told->device_id = device_id;
    copy_code(told->code, code);
}

/* Roots are indices, and indices move when sites come and go. */
static size_t translate(const struct roster *from, const struct roster *to, size_t index)
{
    if (index == SPAN_ROOT_UNKNOWN)
        return SPAN_ROOT_UNKNOWN;
    return topology_index(to->topology, topology_code(from->topology, index));
}

/* Nobody asks its device any more: what was known of it is not known from now on. */
static void forget(struct site *site)
{
    if (site->state == LINK_UNKNOWN)
        return;
    site->state = LINK_UNKNOWN;
    site->since = (struct wall){0};
    site->state_told = false;
}

/* What was learned of this site before the new plan came; when its device answered last. */
static struct wall inherit(struct roster *roster, size_t index, const struct roster *old)
{
    struct site *site = &roster->sites[index];
    size_t before = topology_index(old->topology, topology_code(roster->topology, index));
    uint32_t device_id = site->device_id;

    if (before == TOPOLOGY_NONE)
        return (struct wall){0};
    *site = old->sites[before];
    site->doubt =
        site->doubt == TOPOLOGY_NONE ? TOPOLOGY_NONE : translate(old, roster, site->doubt);
    site->waited_for = site->waited_for == TOPOLOGY_NONE ? TOPOLOGY_NONE
                                                         : translate(old, roster, site->waited_for);
    for (size_t i = 0; i < site->spans.count; i++) {
        struct span *span = &site->spans.at[i];

        span->root = translate(old, roster, span->root);
        if (span->root == TOPOLOGY_NONE && old->sites[before].spans.at[i].root != TOPOLOGY_NONE)
            span->revision++; /* the root was taken off the plan: to be judged and told again */
    }
    if (site->device_id != device_id) {
        forget(site);
        site->vitals = (struct cause_vitals){0};
        site->flapping.changes = 0; /* another device has a history of its own */
        site->device_id = device_id;
        return (struct wall){0};
    }
    return topology_heard(old->topology, before);
}

static void place(struct roster *roster, const struct told *told, const struct roster *old)
{
    size_t index = topology_index(roster->topology, told->code);
    struct site *site = &roster->sites[index];
    struct wall heard = {0};
    struct span *current;

    *site = (struct site){.device_id = told->device_id,
                          .state = LINK_UNKNOWN,
                          .doubt = TOPOLOGY_NONE,
                          .waited_for = TOPOLOGY_NONE};
    if (old != NULL)
        heard = inherit(roster, index, old);
    if (told->has_outage && spans_current(&site->spans) == NULL && site->spans.count == 0) {
        spans_resume(&site->spans, told->last_good, told->first_bad, told->detected,
                     topology_index(roster->topology, told->root));
        site->state = LINK_DOWN;
        site->since = told->first_bad;
    }
    site->left_out = told->left_out;
    site->spoken_of = site->spoken_of || told->device_id != 0;
    if (site->left_out)
        forget(site);
    current = spans_current(&site->spans);
    topology_set(roster->topology, index, site->state,
                 current == NULL ? heard : current->last_good);
    if (current != NULL && current->root != SPAN_ROOT_UNKNOWN)
        topology_set_root(roster->topology, index, current->root,
                          topology_fresh(current->first_bad, current->detected));
}

static int by_device_id(const void *a, const void *b)
{
    const struct by_device *left = a;
    const struct by_device *right = b;

    return (left->device_id > right->device_id) - (left->device_id < right->device_id);
}

static int by_site(const void *a, const void *b)
{
    const struct by_device *left = a;
    const struct by_device *right = b;

    if (left->site != right->site)
        return left->site < right->site ? -1 : 1;
    return by_device_id(a, b);
}

static void place_beside(struct roster *roster)
{
    size_t count = 0;

    roster->beside = must(calloc(roster->told_beside_count + 1, sizeof *roster->beside));
    for (size_t i = 0; i < roster->told_beside_count; i++) {
        const struct told_beside *told = &roster->told_beside[i];
        size_t site = topology_index(roster->topology, told->code);

        if (site != TOPOLOGY_NONE)
            roster->beside[count++] = (struct by_device){told->device_id, site};
    }
    roster->beside_count = count;
    qsort(roster->beside, count, sizeof *roster->beside, by_device_id);
    roster->beside_by_site = must(calloc(count + 1, sizeof *roster->beside_by_site));
    memcpy(roster->beside_by_site, roster->beside, count * sizeof *roster->beside);
    qsort(roster->beside_by_site, count, sizeof *roster->beside_by_site, by_site);
    free(roster->told_beside);
    roster->told_beside = NULL;
}

bool roster_seal(struct roster *roster, const struct roster *old, struct err *err)
{
    if (!topology_seal(roster->topology, err))
        return false;
    roster->sites = must(calloc(roster->count + 1, sizeof *roster->sites));
    roster->devices = must(calloc(roster->count + 1, sizeof *roster->devices));
    for (size_t i = 0; i < roster->count; i++)
        place(roster, &roster->told[i], old);
    for (size_t i = 0; i < roster->count; i++)
        feeders_add(roster->feeders, roster->told[i].feeder,
                    topology_index(roster->topology, roster->told[i].code));
    feeders_seal(roster->feeders, roster->count);
    for (size_t i = 0; i < roster->count; i++)
        if (roster->sites[i].device_id != 0 && !roster->sites[i].left_out)
            roster->devices[roster->device_count++] =
                (struct by_device){roster->sites[i].device_id, i};
    qsort(roster->devices, roster->device_count, sizeof *roster->devices, by_device_id);
    place_beside(roster);
    free(roster->told);
    roster->told = NULL;
    return true;
}

void roster_free(struct roster *roster)
{
    if (roster == NULL)
        return;
    topology_free(roster->topology);
    feeders_free(roster->feeders);
    free(roster->told);
    free(roster->sites);
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
    return &roster->sites[index];
}

const char *roster_code(const struct roster *roster, size_t index)
{
    return topology_code(roster->topology, index);
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
