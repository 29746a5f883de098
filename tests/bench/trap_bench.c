/* SPDX-License-Identifier: ISC */
/*
 * trap_bench: what a flood of traps does to the probes of the child that has the trap socket.
 *
 * A real prober's child probes a fleet at a steady rate, first undisturbed (the limit), then while
 * traps come. The agents say how late each probe left. Its last line is a JSON object;
 * packaging/doc/benchmarks.md says what the keys are.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>
#include <netinet/in.h>

#include "daemon/base/text.h"
#include "probes/probers.h"
#include "probes/trap_socket.h"
#include "tests/bench/late_agents.h"
#include "tests/bench/trap_flood.h"

#define NET        UINT32_C(0x7f010000) /* 127.1.0.0 */
#define STRANGERS  UINT32_C(0x7f090000)
#define COMMUNITY  "public"
#define TICKS_MOST 2
#define SETTLE_MS  500

struct options {
    int64_t devices;
    int64_t interval_s;
    int64_t seconds;
    int64_t rate;
    int64_t sources;
    int64_t known; /* of the sources: devices of the plan */
    bool stranger; /* a community that is not theirs */
};

struct stretch {
    struct wall from, to;
    struct late_result late;
    struct prober_counters counters;
    double core_percent;
    size_t rss_kib;
};

struct bench {
    struct options options;
    struct event_base *base;
    struct prober_start start;
    struct probers *probers;
    struct late_agents agents;
    uint16_t trap_port;
    bool ready;
    const char *lost; /* NULL: the child lives */
};

static void on_change(const struct link_change *change, void *arg)
{
    (void)change;
    (void)arg;
}

static void on_ready(uint32_t shard, void *arg)
{
    struct bench *bench = arg;

    (void)shard;
    bench->ready = true;
}

static void on_lost(uint32_t shard, const char *why, void *arg)
{
    struct bench *bench = arg;

    (void)shard;
    (void)why;
    bench->lost = "the child was lost";
}

static void on_time(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    event_base_loopbreak(arg);
}

static void run_for(struct bench *bench, int64_t ms)
{
    event_base_once(bench->base, -1, EV_TIMEOUT, on_time, bench->base,
                    &(struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000});
    event_base_dispatch(bench->base);
}

/* User and system time of a process, s. */
static double cpu_of(int pid)
{
    char path[64], line[1024] = "";
    unsigned long user = 0, system = 0;
    const char *after;
    FILE *stat;

    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    stat = fopen(path, "re");
    if (stat == NULL)
        return 0;
    if (fgets(line, sizeof line, stat) != NULL && (after = strrchr(line, ')')) != NULL)
        (void)sscanf(after, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
                     &system);
    fclose(stat);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static size_t rss_kib_of(int pid)
{
    char path[64];
    unsigned long all = 0, resident = 0;
    FILE *statm;

    snprintf(path, sizeof path, "/proc/%d/statm", pid);
    statm = fopen(path, "re");
    if (statm == NULL)
        return 0;
    if (fscanf(statm, "%lu %lu", &all, &resident) != 2)
        resident = 0;
    fclose(statm);
    return resident * (size_t)sysconf(_SC_PAGESIZE) / 1024;
}

static void give_plan(struct bench *bench)
{
    static const struct credential credential = {
        .id = 1, .kind = CREDENTIAL_COMMUNITY, .community = COMMUNITY};
    struct plan_policy policy = {.interval_ms = bench->options.interval_s * 1000,
                                 .timeout_ms = 1000,
                                 .misses_to_down = 3,
                                 .answers_to_up = 3};

    probers_plan_begin(bench->probers, &policy);
    probers_plan_credential(bench->probers, &credential);
    for (uint32_t i = 0; i < (uint32_t)bench->options.devices; i++) {
        struct plan_device device = {.id = i + 1, .snmp = PLAN_SNMP_V2C, .credential = 1};

        device.address.v4 = (struct sockaddr_in){.sin_family = AF_INET,
                                                 .sin_port = htons(bench->agents.port),
                                                 .sin_addr.s_addr = htonl(NET + 1 + i)};
        probers_plan_device(bench->probers, &device);
    }
    probers_plan_commit(bench->probers);
}

/* A port that is free now; the words for it go to words. */
static bool free_port(uint16_t *port, char words[32], struct err *err)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t bytes = sizeof at;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool good = fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0 &&
                getsockname(fd, (struct sockaddr *)&at, &bytes) == 0;

    if (fd >= 0)
        close(fd);
    *port = ntohs(at.sin_port);
    snprintf(words, 32, "127.0.0.1:%u", *port);
    return good || err_set(err, "no free port");
}

static bool open_bench(struct bench *bench, struct err *err)
{
    static const struct probers_callbacks callbacks = {
        .on_change = on_change, .on_ready = on_ready, .on_lost = on_lost};
    char words[32];
    int fd;

    if (!late_agents_start(&bench->agents, NET, (uint32_t)bench->options.devices, err))
        return false;
    bench->base = event_base_new();
    bench->start = (struct prober_start){"/proc/self/exe", true};
    bench->probers = probers_new(bench->base, &bench->start, 1, &callbacks, bench, err);
    if (bench->probers == NULL)
        return false;
    if (!free_port(&bench->trap_port, words, err) || (fd = trap_socket_open(words, err)) < 0)
        return false;
    probers_listen_traps(bench->probers, fd);
    give_plan(bench);
    while (!bench->ready && bench->lost == NULL)
        run_for(bench, 100);
    return bench->ready || err_set(err, "%s", bench->lost);
}

static void close_bench(struct bench *bench)
{
    if (bench->probers != NULL) {
        probers_stop(bench->probers);
        while (!probers_idle(bench->probers))
            run_for(bench, 20);
    }
    probers_free(bench->probers);
    if (bench->base != NULL)
        event_base_free(bench->base);
    late_agents_stop(&bench->agents);
}

static void measure(struct bench *bench, struct stretch *stretch)
{
    int pid = prober_pid(probers_at(bench->probers, 0));
    struct mono began = mono_now();
    double before_s = cpu_of(pid);

    stretch->from = wall_now();
    run_for(bench, bench->options.seconds * 1000);
    stretch->to = wall_now();
    stretch->core_percent =
        100 * (cpu_of(pid) - before_s) / ((double)(mono_now().us - began.us) / 1e6);
    stretch->rss_kib = rss_kib_of(pid);
    probers_counters(bench->probers, &stretch->counters);
}

static void judge(const struct bench *bench, struct stretch *stretch)
{
    late_agents_judge(&bench->agents, stretch->from.us, stretch->to.us - SETTLE_MS * US_PER_MS,
                      bench->options.interval_s * US_PER_S, TICKS_MOST * PLAN_TICK_MS * US_PER_MS,
                      &stretch->late);
}

static void choose_sources(const struct options *options, struct trap_flood *flood)
{
    flood->source_count = (size_t)options->sources;
    for (uint32_t i = 0; i < (uint32_t)options->sources; i++)
        flood->sources[i] = (i < (uint32_t)options->known ? NET : STRANGERS) + 1 + i;
}

static double percent(uint64_t part, uint64_t all)
{
    return all == 0 ? 0 : 100.0 * (double)part / (double)all;
}

static void print_findings(const struct options *options, const struct stretch *quiet,
                           const struct stretch *flood, uint64_t sent,
                           const struct trap_counters *t)
{
    uint64_t believed = 0;

    for (size_t kind = 0; kind < TRAP_KIND_END; kind++)
        believed += t->believed[kind];
    printf("{\"traps_sent\": %" PRIu64 ", \"traps_per_s\": %.0f, \"received\": %" PRIu64
           ", \"dropped\": %" PRIu64 ", \"limited\": %" PRIu64 ", \"crowded\": %" PRIu64
           ", \"unknown\": %" PRIu64 ", \"wrong_community\": %" PRIu64 ", \"believed\": %" PRIu64
           ", \"busy\": %" PRIu64,
           sent, (double)sent / (double)options->seconds, t->received, t->dropped, t->limited,
           t->crowded, t->unknown, t->community, believed, t->busy);
    printf(", \"probes_on_time_percent\": %.3f, \"limit_probes_on_time_percent\": %.3f, "
           "\"late_p50_ms\": %.1f, \"late_p99_ms\": %.1f, \"limit_late_p50_ms\": %.1f, "
           "\"limit_late_p99_ms\": %.1f, \"probes_owed\": %" PRIu64,
           percent(flood->late.on_time, flood->late.owed),
           percent(quiet->late.on_time, quiet->late.owed), (double)flood->late.p50_us / 1e3,
           (double)flood->late.p99_us / 1e3, (double)quiet->late.p50_us / 1e3,
           (double)quiet->late.p99_us / 1e3, flood->late.owed);
    printf(", \"core_percent\": %.1f, \"limit_core_percent\": %.1f, \"rss_kib\": %zu, "
           "\"limit_rss_kib\": %zu, \"devices\": %" PRId64 ", \"sources\": %" PRId64
           ", \"known\": %" PRId64 ", \"seconds\": %" PRId64 "}\n",
           flood->core_percent, quiet->core_percent, flood->rss_kib, quiet->rss_kib,
           options->devices, options->sources, options->known, options->seconds);
}

static int usage(FILE *out, int code)
{
    fputs("usage: trap_bench [--devices N] [--interval S] [--seconds S] [--rate TRAPS_PER_S]\n"
          "                  [--sources N] [--known N] [--stranger]\n"
          "  --known N     so many of the sources are devices of the plan\n"
          "  --stranger    with a community that is not theirs\n",
          out);
    return code;
}

static bool read_options(struct options *options, int argc, char **argv)
{
    static const struct option long_options[] = {
        {"devices", required_argument, NULL, 'd'}, {"interval", required_argument, NULL, 'i'},
        {"seconds", required_argument, NULL, 's'}, {"rate", required_argument, NULL, 'r'},
        {"sources", required_argument, NULL, 'o'}, {"known", required_argument, NULL, 'k'},
        {"stranger", no_argument, NULL, 'x'},      {NULL, 0, NULL, 0}};
    int letter;

    while ((letter = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        int64_t *number = letter == 'd'   ? &options->devices
                          : letter == 'i' ? &options->interval_s
                          : letter == 's' ? &options->seconds
                          : letter == 'r' ? &options->rate
                          : letter == 'o' ? &options->sources
                          : letter == 'k' ? &options->known
                                          : NULL;

        if (letter == 'x')
            options->stranger = true;
        else if (number == NULL ||
                 !text_i64(optarg, number == &options->known ? 0 : 1, 10000000, number))
            return false;
    }
    return optind == argc && options->devices <= 65534 && options->sources <= FLOOD_SOURCES_MOST &&
           options->known <= options->sources && options->known <= options->devices &&
           options->seconds > options->interval_s;
}

static bool run(struct bench *bench, struct err *err)
{
    struct trap_flood flood = {.community = bench->options.stranger ? "salah" : COMMUNITY,
                               .per_s = (uint32_t)bench->options.rate,
                               .pid = -1};
    struct stretch quiet = {0}, loud = {0};
    struct trap_counters traps;
    uint64_t sent;

    if (!open_bench(bench, err))
        return false;
    run_for(bench, bench->options.interval_s * 1000 + SETTLE_MS); /* each had its first turn */
    measure(bench, &quiet);
    late_agents_learn(&bench->agents, bench->options.interval_s * US_PER_S);
    judge(bench, &quiet);
    flood.port = bench->trap_port;
    choose_sources(&bench->options, &flood);
    if (!trap_flood_start(&flood, err))
        return false;
    measure(bench, &loud);
    judge(bench, &loud);
    sent = trap_flood_stop(&flood);
    run_for(bench, 3 * SETTLE_MS); /* what it counted comes each second */
    probers_trap_counters(bench->probers, &traps);
    if (bench->lost != NULL)
        return err_set(err, "%s", bench->lost);
    print_findings(&bench->options, &quiet, &loud, sent, &traps);
    return true;
}

int main(int argc, char **argv)
{
    struct bench bench = {.options = {.devices = 10000,
                                      .interval_s = 10,
                                      .seconds = 60,
                                      .rate = 50000,
                                      .sources = 10,
                                      .known = 1}};
    struct err err = {""};
    bool good;

    if (prober_child_asked(argc, argv))
        return prober_child_main(argc, argv);
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return usage(stdout, 0);
    if (!read_options(&bench.options, argc, argv))
        return usage(stderr, 2);
    good = run(&bench, &err);
    close_bench(&bench);
    if (!good)
        fprintf(stderr, "trap_bench: %s\n", err.text);
    return good ? 0 : 1;
}
