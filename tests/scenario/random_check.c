/* SPDX-License-Identifier: ISC */
#include "tests/scenario/random.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scenario/world.h"

/* A first miss may be one by chance, and be taken for the beginning; and an answer may be under
 * way when its site is cut. */
#define EARLY_MS     25000
#define LATE_MS      20000 /* beyond a turn of the plan */
#define DISTURBED_MS 180000
/* Who answered for so long was seen to answer. */
#define SEEN_MS 180000

/* ---- what is true ---- */

static bool is_silent(size_t site)
{
    const struct world_site *at = &world_here()->sites[site];

    return !at->is_core && !at->removed && (at->mute || !world_reaches(at));
}

bool truth_has_clear_way(size_t site)
{
    const struct world *world = world_here();
    const struct world_site *at = &world->sites[site];

    for (size_t i = 0; i < at->up_count; i++) {
        const struct world_site *up = &world->sites[at->up[i]];

        if (up->is_core || (up->removed ? truth_has_clear_way(at->up[i]) : !is_silent(at->up[i])))
            return true;
    }
    return false;
}

bool truth_is_above(size_t above, size_t site)
{
    const struct world_site *at = &world_here()->sites[site];

    for (size_t i = 0; i < at->up_count; i++)
        if (at->up[i] == above || truth_is_above(above, at->up[i]))
            return true;
    return false;
}

void truth_note(struct random_run *run)
{
    const struct world *world = world_here();
    struct truth now = {.from_ms = world->now_us / US_PER_MS};

    for (size_t i = 0; i < world->site_count; i++) {
        uint64_t bit = UINT64_C(1) << i;

        if (is_silent(i))
            now.silent |= bit;
        if (is_silent(i) && truth_has_clear_way(i))
            now.root |= bit;
    }
    if (run->turn_count == RANDOM_TURNS_MAX)
        abort();
    run->turns[run->turn_count++] = now;
}

const struct truth *truth_at(const struct random_run *run, int64_t ms)
{
    size_t i = run->turn_count;

    while (i > 1 && run->turns[i - 1].from_ms > ms)
        i--;
    return &run->turns[i - 1];
}

enum what { SILENT, ROOT };

/* Was it so at any time in between? */
static bool was(const struct random_run *run, enum what what, size_t site, int64_t from_ms,
                int64_t to_ms)
{
    for (const struct truth *turn = truth_at(run, from_ms);
         turn < run->turns + run->turn_count && turn->from_ms <= to_ms; turn++)
        if (((what == SILENT ? turn->silent : turn->root) >> site & 1) != 0)
            return true;
    return false;
}

/* Since when the site has been silent without a break in which it was seen to answer. */
static int64_t silent_since(const struct random_run *run, size_t site, int64_t now_ms,
                            int64_t break_ms)
{
    int64_t since_ms = now_ms;

    for (size_t i = run->turn_count; i-- > 0;) {
        if ((run->turns[i].silent >> site & 1) != 0)
            since_ms = run->turns[i].from_ms;
        else if (since_ms - run->turns[i].from_ms > break_ms)
            break;
    }
    return since_ms;
}

/* ---- what the database came to know ---- */

static void wrong(struct random_run *run, const char *what, const char *site, const char *root,
                  int64_t first_bad_ms)
{
    random_say(run, "WRONG: %s: %s root %s since %.3f", what, site, root,
               (double)first_bad_ms / 1000.0);
    run->failed = true;
}

/* Of what came back within the moment of its verdict it can be unknowable whose fault it was. */
static void odd(struct random_run *run, struct random_sum *sum, const char *what,
                const struct world_event *event)
{
    random_say(run, "ODD: %s: %s root %s", what, event->site, event->root);
    sum->odd++;
}

static size_t number(const char *code)
{
    return (size_t)(world_site(code) - world_here()->sites);
}

static void check_own(struct random_run *run, struct random_sum *sum,
                      const struct world_event *event)
{
    size_t site = number(event->site);

    sum->own++;
    if (was(run, ROOT, site, event->of_ms - EARLY_MS, event->at_ms))
        return;
    if (!was(run, SILENT, site, event->of_ms - EARLY_MS, event->detected_ms))
        sum->false_alarms++;
    else if (run->moved_ms >= event->of_ms - EARLY_MS)
        sum->moved++;
    else
        odd(run, sum, "its own fault, but never was", event);
}

/* Restored by the same report: what nobody could vouch for was blamed in passing. It has no ticket.
 */
static bool is_over_soon(const struct world_event *event)
{
    const struct world *world = world_here();

    for (const struct world_event *next = event + 1; next < world->events + world->event_count;
         next++)
        if (strcmp(next->site, event->site) == 0 && strcmp(next->what, "restored") == 0)
            return next->at_ms == event->at_ms;
    return false;
}

static void check_blamed(struct random_run *run, struct random_sum *sum,
                         const struct world_event *event)
{
    size_t root = number(event->root);

    sum->blamed++;
    /* While a site above cannot be asked, what heals meanwhile is put down to that, by no ticket.
     */
    if (run->disturbed_ms < event->of_ms - DISTURBED_MS && !is_over_soon(event) &&
        !was(run, SILENT, root, event->of_ms - EARLY_MS - world_here()->policy.interval_ms,
             event->at_ms)) /* it is seen to be back no sooner than at its next turn */
        odd(run, sum, "blamed on one that was not silent", event);
    if (run->moved_ms < event->of_ms && !truth_is_above(root, number(event->site)))
        wrong(run, "blamed on one that is not above", event->site, event->root, event->of_ms);
}

void random_check_events(struct random_run *run, struct random_sum *sum)
{
    const struct world *world = world_here();

    for (; run->seen_events < world->event_count; run->seen_events++) {
        const struct world_event *event = &world->events[run->seen_events];

        random_say(run, "at %.3f: %s %s root %s since/at %.3f affected %zu",
                   (double)event->at_ms / 1000.0, event->what, event->site, event->root,
                   (double)event->of_ms / 1000.0, event->affected);
        if (strcmp(event->what, "outage") != 0)
            continue;
        if (strcmp(event->site, event->root) == 0)
            check_own(run, sum, event);
        else
            check_blamed(run, sum, event);
    }
}

/* ---- when all is quiet ---- */

static void check_start(struct random_run *run, size_t index)
{
    const struct world_site *site = &world_here()->sites[index];
    int64_t now_ms = world_here()->now_us / US_PER_MS;
    int64_t first_bad_ms = world_ms(site->first_bad);
    int64_t earliest_ms = silent_since(run, index, now_ms, SEEN_MS) - EARLY_MS;
    int64_t latest_ms =
        silent_since(run, index, now_ms, 0) + LATE_MS + world_here()->policy.interval_ms * 11 / 10;

    if (first_bad_ms < earliest_ms && run->disturbed_ms < first_bad_ms)
        wrong(run, "began before it was silent", site->code, site->outage_root, first_bad_ms);
    /* Whoever asks anew knows no more than what it finds. */
    if (first_bad_ms > latest_ms && run->disturbed_ms < first_bad_ms - LATE_MS - 60000)
        wrong(run, "began long before", site->code, site->outage_root, first_bad_ms);
}

static bool is_open_root(size_t index)
{
    const struct world_site *site = &world_here()->sites[index];

    return site->has_outage && strcmp(site->outage_root, site->code) == 0;
}

static void check_silent(struct random_run *run, size_t index, const struct truth *truth)
{
    const struct world_site *site = &world_here()->sites[index];
    int64_t first_bad_ms = world_ms(site->first_bad);
    bool is_root = (truth->root >> index & 1) != 0, own = is_open_root(index);
    size_t root;

    if (!site->has_outage) {
        wrong(run, "nobody knows that it is silent", site->code, "", 0);
        return;
    }
    check_start(run, index);
    if (is_root && !own)
        wrong(run, "its own fault, but blamed", site->code, site->outage_root, first_bad_ms);
    if (own)
        return; /* if it should not be, the events have told */
    root = number(site->outage_root);
    if (!is_open_root(root))
        wrong(run, "blamed on what is no root", site->code, site->outage_root, first_bad_ms);
    if ((truth->silent >> root & 1) == 0 || !truth_is_above(root, index))
        wrong(run, "blamed on who does not cut it off", site->code, site->outage_root,
              first_bad_ms);
}

void random_check_quiet(struct random_run *run, struct random_sum *sum)
{
    const struct world *world = world_here();
    const struct truth *truth = &run->turns[run->turn_count - 1];

    sum->checks++;
    random_say(run, "all is to be quiet");
    for (size_t i = 1; i < world->site_count; i++) {
        const struct world_site *site = &world->sites[i];

        if ((truth->silent >> i & 1) != 0)
            check_silent(run, i, truth);
        else if (site->has_outage)
            wrong(run, "answers, and nobody knows", site->code, site->outage_root,
                  world_ms(site->first_bad));
    }
    random_check_covers(run, truth);
}
