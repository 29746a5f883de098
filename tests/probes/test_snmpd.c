/* SPDX-License-Identifier: ISC */
/* Debian's snmpd: both versions, a wrong community, an agent that lacks an object, and one that
 * restarts. */
#include "tests/probes/bench.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "probes/probe_once.h"
#include "tests/integration/rig_proc.h"

#define COMMUNITY "kampung"
#define NARROW    "sempit" /* sees the system group only: no snmpEngineTime */

static const struct plan_policy policy = {500, 400, 3, 2, 0, 0, 0};

static pid_t snmpd(struct bench *bench, uint16_t port)
{
    static const char config[] = "rocommunity " COMMUNITY "\n"
                                 "rocommunity6 " COMMUNITY "\n"
                                 "view narrow included .1.3.6.1.2.1.1\n"
                                 "rocommunity " NARROW " default -V narrow\n";
    char path[160], endpoint[32];
    const char *argv[] = {"snmpd", "-f", "-C", "-c", path, "-Lo", endpoint, NULL};

    snprintf(path, sizeof path, "%s", bench_path(bench, "snmpd.conf"));
    snprintf(endpoint, sizeof endpoint, "udp:127.0.0.1:%u", port);
    assert_true(file_write(path, config, 0600));
    return bench_agent(bench, argv);
}

static void both_versions_are_spoken(void **state)
{
    struct bench *bench = *state;
    uint16_t port = bench_free_port("127.0.0.1");
    struct plan_device devices[] = {
        bench_device(1, "127.0.0.1", port, PLAN_SNMP_V1, COMMUNITY),
        bench_device(2, "127.0.0.1", port, PLAN_SNMP_V2C, COMMUNITY),
    };

    snmpd(bench, port);
    bench_plan(bench, &policy, devices, 2);
    for (uint32_t id = 1; id <= 2; id++) {
        const struct device_vitals *vitals = &bench->devices[id].last.vitals;

        bench_wait(bench, bench->devices[id].last.state == LINK_UP);
        assert_in_range(vitals->uptime_ticks, 0, 100 * 60 * 10);
        assert_in_range(vitals->engine_time_s, 0, 60 * 10);
    }
    assert_int_equal(bench_counters(bench).refused_objects, 0);
}

static void a_wrong_community_is_silence(void **state)
{
    struct bench *bench = *state;
    uint16_t port = bench_free_port("127.0.0.1");
    struct plan_device devices[] = {
        bench_device(1, "127.0.0.1", port, PLAN_SNMP_V1, "somebody-else"),
        bench_device(2, "127.0.0.1", port, PLAN_SNMP_V2C, "somebody-else"),
        bench_device(3, "127.0.0.1", port, PLAN_SNMP_V2C, COMMUNITY),
    };

    snmpd(bench, port);
    bench_plan(bench, &policy, devices, 3);
    bench_wait(bench, bench->devices[3].last.state == LINK_UP);
    bench_wait(bench, bench->devices[1].last.state == LINK_DOWN);
    bench_wait(bench, bench->devices[2].last.state == LINK_DOWN);
    assert_false(wall_is_set(bench->devices[1].last.last_good));

    /* put right in the inventory, the same device answers and the outage ends */
    devices[1] = devices[2];
    devices[1].id = 2;
    bench_plan(bench, &policy, devices, 3);
    bench_wait(bench, bench->devices[2].last.state == LINK_UP);
    assert_int_equal(bench->devices[2].ends, 1);
    assert_int_equal(bench->devices[2].last.first_bad.us, bench->devices[2].began_at.us);
}

static bool knows_its_uptime(struct bench *bench, uint32_t id)
{
    return bench->devices[id].last.vitals.uptime_ticks >= 0;
}

static void an_object_that_is_missing_is_no_outage(void **state)
{
    struct bench *bench = *state;
    uint16_t port = bench_free_port("127.0.0.1");
    struct plan_device devices[] = {
        bench_device(1, "127.0.0.1", port, PLAN_SNMP_V1, NARROW),
        bench_device(2, "127.0.0.1", port, PLAN_SNMP_V2C, NARROW),
    };

    snmpd(bench, port);
    bench_plan(bench, &policy, devices, 2);
    for (uint32_t id = 1; id <= 2; id++) {
        bench_wait(bench, bench->devices[id].last.state == LINK_UP);
        /* v1 refuses the whole of the first request; the next one does without what is missing */
        while (!knows_its_uptime(bench, id)) {
            unsigned asked = bench->devices[id].asked;

            prober_probe_now(bench->prober, id);
            bench_wait(bench, bench->devices[id].asked > asked);
        }
        assert_int_equal(bench->devices[id].last.vitals.engine_time_s, -1);
        assert_int_equal(bench->devices[id].begins, 0);
    }
}

static void a_restarted_agent_tells_of_its_new_start(void **state)
{
    struct bench *bench = *state;
    uint16_t port = bench_free_port("127.0.0.1");
    struct plan_device device = bench_device(1, "127.0.0.1", port, PLAN_SNMP_V2C, COMMUNITY);
    const struct link_change *last = &bench->devices[1].last;
    struct wall down_at;
    pid_t first = snmpd(bench, port);

    bench_plan(bench, &policy, &device, 1);
    bench_wait(bench, last->state == LINK_UP);
    bench_agent_end(bench, first);
    bench_wait(bench, last->state == LINK_DOWN);
    assert_true(wall_is_set(last->last_good) && last->last_good.us <= last->first_bad.us);
    down_at = last->at;
    snmpd(bench, port);
    bench_wait(bench, last->effect == LINK_FX_ENDS);
    assert_true(last->first_good.us > down_at.us);
    assert_int_equal(last->first_bad.us, bench->devices[1].began_at.us);
    /* it began after the outage did: that is what proves a loss of power */
    assert_true(last->at.us - last->vitals.uptime_ticks * 10000 > last->first_bad.us);
}

static void version_six_of_the_protocol_below_is_spoken_too(void **state)
{
    struct bench *bench = *state;
    uint16_t port = bench_free_port("127.0.0.1");
    struct plan_device device = bench_device(1, "::1", port, PLAN_SNMP_V2C, COMMUNITY);
    char endpoint[32], path[160];
    const char *argv[] = {"snmpd", "-f", "-C", "-c", path, "-Lo", endpoint, NULL};

    if (access("/proc/net/if_inet6", R_OK) != 0)
        skip();
    snprintf(path, sizeof path, "%s", bench_path(bench, "snmpd.conf"));
    snprintf(endpoint, sizeof endpoint, "udp6:[::1]:%u", port);
    assert_true(file_write(path, "rocommunity6 " COMMUNITY "\n", 0600));
    bench_agent(bench, argv);
    bench_plan(bench, &policy, &device, 1);
    bench_wait(bench, bench->devices[1].last.state == LINK_UP);
}

static struct probe_once_result once(uint16_t port, enum plan_snmp snmp, const char *community,
                                     uint32_t tries)
{
    struct once_ask ask = {.device = bench_device(1, "127.0.0.1", port, snmp, community),
                           .credential = {.kind = CREDENTIAL_COMMUNITY},
                           .timeout_ms = 300,
                           .tries = tries};
    struct probe_once_result result = {0};
    struct err err = {""};
    struct once *asker;

    snprintf(ask.credential.community, sizeof ask.credential.community, "%s", community);
    asker = once_open(&ask, &err);
    if (asker == NULL || !probe_once(asker, snmp, &result, &err))
        fail_msg("%s", err.text);
    once_close(asker);
    return result;
}

static void a_person_may_ask_once(void **state)
{
    struct bench *bench = *state;
    uint16_t port = bench_free_port("127.0.0.1");
    struct probe_once_result result;

    result = once(port, PLAN_SNMP_V2C, COMMUNITY, 2); /* nobody is there yet */
    assert_false(result.answered);
    assert_int_equal(result.tries, 2);
    snmpd(bench, port);
    bench_wait(bench, once(port, PLAN_SNMP_V2C, COMMUNITY, 1).answered);
    result = once(port, PLAN_SNMP_V1, COMMUNITY, 10);
    assert_true(result.answered);
    assert_in_range(result.rtt_us, 1, 300000);
    assert_in_range(result.vitals.uptime_ticks, 0, 100 * 60 * 10);
    assert_in_range(result.vitals.engine_time_s, 0, 60 * 10);
    result = once(port, PLAN_SNMP_V1, NARROW, 10);
    assert_true(result.answered);
    assert_in_range(result.vitals.uptime_ticks, 0, 100 * 60 * 10);
    assert_int_equal(result.vitals.engine_time_s, -1);
    assert_int_equal(result.error_status, 0);
    assert_false(once(port, PLAN_SNMP_V2C, "somebody-else", 1).answered);
}

#define T(test) cmocka_unit_test_setup_teardown(test, bench_open, bench_close)

static int run(void)
{
    const struct CMUnitTest tests[] = {
        T(both_versions_are_spoken),
        T(a_wrong_community_is_silence),
        T(an_object_that_is_missing_is_no_outage),
        T(a_restarted_agent_tells_of_its_new_start),
        T(version_six_of_the_protocol_below_is_spoken_too),
        T(a_person_may_ask_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return bench_main(argc, argv, run);
}
