/* SPDX-License-Identifier: ISC */
/* clang-format off */
/*
 * detector_sim --channel FILE [--devices N] [--days D] [--interval S] [--seed X] [--years Y] [--usual-misses M]
 *              [--learn-days L]
 *
 * The prober's own plan and link brain on simulated links (channel.h), closed loop: when the next probe leaves depends
 * on what became of those before. Round trips take 100 ms. Beside it, on links of the same kind, the usual rule: each
 * interval a check of four tries a second apart; M checks lost in a row (3) are DOWN, one that is answered is UP. What is
 * false before day L is not counted: then a link is known.
 * packaging/doc/detector.md has what comes out.
 */
/* clang-format on */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "probes/plan.h"
#include "tests/bench/sim_score.h"

#define ROUND_TRIP_US (100 * US_PER_MS)
#define TIMEOUT_MS    2000
#define EPOCH_US      (INT64_C(1767225600) * US_PER_S)
#define BEGIN_US      US_PER_S /* an instant 0 is none */
#define IN_FLIGHT_MAX (1U << 20)
#define USUAL_TRIES   4

struct options {
    const char *channel;
    uint32_t devices;
    double days;
    double interval_s;
    uint64_t seed;
    uint32_t years;
    uint32_t usual_misses;
    double learn_days;
};

struct flight {
    int64_t due_us;
    int64_t sent_us;
    uint32_t device_id;
    uint32_t serial;
    bool lost;
};

static struct options options = {
    .devices = 100, .days = 30, .interval_s = 30, .seed = 1, .years = 100, .usual_misses = 3};
static struct channel channel;
static struct sim_score ours = {.channel = &channel}, usual = {.channel = &channel};
static struct channel_state *states;
static struct sim_watch *watches;
static struct flight *heap;
static size_t in_flight;
static uint64_t probes;
static int64_t now_us = BEGIN_US;

static double now_s(void)
{
    return (double)(now_us - BEGIN_US) / (double)US_PER_S;
}

/* ---- what is under way, the next to end on top ---- */

static void heap_push(const struct flight *flight)
{
    size_t at = in_flight++;

    if (at == IN_FLIGHT_MAX)
        abort();
    for (; at > 0 && heap[(at - 1) / 2].due_us > flight->due_us; at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = *flight;
}

static struct flight heap_pop(void)
{
    struct flight top = heap[0], last = heap[--in_flight];
    size_t at = 0;

    for (size_t child = 1; child < in_flight; child = 2 * at + 1) {
        if (child + 1 < in_flight && heap[child + 1].due_us < heap[child].due_us)
            child++;
        if (heap[child].due_us >= last.due_us)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return top;
}

/* ---- ours ---- */

static bool on_probe(const struct plan_probe *probe, void *arg)
{
    uint32_t id = probe->device->id;
    bool lost = channel_loses(&channel, &states[id - 1], now_s());
    struct flight flight = {.due_us =
                                now_us + (lost ? probe->timeout_ms * US_PER_MS : ROUND_TRIP_US),
                            .sent_us = now_us,
                            .device_id = id,
                            .serial = probe->serial,
                            .lost = lost};

    (void)arg;
    probes++;
    if (lost)
        sim_missed(&ours, &watches[id - 1], now_s());
    heap_push(&flight);
    return true;
}

static void on_change(const struct link_change *change, void *arg)
{
    struct sim_watch *watch = &watches[change->device_id - 1];

    (void)arg;
    if (change->effect == LINK_FX_BEGINS)
        sim_down(&ours, watch,
                 (double)(change->first_bad.us - EPOCH_US - BEGIN_US) / (double)US_PER_S, now_s());
    else if (change->effect == LINK_FX_ENDS)
        sim_up(&ours, watch, now_s());
}

static struct plan_now both_clocks(void)
{
    return (struct plan_now){{now_us}, {EPOCH_US + now_us}};
}

static struct plan *new_plan(void)
{
    struct plan *plan = plan_new(on_change, NULL, (struct mono){now_us});
    struct plan_policy policy = {.interval_ms = (int64_t)(options.interval_s * 1000),
                                 .timeout_ms = TIMEOUT_MS,
                                 .misses_to_down = 3,
                                 .answers_to_up = 3,
                                 .false_down_years = options.years};
    struct plan_now now = both_clocks();

    plan_begin(plan, &policy);
    for (uint32_t id = 1; id <= options.devices; id++)
        plan_device(plan, &(struct plan_device){.id = id, .snmp = PLAN_SNMP_V2C});
    plan_commit(plan, &now);
    return plan;
}

static void settle(struct plan *plan)
{
    struct flight flight = heap_pop();
    struct plan_now now = both_clocks();
    struct plan_result result = {
        .device_id = flight.device_id,
        .serial = flight.serial,
        .probe = {flight.lost ? PROBE_SILENT : PROBE_ANSWERED,
                  {EPOCH_US + flight.sent_us},
                  {EPOCH_US + now_us}},
        .rtt_us = flight.lost ? -1 : ROUND_TRIP_US,
        .vitals = {-1, -1, -1},
    };

    plan_settle(plan, &now, &result, (uint32_t)channel_random(&states[flight.device_id - 1]));
}

/* To the next instant at which something happens; false: past the end. */
static bool step_clock(const struct plan *plan, int64_t end_us)
{
    struct mono next = {INT64_MAX};

    if (!plan_next_at(plan, &next))
        next.us = INT64_MAX;
    if (in_flight > 0 && heap[0].due_us < next.us)
        next.us = heap[0].due_us;
    if (next.us > now_us)
        now_us = next.us;
    return now_us < end_us;
}

static void run_ours(int64_t end_us)
{
    struct plan *plan = new_plan();

    while (step_clock(plan, end_us)) {
        struct plan_now now = both_clocks();

        while (in_flight > 0 && heap[0].due_us <= now_us)
            settle(plan);
        plan_due(plan, &now, SIZE_MAX, on_probe, NULL);
    }
    now_us = end_us;
    for (uint32_t i = 0; i < options.devices; i++)
        sim_end(&ours, &watches[i], now_s());
    plan_free(plan);
}

/* ---- the usual rule ---- */

/* Four tries, a second apart. Returns when the check is over; sent_s: its first miss, below 0 when
 * it had none. */
static bool check(struct channel_state *state, struct sim_watch *watch, double at_s, double *over_s)
{
    for (int i = 0; i < USUAL_TRIES; i++, at_s += 1) {
        if (!channel_loses(&channel, state, at_s)) {
            *over_s = at_s + (double)ROUND_TRIP_US / (double)US_PER_S;
            return true;
        }
        sim_missed(&usual, watch, at_s);
    }
    *over_s = at_s;
    return false;
}

static void run_usual_one(struct channel_state *state, struct sim_watch *watch, double phase_s,
                          double end_s)
{
    uint32_t run = 0;
    double bad_s = 0;

    for (double at_s = phase_s; at_s < end_s; at_s += options.interval_s) {
        double over_s;

        if (check(state, watch, at_s, &over_s)) {
            if (watch->down_s >= 0)
                sim_up(&usual, watch, over_s);
            run = 0;
            continue;
        }
        if (run++ == 0)
            bad_s = at_s;
        if (run == options.usual_misses)
            sim_down(&usual, watch, bad_s, over_s);
    }
    sim_end(&usual, watch, end_s);
}

static void run_usual(double end_s)
{
    for (uint32_t i = 0; i < options.devices; i++) {
        struct channel_state state;
        struct sim_watch watch;
        double phase_s;

        channel_start(&channel, &state, options.seed * 7777777 + i);
        sim_watch_init(&watch);
        phase_s = options.interval_s * (double)i / (double)options.devices;
        run_usual_one(&state, &watch, phase_s, end_s);
    }
}

/* ---- the command ---- */

static void usage(void)
{
    fputs("usage: detector_sim --channel FILE [--devices N] [--days D] [--interval S] [--seed X]\n"
          "                    [--years Y] [--usual-misses M] [--learn-days L]\n",
          stderr);
    exit(2);
}

static double number(const char *word, double least, double most)
{
    char *end;
    double value = strtod(word, &end);

    if (*word == '\0' || *end != '\0' || !(value >= least && value <= most)) {
        fprintf(stderr, "detector_sim: %s is not a number from %g to %g\n", word, least, most);
        exit(2);
    }
    return value;
}

static void option(const char *name, const char *value)
{
    if (strcmp(name, "--channel") == 0)
        options.channel = value;
    else if (strcmp(name, "--devices") == 0)
        options.devices = (uint32_t)number(value, 1, 1000000);
    else if (strcmp(name, "--days") == 0)
        options.days = number(value, 0.001, 36525);
    else if (strcmp(name, "--interval") == 0)
        options.interval_s = number(value, 1, 3600);
    else if (strcmp(name, "--seed") == 0)
        options.seed = (uint64_t)number(value, 0, 1e15);
    else if (strcmp(name, "--years") == 0)
        options.years = (uint32_t)number(value, 1, PLAN_YEARS_MOST);
    else if (strcmp(name, "--usual-misses") == 0)
        options.usual_misses = (uint32_t)number(value, 1, 100);
    else if (strcmp(name, "--learn-days") == 0)
        options.learn_days = number(value, 0, 36525);
    else
        usage();
}

static void print_results(void)
{
    double base = options.devices * options.days * 86400 / options.interval_s;
    struct rusage cpu;

    getrusage(RUSAGE_SELF, &cpu);
    printf("{\"devices\": %" PRIu32
           ", \"days\": %g, \"interval_s\": %g, \"learn_days\": %g, \"false_down_years\": %" PRIu32
           ", \"false_down\": %zu, \"missed_cuts\": %zu, \"found_cuts\": %zu",
           options.devices, options.days, options.interval_s, options.learn_days, options.years,
           ours.false_down, ours.missed_cuts, ours.found);
    printf(", \"detect_s_p50\": %.2f, \"detect_s_p99\": %.2f, \"restore_s_p50\": %.2f",
           sim_rank(ours.detect_s, ours.detect_count, 0.5),
           sim_rank(ours.detect_s, ours.detect_count, 0.99),
           sim_rank(ours.restore_s, ours.restore_count, 0.5));
    printf(", \"probes_per_device_day\": %.1f, \"extra_probe_percent\": %.2f",
           (double)probes / options.devices / options.days, ((double)probes - base) / base * 100);
    printf(", \"usual_false_down\": %zu, \"usual_missed_cuts\": %zu, \"usual_detect_s_p50\": %.2f, "
           "\"usual_detect_s_p99\": %.2f, \"usual_restore_s_p50\": %.2f, \"cpu_s\": %.2f}\n",
           usual.false_down, usual.missed_cuts, sim_rank(usual.detect_s, usual.detect_count, 0.5),
           sim_rank(usual.detect_s, usual.detect_count, 0.99),
           sim_rank(usual.restore_s, usual.restore_count, 0.5),
           (double)cpu.ru_utime.tv_sec + (double)cpu.ru_utime.tv_usec / 1e6);
}

int main(int argc, char **argv)
{
    if (argc % 2 == 0)
        usage();
    for (int i = 1; i < argc; i += 2)
        option(argv[i], argv[i + 1]);
    if (options.channel == NULL)
        usage();
    channel_read(&channel, options.channel);
    ours.counts_from_s = usual.counts_from_s = options.learn_days * 86400;
    states = calloc(options.devices, sizeof *states);
    watches = calloc(options.devices, sizeof *watches);
    heap = calloc(IN_FLIGHT_MAX, sizeof *heap);
    if (states == NULL || watches == NULL || heap == NULL)
        abort();
    for (uint32_t i = 0; i < options.devices; i++) {
        channel_start(&channel, &states[i], options.seed * 1000003 + i);
        sim_watch_init(&watches[i]);
    }
    run_ours(BEGIN_US + (int64_t)(options.days * 86400 * (double)US_PER_S));
    run_usual(options.days * 86400);
    print_results();
    sim_score_free(&ours);
    sim_score_free(&usual);
    free(states);
    free(watches);
    free(heap);
    return 0;
}
