/* SPDX-License-Identifier: ISC */
/* Made-up devices of tests/profiles, replayed by Debian's snmpsim and read by a prober with its
 * real child: from "what are you?" to numbers with units in the parent. */
#include "tests/probes/bench.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probes/profile_files.h"
#include "tests/integration/rig_proc.h"

#define FIXTURES KT_SOURCE_DIR "/tests/profiles"
#define NOT_HERE 77

/* One value that a device has to be read with. */
static struct wanted {
    const char *fixture;
    enum plan_snmp snmp;
    const char *profile; /* as people say; "": as the device says */
    const char *is;      /* what it has to be read as */
    const char *metric, *instance;
    double number;
    enum value_status status;
    enum profile_health health;
    unsigned seen;
} wanted[] = {
    {"mikrotik-new", PLAN_SNMP_V2C, "", "mikrotik", "gauge_voltage", "voltage", 23.9, VALUE_OK,
     PROFILE_FINE, 0},
    {"mikrotik-new", PLAN_SNMP_V2C, "", "mikrotik", "wifi_signal", "02:00:5e:10:07:0a wifi1", -83,
     VALUE_OK, PROFILE_CRIT, 0},
    {"mikrotik-new", PLAN_SNMP_V1, "", "mikrotik", "if_oper", "wifi1", 2, VALUE_OK, PROFILE_FINE,
     0},
    {"airmax-m", PLAN_SNMP_V2C, "", "ubiquiti-airmax", "airtime", "", 96.1, VALUE_OK, PROFILE_CRIT,
     0},
    {"ltu", PLAN_SNMP_V1, "", "ubiquiti-ltu", "capacity_tx", "02:00:5e:10:09:01", 212500000,
     VALUE_OK, PROFILE_FINE, 0},
    {"rutos-texts", PLAN_SNMP_V2C, "", "teltonika-rutos", "rsrp", "1", -99, VALUE_OK, PROFILE_FINE,
     0},
    {"rutos-texts", PLAN_SNMP_V1, "", "teltonika-rutos", "rsrq", "1", 0, VALUE_INVALID,
     PROFILE_FINE, 0},
    {"huawei-olt", PLAN_SNMP_V2C, "", "huawei-olt", "olt_rx", "4194304000.0", -28.95, VALUE_OK,
     PROFILE_WARN, 0},
    {"zte-c320", PLAN_SNMP_V2C, "", "zte-olt", "onu_rx", "268501248.2.1", -30.5, VALUE_OK,
     PROFILE_CRIT, 0},
    {"ups-rfc1628", PLAN_SNMP_V2C, "", "ups-rfc1628", "source", "", 5, VALUE_OK, PROFILE_CRIT, 0},
    {"ups-delta", PLAN_SNMP_V2C, "", "ups-delta", "input_voltage", "1", 228.8, VALUE_OK,
     PROFILE_FINE, 0},
    {"ups-delta", PLAN_SNMP_V2C, "ups-rfc1628", "ups-rfc1628", "input_voltage", "1", 2288, VALUE_OK,
     PROFILE_FINE, 0},
    {"genstar", PLAN_SNMP_V1, "", "morningstar-genstar", "battery_voltage", "", 25.8125, VALUE_OK,
     PROFILE_FINE, 0},
};
#define WANTED (sizeof wanted / sizeof wanted[0])

static struct profiles *profiles;
static struct text packed;
static uint32_t serial;

static void on_reading(const struct reading_report *report)
{
    struct wanted *want = &wanted[report->device_id];
    const struct profile *profile = profiles_at(profiles, report->profile);
    const struct profile_metric *metric = profile->metrics[report->metric];

    assert_in_range(report->device_id, 0, WANTED - 1);
    assert_int_equal(report->set, serial);
    assert_string_equal(profile->name, want->is);
    if (strcmp(metric->name, want->metric) != 0 || strcmp(report->instance, want->instance) != 0)
        return;
    assert_int_equal(report->status, want->status);
    assert_int_equal(report->health, want->health);
    if (report->number < want->number || report->number > want->number)
        fail_msg("%s: %s is %.10g", want->fixture, metric->name, report->number);
    want->seen++;
}

static void copy_fixtures(const char *to)
{
    for (size_t i = 0; i < WANTED; i++) {
        char from[512], copy[512];

        snprintf(from, sizeof from, FIXTURES "/%s.snmprec", wanted[i].fixture);
        snprintf(copy, sizeof copy, "%s/%s.snmprec", to, wanted[i].fixture);
        if (access(copy, F_OK) != 0)
            assert_true(file_copy(from, copy, 0600));
    }
}

static unsigned least_seen(void)
{
    unsigned least = UINT32_MAX;

    for (size_t i = 0; i < WANTED; i++)
        if (wanted[i].seen < least)
            least = wanted[i].seen;
    return least;
}

static void devices_are_read_by_the_profiles_that_fit_them(void **state)
{
    static const struct plan_policy policy = {
        .interval_ms = 1000, .timeout_ms = 900, .misses_to_down = 100, .answers_to_up = 1};
    struct text complaints = {0};
    struct plan_device devices[WANTED];
    struct bench *bench = *state;
    uint16_t port = bench_free_port("127.0.0.1");

    profiles = profile_files_read("", &packed, &complaints);
    assert_non_null(profiles);
    bench->on_reading = on_reading;
    bench_snmpsim(bench, copy_fixtures, port);
    for (uint32_t i = 0; i < WANTED; i++) {
        devices[i] = bench_device(i, "127.0.0.1", port, wanted[i].snmp, wanted[i].fixture);
        devices[i].profile = profile_hash(wanted[i].profile);
    }
    bench_prober(bench, NULL);
    serial = prober_profiles(bench->prober, text_get(&packed), 1);
    bench_plan(bench, &policy, devices, WANTED);
    bench_wait(bench, least_seen() >= 1);
    bench_wait(bench, bench_counters(bench).readings.whole >= WANTED);
    bench_wait(bench, bench_counters(bench).readings.values >= WANTED);
    /* A child that takes over reads them too. */
    assert_int_equal(kill(prober_pid(bench->prober), SIGKILL), 0);
    for (size_t i = 0; i < WANTED; i++)
        wanted[i].seen = 0;
    bench_wait(bench, bench->lost == 1 && least_seen() >= 1);
    bench->on_reading = NULL;
    profiles_free(profiles);
    text_free(&packed);
}

static int run(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(devices_are_read_by_the_profiles_that_fit_them, bench_open,
                                        bench_close),
    };

    if (access(BENCH_SNMPSIM, X_OK) != 0) {
        print_message("skipped: needs %s\n", BENCH_SNMPSIM);
        return NOT_HERE;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return bench_main(argc, argv, run);
}
