/* SPDX-License-Identifier: ISC */
#include "tests/scenario/random.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scenario/world.h"

#define LOST_MS          120000
#define COUNTED_QUIET_MS 300000
#define CHANCE_QUIET_MS                                                                            \
    900000 /* a verdict may take three minutes, and so may that of the site above */

uint32_t random_below(struct random_run *run, uint32_t end)
{
    uint64_t z = run->state += UINT64_C(0x9e3779b97f4a7c15); /* SplitMix64 */

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ (z >> 31)) >> 32) % end;
}

bool random_percent(struct random_run *run, uint32_t percent)
{
    return random_below(run, 100) < percent;
}

__attribute__((format(printf, 3, 0))) static void say(struct random_run *run, const char *before,
                                                      const char *format, va_list args)
{
    char line[512];

    if (vsnprintf(line, sizeof line, format, args) < 0)
        return;
    run->story = realloc(run->story, run->story_bytes + sizeof line + 64);
    if (run->story == NULL)
        abort();
    run->story_bytes +=
        (size_t)snprintf(run->story + run->story_bytes, sizeof line + 64, "  %9.3f %s%s\n",
                         (double)world_here()->now_us / (double)US_PER_S, before, line);
}

void random_say(struct random_run *run, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(run, "", format, args);
    va_end(args);
}

void random_fail(struct random_run *run, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(run, "WRONG: ", format, args);
    va_end(args);
    run->failed = true;
}

int64_t random_quiet_ms(const struct random_run *run)
{
    return (run->chance ? CHANCE_QUIET_MS : COUNTED_QUIET_MS) +
           2 * world_here()->policy.interval_ms;
}

/* ---- the network ---- */

static struct world_site *add(const char *code)
{
    struct world_site *site = &world_here()->sites[world_here()->site_count++];

    memccpy(site->code, code, '\0', sizeof site->code);
    return site;
}

static void hang(struct world_site *site, const struct world_site *under)
{
    char word[TOPOLOGY_CODE_MAX + 2];

    snprintf(word, sizeof word, " %s ", under->code);
    if (strstr(site->uplinks, word) == NULL)
        strncat(site->uplinks, word, sizeof site->uplinks - 1 - strlen(site->uplinks));
}

/* Under one or two of the sites before it: no circle can come of that. */
static void hang_at_random(struct random_run *run, struct world_site *site, uint32_t among)
{
    hang(site, &world_here()->sites[random_below(run, among)]);
    if (random_percent(run, 30))
        hang(site, &world_here()->sites[random_below(run, among)]);
}

static void set_policy(struct random_run *run)
{
    static const int64_t intervals_ms[] = {10000, 30000, 60000};
    struct world *world = world_here();

    run->chance = random_percent(run, 50);
    world->policy.interval_ms = intervals_ms[random_below(run, 3)];
    world->policy.timeout_ms = 1000 + 1000 * random_below(run, 2);
    world->policy.false_down_years = run->chance ? 100 : 0;
    world->pings = random_percent(run, 50);
    world->shards = 1 + random_below(run, 2);
}

void random_net(struct random_run *run)
{
    struct world *world = world_here();
    uint32_t relays = 1 + random_below(run, 7), villages = 2 + random_below(run, 20);
    char code[32];

    set_policy(run);
    add("C")->is_core = true;
    for (uint32_t i = 0; i < relays; i++) {
        snprintf(code, sizeof code, "R%u", i);
        hang_at_random(run, add(code), i + 1);
    }
    for (uint32_t i = 0; i < villages; i++) {
        snprintf(code, sizeof code, "V%u", i);
        /* Most hang below relays, some below other villages. */
        hang_at_random(run, add(code), random_percent(run, 85) ? relays + 1 : relays + 1 + i);
    }
    for (size_t i = 1; i < world->site_count; i++) {
        struct world_site *site = &world->sites[i];

        site->removed = random_percent(run, 8);
        site->shard = random_below(run, world->shards);
        if (run->chance && random_percent(run, 40))
            site->loss_percent = (int)random_below(run, 21);
        if (!site->removed)
            run->has_device |= UINT64_C(1) << i;
        random_say(run, "%s under%s%s, loses %d %%, shard %u", site->code, site->uplinks,
                   site->removed ? " without a device" : "", site->loss_percent, site->shard);
    }
}

/* ---- what happens ---- */

static struct world_site *pick(struct random_run *run)
{
    struct world *world = world_here();
    uint32_t nth = 1 + random_below(run, (uint32_t)world->site_count - 1);

    /* Relays fail as often as all villages together. */
    if (random_percent(run, 50))
        while (world->sites[nth].code[0] != 'R')
            nth = 1 + random_below(run, (uint32_t)world->site_count - 1);
    return &world->sites[nth];
}

static void cut(struct random_run *run, struct world_site *site)
{
    site->cut = true;
    random_say(run, "%s is cut", site->code);
}

static void join(struct random_run *run, struct world_site *site)
{
    if (!site->cut && !site->mute)
        return;
    site->cut = site->mute = false;
    random_say(run, "%s is joined", site->code);
}

static void join_some(struct random_run *run)
{
    struct world *world = world_here();

    for (size_t i = 1; i < world->site_count; i++)
        if (random_percent(run, 50))
            join(run, &world->sites[i]);
}

static void turn_mute(struct random_run *run, struct world_site *site)
{
    site->mute = true;
    random_say(run, "%s is mute", site->code);
}

static void lose(struct random_run *run, struct world_site *site)
{
    site->lose = 1 + (int)random_below(run, 2);
    random_say(run, "%s loses %d", site->code, site->lose);
}

static void lose_prober(struct random_run *run)
{
    struct world *world = world_here();
    uint32_t shard = random_below(run, world->shards);

    run->disturbed_ms = world->now_us / US_PER_MS;
    random_say(run, "prober %u is %s", shard, world_is_lost(shard) ? "back" : "lost");
    world_shard(shard, !world_is_lost(shard));
}

static void lose_database(struct random_run *run)
{
    random_say(run, "the database is %s", world_here()->database_away ? "back" : "away");
    world_database(!world_here()->database_away);
}

static void crash(struct random_run *run)
{
    run->disturbed_ms = world_here()->now_us / US_PER_MS;
    random_say(run, "crash and start");
    world_crash();
    world_start();
}

/* Another uplink, of a site and of what the plan says of it. */
static void move(struct random_run *run, struct world_site *site)
{
    uint32_t nth = (uint32_t)(site - world_here()->sites);

    memset(site->uplinks, 0, sizeof site->uplinks);
    hang_at_random(run, site, nth);
    run->moved_ms = run->disturbed_ms = world_here()->now_us / US_PER_MS;
    random_say(run, "%s hangs under%s", site->code, site->uplinks);
    world_replan();
}

/* The next child begins soon; who is silent below its devices is not judged for a quarter of an
 * hour, and not longer. */
static void respawn(struct random_run *run)
{
    struct world *world = world_here();

    for (uint32_t shard = 0; shard < world->shards; shard++) {
        if (!world_is_lost(shard) || world->now_us / US_PER_MS - run->disturbed_ms < LOST_MS)
            continue;
        run->disturbed_ms = world->now_us / US_PER_MS;
        random_say(run, "prober %u is back", shard);
        world_shard(shard, false);
    }
}

void random_act(struct random_run *run)
{
    uint32_t what = random_below(run, 100);

    respawn(run);
    if (what < 40)
        cut(run, pick(run));
    else if (what < 60)
        join(run, pick(run));
    else if (what < 70)
        join_some(run);
    else if (what < 77)
        turn_mute(run, pick(run));
    else if (what < 85)
        lose(run, pick(run));
    else if (what < 89)
        lose_prober(run);
    else if (what < 93)
        lose_database(run);
    else if (what < 95)
        crash(run);
    else
        move(run, pick(run));
    truth_note(run);
}

void random_all_well(struct random_run *run)
{
    struct world *world = world_here();

    for (uint32_t shard = 0; shard < world->shards; shard++) {
        if (!world_is_lost(shard))
            continue;
        run->disturbed_ms = world->now_us / US_PER_MS;
        world_shard(shard, false);
        random_say(run, "prober %u is back", shard);
    }
    if (world->database_away)
        lose_database(run);
}
