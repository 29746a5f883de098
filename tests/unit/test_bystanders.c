/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/bystanders.h"

#define RADIO  UINT32_C(7)
#define FELL_S 100000 /* when the gateway fell silent */
#define BACK_S 101800

static const uint32_t devices[] = {RADIO, RADIO + 1};

static struct wall at(int64_t s)
{
    return (struct wall){s * US_PER_S};
}

/* With what its agent's clocks showed in its last answer. */
static void hear(struct bystanders *bystanders, enum link_state state, int64_t s, int64_t last_s,
                 int64_t uptime_s)
{
    struct link_change change = {.device_id = RADIO,
                                 .state = state,
                                 .effect = LINK_FX_NONE,
                                 .at = at(s),
                                 .last_good = at(last_s),
                                 .vitals = {uptime_s * 100, uptime_s, -1}};

    bystanders_hear(bystanders, &change, (struct mono){s * US_PER_S});
}

static uint32_t clues(const struct bystanders *bystanders)
{
    return bystanders_clues(bystanders, devices, 2, at(FELL_S));
}

static uint32_t ran(const struct bystanders *bystanders, int64_t began_s)
{
    return bystanders_ran(bystanders, devices, 2, at(FELL_S), at(began_s));
}

static void who_answers_meanwhile_shows_that_the_link_is_there(void **state)
{
    struct bystanders *bystanders = bystanders_new();

    (void)state;
    assert_int_equal(clues(bystanders), 0);
    hear(bystanders, LINK_UP, FELL_S - 50, FELL_S - 50, 5000);
    assert_int_equal(clues(bystanders), 0); /* an answer of before */
    hear(bystanders, LINK_UP, FELL_S + 2, FELL_S + 2, 5052);
    assert_int_equal(clues(bystanders), CLUE(CLUE_BESIDE_ANSWERS));
    assert_int_equal(ran(bystanders, BACK_S - 60), CLUE(CLUE_BESIDE_RAN));
    bystanders_free(bystanders);
}

static void who_is_silent_with_it_and_ran_on_lost_no_power(void **state)
{
    struct bystanders *bystanders = bystanders_new();

    (void)state;
    hear(bystanders, LINK_UP, FELL_S - 50, FELL_S - 50, 5000);
    hear(bystanders, LINK_SUSPECT, FELL_S + 3, FELL_S - 20, 5030);
    assert_int_equal(clues(bystanders), CLUE(CLUE_BESIDE_SILENT));
    assert_int_equal(ran(bystanders, BACK_S - 60), 0); /* not back */
    hear(bystanders, LINK_RECOVERING, BACK_S, FELL_S - 20, 6850);
    assert_int_equal(ran(bystanders, BACK_S - 60), CLUE(CLUE_BESIDE_RAN));
    bystanders_free(bystanders);
}

static void who_began_anew_with_it_lost_its_power_with_it(void **state)
{
    struct bystanders *bystanders = bystanders_new();

    (void)state;
    hear(bystanders, LINK_UP, FELL_S - 50, FELL_S - 50, 5000);
    hear(bystanders, LINK_SUSPECT, FELL_S + 3, FELL_S - 20, 5030);
    hear(bystanders, LINK_RECOVERING, BACK_S, FELL_S - 20, 70);
    assert_int_equal(ran(bystanders, BACK_S - 40), CLUE(CLUE_BESIDE_BOOTED));
    assert_int_equal(ran(bystanders, BACK_S - 900), 0); /* each by itself */
    assert_int_equal(bystanders_ran(bystanders, devices, 2, at(FELL_S), (struct wall){0}), 0);
    bystanders_free(bystanders);
}

static void an_outage_before_is_no_witness_of_this_one(void **state)
{
    struct bystanders *bystanders = bystanders_new();

    (void)state;
    hear(bystanders, LINK_UP, FELL_S - 5000, FELL_S - 5000, 5000);
    hear(bystanders, LINK_SUSPECT, FELL_S - 4900, FELL_S - 4950, 5050);
    hear(bystanders, LINK_UP, FELL_S - 4000, FELL_S - 4000, 60);
    assert_int_equal(clues(bystanders), 0);
    assert_int_equal(ran(bystanders, FELL_S - 4060), 0);
    bystanders_free(bystanders);
}

static void silence_never_overwrites_the_last_good_vitals(void **state)
{
    struct cause_vitals vitals = {0};
    struct mono vitals_at = {0};
    struct link_change change = {
        .state = LINK_UP, .effect = LINK_FX_NONE, .at = at(100), .vitals = {500, 5, -1}};

    (void)state;
    assert_true(vitals_hear(&vitals, &vitals_at, &change, (struct mono){1000 * US_PER_S}));
    assert_int_equal(vitals.uptime_ticks, 500);
    change.state = LINK_DOWN;
    change.last_good = at(100);
    change.vitals = (struct device_vitals){900, 9, -1};
    assert_false(vitals_hear(&vitals, &vitals_at, &change, (struct mono){1100 * US_PER_S}));
    change.state = LINK_SUSPECT;
    change.vitals = (struct device_vitals){-1, -1, -1};
    assert_false(vitals_hear(&vitals, &vitals_at, &change, (struct mono){1100 * US_PER_S}));
    assert_int_equal(vitals.uptime_ticks, 500);
    assert_int_equal(vitals_at.us, 1000 * US_PER_S);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_answers_meanwhile_shows_that_the_link_is_there),
        cmocka_unit_test(who_is_silent_with_it_and_ran_on_lost_no_power),
        cmocka_unit_test(who_began_anew_with_it_lost_its_power_with_it),
        cmocka_unit_test(an_outage_before_is_no_witness_of_this_one),
        cmocka_unit_test(silence_never_overwrites_the_last_good_vitals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
