/* SPDX-License-Identifier: ISC */
/*
 * history_bench - what the history of readings costs the daemon, and what PostgreSQL.
 *
 * history_bench_run CONNINFO DEVICES READINGS SLOTS: values of all devices go through
 * daemon/reading_shelf.h as they come from a prober, the batches into the database by COPY. Prints
 * one JSON object; history_bench.sh makes the cluster and adds what the tables came to.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "daemon/base/clock.h"
#include "daemon/reading_shelf.h"
#include "probes/rollup.h"

#define FIRST_SLOT 5880000

struct figures {
    double cpu_s; /* of this process */
    double wall_s;
    int64_t values, stored;
};

struct answer {
    bool is_there;
    enum store_rc rc;
    int64_t count;
};

static double cpu_s(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void on_count(const struct store_status *status, int64_t count, void *arg)
{
    struct answer *answer = arg;

    if (status->rc != STORE_OK)
        fprintf(stderr, "history_bench: %s\n", status->words);
    *answer = (struct answer){true, status->rc, count};
}

static void store_all(struct reading_shelf *shelf, struct event_base *base, struct pg_copy *copy,
                      struct wall now, struct figures *figures)
{
    struct copy_rows *rows;

    while ((rows = reading_shelf_front(shelf)) != NULL) {
        struct answer answer = {0};

        store_reading_rows(copy, rows, (struct wall){now.us - 86400 * US_PER_S}, now, 256, on_count,
                           &answer);
        while (!answer.is_there)
            event_base_loop(base, EVLOOP_ONCE);
        if (answer.rc != STORE_OK)
            exit(1);
        figures->stored += answer.count;
        reading_shelf_taken(shelf);
    }
}

/* Each device is read once in a slot; which ends when it is read again, as in the daemon. */
static void one_slot(struct reading_shelf *shelf, struct event_base *base, struct pg_copy *copy,
                     uint32_t slot, uint32_t devices, uint16_t readings, struct figures *figures)
{
    struct profile_metric metric = {
        .unit = "dBm", .kind = PROFILE_GAUGE, .history = PROFILE_HISTORY_SOME};
    struct wall at = {(int64_t)slot * ROLLUP_SLOT_S * US_PER_S};

    for (uint32_t device = 1; device <= devices; device++) {
        for (uint16_t i = 0; i < readings; i++) {
            struct reading_report report = {.device_id = device,
                                            .metric = i,
                                            .status = VALUE_OK,
                                            .health = PROFILE_FINE,
                                            .number = -60 - (int)(device + slot + i) % 20,
                                            .at = at};

            snprintf(metric.name, sizeof metric.name, "reading_%u", i);
            snprintf(report.instance, sizeof report.instance, "ether%u", i);
            reading_shelf_add(shelf, &report, &metric);
            figures->values++;
        }
        if (reading_shelf_is_full(shelf))
            store_all(shelf, base, copy, at, figures);
    }
}

int main(int count, char **words)
{
    struct figures figures = {0};
    struct err err = {""};
    struct event_base *base = event_base_new();
    struct reading_shelf *shelf = reading_shelf_new(256);
    struct rusage usage;
    struct pg_copy *copy;
    struct mono began;
    uint32_t slots;

    if (count != 5 || base == NULL)
        return 2;
    copy = store_history_open(base, words[1], &err);
    if (copy == NULL) {
        fprintf(stderr, "history_bench: %s\n", err.text);
        return 1;
    }
    slots = (uint32_t)strtoul(words[4], NULL, 10);
    began = mono_now();
    figures.cpu_s = -cpu_s();
    for (uint32_t slot = 0; slot < slots; slot++)
        one_slot(shelf, base, copy, FIRST_SLOT + slot, (uint32_t)strtoul(words[2], NULL, 10),
                 (uint16_t)strtoul(words[3], NULL, 10), &figures);
    reading_shelf_end_before(shelf, UINT32_MAX);
    store_all(shelf, base, copy,
              (struct wall){(int64_t)(FIRST_SLOT + slots) * ROLLUP_SLOT_S * US_PER_S}, &figures);
    figures.cpu_s += cpu_s();
    figures.wall_s = (double)mono_diff_ms(mono_now(), began) / 1000;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"values\":%lld,\"stored\":%lld,\"dropped\":%llu,\"wall_s\":%.3f,\"cpu_s\":%.3f,"
           "\"cpu_us_per_value\":%.3f,\"core_percent\":%.3f,\"rss_kib\":%ld}\n",
           (long long)figures.values, (long long)figures.stored,
           (unsigned long long)reading_shelf_dropped(shelf), figures.wall_s, figures.cpu_s,
           1e6 * figures.cpu_s / (double)figures.values,
           100 * figures.cpu_s / (ROLLUP_SLOT_S * slots), usage.ru_maxrss);
    store_history_close(copy);
    reading_shelf_free(shelf);
    event_base_free(base);
    return 0;
}
