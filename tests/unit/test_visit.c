/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "probes/visit.h"
#include "tests/unit/mib.h"

static const char profile_text[] = "profile plain\n"
                                   "title Any\n"
                                   "match any\n"
                                   "metric uptime\n"
                                   "    oid 1.3.6.1.2.1.1.3.0\n"
                                   "    unit s\n"
                                   "    scale 0.01\n"
                                   "metric if_oper\n"
                                   "    oid 1.3.6.1.2.1.2.2.1.8\n"
                                   "    index ifindex\n"
                                   "    names 1.3.6.1.2.1.31.1.1.1.1\n"
                                   "\n"
                                   "profile radio\n"
                                   "title Radio\n"
                                   "inherits plain\n"
                                   "match 1.3.6.1.4.1.99999\n"
                                   "metric signal\n"
                                   "    oid 1.3.6.1.4.1.99999.1.1\n"
                                   "    index ifindex\n"
                                   "    names 1.3.6.1.2.1.31.1.1.1.1\n"
                                   "    unit dBm\n"
                                   "    warn below -75\n"
                                   "metric voltage\n"
                                   "    oid 1.3.6.1.4.1.99999.2.0\n"
                                   "    unit V\n"
                                   "    scale 0.1\n";

#define UPTIME  "1.3.6.1.2.1.1.3.0"
#define CHANGED "1.3.6.1.2.1.31.1.5.0"
#define IF_NAME "1.3.6.1.2.1.31.1.1.1.1"
#define IF_DESC "1.3.6.1.2.1.2.2.1.2"
#define IF_OPER "1.3.6.1.2.1.2.2.1.8"
#define SIGNAL  "1.3.6.1.4.1.99999.1.1"
#define VOLTAGE "1.3.6.1.4.1.99999.2.0"

#define TOLD_MOST 32

struct told {
    char metric[PROFILE_NAME_MAX];
    char instance[READING_INSTANCE_MAX];
    double number;
};

struct world {
    const char *only; /* tell this metric alone; NULL: all */
    struct mib mib;
    struct profiles *profiles;
    struct visit_book *book;
    struct visit_memory memory;
    enum plan_snmp snmp;
    const struct profile *by_people;
    bool alive;
    /* of the last visit: */
    const struct profile *profile;
    struct fetch_sum sum;
    struct told told[TOLD_MOST];
    size_t told_count;
    bool asked_names;
    bool asked_who;
};

static int world_open(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    struct text complaints = {0};

    assert_non_null(world);
    world->snmp = PLAN_SNMP_V2C;
    world->alive = true;
    world->profiles = profiles_new();
    if (!profiles_add(world->profiles, "test", profile_text, &complaints) ||
        !profiles_ready(world->profiles, &complaints))
        fail_msg("%s", text_get(&complaints));
    world->book = visit_book_new(world->profiles);
    mib_add(&world->mib, "1.3.6.1.2.1.1.2.0", BER_OID, "\x2b\x06\x01\x04\x01\x86\x8d\x1f\x07", 9);
    mib_add_text(&world->mib, "1.3.6.1.2.1.1.1.0", "Radio\nof the hills");
    mib_add_text(&world->mib, "1.3.6.1.2.1.1.5.0", "desa");
    mib_add_number(&world->mib, UPTIME, BER_TICKS, 100000);
    mib_add_number(&world->mib, CHANGED, BER_TICKS, 500);
    mib_add_number(&world->mib, VOLTAGE, BER_INTEGER, 154);
    mib_add_number(&world->mib, "1.3.6.1.6.3.1.1.6.1.0", BER_INTEGER, 1);
    *state = world;
    return 0;
}

static int world_close(void **state)
{
    struct world *world = *state;

    visit_memory_clear(&world->memory);
    visit_book_free(world->book);
    profiles_free(world->profiles);
    mib_free(&world->mib);
    free(world);
    return 0;
}

static void interface(struct world *world, unsigned index, const char *name, int signal)
{
    char oid[64];

    snprintf(oid, sizeof oid, IF_NAME ".%u", index);
    mib_add_text(&world->mib, oid, name);
    snprintf(oid, sizeof oid, IF_OPER ".%u", index);
    mib_add_number(&world->mib, oid, BER_INTEGER, 1);
    snprintf(oid, sizeof oid, SIGNAL ".%u", index);
    mib_add_number(&world->mib, oid, BER_INTEGER, signal);
}

static void on_value(const struct reading_value *value, void *arg)
{
    struct world *world = arg;
    struct told *told = &world->told[world->told_count++];

    assert_in_range(world->told_count, 1, TOLD_MOST);
    snprintf(told->metric, sizeof told->metric, "%s", world->profile->metrics[value->metric]->name);
    snprintf(told->instance, sizeof told->instance, "%s", value->instance);
    told->number = value->value.number;
}

static void look_at(struct world *world, const struct question *question)
{
    struct oid names = mib_oid(IF_NAME), who = mib_oid("1.3.6.1.2.1.1.2.0");

    for (size_t i = 0; i < question->count; i++) {
        const struct oid *oid = &question->oids[i];

        world->asked_names |=
            oid_equal(&names, oid->at, oid->bytes) || oid_under(&names, oid->at, oid->bytes);
        world->asked_who |= oid_equal(&who, oid->at, oid->bytes);
    }
}

static void pay_visit(struct world *world)
{
    struct visit *visit = visit_new(
        &(struct visit_order){world->book, world->snmp, world->by_people, &world->memory});
    struct question question;
    struct fetch_answer answer;

    world->mib.v1 = world->snmp == PLAN_SNMP_V1;
    world->mib.questions = 0;
    world->asked_names = world->asked_who = false;
    world->told_count = 0;
    while (visit_next(visit, &question)) {
        look_at(world, &question);
        if (mib_answer(&world->mib, &question, &answer))
            visit_reply(visit, &answer);
        else
            visit_silence(visit, world->alive);
    }
    world->profile = visit_profile(visit);
    world->sum = *visit_sum(visit);
    assert_int_equal(world->sum.questions, world->mib.questions);
    if (world->only == NULL)
        visit_tell(visit, on_value, world);
    else
        visit_tell_metric(visit, profile_metric_index(world->profile, world->only), on_value,
                          world);
    visit_free(visit);
}

static const struct told *told(const struct world *world, const char *metric, const char *instance)
{
    for (size_t i = 0; i < world->told_count; i++)
        if (strcmp(world->told[i].metric, metric) == 0 &&
            strcmp(world->told[i].instance, instance) == 0)
            return &world->told[i];
    return NULL;
}

static int signal_of(const struct world *world, const char *instance)
{
    const struct told *found = told(world, "signal", instance);

    if (found == NULL)
        fail_msg("no signal of %s", instance);
    return (int)found->number;
}

static void a_device_is_read_by_the_profile_that_fits_it(void **state)
{
    struct world *world = *state;

    interface(world, 3, "wlan1", -71);
    pay_visit(world);
    assert_string_equal(world->profile->name, "radio");
    assert_int_equal(signal_of(world, "wlan1"), -71);
    assert_non_null(told(world, "voltage", ""));
    assert_non_null(told(world, "uptime", ""));
    assert_non_null(told(world, "if_oper", "wlan1"));
    assert_false(world->sum.partial);
    mib_add(&world->mib, "1.3.6.1.2.1.1.2.0", BER_OID, "\x2b\x06\x01\x04\x01\x09", 6);
    visit_memory_clear(&world->memory);
    pay_visit(world);
    assert_string_equal(world->profile->name, "plain");
    assert_null(told(world, "voltage", ""));
}

static void one_metric_is_told_by_itself_with_all_its_rows(void **state)
{
    struct world *world = *state;

    interface(world, 3, "wlan1", -71);
    interface(world, 5, "wlan2", -64);
    interface(world, 9, "wlan3", -80);
    world->only = "signal";
    pay_visit(world);
    assert_int_equal(world->told_count, 3);
    assert_int_equal(signal_of(world, "wlan1"), -71);
    assert_int_equal(signal_of(world, "wlan2"), -64);
    assert_int_equal(signal_of(world, "wlan3"), -80);
    world->only = "uptime";
    pay_visit(world);
    assert_int_equal(world->told_count, 1);
    assert_non_null(told(world, "uptime", ""));
}

static void what_people_say_counts_more_than_the_device(void **state)
{
    struct world *world = *state;

    world->by_people = profiles_find(world->profiles, "plain");
    pay_visit(world);
    assert_ptr_equal(world->profile, world->by_people);
    assert_false(world->asked_who);
}

static void what_is_known_is_not_asked_again(void **state)
{
    struct world *world = *state;
    unsigned first;

    interface(world, 3, "wlan1", -71);
    pay_visit(world);
    assert_true(world->asked_who && world->asked_names);
    first = world->sum.questions;
    mib_add_number(&world->mib, UPTIME, BER_TICKS, 130000);
    pay_visit(world);
    assert_false(world->asked_who || world->asked_names);
    assert_in_range(world->sum.questions, 1, first - 1);
    assert_int_equal(signal_of(world, "wlan1"), -71);
}

/* After a reboot ether1 has the number that wlan1 had. */
static void interfaces_keep_their_names_through_a_new_numbering(void **state)
{
    struct world *world = *state;

    interface(world, 1, "wlan1", -60);
    interface(world, 2, "wlan2", -70);
    pay_visit(world);
    assert_int_equal(signal_of(world, "wlan1"), -60);
    interface(world, 1, "wlan2", -70);
    interface(world, 2, "wlan1", -60);
    mib_add_number(&world->mib, UPTIME, BER_TICKS, 3000);
    pay_visit(world);
    assert_true(world->asked_names);
    assert_int_equal(signal_of(world, "wlan1"), -60);
    assert_int_equal(signal_of(world, "wlan2"), -70);
    /* and without a boot, when the table says that it changed */
    interface(world, 1, "wlan1", -61);
    interface(world, 2, "wlan2", -71);
    mib_add_number(&world->mib, UPTIME, BER_TICKS, 6000);
    mib_add_number(&world->mib, CHANGED, BER_TICKS, 5000);
    pay_visit(world);
    assert_true(world->asked_names);
    assert_int_equal(signal_of(world, "wlan1"), -61);
    pay_visit(world);
    assert_false(world->asked_names);
}

static void a_boot_may_have_made_another_device_of_it(void **state)
{
    struct world *world = *state;

    pay_visit(world);
    mib_add_number(&world->mib, UPTIME, BER_TICKS, 50);
    mib_add(&world->mib, "1.3.6.1.2.1.1.2.0", BER_OID, "\x2b\x06\x01\x04\x01\x09", 6);
    pay_visit(world); /* the boot is seen */
    pay_visit(world);
    assert_true(world->asked_who);
    assert_string_equal(world->profile->name, "plain");
}

static void old_agents_name_interfaces_by_description(void **state)
{
    struct world *world = *state;

    for (int version = 0; version < 2; version++) {
        world->snmp = version == 0 ? PLAN_SNMP_V1 : PLAN_SNMP_V2C;
        visit_memory_clear(&world->memory);
        interface(world, 3, "", -71);
        mib_remove(&world->mib, IF_NAME);
        mib_add_text(&world->mib, IF_DESC ".3", "eth0");
        pay_visit(world);
        assert_int_equal(signal_of(world, "eth0"), -71);
        pay_visit(world); /* from memory */
        assert_int_equal(signal_of(world, "eth0"), -71);
    }
}

static void interfaces_without_any_name_have_their_number(void **state)
{
    struct world *world = *state;

    interface(world, 3, "", -71);
    mib_remove(&world->mib, IF_NAME);
    pay_visit(world);
    assert_int_equal(signal_of(world, "3"), -71);
}

/* An LTE modem has a row only while it is registered. */
static void what_is_not_there_is_looked_for_again_after_a_while(void **state)
{
    struct world *world = *state;
    unsigned visits = 0;

    pay_visit(world);
    assert_null(told(world, "signal", "lte1"));
    interface(world, 9, "lte1", -97);
    while (told(world, "signal", "lte1") == NULL) {
        pay_visit(world);
        assert_in_range(++visits, 1, 13);
    }
    assert_true(visits > 1);
}

static void a_dead_device_costs_one_question(void **state)
{
    struct world *world = *state;

    world->alive = false;
    world->mib.dead = true;
    pay_visit(world);
    assert_int_equal(world->sum.questions, 1);
    assert_true(world->sum.partial);
    assert_int_equal(world->sum.trouble, FETCH_SILENT);
    assert_null(world->profile);
    assert_int_equal(world->told_count, 0);
    world->mib.dead = false;
    world->alive = true;
    pay_visit(world);
    assert_string_equal(world->profile->name, "radio");
}

static void part_of_a_reading_is_told_as_part(void **state)
{
    struct world *world = *state;

    interface(world, 1, "wlan1", -60);
    interface(world, 2, "wlan2", -70);
    world->mib.loops_at = mib_oid(SIGNAL ".1");
    pay_visit(world);
    assert_true(world->sum.partial);
    assert_int_equal(world->sum.trouble, FETCH_LOOP);
    assert_int_equal(signal_of(world, "wlan1"), -60);
    assert_null(told(world, "signal", "wlan2"));
}

#define T(test) cmocka_unit_test_setup_teardown(test, world_open, world_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_device_is_read_by_the_profile_that_fits_it),
        T(one_metric_is_told_by_itself_with_all_its_rows),
        T(what_people_say_counts_more_than_the_device),
        T(what_is_known_is_not_asked_again),
        T(interfaces_keep_their_names_through_a_new_numbering),
        T(a_boot_may_have_made_another_device_of_it),
        T(old_agents_name_interfaces_by_description),
        T(interfaces_without_any_name_have_their_number),
        T(what_is_not_there_is_looked_for_again_after_a_while),
        T(a_dead_device_costs_one_question),
        T(part_of_a_reading_is_told_as_part),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
