/* SPDX-License-Identifier: ISC */
/* Replies that are not the answer, in every class, by the thousand; and the answer behind them. */
#include "tests/probes/bench.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/probes/evil.h"

#define LIES      50
#define LIES_EACH 1000 /* of each class, at least */
#define OTHER     "127.0.0.2"

static struct evil *agents[EVIL_END];

/* Device n is the agent with trick n, at 127.0.1.n; bit by bit the same as an honest one else. */
static void open_agents(struct bench *bench, const struct plan_policy *policy)
{
    struct plan_device devices[EVIL_END - 1];

    for (uint32_t trick = 1; trick < EVIL_END; trick++) {
        char host[16];

        snprintf(host, sizeof host, "127.0.1.%u", trick);
        agents[trick] = evil_new(bench->base, host, OTHER, "desa");
        devices[trick - 1] =
            bench_device(trick, host, evil_port(agents[trick]), PLAN_SNMP_V2C, "desa");
    }
    bench_plan(bench, policy, devices, EVIL_END - 1);
}

static void close_agents(void)
{
    for (size_t trick = 1; trick < EVIL_END; trick++)
        evil_free(agents[trick]);
}

static void play_all(unsigned lies, bool truth)
{
    for (int trick = 1; trick < EVIL_END; trick++) {
        struct evil_play play = {.trick = (enum evil_trick)trick, .lies = lies, .truth = truth};

        evil_play(agents[trick], &play);
    }
}

static bool all_have_lied(void)
{
    for (size_t trick = 1; trick < EVIL_END; trick++)
        if (evil_lies(agents[trick]) < LIES_EACH)
            return false;
    return true;
}

static uint64_t told(enum evil_trick trick)
{
    return evil_lies(agents[trick]);
}

static bool each_lie_was_counted(const struct bench *bench)
{
    struct prober_counters c = bench_counters(bench);

    return c.refused_address == told(EVIL_ADDRESS) + told(EVIL_PORT) &&
           c.refused_version == told(EVIL_VERSION) && c.refused_community == told(EVIL_COMMUNITY) &&
           c.refused_request ==
               told(EVIL_REQUEST) + told(EVIL_TRAP) + told(EVIL_TRAP_V1) + told(EVIL_ECHO) &&
           c.refused_objects == told(EVIL_OBJECT) &&
           c.refused_malformed == told(EVIL_TRUNCATED) + told(EVIL_OVERSIZED);
}

static bool all_are(const struct bench *bench, enum link_state link_state)
{
    for (size_t trick = 1; trick < EVIL_END; trick++)
        if (bench->devices[trick].last.state != link_state)
            return false;
    return true;
}

static void no_lie_of_any_class_is_believed_and_the_truth_behind_it_is(void **state)
{
    static const struct plan_policy policy = {100, 60, 3, 1, 0, 0, 0};
    struct bench *bench = *state;

    open_agents(bench, &policy);
    play_all(LIES, false);
    bench_wait(bench, all_have_lied());
    play_all(0, false);
    bench_wait(bench, each_lie_was_counted(bench));
    bench_wait(bench, all_are(bench, LINK_DOWN));
    assert_int_equal(bench_counters(bench).answered, 0);
    assert_int_equal(bench_counters(bench).late, 0);

    play_all(3, true);
    bench_wait(bench, all_are(bench, LINK_UP));
    play_all(0, true);
    bench_wait(bench, each_lie_was_counted(bench));
    for (size_t trick = 1; trick < EVIL_END; trick++) {
        assert_int_equal(bench->devices[trick].last.vitals.uptime_ticks, 7700);
        assert_int_equal(bench->devices[trick].last.vitals.engine_time_s, 77);
    }
    assert_int_equal(bench->lost, 0);
    close_agents();
}

static void an_answer_counts_once_however_often_it_comes(void **state)
{
    static const struct plan_policy policy = {100, 5000, 3, 1, 0, 0, 0};
    struct bench *bench = *state;
    struct evil *agent = evil_new(bench->base, "127.0.1.1", OTHER, "desa");
    struct plan_device device =
        bench_device(1, "127.0.1.1", evil_port(agent), PLAN_SNMP_V2C, "desa");

    evil_play(agent, &(struct evil_play){.truth = true, .times = 1 + LIES});
    bench_plan(bench, &policy, &device, 1);
    bench_wait(bench, evil_asked(agent) >= LIES_EACH / LIES);
    evil_play(agent, &(struct evil_play){.truth = false});
    bench_wait(bench, bench_counters(bench).refused_request >= LIES_EACH);
    assert_int_equal(bench_counters(bench).refused_request, bench_counters(bench).answered * LIES);
    evil_free(agent);
}

/* Its request is closed long before, and others of the same device are open. */
static void an_answer_that_comes_again_later_is_none(void **state)
{
    static const struct plan_policy policy = {100, 5000, 3, 1, 0, 0, 0};
    struct bench *bench = *state;
    struct evil *agent = evil_new(bench->base, "127.0.1.1", OTHER, "desa");
    struct plan_device device =
        bench_device(1, "127.0.1.1", evil_port(agent), PLAN_SNMP_V2C, "desa");

    evil_play(agent, &(struct evil_play){.truth = true, .again = LIES, .again_ms = 250});
    bench_plan(bench, &policy, &device, 1);
    bench_wait(bench, evil_asked(agent) >= LIES_EACH / LIES);
    evil_play(agent, &(struct evil_play){.truth = true});
    bench_wait(bench, bench_counters(bench).refused_request >= LIES_EACH);
    assert_int_equal(bench_counters(bench).late, 0);
    assert_in_range(bench_counters(bench).answered, 1, evil_asked(agent));
    evil_free(agent);
}

static void a_late_answer_is_life(void **state)
{
    static const struct plan_policy policy = {5000, 100, 3, 1, 0, 0, 0};
    struct bench *bench = *state;
    struct evil *agent = evil_new(bench->base, "127.0.1.1", OTHER, "desa");
    struct plan_device device =
        bench_device(1, "127.0.1.1", evil_port(agent), PLAN_SNMP_V2C, "desa");

    evil_play(agent, &(struct evil_play){.truth = true, .delay_ms = 1500});
    bench_plan(bench, &policy, &device, 1);
    prober_probe_now(bench->prober, 1);
    bench_wait(bench, bench->devices[1].last.state == LINK_UP);
    bench_wait(bench, bench_counters(bench).late > 0);
    assert_true(bench_counters(bench).silent > 0);
    evil_play(agent, &(struct evil_play){.truth = false});
    evil_free(agent);
}

static void a_device_may_answer_from_elsewhere_where_the_inventory_says_so(void **state)
{
    static const struct plan_policy policy = {100, 1000, 3, 1, 0, 0, 0};
    struct bench *bench = *state;
    struct evil *agent = evil_new(bench->base, "127.0.1.1", OTHER, "desa");
    struct plan_device device =
        bench_device(1, "127.0.1.1", evil_port(agent), PLAN_SNMP_V2C, "desa");

    device.reply_from_any = true;
    evil_play(agent, &(struct evil_play){.trick = EVIL_ADDRESS, .lies = 1});
    bench_plan(bench, &policy, &device, 1);
    bench_wait(bench, bench->devices[1].last.state == LINK_UP);
    bench_wait(bench, bench_counters(bench).answered > 3);
    assert_int_equal(bench_counters(bench).refused_address, 0);
    evil_free(agent);
}

static int by_value(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

/* Whoever sees one must not be able to say the next: no id twice, no step twice in a row. */
static void request_ids_tell_nothing_of_each_other(void **state)
{
    enum { IDS = 10000, DEVICES = 500 };
    static const struct plan_policy policy = {100, 5000, 3, 1, 0, 0, 0};
    static struct plan_device devices[DEVICES];
    struct bench *bench = *state;
    struct evil *agent = evil_new(bench->base, "127.0.1.1", OTHER, "desa");
    static int32_t ids[IDS];
    size_t same_step = 0, rising = 0, twice = 0;

    evil_play(agent, &(struct evil_play){.truth = true});
    for (uint32_t id = 1; id <= DEVICES; id++)
        devices[id - 1] = bench_device(id, "127.0.1.1", evil_port(agent), PLAN_SNMP_V2C, "desa");
    bench_plan(bench, &policy, devices, DEVICES);
    bench_wait(bench, evil_asked(agent) >= IDS);
    for (size_t i = 0; i < IDS; i++)
        ids[i] = evil_ids(agent)[i];
    for (size_t i = 0; i < IDS; i++)
        assert_true(ids[i] > 0);
    for (size_t i = 2; i < IDS; i++) {
        rising += ids[i] > ids[i - 1];
        same_step += (int64_t)ids[i] - ids[i - 1] == (int64_t)ids[i - 1] - ids[i - 2];
    }
    qsort(ids, IDS, sizeof *ids, by_value);
    for (size_t i = 1; i < IDS; i++)
        twice += ids[i] == ids[i - 1];
    assert_int_equal(same_step, 0);
    assert_in_range(twice, 0, 2); /* two of 10,000 in 2^31 meet in one run of forty */
    assert_in_range(rising, IDS * 45 / 100, IDS * 55 / 100);
    evil_free(agent);
}

#define T(test) cmocka_unit_test_setup_teardown(test, bench_open, bench_close)

static int run(void)
{
    const struct CMUnitTest tests[] = {
        T(no_lie_of_any_class_is_believed_and_the_truth_behind_it_is),
        T(an_answer_counts_once_however_often_it_comes),
        T(an_answer_that_comes_again_later_is_none),
        T(a_late_answer_is_life),
        T(a_device_may_answer_from_elsewhere_where_the_inventory_says_so),
        T(request_ids_tell_nothing_of_each_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return bench_main(argc, argv, run);
}
