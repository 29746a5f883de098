/* SPDX-License-Identifier: ISC */
/*
 * brain_bench [--sites N] [--hours H] - a day of a district through the link brain: the plan and
 * the detector of the prober, the outage flow with topology, causes and flapping of the parent.
 *
 * The network, the database and the clock are those of the scenarios (tests/scenario/world.h), and
 * are paid for, too. One site in a hundred is a relay; all links lose 1 %. Each hour a relay is cut
 * for ten minutes, and ten villages are. Prints one JSON object; its times are processor time.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "tests/scenario/world.h"

#define HOUR_MS  (INT64_C(3600) * 1000)
#define CUT_MS   (INT64_C(600) * 1000)
#define PER_HOUR 10

static size_t relays, villages;

static void add(const char *code, const char *uplink)
{
    struct world_site *site = &world_here()->sites[world_here()->site_count++];

    snprintf(site->code, sizeof site->code, "%s", code);
    snprintf(site->uplinks, sizeof site->uplinks, "%s", uplink);
    site->is_core = *uplink == '\0';
    site->loss_percent = site->is_core ? 0 : 1;
}

static void set_up(size_t sites)
{
    char code[32], relay[32];

    relays = sites / 100 > 0 ? sites / 100 : 1;
    villages = sites - relays;
    world_open();
    world_here()->policy.interval_ms = 30000;
    world_here()->policy.false_down_years = 100;
    add("C", "");
    for (size_t i = 0; i < relays; i++) {
        snprintf(relay, sizeof relay, "R%zu", i);
        add(relay, "C");
    }
    for (size_t i = 0; i < villages; i++) {
        snprintf(code, sizeof code, "V%zu", i);
        snprintf(relay, sizeof relay, "R%zu", i % relays);
        add(code, relay);
    }
    world_start();
}

static struct world_site *village(size_t hour, size_t i)
{
    return &world_here()->sites[1 + relays + (hour * 7919 + i * 104729) % villages];
}

static void cut_some(size_t hour, bool cut)
{
    world_here()->sites[1 + hour % relays].cut = cut;
    for (size_t i = 0; i < PER_HOUR; i++)
        village(hour, i)->cut = cut;
}

int main(int argc, char **argv)
{
    size_t sites = 10000, hours = 24, own = 0, others = 0;
    struct outage_counts counts;
    int64_t began_us, spent_us;

    for (int i = 1; i < argc; i += 2) {
        if (i + 1 < argc && strcmp(argv[i], "--sites") == 0)
            sites = strtoul(argv[i + 1], NULL, 10);
        else if (i + 1 < argc && strcmp(argv[i], "--hours") == 0)
            hours = strtoul(argv[i + 1], NULL, 10);
        else
            sites = 0;
    }
    if (sites < 20 || sites >= WORLD_SITES_MAX || hours == 0) {
        fprintf(stderr, "brain_bench [--sites 20...%d] [--hours H]\n", WORLD_SITES_MAX - 1);
        return 2;
    }
    log_set_level(LOG_LEVEL_ERROR);
    set_up(sites);
    began_us = thread_cpu_us();
    for (size_t hour = 0; hour < hours; hour++) {
        world_run_until((int64_t)hour * HOUR_MS + HOUR_MS / 2);
        cut_some(hour, true);
        world_run_until((int64_t)hour * HOUR_MS + HOUR_MS / 2 + CUT_MS);
        cut_some(hour, false);
        world_run_until((int64_t)(hour + 1) * HOUR_MS);
    }
    spent_us = thread_cpu_us() - began_us;
    outages_counts(world_here()->outages, &counts);
    for (size_t i = 0; i < world_here()->event_count; i++) {
        const struct world_event *event = &world_here()->events[i];

        if (strcmp(event->what, "outage") == 0) {
            own += strcmp(event->site, event->root) == 0;
            others += strcmp(event->site, event->root) != 0;
        }
    }
    printf("{\"sites\": %zu, \"hours\": %zu, \"probes\": %" PRIu64 ", \"own_outages\": %zu, "
           "\"behind_others\": %zu, \"down_at_end\": %zu, \"cpu_s\": %.2f, \"limit_cpu_s\": 20, "
           "\"cpu_ns_per_probe\": %.0f}\n",
           sites, hours, world_here()->probes, own, others, counts.down + counts.unreachable,
           (double)spent_us / 1e6, (double)spent_us * 1e3 / (double)world_here()->probes);
    world_close();
    return counts.down + counts.unreachable == 0 ? 0 : 1;
}
