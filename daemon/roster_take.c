/* SPDX-License-Identifier: ISC */
/* What the roster before knew of its sites goes over: of each when somebody asks for it, or a
 * little at a time. */
#include "daemon/roster_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Roots are indices, and indices move when sites come and go. */
static size_t translate(const struct roster *from, const struct roster *to, size_t index)
{
    if (index == TOPOLOGY_NONE) /* or SPAN_ROOT_UNKNOWN */
        return TOPOLOGY_NONE;
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
static struct wall inherit(struct roster *roster, size_t index)
{
    struct roster *last = roster->last;
    struct site *site = roster_place_of(roster, index);
    const struct site *before;
    uint32_t device_id = site->device_id;

    if (last == NULL || roster->before[index] == TOPOLOGY_NONE)
        return (struct wall){0};
    before = roster_site(last, roster->before[index]);
    *site = *before;
    site->doubt = translate(last, roster, site->doubt);
    site->waited_for = translate(last, roster, site->waited_for);
    for (size_t i = 0; i < site->spans.count; i++) {
        struct span *span = &site->spans.at[i];

        span->root = translate(last, roster, span->root);
        if (span->root == TOPOLOGY_NONE && before->spans.at[i].root != TOPOLOGY_NONE)
            span->revision++; /* the root was taken off the plan: to be judged and told again */
    }
    if (site->device_id != device_id) {
        forget(site);
        site->vitals = (struct cause_vitals){0};
        site->flapping.changes = 0; /* another device has a history of its own */
        site->device_id = device_id;
        return (struct wall){0};
    }
    return topology_heard(last->topology, roster->before[index]);
}

/* An outage of the row that we do not know. Not one that ended since the row was read. */
static bool is_news(const struct told *told, const struct site *site)
{
    return told->has_outage && site->spans.count == 0 && told->first_bad.us > site->spans.left.us;
}

void roster_place(struct roster *roster, size_t index)
{
    const struct told *told = &roster->told[topology_row(roster->topology, index)];
    struct site *site = roster_place_of(roster, index);
    struct wall heard;
    struct span *current;

    roster->awaited[index] = false;
    *site = (struct site){.device_id = told->device_id,
                          .state = LINK_UNKNOWN,
                          .doubt = TOPOLOGY_NONE,
                          .waited_for = TOPOLOGY_NONE};
    heard = inherit(roster, index);
    if (is_news(told, site)) {
        spans_resume(&site->spans, told->last_good, told->first_bad, told->detected,
                     topology_index(roster->topology, told->root));
        site->state = LINK_DOWN;
        site->since = told->first_bad;
    }
    site->left_out = told->left_out;
    site->spoken_of = site->spoken_of || told->device_id != 0;
    if (site->left_out)
        forget(site);
    if (!wall_is_set(site->since))
        site->since = roster->taken_at;
    current = spans_current(&site->spans);
    topology_set(roster->topology, index, site->state,
                 current == NULL ? heard : current->last_good);
    if (current != NULL && current->root != SPAN_ROOT_UNKNOWN)
        topology_set_root(roster->topology, index, current->root,
                          topology_fresh(current->first_bad, current->detected));
}

static void on_awaited(size_t site, void *arg)
{
    struct roster *roster = arg;

    if (roster->awaited[site])
        roster_place(roster, site);
}

void roster_take_over(struct roster *roster, struct roster *last, struct wall now)
{
    assert(roster->step == ROSTER_DONE && roster->last == NULL && roster->moved == 0);
    while (last != NULL && !roster_move_in(last, SIZE_MAX))
        ;
    roster->last = last;
    roster->taken_at = now;
    topology_await(roster->topology, on_awaited, roster);
}

bool roster_bury(struct roster *roster, size_t most)
{
    for (size_t blocks = most / SITE_BLOCK + 1; blocks > 0 && roster->block_count > 0; blocks--)
        free(roster->blocks[--roster->block_count]);
    return roster->block_count == 0;
}

/* All are placed: of the rows nothing is needed any more. */
static void forget_rows(struct roster *roster)
{
    topology_await(roster->topology, NULL, NULL);
    free(roster->awaited);
    free(roster->before);
    free(roster->told);
    roster->awaited = NULL;
    roster->before = NULL;
    roster->told = NULL;
}

bool roster_move_in(struct roster *roster, size_t most)
{
    if (roster->moved < roster->count) {
        for (; most > 0 && roster->moved < roster->count; most--)
            (void)roster_site(roster, roster->moved++);
        return false;
    }
    if (roster->awaited != NULL) {
        forget_rows(roster);
        return false;
    }
    if (roster->last != NULL && !roster_bury(roster->last, most))
        return false;
    roster_free(roster->last);
    roster->last = NULL;
    return true;
}

/* What it had known stays with the old one, which is not touched. */
bool roster_seal(struct roster *roster, struct roster *old, struct err *err)
{
    enum topology_sealing sealing;

    while ((sealing = roster_prepare(roster, old, SIZE_MAX, err)) == TOPOLOGY_SEALS)
        ;
    if (sealing == TOPOLOGY_REFUSED)
        return false;
    roster->last = old;
    for (size_t i = 0; i < roster->count; i++)
        (void)roster_site(roster, i);
    roster->last = NULL;
    roster->moved = roster->count;
    forget_rows(roster);
    return true;
}
