/* SPDX-License-Identifier: ISC */
#include "tests/unit/fetch_world.h"

static void scalars_and_columns_are_read_to_their_end(void **state)
{
    struct world *world = *state;

    mib_add_number(&world->mib, UPTIME, BER_TICKS, 131);
    mib_add_text(&world->mib, NAME, "desa");
    interfaces(world, 29);
    ask(world, DESCR, true);
    ask(world, UPTIME, false);
    ask(world, STATE, true);
    ask(world, NAME, false);
    read_all(world);
    assert_int_equal(world->values[0], 29);
    assert_int_equal(world->values[1], 1);
    assert_int_equal(world->values[2], 29);
    assert_int_equal(world->values[3], 1);
    assert_int_equal(world->sum.values, 60);
    assert_false(world->sum.partial);
    assert_int_equal(world->scalars_told, 1);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(world->reasons[i], FETCH_READ);
    assert_in_range(world->sum.questions, 3, 6); /* one GET, one look, GETBULKs that grow */
}

/* A profile names many tables that most devices lack: they cost one varbind each. */
static void what_is_absent_costs_little_and_is_no_trouble(void **state)
{
    struct world *world = *state;

    mib_add_number(&world->mib, UPTIME, BER_TICKS, 131);
    mib_add_number(&world->mib, "1.3.6.1.6.3.1", BER_INTEGER, 1);
    for (int i = 0; i < 20; i++) {
        char oid[64];

        snprintf(oid, sizeof oid, VENDOR ".%d.1", i);
        ask(world, oid, true);
    }
    ask(world, VENDOR ".77.0", false);
    read_all(world);
    for (size_t i = 0; i < world->count; i++)
        assert_int_equal(world->reasons[i], FETCH_ABSENT);
    assert_false(world->sum.partial);
    assert_int_equal(world->sum.questions, 2);
    assert_int_equal(world->mib.varbinds, 21);
}

static void a_table_of_one_row_wastes_few_rows(void **state)
{
    struct world *world = *state;

    interfaces(world, 1);
    mib_add_number(&world->mib, "1.3.6.1.6.3.1", BER_INTEGER, 1);
    for (unsigned i = 0; i < 30; i++) {
        char oid[64];

        snprintf(oid, sizeof oid, "1.3.6.1.2.1.2.2.1.9.%u", i + 1);
        mib_add_number(&world->mib, oid, BER_INTEGER, 1);
    }
    ask(world, STATE, true);
    read_all(world);
    assert_int_equal(world->values[0], 1);
    assert_in_range(world->mib.varbinds, 1, 5);
}

static void the_end_of_the_mib_ends_a_column(void **state)
{
    struct world *world = *state;

    interfaces(world, 3);
    ask(world, STATE, true); /* nothing is behind it */
    read_all(world);
    assert_int_equal(world->values[0], 3);
    assert_int_equal(world->reasons[0], FETCH_READ);
    assert_false(world->sum.partial);
}

static void version_one_walks_by_getnext(void **state)
{
    struct world *world = *state;

    world->snmp = PLAN_SNMP_V1; /* the mib refuses GETBULK */
    mib_add_number(&world->mib, UPTIME, BER_TICKS, 131);
    interfaces(world, 5);
    ask(world, UPTIME, false);
    ask(world, DESCR, true);
    ask(world, STATE, true);
    ask(world, VENDOR, true);
    read_all(world);
    assert_int_equal(world->values[1], 5);
    assert_int_equal(world->values[2], 5);
    assert_int_equal(world->reasons[2], FETCH_READ);
    assert_int_equal(world->reasons[3], FETCH_ABSENT);
    assert_false(world->sum.partial);
}

static void version_one_drops_what_is_not_there_and_remembers(void **state)
{
    struct world *world = *state;
    unsigned first;

    world->snmp = PLAN_SNMP_V1;
    mib_add_number(&world->mib, UPTIME, BER_TICKS, 131);
    mib_add_text(&world->mib, NAME, "desa");
    ask(world, VENDOR ".1.0", false);
    ask(world, UPTIME, false);
    ask(world, VENDOR ".2.0", false);
    ask(world, NAME, false);
    read_all(world);
    assert_int_equal(world->sum.values, 2);
    assert_int_equal(world->reasons[0], FETCH_ABSENT);
    assert_int_equal(world->reasons[2], FETCH_ABSENT);
    assert_false(world->sum.partial);
    first = world->sum.questions;
    read_all(world);
    assert_int_equal(first, 3);
    assert_int_equal(world->sum.questions, 1);
    assert_int_equal(world->sum.values, 2);
    assert_int_equal(world->reasons[0], FETCH_ABSENT);
}

static void version_one_without_an_error_index_is_asked_one_by_one(void **state)
{
    struct world *world = *state;

    world->snmp = PLAN_SNMP_V1;
    world->mib.no_index = true;
    mib_add_number(&world->mib, UPTIME, BER_TICKS, 131);
    mib_add_text(&world->mib, NAME, "desa");
    ask(world, UPTIME, false);
    ask(world, VENDOR ".1.0", false);
    ask(world, NAME, false);
    read_all(world);
    assert_int_equal(world->sum.values, 2);
    assert_int_equal(world->reasons[1], FETCH_ABSENT);
    read_all(world);
    assert_int_equal(world->sum.questions, 1); /* that it was narrow is not remembered */
}

static void rows_values_octets_and_questions_are_bounded(void **state)
{
    struct world *world = *state;

    interfaces(world, 100);
    ask(world, DESCR, true);
    ask(world, STATE, true);
    world->limits = (struct fetch_limits){.rows = 20};
    read_all(world);
    assert_int_equal(world->values[0], 20);
    assert_int_equal(world->reasons[1], FETCH_BOUND);
    assert_true(world->sum.partial);
    world->limits = (struct fetch_limits){.values = 33};
    read_all(world);
    assert_int_equal(world->sum.values, 33);
    assert_int_equal(world->sum.trouble, FETCH_BOUND);
    world->limits = (struct fetch_limits){.octets = 300};
    read_all(world);
    assert_in_range(world->sum.octets, 300, 330);
    world->limits = (struct fetch_limits){.questions = 3};
    read_all(world);
    assert_int_equal(world->sum.questions, 3);
    assert_int_equal(world->reasons[0], FETCH_BOUND);
}

static void a_column_may_be_wanted_in_part(void **state)
{
    struct world *world = *state;

    interfaces(world, 100);
    ask(world, DESCR, true);
    ask(world, STATE, true);
    world->items[0].rows = 1;
    world->items[1].rows = 10;
    read_all(world);
    assert_int_equal(world->values[0], 1);
    assert_int_equal(world->values[1], 10);
    assert_int_equal(world->reasons[1], FETCH_READ);
    assert_false(world->sum.partial);
}

static void no_reply_need_be_larger_than_a_datagram(void **state)
{
    struct world *world = *state;

    for (unsigned table = 1; table <= 10; table++)
        for (unsigned i = 1; i <= 50; i++) {
            char oid[64];

            snprintf(oid, sizeof oid, VENDOR ".%u.%u", table, i);
            mib_add_number(&world->mib, oid, BER_GAUGE32, 1000000);
        }
    for (unsigned table = 1; table <= 10; table++) {
        char oid[64];

        snprintf(oid, sizeof oid, VENDOR ".%u", table);
        ask(world, oid, true);
    }
    world->mib.too_big_above = 64;
    read_all(world);
    assert_int_equal(world->sum.values, 500);
    assert_int_equal(world->memory.repetitions, 0); /* it never was too big */
}

static void what_the_owner_skips_is_not_asked_and_no_trouble(void **state)
{
    struct world *world = *state;

    interfaces(world, 5);
    mib_add_number(&world->mib, UPTIME, BER_TICKS, 131);
    ask(world, DESCR, true);
    ask(world, STATE, true);
    ask(world, UPTIME, false);
    world->skip = 0;
    read_all(world);
    assert_int_equal(world->reasons[0], FETCH_SKIPPED);
    assert_int_equal(world->values[0], 0);
    assert_int_equal(world->values[1], 5);
    assert_false(world->sum.partial);
}

static void nothing_to_read_is_read_at_once(void **state)
{
    struct world *world = *state;

    read_all(world);
    assert_int_equal(world->sum.questions, 0);
    assert_false(world->sum.partial);
}

static void every_reason_has_a_name(void **state)
{
    (void)state;
    for (enum fetch_reason reason = FETCH_READ; reason < FETCH_REASON_END; reason++)
        assert_true(strlen(fetch_reason_name(reason)) > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(scalars_and_columns_are_read_to_their_end),
        T(what_is_absent_costs_little_and_is_no_trouble),
        T(a_table_of_one_row_wastes_few_rows),
        T(the_end_of_the_mib_ends_a_column),
        T(version_one_walks_by_getnext),
        T(version_one_drops_what_is_not_there_and_remembers),
        T(version_one_without_an_error_index_is_asked_one_by_one),
        T(rows_values_octets_and_questions_are_bounded),
        T(a_column_may_be_wanted_in_part),
        T(no_reply_need_be_larger_than_a_datagram),
        T(what_the_owner_skips_is_not_asked_and_no_trouble),
        T(nothing_to_read_is_read_at_once),
        cmocka_unit_test(every_reason_has_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
