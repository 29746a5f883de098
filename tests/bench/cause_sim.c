/* SPDX-License-Identifier: ISC */
/* clang-format off */
/*
 * cause_sim [--outages N] [--seed X] - how often the cause of an outage is guessed and proven
 * right.
 *
 * Outages of each kind are made up: a device with its clocks, a power line, a link, a poller that
 * misses most of what could be heard. What the poller saw goes to daemon/cause.c, cause_proof.c and
 * feeder.c, the very files of the daemon; what was the matter does not. Prints the confusion
 * matrices and, last, one JSON object.
 *
 * The noise, in shares of outages or devices:
 *
 *   clocks   6 in 10 agents say no snmpEngineTime; clocks drift by up to 200 ppm, answers are up
 *            to 2 s late; 3 in 100 sysUpTimes count milliseconds and wrap after 49.7 days; one
 *            device in 20 is about to wrap one way or the other within the outage
 *   agents   1 in 10 has a sysUpTime of its own start, not of the device's, as net-snmp's have; 1
 *            in 20 of these says no hrSystemUptime, and 1 in 10 of the others: routers say it
 *            (RouterOS and RutOS do), radios do not
 *            1 in 500 begins anew by itself during an outage that leaves its device alone; of those
 *            with a clock of their own another 1 in 50 does just when its link returns
 *   pings    3 in 100 devices answer none; 2 in 100 pollers may send none
 *   traps    1 in 5 sites has a UPS that tells traps, 1 in 10 sends a dying gasp; half of these are
 *            lost; half of the starts are told, and half of these heard
 *   beside   4 in 10 sites have a radio in front of the gateway that is asked, too; 1 in 10 of these
 *            has power of its own; 1 in 20 is asked too late, and 1 in 10 at the end
 *   readings 9 in 10 of the UPS are read on battery before they are empty, and 1 in 5 sites has a
 *            battery or a panel whose voltage is read: 9 in 10 of these fall first; 7 in 10 links
 *            are radios, of which 4 in 10 fade for minutes before they fail, and 3 in 100 of all
 *            others do by chance
 *   sites    are not alike: of two own outages of a site half have the same cause, where a third
 *            would if all were alike (Dirichlet of weight 3, drawn as Pólya's urn); up to 16 own
 *            outages of the last year are known, proven as rightly as here, 1 in 20 unproven
 *   loss     3 in 10 links lose more than 5 % before they fail, and 1 in 20 of all others
 *   feeders  of 12 villages go at once, come back in steps over up to 20 min, one in ten has one
 *            house more dark
 */
/* clang-format on */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/cause.h"
#include "daemon/cause_proof.h"
#include "daemon/feeder.h"

#define INTERVAL_S   30
#define FEEDER_SITES 12
#define DAY_S        86400.0
#define BASE_US      (INT64_C(1800000000) * US_PER_S)

enum kind {
    KIND_HOUSE = 1, /* one house without power */
    KIND_FEEDER,
    KIND_UPSTREAM,
    KIND_LINK,
    KIND_REBOOT, /* the device began anew by itself and told so, or at once */
    KIND_HUNG,   /* it answered pings for a while, until somebody switched it off and on */
    KIND_DEAD,   /* it answered nothing, until somebody did */
    KIND_AGENT,
    KIND_NO_CLOCK, /* a link of a device that says neither clock */
    KIND_END
};

static const struct {
    const char *name;
    enum cause truth, proof;
    double share; /* of all outages, for the mean: that of daemon/cause.c */
} kinds[KIND_END] = {
    [KIND_HOUSE] = {"power, one house", CAUSE_POWER, CAUSE_POWER, 0.24},
    [KIND_FEEDER] = {"power, feeder", CAUSE_POWER, CAUSE_POWER, 0.24},
    [KIND_UPSTREAM] = {"upstream", CAUSE_UPSTREAM, CAUSE_UPSTREAM, 0.20},
    [KIND_LINK] = {"link", CAUSE_LINK, CAUSE_LINK, 0.18},
    [KIND_REBOOT] = {"device, reboot", CAUSE_DEVICE, CAUSE_DEVICE, 0.03},
    [KIND_HUNG] = {"device, pings", CAUSE_DEVICE, CAUSE_DEVICE, 0.02},
    [KIND_DEAD] = {"device, dead", CAUSE_DEVICE, CAUSE_DEVICE, 0.02},
    [KIND_AGENT] = {"agent", CAUSE_AGENT, CAUSE_AGENT, 0.05},
    [KIND_NO_CLOCK] = {"link, no clocks", CAUSE_LINK, CAUSE_UNPROVEN, 0.02},
};

static uint64_t seed = 1;

/* splitmix64: the same outages on every machine. [Steele, Lea, Flood 2014] */
static double dice(void)
{
    uint64_t z = (seed += UINT64_C(0x9e3779b97f4a7c15));

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

static bool chance(double p)
{
    return dice() < p;
}

static double between(double from, double to)
{
    return from + (to - from) * dice();
}

static struct wall wall_of(double s)
{
    return (struct wall){BASE_US + (int64_t)(s * 1e6)};
}

/* A router as it is, by true time: seconds since the last good answer. */
struct router {
    double booted_s;       /* when it began: before 0 */
    double agent_booted_s; /* when its agent began: not before that */
    double drift;
    bool agent_clock; /* its sysUpTime counts from its agent's start */
    bool counts_ms;
    bool says_engine;
    bool says_uptime;
    bool says_host;
    bool pings;
};

static struct router router_new(void)
{
    struct router router = {.booted_s = -between(600, 900 * DAY_S),
                            .drift = between(-200e-6, 200e-6),
                            .agent_clock = chance(0.1),
                            .counts_ms = chance(0.03),
                            .says_engine = chance(0.4),
                            .says_uptime = true,
                            .pings = !chance(0.03)};

    router.says_host = !chance(router.agent_clock ? 0.05 : 0.1);
    if (chance(0.05))
        router.booted_s = (router.counts_ms ? -49.7102 : -497.1026) * DAY_S + between(0, 3600);
    router.agent_booted_s = chance(0.3) ? router.booted_s * dice() : router.booted_s + 5;
    return router;
}

/* first: while nothing is wrong yet, when nobody asks for the host's clock. */
static struct cause_vitals ask(const struct router *router, double at_s, bool first)
{
    double up_s = (at_s - (router->agent_clock ? router->agent_booted_s : router->booted_s)) *
                  (1 + router->drift);
    double engine_s = (at_s - router->agent_booted_s) * (1 + router->drift);
    double host_s = (at_s - router->booted_s) * (1 + router->drift);
    struct cause_vitals vitals = {wall_of(at_s + between(0, 2)), -1, -1, -1};

    if (router->says_uptime)
        vitals.uptime_ticks = router->counts_ms ? (int64_t)(fmod(up_s * 1000, 4294967296.0) / 10)
                                                : (int64_t)fmod(up_s * 100, 4294967296.0);
    if (router->says_engine)
        vitals.engine_time_s = (int64_t)engine_s;
    if (router->says_host && !first)
        vitals.host_ticks = (int64_t)fmod(host_s * 100, 4294967296.0);
    return vitals;
}

struct outage {
    enum kind kind;
    struct router before, after;
    double first_bad_s, detected_s, back_s;
    bool blamed;
    uint32_t bare;    /* clues when it was told first, without the next three kinds */
    uint32_t opening; /* with devices beside it and readings */
    struct cause_habit habit;
    uint32_t clues; /* in the end */
};

/* The device loses its power, or is switched off and on, or begins anew: both clocks do. */
static void boots(struct outage *outage, double at_s)
{
    outage->after.booted_s = outage->after.agent_booted_s = at_s;
}

static void hear_power(struct outage *outage)
{
    bool has_ups = chance(0.2);

    if (has_ups && chance(0.5))
        outage->bare |= CLUE(CLUE_ON_BATTERY) | (chance(0.7) ? CLUE(CLUE_BATTERY_LOW) : 0);
    if (chance(0.1) && chance(0.5))
        outage->bare |= CLUE(CLUE_DYING_GASP);
    if (has_ups && chance(0.9))
        outage->opening |= CLUE(CLUE_ON_BATTERY);
    if (chance(0.2) && chance(0.9))
        outage->opening |= CLUE(CLUE_VOLTAGE_FELL);
}

/* What the echo beside the probes said. */
static void hear_pings(struct outage *outage, bool answers_at_first, bool answers_to_the_end)
{
    bool may = chance(0.98);

    if (!may)
        return;
    outage->bare |=
        CLUE(outage->before.pings && answers_at_first ? CLUE_PING_ANSWERED : CLUE_PING_SILENT);
    outage->clues |=
        CLUE(outage->before.pings && answers_to_the_end ? CLUE_PING_ANSWERED : CLUE_PING_SILENT);
}

static double lasts_s(double least, double most)
{
    return least * pow(most / least, dice());
}

/* Others of its feeder were up; a site without a feeder, or alone on it, has none. */
static void see_neighbours(struct outage *outage)
{
    if (chance(0.7))
        outage->bare |= CLUE(CLUE_FEEDER_UP);
}

static void make_power(struct outage *outage)
{
    double on_s = outage->first_bad_s * dice() + lasts_s(30, 12 * 3600);

    outage->back_s = fmax(on_s + between(20, 120), outage->detected_s + 1);
    boots(outage, on_s);
    hear_power(outage);
    hear_pings(outage, false, false);
}

static void make_alone(struct outage *outage)
{
    outage->back_s = outage->detected_s + lasts_s(60, 12 * 3600);
    if (chance(0.002))
        outage->after.agent_booted_s = between(1, outage->back_s - 1);
    if (outage->before.agent_clock && chance(0.02))
        outage->after.agent_booted_s = outage->back_s - between(1, 20);
    hear_pings(outage, false, false);
}

static void make_device(struct outage *outage)
{
    bool warm = chance(0.5), hung = outage->kind == KIND_HUNG;

    if (outage->kind == KIND_REBOOT)
        outage->back_s = outage->first_bad_s + lasts_s(20, 180);
    else
        outage->back_s = outage->detected_s + lasts_s(600, 12 * 3600);
    if (outage->back_s < outage->detected_s + 1)
        outage->back_s = outage->detected_s + 1;
    boots(outage, outage->kind == KIND_REBOOT ? between(0.5, outage->first_bad_s + 5)
                                              : outage->back_s - between(20, 120));
    hear_pings(outage, hung, false);
    if (hung && chance(0.9))
        outage->clues |= CLUE(CLUE_PING_SILENT); /* while it was off */
    if (outage->kind == KIND_REBOOT && chance(0.5) && chance(0.5))
        outage->clues |= CLUE(warm ? CLUE_WARM_START : CLUE_COLD_START);
}

static void make_agent(struct outage *outage)
{
    outage->back_s = outage->detected_s + lasts_s(30, 6 * 3600);
    if (chance(0.8)) /* by its watchdog, or by hand; else it goes on by itself */
        outage->after.agent_booted_s = outage->back_s - between(1, 20);
    hear_pings(outage, true, true);
}

/* What stands in front of the gateway, and runs on where that alone is wrong. */
static void see_beside(struct outage *outage)
{
    bool is_power = outage->kind == KIND_HOUSE || outage->kind == KIND_FEEDER;
    bool alone = outage->kind == KIND_REBOOT || outage->kind == KIND_HUNG ||
                 outage->kind == KIND_DEAD || outage->kind == KIND_AGENT;
    bool powered;

    if (!chance(0.4))
        return;
    powered = chance(0.1);
    if (chance(0.95))
        outage->opening |=
            CLUE(alone || (is_power && powered) ? CLUE_BESIDE_ANSWERS : CLUE_BESIDE_SILENT);
    if (chance(0.9))
        outage->clues |= CLUE(is_power && !powered ? CLUE_BESIDE_BOOTED : CLUE_BESIDE_RAN);
}

static bool is_link(enum kind kind)
{
    return kind == KIND_LINK || kind == KIND_NO_CLOCK;
}

static void read_signal(struct outage *outage)
{
    if (chance(0.7) && chance(is_link(outage->kind) ? 0.4 : 0.03))
        outage->opening |= CLUE(CLUE_SIGNAL_WEAK);
}

/* The site's own outages of the last year, and how they were proven. */
static void remember(struct outage *outage)
{
    double urn[CAUSE_END] = {[CAUSE_POWER] = 3 * 0.24 / 0.56,
                             [CAUSE_LINK] = 3 * 0.20 / 0.56,
                             [CAUSE_DEVICE] = 3 * 0.07 / 0.56,
                             [CAUSE_AGENT] = 3 * 0.05 / 0.56};
    double all = 3;
    int earlier = (int)between(0, 17);

    if (outage->kind == KIND_NO_CLOCK)
        return; /* nothing was ever proven of it */
    if (outage->kind != KIND_FEEDER && outage->kind != KIND_UPSTREAM) {
        urn[kinds[outage->kind].truth] += 1;
        all += 1;
    }
    for (int i = 0; i < earlier; i++) {
        double at = dice() * all;
        int cause = CAUSE_POWER;

        while (cause < CAUSE_AGENT && at >= urn[cause])
            at -= urn[cause++];
        urn[cause] += 1;
        all += 1;
        if (cause == CAUSE_DEVICE && chance(0.3))
            cause = CAUSE_POWER;
        if (!chance(0.05))
            cause_habit_add(&outage->habit, (enum cause)cause, 1);
    }
}

static struct outage outage_new(enum kind kind)
{
    struct outage outage = {.kind = kind, .before = router_new()};
    double loses = kind == KIND_LINK || kind == KIND_NO_CLOCK ? 0.3 : 0.05;

    if (kind == KIND_NO_CLOCK)
        outage.before.says_uptime = outage.before.says_engine = outage.before.says_host = false;
    outage.after = outage.before;
    outage.first_bad_s = between(0.5, INTERVAL_S);
    outage.detected_s = outage.first_bad_s + between(7, 20);
    outage.blamed = kind == KIND_UPSTREAM;
    outage.bare = CLUE(outage.blamed ? CLUE_BLAMED : CLUE_PARENT_ANSWERS);
    if (chance(loses))
        outage.bare |= CLUE(CLUE_LOSSY);
    switch (kind) {
    case KIND_HOUSE:
    case KIND_FEEDER:
        make_power(&outage);
        break;
    case KIND_UPSTREAM:
    case KIND_LINK:
    case KIND_NO_CLOCK:
        make_alone(&outage);
        break;
    case KIND_REBOOT:
    case KIND_HUNG:
    case KIND_DEAD:
        make_device(&outage);
        break;
    case KIND_AGENT:
        make_agent(&outage);
        break;
    case KIND_END:
        abort();
    }
    if (kind != KIND_FEEDER)
        see_neighbours(&outage);
    see_beside(&outage);
    read_signal(&outage);
    remember(&outage);
    outage.opening |= outage.bare;
    outage.clues |= outage.opening;
    return outage;
}

struct score {
    unsigned guessed[CAUSE_END];
    unsigned guessed_bare[CAUSE_END];
    unsigned proven[CAUSE_END];
    unsigned outages;
};

static struct score scores[KIND_END];
static unsigned wrong_power; /* said of a device that did not begin anew */

static void judge(const struct outage *outage)
{
    struct score *score = &scores[outage->kind];
    struct cause_facts facts = {.before = ask(&outage->before, 0, true),
                                .after = ask(&outage->after, outage->back_s, false),
                                .last_good = wall_of(0),
                                .detected = wall_of(outage->detected_s),
                                .another_is_root = outage->blamed,
                                .clues = outage->clues};
    struct cause_guess guess;
    struct cause_proof proof;

    facts.elapsed_ms = wall_diff_ms(facts.after.at, facts.before.at);
    cause_guess(outage->bare, NULL, &guess);
    score->guessed_bare[guess.ranked[0].cause]++;
    cause_guess(outage->opening, &outage->habit, &guess);
    cause_prove(&facts, &proof);
    score->outages++;
    score->guessed[guess.ranked[0].cause]++;
    score->proven[proof.cause]++;
    wrong_power += proof.cause == CAUSE_POWER && outage->after.booted_s == outage->before.booted_s;
}

/* All of a feeder at once, or nearly: some run on for a moment on what their supplies hold. */
static void judge_feeder(void)
{
    struct feeder_onset onsets[FEEDER_SITES];
    struct outage outages[FEEDER_SITES];
    size_t dark = chance(0.7) ? FEEDER_SITES : (size_t)between(3, FEEDER_SITES);

    for (size_t i = 0; i < dark; i++) {
        double late_s = between(0, 20);

        outages[i] = outage_new(KIND_FEEDER);
        outages[i].first_bad_s += late_s;
        outages[i].detected_s += late_s;
        outages[i].back_s += late_s;
        outages[i].after.booted_s += late_s;
        outages[i].after.agent_booted_s += late_s;
        onsets[i] = (struct feeder_onset){.site = i,
                                          .parent = i % 4,
                                          .last_good = wall_of(late_s),
                                          .first_bad = wall_of(outages[i].first_bad_s),
                                          .power = (outages[i].opening & CLUES_OF_POWER) != 0};
    }
    feeder_judge(onsets, dark, FEEDER_SITES - dark);
    for (size_t i = 0; i < dark; i++)
        if (onsets[i].together) {
            outages[onsets[i].site].bare |= CLUE(CLUE_FEEDER_DOWN);
            outages[onsets[i].site].opening |= CLUE(CLUE_FEEDER_DOWN);
            outages[onsets[i].site].clues |= CLUE(CLUE_FEEDER_DOWN);
        }
    for (size_t i = 0; i < dark; i++)
        judge(&outages[i]);
}

enum what { GUESSED_BARE = 1, GUESSED, PROVEN };

static const unsigned *row_of(enum what what, int kind)
{
    const struct score *score = &scores[kind];

    return what == GUESSED_BARE ? score->guessed_bare
           : what == GUESSED    ? score->guessed
                                : score->proven;
}

static enum cause right_of(enum what what, int kind)
{
    return what == PROVEN ? kinds[kind].proof : kinds[kind].truth;
}

static void print_matrix(const char *title, enum what what)
{
    printf("%-20s", title);
    for (int cause = CAUSE_POWER; cause < CAUSE_END; cause++)
        printf("%10s", cause_name((enum cause)cause));
    printf("%10s\n", "right");
    for (int kind = KIND_HOUSE; kind < KIND_END; kind++) {
        const unsigned *row = row_of(what, kind);
        enum cause right = right_of(what, kind);

        printf("%-20s", kinds[kind].name);
        for (int cause = CAUSE_POWER; cause < CAUSE_END; cause++)
            printf("%10u", row[cause]);
        printf("%8.1f %%\n", 100.0 * row[right] / scores[kind].outages);
    }
}

/* By the shares of the kinds. */
static double right_percent(enum what what)
{
    double right = 0, all = 0;

    for (int kind = KIND_HOUSE; kind < KIND_END; kind++) {
        right +=
            kinds[kind].share * row_of(what, kind)[right_of(what, kind)] / scores[kind].outages;
        all += kinds[kind].share;
    }
    return 100 * right / all;
}

/* As definitions have it: who began anew in the outage "lost power or hung". */
static double by_definition_percent(void)
{
    double right = right_percent(PROVEN);

    for (int kind = KIND_REBOOT; kind <= KIND_DEAD; kind++)
        right += 100 * kinds[kind].share * scores[kind].proven[CAUSE_POWER] / scores[kind].outages;
    return right;
}

/* The least of those that clocks can tell. */
static double clocks_percent(void)
{
    static const enum kind told[] = {KIND_HOUSE, KIND_FEEDER, KIND_UPSTREAM, KIND_LINK,
                                     KIND_NO_CLOCK};
    double least = 100;

    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        least = fmin(least, 100.0 * scores[told[i]].proven[kinds[told[i]].proof] /
                                scores[told[i]].outages);
    return least;
}

int main(int argc, char **argv)
{
    unsigned count = 2000;

    for (int i = 1; i < argc; i += 2) {
        if (i + 1 < argc && strcmp(argv[i], "--outages") == 0)
            count = (unsigned)strtoul(argv[i + 1], NULL, 10);
        else if (i + 1 < argc && strcmp(argv[i], "--seed") == 0)
            seed = strtoull(argv[i + 1], NULL, 10);
        else {
            fprintf(stderr, "cause_sim [--outages N] [--seed X]\n");
            return 2;
        }
    }
    for (int kind = KIND_HOUSE; kind < KIND_END; kind++)
        while (scores[kind].outages < count) {
            if (kind == KIND_FEEDER) {
                judge_feeder();
            } else {
                struct outage outage = outage_new((enum kind)kind);

                judge(&outage);
            }
        }
    print_matrix("guessed, silence", GUESSED_BARE);
    printf("\n");
    print_matrix("guessed at opening", GUESSED);
    printf("\n");
    print_matrix("proven at the end", PROVEN);
    printf("\n{\"outages_each\": %u, \"guessed_bare_right_percent\": %.1f, "
           "\"guessed_right_percent\": %.1f, \"proven_right_percent\": %.1f, "
           "\"by_definition_right_percent\": %.1f, "
           "\"clocks_least_percent\": %.1f, \"wrong_power\": %u}\n",
           count, right_percent(GUESSED_BARE), right_percent(GUESSED), right_percent(PROVEN),
           by_definition_percent(), clocks_percent(), wrong_power);
    return 0;
}
