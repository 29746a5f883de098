/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "daemon/topology.h"

static const struct wall fresh = {1000};

/* core C; relays R1 R2 under it; V1 under R1; V2 under both; X without a device under R1, V3 under
 * X. */
static struct topology *small_network(void)
{
    struct topology *topology = topology_new();
    struct err err;

    topology_add(topology, "V3", "X", false, true);
    topology_add(topology, "V2", "R1 R2", false, true);
    topology_add(topology, "V1", " R1 ", false, true);
    topology_add(topology, "X", "R1", false, false);
    topology_add(topology, "R2", "C", false, true);
    topology_add(topology, "R1", "C", false, true);
    topology_add(topology, "C", "", true, false);
    assert_true(topology_seal(topology, &err));
    return topology;
}

static size_t at(struct topology *topology, const char *code)
{
    size_t site = topology_index(topology, code);

    assert_int_not_equal(site, TOPOLOGY_NONE);
    return site;
}

static void set(struct topology *topology, const char *code, enum link_state state, int64_t heard)
{
    topology_set(topology, at(topology, code), state, (struct wall){heard});
}

static void fails(struct topology *topology, const char *code, const char *root)
{
    topology_set(topology, at(topology, code), LINK_DOWN, (struct wall){0});
    topology_set_root(topology, at(topology, code),
                      root == NULL ? TOPOLOGY_NONE : at(topology, root), fresh);
}

static struct blame_answer blame(struct topology *topology, const char *code)
{
    return topology_blame(topology, at(topology, code), fresh);
}

static void a_site_below_a_core_without_a_device_is_at_fault_itself(void **state)
{
    struct topology *topology = small_network();

    (void)state;
    fails(topology, "R1", NULL);
    assert_int_equal(blame(topology, "R1").blame, BLAME_SELF);
    assert_int_equal(blame(topology, "R1").root, at(topology, "R1"));
    topology_free(topology);
}

static void a_relay_that_answered_just_now_makes_it_the_villages_own_fault(void **state)
{
    struct topology *topology = small_network();

    (void)state;
    set(topology, "R1", LINK_UP, fresh.us);
    fails(topology, "V1", NULL);
    assert_int_equal(blame(topology, "V1").blame, BLAME_SELF);
    topology_free(topology);
}

static void a_relay_heard_too_long_ago_is_asked(void **state)
{
    struct topology *topology = small_network();
    struct blame_answer answer;

    (void)state;
    set(topology, "R1", LINK_UP, fresh.us - 1);
    fails(topology, "V1", NULL);
    answer = blame(topology, "V1");
    assert_int_equal(answer.blame, BLAME_WAIT);
    assert_int_equal(answer.ask_count, 1);
    assert_int_equal(answer.ask[0], at(topology, "R1"));
    assert_int_equal(answer.unsure, at(topology, "R1"));
    topology_free(topology);
}

static void a_relay_that_is_being_judged_is_waited_for_and_not_asked(void **state)
{
    static const enum link_state states[] = {LINK_SUSPECT, LINK_RECOVERING, LINK_DOWN};
    struct topology *topology = small_network();

    (void)state;
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        set(topology, "R1", states[i], fresh.us - 1);
        assert_int_equal(blame(topology, "V1").blame, BLAME_WAIT);
        assert_int_equal(blame(topology, "V1").ask_count, 0);
    }
    topology_free(topology);
}

static void a_relay_that_is_down_takes_the_blame_through_a_site_without_a_device_too(void **state)
{
    struct topology *topology = small_network();

    (void)state;
    fails(topology, "R1", "R1");
    assert_int_equal(blame(topology, "V1").blame, BLAME_OTHER);
    assert_int_equal(blame(topology, "V1").root, at(topology, "R1"));
    assert_int_equal(blame(topology, "V3").blame, BLAME_OTHER);
    assert_int_equal(blame(topology, "V3").root, at(topology, "R1"));
    topology_free(topology);
}

static void one_whole_path_is_enough_to_be_at_fault_oneself(void **state)
{
    struct topology *topology = small_network();

    (void)state;
    fails(topology, "R1", "R1");
    set(topology, "R2", LINK_UP, fresh.us);
    fails(topology, "V2", NULL);
    assert_int_equal(blame(topology, "V2").blame, BLAME_SELF);
    topology_free(topology);
}

static void with_every_path_broken_the_first_uplinks_root_is_blamed(void **state)
{
    struct topology *topology = small_network();

    (void)state;
    fails(topology, "R1", "R1");
    fails(topology, "R2", "R2");
    assert_int_equal(blame(topology, "V2").blame, BLAME_OTHER);
    assert_int_equal(blame(topology, "V2").root, at(topology, "R1"));
    topology_free(topology);
}

static void a_root_that_is_back_no_longer_explains_the_relay_below_it(void **state)
{
    struct topology *topology = topology_new();
    struct err err;

    (void)state;
    topology_add(topology, "C", "", true, false);
    topology_add(topology, "M", "C", false, true);
    topology_add(topology, "R", "M", false, true);
    topology_add(topology, "V", "R", false, true);
    assert_true(topology_seal(topology, &err));
    fails(topology, "R", "M");
    set(topology, "M", LINK_UP, fresh.us);
    assert_int_equal(blame(topology, "V").blame, BLAME_WAIT);
    topology_free(topology);
}

static void affected_is_who_has_no_other_way(void **state)
{
    struct topology *topology = small_network();
    const size_t *sites;

    (void)state;
    fails(topology, "R1", "R1");
    assert_int_equal(topology_affected(topology, at(topology, "R1"), &sites), 3);
    assert_string_equal(topology_code(topology, sites[0]), "V1");
    assert_string_equal(topology_code(topology, sites[1]), "V3");
    assert_string_equal(topology_code(topology, sites[2]), "X");
    fails(topology, "R2", "R2");
    assert_int_equal(topology_affected(topology, at(topology, "R2"), &sites), 1);
    assert_string_equal(topology_code(topology, sites[0]), "V2");
    topology_free(topology);
}

static void a_site_is_affected_by_what_is_silent_far_above_it_and_beside_its_root(void **state)
{
    struct topology *topology = topology_new();
    const size_t *sites;
    struct err err;

    (void)state;
    topology_add(topology, "C1", "", true, false);
    topology_add(topology, "C2", "", true, false);
    topology_add(topology, "P", "C1", false, true);
    topology_add(topology, "Q", "C2", false, true);
    topology_add(topology, "R", "P", false, true);
    topology_add(topology, "S", "Q", false, true);
    topology_add(topology, "V", "R S", false, true);
    assert_true(topology_seal(topology, &err));
    fails(topology, "R", "R");
    assert_int_equal(topology_affected(topology, at(topology, "R"), &sites), 0);
    fails(topology, "Q", "Q"); /* the other way is cut further up */
    assert_int_equal(topology_affected(topology, at(topology, "R"), &sites), 1);
    assert_string_equal(topology_code(topology, sites[0]), "V");
    topology_set_root(topology, at(topology, "Q"), TOPOLOGY_NONE, fresh);
    assert_int_equal(topology_affected(topology, at(topology, "R"), &sites), 0);
    topology_free(topology);
}

static void who_answers_is_not_affected_nor_what_hangs_on_it(void **state)
{
    struct topology *topology = topology_new();
    const size_t *sites;
    struct err err;

    (void)state;
    topology_add(topology, "C", "", true, false);
    topology_add(topology, "R", "C", false, true);
    topology_add(topology, "N", "R", false, false); /* a relay that nobody asks */
    topology_add(topology, "V", "N", false, true);
    topology_add(topology, "W", "R", false, true);
    topology_add(topology, "X", "W", false, true);
    assert_true(topology_seal(topology, &err));
    fails(topology, "R", "R");
    set(topology, "V", LINK_UP, fresh.us - 1);
    set(topology, "W", LINK_DOWN, fresh.us);
    assert_int_equal(topology_affected(topology, at(topology, "R"), &sites), 4);
    set(topology, "V", LINK_UP, fresh.us); /* and so N forwards, and R */
    assert_int_equal(topology_affected(topology, at(topology, "R"), &sites), 2);
    assert_string_equal(topology_code(topology, sites[0]), "W");
    assert_string_equal(topology_code(topology, sites[1]), "X");
    set(topology, "W", LINK_UP, fresh.us);
    assert_int_equal(topology_affected(topology, at(topology, "R"), &sites), 0);
    set(topology, "V", LINK_SUSPECT, fresh.us); /* a miss or two */
    assert_int_equal(topology_affected(topology, at(topology, "R"), &sites), 0);
    set(topology, "V", LINK_DOWN, fresh.us);
    assert_int_equal(topology_affected(topology, at(topology, "R"), &sites), 2);
    topology_free(topology);
}

static void below_is_all_that_hangs_there_each_once(void **state)
{
    struct topology *topology = small_network();
    const size_t *sites;

    (void)state;
    assert_int_equal(topology_below(topology, at(topology, "R1"), &sites), 4);
    assert_int_equal(topology_below(topology, at(topology, "C"), &sites), 6);
    assert_int_equal(topology_below(topology, at(topology, "V3"), &sites), 0);
    topology_free(topology);
}

static void refuses(const char *const rows[][2], const char *words)
{
    struct topology *topology = topology_new();
    struct err err;

    for (size_t i = 0; rows[i][0] != NULL; i++)
        topology_add(topology, rows[i][0], rows[i][1], false, true);
    assert_false(topology_seal(topology, &err));
    assert_string_equal(err.text, words);
    topology_free(topology);
}

static void what_makes_no_network_is_refused_in_words(void **state)
{
    static const char *const twice[][2] = {{"A", ""}, {"A", ""}, {NULL, NULL}};
    static const char *const unknown[][2] = {{"A", "B"}, {NULL, NULL}};
    static const char *const cycle[][2] = {{"A", ""}, {"B", "D"}, {"D", "B"}, {NULL, NULL}};

    (void)state;
    refuses(twice, "site A stands in the plan twice");
    refuses(unknown, "site A has the uplink B, which is no site");
    refuses(cycle, "the uplinks of site B lead back to itself");
}

static void an_outage_that_is_over_explains_who_fell_silent_in_it(void **state)
{
    struct topology *topology = small_network();
    struct wall early = {900}, late = {1200}, never = {0};

    (void)state;
    set(topology, "R1", LINK_UP, fresh.us);
    fails(topology, "V1", NULL);
    topology_set_over(topology, at(topology, "R1"), at(topology, "R1"), fresh);
    assert_int_equal(topology_blame_past(topology, at(topology, "V1"), early, never).blame,
                     BLAME_OTHER);
    assert_int_equal(topology_blame_past(topology, at(topology, "V1"), early, never).root,
                     at(topology, "R1"));
    assert_int_not_equal(topology_blame_past(topology, at(topology, "V1"), late, never).blame,
                         BLAME_OTHER);
    assert_int_not_equal(topology_blame_past(topology, at(topology, "V1"), early, late).blame,
                         BLAME_OTHER);
    assert_int_equal(blame(topology, "V1").blame, BLAME_SELF);
    topology_free(topology);
}

static void a_few_misses_above_have_no_root_to_name(void **state)
{
    struct topology *topology = small_network();
    struct wall early = {900}, never = {0};
    struct blame_answer past;

    (void)state;
    set(topology, "R1", LINK_UP, fresh.us);
    topology_set_over(topology, at(topology, "R1"), TOPOLOGY_NONE, fresh);
    past = topology_blame_past(topology, at(topology, "V1"), early, never);
    assert_int_equal(past.blame, BLAME_OTHER);
    assert_int_equal(past.root, TOPOLOGY_NONE);
    assert_int_equal(past.unsure, at(topology, "R1"));
    topology_free(topology);
}

static void a_root_below_a_root_keeps_its_own(void **state)
{
    struct topology *topology = small_network();
    const size_t *sites;

    (void)state;
    fails(topology, "R1", "R1");
    fails(topology, "V1", "V1");
    assert_int_equal(topology_affected(topology, at(topology, "R1"), &sites), 2);
    assert_int_equal(sites[0], at(topology, "V3"));
    assert_int_equal(sites[1], at(topology, "X"));
    topology_free(topology);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_outage_that_is_over_explains_who_fell_silent_in_it),
        cmocka_unit_test(a_few_misses_above_have_no_root_to_name),
        cmocka_unit_test(a_root_below_a_root_keeps_its_own),
        cmocka_unit_test(a_site_below_a_core_without_a_device_is_at_fault_itself),
        cmocka_unit_test(a_relay_that_answered_just_now_makes_it_the_villages_own_fault),
        cmocka_unit_test(a_relay_heard_too_long_ago_is_asked),
        cmocka_unit_test(a_relay_that_is_being_judged_is_waited_for_and_not_asked),
        cmocka_unit_test(a_relay_that_is_down_takes_the_blame_through_a_site_without_a_device_too),
        cmocka_unit_test(one_whole_path_is_enough_to_be_at_fault_oneself),
        cmocka_unit_test(with_every_path_broken_the_first_uplinks_root_is_blamed),
        cmocka_unit_test(a_root_that_is_back_no_longer_explains_the_relay_below_it),
        cmocka_unit_test(affected_is_who_has_no_other_way),
        cmocka_unit_test(who_answers_is_not_affected_nor_what_hangs_on_it),
        cmocka_unit_test(a_site_is_affected_by_what_is_silent_far_above_it_and_beside_its_root),
        cmocka_unit_test(below_is_all_that_hangs_there_each_once),
        cmocka_unit_test(what_makes_no_network_is_refused_in_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
