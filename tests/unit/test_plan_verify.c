/* SPDX-License-Identifier: ISC */
/* Repairs on trial within a plan: at which pace they are probed, and what ends them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "probes/loss.h"
#include "tests/unit/plan_world.h"

#define VERDICTS_MAX 16

static struct verify_verdict verdicts[VERDICTS_MAX];
static size_t verdict_count;
static uint64_t order_again; /* from inside the verdict */

static void order(uint64_t ticket, uint32_t device_id, int64_t window_ms)
{
    struct verify_order given = {
        .ticket = ticket, .device_id = device_id, .serial = 9, .window_ms = window_ms};

    plan_verify(world.plan, &world.now, &given);
}

static void on_verdict(const struct verify_verdict *verdict, void *arg)
{
    (void)arg;
    assert_in_range(verdict_count, 0, VERDICTS_MAX - 1);
    verdicts[verdict_count++] = *verdict;
    if (order_again == verdict->ticket) {
        order_again = 0;
        order(verdict->ticket, verdict->device_id, verdict->window_ms);
    }
}

static int begin_trials(void **state)
{
    begin(state);
    plan_on_verdict(world.plan, on_verdict);
    world.ages = true;
    verdict_count = 0;
    order_again = 0;
    return 0;
}

static void until_down(uint32_t id)
{
    world.silent[id] = true;
    while (plan_state(world.plan, id) != LINK_DOWN)
        run_until(now_ms() + 10);
}

static void until_up(uint32_t id)
{
    world.silent[id] = false;
    while (plan_state(world.plan, id) != LINK_UP)
        run_until(now_ms() + 10);
}

static void an_up_device_is_probed_at_once_and_then_every_two_seconds(void **state)
{
    int64_t ordered_ms, before_ms;

    (void)state;
    commit(1, 1);
    until_up(1);
    ordered_ms = now_ms();
    order(7, 1, 180000);
    run_to_next_sending();
    assert_in_range(world.sent_ms[1] - ordered_ms, 0, PLAN_TICK_MS + 10);
    for (int i = 0; i < 89; i++) {
        before_ms = world.sent_ms[1];
        run_to_next_sending();
        assert_in_range(world.sent_ms[1] - before_ms, 2000, 2000 + PLAN_TICK_MS + 10);
    }
    assert_int_equal(verdict_count, 0);
    run_until(now_ms() + 2200);
    assert_int_equal(verdict_count, 1);
    assert_int_equal(verdicts[0].reason, VERIFY_OK);
    assert_int_equal(verdicts[0].ticket, 7);
    assert_int_equal(verdicts[0].serial, 9);
    assert_int_equal(verdicts[0].lost, 0);
    assert_in_range(verdicts[0].sent, 90, 91);
    assert_in_range(verdicts[0].first_good.us / US_PER_MS - DAWN_US / US_PER_MS, ordered_ms,
                    ordered_ms + 50);
    before_ms = world.sent_ms[1]; /* and the device has its turns again */
    run_until(before_ms + 59000);
    assert_in_range(world.sent_ms[1] - before_ms, 0, 59000);
    run_until(before_ms + 180000);
    assert_in_range(world.sent_ms[1] - before_ms, 110000, 180000);
}

static void a_down_device_is_probed_at_that_pace_too(void **state)
{
    int64_t before_ms;

    (void)state;
    commit(1, 1);
    until_down(1);
    order(7, 1, 180000);
    run_to_next_sending();
    for (int i = 0; i < 20; i++) {
        before_ms = world.sent_ms[1];
        run_to_next_sending();
        assert_in_range(world.sent_ms[1] - before_ms, 2000, 2000 + PLAN_TICK_MS + 10);
    }
    run_until(now_ms() + 60000);
    assert_int_equal(verdict_count, 1);
    assert_int_equal(verdicts[0].reason, VERIFY_SILENT);
    assert_int_equal(verdicts[0].sent, verdicts[0].lost);
    assert_in_range(verdicts[0].sent, 44, 47);
}

static void a_radio_that_boots_while_the_button_is_pressed_passes(void **state)
{
    (void)state;
    commit(1, 1);
    until_down(1);
    order(7, 1, 180000);
    run_until(now_ms() + 60000);
    world.silent[1] = false;
    run_until(now_ms() + 200000);
    assert_int_equal(verdict_count, 1);
    assert_int_equal(verdicts[0].reason, VERIFY_OK);
    /* the same instant that the outage ends with */
    for (size_t i = 0; i < world.changes_count; i++)
        if (world.changes[i].effect == LINK_FX_ENDS)
            assert_int_equal(world.changes[i].first_good.us, verdicts[0].first_good.us);
}

static void a_relapse_is_a_flap(void **state)
{
    (void)state;
    commit(1, 1);
    until_up(1);
    order(7, 1, 180000);
    run_until(now_ms() + 60000);
    world.silent[1] = true;
    run_until(now_ms() + 20000);
    assert_int_equal(verdict_count, 1);
    assert_int_equal(verdicts[0].reason, VERIFY_FLAPPED);
    assert_int_equal(verdicts[0].lost, 3);
}

static void a_short_interval_is_not_slowed(void **state)
{
    (void)state;
    world.policy.interval_ms = 500;
    commit(1, 1);
    until_up(1);
    order(7, 1, 180000);
    run_to_next_sending();
    for (int i = 0; i < 20; i++) {
        int64_t before_ms = world.sent_ms[1];

        run_to_next_sending();
        assert_in_range(world.sent_ms[1] - before_ms, 1, 500 + PLAN_TICK_MS + 10);
    }
}

static void a_link_that_comes_back_is_asked_faster_still(void **state)
{
    int64_t before_ms;

    (void)state;
    commit(1, 1);
    until_down(1);
    order(7, 1, 180000);
    run_until(now_ms() + 10000);
    world.silent[1] = false;
    while (plan_state(world.plan, 1) != LINK_RECOVERING)
        run_until(now_ms() + 10);
    before_ms = world.sent_ms[1];
    run_to_next_sending();
    assert_in_range(world.sent_ms[1] - before_ms, 900, 1100);
}

/* An answer after its time-out is life, but no probe that the window could count. */
static void a_late_answer_is_a_lost_probe(void **state)
{
    struct plan_result late;

    (void)state;
    world.policy.misses_to_down = 100;
    commit(1, 1);
    until_up(1);
    world.silent[1] = true;
    order(7, 1, 20000);
    while (verdict_count == 0) {
        while (world.settle_at[1].us == 0)
            run_until(now_ms() + 10);
        late = result_of(1, PROBE_ANSWERED);
        while (world.settle_at[1].us != 0)
            run_until(now_ms() + 10);
        plan_settle(world.plan, &world.now, &late, world.random);
        assert_int_equal(plan_state(world.plan, 1), LINK_UP);
    }
    assert_int_equal(verdicts[0].reason, VERIFY_SILENT);
    assert_int_equal(verdicts[0].sent, verdicts[0].lost);
}

static void a_stranger_is_interrupted_at_once(void **state)
{
    (void)state;
    commit(1, 1);
    order(7, 2, 10000);
    assert_int_equal(verdict_count, 1);
    assert_int_equal(verdicts[0].reason, VERIFY_INTERRUPTED);
    assert_int_equal(verdicts[0].ticket, 7);
    assert_int_equal(verdicts[0].sent, 0);
}

static void a_device_that_leaves_the_plan_is_interrupted(void **state)
{
    (void)state;
    commit(1, 3);
    order(7, 2, 10000);
    order(8, 3, 10000);
    run_until(now_ms() + 3000);
    commit(3, 3);
    assert_int_equal(verdict_count, 1);
    assert_int_equal(verdicts[0].ticket, 7);
    assert_int_equal(verdicts[0].reason, VERIFY_INTERRUPTED);
    run_until(now_ms() + 12000);
    assert_int_equal(verdict_count, 2);
    assert_int_equal(verdicts[1].ticket, 8);
    assert_int_equal(verdicts[1].reason, VERIFY_OK);
}

static void another_agent_at_its_place_proves_nothing_of_it(void **state)
{
    struct plan_device device = device_of(1);

    (void)state;
    commit(1, 1);
    order(7, 1, 10000);
    run_until(now_ms() + 3000);
    device.credential = 2;
    world.credential = 2;
    commit_one(&device);
    assert_int_equal(verdict_count, 1);
    assert_int_equal(verdicts[0].reason, VERIFY_INTERRUPTED);
}

static void a_cancelled_trial_says_nothing_and_hurries_nobody(void **state)
{
    size_t sent;

    (void)state;
    commit(1, 1);
    until_up(1);
    order(7, 1, 10000);
    run_until(now_ms() + 3000);
    plan_verify_cancel(world.plan, 7);
    plan_verify_cancel(world.plan, 99);
    run_until(now_ms() + 1500);
    sent = world.sent;
    run_until(now_ms() + 20000);
    assert_in_range(world.sent - sent, 0, 1);
    assert_int_equal(verdict_count, 0);
}

static void ordering_again_begins_anew(void **state)
{
    int64_t again_ms;

    (void)state;
    commit(1, 1);
    until_up(1);
    order(7, 1, 10000);
    run_until(now_ms() + 8000);
    again_ms = now_ms();
    order(7, 1, 10000);
    while (verdict_count == 0)
        run_until(now_ms() + 10);
    assert_in_range(now_ms() - again_ms, 10000, 11200);
    run_until(now_ms() + 20000);
    assert_int_equal(verdict_count, 1);
}

static void whoever_hears_a_verdict_may_order_again(void **state)
{
    (void)state;
    commit(1, 1);
    until_down(1);
    order_again = 7;
    order(7, 1, 10000);
    run_until(now_ms() + 15000);
    assert_int_equal(verdict_count, 1);
    run_until(now_ms() + 15000);
    assert_int_equal(verdict_count, 2);
}

static void two_tickets_of_one_device_are_judged_each_by_its_window(void **state)
{
    (void)state;
    commit(1, 1);
    until_up(1);
    order(7, 1, 60000);
    order(8, 1, 10000);
    run_until(now_ms() + 12000);
    assert_int_equal(verdict_count, 1);
    assert_int_equal(verdicts[0].ticket, 8);
    assert_int_equal(verdicts[0].sent, 11);
    run_until(now_ms() + 52000);
    assert_int_equal(verdict_count, 2);
    assert_int_equal(verdicts[1].ticket, 7);
}

/* ---- what a link usually loses ---- */

/* Turns of device 1, of which each n-th is lost; a miss is followed by answers until it is UP. */
static void lose_each(int nth, int turns)
{
    for (int i = 0; i < turns; i++) {
        world.silent[1] = nth != 0 && i % nth == nth - 1;
        run_to_next_sending();
        run_until(now_ms() + (world.silent[1] ? 1010 : 20));
        until_up(1);
    }
}

static uint32_t usual_ppm(void)
{
    verdict_count = 0;
    order(99, 1, 10000);
    world.silent[1] = false;
    while (verdict_count == 0)
        run_until(now_ms() + 10);
    return verdicts[0].usual_ppm;
}

static void loss_is_learned_from_probes_that_were_sent_while_up(void **state)
{
    (void)state;
    world.policy.interval_ms = 10000;
    commit(1, 1);
    until_up(1);
    lose_each(5, 500);
    assert_in_range(usual_ppm(), 170000, 230000);
}

static void an_outage_is_none_of_the_links_habits(void **state)
{
    (void)state;
    world.policy.interval_ms = 10000;
    commit(1, 1);
    until_up(1);
    for (int i = 0; i < 20; i++) {
        until_down(1);
        run_until(now_ms() + 100000);
        until_up(1);
        run_until(now_ms() + 30000);
    }
    assert_int_equal(usual_ppm(), LOSS_FLOOR_PPM);
}

static void a_trial_teaches_nothing(void **state)
{
    struct plan_device device = device_of(1);

    (void)state;
    world.policy.interval_ms = 10000;
    device.learned.usual_ppm = 300000;
    commit_one(&device);
    until_up(1);
    order(7, 1, 3600000);
    lose_each(5, 500);
    assert_int_equal(verdict_count, 0);
    assert_int_equal(usual_ppm(), 300000);
}

static void a_repair_that_was_not_proven_teaches_nothing_until_it_is(void **state)
{
    (void)state;
    world.policy.interval_ms = 10000;
    commit(1, 1);
    until_up(1);
    order(7, 1, 180000);
    lose_each(5, 40);
    assert_int_equal(verdict_count, 1);
    assert_int_equal(verdicts[0].reason, VERIFY_LOSSY);
    commit(1, 1); /* a new plan does not forget it */
    lose_each(5, 200);
    assert_int_equal(usual_ppm(), LOSS_FLOOR_PPM); /* and with that one it is proven */
    assert_int_equal(verdicts[0].reason, VERIFY_OK);
    lose_each(5, 200);
    assert_in_range(usual_ppm(), 100000, 230000);
}

static void what_was_learned_is_handed_on_with_each_change(void **state)
{
    struct plan_device device = device_of(1);

    (void)state;
    device.learned.usual_ppm = 300000;
    commit_one(&device);
    until_up(1);
    assert_in_range(world.changes[0].loss_ppm, 290000, 300000);
    commit(1, 1); /* the plan anew, by somebody who knows nothing of it */
    assert_in_range(usual_ppm(), 290000, 300000);
}

#define T(test) cmocka_unit_test_setup_teardown(test, begin_trials, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(an_up_device_is_probed_at_once_and_then_every_two_seconds),
        T(a_down_device_is_probed_at_that_pace_too),
        T(a_radio_that_boots_while_the_button_is_pressed_passes),
        T(a_relapse_is_a_flap),
        T(a_short_interval_is_not_slowed),
        T(a_link_that_comes_back_is_asked_faster_still),
        T(a_late_answer_is_a_lost_probe),
        T(a_stranger_is_interrupted_at_once),
        T(a_device_that_leaves_the_plan_is_interrupted),
        T(another_agent_at_its_place_proves_nothing_of_it),
        T(a_cancelled_trial_says_nothing_and_hurries_nobody),
        T(ordering_again_begins_anew),
        T(whoever_hears_a_verdict_may_order_again),
        T(two_tickets_of_one_device_are_judged_each_by_its_window),
        T(loss_is_learned_from_probes_that_were_sent_while_up),
        T(an_outage_is_none_of_the_links_habits),
        T(a_trial_teaches_nothing),
        T(a_repair_that_was_not_proven_teaches_nothing_until_it_is),
        T(what_was_learned_is_handed_on_with_each_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
