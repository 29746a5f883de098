/* SPDX-License-Identifier: ISC */
/*
 * scale_bench: what the parent and its probing children cost with very many devices, and how the
 * parent bears a wide outage.
 *
 * Its last line is a JSON object; packaging/doc/benchmarks.md says what the keys are.
 */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/base/text.h"
#include "tests/bench/own_fleet.h"
#include "tests/bench/scale_parent.h"
#include "tests/bench/scale_store.h"

#define NET      "127.128.0.0/9"
#define READY_MS 120000
#define CUT_STEP                                                                                   \
    1000 /* devices of one command to the fleet; of ten times as many, where it can                \
          */
#define SETTLE_MS    2000
#define NOBODYS_PORT 9

struct options {
    struct scale_plan plan;
    int64_t seconds; /* of the steady state */
    int64_t cut;     /* devices; 0: none */
    int64_t reloads; /* how often the same plan is taken again */
    const char *log;
};

struct phase {
    double wall_s;
    struct scale_lag lag;
    size_t processes;
    struct scale_usage begin[SCALE_PROCESSES], end[SCALE_PROCESSES];
};

struct findings {
    double plan_s;  /* until the plan was made and taken */
    double ready_s; /* from then until all children probed it */
    struct scale_lag plan_lag;
    struct scale_lag reload_lag;
    struct scale_turns turns, reload_turns;
    struct phase first, steady, cut, back;
    uint64_t steady_polls;
    struct scale_store_counts cut_told, back_told;
};

static int usage(FILE *out, int code)
{
    fputs("usage: scale_bench [--count N] [--interval SECONDS] [--seconds S] [--probers 1..8]\n"
          "                   [--cut N] [--behind N] [--reload TIMES] [--dead-v3 USERS]\n"
          "                   [--log FILE]\n"
          "--cut: so many devices, a multiple of 1000, are cut off at once and come back;\n"
          "--behind: so many hang on one relay; --reload: the plan is taken again so often;\n"
          "--dead-v3: nobody answers, by so many SNMPv3 users; --log: of the parent and its "
          "children.\n",
          out);
    return code;
}

static bool read_options(struct options *options, int argc, char **argv)
{
    static const struct option long_options[] = {
        {"count", required_argument, NULL, 'c'},   {"interval", required_argument, NULL, 'i'},
        {"seconds", required_argument, NULL, 's'}, {"probers", required_argument, NULL, 'p'},
        {"cut", required_argument, NULL, 'x'},     {"behind", required_argument, NULL, 'b'},
        {"log", required_argument, NULL, 'l'},     {"reload", required_argument, NULL, 'r'},
        {"dead-v3", required_argument, NULL, 'd'}, {NULL, 0, NULL, 0}};
    int64_t number;
    int letter;

    while ((letter = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (letter == 'l') {
            options->log = optarg;
            continue;
        }
        if (letter == '?' || !text_i64(optarg, 1, 8000000, &number))
            return false;
        if (letter == 'c')
            options->plan.target.count = (size_t)number;
        else if (letter == 'i')
            options->plan.interval_ms = number * 1000;
        else if (letter == 's')
            options->seconds = number;
        else if (letter == 'p')
            options->plan.probers = (uint32_t)number;
        else if (letter == 'x')
            options->cut = number;
        else if (letter == 'r')
            options->reloads = number;
        else if (letter == 'd')
            options->plan.dead_users = (size_t)number;
        else
            options->plan.behind = (size_t)number;
    }
    if (options->plan.dead_users > 0 && options->cut > 0)
        return false; /* they are cut off for ever */
    return optind == argc && options->plan.probers < SCALE_PROCESSES &&
           options->cut % CUT_STEP == 0 && (size_t)options->cut <= options->plan.target.count &&
           options->plan.interval_ms <= 3600 * 1000 && target_net(&options->plan.target, NET);
}

/* ---- phases ---- */

static double now_s(void)
{
    return (double)mono_now().us / 1e6;
}

static bool never(struct scale_parent *parent, void *arg)
{
    (void)parent;
    (void)arg;
    return false;
}

static bool run_phase(struct scale_parent *parent, struct phase *phase,
                      bool (*is)(struct scale_parent *parent, void *arg), void *arg,
                      int64_t most_ms)
{
    double began_s = now_s();
    bool said;

    said = scale_run_until(parent, is, arg, most_ms);
    phase->wall_s = now_s() - began_s;
    phase->processes = scale_usages(parent, phase->end);
    scale_lag(parent, &phase->lag);
    return said;
}

static void begin_phase(struct scale_parent *parent, struct phase *phase)
{
    struct scale_lag before;

    scale_lag(parent, &before);
    phase->processes = scale_usages(parent, phase->begin);
}

static bool all_are_up(struct scale_parent *parent, void *arg)
{
    const struct options *options = arg;
    struct outage_counts counts;

    scale_counts(parent, &counts);
    return counts.up == options->plan.target.count && counts.unconfirmed == 0;
}

static bool cut_is_told(struct scale_parent *parent, void *arg)
{
    const struct options *options = arg;
    struct outage_counts counts;

    scale_counts(parent, &counts);
    return counts.down + counts.unreachable == (size_t)options->cut && counts.unconfirmed == 0;
}

static int64_t round_ms(const struct options *options, int64_t rounds)
{
    return rounds * options->plan.interval_ms + 60000;
}

static bool start(struct scale_parent *parent, struct options *options, struct findings *found,
                  struct err *err)
{
    double began_s = now_s();

    begin_phase(parent, &found->first);
    if (!scale_take_plan(parent, err))
        return false;
    found->plan_s = now_s() - began_s;
    if (!scale_run_until(parent, scale_is_ready, NULL, READY_MS))
        return err_set(err, "the children were not ready in time");
    found->ready_s = now_s() - began_s - found->plan_s;
    scale_lag(parent, &found->plan_lag);
    if (options->plan.dead_users > 0)
        return true;
    if (!run_phase(parent, &found->first, all_are_up, options, round_ms(options, 2)))
        return err_set(err, "not all devices answered");
    return true;
}

static void be_steady(struct scale_parent *parent, const struct options *options,
                      struct findings *found)
{
    uint64_t polls;

    scale_run_until(parent, never, NULL, SETTLE_MS);
    begin_phase(parent, &found->steady);
    polls = scale_answered(parent);
    run_phase(parent, &found->steady, never, NULL, options->seconds * 1000);
    found->steady_polls = scale_answered(parent) - polls;
    scale_turns(parent, &found->turns);
}

/* Everything goes on meanwhile; between two of them a child has told how long its turns were. */
static bool reload(struct scale_parent *parent, const struct options *options,
                   struct findings *found, struct err *err)
{
    struct scale_lag before;

    scale_lag(parent, &before);
    for (int64_t i = 0; i < options->reloads; i++) {
        if (!scale_take_plan(parent, err))
            return false;
        scale_run_until(parent, never, NULL, SETTLE_MS);
    }
    scale_lag(parent, &found->reload_lag);
    scale_turns(parent, &found->reload_turns);
    return true;
}

static void ctl_each(const struct own_fleet *fleet, const struct options *options,
                     const char *command)
{
    char text[64];
    struct err err;

    int64_t step = options->cut % (10 * CUT_STEP) == 0 ? 10 * CUT_STEP : CUT_STEP;

    for (int64_t i = 0; i < options->cut / step; i++) {
        snprintf(text, sizeof text, step == CUT_STEP ? "%s d%04lld*" : "%s d%03lld*", command,
                 (long long)i);
        if (!own_fleet_ctl(fleet, text, &err))
            _exit(1);
    }
    _exit(0);
}

/* In a process of its own: the parent goes on meanwhile. What it says shows by itself. */
static bool tell_fleet(const struct own_fleet *fleet, const struct options *options,
                       const char *command, struct err *err)
{
    pid_t pid = fork();

    if (pid == 0)
        ctl_each(fleet, options, command);
    return pid > 0 || err_set(err, "no process to tell the fleet");
}

static void told_since(const struct scale_store_counts *before, struct scale_store_counts *told)
{
    scale_store_counts(told);
    told->faults -= before->faults;
    told->states -= before->states;
    told->affected -= before->affected;
}

static bool cut_and_back(struct scale_parent *parent, const struct own_fleet *fleet,
                         struct options *options, struct findings *found, struct err *err)
{
    struct scale_store_counts before;

    scale_database(parent, true);
    scale_run_until(parent, never, NULL, SETTLE_MS * 5); /* all states are told for once */
    scale_store_counts(&before);
    begin_phase(parent, &found->cut);
    if (!tell_fleet(fleet, options, "cut", err))
        return false;
    if (!run_phase(parent, &found->cut, cut_is_told, options, round_ms(options, 2)))
        return err_set(err, "not all outages were told");
    told_since(&before, &found->cut_told);
    scale_store_counts(&before);
    begin_phase(parent, &found->back);
    if (!tell_fleet(fleet, options, "restore", err))
        return false;
    if (!run_phase(parent, &found->back, all_are_up, options, round_ms(options, 2)))
        return err_set(err, "not all came back");
    told_since(&before, &found->back_told);
    return true;
}

/* ---- words ---- */

static void print_phase(const char *name, const struct phase *phase)
{
    double prober_s = 0, prober_most_s = 0;

    for (size_t i = 1; i < phase->processes; i++) {
        double cpu_s = phase->end[i].cpu_s - phase->begin[i].cpu_s;

        prober_s += cpu_s;
        if (cpu_s > prober_most_s)
            prober_most_s = cpu_s;
    }
    printf(", \"%s_s\": %.2f, \"%s_parent_cpu_s\": %.3f, \"%s_prober_cpu_s\": %.3f, "
           "\"%s_prober_most_cpu_s\": %.3f, \"%s_lag_ms\": %.1f, \"%s_turn_ms\": %.1f",
           name, phase->wall_s, name, phase->end[0].cpu_s - phase->begin[0].cpu_s, name, prober_s,
           name, prober_most_s, name, phase->lag.late_ms, name, phase->lag.turn_ms);
}

static void print_told(const char *name, const struct scale_store_counts *told)
{
    printf(", \"%s_statements\": %zu, \"%s_state_statements\": %zu", name, told->faults, name,
           told->states);
}

static void print_memory(const struct phase *phase)
{
    size_t rss_kib = 0, peak_kib = 0;

    for (size_t i = 1; i < phase->processes; i++) {
        rss_kib += phase->end[i].rss_kib;
        peak_kib += phase->end[i].peak_kib;
    }
    printf(", \"parent_rss_mib\": %zu, \"parent_peak_mib\": %zu, \"prober_rss_mib\": %zu, "
           "\"prober_peak_mib\": %zu",
           phase->end[0].rss_kib / 1024, phase->end[0].peak_kib / 1024, rss_kib / 1024,
           peak_kib / 1024);
}

static void print_findings(const struct options *options, const struct findings *found)
{
    const struct phase *steady = &found->steady;
    double prober_s = 0;

    for (size_t i = 1; i < steady->processes; i++)
        prober_s += steady->end[i].cpu_s - steady->begin[i].cpu_s;
    printf("{\"devices\": %zu, \"interval_s\": %lld, \"probers\": %u, \"behind\": %zu, "
           "\"plan_s\": %.2f, \"ready_s\": %.2f, \"plan_turn_ms\": %.1f, \"plan_long_turns\": %llu",
           options->plan.target.count, (long long)options->plan.interval_ms / 1000,
           options->plan.probers, options->plan.behind, found->plan_s, found->ready_s,
           found->plan_lag.turn_ms, (unsigned long long)found->plan_lag.long_turns);
    print_phase("first_round", &found->first);
    print_phase("steady", steady);
    printf(", \"polls\": %llu, \"parent_core_percent\": %.2f, \"prober_core_percent\": %.2f, "
           "\"prober_cpu_us_per_poll\": %.2f",
           (unsigned long long)found->steady_polls,
           100 * (steady->end[0].cpu_s - steady->begin[0].cpu_s) / steady->wall_s,
           100 * prober_s / steady->wall_s,
           found->steady_polls == 0 ? 0 : prober_s * 1e6 / (double)found->steady_polls);
    printf(", \"prober_turn_ms\": %.1f, \"prober_long_turns\": %llu", found->turns.most_ms,
           (unsigned long long)found->turns.long_turns);
    if (options->reloads > 0)
        printf(", \"reload_turn_ms\": %.1f, \"reload_long_turns\": %llu, "
               "\"reload_prober_turn_ms\": %.1f, \"reload_prober_long_turns\": %llu",
               found->reload_lag.turn_ms, (unsigned long long)found->reload_lag.long_turns,
               found->reload_turns.most_ms,
               (unsigned long long)(found->reload_turns.long_turns - found->turns.long_turns));
    print_memory(steady);
    if (options->cut > 0) {
        printf(", \"cut\": %lld", (long long)options->cut);
        print_phase("cut", &found->cut);
        print_told("cut", &found->cut_told);
        print_phase("back", &found->back);
        print_told("back", &found->back_told);
    }
    printf("}\n");
}

static bool measure(struct options *options, const struct own_fleet *fleet, struct findings *found,
                    struct err *err)
{
    struct scale_parent *parent = scale_new(&options->plan, err);
    bool good;

    if (parent == NULL)
        return false;
    good = start(parent, options, found, err);
    if (good)
        be_steady(parent, options, found);
    if (good)
        good = reload(parent, options, found, err);
    if (good && options->cut > 0)
        good = cut_and_back(parent, fleet, options, found, err);
    scale_free(parent);
    return good;
}

/* The log is written as ever, somewhere else. Errors of our own go to the old stderr. */
static int move_log(const char *path)
{
    int old = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    int log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    if (old < 0 || log < 0 || dup2(log, STDERR_FILENO) < 0)
        abort();
    close(log);
    return old;
}

int main(int argc, char **argv)
{
    struct options options = {
        .plan = {.target = {.count = 100000, .version = 2, .community = "public"},
                 .behind = 50,
                 .interval_ms = 60000,
                 .probers = 1},
        .seconds = 60,
        .log = "/dev/null"};
    static struct own_fleet fleet;
    static struct findings found;
    struct err err = {0};
    int words;
    bool good;

    if (prober_child_asked(argc, argv))
        return prober_child_main(argc, argv);
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return usage(stdout, 0);
    if (!read_options(&options, argc, argv))
        return usage(stderr, 2);
    words = move_log(options.log);
    options.plan.target.port = NOBODYS_PORT; /* unless a fleet finds another */
    good =
        (options.plan.dead_users > 0 || own_fleet_start(&fleet, &options.plan.target, NET, &err)) &&
        measure(&options, &fleet, &found, &err);
    own_fleet_stop(&fleet);
    if (!good) {
        dprintf(words, "scale_bench: %s\n", err.text);
        return 1;
    }
    print_findings(&options, &found);
    return 0;
}
