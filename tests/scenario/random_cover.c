/* SPDX-License-Identifier: ISC */
/* Whom do the open tickets count as cut off, and whom should they? */
#include "tests/scenario/random.h"

#include <inttypes.h>
#include <string.h>

#include "tests/scenario/world.h"

#define BIT(site) (UINT64_C(1) << (site))

/* What the database believes, and what is true. */
struct view {
    uint64_t roots;   /* have an open outage of their own */
    uint64_t answers; /* have a device, which answers */
    uint64_t linked;  /* nothing that is known of cuts them off */
};

static size_t number(const char *code)
{
    return (size_t)(world_site(code) - world_here()->sites);
}

static bool hangs_alone_on(size_t site, size_t above)
{
    const struct world_site *at = &world_here()->sites[site];

    for (size_t i = 0; i < at->up_count; i++)
        if (at->up[i] != above)
            return false;
    return at->up_count > 0;
}

/* A site without a device is known by who has no other way. */
static bool is_seen(const struct view *view, size_t site)
{
    if (!world_here()->sites[site].removed)
        return (view->answers & BIT(site)) != 0;
    for (size_t i = site + 1; i < world_here()->site_count; i++)
        if (hangs_alone_on(i, site) && is_seen(view, i))
            return true;
    return false;
}

static bool is_linked(const struct view *view, size_t site)
{
    const struct world_site *at = &world_here()->sites[site];

    if ((view->roots & BIT(site)) != 0)
        return false;
    if (at->is_core || is_seen(view, site))
        return true;
    for (size_t i = 0; i < at->up_count; i++)
        if (is_linked(view, at->up[i]))
            return true;
    return false;
}

static struct view view_of(const struct truth *truth)
{
    struct view view = {0};

    for (size_t i = 1; i < world_here()->site_count; i++) {
        const struct world_site *site = &world_here()->sites[i];

        if (site->has_outage && strcmp(site->outage_root, site->code) == 0)
            view.roots |= BIT(i);
        if (!site->removed && (truth->silent & BIT(i)) == 0)
            view.answers |= BIT(i);
    }
    for (size_t i = 0; i < world_here()->site_count; i++)
        if (is_linked(&view, i))
            view.linked |= BIT(i);
    return view;
}

/* The first roots on all ways up. */
static uint64_t roots_above(const struct view *view, size_t site)
{
    const struct world_site *at = &world_here()->sites[site];
    uint64_t found = 0;

    for (size_t i = 0; i < at->up_count; i++)
        found |=
            (view->roots & BIT(at->up[i])) != 0 ? BIT(at->up[i]) : roots_above(view, at->up[i]);
    return found;
}

static uint64_t wanted(const struct view *view, size_t site)
{
    const struct world_site *at = &world_here()->sites[site];
    uint64_t roots = 0;

    if ((view->roots & BIT(site)) != 0 || is_seen(view, site))
        return 0;
    if ((view->linked & BIT(site)) == 0)
        roots = roots_above(view, site);
    return at->has_outage ? roots | BIT(number(at->outage_root)) : roots;
}

static uint64_t told(const struct world_site *site)
{
    uint64_t roots = 0;

    for (size_t i = 0; i < site->cover_count; i++)
        roots |= BIT(site->covers[i]);
    return roots;
}

void random_check_covers(struct random_run *run, const struct truth *truth)
{
    struct view view = view_of(truth);

    for (size_t i = 1; i < world_here()->site_count; i++) {
        const struct world_site *site = &world_here()->sites[i];
        uint64_t is = told(site), should = wanted(&view, i);

        if (is != should)
            random_fail(run, "%s is cut off by %" PRIx64 ", the tickets say by %" PRIx64,
                        site->code, should, is);
        if (is != 0 && ((view.answers & BIT(i)) != 0 || truth_has_clear_way(i)))
            random_fail(run, "%s is not cut off, and counted", site->code);
        /* One that nobody asks is not seen to be cut itself. */
        if (is == 0 && (view.roots & BIT(i)) == 0 && !world_reaches(site) && !site->removed)
            random_fail(run, "%s is cut off, and not counted", site->code);
    }
}
