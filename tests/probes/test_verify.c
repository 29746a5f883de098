/* SPDX-License-Identifier: ISC */
/* A claimed repair on trial with a real child: proven, not proven, and whatever comes between. */
#include "tests/probes/bench.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/integration/rig_proc.h"
#include "tests/probes/evil.h"

#define HOST      "127.0.1.1"
#define OTHER     "127.0.0.2"
#define COMMUNITY "kampung"
#define WINDOW_MS 3000
#define HOPELESS  600000 /* a window that no test waits for */

/* Silence is found soon by the one; by the other a busy machine is not taken for it. */
static const struct plan_policy brisk = {250, 500, 3, 2, 0, 0, 0};
static const struct plan_policy patient = {250, 5000, 3, 2, 0, 0, 0};

static struct evil *agent;

static int open_agent(void **state)
{
    struct bench *bench;

    bench_open(state);
    bench = *state;
    agent = evil_new(bench->base, HOST, OTHER, "desa");
    return 0;
}

static int close_agent(void **state)
{
    evil_free(agent);
    return bench_close(state);
}

static void answers(bool truth)
{
    evil_play(agent, &(struct evil_play){.truth = truth});
}

/* Their usual loss is the most that there is: what is judged here is not the arithmetic. */
static void give_plan(struct bench *bench, const struct plan_policy *policy, uint32_t first,
                      uint32_t last)
{
    struct plan_device devices[BENCH_DEVICES];

    for (uint32_t id = first; id <= last; id++) {
        devices[id - first] = bench_device(id, HOST, evil_port(agent), PLAN_SNMP_V2C, "desa");
        devices[id - first].learned.usual_ppm = 600000;
    }
    bench_plan(bench, policy, devices, last - first + 1);
}

static void order(struct bench *bench, uint64_t ticket, uint32_t device_id, int64_t window_ms)
{
    struct verify_order given = {.ticket = ticket, .device_id = device_id, .window_ms = window_ms};

    prober_verify(bench->prober, &given);
}

static void begin_up(struct bench *bench, const struct plan_policy *policy, uint32_t count)
{
    answers(true);
    give_plan(bench, policy, 1, count);
    for (uint32_t id = 1; id <= count; id++)
        bench_wait(bench, bench->devices[id].last.state == LINK_UP);
}

/* The agent's uptime stands still at 77 s: no boot, as long as the window is shorter. */
static void a_repair_that_holds_is_proven(void **state)
{
    struct bench *bench = *state;
    const struct verify_verdict *verdict = &bench->verdict;
    struct wall before;

    begin_up(bench, &patient, 1);
    before = wall_now();
    order(bench, 7, 1, WINDOW_MS);
    bench_wait(bench, bench->verdicts == 1);
    assert_int_equal(verdict->reason, VERIFY_OK);
    assert_int_equal(verdict->ticket, 7);
    assert_int_equal(verdict->device_id, 1);
    assert_int_equal(verdict->usual_ppm, 600000);
    assert_int_equal(verdict->window_ms, WINDOW_MS);
    assert_in_range(verdict->sent, VERIFY_PROBES_LEAST, 30);
    assert_true(verdict->first_good.us >= before.us);
    assert_true(wall_diff_ms(wall_now(), verdict->first_good) >= WINDOW_MS);
}

static void a_claim_while_all_is_silent_is_not(void **state)
{
    struct bench *bench = *state;

    answers(false);
    give_plan(bench, &brisk, 1, 1);
    bench_wait(bench, bench->devices[1].last.state == LINK_DOWN);
    order(bench, 7, 1, WINDOW_MS);
    bench_wait(bench, bench->verdicts == 1);
    assert_int_equal(bench->verdict.reason, VERIFY_SILENT);
    assert_int_equal(bench->verdict.lost, bench->verdict.sent);
    assert_false(wall_is_set(bench->verdict.first_good));
}

static void a_claim_while_it_boots_is_proven_from_its_first_answer(void **state)
{
    struct bench *bench = *state;
    struct wall restored;
    size_t asked;

    answers(false);
    give_plan(bench, &brisk, 1, 1);
    bench_wait(bench, bench->devices[1].last.state == LINK_DOWN);
    asked = evil_asked(agent);
    order(bench, 7, 1, WINDOW_MS);
    bench_wait(bench, evil_asked(agent) >= asked + 3);
    answers(true);
    bench_wait(bench, bench->devices[1].ends == 1);
    restored = bench->devices[1].last.first_good;
    bench_wait(bench, bench->verdicts == 1);
    assert_int_equal(bench->verdict.reason, VERIFY_OK);
    assert_int_equal(bench->verdict.first_good.us, restored.us);
}

static void a_relapse_is_found_at_once(void **state)
{
    struct bench *bench = *state;
    size_t asked;

    begin_up(bench, &brisk, 1);
    asked = evil_asked(agent);
    order(bench, 7, 1, HOPELESS);
    bench_wait(bench, evil_asked(agent) >= asked + 5);
    answers(false);
    bench_wait(bench, bench->verdicts == 1);
    assert_int_equal(bench->verdict.reason, VERIFY_FLAPPED);
    assert_int_equal(bench->devices[1].begins, 1);
}

static void a_child_that_dies_in_the_middle_is_replaced_and_ordered_again(void **state)
{
    struct bench *bench = *state;
    size_t asked;

    begin_up(bench, &patient, 2);
    asked = evil_asked(agent);
    order(bench, 7, 1, WINDOW_MS);
    order(bench, 8, 2, WINDOW_MS);
    bench_wait(bench, evil_asked(agent) >= asked + 6);
    kill(prober_pid(bench->prober), SIGKILL);
    bench_wait(bench, bench->ready == 2);
    assert_int_equal(bench->verdicts, 0);
    bench_wait(bench, bench->verdicts == 2);
    assert_int_equal(bench->verdict.reason, VERIFY_OK);
    assert_in_range(bench->verdict.sent, VERIFY_PROBES_LEAST, 30); /* of a whole window */
}

static void what_is_ordered_between_two_children_is_not_forgotten(void **state)
{
    struct bench *bench = *state;

    begin_up(bench, &patient, 1);
    kill(prober_pid(bench->prober), SIGKILL);
    bench_wait(bench, bench->lost == 1);
    order(bench, 7, 1, WINDOW_MS);
    bench_wait(bench, bench->verdicts == 1);
    assert_int_equal(bench->verdict.reason, VERIFY_OK);
}

static void an_order_before_the_first_plan_waits_for_it(void **state)
{
    struct bench *bench = *state;

    answers(true);
    bench_prober(bench, NULL);
    order(bench, 7, 1, WINDOW_MS);
    give_plan(bench, &patient, 1, 1);
    bench_wait(bench, bench->verdicts == 1);
    assert_int_equal(bench->verdict.reason, VERIFY_OK);
}

static void a_device_that_is_not_there_or_leaves_is_an_interruption(void **state)
{
    struct bench *bench = *state;

    begin_up(bench, &patient, 2);
    order(bench, 6, 40, HOPELESS);
    bench_wait(bench, bench->verdicts == 1);
    assert_int_equal(bench->verdict.reason, VERIFY_INTERRUPTED);
    assert_int_equal(bench->verdict.ticket, 6);
    order(bench, 7, 1, HOPELESS);
    prober_probe_now(bench->prober, 1);
    bench_wait(bench, bench->devices[1].asked == 1);
    give_plan(bench, &patient, 2, 2);
    bench_wait(bench, bench->verdicts == 2);
    assert_int_equal(bench->verdict.reason, VERIFY_INTERRUPTED);
    assert_int_equal(bench->verdict.ticket, 7);
}

static void what_was_cancelled_is_never_answered(void **state)
{
    struct bench *bench = *state;

    begin_up(bench, &patient, 2);
    order(bench, 7, 1, WINDOW_MS);
    order(bench, 8, 2, WINDOW_MS);
    prober_verify_cancel(bench->prober, 7);
    bench_wait(bench, bench->verdicts == 1);
    assert_int_equal(bench->verdict.ticket, 8);
    order(bench, 9, 1, WINDOW_MS);
    bench_wait(bench, bench->verdicts == 2);
    assert_int_equal(bench->verdict.ticket, 9);
}

/* ---- against Debian's agent ---- */

static pid_t snmpd(struct bench *bench, uint16_t port)
{
    char path[160], endpoint[32];
    const char *argv[] = {"snmpd", "-f", "-C", "-c", path, "-Lo", endpoint, NULL};

    snprintf(path, sizeof path, "%s", bench_path(bench, "snmpd.conf"));
    snprintf(endpoint, sizeof endpoint, "udp:127.0.0.1:%u", port);
    assert_true(file_write(path, "rocommunity " COMMUNITY "\n", 0600));
    return bench_agent(bench, argv);
}

static void a_real_agent_proves_its_repair_in_both_versions(void **state)
{
    struct bench *bench = *state;
    uint16_t port = bench_free_port("127.0.0.1");
    struct plan_device devices[] = {
        bench_device(1, "127.0.0.1", port, PLAN_SNMP_V1, COMMUNITY),
        bench_device(2, "127.0.0.1", port, PLAN_SNMP_V2C, COMMUNITY),
    };

    devices[0].learned.usual_ppm = devices[1].learned.usual_ppm = 600000;
    bench_plan(bench, &brisk, devices, 2);
    bench_wait(bench, bench->devices[1].last.state == LINK_DOWN);
    bench_wait(bench, bench->devices[2].last.state == LINK_DOWN);
    order(bench, 1, 1, 8000); /* longer than the uptime of an agent that was just started */
    order(bench, 2, 2, 8000);
    snmpd(bench, port);
    bench_wait(bench, bench->verdicts >= 1);
    assert_int_equal(bench->verdict.reason, VERIFY_OK);
    bench_wait(bench, bench->verdicts == 2);
    assert_int_equal(bench->verdict.reason, VERIFY_OK);
}

/* Nobody is down long enough for an outage; its uptime tells. */
static void a_real_agent_that_starts_anew_proves_nothing(void **state)
{
    static const struct plan_policy stubborn = {250, 500, 100, 2, 0, 0, 0};
    struct bench *bench = *state;
    uint16_t port = bench_free_port("127.0.0.1");
    struct plan_device device = bench_device(1, "127.0.0.1", port, PLAN_SNMP_V2C, COMMUNITY);
    pid_t first = snmpd(bench, port);
    struct mono later;

    device.learned.usual_ppm = 600000; /* whatever is lost on the way is usual */
    bench_plan(bench, &stubborn, &device, 1);
    bench_wait(bench, bench->devices[1].last.state == LINK_UP);
    order(bench, 7, 1, HOPELESS);
    later = mono_add_ms(mono_now(), 3000); /* beyond what is put down to rounding */
    bench_wait(bench, mono_now().us >= later.us);
    bench_agent_end(bench, first);
    snmpd(bench, port);
    bench_wait(bench, bench->verdicts == 1);
    assert_int_equal(bench->verdict.reason, VERIFY_REBOOTED);
    assert_int_equal(bench->devices[1].begins, 0);
}

#define E(test) cmocka_unit_test_setup_teardown(test, open_agent, close_agent)
#define T(test) cmocka_unit_test_setup_teardown(test, bench_open, bench_close)

static int run(void)
{
    const struct CMUnitTest tests[] = {
        E(a_repair_that_holds_is_proven),
        E(a_claim_while_all_is_silent_is_not),
        E(a_claim_while_it_boots_is_proven_from_its_first_answer),
        E(a_relapse_is_found_at_once),
        E(a_child_that_dies_in_the_middle_is_replaced_and_ordered_again),
        E(what_is_ordered_between_two_children_is_not_forgotten),
        E(an_order_before_the_first_plan_waits_for_it),
        E(a_device_that_is_not_there_or_leaves_is_an_interruption),
        E(what_was_cancelled_is_never_answered),
        T(a_real_agent_proves_its_repair_in_both_versions),
        T(a_real_agent_that_starts_anew_proves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return bench_main(argc, argv, run);
}
