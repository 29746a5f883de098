/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "probes/change_queue.h"

static struct frame frame;

static void push(struct change_queue *queue, uint32_t first, uint32_t end)
{
    for (uint32_t id = first; id < end; id++)
        change_queue_push(queue, &(struct link_change){.device_id = id,
                                                       .state = LINK_UP,
                                                       .effect = LINK_FX_NONE,
                                                       .ping = LINK_PING_UNKNOWN,
                                                       .vitals = {-1, -1, -1}});
}

/* Takes the front frame out, whose first change must be that device's; how many were in it. */
static uint32_t take(struct change_queue *queue, uint32_t first)
{
    assert_true(change_queue_frame(queue, &frame));
    assert_int_equal(frame.type, FRAME_CHANGES);
    assert_int_equal(queue->at[queue->first].device_id, first);
    change_queue_sent(queue, frame.count);
    return (uint32_t)frame.count;
}

static void an_empty_queue_has_no_frame(void **state)
{
    struct change_queue queue = {0};

    (void)state;
    assert_false(change_queue_frame(&queue, &frame));
    push(&queue, 0, 1);
    assert_int_equal(take(&queue, 0), 1);
    assert_false(change_queue_frame(&queue, &frame));
    change_queue_free(&queue);
}

static void changes_leave_in_their_order_while_others_come(void **state)
{
    struct change_queue queue = {0};
    uint32_t next = 0, end = 0;

    (void)state;
    for (int i = 0; i < 200; i++) {
        push(&queue, end, end + 997);
        end += 997;
        next += take(&queue, next);
    }
    while (next < end)
        next += take(&queue, next);
    assert_int_equal(next, end);
    assert_int_equal(queue.count, 0);
    change_queue_free(&queue);
}

static void room_is_not_more_than_twice_what_waits(void **state)
{
    struct change_queue queue = {0};
    uint32_t next = 0, end = 0;

    (void)state;
    push(&queue, 0, 300);
    end = 300;
    for (int i = 0; i < 10000; i++) {
        uint32_t taken = take(&queue, next);

        next += taken;
        push(&queue, end, end + taken);
        end += taken;
    }
    assert_int_equal(queue.count, 300);
    assert_in_range(queue.room, 300, 1024);
    change_queue_free(&queue);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(an_empty_queue_has_no_frame),
        T(changes_leave_in_their_order_while_others_come),
        T(room_is_not_more_than_twice_what_waits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
