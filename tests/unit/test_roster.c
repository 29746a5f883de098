/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "daemon/roster.h"

static struct roster_row row(const char *code, const char *uplinks, uint32_t device)
{
    return (struct roster_row){
        .code = code, .uplinks = uplinks, .is_core = *uplinks == '\0', .device_id = device};
}

static struct roster *make(const struct roster_row *rows, size_t count, struct roster *old)
{
    struct roster *roster = roster_new();
    struct err err;

    for (size_t i = 0; i < count; i++)
        roster_add(roster, &rows[i]);
    assert_true(roster_seal(roster, old, &err));
    return roster;
}

static size_t at(struct roster *roster, const char *code)
{
    return topology_index(roster_topology(roster), code);
}

static void a_site_is_found_by_the_number_of_its_device(void **state)
{
    struct roster_row rows[] = {row("C", "", 0), row("B", "C", 9), row("A", "C", 4)};
    struct roster *roster = make(rows, 3, NULL);

    (void)state;
    assert_int_equal(roster_by_device(roster, 9), at(roster, "B"));
    assert_int_equal(roster_by_device(roster, 4), at(roster, "A"));
    assert_int_equal(roster_by_device(roster, 5), TOPOLOGY_NONE);
    roster_free(roster);
}

static void an_outage_that_the_database_has_open_begins_down_and_is_not_told_again(void **state)
{
    struct roster_row rows[] = {row("C", "", 0), row("R", "C", 1), row("V", "R", 2)};
    struct roster *roster;
    struct site *site;

    (void)state;
    rows[2].outage_root = "R";
    rows[2].first_bad = (struct wall){5000};
    roster = make(rows, 3, NULL);
    site = roster_site(roster, at(roster, "V"));
    assert_int_equal(site->state, LINK_DOWN);
    assert_int_equal(spans_current(&site->spans)->root, at(roster, "R"));
    assert_false(span_is_due(&site->spans.at[0]));
    assert_string_equal(roster_state_word(roster, at(roster, "V")), "unreachable");
    roster_free(roster);
}

static void a_new_plan_keeps_what_is_known_though_every_index_moves(void **state)
{
    struct roster_row before[] = {row("C", "", 0), row("R", "C", 1), row("V", "R", 2)};
    struct roster_row after[] = {row("A", "C", 7), row("C", "", 0), row("R", "C", 1),
                                 row("V", "R", 2)};
    struct roster *old = make(before, 3, NULL);
    struct site *site = roster_site(old, at(old, "V"));
    struct roster *new;

    (void)state;
    site->state = LINK_DOWN;
    spans_begin(&site->spans, (struct wall){1}, (struct wall){2}, (struct wall){3});
    spans_blame(&site->spans, at(old, "R"));
    new = make(after, 4, old);
    roster_free(old);
    site = roster_site(new, at(new, "V"));
    assert_int_equal(site->state, LINK_DOWN);
    assert_int_equal(spans_current(&site->spans)->root, at(new, "R"));
    assert_int_equal(roster_site(new, at(new, "A"))->state, LINK_UNKNOWN);
    roster_free(new);
}

static void an_outage_whose_root_left_the_plan_is_judged_again(void **state)
{
    struct roster_row before[] = {row("C", "", 0), row("R", "C", 1), row("V", "R", 2)};
    struct roster_row after[] = {row("C", "", 0), row("V", "C", 2)};
    struct roster *old = make(before, 3, NULL);
    struct site *site = roster_site(old, at(old, "V"));
    struct roster *new;

    (void)state;
    spans_begin(&site->spans, (struct wall){1}, (struct wall){2}, (struct wall){3});
    spans_blame(&site->spans, at(old, "R"));
    new = make(after, 2, old);
    roster_free(old);
    site = roster_site(new, at(new, "V"));
    assert_int_equal(spans_current(&site->spans)->root, SPAN_ROOT_UNKNOWN);
    roster_free(new);
}

static void a_site_with_another_device_starts_unknown(void **state)
{
    struct roster_row before[] = {row("C", "", 0), row("V", "C", 2)};
    struct roster_row after[] = {row("C", "", 0), row("V", "C", 3)};
    struct roster *old = make(before, 2, NULL);
    struct roster *new;

    (void)state;
    roster_site(old, at(old, "V"))->state = LINK_UP;
    new = make(after, 2, old);
    assert_int_equal(roster_site(new, at(new, "V"))->state, LINK_UNKNOWN);
    roster_free(old);
    roster_free(new);
}

static void nothing_is_known_of_a_site_whose_device_is_left_out(void **state)
{
    struct roster_row rows[] = {row("C", "", 0), row("V", "C", 2), row("W", "C", 3)};
    struct roster *old = make(rows, 3, NULL), *new;
    struct site *site = roster_site(old, at(old, "V"));

    (void)state;
    *site = (struct site){
        .device_id = 2, .state = LINK_UP, .since = {7}, .spoken_of = true, .state_told = true};
    rows[1].left_out = true;
    new = make(rows, 3, old);
    roster_free(old);
    site = roster_site(new, at(new, "V"));
    assert_int_equal(site->state, LINK_UNKNOWN);
    assert_false(wall_is_set(site->since));
    assert_false(site->state_told);
    assert_true(site->left_out);
    assert_int_equal(site->device_id, 2);
    assert_int_equal(roster_by_device(new, 2), TOPOLOGY_NONE); /* what is under way is too late */
    assert_int_equal(roster_by_device(new, 3), at(new, "W"));
    roster_free(new);
}

static void what_is_unknown_already_stays_so_since_then(void **state)
{
    struct roster_row rows[] = {row("C", "", 0), row("V", "C", 2)};
    struct roster *old, *new;
    struct site *site;

    (void)state;
    rows[1].left_out = true;
    rows[1].outage_root = "V";
    rows[1].first_bad = (struct wall){5000};
    old = make(rows, 2, NULL);
    site = roster_site(old, at(old, "V"));
    assert_string_equal(roster_state_word(old, at(old, "V")), "unknown");
    assert_non_null(spans_current(&site->spans));
    site->since = (struct wall){9000};
    site->state_told = true;
    new = make(rows, 2, old);
    roster_free(old);
    site = roster_site(new, at(new, "V"));
    assert_int_equal(site->since.us, 9000);
    assert_true(site->state_told);
    roster_free(new);
}

static void a_site_that_loses_its_device_is_spoken_of_once_more(void **state)
{
    struct roster_row before[] = {row("C", "", 0), row("V", "C", 2)};
    struct roster_row after[] = {row("C", "", 0), row("V", "C", 0)};
    struct roster *old = make(before, 2, NULL), *new;
    struct site *site = roster_site(old, at(old, "V"));

    (void)state;
    site->state = LINK_UP;
    site->state_told = true;
    new = make(after, 2, old);
    roster_free(old);
    site = roster_site(new, at(new, "V"));
    assert_true(site->spoken_of);
    assert_false(site->state_told);
    assert_false(roster_site(new, at(new, "C"))->spoken_of);
    roster_free(new);
}

/* Rows come in any order, and a device whose site is none is none. */
static void a_device_beside_a_gateway_has_its_site_and_is_not_its_gateway(void **state)
{
    struct roster_row rows[] = {row("C", "", 0), row("B", "C", 9), row("A", "C", 4)};
    struct roster *roster = roster_new();
    uint32_t devices[3];
    struct err err;

    (void)state;
    roster_add_beside(roster, "B", 12);
    for (size_t i = 0; i < 3; i++)
        roster_add(roster, &rows[i]);
    roster_add_beside(roster, "A", 11);
    roster_add_beside(roster, "B", 10);
    roster_add_beside(roster, "nowhere", 13);
    assert_true(roster_seal(roster, NULL, &err));
    assert_int_equal(roster_by_beside(roster, 12), at(roster, "B"));
    assert_int_equal(roster_by_beside(roster, 11), at(roster, "A"));
    assert_int_equal(roster_by_beside(roster, 9), TOPOLOGY_NONE);
    assert_int_equal(roster_by_beside(roster, 13), TOPOLOGY_NONE);
    assert_int_equal(roster_by_device(roster, 12), TOPOLOGY_NONE);
    assert_int_equal(roster_beside(roster, at(roster, "B"), devices, 3), 2);
    assert_int_equal(devices[0], 10);
    assert_int_equal(devices[1], 12);
    assert_int_equal(roster_beside(roster, at(roster, "B"), devices, 1), 1);
    assert_int_equal(roster_beside(roster, at(roster, "A"), devices, 3), 1);
    assert_int_equal(devices[0], 11);
    assert_int_equal(roster_beside(roster, at(roster, "C"), devices, 3), 0);
    roster_free(roster);
}

static void what_a_site_waited_for_is_the_same_site_though_its_index_moves(void **state)
{
    struct roster_row before[] = {row("C", "", 0), row("R", "C", 1), row("V", "R", 2)};
    struct roster_row after[] = {row("A", "C", 7), row("C", "", 0), row("R", "C", 1),
                                 row("V", "R", 2)};
    struct roster *old = make(before, 3, NULL), *new;

    (void)state;
    roster_site(old, at(old, "V"))->waited_for = at(old, "R");
    new = make(after, 4, old);
    roster_free(old);
    assert_int_equal(roster_site(new, at(new, "V"))->waited_for, at(new, "R"));
    assert_int_equal(roster_site(new, at(new, "R"))->waited_for, TOPOLOGY_NONE);
    roster_free(new);
}

static void an_outage_that_ended_since_its_row_was_read_does_not_come_back(void **state)
{
    struct roster_row rows[] = {row("C", "", 0), row("V", "C", 2)};
    struct roster *old, *new;
    struct site *site;

    (void)state;
    rows[1].outage_root = "V";
    rows[1].first_bad = (struct wall){5000};
    old = make(rows, 2, NULL);
    site = roster_site(old, at(old, "V"));
    spans_end(&site->spans, (struct wall){6000});
    site->spans.at[0].sent = site->spans.at[0].revision;
    spans_settled(&site->spans, rows[1].first_bad, true);
    site->state = LINK_UP;
    new = make(rows, 2, old);
    site = roster_site(new, at(new, "V"));
    assert_null(spans_current(&site->spans));
    assert_int_equal(site->state, LINK_UP);
    roster_free(new);
    rows[1].first_bad = (struct wall){7000}; /* that is another one */
    new = make(rows, 2, old);
    assert_non_null(spans_current(&roster_site(new, at(new, "V"))->spans));
    roster_free(new);
    roster_free(old);
}

#define RELAYS 5
#define SITES  300

static const char *code_of(size_t i, char code[8])
{
    snprintf(code, 8, i % (SITES / RELAYS) == 0 ? "R%03zu" : "V%03zu", i * 7 % 1000);
    return code;
}

/* A row each, with two of a feeder and a device beside every third; of the others something is
 * known. */
static struct roster *gather(size_t from)
{
    struct roster *roster = roster_new();

    roster_add(roster, &(struct roster_row){.code = "C", .uplinks = "", .is_core = true});
    for (size_t i = from; i < SITES; i++) {
        char code[8], relay[8], feeder[8];
        struct roster_row site = row(code_of(i, code), "C", (uint32_t)(2 * SITES - i));

        if (*code == 'V')
            site.uplinks = code_of(i - i % (SITES / RELAYS), relay);
        snprintf(feeder, sizeof feeder, "F%zu", i / 2);
        site.feeder = feeder;
        roster_add(roster, &site);
        if (i % 3 == 0)
            roster_add_beside(roster, code, (uint32_t)(3 * SITES - i));
    }
    return roster;
}

static void learn(struct roster *roster)
{
    for (size_t i = 0; i < roster_count(roster); i++) {
        struct site *site = roster_site(roster, i);

        site->state = i % 2 == 0 ? LINK_UP : LINK_UNKNOWN;
        site->since = (struct wall){(int64_t)i + 1};
        if (i % 5 != 0 || roster_code(roster, i)[0] != 'V')
            continue;
        site->state = LINK_DOWN;
        spans_begin(&site->spans, (struct wall){1}, (struct wall){2}, (struct wall){3});
        spans_blame(&site->spans, i);
        topology_set_root(roster_topology(roster), i, i, (struct wall){0});
    }
}

static void assert_same(struct roster *a, struct roster *b)
{
    assert_int_equal(roster_count(a), roster_count(b));
    for (size_t i = 0; i < roster_count(a); i++) {
        uint32_t beside[2][2];
        size_t count = roster_beside(a, i, beside[0], 2);
        struct site *site = roster_site(a, i);

        assert_string_equal(roster_code(a, i), roster_code(b, i));
        assert_memory_equal(&site->spans, &roster_site(b, i)->spans, sizeof site->spans);
        assert_int_equal(site->state, roster_site(b, i)->state);
        assert_int_equal(site->since.us, roster_site(b, i)->since.us);
        assert_int_equal(roster_by_device(a, site->device_id),
                         roster_by_device(b, site->device_id));
        assert_int_equal(count, roster_beside(b, i, beside[1], 2));
        assert_memory_equal(beside[0], beside[1], count * sizeof beside[0][0]);
        assert_int_equal(feeders_of(roster_feeders(a), i), feeders_of(roster_feeders(b), i));
    }
}

static void
a_roster_that_is_made_in_steps_is_the_same_and_the_old_one_counts_until_then(void **state)
{
    struct roster *old[2], *new[2];
    enum topology_sealing sealing;
    size_t steps = 0, late;
    struct err err;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        old[i] = gather(0);
        assert_true(roster_seal(old[i], NULL, &err));
        learn(old[i]);
        new[i] = gather(60);
    }
    late = at(old[1], code_of(200, (char[8]){0}));
    for (; (sealing = roster_prepare(new[1], old[1], 10, &err)) == TOPOLOGY_SEALS; steps++)
        roster_site(old[1], late)->since.us = 77; /* it goes on */
    assert_int_equal(sealing, TOPOLOGY_SEALED);
    assert_true(steps > SITES / 10 * 5);
    roster_site(old[0], late)->since.us = 77;
    assert_true(roster_seal(new[0], old[0], &err));
    roster_take_over(new[1], old[1], (struct wall){0});
    assert_int_equal(roster_site(new[1], at(new[1], code_of(200, (char[8]){0})))->since.us, 77);
    for (steps = 0; !roster_move_in(new[1], 10); steps++)
        ;
    assert_true(steps >= (SITES - 60) / 10);
    assert_same(new[0], new[1]);
    roster_free(old[0]);
    roster_free(new[0]);
    roster_free(new[1]);
}

/* Nothing was asked for yet, but a relay's silence is what a village's is judged by. */
static void who_is_not_placed_yet_is_judged_by_what_was_known(void **state)
{
    struct roster_row rows[] = {row("C", "", 0), row("R", "C", 1), row("V", "R", 2)};
    struct roster *old = make(rows, 3, NULL), *new = roster_new();
    size_t relay = at(old, "R");
    struct site *site = roster_site(old, relay);
    struct blame_answer answer;
    const size_t *sites;
    struct err err;

    (void)state;
    site->state = LINK_DOWN;
    spans_begin(&site->spans, (struct wall){1}, (struct wall){2}, (struct wall){3});
    spans_blame(&site->spans, relay);
    for (size_t i = 0; i < 3; i++)
        roster_add(new, &rows[i]);
    while (roster_prepare(new, old, 1, &err) == TOPOLOGY_SEALS)
        ;
    roster_take_over(new, old, (struct wall){0});
    answer = topology_blame(roster_topology(new), at(new, "V"), (struct wall){1000});
    assert_int_equal(answer.blame, BLAME_OTHER);
    assert_int_equal(answer.root, at(new, "R"));
    assert_int_equal(topology_affected(roster_topology(new), at(new, "R"), &sites), 1);
    roster_free(new);
}

static void what_makes_no_network_is_refused_in_steps_too(void **state)
{
    static const struct roster_row bad[][3] = {
        {{.code = "C", .uplinks = ""},
         {.code = "V", .uplinks = "C"},
         {.code = "V", .uplinks = "C"}},
        {{.code = "C", .uplinks = ""},
         {.code = "V", .uplinks = "X"},
         {.code = "W", .uplinks = "C"}},
        {{.code = "C", .uplinks = ""},
         {.code = "V", .uplinks = "W"},
         {.code = "W", .uplinks = "V"}},
    };
    static const char *const words[] = {"site V stands in the plan twice",
                                        "site V has the uplink X, which is no site",
                                        "the uplinks of site V lead back to itself"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct roster *roster = roster_new();
        enum topology_sealing sealing;
        struct err err;

        for (size_t j = 0; j < 3; j++)
            roster_add(roster, &bad[i][j]);
        while ((sealing = roster_prepare(roster, NULL, 1, &err)) == TOPOLOGY_SEALS)
            ;
        assert_int_equal(sealing, TOPOLOGY_REFUSED);
        assert_string_equal(err.text, words[i]);
        roster_free(roster);
    }
}

/* Wherever it was: what is dropped in the middle leaves nothing behind. */
static void a_roster_may_be_dropped_at_any_step(void **state)
{
    struct err err;

    (void)state;
    for (size_t steps = 0;; steps++) {
        struct roster *old = gather(0), *new = gather(60);
        bool over = false;

        assert_true(roster_seal(old, NULL, &err));
        for (size_t i = 0; i < steps && !over; i++)
            over = roster_prepare(new, old, 60, &err) != TOPOLOGY_SEALS;
        roster_free(new);
        roster_free(old);
        if (over)
            return;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_site_is_found_by_the_number_of_its_device),
        cmocka_unit_test(an_outage_that_the_database_has_open_begins_down_and_is_not_told_again),
        cmocka_unit_test(a_new_plan_keeps_what_is_known_though_every_index_moves),
        cmocka_unit_test(an_outage_whose_root_left_the_plan_is_judged_again),
        cmocka_unit_test(a_site_with_another_device_starts_unknown),
        cmocka_unit_test(nothing_is_known_of_a_site_whose_device_is_left_out),
        cmocka_unit_test(what_is_unknown_already_stays_so_since_then),
        cmocka_unit_test(a_site_that_loses_its_device_is_spoken_of_once_more),
        cmocka_unit_test(a_device_beside_a_gateway_has_its_site_and_is_not_its_gateway),
        cmocka_unit_test(what_a_site_waited_for_is_the_same_site_though_its_index_moves),
        cmocka_unit_test(an_outage_that_ended_since_its_row_was_read_does_not_come_back),
        cmocka_unit_test(
            a_roster_that_is_made_in_steps_is_the_same_and_the_old_one_counts_until_then),
        cmocka_unit_test(who_is_not_placed_yet_is_judged_by_what_was_known),
        cmocka_unit_test(what_makes_no_network_is_refused_in_steps_too),
        cmocka_unit_test(a_roster_may_be_dropped_at_any_step),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
