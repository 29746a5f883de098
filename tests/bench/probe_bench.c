/* SPDX-License-Identifier: ISC */
/*
 * probe_bench: what one poll costs the engine, beside what it costs to ask at all.
 *
 * Rounds of the bare loop and of the engine take turns, so that a busy machine is busy for both.
 * Its last line is a JSON object; packaging/doc/benchmarks.md says what the keys are.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/text.h"
#include "tests/bench/bare_snmp.h"
#include "tests/bench/engine_run.h"
#include "probes/prober.h"
#include "tests/bench/own_fleet.h"
#include "tests/bench/probe_child.h"

#define TIMEOUT_MS     1000
#define TRIES          2
#define NEVER_MS       (INT64_C(40) * 86400 * 1000) /* between turns: rounds are made by hand */
#define POLLS_TO_SEE   100000                       /* rounds enough for so many, where not told */
#define STEADY_WARM_MS 3000

struct options {
    struct target target;
    const char *net;
    int64_t port; /* -1: agents of our own */
    int64_t rounds;
    int64_t down_percent; /* of our own agents, cut off for the last round */
    int64_t steady_s;     /* 0: rounds */
    int64_t interval_s;
    bool far;   /* our own agents are 20 to 300 ms away */
    bool child; /* the whole prober instead of its engine */
};

static int usage(FILE *out, int code)
{
    fputs("usage: probe_bench [--net CIDR] [--count N] [--port P --community C] [--version 1|2c]\n"
          "                   [--rounds R] [--varbinds 1..10]\n"
          "       probe_bench --version 3 --user U --level noAuthNoPriv|authNoPriv|authPriv\n"
          "                   [--auth SHA:PASS] [--priv AES:PASS] …\n"
          "  --child             the whole prober, in its own process: heartbeats of v1 or v2c\n"
          "Without --port, agents of its own answer (kentongan-fleet), and then there are\n"
          "  --down PERCENT      and one more round with so many of them cut off\n"
          "  --steady SECONDS [--interval SECONDS]   the plan's own schedule instead of rounds\n"
          "  --far               and they are 20 to 300 ms away\n",
          out);
    return code;
}

static bool read_number(struct options *options, int letter, const char *text)
{
    int64_t number;

    if (!text_i64(text, letter == 'w' ? 0 : 1, INT32_MAX, &number))
        return false;
    switch (letter) {
    case 'c':
        options->target.count = (size_t)number;
        return true;
    case 'p':
        options->port = number;
        return number <= UINT16_MAX;
    case 'r':
        options->rounds = number;
        return true;
    case 'b':
        options->target.varbinds = (size_t)number;
        return number <= TARGET_VARBINDS;
    case 'w':
        options->down_percent = number;
        return number <= 50 && (number == 0 || 100 % number == 0);
    case 's':
        options->steady_s = number;
        return true;
    default:
        options->interval_s = number;
        return true;
    }
}

static bool read_option(struct options *options, int letter, const char *text)
{
    if (strchr("cprbwsi", letter) != NULL)
        return read_number(options, letter, text);
    switch (letter) {
    case 'n':
        options->net = text;
        return target_net(&options->target, text);
    case 'm':
        options->target.community = text;
        return true;
    case 'v':
        options->target.version = strcmp(text, "1") == 0    ? 1
                                  : strcmp(text, "2c") == 0 ? 2
                                  : strcmp(text, "3") == 0  ? 3
                                                            : 0;
        return options->target.version != 0;
    case 'u':
        options->target.user = text;
        return true;
    case 'l':
        options->target.level = text;
        return true;
    case 'a':
        options->target.auth = text;
        return true;
    case 'x':
        options->target.priv = text;
        return true;
    case 'f':
        options->far = true;
        return true;
    case 'k':
        options->child = true;
        return true;
    default:
        return false;
    }
}

static bool read_options(struct options *options, int argc, char **argv)
{
    static const struct option long_options[] = {{"net", required_argument, NULL, 'n'},
                                                 {"count", required_argument, NULL, 'c'},
                                                 {"port", required_argument, NULL, 'p'},
                                                 {"community", required_argument, NULL, 'm'},
                                                 {"version", required_argument, NULL, 'v'},
                                                 {"rounds", required_argument, NULL, 'r'},
                                                 {"varbinds", required_argument, NULL, 'b'},
                                                 {"user", required_argument, NULL, 'u'},
                                                 {"level", required_argument, NULL, 'l'},
                                                 {"auth", required_argument, NULL, 'a'},
                                                 {"priv", required_argument, NULL, 'x'},
                                                 {"down", required_argument, NULL, 'w'},
                                                 {"steady", required_argument, NULL, 's'},
                                                 {"interval", required_argument, NULL, 'i'},
                                                 {"far", no_argument, NULL, 'f'},
                                                 {"child", no_argument, NULL, 'k'},
                                                 {NULL, 0, NULL, 0}};
    int letter;

    while ((letter = getopt_long(argc, argv, "", long_options, NULL)) != -1)
        if (letter == '?' || !read_option(options, letter, optarg))
            return false;
    if (options->target.version == 3 &&
        (options->target.user == NULL || options->target.level == NULL))
        return false;
    if ((options->down_percent > 0 || options->far) && options->port >= 0)
        return false;
    if (options->child &&
        (options->target.version == 3 || options->down_percent > 0 || options->steady_s > 0))
        return false;
    return optind == argc && target_net(&options->target, options->net);
}

/* The agents answer a plain GET; where they speak v3 alone, the limit is a discovery of theirs. */
static struct bare *open_bare(const struct target *target)
{
    struct target few = *target;
    struct bare *bare = bare_new(target);
    struct bare_result seen = {0};
    struct bare *first;

    if (bare == NULL || target->version != 3)
        return bare;
    few.count = 1;
    first = bare_new(&few);
    if (first != NULL)
        bare_round(first, &seen);
    bare_free(first);
    if (seen.answered > 0)
        return bare;
    bare_free(bare);
    return bare_new_discovery(target);
}

struct findings {
    struct bare_result bare;
    struct run_result run;
    size_t rss_kib;
    size_t rss_empty_kib;
    double first_wall_s; /* of the round in which everything was new */
    uint32_t answer_p50_us, answer_p99_us;
    uint32_t late_p50_us, late_p99_us; /* from due to sent, of those that were answered */
    struct run_result down;
    uint32_t down_p50_us, down_p99_us;
    uint32_t down_late_p99_us;
};

static double per_poll_us(double cpu_s, size_t polls)
{
    return polls == 0 ? 0 : cpu_s * 1e6 / (double)polls;
}

static void print_common(const struct options *options, const struct findings *found)
{
    double cpu_us = per_poll_us(found->run.cpu_s, found->run.polls);
    double limit_us = per_poll_us(found->bare.cpu_s, found->bare.polls);

    printf("{\"polls\": %zu, \"answered\": %zu, \"wall_s\": %.3f, \"polls_per_s\": %.0f, "
           "\"cpu_us_per_poll\": %.3f, \"limit_cpu_us_per_poll\": %.3f, \"ratio\": %.3f, "
           "\"rss_kib\": %zu, \"rss_bytes_per_device\": %.0f, \"rss_empty_kib\": %zu, "
           "\"devices\": %zu, \"version\": \"%s\", \"varbinds\": %zu, \"limit_answered\": %zu, "
           "\"limit_wall_s\": %.3f",
           found->run.polls, found->run.answered, found->run.wall_s,
           (double)found->run.polls / found->run.wall_s, cpu_us, limit_us, cpu_us / limit_us,
           found->rss_kib,
           1024.0 * (double)(found->rss_kib - found->rss_empty_kib) / (double)options->target.count,
           found->rss_empty_kib, options->target.count,
           options->target.version == 2   ? "2c"
           : options->target.version == 1 ? "1"
                                          : "3",
           options->target.varbinds, found->bare.answered, found->bare.wall_s);
    printf(", \"late_p50_ms\": %.1f, \"late_p99_ms\": %.1f", found->late_p50_us / 1e3,
           found->late_p99_us / 1e3);
    if (found->bare.polls > 0 && options->steady_s == 0)
        printf(", \"limit_late_p99_ms\": %.1f", (double)found->bare.late_p99_us / 1e3);
}

static void print_findings(const struct options *options, const struct findings *found)
{
    print_common(options, found);
    if (options->steady_s > 0)
        printf(", \"interval_s\": %lld, \"core_percent\": %.2f", (long long)options->interval_s,
               100 * found->run.cpu_s / found->run.wall_s);
    else
        printf(", \"round_s\": %.3f, \"first_round_s\": %.3f, \"answer_p50_ms\": %.1f, "
               "\"answer_p99_ms\": %.1f",
               found->run.last_wall_s, found->first_wall_s, found->answer_p50_us / 1e3,
               found->answer_p99_us / 1e3);
    if (options->down_percent > 0)
        printf(", \"down_percent\": %lld, \"down_answered\": %zu, \"down_late_p99_ms\": %.1f, "
               "\"down_cpu_us_per_poll\": %.3f",
               (long long)options->down_percent, found->down.answered,
               found->down_late_p99_us / 1e3, per_poll_us(found->down.cpu_s, found->down.polls));
    if (options->down_percent > 0 && options->steady_s == 0)
        printf(", \"down_round_s\": %.3f, \"down_answer_p50_ms\": %.1f, "
               "\"down_answer_p99_ms\": %.1f",
               found->down.last_wall_s, found->down_p50_us / 1e3, found->down_p99_us / 1e3);
    printf("}\n");
}

/* In the quickest round: other work on the machine makes them later, never earlier. */
static void note_late(const struct engine_run *run, struct findings *found)
{
    if (found->late_p99_us > 0 && run_late_us(run, 0.99) >= found->late_p99_us)
        return;
    found->late_p50_us = run_late_us(run, 0.5);
    found->late_p99_us = run_late_us(run, 0.99);
}

/* The first of each is not counted: memory and routes are new, and engines of v3 not known. */
static void take_turns(const struct options *options, struct bare *bare, struct engine_run *run,
                       struct findings *found)
{
    struct bare_result cold_bare = {0};
    struct run_result cold_run = {0};
    int64_t rounds = options->rounds;

    bare_round(bare, &cold_bare);
    run_round(run, &cold_run);
    found->first_wall_s = cold_run.last_wall_s;
    if (cold_run.answered == 0)
        rounds = 1; /* nobody is there: as often as was asked would take hours */
    for (int64_t round = 0; round < rounds; round++) {
        bare_round(bare, &found->bare);
        run_round(run, &found->run);
        note_late(run, found);
    }
    found->answer_p50_us = run_answer_us(run, 0.5);
    found->answer_p99_us = run_answer_us(run, 0.99);
}

static bool cut_some(const struct options *options, const struct own_fleet *fleet,
                     struct engine_run *run, struct findings *found, struct err *err)
{
    char command[32];

    snprintf(command, sizeof command, "cut */%lld", (long long)(100 / options->down_percent));
    if (!own_fleet_ctl(fleet, command, err))
        return false;
    if (options->steady_s > 0)
        run_steady(run, options->steady_s * 1000, &found->down);
    else
        run_round(run, &found->down);
    found->down_p50_us = run_answer_us(run, 0.5);
    found->down_p99_us = run_answer_us(run, 0.99);
    found->down_late_p99_us = run_late_us(run, 0.99);
    return true;
}

static void be_steady(const struct options *options, struct bare *bare, struct engine_run *run,
                      struct findings *found)
{
    struct run_result warm = {0};

    run_round(run, &warm);
    run_steady(run, STEADY_WARM_MS, &warm);
    run_steady(run, options->steady_s * 1000, &found->run);
    note_late(run, found);
    bare_round(bare, &found->bare);
}

/* Answers come one by one then, as they do from a district. */
static bool move_away(const struct own_fleet *fleet, struct err *err)
{
    static const char *const commands[] = {"delay */1 21",  "delay */2 47",  "delay */3 83",
                                           "delay */5 134", "delay */7 211", "delay */11 297"};

    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (!own_fleet_ctl(fleet, commands[i], err))
            return false;
    return true;
}

static bool measure(const struct options *options, const struct own_fleet *fleet,
                    struct findings *found, struct err *err)
{
    struct run_policy policy = {NEVER_MS, TIMEOUT_MS, TRIES, .gentle = options->port >= 0};
    struct bare *bare = open_bare(&options->target);
    struct engine_run *run;
    bool good = true;

    if (bare == NULL)
        return err_set(err, "no socket");
    if (options->steady_s > 0)
        policy.interval_ms = options->interval_s * 1000;
    run = run_new(&options->target, &policy, &found->rss_empty_kib, err);
    if (run == NULL) {
        bare_free(bare);
        return false;
    }
    if (options->steady_s > 0)
        be_steady(options, bare, run, found);
    else
        take_turns(options, bare, run, found);
    found->rss_kib = run_rss_kib();
    if (options->down_percent > 0)
        good = cut_some(options, fleet, run, found, err);
    run_free(run);
    bare_free(bare);
    return good;
}

static bool measure_child(const struct options *options, struct err *err)
{
    struct probe_child_result found = {0};
    double cpu_us, limit_us;

    if (!probe_child_measure(&options->target, options->rounds, &found, err))
        return false;
    cpu_us = per_poll_us(found.cpu_s, found.polls);
    limit_us = per_poll_us(found.bare.cpu_s, found.bare.polls);
    printf("{\"polls\": %zu, \"answered\": %zu, \"wall_s\": %.3f, \"polls_per_s\": %.0f, "
           "\"cpu_us_per_poll\": %.3f, \"limit_cpu_us_per_poll\": %.3f, \"ratio\": %.3f, "
           "\"rss_kib\": %zu, \"rss_bytes_per_device\": %.0f, \"rss_empty_kib\": %zu, "
           "\"devices\": %zu, \"version\": \"%s\", \"varbinds\": %d, \"limit_answered\": %zu, "
           "\"limit_wall_s\": %.3f, \"child\": 1, \"parent_cpu_us_per_poll\": %.3f}\n",
           found.polls, found.polls, found.wall_s, (double)found.polls / found.wall_s, cpu_us,
           limit_us, cpu_us / limit_us, found.rss_kib,
           1024.0 * (double)(found.rss_kib - found.rss_empty_kib) / (double)options->target.count,
           found.rss_empty_kib, options->target.count, options->target.version == 1 ? "1" : "2c",
           PROBE_CHILD_VARBINDS, found.bare.answered, found.bare.wall_s,
           per_poll_us(found.parent_cpu_s, found.polls));
    return true;
}

static bool measure_engine(const struct options *options, const struct own_fleet *fleet,
                           struct err *err)
{
    struct findings found = {0};

    if (!measure(options, fleet, &found, err))
        return false;
    print_findings(options, &found);
    return true;
}

int main(int argc, char **argv)
{
    struct options options = {.target = {.count = 10000,
                                         .version = 2,
                                         .community = "public",
                                         .varbinds = TARGET_VARBINDS},
                              .net = "127.1.0.0/16",
                              .port = -1,
                              .interval_s = 60};
    static struct own_fleet fleet;
    struct err err = {0};
    bool good = true;

    if (prober_child_asked(argc, argv))
        return prober_child_main(argc, argv);
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return usage(stdout, 0);
    if (!read_options(&options, argc, argv))
        return usage(stderr, 2);
    if (options.rounds == 0)
        options.rounds = 1 + POLLS_TO_SEE / (int64_t)options.target.count;
    if (options.port < 0)
        good = own_fleet_start(&fleet, &options.target, options.net, &err);
    else
        options.target.port = (uint16_t)options.port;
    if (good && options.far)
        good = move_away(&fleet, &err);
    if (good)
        good =
            options.child ? measure_child(&options, &err) : measure_engine(&options, &fleet, &err);
    own_fleet_stop(&fleet);
    if (!good) {
        fprintf(stderr, "probe_bench: %s\n", err.text);
        return 1;
    }
    return 0;
}
