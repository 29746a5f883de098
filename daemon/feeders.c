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

enum seal_step { SEAL_OF = 1, SEAL_COUNT, SEAL_LAY, SEAL_FILL, SEAL_DONE };

struct feeders {
    struct feeder_name *names;
    const char **by_feeder; /* their names */
    size_t count, room;
    struct member *members; /* until sealed */
    size_t member_count, member_room;
    enum seal_step step;
    size_t done;   /* of that step */
    size_t *told;  /* by feeder, until sealed: how many of its sites are filled in */
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
    struct feeders *feeders = must(calloc(1, sizeof *feeders));

    feeders->step = SEAL_OF;
    return feeders;
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
    free(feeders->told);
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
        if (feeders->count == feeders->room) {
            feeders->room = feeders->room == 0 ? 64 : feeders->room * 2;
            feeders->by_feeder =
                must(reallocarray(feeders->by_feeder, feeders->room, sizeof *feeders->by_feeder));
        }
        feeders->by_feeder[feeders->count] = name->name;
        name->feeder = feeders->count++;
        memcpy(name->name, text, bytes);
        HASH_ADD_STR(feeders->names, name, name);
    }
    return name->feeder;
}

void feeders_add(struct feeders *feeders, const char *name, size_t site)
{
    assert(feeders->of == NULL);
    if (*name == '\0')
        return;
    if (feeders->member_count == feeders->member_room) {
        feeders->member_room = feeders->member_room == 0 ? 64 : feeders->member_room * 2;
        feeders->members =
            must(reallocarray(feeders->members, feeders->member_room, sizeof *feeders->members));
    }
    feeders->members[feeders->member_count++] = (struct member){number_of(feeders, name), site};
}

static void next_step(struct feeders *feeders, enum seal_step step)
{
    feeders->step = step;
    feeders->done = 0;
}

static void open_seal(struct feeders *feeders, size_t sites)
{
    feeders->site_count = sites;
    feeders->of = must(calloc(sites + 1, sizeof *feeders->of));
    memset(feeders->of, 0xff, sites * sizeof *feeders->of); /* FEEDERS_NONE */
    feeders->sites = must(calloc(feeders->member_count + 1, sizeof *feeders->sites));
    feeders->first = must(calloc(feeders->count + 1, sizeof *feeders->first));
    feeders->told = must(calloc(feeders->count + 1, sizeof *feeders->told));
}

/* One thing to do in that step. */
static void seal_one(struct feeders *feeders, size_t nth)
{
    size_t feeder = feeders->step == SEAL_LAY ? nth : FEEDERS_NONE;

    if (feeders->step == SEAL_OF) {
        feeders->of[feeders->members[nth].site] = feeders->members[nth].feeder;
        return;
    }
    if (feeders->step == SEAL_LAY) {
        feeders->first[feeder + 1] = feeders->first[feeder] + feeders->told[feeder];
        feeders->told[feeder] = 0;
        return;
    }
    feeder = feeders->of[nth];
    if (feeder == FEEDERS_NONE)
        return;
    if (feeders->step == SEAL_FILL)
        feeders->sites[feeders->first[feeder] + feeders->told[feeder]] = nth;
    feeders->told[feeder]++;
}

static size_t step_size(const struct feeders *feeders)
{
    switch (feeders->step) {
    case SEAL_OF:
        return feeders->member_count;
    case SEAL_LAY:
        return feeders->count;
    case SEAL_COUNT:
    case SEAL_FILL:
        return feeders->site_count;
    case SEAL_DONE:
        break;
    }
    return 0;
}

bool feeders_seal_step(struct feeders *feeders, size_t sites, size_t most)
{
    if (feeders->of == NULL)
        open_seal(feeders, sites);
    for (; most > 0 && feeders->done < step_size(feeders); most--)
        seal_one(feeders, feeders->done++);
    if (feeders->step == SEAL_DONE || feeders->done < step_size(feeders))
        return feeders->step == SEAL_DONE;
    next_step(feeders, feeders->step + 1);
    if (feeders->step < SEAL_DONE)
        return false;
    free(feeders->members);
    feeders->members = NULL;
    free(feeders->told);
    feeders->told = NULL;
    return true;
}

void feeders_seal(struct feeders *feeders, size_t sites)
{
    while (!feeders_seal_step(feeders, sites, SIZE_MAX))
        ;
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
