/* SPDX-License-Identifier: ISC */
/* Recorded devices, replayed by Debian's snmpsim: one device per recording, its name is the
 * community. */
#include "tests/probes/bench.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/text.h"
#include "tests/integration/rig_proc.h"

#define RECORDINGS      KT_SOURCE_DIR "/../shared/data/snmprec"
#define NOT_HERE        77
#define UPTIME_LINE     "\n1.3.6.1.2.1.1.3.0|"
#define ENGINE_LINE     "\n1.3.6.1.6.3.10.2.1.3.0|"
#define RECORDINGS_MOST (BENCH_DEVICES / 2 - 1)

struct recording {
    char name[64];
    bool has_uptime;
    bool has_engine_time;
};

static struct recording recordings[RECORDINGS_MOST];
static size_t recordings_count;

static void read_recording(const char *from, struct recording *recording)
{
    struct text content = {0};

    text_add(&content, "\n");
    assert_true(file_read(from, 0, &content));
    recording->has_uptime = strstr(text_get(&content), UPTIME_LINE) != NULL;
    recording->has_engine_time = strstr(text_get(&content), ENGINE_LINE) != NULL;
    text_free(&content);
}

static void copy_recordings(const char *to)
{
    DIR *dir = opendir(RECORDINGS);
    struct dirent *entry;

    assert_non_null(dir);
    recordings_count = 0;
    while ((entry = readdir(dir)) != NULL && recordings_count < RECORDINGS_MOST) {
        struct recording *recording = &recordings[recordings_count];
        const char *end = strstr(entry->d_name, ".snmprec");
        char from[512], copy[512];

        if (end == NULL)
            continue;
        snprintf(recording->name, sizeof recording->name, "%.*s", (int)(end - entry->d_name),
                 entry->d_name);
        snprintf(from, sizeof from, "%s/%s", RECORDINGS, entry->d_name);
        snprintf(copy, sizeof copy, "%s/%s", to, entry->d_name);
        assert_true(file_copy(from, copy, 0600));
        read_recording(from, recording);
        recordings_count++;
    }
    closedir(dir);
}

/* Asked until an answer says what the recording holds: v1 refuses the first request for what it
 * lacks. */
static void wait_vitals(struct bench *bench, uint32_t id, const struct recording *recording)
{
    const struct device_vitals *vitals = &bench->devices[id].last.vitals;

    bench_wait(bench, bench->devices[id].last.state == LINK_UP);
    while ((recording->has_uptime && vitals->uptime_ticks < 0) ||
           (recording->has_engine_time && vitals->engine_time_s < 0)) {
        unsigned asked = bench->devices[id].asked;

        prober_probe_now(bench->prober, id);
        bench_wait(bench, bench->devices[id].asked > asked);
    }
    if (!recording->has_uptime)
        assert_int_equal(vitals->uptime_ticks, -1);
    if (!recording->has_engine_time)
        assert_int_equal(vitals->engine_time_s, -1);
}

static void every_recorded_device_is_alive_whatever_it_lacks(void **state)
{
    static const struct plan_policy policy = {1000, 900, 100, 1, 0, 0, 0};
    struct plan_device devices[BENCH_DEVICES];
    struct bench *bench = *state;
    uint16_t port = bench_free_port("127.0.0.1");

    bench_snmpsim(bench, copy_recordings, port);
    for (uint32_t i = 0; i < recordings_count; i++) {
        const char *name = recordings[i].name;

        devices[2 * i] = bench_device(2 * i, "127.0.0.1", port, PLAN_SNMP_V1, name);
        devices[2 * i + 1] = bench_device(2 * i + 1, "127.0.0.1", port, PLAN_SNMP_V2C, name);
    }
    bench_plan(bench, &policy, devices, 2 * recordings_count);
    for (uint32_t id = 0; id < 2 * recordings_count; id++)
        wait_vitals(bench, id, &recordings[id / 2]);
    print_message("%zu recordings replayed in both versions\n", recordings_count);
    assert_int_equal(bench_counters(bench).refused_objects, 0);
    assert_int_equal(bench_counters(bench).refused_malformed, 0);
    assert_int_equal(bench->lost, 0);
}

static int run(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_recorded_device_is_alive_whatever_it_lacks,
                                        bench_open, bench_close),
    };

    if (access(RECORDINGS, R_OK) != 0 || access(BENCH_SNMPSIM, X_OK) != 0) {
        print_message("skipped: needs %s and the recordings in %s\n", BENCH_SNMPSIM, RECORDINGS);
        return NOT_HERE;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return bench_main(argc, argv, run);
}
