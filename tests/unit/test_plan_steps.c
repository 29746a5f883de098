/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "probes/order.h"
#include "tests/unit/plan_world.h"

/* ---- in order ---- */

static void numbers_are_put_in_order_however_small_the_steps(void **state)
{
    enum { COUNT = 3000 };
    static struct order order;
    uint32_t seed = 1, numbers[COUNT];

    (void)state;
    for (size_t most = 1; most < 10000; most *= 7) {
        order_open(&order, COUNT);
        for (size_t i = 0; i < COUNT; i++) {
            seed = seed * 1664525 + 1013904223;
            numbers[i] = i % 5 == 0 ? seed >> 28 : seed; /* some are equal */
            order_add(&order, numbers[i]);
        }
        while (!order_step(&order, most))
            ;
        for (size_t i = 0; i < COUNT; i++) {
            assert_int_equal(order_number(&order, i), numbers[order_of(&order, i)]);
            if (i == 0)
                continue;
            assert_true(order_number(&order, i - 1) <= order_number(&order, i));
            if (order_number(&order, i - 1) == order_number(&order, i))
                assert_true(order_of(&order, i - 1) < order_of(&order, i));
        }
        order_free(&order);
    }
}

/* ---- turns ---- */

static void a_turn_that_has_come_is_not_lost_with_a_new_plan(void **state)
{
    int64_t due_ms;

    (void)state;
    commit(1, 1);
    run_to_next_sending();
    due_ms = world.sent_ms[1] + 60000;
    run_until(due_ms - 10);
    assert_int_equal(world.sent, 1);
    set_now(due_ms + 10); /* nobody has looked who is due */
    commit(1, 2);
    plan_due(world.plan, &world.now, 1, send_probe, NULL);
    assert_int_equal(world.sent_ms[1], due_ms + 10);
}

/* ---- two plans hear the same; one takes its next plan at once, the other in steps ---- */

#define TWIN_IDS 400

struct twin {
    struct plan *plan;
    uint32_t serials[TWIN_IDS]; /* of probes under way; 0: none */
    int64_t due_us[TWIN_IDS];
    struct link_change changes[TWIN_IDS];
    size_t changes_count;
    size_t verdicts;
};

static void on_twin_change(const struct link_change *change, void *arg)
{
    struct twin *twin = arg;

    assert_true(twin->changes_count < TWIN_IDS);
    twin->changes[twin->changes_count++] = *change;
}

static void on_twin_verdict(const struct verify_verdict *verdict, void *arg)
{
    struct twin *twin = arg;

    twin->verdicts += verdict->ticket;
}

static bool on_twin_due(const struct plan_probe *probe, void *arg)
{
    struct twin *twin = arg;
    uint32_t id = probe->device->id;

    twin->serials[id] = probe->serial;
    twin->due_us[id] = probe->due_at.us;
    return true;
}

static uint32_t twin_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static void twin_give(struct twin *twin, uint32_t seed)
{
    plan_begin(twin->plan, &world.policy);
    plan_credential(twin->plan, &(struct credential){
                                    .id = 1, .kind = CREDENTIAL_COMMUNITY, .community = "public"});
    for (uint32_t i = 1; i < TWIN_IDS; i++) {
        struct plan_device device = device_of(i * 7 % TWIN_IDS);
        uint32_t dice = twin_random(&seed) % 16;

        if (dice == 0 || device.id == 0)
            continue; /* not in this plan */
        device.lane = device.id % 9;
        device.gateway_of = dice == 1 ? seed : 3;
        if (dice == 2)
            device.address.v4.sin_port = htons((uint16_t)seed);
        device.begins_down = dice == 3;
        device.first_bad = device.begins_down ? world.now.wall : (struct wall){0};
        plan_device(twin->plan, &device);
    }
}

static void twin_settle(struct twin *twin, uint32_t id, bool answered)
{
    struct plan_result result = {
        .device_id = id,
        .serial = twin->serials[id],
        .probe = {answered ? PROBE_ANSWERED : PROBE_SILENT, world.now.wall, world.now.wall},
        .rtt_us = 1000 * id,
        .vitals = {5, 5, 5}};

    twin->serials[id] = 0;
    plan_settle(twin->plan, &world.now, &result, id);
}

/* The second looks before all have gone over, and once more after that. */
static void twins_send(struct twin twins[2], size_t most)
{
    for (size_t i = 0; i < 2; i++) {
        plan_due(twins[i].plan, &world.now, TWIN_IDS, on_twin_due, &twins[i]);
        plan_sweep(twins[i].plan, &world.now, 5);
    }
    (void)plan_move_in(twins[1].plan, most);
    plan_due(twins[1].plan, &world.now, TWIN_IDS, on_twin_due, &twins[1]);
    while (!plan_move_in(twins[1].plan, most))
        ;
    plan_due(twins[1].plan, &world.now, TWIN_IDS, on_twin_due, &twins[1]);
}

/* The same dice for both. */
static void twins_hear(struct twin twins[2], uint32_t *seed)
{
    uint32_t order = twin_random(seed);

    twins[0].changes_count = twins[1].changes_count = 0;
    for (uint32_t i = 1; i < TWIN_IDS; i++) {
        uint32_t id = (i + order) % TWIN_IDS, dice = twin_random(seed) % 64;

        assert_int_equal(twins[0].serials[id], twins[1].serials[id]);
        assert_int_equal(twins[0].due_us[id], twins[1].due_us[id]);
        for (size_t j = 0; j < 2; j++) {
            if (twins[j].serials[id] != 0 && dice < 20)
                twin_settle(&twins[j], id, dice > 8);
            else if (dice == 60)
                plan_probe_now(twins[j].plan, id);
            else if (dice == 61)
                plan_verify(
                    twins[j].plan, &world.now,
                    &(struct verify_order){
                        .ticket = 1 + id % 3, .device_id = id, .serial = 1, .window_ms = 60000});
            else if (dice == 62)
                plan_hear_echo(twins[j].plan, id, order % 2 == 0, world.now.wall);
        }
    }
    assert_int_equal(twins[0].changes_count, twins[1].changes_count);
    for (size_t i = 0; i < twins[0].changes_count; i++) {
        assert_int_equal(twins[0].changes[i].device_id, twins[1].changes[i].device_id);
        assert_int_equal(twins[0].changes[i].state, twins[1].changes[i].state);
        assert_int_equal(twins[0].changes[i].asked, twins[1].changes[i].asked);
    }
    assert_int_equal(twins[0].verdicts, twins[1].verdicts);
}

static void twins_replace(struct twin twins[2], uint32_t seed)
{
    twin_give(&twins[0], seed);
    twin_give(&twins[1], seed);
    plan_commit(twins[0].plan, &world.now);
    while (!plan_prepare(twins[1].plan, 1 + seed % 50))
        ;
    plan_switch(twins[1].plan, &world.now);
    (void)plan_move_in(twins[1].plan, seed % 50);
}

static void a_plan_taken_in_steps_is_as_one_taken_at_once(void **state)
{
    static struct twin twins[2];
    uint32_t seed = 3;

    (void)state;
    world.policy.interval_ms = 2000;
    for (size_t i = 0; i < 2; i++) {
        twins[i].plan = plan_new(on_twin_change, &twins[i], world.now.mono);
        plan_on_verdict(twins[i].plan, on_twin_verdict);
    }
    for (size_t round = 0; round < 60; round++) {
        twins_replace(twins, twin_random(&seed));
        twins_hear(twins, &seed);
        for (size_t tick = 0; tick < 100; tick++) {
            set_now(now_ms() + 20);
            twins_send(twins, 1 + round % 90);
            twins_hear(twins, &seed);
        }
        for (uint32_t id = 0; round % 2 == 0 && id < TWIN_IDS; id++)
            assert_int_equal(plan_state(twins[0].plan, id), plan_state(twins[1].plan, id));
    }
    plan_free(twins[0].plan);
    plan_free(twins[1].plan);
}

#define T(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_put_in_order_however_small_the_steps),
        T(a_turn_that_has_come_is_not_lost_with_a_new_plan),
        T(a_plan_taken_in_steps_is_as_one_taken_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
