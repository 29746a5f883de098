/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "probes/loss.h"
#include "probes/verify.h"

#define DAWN_US   (INT64_C(1700000000) * US_PER_S)
#define TIMEOUT   1000
#define ROUNDTRIP 20
#define DAY       (INT64_C(86400) * 100) /* in ticks of sysUpTime */
#define WRAP      (INT64_C(1) << 32)

/*
 * A trial as a line of text, one letter per probe, a gap apart:
 *   +  answered      -  lost             D  lost, and with it an outage begins (effect)
 *   d  lost while the link is DOWN already       *  answered ever after, to the verdict
 *   b  answered, having booted since the probe before
 */
struct trial {
    const char *name;
    const char *probes;
    int64_t window_ms;
    uint32_t usual_ppm;
    int64_t uptime_ticks; /* at the first probe; -1: the device never says */
    enum verify_reason reason;
    uint32_t sent, lost;
    int first_good; /* index of that probe; -1: none */
};

static struct verify verify;
static struct verify_verdict verdict;
static int64_t at_ms;       /* when the next probe leaves */
static int64_t booted_ms;   /* uptime runs from here */
static int64_t uptime_base; /* ticks at booted_ms */
static int64_t answered_ms[4096];

static bool feed(char letter, int64_t uptime_ticks, int64_t gap_ms)
{
    bool answered = letter == '+' || letter == 'b' || letter == '*';
    int64_t end_ms = at_ms + (answered ? ROUNDTRIP : TIMEOUT);
    struct verify_probe probe = {
        .sent_at = {at_ms * US_PER_MS},
        .at = {end_ms * US_PER_MS},
        .at_wall = {DAWN_US + end_ms * US_PER_MS},
        .answered = answered,
        .state = answered        ? LINK_UP
                 : letter == '-' ? LINK_SUSPECT
                                 : LINK_DOWN,
        .effect = letter == 'D' ? LINK_FX_BEGINS : LINK_FX_NONE,
        .uptime_ticks = -1,
        .gap_least_ms = gap_ms,
    };

    if (letter == 'b') {
        booted_ms = at_ms;
        uptime_base = 0;
    }
    if (answered && uptime_ticks >= 0)
        probe.uptime_ticks = (uptime_base + (end_ms - booted_ms) / 10) % WRAP;
    at_ms += gap_ms;
    if (at_ms < end_ms)
        at_ms = end_ms;
    return verify_step(&verify, &probe, &verdict);
}

/* The index of the probe that decided. */
static int play(const struct trial *trial)
{
    struct verify_order order = {
        .ticket = 7, .device_id = 42, .serial = 3, .window_ms = trial->window_ms};
    int64_t gap_ms = verify_gap_ms(&order);
    int i = 0;

    at_ms = booted_ms = 5000;
    uptime_base = trial->uptime_ticks;
    memset(&verdict, 0, sizeof verdict);
    verify_begin(&verify, &order, trial->usual_ppm, (struct mono){at_ms * US_PER_MS});
    for (const char *at = trial->probes; *at != '\0'; at += *at != '*', i++) {
        answered_ms[i] = at_ms + ROUNDTRIP;
        if (feed(*at, trial->uptime_ticks, gap_ms))
            return i;
        assert_in_range(i, 0, 4000);
    }
    return -1;
}

/* clang-format off */
static const struct trial trials[] = {
    /* name                                       probes                     window   usual  uptime    reason           sent lost first */
    {"clean, three minutes",                      "*",                       180000,  5000,  DAY,      VERIFY_OK,         91,  0,  0},
    {"clean, ten seconds",                        "*",                        10000,  5000,  DAY,      VERIFY_OK,         11,  0,  0},
    {"clean, an hour",                            "*",                      3600000,  5000,  DAY,      VERIFY_OK,       1801,  0,  0},
    {"a device that never says its uptime",       "*",                       180000,  5000,  -1,       VERIFY_OK,         91,  0,  0},
    {"two of ninety are chance",                  "++++-++++++-*",           180000,  5000,  DAY,      VERIFY_OK,         91,  2,  0},
    {"three of ninety are not",                   "++++-++++++-+++-*",       180000,  5000,  DAY,      VERIFY_LOSSY,      16,  3, -1},
    {"one loss at the limit of nineteen",         "++++++-*",                 36000,  5000,  DAY,      VERIFY_OK,         19,  1,  0},
    {"two are over it, as soon as it is certain", "++++++-+++-*",             36000,  5000,  DAY,      VERIFY_LOSSY,      11,  2, -1},
    {"one of ten is over it, after ten probes",   "++-*",                     10000,  5000,  DAY,      VERIFY_LOSSY,      10,  1, -1},
    {"a lossy link may lose what it always did",  "+-++-+++-*",               10000, 300000, DAY,      VERIFY_OK,         11,  3,  0},
    {"but not everything",                        "+---------",               10000, 300000, DAY,      VERIFY_LOSSY,      10,  9, -1},
    {"still booting when the button is pressed",  "dddddddddd*",             180000,  5000,  300,      VERIFY_OK,         91,  0, 10},
    {"just within half a window",                 "ddddddddddddddddddddddddddddddddddddddddddddd*",
                                                                             180000,  5000,  DAY,      VERIFY_OK,         91,  0, 45},
    {"silent for half a window",                  "ddddddddddddddddddddddddddddddddddddddddddddddd*",
                                                                             180000,  5000,  DAY,      VERIFY_SILENT,     46, 46, -1},
    {"a short window waits for ten probes",       "ddddddddd*",               10000,  5000,  DAY,      VERIFY_OK,         11,  0,  9},
    {"and no longer",                             "dddddddddd*",              10000,  5000,  DAY,      VERIFY_SILENT,     10, 10, -1},
    {"an answer in passing begins nothing",       "dd+ddd*",                 180000,  5000,  DAY,      VERIFY_OK,         91,  0,  6},
    {"but it was heard",                          "dd+ddddddd",               10000,  5000,  DAY,      VERIFY_LOSSY,      10,  9, -1},
    {"after half a window silence counts",        "dddddddddddddddddddddddddddddddddddddddddddd+ddd++",
                                                                             180000,  5000,  DAY,      VERIFY_LOSSY,       4,  3, -1},
    {"power-cycled inside the window",            "++++++++++++b*",          180000,  5000,  DAY,      VERIFY_REBOOTED,   13,  0, -1},
    {"in the first moments, told after ten",      "++b*",                    180000,  5000,  DAY,      VERIFY_REBOOTED,   10,  0, -1},
    {"booted before the window",                  "ddb*",                    180000,  5000,  DAY,      VERIFY_OK,         91,  0,  2},
    {"the uptime wraps, after 497 days",          "*",                       180000,  5000,  WRAP - 3000, VERIFY_OK,      91,  0,  0},
    {"wraps while an answer is lost",             "+++++++-*",               180000,  5000,  WRAP - 1500, VERIFY_OK,      91,  1,  0},
    {"boots just before it would wrap",           "+++++++++++b*",           180000,  5000,  WRAP - 9000, VERIFY_REBOOTED, 12, 0, -1},
    {"boots long before half the wrap",           "+++++++++++b*",           180000,  5000,  WRAP / 3 * 2, VERIFY_REBOOTED, 12, 0, -1},
    {"found down inside the window",              "++++++++++--D*",          180000,  5000,  DAY,      VERIFY_FLAPPED,    13,  3, -1},
    {"found down early, told after ten",          "++--D*",                  180000,  5000,  DAY,      VERIFY_FLAPPED,    10,  3, -1},
    {"found down, and then silent for long",      "++--Ddddd*",               180000,  5000,  DAY,      VERIFY_FLAPPED,    10,  7, -1},
    {"an answer in passing, in a short window",   "ddddd+dd*",                10000,  5000,  DAY,      VERIFY_OK,         11,  0,  8},
    {"ten probes of the window itself",           "dd+-+-+-+-*",               5000, 300000, DAY,      VERIFY_OK,         10,  4,  2},
    {"down before the window is no flap",         "--Ddd*",                  180000,  5000,  DAY,      VERIFY_OK,         91,  0,  5},
};
/* clang-format on */

static void each_trial_ends_as_it_should(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
        const struct trial *trial = &trials[i];
        int64_t good_ms = trial->first_good < 0 ? 0 : trial->first_good;
        int decided = play(trial);

        if (decided < 0 || verdict.reason != trial->reason || verdict.sent != trial->sent ||
            verdict.lost != trial->lost)
            fail_msg("%s: decided at %d, %s, %u sent, %u lost", trial->name, decided,
                     decided < 0 ? "-" : verify_reason_name(verdict.reason), verdict.sent,
                     verdict.lost);
        if (trial->first_good >= 0)
            good_ms = DAWN_US / US_PER_MS + answered_ms[trial->first_good];
        if (verdict.first_good.us != good_ms * US_PER_MS && verdict.reason == VERIFY_OK)
            fail_msg("%s: first good at %jd", trial->name, (intmax_t)verdict.first_good.us);
        assert_int_equal(wall_is_set(verdict.first_good), trial->reason == VERIFY_OK);
        assert_in_range(decided, VERIFY_PROBES_LEAST - 1, 4000);
    }
}

static void a_verdict_says_what_it_is_about(void **state)
{
    (void)state;
    play(&trials[0]);
    assert_int_equal(verdict.ticket, 7);
    assert_int_equal(verdict.device_id, 42);
    assert_int_equal(verdict.serial, 3);
    assert_int_equal(verdict.window_ms, 180000);
    assert_int_equal(verdict.usual_ppm, 5000);
    assert_int_equal(verdict.limit_ppm, loss_limit_ppm(5000, 91));
}

static void a_probe_that_left_before_the_order_is_not_looked_at(void **state)
{
    struct verify_order order = {.ticket = 1, .device_id = 1, .window_ms = 10000};

    (void)state;
    verify_begin(&verify, &order, 5000, (struct mono){6000 * US_PER_MS});
    at_ms = 5500;
    assert_false(feed('-', -1, 1000));
    assert_int_equal(verify.all_sent, 0);
    at_ms = 6000;
    assert_false(feed('+', -1, 1000));
    assert_int_equal(verify.all_sent, 1);
}

static void the_wall_clock_may_be_set_meanwhile(void **state)
{
    struct verify_order order = {.ticket = 1, .device_id = 1, .window_ms = 10000};
    struct verify_probe probe = {.answered = true,
                                 .state = LINK_UP,
                                 .effect = LINK_FX_NONE,
                                 .uptime_ticks = 500,
                                 .gap_least_ms = 1000};

    (void)state;
    verify_begin(&verify, &order, 5000, (struct mono){US_PER_S});
    for (int64_t i = 1; i <= 11; i++) {
        probe.sent_at.us = probe.at.us = i * US_PER_S;
        probe.at_wall.us = DAWN_US + (i > 4 ? 3600 : 0) * US_PER_S;
        probe.uptime_ticks = 500 + i * 100;
        assert_int_equal(verify_step(&verify, &probe, &verdict), i == 11);
    }
    assert_int_equal(verdict.reason, VERIFY_OK);
    assert_int_equal(verdict.first_good.us, DAWN_US);
}

/* An agent whose uptime is a little slow or fast, as cheap crystals are. */
static void a_drifting_uptime_is_no_boot(void **state)
{
    struct verify_order order = {.ticket = 1, .device_id = 1, .window_ms = 180000};
    struct verify_probe probe = {
        .answered = true, .state = LINK_UP, .effect = LINK_FX_NONE, .gap_least_ms = 1000};
    bool over = false;

    (void)state;
    verify_begin(&verify, &order, 5000, (struct mono){US_PER_S});
    for (int64_t i = 1; !over; i++) {
        probe.sent_at.us = probe.at.us = i * US_PER_S;
        probe.uptime_ticks = 100 * DAY + i * 90;
        over = verify_step(&verify, &probe, &verdict);
    }
    assert_int_equal(verdict.reason, VERIFY_OK);
}

static void it_is_asked_ten_times_per_window_or_every_two_seconds(void **state)
{
    static const int64_t gaps_ms[][2] = {{10000, 1000},  {19000, 1900},   {20000, 2000},
                                         {180000, 2000}, {3600000, 2000}, {5, 1}};

    (void)state;
    for (size_t i = 0; i < sizeof gaps_ms / sizeof *gaps_ms; i++) {
        struct verify_order order = {.window_ms = gaps_ms[i][0]};

        assert_int_equal(verify_gap_ms(&order), gaps_ms[i][1]);
    }
}

static void an_interrupted_trial_says_what_was_seen(void **state)
{
    struct trial trial = {.probes = "++-", .window_ms = 10000, .usual_ppm = 5000};

    (void)state;
    assert_int_equal(play(&trial), -1);
    verify_interrupt(&verify, &verdict);
    assert_int_equal(verdict.reason, VERIFY_INTERRUPTED);
    assert_int_equal(verdict.sent, 3);
    assert_int_equal(verdict.lost, 1);
    assert_false(wall_is_set(verdict.first_good));
    assert_string_equal(verify_reason_name(verdict.reason), "interrupted");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_trial_ends_as_it_should),
        cmocka_unit_test(a_verdict_says_what_it_is_about),
        cmocka_unit_test(a_probe_that_left_before_the_order_is_not_looked_at),
        cmocka_unit_test(the_wall_clock_may_be_set_meanwhile),
        cmocka_unit_test(a_drifting_uptime_is_no_boot),
        cmocka_unit_test(it_is_asked_ten_times_per_window_or_every_two_seconds),
        cmocka_unit_test(an_interrupted_trial_says_what_was_seen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
