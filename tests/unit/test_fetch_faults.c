/* SPDX-License-Identifier: ISC */
#include "tests/unit/fetch_world.h"

static void too_big_is_asked_again_smaller_and_remembered(void **state)
{
    struct world *world = *state;
    unsigned first;

    world->mib.too_big_above = 8;
    interfaces(world, 40);
    ask(world, DESCR, true);
    ask(world, STATE, true);
    read_all(world);
    assert_int_equal(world->values[0], 40);
    assert_int_equal(world->values[1], 40);
    assert_false(world->sum.partial);
    assert_int_equal(world->memory.repetitions, 4);
    assert_in_range(world->sum.halved, 1, world->sum.questions - 1);
    first = world->sum.questions;
    read_all(world);
    assert_in_range(world->sum.questions, 1, first - 1);
    assert_int_equal(world->memory.repetitions, 5); /* dares one more, which will be too big */
}

static void too_big_even_for_one_row_is_asked_by_columns(void **state)
{
    struct world *world = *state;

    world->mib.too_big_above = 3;
    interfaces(world, 10);
    mib_add_number(&world->mib, UPTIME, BER_TICKS, 131);
    ask(world, UPTIME, false);
    for (int i = 0; i < 6; i++) {
        ask(world, i % 2 == 0 ? DESCR : STATE, true);
        ask(world, UPTIME, false);
    }
    read_all(world);
    for (size_t i = 0; i < world->count; i++)
        assert_int_equal(world->values[i], world->items[i].column ? 10 : 1);
    assert_false(world->sum.partial);
}

static void too_big_for_one_value_gives_that_up(void **state)
{
    struct world *world = *state;
    struct fetch_order order = {.snmp = PLAN_SNMP_V2C,
                                .items = world->items,
                                .count = 1,
                                .on_value = on_value,
                                .arg = world};
    struct question question;

    ask(world, UPTIME, false);
    world->fetch = fetch_new(&order);
    assert_true(fetch_next(world->fetch, &question));
    fetch_reply(world->fetch, &(struct fetch_answer){.error_status = 1});
    assert_false(fetch_next(world->fetch, &question));
    assert_int_equal(fetch_reason(world->fetch, 0), FETCH_TOO_BIG);
    assert_int_equal(fetch_sum(world->fetch)->trouble, FETCH_TOO_BIG);
    assert_int_equal(fetch_sum(world->fetch)->halved, 0); /* there is no half of one */
    fetch_free(world->fetch);
}

/* Fragments that never arrive: no error, just silence, while small questions are answered. */
static void silence_with_a_live_device_shrinks_the_question(void **state)
{
    struct world *world = *state;

    world->mib.silent_above = 10;
    interfaces(world, 40);
    ask(world, DESCR, true);
    ask(world, STATE, true);
    read_all(world);
    assert_int_equal(world->values[0], 40);
    assert_int_equal(world->values[1], 40);
    assert_false(world->sum.partial);
    assert_in_range(world->sum.silences, 1, 3);
    read_all(world);
    assert_int_equal(world->sum.silences, 0); /* remembered */
}

static void silence_of_a_dead_device_ends_the_reading_at_once(void **state)
{
    struct world *world = *state;

    world->alive = false;
    world->mib.dead = true;
    ask(world, UPTIME, false);
    ask(world, DESCR, true);
    read_all(world);
    assert_int_equal(world->sum.questions, 1);
    assert_true(world->sum.partial);
    assert_int_equal(world->sum.trouble, FETCH_SILENT);
    assert_int_equal(world->reasons[0], FETCH_SILENT);
    assert_int_equal(world->reasons[1], FETCH_SILENT);
}

static void a_device_that_only_answers_heartbeats_is_left_in_peace_soon(void **state)
{
    struct world *world = *state;

    world->mib.dead = true;
    for (int i = 0; i < 30; i++)
        ask(world, i % 2 == 0 ? DESCR : UPTIME, i % 2 == 0);
    read_all(world);
    assert_in_range(world->sum.questions, 1, 6);
    assert_int_equal(world->sum.trouble, FETCH_SILENT);
}

static void one_object_that_silences_the_agent_is_found_and_avoided(void **state)
{
    struct world *world = *state;

    mib_add_number(&world->mib, UPTIME, BER_TICKS, 131);
    mib_add_text(&world->mib, NAME, "desa");
    mib_add_text(&world->mib, VENDOR ".1.0", "x");
    world->mib.mute_at = mib_oid(VENDOR ".1.0");
    ask(world, UPTIME, false);
    ask(world, NAME, false);
    ask(world, VENDOR ".1.0", false);
    ask(world, VENDOR ".2.0", false);
    read_all(world);
    assert_int_equal(world->values[0], 1);
    assert_int_equal(world->values[1], 1);
    assert_int_equal(world->reasons[2], FETCH_SILENT);
    assert_int_equal(world->reasons[3], FETCH_ABSENT);
    assert_true(world->sum.partial);
    read_all(world);
    assert_int_equal(world->sum.silences, 0);
    assert_int_equal(world->values[0], 1);
}

static void an_object_that_is_refused_takes_no_other_with_it(void **state)
{
    struct world *world = *state;

    mib_add_number(&world->mib, UPTIME, BER_TICKS, 131);
    interfaces(world, 3);
    world->mib.broken_at = mib_oid(DESCR ".2");
    ask(world, UPTIME, false);
    ask(world, DESCR, true);
    ask(world, STATE, true);
    read_all(world);
    assert_int_equal(world->values[0], 1);
    assert_int_equal(world->values[2], 3);
    assert_true(world->values[1] >= 1);
    world->mib.broken_at = mib_oid(UPTIME);
    read_all(world);
    assert_int_equal(world->reasons[0], FETCH_REFUSED);
    assert_int_equal(world->values[1], 3);
    assert_true(world->sum.partial);
}

static void a_name_that_does_not_increase_ends_the_column(void **state)
{
    struct world *world = *state;

    interfaces(world, 10);
    world->mib.loops_at = mib_oid(DESCR ".4");
    ask(world, DESCR, true);
    ask(world, STATE, true);
    read_all(world);
    assert_int_equal(world->reasons[0], FETCH_LOOP);
    assert_int_equal(world->values[0], 4);
    assert_int_equal(world->values[1], 10);
    assert_true(world->sum.partial);
    assert_int_equal(world->sum.trouble, FETCH_LOOP);
    world->snmp = PLAN_SNMP_V1;
    read_all(world);
    assert_int_equal(world->reasons[0], FETCH_LOOP);
    assert_int_equal(world->values[1], 10);
}

static void replies_that_stop_early_are_gone_on_from(void **state)
{
    struct world *world = *state;

    interfaces(world, 25);
    ask(world, DESCR, true);
    ask(world, STATE, true);
    for (size_t stops_after = 1; stops_after <= 5; stops_after++) {
        world->mib.stops_after = stops_after;
        read_all(world);
        assert_int_equal(world->values[0], 25);
        assert_int_equal(world->values[1], 25);
        assert_false(world->sum.partial);
    }
}

static void replies_with_nothing_in_them_end_the_reading(void **state)
{
    struct world *world = *state;

    interfaces(world, 5);
    mib_add_number(&world->mib, UPTIME, BER_TICKS, 131);
    world->mib.gives_none = true;
    ask(world, UPTIME, false);
    ask(world, DESCR, true);
    ask(world, STATE, true);
    read_all(world);
    assert_int_equal(world->sum.values, 0);
    assert_int_equal(world->reasons[0], FETCH_NONSENSE);
    assert_int_equal(world->reasons[1], FETCH_NONSENSE);
    assert_true(world->sum.partial);
    assert_in_range(world->sum.questions, 1, 8);
}

static void another_name_than_asked_is_nonsense(void **state)
{
    struct world *world = *state;
    struct fetch_order order = {.snmp = PLAN_SNMP_V2C,
                                .items = world->items,
                                .count = 2,
                                .on_value = on_value,
                                .arg = world};
    struct question question, other = {.kind = QUESTION_GET, .count = 2};
    struct fetch_answer answer;

    mib_add_number(&world->mib, UPTIME, BER_TICKS, 131);
    mib_add_text(&world->mib, NAME, "desa");
    ask(world, UPTIME, false);
    ask(world, NAME, false);
    world->fetch = fetch_new(&order);
    assert_true(fetch_next(world->fetch, &question));
    other.oids[0] = other.oids[1] = mib_oid(NAME);
    assert_true(mib_answer(&world->mib, &other, &answer));
    fetch_reply(world->fetch, &answer);
    assert_false(fetch_next(world->fetch, &question));
    assert_int_equal(fetch_reason(world->fetch, 0), FETCH_NONSENSE);
    assert_int_equal(fetch_reason(world->fetch, 1), FETCH_READ);
    fetch_free(world->fetch);
}

static void a_name_too_long_to_go_on_from_ends_the_column(void **state)
{
    struct world *world = *state;
    struct fetch_order order = {.snmp = PLAN_SNMP_V2C,
                                .items = world->items,
                                .count = 1,
                                .on_value = on_value,
                                .arg = world};
    uint8_t reply[4 + 4 + 120 + 2] = {0x30, 0x82, 0, 4 + 120 + 2, 0x06, 0x82, 0, 120};
    struct fetch_answer answer = {.list = {reply, sizeof reply}};
    struct question question;

    ask(world, DESCR, true);
    memset(reply + 8, 1, 120);
    memcpy(reply + 8, world->items[0].oid.at, world->items[0].oid.bytes);
    reply[128] = BER_NULL;
    world->fetch = fetch_new(&order);
    assert_true(fetch_next(world->fetch, &question));
    fetch_reply(world->fetch, &answer);
    assert_false(fetch_next(world->fetch, &question));
    assert_int_equal(fetch_reason(world->fetch, 0), FETCH_LONG_NAME);
    assert_int_equal(world->values[0], 1);
    fetch_free(world->fetch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(too_big_is_asked_again_smaller_and_remembered),
        T(too_big_even_for_one_row_is_asked_by_columns),
        T(too_big_for_one_value_gives_that_up),
        T(silence_with_a_live_device_shrinks_the_question),
        T(silence_of_a_dead_device_ends_the_reading_at_once),
        T(a_device_that_only_answers_heartbeats_is_left_in_peace_soon),
        T(one_object_that_silences_the_agent_is_found_and_avoided),
        T(an_object_that_is_refused_takes_no_other_with_it),
        T(a_name_that_does_not_increase_ends_the_column),
        T(replies_that_stop_early_are_gone_on_from),
        T(replies_with_nothing_in_them_end_the_reading),
        T(another_name_than_asked_is_nonsense),
        T(a_name_too_long_to_go_on_from_ends_the_column),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
