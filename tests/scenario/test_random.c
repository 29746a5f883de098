/* SPDX-License-Identifier: ISC */
/*
 * test_random [--seed N] [--runs N] [--story] - networks, failures and recoveries at random, and
 * whether each outage was put down to whose fault it was.
 *
 * Each run has a seed of its own, N, N + 1, …; a run that fails prints its seed and its
 * story, and so does one in which an outage was put down to the wrong site at first.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "tests/scenario/random.h"
#include "tests/scenario/world.h"

#define SETTLED_MS 300000 /* every device was asked a few times, and what it loses is known */
#define TURNS_MIN  6
#define TURNS_MORE 20
#define ODD_RUNS   150 /* one outage in so many runs may be put down to the wrong site at first */
#define FAILED_MAX 3   /* after so many the rest would only repeat it */

static void run_for(struct random_run *run, struct random_sum *sum, int64_t ms)
{
    world_run_until(world_here()->now_us / US_PER_MS + ms);
    random_check_events(run, sum);
}

static void be_quiet(struct random_run *run, struct random_sum *sum)
{
    random_all_well(run);
    run_for(run, sum, random_quiet_ms(run));
    random_check_quiet(run, sum);
}

/* Now and then nothing happens for long enough that all must be as it should. */
static void live(struct random_run *run, struct random_sum *sum)
{
    uint32_t turns = TURNS_MIN + random_below(run, TURNS_MORE);

    for (uint32_t i = 0; i < turns && !run->failed; i++) {
        random_act(run);
        if (random_percent(run, 15))
            be_quiet(run, sum);
        else if (random_percent(run, 30))
            run_for(run, sum, random_below(run, 240000));
        else
            run_for(run, sum, random_below(run, 30000));
    }
    sum->turns += turns;
}

static void end_well(struct random_run *run, struct random_sum *sum)
{
    struct world *world = world_here();

    for (size_t i = 1; i < world->site_count; i++)
        world->sites[i].cut = world->sites[i].mute = false;
    random_say(run, "all are joined");
    truth_note(run);
    be_quiet(run, sum);
}

static bool run_one(uint64_t seed, bool tell, struct random_sum *sum)
{
    struct random_run run = {.seed = seed, .state = seed};
    uint64_t odd_before = sum->odd;
    bool good;

    world_open();
    world_here()->seed = seed;
    random_net(&run);
    world_start();
    truth_note(&run);
    run_for(&run, sum, SETTLED_MS);
    live(&run, sum);
    if (!run.failed)
        end_well(&run, sum);
    good = !run.failed;
    if (!good || tell || sum->odd > odd_before)
        printf("seed %" PRIu64 " (%s, every %" PRId64 " ms)\n%s", seed,
               run.chance ? "by what they lose" : "by count", world_here()->policy.interval_ms,
               run.story);
    world_close();
    free(run.story);
    return good;
}

static uint64_t value(int argc, char **argv, const char *name, uint64_t usual)
{
    for (int i = 1; i + 1 < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return strtoull(argv[i + 1], NULL, 10);
    return usual;
}

static bool has(int argc, char **argv, const char *name)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return true;
    return false;
}

int main(int argc, char **argv)
{
    uint64_t seed = value(argc, argv, "--seed", 1), runs = value(argc, argv, "--runs", 300);
    bool tell = has(argc, argv, "--story");
    struct random_sum sum = {0};

    log_set_level(getenv("KT_VERBOSE") == NULL ? LOG_LEVEL_ERROR : LOG_LEVEL_DEBUG);
    for (; sum.runs < runs && sum.failed < FAILED_MAX; sum.runs++)
        sum.failed += !run_one(seed + sum.runs, tell, &sum);
    printf("seeds %" PRIu64 "-%" PRIu64 ": %" PRIu64 " runs, %" PRIu64 " changes, %" PRIu64
           " checks, %" PRIu64 " own, %" PRIu64 " blamed; false alarms by loss: %" PRIu64
           ", while moved: %" PRIu64 ", odd: %" PRIu64 "; failed: %" PRIu64 "\n",
           seed, seed + sum.runs - 1, sum.runs, sum.turns, sum.checks, sum.own, sum.blamed,
           sum.false_alarms, sum.moved, sum.odd, sum.failed);
    if (sum.odd + sum.false_alarms > 1 + runs / ODD_RUNS)
        printf("too many were put down to the wrong site\n");
    return sum.failed == 0 && sum.odd + sum.false_alarms <= 1 + runs / ODD_RUNS ? 0 : 1;
}
