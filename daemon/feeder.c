/* SPDX-License-Identifier: ISC */
#include "daemon/feeder.h"

#include <stdlib.h>

static int by_first_bad(const void *a, const void *b)
{
    const struct feeder_onset *left = a, *right = b;

    return (left->first_bad.us > right->first_bad.us) - (left->first_bad.us < right->first_bad.us);
}

static bool is_usable(const struct feeder_onset *onset)
{
    return wall_is_set(onset->last_good) &&
           wall_diff_ms(onset->first_bad, onset->last_good) <= FEEDER_WIDTH_MS;
}

/* Can it have begun in the window that begins at the anchor's first bad answer? */
static bool is_met(const struct feeder_onset *anchor, const struct feeder_onset *onset)
{
    return is_usable(onset) &&
           wall_diff_ms(onset->last_good, anchor->first_bad) <= FEEDER_WINDOW_MS;
}

/* None that is so much later can. */
static bool is_past(const struct feeder_onset *anchor, const struct feeder_onset *onset)
{
    return wall_diff_ms(onset->first_bad, anchor->first_bad) > FEEDER_WINDOW_MS + FEEDER_WIDTH_MS;
}

struct group {
    size_t count;
    bool power;
    bool parents; /* more than one */
};

static struct group group_of(const struct feeder_onset *onsets, size_t count, size_t anchor)
{
    struct group group = {0};

    for (size_t i = anchor; i < count && !is_past(&onsets[anchor], &onsets[i]); i++) {
        if (onsets[i].together || !is_met(&onsets[anchor], &onsets[i]))
            continue;
        group.count++;
        group.power = group.power || onsets[i].power;
        group.parents = group.parents || onsets[i].parent != onsets[anchor].parent;
    }
    return group;
}

static bool is_loss(const struct group *group, size_t answering)
{
    if (group->count < 2)
        return false;
    return group->power || group->count >= answering ||
           (group->count >= FEEDER_ENOUGH && group->parents);
}

void feeder_judge(struct feeder_onset *onsets, size_t count, size_t answering)
{
    qsort(onsets, count, sizeof *onsets, by_first_bad);
    for (size_t i = 0; i < count; i++)
        onsets[i].together = false;
    for (size_t i = 0; i < count; i++) {
        struct group group, next;

        if (onsets[i].together || !is_usable(&onsets[i]))
            continue;
        group = group_of(onsets, count, i);
        /* A loner shortly before must not take half of them away. */
        next = i + 1 < count ? group_of(onsets, count, i + 1) : (struct group){0};
        if (next.count > group.count || !is_loss(&group, answering))
            continue;
        for (size_t j = i; j < count && !is_past(&onsets[i], &onsets[j]); j++)
            onsets[j].together = onsets[j].together || is_met(&onsets[i], &onsets[j]);
    }
}
