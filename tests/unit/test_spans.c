/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/spans.h"

static struct wall at(int64_t s)
{
    return (struct wall){s * US_PER_S};
}

static void begin(struct spans *spans, int64_t s)
{
    spans_begin(spans, at(s - 1), at(s), at(s + 10));
}

/* What the flow does when it tells the database. */
static void send(struct spans *spans)
{
    for (size_t i = 0; i < spans->count; i++)
        if (span_is_due(&spans->at[i]))
            spans->at[i].sent = spans->at[i].revision;
}

static void a_silence_is_told_once_it_is_known_whose_fault_it_is(void **state)
{
    struct spans spans = {0};

    (void)state;
    begin(&spans, 100);
    assert_false(span_is_due(&spans.at[0]));
    spans_blame(&spans, 7);
    assert_true(span_is_due(&spans.at[0]));
}

static void what_is_under_way_is_not_told_again(void **state)
{
    struct spans spans = {0};

    (void)state;
    begin(&spans, 100);
    spans_blame(&spans, 7);
    send(&spans);
    assert_false(span_is_due(&spans.at[0]));
    spans_settled(&spans, at(100), true);
    assert_false(span_is_due(&spans.at[0]));
}

static void whether_it_answers_pings_is_told_when_it_changes(void **state)
{
    struct spans spans = {0};

    (void)state;
    spans_hear_ping(&spans, LINK_PING_ANSWERS); /* nothing goes on */
    begin(&spans, 100);
    assert_int_equal(spans.at[0].ping, LINK_PING_UNKNOWN);
    spans_blame(&spans, 7);
    spans_hear_ping(&spans, LINK_PING_ANSWERS);
    send(&spans);
    spans_settled(&spans, at(100), true);
    spans_hear_ping(&spans, LINK_PING_ANSWERS);
    spans_hear_ping(&spans, LINK_PING_UNKNOWN);
    assert_false(span_is_due(&spans.at[0]));
    assert_int_equal(spans.at[0].ping, LINK_PING_ANSWERS);
    spans_hear_ping(&spans, LINK_PING_SILENT);
    assert_true(span_is_due(&spans.at[0]));
}

static void what_was_not_confirmed_is_told_again(void **state)
{
    struct spans spans = {0};

    (void)state;
    begin(&spans, 100);
    spans_blame(&spans, 7);
    send(&spans);
    spans_settled(&spans, at(100), false);
    assert_true(span_is_due(&spans.at[0]));
    send(&spans);
    spans_unsend(&spans);
    assert_true(span_is_due(&spans.at[0]));
}

static void an_end_that_came_while_the_beginning_was_under_way_is_told_after_it(void **state)
{
    struct spans spans = {0};

    (void)state;
    begin(&spans, 100);
    spans_blame(&spans, 7);
    send(&spans);
    spans_end(&spans, at(200));
    spans_settled(&spans, at(100), true);
    assert_int_equal(spans.count, 1);
    assert_true(span_is_due(&spans.at[0]));
    send(&spans);
    spans_settled(&spans, at(100), true);
    assert_int_equal(spans.count, 0);
}

static void one_that_the_database_has_is_not_told_again_until_it_changes(void **state)
{
    struct spans spans = {0};

    (void)state;
    spans_resume(&spans, at(99), at(100), at(110), 7);
    assert_false(span_is_due(&spans.at[0]));
    spans_blame(&spans, 7);
    assert_false(span_is_due(&spans.at[0]));
    spans_blame(&spans, 8);
    assert_true(span_is_due(&spans.at[0]));
}

static void a_silence_that_goes_on_does_not_begin_again(void **state)
{
    struct spans spans = {0};

    (void)state;
    begin(&spans, 100);
    begin(&spans, 150);
    assert_int_equal(spans.count, 1);
    assert_int_equal(spans.at[0].first_bad.us, at(100).us);
}

static void many_outages_while_the_database_is_away_keep_the_first_and_the_last_word(void **state)
{
    struct spans spans = {0};

    (void)state;
    for (int64_t i = 0; i < 50; i++) {
        begin(&spans, 1000 + 100 * i);
        spans_blame(&spans, 7);
        spans_end(&spans, at(1050 + 100 * i));
    }
    begin(&spans, 9000);
    assert_int_equal(spans.count, SPANS_MAX);
    assert_int_equal(spans.at[0].first_bad.us, at(1000).us);
    assert_int_equal(spans_current(&spans)->first_bad.us, at(9000).us);
    assert_int_equal(spans.at[SPANS_MAX - 2].restored.us, at(1050 + 100 * 49).us);
    assert_int_equal(spans.merged, 51 - SPANS_MAX);
}

static void one_that_the_database_refuses_is_dropped(void **state)
{
    struct spans spans = {0};

    (void)state;
    begin(&spans, 100);
    spans_drop(&spans, at(100));
    spans_drop(&spans, at(100));
    assert_int_equal(spans.count, 0);
    assert_null(spans_current(&spans));
}

static void what_is_new_of_it_is_told_while_it_is_fresh(void **state)
{
    struct spans spans = {0};

    (void)state;
    assert_false(spans_touch(&spans, at(0)));
    begin(&spans, 100);
    spans_blame(&spans, 7);
    send(&spans);
    spans_settled(&spans, at(100), true);
    assert_false(spans_touch(&spans, at(111))); /* it was found at 110 */
    assert_false(span_is_due(&spans.at[0]));
    assert_true(spans_touch(&spans, at(110)));
    assert_true(span_is_due(&spans.at[0]));
    spans_end(&spans, at(200));
    assert_false(spans_touch(&spans, at(0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_silence_is_told_once_it_is_known_whose_fault_it_is),
        cmocka_unit_test(what_is_under_way_is_not_told_again),
        cmocka_unit_test(what_is_new_of_it_is_told_while_it_is_fresh),
        cmocka_unit_test(whether_it_answers_pings_is_told_when_it_changes),
        cmocka_unit_test(what_was_not_confirmed_is_told_again),
        cmocka_unit_test(an_end_that_came_while_the_beginning_was_under_way_is_told_after_it),
        cmocka_unit_test(one_that_the_database_has_is_not_told_again_until_it_changes),
        cmocka_unit_test(a_silence_that_goes_on_does_not_begin_again),
        cmocka_unit_test(many_outages_while_the_database_is_away_keep_the_first_and_the_last_word),
        cmocka_unit_test(one_that_the_database_refuses_is_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
