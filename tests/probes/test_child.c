/* SPDX-License-Identifier: ISC */
/* What becomes of a fleet when its prober is killed, frozen, made to lie, or told to end. */
#include "tests/probes/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/base/text.h"
#include "tests/integration/rig_proc.h"
#include "tests/probes/evil.h"

#define HOST   "127.0.1.1"
#define OTHER  "127.0.0.2"
#define FLEET  20
#define MANY   300  /* with the policy that is brisk, 30 in each tick */
#define FROZEN 3000 /* ms: longer than two intervals, shorter than what the parent waits */

static const struct plan_policy brisk = {200, 150, 3, 2, 0, 0, 0};

static struct evil *agent;

static int open_fleet(void **state)
{
    struct bench *bench;

    bench_open(state);
    bench = *state;
    bench->no_sandbox = true; /* so that these children are looked at for leaks when they end */
    agent = evil_new(bench->base, HOST, OTHER, "desa");
    return 0;
}

static int close_fleet(void **state)
{
    evil_free(agent);
    return bench_close(state);
}

static void answers(bool truth)
{
    evil_play(agent, &(struct evil_play){.truth = truth});
}

static void give_plan(struct bench *bench, const struct plan_policy *policy, uint32_t count)
{
    struct plan_device devices[BENCH_DEVICES];

    for (uint32_t id = 1; id <= count; id++)
        devices[id - 1] = bench_device(id, HOST, evil_port(agent), PLAN_SNMP_V2C, "desa");
    bench_plan(bench, policy, devices, count);
}

static bool all_are(const struct bench *bench, uint32_t count, enum link_state link_state)
{
    for (uint32_t id = 1; id <= count; id++)
        if (bench->devices[id].last.state != link_state)
            return false;
    return true;
}

static unsigned outages(const struct bench *bench)
{
    unsigned begins = 0;

    for (uint32_t id = 0; id < BENCH_DEVICES; id++)
        begins += bench->devices[id].begins;
    return begins;
}

static void forget_devices(struct bench *bench)
{
    memset(bench->devices, 0, sizeof bench->devices);
}

static void a_killed_prober_is_replaced_and_nobody_is_down(void **state)
{
    struct bench *bench = *state;
    pid_t first;

    answers(true);
    give_plan(bench, &brisk, FLEET);
    bench_wait(bench, all_are(bench, FLEET, LINK_UP));
    first = prober_pid(bench->prober);
    forget_devices(bench);
    kill(first, SIGKILL);
    bench_wait(bench, bench->lost == 1);
    assert_false(prober_is_ready(bench->prober));
    assert_string_equal(bench->why, "killed by signal 9");
    bench_wait(bench, bench->ready == 2);
    assert_true(prober_is_ready(bench->prober));
    bench_wait(bench, all_are(bench, FLEET, LINK_UP));
    assert_int_not_equal(prober_pid(bench->prober), first);
    assert_int_equal(prober_restarts(bench->prober), 1);
    assert_int_equal(outages(bench), 0);
}

static void a_frozen_prober_is_replaced_and_nobody_is_down(void **state)
{
    struct bench *bench = *state;

    answers(true);
    give_plan(bench, &brisk, FLEET);
    bench_wait(bench, all_are(bench, FLEET, LINK_UP));
    forget_devices(bench);
    kill(prober_pid(bench->prober), SIGSTOP);
    bench_wait(bench, bench->lost == 1);
    assert_string_equal(bench->why, "it was silent for 5 s");
    bench_wait(bench, bench->ready == 2);
    bench_wait(bench, all_are(bench, FLEET, LINK_UP));
    assert_int_equal(outages(bench), 0);
}

/* The agent says nothing to what was asked just before; asleep, the prober cannot call that
 * silence. */
static void what_was_under_way_while_we_slept_is_no_miss(void **state)
{
    static const struct plan_policy policy = {1000, 900, 1, 1, 0, 0, 0};
    struct bench *bench = *state;
    size_t asked;
    struct mono thaw_at;

    answers(true);
    give_plan(bench, &policy, FLEET);
    bench_wait(bench, all_are(bench, FLEET, LINK_UP));
    answers(false);
    asked = evil_asked(agent);
    bench_wait(bench, evil_asked(agent) > asked);
    kill(prober_pid(bench->prober), SIGSTOP);
    thaw_at = mono_add_ms(mono_now(), FROZEN);
    bench_wait(bench, mono_now().us >= thaw_at.us);
    answers(true);
    kill(prober_pid(bench->prober), SIGCONT);
    bench_wait(bench, bench_counters(bench).forgotten > 0);
    asked = evil_asked(agent);
    bench_wait(bench, evil_asked(agent) >= asked + FLEET);
    assert_true(all_are(bench, FLEET, LINK_UP));
    assert_int_equal(outages(bench), 0);
    assert_int_equal(bench->lost, 0);
}

static void an_outage_outlives_the_prober_that_found_it(void **state)
{
    struct bench *bench = *state;
    struct wall began_at;

    answers(true);
    give_plan(bench, &brisk, 1);
    bench_wait(bench, bench->devices[1].last.state == LINK_UP);
    answers(false);
    bench_wait(bench, bench->devices[1].begins == 1);
    began_at = bench->devices[1].began_at;
    kill(prober_pid(bench->prober), SIGKILL);
    bench_wait(bench, bench->ready == 2);
    answers(true);
    bench_wait(bench, bench->devices[1].ends == 1);
    assert_int_equal(bench->devices[1].begins, 1);
    assert_int_equal(bench->devices[1].last.first_bad.us, began_at.us);
    assert_true(wall_is_set(bench->devices[1].last.last_good));
}

static void what_a_dead_prober_was_asked_the_next_one_answers(void **state)
{
    static const struct plan_policy slow = {3600000, 1000, 3, 3, 0, 0, 0};
    struct bench *bench = *state;

    answers(true);
    give_plan(bench, &slow, 2);
    bench_wait(bench, bench->ready == 1);
    kill(prober_pid(bench->prober), SIGKILL);
    prober_probe_now(bench->prober, 1);
    bench_wait(bench, bench->lost == 1);
    prober_probe_now(bench->prober, 2);
    bench_wait(bench, bench->devices[1].asked == 1 && bench->devices[2].asked == 1);
    assert_int_equal(bench->devices[1].last.state, LINK_UP);
}

static void an_unanswered_probe_out_of_turn_is_told_as_well(void **state)
{
    static const struct plan_policy slow = {3600000, 100, 3, 3, 0, 0, 0};
    struct bench *bench = *state;

    give_plan(bench, &slow, 1);
    prober_probe_now(bench->prober, 1);
    bench_wait(bench, bench->devices[1].asked == 1);
    assert_int_equal(bench->devices[1].last.state, LINK_UNKNOWN);
    assert_int_equal(bench->devices[1].last.effect, LINK_FX_NONE);
}

static void a_plan_of_thousands_passes_through_the_socket(void **state)
{
    enum { DEVICES = 20000 };
    static const struct plan_policy slow = {3600000, 1000, 3, 3, 0, 0, 0};
    struct bench *bench = *state;

    answers(true);
    bench_prober(bench, NULL);
    prober_plan_begin(bench->prober, &slow);
    (void)bench_device(1, HOST, evil_port(agent), PLAN_SNMP_V2C, "desa");
    bench_credentials(bench->prober);
    for (uint32_t id = 1; id <= DEVICES; id++) {
        struct plan_device device =
            bench_device(1000 + id, HOST, evil_port(agent), PLAN_SNMP_V2C, "desa");

        if (id == 1)
            device.id = 1;
        prober_plan_device(bench->prober, &device);
    }
    prober_plan_commit(bench->prober);
    prober_probe_now(bench->prober, 1);
    bench_wait(bench, bench->ready == 1);
    bench_wait(bench, bench->devices[1].asked == 1);
    bench_wait(bench, bench_counters(bench).devices == DEVICES);
}

static void a_replaced_plan_is_ready_again_and_keeps_what_is_known(void **state)
{
    struct bench *bench = *state;

    answers(true);
    give_plan(bench, &brisk, 3);
    bench_wait(bench, all_are(bench, 3, LINK_UP));
    forget_devices(bench);
    give_plan(bench, &brisk, 4);
    bench_wait(bench, bench->ready == 2);
    bench_wait(bench, bench->devices[4].last.state == LINK_UP);
    assert_int_equal(bench->devices[1].changes, 0);
    assert_int_equal(bench_counters(bench).refused_request, 0);
}

/* A turn of the loop costs more than an answer: where ticks follow each other, they read. */
static void answers_wait_for_the_tick_that_comes_anyway(void **state)
{
    struct bench *bench = *state;
    struct prober_counters before, now;

    answers(true);
    give_plan(bench, &brisk, MANY);
    bench_wait(bench, all_are(bench, MANY, LINK_UP));
    before = bench_counters(bench);
    bench_wait(bench, (now = bench_counters(bench)).answered >= before.answered + 10 * MANY);
    assert_true((now.turns - before.turns) * 20 < now.answered - before.answered);
}

static void signals_to_the_whole_group_do_not_end_the_child(void **state)
{
    struct bench *bench = *state;
    pid_t pid;
    size_t asked;

    answers(true);
    give_plan(bench, &brisk, 1);
    bench_wait(bench, bench->devices[1].last.state == LINK_UP);
    pid = prober_pid(bench->prober);
    kill(pid, SIGTERM);
    kill(pid, SIGINT);
    kill(pid, SIGHUP);
    asked = evil_asked(agent);
    bench_wait(bench, evil_asked(agent) >= asked + 5);
    assert_int_equal(prober_pid(bench->prober), pid);
    assert_int_equal(bench->lost, 0);
}

static void a_stopped_prober_ends_by_itself_and_says_no_more(void **state)
{
    struct bench *bench = *state;
    pid_t pid;

    answers(true);
    give_plan(bench, &brisk, FLEET);
    bench_wait(bench, all_are(bench, FLEET, LINK_UP));
    pid = prober_pid(bench->prober);
    bench->counted = 0; /* a slot may have ended before */
    prober_stop(bench->prober);
    assert_false(prober_idle(bench->prober));
    forget_devices(bench);
    bench_wait(bench, prober_idle(bench->prober));
    assert_int_equal(prober_pid(bench->prober), -1);
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(errno, ESRCH);
    assert_int_equal(bench->lost, 0);
    assert_int_equal(bench->devices[1].changes, 0);
}

/* All it was answered: the evil one counts what it was asked, and what is under way is not told. */
static void a_stopped_prober_tells_what_it_had_counted(void **state)
{
    struct bench *bench = *state;
    uint64_t asked;

    answers(true);
    give_plan(bench, &brisk, FLEET);
    bench_wait(bench, evil_asked(agent) >= 10 * FLEET);
    prober_stop(bench->prober);
    bench_wait(bench, prober_idle(bench->prober));
    asked = evil_asked(agent);
    assert_in_range(bench->counted, asked - FLEET, asked);
    assert_string_equal(bench->why, "");
}

static void a_frozen_child_does_not_hold_up_the_end(void **state)
{
    struct bench *bench = *state;

    give_plan(bench, &brisk, 1);
    bench_wait(bench, bench->ready == 1);
    kill(prober_pid(bench->prober), SIGSTOP);
    prober_stop(bench->prober);
    bench_wait(bench, prober_idle(bench->prober));
}

/* A program of our own in the place of the child. */
static void impostor(struct bench *bench, const char *script)
{
    static char path[160]; /* borrowed for the prober's life */

    snprintf(path, sizeof path, "%s", bench_path(bench, "impostor"));
    assert_true(file_write(path, script, 0755));
    bench_prober(bench, path);
}

static void a_child_that_talks_nonsense_is_killed(void **state)
{
    struct bench *bench = *state;

    impostor(bench, "#!/bin/sh\nprintf 'change 1 down' >&3\nexec cat <&3 >/dev/null\n");
    bench_wait(bench, bench->lost == 1);
    assert_string_equal(bench->why, "it sent a frame that makes no sense");
    assert_int_equal(outages(bench), 0);
}

static void a_child_that_cannot_live_is_tried_again_ever_more_slowly(void **state)
{
    struct bench *bench = *state;
    struct mono first_at, second_at;

    impostor(bench, "#!/bin/sh\nexit 3\n");
    bench_wait(bench, bench->lost == 1);
    assert_string_equal(bench->why, "exit status 3");
    first_at = mono_now();
    bench_wait(bench, bench->lost == 2);
    second_at = mono_now();
    assert_in_range(mono_diff_ms(second_at, first_at), 40, 20000);
    bench_wait(bench, bench->lost == 3);
    assert_in_range(mono_diff_ms(mono_now(), second_at), 700, 20000);
    assert_int_equal(prober_restarts(bench->prober), 3);
}

static void a_program_that_is_not_there_is_said_at_once(void **state)
{
    static const struct prober_callbacks none = {0};
    struct bench *bench = *state;
    struct prober_start start = {bench_path(bench, "nowhere"), true};
    struct err err = {""};

    assert_null(prober_new(bench->base, &start, &none, NULL, &err));
    assert_non_null(strstr(err.text, "No such file"));
}

static int child_with(const char *fd, const char *more)
{
    char program[] = "kentongand", option[] = "--prober", number[16], word[32];
    char *argv[] = {program, option, number, more == NULL ? NULL : word, NULL};

    snprintf(number, sizeof number, "%s", fd);
    snprintf(word, sizeof word, "%s", more == NULL ? "" : more);
    assert_true(prober_child_asked(more == NULL ? 3 : 4, argv));
    return prober_child_main(more == NULL ? 3 : 4, argv);
}

static void a_person_cannot_be_the_parent(void **state)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    char number[16];

    (void)state;
    snprintf(number, sizeof number, "%d", fd);
    assert_int_equal(child_with(number, NULL), EXIT_FAILURE);
    assert_int_equal(child_with(number, "--no-sandbox"), EXIT_FAILURE);
    assert_int_equal(child_with(number, "--what"), EXIT_FAILURE);
    assert_int_equal(child_with("0", NULL), EXIT_FAILURE);
    assert_int_equal(child_with("-1", NULL), EXIT_FAILURE);
    assert_int_equal(child_with("three", NULL), EXIT_FAILURE);
    close(fd);
}

static bool has(const struct text *text, const char *word)
{
    return memmem(text_get(text), text->bytes, word, strlen(word)) != NULL;
}

/* Root alone may look: that it takes root is half of what is shown. */
static void the_child_inherits_neither_descriptors_nor_secrets(void **state)
{
    struct bench *bench = *state;
    char path[64], name[256];
    struct text environment = {0};
    ssize_t bytes;
    int fd;

    if (getuid() != 0)
        skip();
    assert_int_equal(setenv("PGPASSWORD", "rahasia", 1), 0);
    fd = open(bench_path(bench, "open-in-the-parent"), O_CREAT | O_RDWR, 0600); /* no O_CLOEXEC */
    assert_true(fd >= 0);
    give_plan(bench, &brisk, 1);
    bench_wait(bench, bench->ready == 1);
    snprintf(path, sizeof path, "/proc/%d/environ", prober_pid(bench->prober));
    assert_true(file_read(path, 0, &environment));
    assert_false(has(&environment, "rahasia"));
    for (int other = 0; other < 64; other++) {
        snprintf(path, sizeof path, "/proc/%d/fd/%d", prober_pid(bench->prober), other);
        bytes = readlink(path, name, sizeof name - 1);
        if (bytes < 0)
            continue;
        name[bytes] = '\0';
        assert_null(strstr(name, "open-in-the-parent"));
    }
    unsetenv("PGPASSWORD");
    text_free(&environment);
    close(fd);
}

#define T(test) cmocka_unit_test_setup_teardown(test, open_fleet, close_fleet)

static int run(void)
{
    const struct CMUnitTest tests[] = {
        T(a_killed_prober_is_replaced_and_nobody_is_down),
        T(a_frozen_prober_is_replaced_and_nobody_is_down),
        T(what_was_under_way_while_we_slept_is_no_miss),
        T(an_outage_outlives_the_prober_that_found_it),
        T(what_a_dead_prober_was_asked_the_next_one_answers),
        T(an_unanswered_probe_out_of_turn_is_told_as_well),
        T(a_plan_of_thousands_passes_through_the_socket),
        T(a_replaced_plan_is_ready_again_and_keeps_what_is_known),
        T(answers_wait_for_the_tick_that_comes_anyway),
        T(signals_to_the_whole_group_do_not_end_the_child),
        T(a_stopped_prober_ends_by_itself_and_says_no_more),
        T(a_stopped_prober_tells_what_it_had_counted),
        T(a_frozen_child_does_not_hold_up_the_end),
        T(a_child_that_talks_nonsense_is_killed),
        T(a_child_that_cannot_live_is_tried_again_ever_more_slowly),
        T(a_program_that_is_not_there_is_said_at_once),
        T(a_person_cannot_be_the_parent),
        T(the_child_inherits_neither_descriptors_nor_secrets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return bench_main(argc, argv, run);
}
