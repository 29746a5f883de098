/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "probes/address.h"
#include "probes/plan_copy.h"

static struct plan_copy *copy;
static struct frame frame;

/* What the child knows, from the frames alone. */
static struct {
    struct plan_policy policy;
    struct plan_device devices[1000];
    size_t count;
    uint32_t serial;
    uint32_t asked[1000];
    size_t asked_count;
} child;

static int begin(void **state)
{
    (void)state;
    copy = plan_copy_new();
    memset(&child, 0, sizeof child);
    return 0;
}

static int end(void **state)
{
    (void)state;
    plan_copy_free(copy);
    return 0;
}

static void child_hears(void)
{
    assert_true(frame_open(&frame, frame.bytes));
    for (size_t i = 0; i < frame.count; i++) {
        if (frame.type == FRAME_PLAN_BEGIN) {
            assert_true(frame_get_policy(&frame, i, &child.policy));
            child.count = 0;
        } else if (frame.type == FRAME_PLAN_DEVICES) {
            assert_true(frame_get_device(&frame, i, &child.devices[child.count++]));
        } else if (frame.type == FRAME_PLAN_COMMIT) {
            assert_true(frame_get_number(&frame, i, &child.serial));
        } else {
            assert_int_equal(frame.type, FRAME_PROBE_NOW);
            assert_true(frame_get_number(&frame, i, &child.asked[child.asked_count++]));
        }
    }
}

static size_t deliver(size_t most)
{
    size_t frames = 0;

    while (frames < most && plan_copy_frame(copy, &frame)) {
        child_hears();
        plan_copy_sent(copy, &frame);
        frames++;
    }
    return frames;
}

static void fill(uint32_t first, uint32_t last)
{
    struct plan_policy policy = {60000, 1000, 3, 3, 0, 0, 0};

    plan_copy_begin(copy, &policy);
    for (uint32_t id = last; id >= first; id--) {
        struct plan_device device = {.id = id, .snmp = PLAN_SNMP_V2C, .credential = 1};
        struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(161)};

        v4.sin_addr.s_addr = htonl(0x0a000000U + id);
        memcpy(&device.address, &v4, sizeof v4);
        plan_copy_device(copy, &device);
    }
}

static void give(uint32_t first, uint32_t last)
{
    fill(first, last);
    plan_copy_commit(copy);
}

static void says(uint32_t id, enum link_state link_state, bool asked)
{
    struct link_change change = {.device_id = id,
                                 .state = link_state,
                                 .effect = LINK_FX_NONE,
                                 .at = {400},
                                 .last_good = {100},
                                 .first_bad = {link_state == LINK_UP ? 0 : 200},
                                 .asked = asked};

    assert_true(plan_copy_hear(copy, &change));
}

static void nothing_is_said_before_the_first_commit(void **state)
{
    (void)state;
    plan_copy_rewind(copy);
    plan_copy_ask(copy, 1);
    assert_int_equal(deliver(9), 0);
    assert_int_equal(plan_copy_serial(copy), 0);
}

static void a_plan_goes_down_whole_in_as_many_frames_as_it_takes(void **state)
{
    (void)state;
    give(1, 1000);
    assert_in_range(deliver(99), 4, 20);
    assert_int_equal(child.count, 1000);
    assert_int_equal(child.serial, plan_copy_serial(copy));
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(child.devices[i].id, i + 1);
    assert_int_equal(deliver(9), 0);
}

static void a_frame_that_was_not_sent_is_the_next_again(void **state)
{
    (void)state;
    give(1, 3);
    assert_true(plan_copy_frame(copy, &frame));
    assert_int_equal(frame.type, FRAME_PLAN_BEGIN);
    assert_true(plan_copy_frame(copy, &frame));
    assert_int_equal(frame.type, FRAME_PLAN_BEGIN);
    deliver(99);
    assert_int_equal(child.count, 3);
}

static void an_empty_plan_is_sent_too(void **state)
{
    struct plan_policy policy = {60000, 1000, 3, 3, 0, 0, 0};

    (void)state;
    plan_copy_begin(copy, &policy);
    plan_copy_commit(copy);
    assert_int_equal(deliver(99), 2);
    assert_int_equal(child.serial, 1);
}

static void a_replacement_in_the_middle_begins_again(void **state)
{
    (void)state;
    give(1, 1000);
    assert_int_equal(deliver(2), 2);
    give(5, 6);
    deliver(99);
    assert_int_equal(child.count, 2);
    assert_int_equal(child.devices[0].id, 5);
    assert_int_equal(child.serial, 2);
}

static void a_new_child_begins_with_the_outages_that_are_open(void **state)
{
    (void)state;
    give(1, 4);
    deliver(99);
    says(1, LINK_DOWN, false);
    says(2, LINK_UP, false);
    says(3, LINK_RECOVERING, false);
    says(4, LINK_SUSPECT, false);
    plan_copy_rewind(copy);
    deliver(99);
    assert_int_equal(child.count, 4);
    assert_true(child.devices[0].begins_down);
    assert_int_equal(child.devices[0].first_bad.us, 200);
    assert_int_equal(child.devices[0].last_good.us, 100);
    assert_false(child.devices[1].begins_down);
    assert_int_equal(child.devices[1].last_good.us, 400);
    assert_true(child.devices[2].begins_down);
    assert_int_equal(child.devices[2].first_bad.us, 200);
    assert_false(child.devices[3].begins_down);
}

static void what_a_child_said_outlives_a_replacement_of_the_plan(void **state)
{
    (void)state;
    give(1, 2);
    deliver(99);
    says(1, LINK_DOWN, false);
    give(1, 3);
    plan_copy_rewind(copy);
    deliver(99);
    assert_int_equal(child.count, 3);
    assert_true(child.devices[0].begins_down);
    assert_false(child.devices[1].begins_down);
}

static void a_plan_is_made_in_steps_and_the_one_before_counts_until_then(void **state)
{
    size_t steps = 0;

    (void)state;
    give(1, 600);
    deliver(99);
    fill(2, 1000);
    while (!plan_copy_prepare(copy, 10)) {
        steps++;
        says(1, LINK_DOWN, false); /* it is not gone yet */
        says(5, LINK_DOWN, false);
        plan_copy_ask(copy, 600);
        assert_int_equal(plan_copy_serial(copy), 1);
    }
    assert_true(steps >= 999 / 10);
    deliver(99);
    assert_int_equal(child.asked_count, 1);
    plan_copy_commit(copy);
    says(7, LINK_DOWN, false); /* of the new plan, before anything was looked up in the old */
    for (steps = 0; !plan_copy_settle(copy, 10); steps++)
        assert_int_equal(plan_copy_serial(copy), 2);
    assert_true(steps >= 999 / 10);
    deliver(99);
    assert_int_equal(child.count, 999);
    for (uint32_t i = 0; i < 999; i++) {
        assert_int_equal(child.devices[i].id, i + 2);
        assert_int_equal(child.devices[i].begins_down, i + 2 == 5 || i + 2 == 7);
    }
    plan_copy_rewind(copy);
    child.asked_count = 0;
    deliver(99);
    assert_int_equal(child.asked_count, 1); /* it is owed an answer still */
    assert_int_equal(child.asked[0], 600);
}

static void one_replacement_waits_for_no_other_to_settle(void **state)
{
    (void)state;
    give(1, 600);
    says(3, LINK_DOWN, false);
    give(1, 500);
    assert_false(plan_copy_settle(copy, 1));
    give(1, 400);
    deliver(99);
    assert_int_equal(child.count, 400);
    assert_true(child.devices[2].begins_down);
}

/* Even numbers are down since then, as the caller knows. */
static void begins(struct plan_device *device, void *arg)
{
    const struct wall *since = arg;

    device->begins_down = device->id % 2 == 0;
    device->first_bad = device->begins_down ? *since : (struct wall){0};
}

static void the_caller_is_asked_who_is_down_when_the_plan_counts(void **state)
{
    struct wall since = {77};

    (void)state;
    plan_copy_on_begins(copy, begins, &since);
    give(1, 4);
    says(4, LINK_UP, false);
    since.us = 99;
    deliver(99);
    assert_false(child.devices[0].begins_down);
    assert_true(child.devices[1].begins_down);
    assert_int_equal(child.devices[1].first_bad.us, 99);
    assert_false(child.devices[3].begins_down); /* the child knows better */
}

static void what_a_child_said_of_another_role_is_not_handed_on(void **state)
{
    struct plan_policy policy = {60000, 1000, 3, 3, 0, 0, 0};
    struct plan_device device;

    (void)state;
    give(1, 1);
    deliver(99);
    device = child.devices[0];
    says(1, LINK_UP, false);
    device.gateway_of = 7;
    device.begins_down = true;
    device.first_bad.us = 5;
    plan_copy_begin(copy, &policy);
    plan_copy_device(copy, &device);
    plan_copy_commit(copy);
    deliver(99);
    assert_int_equal(child.count, 1);
    assert_true(child.devices[0].begins_down);
    assert_int_equal(child.devices[0].first_bad.us, 5);
}

static void what_a_child_learned_of_the_loss_is_known_to_the_next(void **state)
{
    struct link_change change = {
        .device_id = 1, .state = LINK_UP, .effect = LINK_FX_NONE, .at = {400}, .loss_ppm = 300000};

    (void)state;
    give(1, 2);
    deliver(99);
    assert_true(plan_copy_hear(copy, &change));
    change.loss_ppm = 0; /* a younger child knows less */
    assert_true(plan_copy_hear(copy, &change));
    give(1, 2);
    plan_copy_rewind(copy);
    deliver(99);
    assert_int_equal(child.devices[0].learned.usual_ppm, 300000);
    assert_int_equal(child.devices[1].learned.usual_ppm, 0);
}

static void what_a_child_learned_of_a_device_is_known_to_the_next(void **state)
{
    struct learned_news news = {.device_id = 1,
                                .learned = {.at = {400}, .habit_ppm = 5, .srtt_us = 600000}};

    (void)state;
    give(1, 2);
    deliver(99);
    assert_true(plan_copy_learn(copy, &news));
    give(1, 2); /* the rows of the database are older */
    plan_copy_rewind(copy);
    deliver(99);
    assert_memory_equal(&child.devices[0].learned, &news.learned, sizeof news.learned);
    assert_int_equal(child.devices[1].learned.srtt_us, 0);
}

static void what_was_learned_of_another_place_is_not_of_this_one(void **state)
{
    struct learned_news news = {.device_id = 1, .learned = {.of = 7, .at = {400}, .habit_ppm = 5}};
    struct plan_device device = {.id = 1, .snmp = PLAN_SNMP_V2C, .learned = {.of = 7}};
    struct plan_policy policy = {60000, 1000, 3, 3, 0, 0, 0};

    (void)state;
    device.address.v4 = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(161)};
    plan_copy_begin(copy, &policy);
    plan_copy_device(copy, &device);
    plan_copy_commit(copy);
    assert_true(plan_copy_learn(copy, &news));
    device.learned.of = 8;
    plan_copy_begin(copy, &policy);
    plan_copy_device(copy, &device);
    plan_copy_commit(copy);
    assert_false(plan_copy_learn(copy, &news)); /* it was under way */
    deliver(99);
    assert_int_equal(child.devices[0].learned.habit_ppm, 0);
    assert_int_equal(child.devices[0].learned.of, 8);
}

static void an_ask_goes_after_the_plan_and_once(void **state)
{
    (void)state;
    give(1, 3);
    plan_copy_ask(copy, 2);
    plan_copy_ask(copy, 2);
    plan_copy_ask(copy, 9);
    deliver(99);
    assert_int_equal(child.serial, 1);
    assert_int_equal(child.asked_count, 1);
    assert_int_equal(child.asked[0], 2);
}

/* Its turns come every minute; a flood of traps may add one in two of them, and a few at once. */
static void a_metered_device_is_asked_for_hints_within_its_budget(void **state)
{
    struct plan_policy policy = {60000, 1000, 3, 3, 0, 0, 0};
    struct plan_device device;
    size_t probes = 0;

    (void)state;
    give(1, 1);
    deliver(99);
    device = child.devices[0];
    device.interval_ms = 60000;
    plan_copy_begin(copy, &policy);
    plan_copy_device(copy, &device);
    plan_copy_commit(copy);
    for (int64_t second = 0; second < 3600; second++) {
        struct mono now = {second * US_PER_S};

        if (plan_copy_hint(copy, 1, now)) {
            probes++;
            deliver(99);
            says(1, LINK_UP, true);
        }
        if (second == 0)
            assert_int_equal(probes, 1);
        if (second == 59)
            assert_int_equal(probes, 4);
    }
    assert_in_range(probes, 30, 34);
    plan_copy_ask(copy, 1); /* a verdict that waits for it is worth the bytes */
    child.asked_count = 0;
    deliver(99);
    assert_int_equal(child.asked_count, 1);
}

static void an_unmetered_device_is_asked_for_each_hint(void **state)
{
    (void)state;
    give(1, 1);
    for (int i = 0; i < 100; i++) {
        assert_true(plan_copy_hint(copy, 1, (struct mono){1}));
        deliver(99);
        says(1, LINK_UP, true);
    }
    assert_int_equal(child.asked_count, 100);
    assert_false(plan_copy_hint(copy, 2, (struct mono){1}));
}

static void what_a_dead_child_was_asked_is_asked_again(void **state)
{
    (void)state;
    give(1, 3);
    plan_copy_ask(copy, 1);
    plan_copy_ask(copy, 2);
    deliver(99);
    says(1, LINK_UP, true);
    child.asked_count = 0;
    plan_copy_rewind(copy);
    deliver(99);
    assert_int_equal(child.asked_count, 1);
    assert_int_equal(child.asked[0], 2);
    says(2, LINK_UP, true);
    plan_copy_ask(copy, 2); /* and may be asked anew once answered */
    deliver(99);
    assert_int_equal(child.asked_count, 2);
}

static void asks_beyond_one_frame_go_in_the_next(void **state)
{
    (void)state;
    give(1, 1000);
    for (uint32_t id = 1; id <= 1000; id++)
        plan_copy_ask(copy, id);
    deliver(99);
    assert_int_equal(child.asked_count, 1000);
    assert_int_equal(child.asked[999], 1000);
}

/* Said before the child took the plan, heard after the parent made it. */
static void a_word_about_its_old_role_is_dropped_and_what_was_asked_is_asked_again(void **state)
{
    struct plan_policy policy = {60000, 1000, 3, 3, 0, 0, 0};
    struct link_change change = {
        .device_id = 1, .state = LINK_DOWN, .effect = LINK_FX_BEGINS, .at = {9}, .first_bad = {8}};
    struct plan_device device;

    (void)state;
    give(1, 1);
    plan_copy_ask(copy, 1);
    deliver(99);
    device = child.devices[0];
    device.gateway_of = 7;
    plan_copy_begin(copy, &policy);
    plan_copy_device(copy, &device);
    plan_copy_commit(copy);
    deliver(99);
    assert_false(plan_copy_hear(copy, &change));
    change.asked = true;
    child.asked_count = 0;
    assert_false(plan_copy_hear(copy, &change));
    plan_copy_rewind(copy);
    deliver(99);
    assert_false(child.devices[0].begins_down);
    assert_int_equal(child.asked_count, 1);
    change.gateway_of = 7;
    assert_true(plan_copy_hear(copy, &change));
}

static void a_word_about_a_stranger_is_dropped(void **state)
{
    struct link_change change = {.device_id = 77, .state = LINK_DOWN, .effect = LINK_FX_BEGINS};

    (void)state;
    give(1, 3);
    assert_false(plan_copy_hear(copy, &change));
}

static void addresses_print_and_compare(void **state)
{
    union address a = {0}, b = {0}, c = {0};
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(161)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(161)};
    char text[ADDRESS_TEXT_MAX];

    (void)state;
    v4.sin_addr.s_addr = htonl(0xc0000201);
    memcpy(&a, &v4, sizeof v4);
    /* the same host, mapped: not the same address */
    v6.sin6_addr.s6_addr[10] = v6.sin6_addr.s6_addr[11] = 0xff;
    memcpy(&v6.sin6_addr.s6_addr[12], &v4.sin_addr, 4);
    memcpy(&b, &v6, sizeof v6);
    assert_string_equal(address_print(&a, text), "192.0.2.1:161");
    assert_string_equal(address_print(&b, text), "[::ffff:192.0.2.1]:161");
    assert_string_equal(address_print(&c, text), "?");
    assert_true(address_equal(&a, &a));
    assert_true(address_equal(&b, &b));
    assert_false(address_equal(&a, &b));
    assert_false(address_equal(&c, &c));
    v4.sin_port = htons(162);
    memcpy(&c, &v4, sizeof v4);
    assert_false(address_equal(&a, &c));
    v6.sin6_scope_id = 2;
    memcpy(&c, &v6, sizeof v6);
    assert_false(address_equal(&b, &c));
}

#define T(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(nothing_is_said_before_the_first_commit),
        T(a_plan_goes_down_whole_in_as_many_frames_as_it_takes),
        T(a_frame_that_was_not_sent_is_the_next_again),
        T(an_empty_plan_is_sent_too),
        T(a_replacement_in_the_middle_begins_again),
        T(a_new_child_begins_with_the_outages_that_are_open),
        T(what_a_child_said_outlives_a_replacement_of_the_plan),
        T(a_plan_is_made_in_steps_and_the_one_before_counts_until_then),
        T(one_replacement_waits_for_no_other_to_settle),
        T(the_caller_is_asked_who_is_down_when_the_plan_counts),
        T(what_a_child_said_of_another_role_is_not_handed_on),
        T(what_a_child_learned_of_a_device_is_known_to_the_next),
        T(what_was_learned_of_another_place_is_not_of_this_one),
        T(what_a_child_learned_of_the_loss_is_known_to_the_next),
        T(an_ask_goes_after_the_plan_and_once),
        T(a_metered_device_is_asked_for_hints_within_its_budget),
        T(an_unmetered_device_is_asked_for_each_hint),
        T(what_a_dead_child_was_asked_is_asked_again),
        T(asks_beyond_one_frame_go_in_the_next),
        T(a_word_about_its_old_role_is_dropped_and_what_was_asked_is_asked_again),
        T(a_word_about_a_stranger_is_dropped),
        T(addresses_print_and_compare),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
