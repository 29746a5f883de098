/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "probes/loss.h"

static struct loss loss;

/* One lost out of every so many; 0: none. */
static void learn(int probes, int one_in)
{
    for (int i = 0; i < probes; i++)
        loss_learn(&loss, one_in != 0 && i % one_in == one_in - 1);
}

static void nothing_learned_is_the_floor(void **state)
{
    (void)state;
    loss_init(&loss, 0);
    assert_int_equal(loss_usual_ppm(&loss), LOSS_FLOOR_PPM);
    assert_int_equal(loss_known_ppm(&loss), 0);
}

static void a_clean_link_stays_at_the_floor(void **state)
{
    (void)state;
    loss_init(&loss, 0);
    learn(100000, 0);
    assert_int_equal(loss_usual_ppm(&loss), LOSS_FLOOR_PPM);
    assert_int_equal(loss_known_ppm(&loss), LOSS_FLOOR_PPM);
}

static void a_lossy_link_is_known_within_a_few_hundred_probes(void **state)
{
    (void)state;
    loss_init(&loss, 0);
    learn(300, 4);
    assert_in_range(loss_usual_ppm(&loss), 200000, 260000);
    learn(5000, 4);
    assert_in_range(loss_usual_ppm(&loss), 240000, 260000);
}

static void a_dead_link_is_at_the_cap(void **state)
{
    (void)state;
    loss_init(&loss, 0);
    learn(20000, 1);
    assert_int_equal(loss_usual_ppm(&loss), LOSS_CAP_PPM);
}

static void one_early_loss_is_not_taken_for_the_links_nature(void **state)
{
    (void)state;
    loss_init(&loss, 0);
    loss_learn(&loss, true);
    assert_in_range(loss_usual_ppm(&loss), 0, 60000);
}

static void a_bad_hour_moves_it_little(void **state)
{
    (void)state;
    loss_init(&loss, 0);
    learn(5000, 0);
    learn(120, 3); /* an hour of probes every 30 s, a third of them lost */
    assert_in_range(loss_usual_ppm(&loss), LOSS_FLOOR_PPM, 45000);
}

static void what_was_handed_on_is_believed(void **state)
{
    (void)state;
    loss_init(&loss, 300000);
    assert_int_equal(loss_usual_ppm(&loss), 300000);
    assert_int_equal(loss_known_ppm(&loss), 300000);
    learn(10, 0);
    assert_in_range(loss_usual_ppm(&loss), 290000, 300000);
}

static void too_little_learned_is_not_handed_on(void **state)
{
    (void)state;
    loss_init(&loss, 0);
    learn(199, 2);
    assert_int_equal(loss_known_ppm(&loss), 0);
    learn(1, 0);
    assert_int_equal(loss_known_ppm(&loss), loss_usual_ppm(&loss));
}

/* p + 3·√(p(1−p)/n), worked out with bc(1). */
static void the_limit_is_the_formula(void **state)
{
    static const struct {
        uint32_t usual_ppm, probes, limit_ppm;
    } cases[] = {
        {5000, 10, 71914},     {5000, 19, 53545},    {5000, 91, 27182},    {5000, 1000, 11691},
        {100000, 100, 190000}, {300000, 30, 550998}, {600000, 1, 1000000}, {0, 5, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t got = loss_limit_ppm(cases[i].usual_ppm, cases[i].probes);

        assert_in_range(got - cases[i].limit_ppm + 3, 0, 6);
    }
}

static void how_many_may_be_lost(void **state)
{
    static const struct {
        uint32_t usual_ppm, probes, may_lose;
    } cases[] = {
        {5000, 10, 0},   {5000, 18, 0},   {5000, 19, 1},    {5000, 61, 1},    {5000, 91, 2},
        {100000, 10, 3}, {300000, 10, 7}, {300000, 91, 40}, {600000, 10, 10},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(loss_is_usual(cases[i].usual_ppm, cases[i].probes, cases[i].may_lose));
        if (cases[i].may_lose < cases[i].probes)
            assert_false(loss_is_usual(cases[i].usual_ppm, cases[i].probes, cases[i].may_lose + 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_learned_is_the_floor),
        cmocka_unit_test(a_clean_link_stays_at_the_floor),
        cmocka_unit_test(a_lossy_link_is_known_within_a_few_hundred_probes),
        cmocka_unit_test(a_dead_link_is_at_the_cap),
        cmocka_unit_test(one_early_loss_is_not_taken_for_the_links_nature),
        cmocka_unit_test(a_bad_hour_moves_it_little),
        cmocka_unit_test(what_was_handed_on_is_believed),
        cmocka_unit_test(too_little_learned_is_not_handed_on),
        cmocka_unit_test(the_limit_is_the_formula),
        cmocka_unit_test(how_many_may_be_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
