/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "probes/frame_reading.h"
#include "probes/profile.h"
#include "probes/profile_files.h"
#include "probes/profile_hand.h"

static struct frame frame;

/* Hands over what is due; NULL when the set is not whole then. */
static struct profiles *hand_over(struct profile_hand *hand, struct profile_feed *feed)
{
    struct profiles *profiles = NULL;

    while (profile_hand_frame(hand, &frame)) {
        assert_null(profiles);
        assert_true(frame_open(&frame, frame.bytes));
        assert_true(profile_feed_take(feed, &frame, &profiles));
        profile_hand_sent(hand, &frame);
    }
    return profiles;
}

static void same(const struct profiles *a, const struct profiles *b)
{
    assert_int_equal(profiles_count(a), profiles_count(b));
    for (size_t i = 0; i < profiles_count(a); i++) {
        struct text one = {0}, other = {0};

        profile_print(profiles_at(a, i), &one);
        profile_print(profiles_at(b, i), &other);
        assert_string_equal(text_get(&one), text_get(&other));
        text_free(&one);
        text_free(&other);
    }
}

static void the_child_has_the_parents_set(void **state)
{
    struct text packed = {0}, complaints = {0};
    struct profiles *profiles = profile_files_read("", &packed, &complaints), *theirs;
    struct profile_hand *hand = profile_hand_new();
    struct profile_feed feed = {.serial = 0};

    (void)state;
    assert_non_null(profiles);
    assert_null(hand_over(hand, &feed)); /* nothing was given yet */
    assert_int_equal(profile_hand_serial(hand), 0);
    for (uint32_t serial = 1; serial <= 2; serial++) {
        profile_hand_give(hand, text_get(&packed), 300);
        theirs = hand_over(hand, &feed);
        assert_non_null(theirs);
        assert_int_equal(feed.serial, serial);
        assert_int_equal(feed.interval_s, 300);
        same(profiles, theirs);
        profiles_free(theirs);
    }
    assert_null(hand_over(hand, &feed));
    profile_hand_rewind(hand); /* a new child, that knows nothing */
    profile_feed_free(&feed);
    feed = (struct profile_feed){.serial = 0};
    theirs = hand_over(hand, &feed);
    same(profiles, theirs);
    profiles_free(theirs);
    profiles_free(profiles);
    profile_feed_free(&feed);
    profile_hand_free(hand);
    text_free(&packed);
}

static void a_newer_set_overtakes_a_half_sent_one(void **state)
{
    struct text packed = {0}, complaints = {0};
    struct profiles *profiles = profile_files_read("", &packed, &complaints), *theirs = NULL;
    struct profile_hand *hand = profile_hand_new();
    struct profile_feed feed = {.serial = 0};

    (void)state;
    while (packed.bytes <= FRAME_MAX) /* more than one frame */
        text_add(&packed, "# a remark of no consequence, to make it longer\n");
    profile_hand_give(hand, text_get(&packed), 300);
    assert_true(profile_hand_frame(hand, &frame));
    assert_true(profile_feed_take(&feed, &frame, &theirs));
    profile_hand_sent(hand, &frame);
    profile_hand_give(hand, "profile only\n", 0);
    theirs = hand_over(hand, &feed);
    assert_non_null(theirs);
    assert_int_equal(profiles_count(theirs), 1);
    assert_int_equal(feed.serial, 2);
    profiles_free(theirs);
    profiles_free(profiles);
    profile_feed_free(&feed);
    profile_hand_free(hand);
    text_free(&packed);
}

static bool takes(const struct profile_chunk *chunks, size_t count)
{
    struct profile_feed feed = {.serial = 0};
    struct profiles *profiles;
    bool good;

    frame_begin(&frame, FRAME_PROFILES);
    for (size_t i = 0; i < count; i++)
        assert_true(frame_add_chunk(&frame, &chunks[i]));
    good = profile_feed_take(&feed, &frame, &profiles);
    profiles_free(profiles);
    profile_feed_free(&feed);
    return good;
}

static void pieces_that_do_not_fit_are_refused(void **state)
{
    const struct profile_chunk good[] = {
        {.serial = 1, .total = 10, .offset = 0, .bytes = 5, .text = "profi"},
        {.serial = 1, .total = 10, .offset = 5, .bytes = 5, .text = "le a\n"}};
    const struct profile_chunk gap[] = {
        {.serial = 1, .total = 10, .offset = 0, .bytes = 4, .text = "prof"},
        {.serial = 1, .total = 10, .offset = 5, .bytes = 5, .text = "le a\n"}};
    const struct profile_chunk mixed[] = {
        {.serial = 1, .total = 10, .offset = 0, .bytes = 5, .text = "profi"},
        {.serial = 2, .total = 10, .offset = 5, .bytes = 5, .text = "le a\n"}};
    const struct profile_chunk wrong[] = {
        {.serial = 1, .total = 5, .offset = 0, .bytes = 5, .text = "motor"}};
    const struct profile_chunk hole[] = {
        {.serial = 1, .total = 10, .offset = 0, .bytes = 10, .text = "profile\0a\n"}};
    const struct profile_chunk more[] = {
        {.serial = 1, .total = 10, .offset = 0, .bytes = 10, .text = "profile a\n"},
        {.serial = 2, .total = 10, .offset = 0, .bytes = 10, .text = "profile b\n"}};

    (void)state;
    assert_true(takes(good, 2));
    assert_false(takes(gap, 2));
    assert_false(takes(mixed, 2));
    assert_false(takes(wrong, 1));
    assert_false(takes(hole, 1));
    assert_false(takes(more, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_child_has_the_parents_set),
        cmocka_unit_test(a_newer_set_overtakes_a_half_sent_one),
        cmocka_unit_test(pieces_that_do_not_fit_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
