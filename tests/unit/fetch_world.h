/* SPDX-License-Identifier: ISC */
/* One reading against a mib: what is asked for, what comes, and how it ended. */
#ifndef KT_TEST_FETCH_WORLD_H
#define KT_TEST_FETCH_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/mib.h"

#define UPTIME "1.3.6.1.2.1.1.3.0"
#define NAME   "1.3.6.1.2.1.1.5.0"
#define DESCR  "1.3.6.1.2.1.2.2.1.2"
#define STATE  "1.3.6.1.2.1.2.2.1.8"
#define VENDOR "1.3.6.1.4.1.99999.1"

struct world {
    struct mib mib;
    struct fetch_item items[FETCH_ITEMS_MAX];
    size_t count;
    struct fetch_memory memory;
    struct fetch_limits limits;
    enum plan_snmp snmp;
    bool alive; /* what its owner says of the device at a silence */
    /* of the last reading: */
    uint32_t values[FETCH_ITEMS_MAX];
    enum fetch_reason reasons[FETCH_ITEMS_MAX];
    struct fetch_sum sum;
    unsigned scalars_told;
    size_t skip; /* this item when the scalars are told; FETCH_ITEMS_MAX: none */
    struct fetch *fetch;
};

static inline int world_open(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    assert_non_null(world);
    world->snmp = PLAN_SNMP_V2C;
    world->alive = true;
    world->skip = FETCH_ITEMS_MAX;
    *state = world;
    return 0;
}

static inline int world_close(void **state)
{
    struct world *world = *state;

    mib_free(&world->mib);
    free(world);
    return 0;
}

static inline void ask(struct world *world, const char *oid, bool column)
{
    world->items[world->count++] = (struct fetch_item){mib_oid(oid), column, 0};
}

static inline void interfaces(struct world *world, unsigned count)
{
    for (unsigned i = 1; i <= count; i++) {
        char oid[64], name[32];

        snprintf(oid, sizeof oid, DESCR ".%u", i);
        snprintf(name, sizeof name, "ether%u", i);
        mib_add_text(&world->mib, oid, name);
        snprintf(oid, sizeof oid, STATE ".%u", i);
        mib_add_number(&world->mib, oid, BER_INTEGER, 1);
    }
}

static inline void on_value(const struct fetch_value *value, void *arg)
{
    struct world *world = arg;

    assert_in_range(value->item, 0, world->count - 1);
    world->values[value->item]++;
}

static inline void on_scalars(void *arg)
{
    struct world *world = arg;

    world->scalars_told++;
    if (world->skip < FETCH_ITEMS_MAX)
        fetch_skip(world->fetch, world->skip);
}

static inline void read_all(struct world *world)
{
    struct fetch_order order = {world->snmp,   world->items, world->count, &world->memory,
                                world->limits, on_value,     on_scalars,   world};
    struct question question;
    struct fetch_answer answer;

    memset(world->values, 0, sizeof world->values);
    world->mib.questions = world->mib.varbinds = world->scalars_told = 0;
    world->mib.v1 = world->snmp == PLAN_SNMP_V1;
    world->fetch = fetch_new(&order);
    while (fetch_next(world->fetch, &question)) {
        assert_in_range(question.count, 1, QUESTION_OIDS_MAX);
        assert_in_range(world->mib.questions, 0, 2000);
        if (mib_answer(&world->mib, &question, &answer))
            fetch_reply(world->fetch, &answer);
        else
            fetch_silence(world->fetch, world->alive);
    }
    assert_false(fetch_next(world->fetch, &question));
    for (size_t i = 0; i < world->count; i++) {
        world->reasons[i] = fetch_reason(world->fetch, i);
        assert_int_equal(fetch_rows(world->fetch, i), world->values[i]);
        assert_in_range(world->reasons[i], FETCH_READ, FETCH_REASON_END - 1);
    }
    world->sum = *fetch_sum(world->fetch);
    assert_int_equal(world->sum.questions, world->mib.questions);
    fetch_free(world->fetch);
}

#define T(test) cmocka_unit_test_setup_teardown(test, world_open, world_close)
#endif
