/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "probes/ifmap.h"

static const struct ifmap_mark noon = {100000, 3, 500};
static const struct ifmap_entry three[] = {{2, "wlan1"}, {1, "ether1"}, {4000000000, "pppoe-out1"}};

static void an_interface_is_known_by_number_and_by_name(void **state)
{
    struct ifmap *map = ifmap_new(&noon, three, 3);
    char name[IFMAP_NAME_MAX];
    uint32_t index;

    (void)state;
    assert_int_equal(ifmap_count(map), 3);
    assert_true(ifmap_name(map, 1, name));
    assert_string_equal(name, "ether1");
    assert_true(ifmap_name(map, 4000000000, name));
    assert_string_equal(name, "pppoe-out1");
    assert_false(ifmap_name(map, 3, name));
    assert_string_equal(name, "");
    assert_true(ifmap_index(map, "wlan1", &index));
    assert_int_equal(index, 2);
    assert_false(ifmap_index(map, "wlan", &index));
    ifmap_free(map);
}

static void no_map_knows_nothing_and_holds_never(void **state)
{
    char name[IFMAP_NAME_MAX];
    uint32_t index;

    (void)state;
    assert_false(ifmap_holds(NULL, &noon));
    assert_int_equal(ifmap_count(NULL), 0);
    assert_false(ifmap_name(NULL, 1, name));
    assert_false(ifmap_index(NULL, "ether1", &index));
    ifmap_free(NULL);
}

static void a_map_holds_until_the_device_shows_a_change(void **state)
{
    static const struct {
        struct ifmap_mark now;
        bool holds;
    } table[] = {
        {{100000, 3, 500}, true},  {{100001, 3, 500}, true},
        {{99999, 3, 500}, false},  /* it booted */
        {{200000, 4, 500}, false}, /* one more interface */
        {{200000, 3, 501}, false}, /* the table changed */
        {{200000, -1, -1}, true},  /* it does not say any more */
        {{-1, 3, 500}, false},     /* a boot would not be seen */
        {{459999, 3, 500}, true},  /* an hour less a tick */
        {{460000, 3, 500}, false}, /* somebody may have given other names */
    };
    struct ifmap *map = ifmap_new(&noon, three, 3);

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_int_equal(ifmap_holds(map, &table[i].now), table[i].holds);
    ifmap_free(map);
}

static void a_device_without_an_uptime_is_asked_each_time(void **state)
{
    static const struct ifmap_mark silent = {-1, 3, 500};
    struct ifmap *map = ifmap_new(&silent, three, 3);

    (void)state;
    assert_false(ifmap_holds(map, &silent));
    assert_false(ifmap_holds(map, &noon));
    ifmap_free(map);
}

static void a_new_numbering_keeps_the_names(void **state)
{
    static const struct ifmap_entry after[] = {{7, "ether1"}, {9, "wlan1"}};
    static const struct ifmap_mark boot = {300, 2, 0};
    struct ifmap *before = ifmap_new(&noon, three, 3), *now;
    char name[IFMAP_NAME_MAX];
    uint32_t index;

    (void)state;
    assert_false(ifmap_holds(before, &boot));
    now = ifmap_new(&boot, after, 2);
    assert_true(ifmap_index(now, "wlan1", &index));
    assert_int_equal(index, 9);
    assert_false(ifmap_name(now, 2, name));
    ifmap_free(before);
    ifmap_free(now);
}

static void two_of_one_name_are_told_apart(void **state)
{
    static const struct ifmap_entry same[] = {{1, "eth"}, {2, "eth"}, {30, "eth"}, {4, ""}};
    struct ifmap *map = ifmap_new(&noon, same, 4);
    char name[IFMAP_NAME_MAX];

    (void)state;
    assert_true(ifmap_name(map, 1, name));
    assert_string_equal(name, "eth");
    assert_true(ifmap_name(map, 2, name));
    assert_string_equal(name, "eth#2");
    assert_true(ifmap_name(map, 30, name));
    assert_string_equal(name, "eth#30");
    assert_true(ifmap_name(map, 4, name));
    assert_string_equal(name, "#4");
    ifmap_free(map);
}

static void long_names_and_many_interfaces_are_bounded(void **state)
{
    static struct ifmap_entry many[IFMAP_MOST + 10];
    struct ifmap *map;
    char name[IFMAP_NAME_MAX];

    (void)state;
    for (uint32_t i = 0; i < IFMAP_MOST + 10; i++) {
        many[i].index = i;
        memset(many[i].name, 'x', IFMAP_NAME_MAX - 1);
    }
    map = ifmap_new(&noon, many, IFMAP_MOST + 10);
    assert_int_equal(ifmap_count(map), IFMAP_MOST);
    assert_true(ifmap_name(map, 255, name));
    assert_int_equal(strlen(name), IFMAP_NAME_MAX - 1);
    assert_string_equal(name + IFMAP_NAME_MAX - 5, "#255");
    assert_false(ifmap_name(map, IFMAP_MOST, name));
    ifmap_free(map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_interface_is_known_by_number_and_by_name),
        cmocka_unit_test(no_map_knows_nothing_and_holds_never),
        cmocka_unit_test(a_map_holds_until_the_device_shows_a_change),
        cmocka_unit_test(a_device_without_an_uptime_is_asked_each_time),
        cmocka_unit_test(a_new_numbering_keeps_the_names),
        cmocka_unit_test(two_of_one_name_are_told_apart),
        cmocka_unit_test(long_names_and_many_interfaces_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
