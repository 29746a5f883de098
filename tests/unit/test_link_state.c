/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/base/text.h"
#include "probes/link_state.h"

static const struct detector_policy three_and_two = {.misses_least = 3, .answers_to_up = 2};

/* Sent at at_s; answered 40 ms later, or given up after a second. */
static enum link_effect feed(struct link *link, int64_t at_s, enum probe_outcome outcome)
{
    struct wall sent = {at_s * US_PER_S};
    struct probe_result result = {outcome, sent,
                                  wall_add_ms(sent, outcome == PROBE_ANSWERED ? 40 : 1000)};

    return link_step(link, &three_and_two, &result, (struct mono){at_s * US_PER_S});
}

struct row {
    enum link_state state;
    enum link_event event;
    enum link_state next;
    enum link_effect effect;
};

/* The definition, cell by cell. */
static const struct row rows[] = {
    {LINK_UNKNOWN, LINK_ANSWER, LINK_UP, LINK_FX_NONE},
    {LINK_UNKNOWN, LINK_ANSWERS_ENOUGH, LINK_UP, LINK_FX_NONE},
    {LINK_UNKNOWN, LINK_MISS, LINK_UNKNOWN, LINK_FX_NONE},
    {LINK_UNKNOWN, LINK_MISSES_ENOUGH, LINK_DOWN, LINK_FX_BEGINS},
    {LINK_UP, LINK_ANSWER, LINK_UP, LINK_FX_NONE},
    {LINK_UP, LINK_ANSWERS_ENOUGH, LINK_UP, LINK_FX_NONE},
    {LINK_UP, LINK_MISS, LINK_SUSPECT, LINK_FX_NONE},
    {LINK_UP, LINK_MISSES_ENOUGH, LINK_DOWN, LINK_FX_BEGINS},
    {LINK_SUSPECT, LINK_ANSWER, LINK_UP, LINK_FX_NONE},
    {LINK_SUSPECT, LINK_ANSWERS_ENOUGH, LINK_UP, LINK_FX_NONE},
    {LINK_SUSPECT, LINK_MISS, LINK_SUSPECT, LINK_FX_NONE},
    {LINK_SUSPECT, LINK_MISSES_ENOUGH, LINK_DOWN, LINK_FX_BEGINS},
    {LINK_DOWN, LINK_ANSWER, LINK_RECOVERING, LINK_FX_NONE},
    {LINK_DOWN, LINK_ANSWERS_ENOUGH, LINK_UP, LINK_FX_ENDS},
    {LINK_DOWN, LINK_MISS, LINK_DOWN, LINK_FX_NONE},
    {LINK_DOWN, LINK_MISSES_ENOUGH, LINK_DOWN, LINK_FX_NONE},
    {LINK_RECOVERING, LINK_ANSWER, LINK_RECOVERING, LINK_FX_NONE},
    {LINK_RECOVERING, LINK_ANSWERS_ENOUGH, LINK_UP, LINK_FX_ENDS},
    {LINK_RECOVERING, LINK_MISS, LINK_RECOVERING, LINK_FX_NONE},
    {LINK_RECOVERING, LINK_MISSES_ENOUGH, LINK_DOWN, LINK_FX_NONE},
};

static void step_row(const struct row *row)
{
    bool miss = row->event == LINK_MISS || row->event == LINK_MISSES_ENOUGH;
    bool enough = row->event == LINK_MISSES_ENOUGH || row->event == LINK_ANSWERS_ENOUGH;
    struct detector_policy policy = {.misses_least = enough ? 1 : 9,
                                     .answers_to_up = enough ? 1 : 9};
    struct probe_result result = {miss ? PROBE_SILENT : PROBE_ANSWERED, {10}, {20}};
    struct link link;

    link_init(&link);
    link.state = row->state;
    assert_int_equal(link_step(&link, &policy, &result, (struct mono){20}), row->effect);
    assert_int_equal(link.state, row->next);
}

static void every_state_meets_every_event(void **state)
{
    (void)state;
    assert_int_equal(sizeof rows / sizeof *rows, (LINK_STATE_END - 1) * (LINK_EVENT_END - 1));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        step_row(&rows[i]);
}

static void an_outage_begins_at_the_first_miss_not_at_the_verdict(void **state)
{
    struct link link;

    (void)state;
    link_init(&link);
    assert_int_equal(feed(&link, 0, PROBE_ANSWERED), LINK_FX_NONE);
    assert_int_equal(feed(&link, 60, PROBE_SILENT), LINK_FX_NONE);
    assert_int_equal(feed(&link, 62, PROBE_SILENT), LINK_FX_NONE);
    assert_int_equal(link.state, LINK_SUSPECT);
    assert_int_equal(feed(&link, 64, PROBE_SILENT), LINK_FX_BEGINS);
    assert_int_equal(link.first_bad.us, 60 * US_PER_S);
    assert_int_equal(link.last_good.us, 40 * US_PER_MS);
}

static void restoration_counts_from_the_first_answer_of_the_run(void **state)
{
    struct link link;

    (void)state;
    link_init_down(&link, (struct wall){1}, (struct wall){2});
    assert_int_equal(feed(&link, 100, PROBE_ANSWERED), LINK_FX_NONE);
    assert_int_equal(link.state, LINK_RECOVERING);
    assert_int_equal(feed(&link, 101, PROBE_ANSWERED), LINK_FX_ENDS);
    assert_int_equal(link.first_good.us, 100 * US_PER_S + 40 * US_PER_MS);
    assert_int_equal(link.first_bad.us, 2);
    assert_int_equal(link.last_good.us, 101 * US_PER_S + 40 * US_PER_MS);
}

static void a_relapse_goes_on_with_the_same_outage(void **state)
{
    struct link link;

    (void)state;
    link_init_down(&link, (struct wall){1}, (struct wall){2});
    feed(&link, 100, PROBE_ANSWERED);
    assert_int_equal(feed(&link, 101, PROBE_SILENT), LINK_FX_NONE);
    assert_int_equal(link.state, LINK_RECOVERING);
    feed(&link, 102, PROBE_SILENT);
    assert_int_equal(feed(&link, 103, PROBE_SILENT), LINK_FX_NONE);
    assert_int_equal(link.state, LINK_DOWN);
    assert_int_equal(link.first_bad.us, 2);
    assert_int_equal(link.last_good.us, 1);
    feed(&link, 200, PROBE_ANSWERED);
    assert_int_equal(feed(&link, 201, PROBE_ANSWERED), LINK_FX_ENDS);
    assert_int_equal(link.first_good.us, 200 * US_PER_S + 40 * US_PER_MS);
}

/* Half of it still lost is not restored, however often two answers come in a row. */
static void a_way_out_that_loses_too_much_ends_when_it_loses_no_more(void **state)
{
    enum link_effect effect = LINK_FX_NONE;
    struct link link;
    int64_t s = 100;

    (void)state;
    link_init_down(&link, (struct wall){1}, (struct wall){2});
    for (; s < 130; s += 3) {
        assert_int_equal(feed(&link, s, PROBE_ANSWERED), LINK_FX_NONE);
        assert_int_equal(feed(&link, s + 1, PROBE_SILENT), LINK_FX_NONE);
        assert_int_equal(feed(&link, s + 2, PROBE_ANSWERED), LINK_FX_NONE);
        assert_int_equal(link.state, LINK_RECOVERING);
    }
    while (effect == LINK_FX_NONE && s < 1000)
        effect = feed(&link, s++, PROBE_ANSWERED);
    assert_int_equal(effect, LINK_FX_ENDS);
    assert_true(s > 150);
    assert_int_equal(link.first_good.us, 100 * US_PER_S + 40 * US_PER_MS);
}

static void an_answer_ends_suspicion_and_forgets_its_start(void **state)
{
    struct link link;

    (void)state;
    link_init(&link);
    feed(&link, 0, PROBE_ANSWERED);
    feed(&link, 60, PROBE_SILENT);
    assert_int_equal(link.first_bad.us, 60 * US_PER_S);
    feed(&link, 61, PROBE_ANSWERED);
    assert_int_equal(link.state, LINK_UP);
    assert_false(wall_is_set(link.first_bad));
    feed(&link, 120, PROBE_SILENT);
    assert_int_equal(link.first_bad.us, 120 * US_PER_S);
}

static void a_device_never_heard_of_can_be_down_too(void **state)
{
    struct link link;

    (void)state;
    link_init(&link);
    feed(&link, 5, PROBE_SILENT);
    feed(&link, 7, PROBE_SILENT);
    assert_int_equal(link.state, LINK_UNKNOWN);
    assert_int_equal(feed(&link, 9, PROBE_SILENT), LINK_FX_BEGINS);
    assert_int_equal(link.first_bad.us, 5 * US_PER_S);
    assert_false(wall_is_set(link.last_good));
}

static void the_table_prints_as_it_stands_in_the_manual(void **state)
{
    struct text text = {0};

    (void)state;
    link_state_print(&text);
    assert_string_equal(
        text_get(&text),
        "link        answer          answers-enough  miss            misses-enough\n"
        "unknown     up              up              unknown         down begins\n"
        "up          up              up              suspect         down begins\n"
        "suspect     up              up              suspect         down begins\n"
        "down        recovering      up ends         down            down\n"
        "recovering  recovering      up ends         recovering      down\n");
    text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_meets_every_event),
        cmocka_unit_test(an_outage_begins_at_the_first_miss_not_at_the_verdict),
        cmocka_unit_test(restoration_counts_from_the_first_answer_of_the_run),
        cmocka_unit_test(a_relapse_goes_on_with_the_same_outage),
        cmocka_unit_test(a_way_out_that_loses_too_much_ends_when_it_loses_no_more),
        cmocka_unit_test(an_answer_ends_suspicion_and_forgets_its_start),
        cmocka_unit_test(a_device_never_heard_of_can_be_down_too),
        cmocka_unit_test(the_table_prints_as_it_stands_in_the_manual),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
