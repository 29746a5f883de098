/* SPDX-License-Identifier: ISC */
#include "tests/scenario/world.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct world *here;

struct world *world_here(void)
{
    return here;
}

void world_open(void)
{
    here = calloc(1, sizeof *here);
    if (here == NULL)
        abort();
    here->events = calloc(WORLD_EVENTS_MAX, sizeof *here->events);
    if (here->events == NULL)
        abort();
    here->seed = 42;
    here->shards = 1;
    here->window_ms = 180000;
    here->policy = (struct plan_policy){
        .interval_ms = 60000, .timeout_ms = 2000, .misses_to_down = 3, .answers_to_up = 3};
}

void world_close(void)
{
    world_crash();
    free(here->events);
    free(here);
    here = NULL;
}

uint32_t world_random(void)
{
    /* SplitMix64: the same script gives the same run. */
    uint64_t z = here->seed += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ (z >> 31)) >> 32);
}

int64_t world_ms(struct wall at)
{
    return (at.us - WORLD_EPOCH_US) / US_PER_MS;
}

struct world_site *world_site(const char *code)
{
    for (size_t i = 0; i < here->site_count; i++)
        if (strcmp(here->sites[i].code, code) == 0)
            return &here->sites[i];
    return NULL;
}

static void add_to_plan(struct roster *roster, struct plan_device *device, size_t index)
{
    const struct world_site *site = &here->sites[index];
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(161),
                                  .sin_addr = {htonl(0x7f000000u + (uint32_t)index + 1)}};
    struct roster_row row = {.code = site->code,
                             .uplinks = site->uplinks,
                             .is_core = site->is_core,
                             .feeder = site->feeder,
                             .device_id = site->is_core || site->removed ? 0 : (uint32_t)index + 1,
                             .left_out = site->left_out,
                             .outage_root = site->has_outage ? site->outage_root : NULL,
                             .last_good = site->last_good,
                             .first_bad = site->first_bad,
                             .detected = site->detected};

    *device = (struct plan_device){.id = row.device_id, .snmp = PLAN_SNMP_V2C};
    memcpy(&device->address, &address, sizeof address);
    if (!site->is_reference)
        roster_add(roster, &row);
}

static void on_sight(enum sight sight, struct wall since, void *arg)
{
    (void)arg;
    fake_store_note_sight(sight, since);
}

void world_wire(void)
{
    for (size_t i = 0; i < here->site_count; i++) {
        struct world_site *site = &here->sites[i];
        char uplinks[sizeof site->uplinks];
        char *rest = uplinks;
        char *code;

        site->up_count = 0;
        memcpy(uplinks, site->uplinks, sizeof uplinks);
        while ((code = strsep(&rest, " ")) != NULL)
            if (*code != '\0' && site->up_count < WORLD_UPLINKS_MAX)
                site->up[site->up_count++] = (size_t)(world_site(code) - here->sites);
    }
}

bool world_reaches(const struct world_site *site)
{
    if (site->cut || site->off || (here->poller_cut && !site->near))
        return false;
    for (size_t i = 0; i < site->up_count; i++)
        if (world_reaches(&here->sites[site->up[i]]))
            return true;
    return site->up_count == 0;
}

static void take_plan(void)
{
    struct roster *roster = roster_new();
    struct plan_device *devices = calloc(here->site_count + 1, sizeof *devices);
    uint32_t references[BLIND_REFERENCES_MOST];
    size_t count = 0, reference_count = 0;
    struct err err;

    if (devices == NULL)
        abort();
    world_wire();
    for (size_t i = 0; i < here->site_count; i++) {
        add_to_plan(roster, &devices[count], i);
        if (here->sites[i].is_reference && !here->sites[i].removed && !here->sites[i].left_out)
            references[reference_count++] = devices[count].id;
        count += devices[count].id != 0 && !here->sites[i].left_out;
    }
    if (!outages_take_plan(here->outages, roster,
                           &(struct planned){.devices = devices, .device_count = count}, &err)) {
        fprintf(stderr, "%s\n", err.text);
        abort();
    }
    outages_take_references(here->outages, references, reference_count);
    free(devices);
    for (uint32_t shard = 0; shard < here->shards; shard++)
        if (!world_is_lost(shard))
            outages_on_prober_ready(here->outages, shard);
    verify_on_prober_ready(here->verify);
}

void world_start(void)
{
    here->outages = outages_new(NULL, &here->policy);
    here->verify = verify_new(NULL);
    here->prober = fake_prober_new();
    outages_set_probers(here->outages, here->prober);
    verify_set_probers(here->verify, here->prober);
    verify_set_window(here->verify, here->window_ms);
    outages_on_sight(here->outages, on_sight, NULL);
    take_plan();
    outages_on_database(here->outages, !here->database_away);
    verify_on_database(here->verify, !here->database_away);
}

void world_crash(void)
{
    fake_store_forget(false);
    outages_free(here->outages);
    verify_free(here->verify);
    probers_free(here->prober);
    here->outages = NULL;
    here->verify = NULL;
    here->prober = NULL;
}

void world_database(bool away)
{
    here->database_away = away;
    if (away)
        fake_store_forget(true);
    if (here->outages == NULL)
        return;
    outages_on_database(here->outages, !away);
    verify_on_database(here->verify, !away);
}

/* A NOTIFY reaches only who listens; the others read the claims when they come back. */
void world_claim(struct world_site *site, bool claimed)
{
    site->claimed_at = (struct wall){claimed ? WORLD_EPOCH_US + here->now_us : 0};
    if (here->verify != NULL && !here->database_away)
        verify_wake(here->verify);
}

void world_remove(struct world_site *site)
{
    site->removed = !site->removed;
    if (here->outages != NULL)
        take_plan();
}

void world_leave_out(struct world_site *site)
{
    site->left_out = !site->left_out;
    take_plan();
}

void world_replan(void)
{
    take_plan();
}

bool world_is_lost(uint32_t shard)
{
    return (here->lost >> shard & 1) != 0;
}

void world_shard(uint32_t shard, bool lost)
{
    if (lost) {
        here->lost |= 1u << shard;
        outages_on_prober_lost(here->outages, shard);
        return;
    }
    here->lost &= ~(1u << shard);
    fake_prober_respawn(here->prober, shard);
    outages_on_prober_ready(here->outages, shard);
    verify_on_prober_ready(here->verify);
}

void world_prober(bool lost)
{
    for (uint32_t shard = 0; shard < here->shards; shard++)
        world_shard(shard, lost);
}

static bool next_due(int64_t *us)
{
    bool (*const parts[])(int64_t * us) = {fake_loop_next, fake_prober_next, fake_store_next};
    bool some = false;

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        int64_t due;

        if (parts[i](&due) && (!some || due < *us)) {
            *us = due;
            some = true;
        }
    }
    return some;
}

void world_run_until(int64_t ms)
{
    int64_t end_us = ms * US_PER_MS;
    int64_t due_us = 0;

    while (next_due(&due_us) && due_us <= end_us) {
        if (due_us > here->now_us)
            here->now_us = due_us;
        fake_store_run_due();
        fake_prober_run_due();
        fake_loop_run_due();
    }
    here->now_us = end_us;
}
