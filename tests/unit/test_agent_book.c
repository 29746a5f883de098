/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "probes/agent_book.h"

static struct frame frame;
static struct agent_book *book;

static int begin(void **state)
{
    (void)state;
    book = agent_book_new();
    return 0;
}

static int end(void **state)
{
    (void)state;
    agent_book_free(book);
    return 0;
}

static struct agent_news some_agent(uint32_t device_id, uint8_t last)
{
    return (struct agent_news){.device_id = device_id,
                               .auth = AUTH_KEY,
                               .engine_bytes = 5,
                               .engine = {0x80, 0, 0x1f, 0x88, last},
                               .boots = 3,
                               .time_s = 99,
                               .at = {1700000000000000}};
}

static void an_agent_comes_back_as_it_was(void **state)
{
    struct agent_news news = some_agent(7, 1), back;

    (void)state;
    frame_begin(&frame, FRAME_AGENTS_KNOWN);
    assert_true(frame_add_agent(&frame, &news));
    assert_true(frame_open(&frame, frame.bytes));
    assert_true(frame_get_agent(&frame, 0, &back));
    assert_int_equal(back.device_id, 7);
    assert_int_equal(back.auth, AUTH_KEY);
    assert_int_equal(back.engine_bytes, 5);
    assert_memory_equal(back.engine, news.engine, BER_ENGINE_MAX);
    assert_int_equal(back.boots, 3);
    assert_int_equal(back.time_s, 99);
    assert_int_equal(back.at.us, news.at.us);
}

/* Sends what the child has not; the last octet of each engine, in the order of sending. */
static size_t send_all(uint8_t out[8])
{
    struct agent_news news;
    size_t count = 0;

    while (agent_book_frame(book, &frame)) {
        assert_true(frame_open(&frame, frame.bytes));
        for (size_t i = 0; i < frame.count; i++) {
            assert_true(frame_get_agent(&frame, i, &news));
            assert_true(count < 8);
            out[count++] = news.engine[4];
        }
        agent_book_sent(book, &frame);
    }
    return count;
}

static void a_child_is_told_each_engine_once_and_its_successor_again(void **state)
{
    struct agent_news one = some_agent(1, 1), two = some_agent(2, 2);
    uint8_t sent[8];

    (void)state;
    assert_int_equal(send_all(sent), 0);
    agent_book_know(book, &one);
    agent_book_know(book, &two);
    assert_int_equal(send_all(sent), 2);
    assert_int_equal(sent[0], 1);
    assert_int_equal(sent[1], 2);
    assert_int_equal(send_all(sent), 0);
    agent_book_rewind(book);
    assert_int_equal(send_all(sent), 2);
}

static void the_childs_word_goes_before_the_databases(void **state)
{
    struct agent_news heard = some_agent(1, 9), known = some_agent(1, 1);
    uint8_t sent[8];

    (void)state;
    agent_book_hear(book, &heard);
    agent_book_know(book, &known);
    assert_int_equal(send_all(sent), 0);
    agent_book_rewind(book);
    assert_int_equal(send_all(sent), 1);
    assert_int_equal(sent[0], 9);
}

static void who_left_the_plan_is_forgotten(void **state)
{
    struct agent_news one = some_agent(1, 1), two = some_agent(2, 2), three = some_agent(3, 3);
    uint8_t sent[8];

    (void)state;
    agent_book_know(book, &one);
    agent_book_know(book, &two);
    agent_book_begin(book);
    agent_book_keep(book, 2);
    agent_book_know(book, &three); /* known during the plan: of a device that is in it */
    agent_book_commit(book);
    assert_int_equal(send_all(sent), 2);
    assert_int_equal(sent[0], 2);
    assert_int_equal(sent[1], 3);
}

#define T(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_agent_comes_back_as_it_was),
        T(a_child_is_told_each_engine_once_and_its_successor_again),
        T(the_childs_word_goes_before_the_databases),
        T(who_left_the_plan_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
