/* SPDX-License-Identifier: ISC */
#include "daemon/feeders.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/hash.h"

struct feeder_name {
    size_t feeder;
    UT_hash_handle hh;
    char name[]; /* the key */
};

struct member {
    size_t feeder;
    size_t site;
};

struct feeders {
    struct feeder_name *names;
    const char **by_feeder; /* their names, once sealed */
    size_t count;
    struct member *members; /* until sealed */
    size_t member_count, member_room;
    size_t *sites; /* of the first feeder, of the second, … */
    size_t *first; /* where each one's begin; one more at the end */
    size_t *of;    /* by site */
    size_t site_count;
};

static void *must(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

struct feeders *feeders_new(void)
{
    return must(calloc(1, sizeof(struct feeders)));
}

void feeders_free(struct feeders *feeders)
{
    struct feeder_name *name, *next;

    if (feeders == NULL)
        return;
    HASH_ITER(hh, feeders->names, name, next)
    {
        HASH_DEL(feeders->names, name);
        free(name);
    }
    free(feeders->by_feeder);
    free(feeders->members);
    free(feeders->sites);
    free(feeders->first);
    free(feeders->of);
    free(feeders);
}

static size_t number_of(struct feeders *feeders, const char *text)
{
    size_t bytes = strlen(text) + 1;
    struct feeder_name *name;

    HASH_FIND_STR(feeders->names, text, name);
    if (name == NULL) {
        name = must(calloc(1, sizeof *name + bytes));
        name->feeder = feeders->count++;
        memcpy(name->name, text, bytes);
        HASH_ADD_STR(feeders->names, name, name);
    }
    return name->feeder;
}

void feeders_add(struct feeders *feeders, const char *name, size_t site)
{
    assert(feeders->first == NULL);
    if (*name == '\0')
        return;
    if (feeders->member_count == feeders->member_room) {
        feeders->member_room = feeders->member_room == 0 ? 64 : feeders->member_room * 2;
        feeders->members =
            must(reallocarray(feeders->members, feeders->member_room, sizeof *feeders->members));
    }
    feeders->members[feeders->member_count++] = (struct member){number_of(feeders, name), site};
}

static int by_feeder(const void *a, const void *b)
{
    const struct member *left = a, *right = b;

    if (left->feeder != right->feeder)
        return left->feeder < right->feeder ? -1 : 1;
    return (left->site > right->site) - (left->site < right->site);
}

void feeders_seal(struct feeders *feeders, size_t sites)
{
    struct feeder_name *name, *next;
    size_t member = 0;

    feeders->site_count = sites;
    feeders->of = must(calloc(sites + 1, sizeof *feeders->of));
    feeders->sites = must(calloc(feeders->member_count + 1, sizeof *feeders->sites));
    feeders->first = must(calloc(feeders->count + 1, sizeof *feeders->first));
    feeders->by_feeder = must(calloc(feeders->count + 1, sizeof *feeders->by_feeder));
    for (size_t i = 0; i < sites; i++)
        feeders->of[i] = FEEDERS_NONE;
    if (feeders->member_count > 0)
        qsort(feeders->members, feeders->member_count, sizeof *feeders->members, by_feeder);
    for (size_t feeder = 0; feeder < feeders->count; feeder++) {
        feeders->first[feeder] = member;
        for (; member < feeders->member_count && feeders->members[member].feeder == feeder;
             member++) {
            feeders->sites[member] = feeders->members[member].site;
            feeders->of[feeders->members[member].site] = feeder;
        }
    }
    feeders->first[feeders->count] = member;
    HASH_ITER(hh, feeders->names, name, next)
    feeders->by_feeder[name->feeder] = name->name;
    free(feeders->members);
    feeders->members = NULL;
}

size_t feeders_count(const struct feeders *feeders)
{
    return feeders->count;
}

size_t feeders_of(const struct feeders *feeders, size_t site)
{
    return site < feeders->site_count ? feeders->of[site] : FEEDERS_NONE;
}

const char *feeders_name(const struct feeders *feeders, size_t feeder)
{
    assert(feeder < feeders->count);
    return feeders->by_feeder[feeder];
}

size_t feeders_sites(const struct feeders *feeders, size_t feeder, const size_t **sites)
{
    assert(feeder < feeders->count);
    *sites = feeders->sites + feeders->first[feeder];
    return feeders->first[feeder + 1] - feeders->first[feeder];
}
