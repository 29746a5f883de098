/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "probes/usm_flow.h"

static struct usm_flow flow;
static struct usm_attempt attempt;

static int begin(void **state)
{
    (void)state;
    usm_flow_init(&flow, false);
    return 0;
}

static enum usm_step start(void)
{
    return usm_flow_begin(&flow, &attempt, true);
}

static enum usm_step report(enum usm_report what)
{
    return usm_flow_report(&flow, &attempt,
                           &(struct usm_heard){.report = what, .same_engine = true});
}

static enum usm_step report_signed(enum usm_report what)
{
    return usm_flow_report(
        &flow, &attempt,
        &(struct usm_heard){.report = what, .same_engine = true, .authentic = true});
}

static enum usm_step report_other_engine(bool taken)
{
    return usm_flow_report(&flow, &attempt,
                           &(struct usm_heard){.report = USM_REPORT_ENGINE, .taken = taken});
}

static enum usm_step timeout(void)
{
    return usm_flow_timeout(&flow, &attempt);
}

/* A device that is known and answered just now. */
static void get_ready(void)
{
    assert_int_equal(start(), USM_DISCOVER);
    assert_int_equal(report_other_engine(false), USM_MEET);
    assert_int_equal(report_signed(USM_REPORT_TIME), USM_REQUEST);
    usm_flow_answer(&flow);
    assert_int_equal(usm_flow_state(&flow), AUTH_FINE);
}

static void an_unknown_engine_is_asked_its_name_its_time_and_the_question(void **state)
{
    (void)state;
    assert_int_equal(usm_flow_state(&flow), AUTH_FINE);
    get_ready();
    assert_int_equal(start(), USM_REQUEST);
}

static void an_engine_that_is_remembered_is_asked_at_once(void **state)
{
    (void)state;
    usm_flow_init(&flow, true);
    assert_int_equal(start(), USM_REQUEST);
    assert_int_equal(report_signed(USM_REPORT_TIME), USM_REQUEST);
}

static void a_wrong_key_is_known_when_the_time_is_up(void **state)
{
    static const struct {
        enum usm_report report;
        enum auth_state state;
    } cases[] = {{USM_REPORT_DIGEST, AUTH_KEY},  {USM_REPORT_USER, AUTH_USER},
                 {USM_REPORT_LEVEL, AUTH_LEVEL}, {USM_REPORT_CIPHER, AUTH_CIPHER},
                 {USM_REPORT_OTHER, AUTH_OTHER}, {USM_REPORT_TIME, AUTH_CLOCK}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        usm_flow_init(&flow, true);
        assert_int_equal(start(), USM_REQUEST);
        assert_int_equal(report(cases[i].report), USM_WAIT);
        assert_int_equal(usm_flow_state(&flow), AUTH_FINE); /* anybody may have written it */
        assert_int_equal(timeout(), USM_ALIVE);
        assert_int_equal(usm_flow_state(&flow), cases[i].state);
        /* put right, the next question is answered */
        assert_int_equal(start(), USM_REQUEST);
        usm_flow_answer(&flow);
        assert_int_equal(usm_flow_state(&flow), AUTH_FINE);
    }
}

static void a_true_answer_behind_a_forged_report_counts(void **state)
{
    (void)state;
    get_ready();
    assert_int_equal(start(), USM_REQUEST);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(report(USM_REPORT_DIGEST), USM_WAIT);
    usm_flow_answer(&flow);
    assert_int_equal(usm_flow_state(&flow), AUTH_FINE);
    assert_int_equal(start(), USM_REQUEST);
    assert_int_equal(report_other_engine(false), USM_WAIT);
    usm_flow_answer(&flow);
    assert_true(flow.known);
    assert_int_equal(start(), USM_REQUEST);
}

static void reports_make_few_messages_however_many_they_are(void **state)
{
    int sends = 1;

    (void)state;
    get_ready();
    assert_int_equal(start(), USM_REQUEST);
    for (int i = 0; i < 1000; i++)
        sends += report_signed(USM_REPORT_TIME) == USM_REQUEST;
    assert_int_equal(sends, USM_SENDS_MOST);
    assert_int_equal(timeout(), USM_ALIVE);
    assert_int_equal(usm_flow_state(&flow), AUTH_CLOCK);
}

static void a_silent_device_is_asked_who_it_is_before_anything_else(void **state)
{
    (void)state;
    get_ready();
    assert_int_equal(start(), USM_REQUEST);
    assert_int_equal(timeout(), USM_SILENT);
    assert_int_equal(start(), USM_DISCOVER);
    assert_int_equal(timeout(), USM_SILENT);
    assert_int_equal(start(), USM_DISCOVER);
    assert_int_equal(report(USM_REPORT_ENGINE), USM_REQUEST);
    usm_flow_answer(&flow);
    assert_int_equal(start(), USM_REQUEST);
}

/* What Debian's snmpd does with a wrong privacy key: it says nothing at all. */
static void who_says_its_name_and_no_more_is_alive_and_let_us_not_in(void **state)
{
    (void)state;
    get_ready();
    assert_int_equal(start(), USM_REQUEST);
    assert_int_equal(timeout(), USM_SILENT);
    assert_int_equal(start(), USM_DISCOVER);
    assert_int_equal(report(USM_REPORT_ENGINE), USM_REQUEST);
    assert_int_equal(timeout(), USM_ALIVE);
    assert_int_equal(usm_flow_state(&flow), AUTH_FINE); /* one packet may be lost */
    assert_int_equal(start(), USM_DISCOVER);
    assert_int_equal(report(USM_REPORT_ENGINE), USM_REQUEST);
    assert_int_equal(timeout(), USM_ALIVE);
    assert_int_equal(usm_flow_state(&flow), AUTH_UNANSWERED);
    assert_int_equal(start(), USM_DISCOVER);
    assert_int_equal(report(USM_REPORT_ENGINE), USM_REQUEST);
    usm_flow_answer(&flow);
    assert_int_equal(usm_flow_state(&flow), AUTH_FINE);
}

static void another_engine_is_a_problem_once_and_then_the_device(void **state)
{
    (void)state;
    get_ready();
    assert_int_equal(start(), USM_REQUEST);
    assert_int_equal(report_other_engine(false), USM_WAIT);
    assert_int_equal(timeout(), USM_ALIVE);
    assert_int_equal(usm_flow_state(&flow), AUTH_ENGINE_CHANGED);
    assert_int_equal(start(), USM_DISCOVER);
    assert_int_equal(report_other_engine(false), USM_MEET);
    usm_flow_answer(&flow);
    assert_int_equal(usm_flow_state(&flow), AUTH_FINE);
}

static void the_engine_of_another_device_is_not_taken_for_a_changed_one(void **state)
{
    (void)state;
    get_ready();
    start();
    report_other_engine(true);
    assert_int_equal(timeout(), USM_ALIVE);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(start(), USM_DISCOVER);
        assert_int_equal(report_other_engine(true), USM_WAIT);
        assert_int_equal(timeout(), USM_ALIVE);
        assert_int_equal(usm_flow_state(&flow), AUTH_ENGINE_TAKEN);
    }
    assert_int_equal(start(), USM_DISCOVER);
    assert_int_equal(report_other_engine(false), USM_MEET);
    usm_flow_answer(&flow);
    assert_int_equal(usm_flow_state(&flow), AUTH_FINE);
}

/* Clones of one image come with one engine id; they are watched all the same, and reported. */
static void at_first_sight_an_engine_may_be_anybodys(void **state)
{
    (void)state;
    assert_int_equal(start(), USM_DISCOVER);
    assert_int_equal(report_other_engine(true), USM_MEET);
}

static void without_keys_only_life_is_looked_for(void **state)
{
    (void)state;
    assert_int_equal(usm_flow_begin(&flow, &attempt, false), USM_DISCOVER);
    assert_int_equal(report_other_engine(false), USM_WAIT);
    assert_int_equal(timeout(), USM_ALIVE);
    assert_int_equal(usm_flow_state(&flow), AUTH_CREDENTIAL);
    assert_int_equal(usm_flow_begin(&flow, &attempt, false), USM_DISCOVER);
    assert_int_equal(timeout(), USM_SILENT);
    assert_int_equal(start(), USM_DISCOVER);
}

static void every_state_has_a_name_and_a_hint(void **state)
{
    (void)state;
    for (int i = AUTH_FINE; i < AUTH_STATE_END; i++) {
        assert_true(strlen(auth_state_name((enum auth_state)i)) > 1);
        assert_true((i == AUTH_FINE) == (auth_state_hint((enum auth_state)i)[0] == '\0'));
        for (int other = AUTH_FINE; other < i; other++)
            assert_string_not_equal(auth_state_name((enum auth_state)i),
                                    auth_state_name((enum auth_state)other));
    }
}

#define T(test) cmocka_unit_test_setup(test, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(an_unknown_engine_is_asked_its_name_its_time_and_the_question),
        T(an_engine_that_is_remembered_is_asked_at_once),
        T(a_wrong_key_is_known_when_the_time_is_up),
        T(a_true_answer_behind_a_forged_report_counts),
        T(reports_make_few_messages_however_many_they_are),
        T(a_silent_device_is_asked_who_it_is_before_anything_else),
        T(who_says_its_name_and_no_more_is_alive_and_let_us_not_in),
        T(another_engine_is_a_problem_once_and_then_the_device),
        T(the_engine_of_another_device_is_not_taken_for_a_changed_one),
        T(at_first_sight_an_engine_may_be_anybodys),
        T(without_keys_only_life_is_looked_for),
        T(every_state_has_a_name_and_a_hint),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
