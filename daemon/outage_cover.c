/* SPDX-License-Identifier: ISC */
/* Whom does a fault cut off? Its ticket counts all that hang on the root, so that it is known at
 * once how much is at stake, less those that answer; and is told again when that has changed. */
#include <stdlib.h>

#include "daemon/loop.h"
#include "daemon/outage_inside.h"

#define ASK_MOST   256  /* of those that hang on a silent site; the others are found in time */
#define ANSWER_MS  300  /* who is there has answered by then */
#define CHANGED_MS 50   /* what changes together is looked at together */
#define AGAIN_MS   1000 /* a hundred thousand below one relay are counted once in that time */

#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

/* Was it seen to answer, as far as anybody knows? */
static bool may_answer(const struct site *site)
{
    return site->device_id != 0 && !site->left_out &&
           (site->state == LINK_UP || site->state == LINK_SUSPECT);
}

/* How many of them were asked. */
static size_t ask(struct outages *outages, const size_t *sites, size_t count)
{
    size_t asked = 0;

    for (size_t i = 0; i < count && asked < ASK_MOST; i++) {
        const struct site *site = roster_site(outages->roster, sites[i]);

        if (!may_answer(site))
            continue;
        probers_probe_now(outages->probers, site->device_id);
        asked++;
    }
    return asked;
}

void outages_cover_begin(struct outages *outages, size_t index)
{
    struct topology *topology = roster_topology(outages->roster);
    struct site *site = roster_site(outages->roster, index);
    const size_t *below;
    size_t count;

    if (outages->probers == NULL || outages->sight == SIGHT_BLIND || outages->blind.dark ||
        topology_blame(topology, index, site->fresh).blame == BLAME_OTHER)
        return;
    count = topology_below(topology, index, &below);
    if (ask(outages, below, count) > 0)
        site->below_until = mono_add_ms(loop_mono(outages->loop), ANSWER_MS);
}

bool outages_cover_waits(struct outages *outages, size_t index, struct mono now)
{
    const struct site *site = roster_site(outages->roster, index);

    if (site->below_until.us <= now.us)
        return false;
    outages_wake_at(outages, site->below_until);
    return true;
}

void outages_cover_changed(struct outages *outages)
{
    struct mono soon = mono_add_ms(loop_mono(outages->loop), CHANGED_MS);

    if (outages->covering.count == 0 || outages->covers_stale)
        return;
    outages->covers_stale = true;
    outages_arm(outages, outages->covers_at.us > soon.us ? outages->covers_at : soon);
}

void outages_cover_doubt(struct outages *outages)
{
    outages->covers_doubted = 2; /* each is told after all others, too */
    outages_cover_changed(outages);
}

/* The open outage of a site that cuts off others by its own fault. */
static const struct span *span_of_root(struct outages *outages, size_t index)
{
    struct site *site = roster_site(outages->roster, index);
    const struct span *span = spans_current(&site->spans);

    if (span == NULL || span->root != index)
        return NULL;
    /* After a new plan nothing may hang on it any more, of which the ticket has to hear. */
    return topology_carries(roster_topology(outages->roster), index) || site->has_covered ? span
                                                                                          : NULL;
}

void outages_cover_touch(struct outages *outages, size_t index)
{
    if (span_of_root(outages, index) != NULL)
        marks_add(&outages->covering, index);
}

static uint64_t hash_of(struct outages *outages, const size_t *sites, size_t count)
{
    uint64_t hash = FNV_BASIS;

    for (size_t i = 0; i < count; i++) {
        for (const char *at = roster_code(outages->roster, sites[i]); *at != '\0'; at++)
            hash = (hash ^ (unsigned char)*at) * FNV_PRIME;
        hash = (hash ^ ' ') * FNV_PRIME;
    }
    return hash;
}

static bool is_told(const struct outages *outages, const struct site *site, const struct span *span,
                    uint64_t hash)
{
    if (span->confirmed == 0 && span->sent == 0)
        return true; /* nothing of it was, and all of it will be */
    return hash == site->covered && outages->covers_doubted == 0;
}

/* Those who have come into the list are asked before it is told, lest they are cut off on paper.
 * False: their answers are to come. */
static bool have_had_their_say(struct outages *outages, struct site *site, const size_t *sites,
                               size_t count, uint64_t hash)
{
    if (outages->probers == NULL || site->cover_asked == hash)
        return true;
    site->cover_asked = hash;
    return ask(outages, sites, count) == 0;
}

void outages_cover_turn(struct outages *outages, struct mono now)
{
    size_t left = outages->covering.count, index;
    bool waits = false;

    if (!outages->covers_stale || !outages->database_up)
        return; /* it is told when there is somebody to tell */
    if (outages->covers_at.us > now.us) {
        outages_arm(outages, outages->covers_at);
        return;
    }
    outages->covers_at = mono_add_ms(now, AGAIN_MS);
    for (; left > 0 && marks_pop(&outages->covering, &index); left--) {
        struct site *site = roster_site(outages->roster, index);
        const struct span *span = span_of_root(outages, index);
        const size_t *sites;
        uint64_t hash;
        size_t count;

        if (span == NULL)
            continue;
        marks_add(&outages->covering, index);
        count = topology_affected(roster_topology(outages->roster), index, &sites);
        hash = hash_of(outages, sites, count);
        if (is_told(outages, site, span, hash))
            continue;
        if (!have_had_their_say(outages, site, sites, count, hash)) {
            waits = true;
            continue;
        }
        spans_touch(&site->spans, (struct wall){INT64_MIN});
        outages_touch(outages, index);
    }
    outages->covers_stale = false;
    if (outages->covers_doubted > 0 && !waits)
        outages->covers_doubted--;
    if (waits || outages->covers_doubted > 0)
        outages_cover_changed(outages);
}

const char **outages_cover_tell(struct outages *outages, size_t index, size_t *count)
{
    struct site *site = roster_site(outages->roster, index);
    const size_t *sites;
    const char **codes;

    *count = topology_affected(roster_topology(outages->roster), index, &sites);
    codes = calloc(*count + 1, sizeof *codes);
    if (codes == NULL)
        abort();
    for (size_t i = 0; i < *count; i++)
        codes[i] = roster_code(outages->roster, sites[i]);
    site->covered = hash_of(outages, sites, *count);
    site->has_covered = site->has_covered || *count > 0;
    return codes;
}
