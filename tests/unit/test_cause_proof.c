/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/cause_proof.h"

#define DAY_S    INT64_C(86400)
#define WRAP_S   INT64_C(42949673) /* 2^32 hundredths */
#define BOOT_S   INT64_C(1000000)  /* when the script's device began; the outage is an hour later */
#define SAID_NOT INT64_C(-1)

static struct wall at(int64_t s)
{
    return (struct wall){s * US_PER_S};
}

static struct cause_vitals vitals(int64_t at_s, int64_t uptime_s, int64_t engine_s)
{
    return (struct cause_vitals){.at = at(at_s),
                                 .uptime_ticks =
                                     uptime_s < 0 ? -1 : uptime_s * 100 % (INT64_C(1) << 32),
                                 .engine_time_s = engine_s,
                                 .host_ticks = -1};
}

/* Silent from BOOT_S + 3600 on, for `silent_s`. */
static struct cause_facts outage(int64_t silent_s)
{
    int64_t last = BOOT_S + 3600;

    return (struct cause_facts){.before = vitals(last, 3600, 3600),
                                .after = vitals(last + silent_s, 3600 + silent_s, 3600 + silent_s),
                                .elapsed_ms = silent_s * 1000,
                                .last_good = at(last),
                                .detected = at(last + 40)};
}

/* Both clocks of the agent, which may be its own. */
static void agent_boots(struct cause_facts *facts, int64_t before_return_s)
{
    facts->after.uptime_ticks = before_return_s * 100;
    facts->after.engine_time_s = before_return_s;
}

static void boots(struct cause_facts *facts, int64_t before_return_s)
{
    agent_boots(facts, before_return_s);
    facts->after.host_ticks = before_return_s * 100;
}

static struct cause_proof prove(const struct cause_facts *facts)
{
    struct cause_proof proof;

    cause_prove(facts, &proof);
    return proof;
}

enum shown { ON = 1, ANEW, SILENT };

static void show(struct cause_facts *facts, enum shown host, enum shown uptime, enum shown engine)
{
    facts->after.host_ticks = host == ON ? 90000000 : host == ANEW ? 6500 : SAID_NOT;
    if (uptime != ON)
        facts->after.uptime_ticks = uptime == ANEW ? 6000 : SAID_NOT;
    if (engine != ON)
        facts->after.engine_time_s = engine == ANEW ? 60 : SAID_NOT;
}

/* The table of the header, all of it: by host, uptime and engine time. */
static void the_three_clocks_tell_how_the_device_fared(void **state)
{
    static const enum cause_run runs[3][3][3] = {
        {{RUN_ON, RUN_AGENT_ANEW, RUN_ON},
         {RUN_ON, RUN_AGENT_ANEW, RUN_AGENT_ANEW},
         {RUN_ON, RUN_ON, RUN_ON}},
        {{RUN_ON, RUN_AGENT_ANEW, RUN_ON},
         {RUN_ON, RUN_ANEW, RUN_ANEW},
         {RUN_ON, RUN_ANEW, RUN_ANEW}},
        {{RUN_ON, RUN_AGENT_ANEW, RUN_ON},
         {RUN_ON, RUN_MAYBE_ANEW, RUN_MAYBE_ANEW},
         {RUN_ON, RUN_UNKNOWN, RUN_UNKNOWN}},
    };

    (void)state;
    for (int host = ON; host <= SILENT; host++)
        for (int uptime = ON; uptime <= SILENT; uptime++)
            for (int engine = ON; engine <= SILENT; engine++) {
                struct cause_facts facts = outage(1800);

                show(&facts, (enum shown)host, (enum shown)uptime, (enum shown)engine);
                if (cause_run(&facts) != runs[host - 1][uptime - 1][engine - 1])
                    fail_msg("host %d uptime %d engine %d: %d", host, uptime, engine,
                             cause_run(&facts));
            }
}

/* Whatever is seen: an agent that began anew while the link was away is no device without power. */
static void power_is_never_proven_of_a_device_whose_host_ran_on(void **state)
{
    (void)state;
    for (uint32_t clues = 0; clues < UINT32_C(1) << CLUE_END; clues += 2) {
        struct cause_facts facts = outage(1800);

        agent_boots(&facts, 100);
        facts.after.host_ticks = 90000000;
        facts.clues = clues;
        if (prove(&facts).cause == CAUSE_POWER)
            fail_msg("clues %x", clues);
        clues += clues % 64 == 0 ? 4096 * 13 : 0; /* some thousand of them will do */
    }
}

static void a_clock_that_may_be_the_agents_own_is_believed_with_a_second_witness(void **state)
{
    static const enum cause_clue witnesses[] = {CLUE_ON_BATTERY,    CLUE_DYING_GASP,
                                                CLUE_BESIDE_BOOTED, CLUE_FEEDER_BOOTED,
                                                CLUE_FEEDER_DOWN,   CLUE_VOLTAGE_FELL};
    struct cause_facts facts = outage(1800);

    (void)state;
    agent_boots(&facts, 100);
    assert_int_equal(prove(&facts).cause, CAUSE_UNPROVEN);
    assert_int_equal(prove(&facts).booted_at.us, 0);
    facts.clues = CLUE(CLUE_PING_SILENT) | CLUE(CLUE_COLD_START);
    assert_int_equal(prove(&facts).cause, CAUSE_UNPROVEN);
    for (size_t i = 0; i < sizeof witnesses / sizeof *witnesses; i++) {
        facts.clues = CLUE(CLUE_PING_SILENT) | CLUE(witnesses[i]);
        assert_int_equal(prove(&facts).cause, CAUSE_POWER);
        assert_int_equal(prove(&facts).booted_at.us, facts.after.at.us - 100 * US_PER_S);
    }
    facts.another_is_root = true;
    facts.clues = 0;
    assert_int_equal(prove(&facts).cause, CAUSE_UPSTREAM);
}

static void a_boot_in_the_outage_is_power_and_its_instant_is_told(void **state)
{
    struct cause_facts facts = outage(1800);
    struct cause_proof proof;

    (void)state;
    boots(&facts, 100);
    proof = prove(&facts);
    assert_int_equal(proof.cause, CAUSE_POWER);
    assert_int_equal(proof.booted_at.us, facts.after.at.us - 100 * US_PER_S);
}

static void a_device_that_ran_on_lost_its_link(void **state)
{
    struct cause_facts facts = outage(1800);

    (void)state;
    assert_int_equal(prove(&facts).cause, CAUSE_LINK);
    assert_int_equal(prove(&facts).booted_at.us, 0);
}

static void a_wrap_of_sys_up_time_is_no_boot(void **state)
{
    (void)state;
    for (int64_t left_s = -3; left_s < 1803; left_s += 7) {
        struct cause_facts facts = outage(1800);
        int64_t uptime_s = WRAP_S - left_s;

        facts.before = vitals(BOOT_S, uptime_s, SAID_NOT);
        facts.after = vitals(BOOT_S + 1800, uptime_s + 1800, SAID_NOT);
        facts.last_good = at(BOOT_S);
        assert_int_equal(prove(&facts).cause, CAUSE_LINK);
    }
}

static void nor_is_the_wrap_of_an_agent_that_counts_milliseconds(void **state)
{
    struct cause_facts facts = outage(1800);

    (void)state;
    facts.before.uptime_ticks = (INT64_C(1) << 32) / 10 - 100 * 100;
    facts.before.engine_time_s = SAID_NOT;
    facts.after.uptime_ticks = 1700 * 100;
    facts.after.engine_time_s = SAID_NOT;
    assert_int_equal(prove(&facts).cause, CAUSE_LINK);
}

static void a_boot_shortly_before_a_wrap_is_one(void **state)
{
    struct cause_facts facts = outage(1800);

    (void)state;
    facts.before = vitals(BOOT_S, WRAP_S - 100, SAID_NOT);
    facts.last_good = at(BOOT_S);
    facts.after = vitals(BOOT_S + 1800, 1200, SAID_NOT); /* the wrap would show 1700 */
    facts.after.host_ticks = facts.after.uptime_ticks;
    assert_int_equal(prove(&facts).cause, CAUSE_POWER);
}

static void a_clock_that_goes_wrong_has_not_begun_anew(void **state)
{
    static const int64_t parts[] = {-20000, -900, -500, 500, 900, 20000}; /* in a million */

    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct cause_facts facts = outage(10 * DAY_S);
        int64_t shown_s = 40 * DAY_S + 10 * DAY_S + 10 * DAY_S * parts[i] / 1000000;

        facts.before = vitals(BOOT_S, 40 * DAY_S, SAID_NOT);
        facts.last_good = at(BOOT_S);
        facts.after = vitals(BOOT_S + 10 * DAY_S, shown_s, SAID_NOT);
        facts.elapsed_ms = 10 * DAY_S * 1000;
        assert_int_equal(prove(&facts).cause, CAUSE_LINK);
    }
}

static void our_own_clock_may_be_set_meanwhile(void **state)
{
    struct cause_facts facts = outage(1800);

    (void)state;
    facts.after.at = at(BOOT_S + 3600 + 1800 + 7200);
    assert_int_equal(prove(&facts).cause, CAUSE_LINK);
    facts.after.at = at(BOOT_S);
    assert_int_equal(prove(&facts).cause, CAUSE_LINK);
    facts.elapsed_ms = -1; /* across a restart of ours there is only that clock */
    facts.after.at = at(BOOT_S + 3600 + 1800);
    assert_int_equal(prove(&facts).cause, CAUSE_LINK);
}

static void a_boot_between_the_vitals_and_the_last_answer_is_not_of_this_outage(void **state)
{
    struct cause_facts facts = outage(1800);

    (void)state;
    facts.before = vitals(BOOT_S - 5 * DAY_S, 100 * DAY_S, SAID_NOT);
    facts.elapsed_ms = wall_diff_ms(facts.after.at, facts.before.at);
    facts.after.engine_time_s = SAID_NOT;
    assert_int_equal(prove(&facts).cause, CAUSE_LINK); /* uptime is 5400 s, silence 1800 */
    facts.after.uptime_ticks = facts.after.host_ticks = 60 * 100;
    assert_int_equal(prove(&facts).cause, CAUSE_POWER);
}

static void without_last_good_vitals_both_clocks_must_say_so(void **state)
{
    struct cause_facts facts = outage(1800);

    (void)state;
    facts.before = (struct cause_vitals){.uptime_ticks = -1, .engine_time_s = -1, .host_ticks = -1};
    assert_int_equal(prove(&facts).cause, CAUSE_LINK); /* it shows more than the silence */
    boots(&facts, 100);
    assert_int_equal(prove(&facts).cause, CAUSE_POWER);
    facts.after.engine_time_s = SAID_NOT;
    assert_int_equal(prove(&facts).cause, CAUSE_UNPROVEN); /* both may have wrapped */
    facts.after.engine_time_s = 9000;
    assert_int_equal(prove(&facts).cause, CAUSE_LINK);
    facts.after.engine_time_s = 100;
    facts.last_good = at(0);
    assert_int_equal(prove(&facts).cause, CAUSE_UNPROVEN);
}

static void who_says_nothing_proves_nothing(void **state)
{
    struct cause_facts facts = outage(1800);

    (void)state;
    facts.after = (struct cause_vitals){
        .at = facts.after.at, .uptime_ticks = -1, .engine_time_s = -1, .host_ticks = -1};
    assert_int_equal(prove(&facts).cause, CAUSE_UNPROVEN);
    facts.after.at = at(0);
    assert_int_equal(prove(&facts).cause, CAUSE_UNPROVEN);
}

static void pings_that_were_answered_all_along_are_the_agents(void **state)
{
    struct cause_facts facts = outage(1800);

    (void)state;
    facts.clues = CLUE(CLUE_PING_ANSWERED);
    assert_int_equal(prove(&facts).cause, CAUSE_AGENT);
    agent_boots(&facts, 100);
    assert_int_equal(prove(&facts).cause, CAUSE_AGENT);
    assert_int_equal(prove(&facts).run, RUN_AGENT_ANEW);
    assert_int_equal(prove(&facts).booted_at.us, 0);
}

static void pings_that_were_answered_for_a_while_are_a_device_that_hung(void **state)
{
    struct cause_facts facts = outage(1800);

    (void)state;
    facts.clues = CLUE(CLUE_PING_ANSWERED) | CLUE(CLUE_PING_SILENT);
    boots(&facts, 100);
    assert_int_equal(prove(&facts).cause, CAUSE_DEVICE);
}

static void an_agent_that_began_anew_explains_no_silent_pings(void **state)
{
    struct cause_facts facts = outage(1800);

    (void)state;
    facts.after.engine_time_s = 60;
    assert_int_equal(prove(&facts).cause, CAUSE_AGENT);
    facts.clues = CLUE(CLUE_PING_SILENT);
    assert_int_equal(prove(&facts).cause, CAUSE_LINK);
}

static void who_fell_silent_alone_is_a_device_whichever_clock_began_anew(void **state)
{
    struct cause_facts facts = outage(1800);

    (void)state;
    agent_boots(&facts, 100);
    facts.clues = CLUE(CLUE_BESIDE_ANSWERS);
    assert_int_equal(prove(&facts).cause, CAUSE_UNPROVEN); /* its agent may have been mute */
    facts.clues |= CLUE(CLUE_PING_SILENT);
    assert_int_equal(prove(&facts).cause, CAUSE_DEVICE);
    facts.clues = CLUE(CLUE_PING_SILENT) | CLUE(CLUE_PING_ANSWERED);
    assert_int_equal(prove(&facts).cause, CAUSE_DEVICE);
}

static void nor_one_that_was_under_way_long_before_it_was_heard(void **state)
{
    struct cause_facts facts = outage(1800);

    (void)state;
    facts.after.engine_time_s = 120;
    assert_int_equal(prove(&facts).cause, CAUSE_LINK);
    facts.clues = CLUE(CLUE_PING_ANSWERED); /* it was mute, under way or not */
    assert_int_equal(prove(&facts).cause, CAUSE_AGENT);
}

static void a_host_that_wrapped_while_its_agent_began_anew_did_not_boot(void **state)
{
    struct cause_facts facts = outage(1800);

    (void)state;
    agent_boots(&facts, 100);
    facts.after.host_ticks = 160 * 100; /* its agent takes a while to begin */
    assert_int_equal(prove(&facts).cause, CAUSE_POWER);
    facts.after.host_ticks = 1500 * 100;
    assert_int_equal(prove(&facts).cause, CAUSE_UNPROVEN);
    facts.after.host_ticks = 20 * 100;
    assert_int_equal(prove(&facts).cause, CAUSE_UNPROVEN);
    facts.before = vitals(BOOT_S + 3600, WRAP_S - 1750, SAID_NOT); /* both began together */
    facts.after.host_ticks = 104 * 100;
    assert_int_equal(prove(&facts).cause, CAUSE_UNPROVEN);
}

static void what_stands_beside_it_tells_a_hung_device_from_lost_power(void **state)
{
    struct cause_facts facts = outage(1800);

    (void)state;
    boots(&facts, 100);
    facts.clues = CLUE(CLUE_BESIDE_RAN);
    assert_int_equal(prove(&facts).cause, CAUSE_DEVICE);
    facts.clues |= CLUE(CLUE_ON_BATTERY); /* the radio hangs on the UPS, the gateway does not */
    assert_int_equal(prove(&facts).cause, CAUSE_POWER);
    facts.clues |= CLUE(CLUE_MAINS_BACK);
    assert_int_equal(prove(&facts).cause, CAUSE_DEVICE);
    facts.clues = CLUE(CLUE_WARM_START);
    assert_int_equal(prove(&facts).cause, CAUSE_DEVICE);
}

static void a_device_back_before_its_silence_was_believed_rebooted_if_its_feeder_is_up(void **state)
{
    struct cause_facts facts = outage(90);

    (void)state;
    boots(&facts, 60); /* 30 s after the last answer, 10 s before the verdict */
    assert_int_equal(prove(&facts).cause, CAUSE_POWER);
    facts.clues = CLUE(CLUE_FEEDER_UP);
    assert_int_equal(prove(&facts).cause, CAUSE_DEVICE);
    facts.clues |= CLUE(CLUE_FEEDER_BOOTED);
    assert_int_equal(prove(&facts).cause, CAUSE_POWER);
    facts.clues = CLUE(CLUE_FEEDER_UP);
    boots(&facts, 40); /* the house's own fuse, say */
    assert_int_equal(prove(&facts).cause, CAUSE_POWER);
}

static void behind_another_site_it_is_upstream_unless_it_began_anew_itself(void **state)
{
    struct cause_facts facts = outage(1800);

    (void)state;
    facts.another_is_root = true;
    assert_int_equal(prove(&facts).cause, CAUSE_UPSTREAM);
    boots(&facts, 100);
    assert_int_equal(prove(&facts).cause, CAUSE_POWER);
    facts.after.uptime_ticks = facts.after.host_ticks = SAID_NOT;
    assert_int_equal(prove(&facts).cause, CAUSE_UPSTREAM);
}

static void a_device_that_answers_beside_it_speaks_for_link_and_power(void **state)
{
    struct cause_facts facts = outage(1800);

    (void)state;
    facts.clues = CLUE(CLUE_BESIDE_ANSWERS);
    assert_int_equal(prove(&facts).cause, CAUSE_AGENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_three_clocks_tell_how_the_device_fared),
        cmocka_unit_test(power_is_never_proven_of_a_device_whose_host_ran_on),
        cmocka_unit_test(a_clock_that_may_be_the_agents_own_is_believed_with_a_second_witness),
        cmocka_unit_test(a_boot_in_the_outage_is_power_and_its_instant_is_told),
        cmocka_unit_test(a_device_that_ran_on_lost_its_link),
        cmocka_unit_test(a_wrap_of_sys_up_time_is_no_boot),
        cmocka_unit_test(nor_is_the_wrap_of_an_agent_that_counts_milliseconds),
        cmocka_unit_test(a_boot_shortly_before_a_wrap_is_one),
        cmocka_unit_test(a_clock_that_goes_wrong_has_not_begun_anew),
        cmocka_unit_test(our_own_clock_may_be_set_meanwhile),
        cmocka_unit_test(a_boot_between_the_vitals_and_the_last_answer_is_not_of_this_outage),
        cmocka_unit_test(without_last_good_vitals_both_clocks_must_say_so),
        cmocka_unit_test(who_says_nothing_proves_nothing),
        cmocka_unit_test(pings_that_were_answered_all_along_are_the_agents),
        cmocka_unit_test(pings_that_were_answered_for_a_while_are_a_device_that_hung),
        cmocka_unit_test(an_agent_that_began_anew_explains_no_silent_pings),
        cmocka_unit_test(who_fell_silent_alone_is_a_device_whichever_clock_began_anew),
        cmocka_unit_test(nor_one_that_was_under_way_long_before_it_was_heard),
        cmocka_unit_test(a_host_that_wrapped_while_its_agent_began_anew_did_not_boot),
        cmocka_unit_test(what_stands_beside_it_tells_a_hung_device_from_lost_power),
        cmocka_unit_test(
            a_device_back_before_its_silence_was_believed_rebooted_if_its_feeder_is_up),
        cmocka_unit_test(behind_another_site_it_is_upstream_unless_it_began_anew_itself),
        cmocka_unit_test(a_device_that_answers_beside_it_speaks_for_link_and_power),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
