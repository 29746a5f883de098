/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/roster.h"

static struct roster_row row(const char *code, const char *uplinks, uint32_t device)
{
    return (struct roster_row){
        .code = code, .uplinks = uplinks, .is_core = *uplinks == '\0', .device_id = device};
}

static struct roster *make(const struct roster_row *rows, size_t count, const struct roster *old)
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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
