/* SPDX-License-Identifier: ISC */
/* Several children: each has its share of the devices and no more secrets than it needs. */
#include "tests/probes/bench.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probes/probers.h"

#define SHARDS        3
#define DEVICES       30
#define REGION_MOST   (UINT64_C(1) << 30) /* the sanitizer's shadow is larger, and sparse */
#define PIECE         (1 << 20)
#define PIECE_OVERLAP 128

struct seen {
    unsigned ready[SHARDS];
    unsigned lost[SHARDS];
};

static struct seen seen;
static struct probers *probers;

static void on_change(const struct link_change *change, void *arg)
{
    (void)change;
    (void)arg;
}

static void on_ready(uint32_t shard, void *arg)
{
    (void)arg;
    seen.ready[shard]++;
}

static void on_lost(uint32_t shard, const char *why, void *arg)
{
    (void)arg;
    (void)why;
    seen.lost[shard]++;
}

static void on_verified(const struct verify_verdict *verdict, void *arg)
{
    (void)arg;
    (void)verdict;
}

static const struct probers_callbacks callbacks = {
    .on_change = on_change, .on_ready = on_ready, .on_lost = on_lost, .on_verified = on_verified};

/* In two halves, so that it does not stand in the program's own memory. */
static void secret_of(uint32_t id, char out[64])
{
    snprintf(out, 64, "%s-%s-%lu-", "community", "of-device", (unsigned long)id);
}

static struct bench *open_shards(void **state, const struct plan_policy *policy)
{
    static const struct prober_start start = {"/proc/self/exe", true};
    struct bench *bench = *state;
    uint16_t port = bench_free_port("127.0.0.1");
    struct err err = {""};

    seen = (struct seen){0};
    probers = probers_new(bench->base, &start, SHARDS, &callbacks, NULL, &err);
    if (probers == NULL)
        fail_msg("%s", err.text);
    probers_plan_begin(probers, policy);
    for (uint32_t id = 1; id <= DEVICES; id++) {
        struct credential credential = {.id = id, .kind = CREDENTIAL_COMMUNITY};

        secret_of(id, credential.community);
        probers_plan_credential(probers, &credential);
    }
    for (uint32_t id = 1; id <= DEVICES; id++) {
        struct plan_device device = bench_device(id, "127.0.0.1", port, PLAN_SNMP_V2C, "x");

        device.credential = id;
        probers_plan_device(probers, &device);
    }
    probers_plan_commit(probers);
    bench_wait(bench, probers_are_ready(probers));
    return bench;
}

static void close_shards(struct bench *bench)
{
    probers_stop(probers);
    bench_wait(bench, probers_idle(probers));
    probers_free(probers);
}

static void every_device_is_in_one_shard_and_all_have_some(void **state)
{
    static const struct plan_policy slow = {3600000, 1000, 3, 3, 0, 0, 0};
    struct bench *bench = open_shards(state, &slow);
    struct prober_counters all;
    uint32_t devices[SHARDS] = {0}, sum = 0;

    for (uint32_t id = 1; id <= DEVICES; id++)
        devices[probers_shard(probers, id)]++;
    bench_wait(bench, (probers_counters(probers, &all), all.devices == DEVICES));
    for (uint32_t shard = 0; shard < SHARDS; shard++) {
        struct prober_counters one;

        prober_counters(probers_at(probers, shard), &one);
        assert_int_equal(one.devices, devices[shard]);
        assert_in_range(one.devices, 1, DEVICES - 1);
        assert_int_equal(seen.ready[shard], 1);
        sum += one.devices;
    }
    assert_int_equal(sum, DEVICES);
    close_shards(bench);
}

static void one_that_dies_is_replaced_and_the_others_go_on(void **state)
{
    static const struct plan_policy slow = {3600000, 1000, 3, 3, 0, 0, 0};
    struct bench *bench = open_shards(state, &slow);
    int others[] = {prober_pid(probers_at(probers, 0)), prober_pid(probers_at(probers, 2))};

    assert_int_equal(kill(prober_pid(probers_at(probers, 1)), SIGKILL), 0);
    bench_wait(bench, seen.lost[1] == 1);
    assert_false(probers_are_ready(probers));
    bench_wait(bench, seen.ready[1] == 2);
    assert_true(probers_are_ready(probers));
    assert_int_equal(probers_restarts(probers), 1);
    assert_int_equal(seen.lost[0] + seen.lost[2], 0);
    assert_int_equal(prober_pid(probers_at(probers, 0)), others[0]);
    assert_int_equal(prober_pid(probers_at(probers, 2)), others[1]);
    close_shards(bench);
}

/* Is the text in that memory? */
static bool region_holds(int mem, uint64_t begin, uint64_t end, const char *text)
{
    static char piece[PIECE + PIECE_OVERLAP];

    for (uint64_t at = begin; at < end; at += PIECE) {
        size_t want = end - at < sizeof piece ? (size_t)(end - at) : sizeof piece;
        ssize_t got = pread(mem, piece, want, (off_t)at);

        if (got > 0 && memmem(piece, (size_t)got, text, strlen(text)) != NULL)
            return true;
    }
    return false;
}

/* 1: it is there, 0: it is not, -1: nobody may look. */
static int process_holds(int pid, const char *text)
{
    char path[64], line[512];
    int found = 0, mem;
    FILE *maps;

    snprintf(path, sizeof path, "/proc/%d/mem", pid);
    mem = open(path, O_RDONLY | O_CLOEXEC);
    snprintf(path, sizeof path, "/proc/%d/maps", pid);
    maps = fopen(path, "re");
    if (mem < 0 || maps == NULL)
        found = -1;
    while (found == 0 && fgets(line, sizeof line, maps) != NULL) {
        char *rest;
        uint64_t begin = strtoull(line, &rest, 16), end = strtoull(rest + 1, &rest, 16);

        if (strncmp(rest, " rw", 3) == 0 && end - begin <= REGION_MOST)
            found = region_holds(mem, begin, end, text);
    }
    if (maps != NULL)
        fclose(maps);
    if (mem >= 0)
        close(mem);
    return found;
}

static void a_child_knows_the_secrets_of_its_own_devices_only(void **state)
{
    static const struct plan_policy slow = {3600000, 1000, 3, 3, 0, 0, 0};
    struct bench *bench = open_shards(state, &slow);
    bool may_look = true;

    for (uint32_t id = 1; id <= 8 && may_look; id++) {
        char secret[64];

        secret_of(id, secret);
        for (uint32_t shard = 0; shard < SHARDS; shard++) {
            int found = process_holds(prober_pid(probers_at(probers, shard)), secret);

            may_look = may_look && found >= 0;
            if (found >= 0)
                assert_int_equal(found, probers_shard(probers, id) == shard);
        }
    }
    close_shards(bench);
    if (!may_look) {
        print_message("nobody may look into a child's memory here\n");
        skip();
    }
}

#define T(test) cmocka_unit_test_setup_teardown(test, bench_open, bench_close)

static int tests(void)
{
    const struct CMUnitTest all[] = {
        T(every_device_is_in_one_shard_and_all_have_some),
        T(one_that_dies_is_replaced_and_the_others_go_on),
        T(a_child_knows_the_secrets_of_its_own_devices_only),
    };

    return cmocka_run_group_tests(all, NULL, NULL);
}

int main(int argc, char **argv)
{
    return bench_main(argc, argv, tests);
}
