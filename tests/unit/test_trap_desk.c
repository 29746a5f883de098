/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "probes/trap_desk.h"
#include "probes/trap_places.h"
#include "probes/trap_replay.h"

static const struct siphash_key key = {{11, 12}};
static const struct wall noon = {INT64_C(1800000000) * US_PER_S};
static struct trap_desk *desk;
static struct trap_hint hint;

static struct mono at_ms(int64_t ms)
{
    return mono_add_ms((struct mono){US_PER_S}, ms);
}

static struct sockaddr_storage address_of(const char *host)
{
    struct sockaddr_storage address = {0};
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(161)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(161)};

    if (inet_pton(AF_INET, host, &v4.sin_addr) == 1)
        memcpy(&address, &v4, sizeof v4);
    else if (inet_pton(AF_INET6, host, &v6.sin6_addr) == 1)
        memcpy(&address, &v6, sizeof v6);
    else
        fail_msg("%s is no address", host);
    return address;
}

/* Each device has a credential of its own, with ten times its number. */
static void device(uint32_t id, const char *host, const char *community)
{
    struct sockaddr_storage address = address_of(host);

    trap_desk_credential(desk, id * 10, community);
    trap_desk_device(desk, id, (const struct sockaddr *)&address, id * 10);
}

static unsigned named; /* so many names were asked for */

static enum trap_kind name(const struct oid *oid, void *arg)
{
    unsigned *count = arg;

    (*count)++;
    return oid->bytes == 2 ? TRAP_POWER_LOST : TRAP_OTHER;
}

/* Ids at random order, one address with two devices, one without a community, one of IPv6. */
static int open_desk(void **state)
{
    struct sockaddr_storage address;

    (void)state;
    desk = trap_desk_new(&key, name, &named, at_ms(0));
    named = 0;
    trap_desk_begin(desk);
    device(7, "192.0.2.7", "tujuh");
    device(3, "192.0.2.3", "kampung");
    device(9, "192.0.2.3", "kampung");
    device(4, "192.0.2.3", "lain");
    device(5, "192.0.2.5", "");
    device(6, "2001:db8::6", "kampung");
    address = address_of("192.0.2.8");
    trap_desk_device(desk, 8, (const struct sockaddr *)&address, 999); /* nobody's credential */
    trap_desk_commit(desk);
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    trap_desk_free(desk);
    return 0;
}

static enum trap_verdict hear_at(const char *host, const char *community, uint64_t digest,
                                 uint32_t inform, struct mono now)
{
    struct sockaddr_storage address = address_of(host);
    struct trap_report report = {
        .host = trap_host_of((const struct sockaddr *)&address),
        .kind = TRAP_LINK_DOWN,
        .digest = digest,
        .community = trap_community(&key, community, strlen(community)),
        .inform = inform,
    };

    return trap_desk_hear(desk, &report, now, noon, &hint);
}

static enum trap_verdict hear(const char *host, const char *community, uint64_t digest)
{
    return hear_at(host, community, digest, 0, at_ms(10));
}

static void a_trap_is_of_the_devices_at_its_address_with_its_community(void **state)
{
    (void)state;
    assert_int_equal(hear("192.0.2.7", "tujuh", 1), TRAP_BELIEVED);
    assert_int_equal(hint.count, 1);
    assert_int_equal(hint.devices[0], 7);
    assert_int_equal(hint.kind, TRAP_LINK_DOWN);
    assert_int_equal(hear("192.0.2.3", "kampung", 2), TRAP_BELIEVED);
    assert_int_equal(hint.count, 2);
    assert_int_equal(hint.devices[0], 3);
    assert_int_equal(hint.devices[1], 9);
    assert_int_equal(hear("192.0.2.3", "lain", 3), TRAP_BELIEVED);
    assert_int_equal(hint.count, 1);
    assert_int_equal(hint.devices[0], 4);
    assert_int_equal(hear("2001:db8::6", "kampung", 4), TRAP_BELIEVED);
    assert_int_equal(hint.devices[0], 6);
}

/* And of those only what is believed: a flood has no names looked up. */
static void a_vendors_trap_gets_its_name_when_it_is_believed(void **state)
{
    struct sockaddr_storage address = address_of("192.0.2.7");
    struct trap_report report = {
        .host = trap_host_of((const struct sockaddr *)&address),
        .kind = TRAP_OTHER,
        .oid = {2, {0x2b, 6}},
        .digest = 1,
        .community = trap_community(&key, "salah", 5),
    };
    struct trap_counters counters;
    enum trap_kind kind = TRAP_OTHER;
    struct wall at;

    (void)state;
    assert_int_equal(trap_desk_hear(desk, &report, at_ms(1), noon, &hint), TRAP_WRONG_COMMUNITY);
    assert_int_equal(named, 0);
    report.community = trap_community(&key, "tujuh", 5);
    assert_int_equal(trap_desk_hear(desk, &report, at_ms(1), noon, &hint), TRAP_BELIEVED);
    assert_int_equal(hint.kind, TRAP_POWER_LOST);
    assert_int_equal(named, 1);
    assert_true(trap_desk_last(desk, 7, &kind, &at));
    assert_int_equal(kind, TRAP_POWER_LOST);
    assert_int_equal(trap_desk_hear(desk, &report, at_ms(1), noon, &hint), TRAP_REPEATED);
    assert_int_equal(hear("192.0.2.7", "tujuh", 2), TRAP_BELIEVED); /* a generic one has its name */
    assert_int_equal(named, 1);
    trap_desk_counters(desk, &counters);
    assert_int_equal(counters.believed[TRAP_POWER_LOST], 1);
    assert_int_equal(counters.believed[TRAP_OTHER], 0);
}

static void say(uint32_t number, int64_t at_s)
{
    struct sockaddr_storage address = address_of("192.0.2.7");
    struct trap_report report = {
        .host = trap_host_of((const struct sockaddr *)&address),
        .kind = number % 2 == 0 ? TRAP_LINK_UP : TRAP_LINK_DOWN,
        .digest = number + 1000,
        .community = trap_community(&key, "tujuh", 5),
    };

    assert_int_equal(
        trap_desk_hear(desk, &report, at_ms(at_s * 1000), wall_add_ms(noon, at_s * 1000), &hint),
        TRAP_BELIEVED);
}

static void the_last_things_that_a_device_said_are_kept(void **state)
{
    struct trap_heard heard[TRAP_HEARD_MOST];
    struct wall from = wall_add_ms(noon, 3000), to = wall_add_ms(noon, 5000);

    (void)state;
    assert_int_equal(trap_desk_heard(desk, 7, from, to, heard), 0);
    for (uint32_t i = 1; i <= 6; i++)
        say(i, i);
    assert_int_equal(trap_desk_heard(desk, 7, from, to, heard), 3);
    assert_int_equal(heard[0].kind, TRAP_LINK_DOWN);
    assert_int_equal(heard[0].at.us, from.us);
    assert_int_equal(heard[1].kind, TRAP_LINK_UP);
    assert_int_equal(heard[2].at.us, to.us);
    assert_int_equal(trap_desk_heard(desk, 3, from, to, heard), 0);
    for (uint32_t i = 7; i <= 12; i++)
        say(i, i); /* 5 is the oldest of the last eight */
    assert_int_equal(trap_desk_heard(desk, 7, from, to, heard), 1);
    assert_int_equal(trap_desk_heard(desk, 7, noon, wall_add_ms(noon, 60000), heard),
                     TRAP_HEARD_MOST);
    assert_int_equal(heard[0].at.us, to.us);
}

/* Who was heard longest ago makes room; a device that speaks again is not that one. */
static void so_many_devices_are_remembered_and_no_more(void **state)
{
    struct wall at;
    enum trap_kind kind;

    (void)state;
    trap_desk_begin(desk);
    for (uint32_t id = 1; id <= TRAP_HEARD_DEVICES + 2; id++) {
        char host[32];

        snprintf(host, sizeof host, "10.0.%u.%u", id >> 8, id & 255);
        device(id, host, "kampung");
    }
    trap_desk_commit(desk);
    for (uint32_t id = 1; id <= TRAP_HEARD_DEVICES + 2; id++) {
        char host[32];

        snprintf(host, sizeof host, "10.0.%u.%u", id >> 8, id & 255);
        assert_int_equal(hear_at(host, "kampung", id, 0, at_ms(id * 10)), TRAP_BELIEVED);
        if (id == TRAP_HEARD_DEVICES)
            assert_int_equal(hear_at("10.0.0.1", "kampung", 1000000, 0, at_ms(id * 10)),
                             TRAP_BELIEVED);
    }
    assert_true(trap_desk_last(desk, 1, &kind, &at));
    assert_false(trap_desk_last(desk, 2, &kind, &at));
    assert_false(trap_desk_last(desk, 3, &kind, &at));
    assert_true(trap_desk_last(desk, 4, &kind, &at));
    assert_true(trap_desk_last(desk, TRAP_HEARD_DEVICES + 2, &kind, &at));
}

static void a_plan_is_made_in_steps_and_the_one_before_counts_until_then(void **state)
{
    size_t steps = 0;
    uint32_t number = 1;

    (void)state;
    trap_desk_begin(desk);
    for (uint32_t id = 20; id < 220; id++) {
        char host[32];

        snprintf(host, sizeof host, "10.0.0.%u", id);
        device(id, host, "kampung");
        device(id + 1000, host, "kampung");
    }
    for (; !trap_desk_prepare(desk, 10); steps++)
        assert_int_equal(hear_at("192.0.2.7", "tujuh", number++, 0, at_ms((int64_t)steps * 1000)),
                         TRAP_BELIEVED);
    assert_true(steps >= 400 / 10);
    trap_desk_commit(desk);
    assert_int_equal(hear_at("192.0.2.7", "tujuh", number++, 0, at_ms(900000)),
                     TRAP_UNKNOWN_SENDER);
    for (uint32_t id = 20; id < 220; id++) {
        char host[32];

        snprintf(host, sizeof host, "10.0.0.%u", id);
        assert_int_equal(hear_at(host, "kampung", number++, 0, at_ms(900000 + id * 1000)),
                         TRAP_BELIEVED);
        assert_int_equal(hint.count, 2);
        assert_int_equal(hint.devices[0], id);
        assert_int_equal(hint.devices[1], id + 1000);
    }
}

/* What the sort goes by is half of a hash. */
static void hosts_with_half_a_hash_in_common_are_found_each(void **state)
{
    static const uint64_t hosts[] = {0x500000009, 0x500000003, 0x100000009, 0x500000003,
                                     0x500000001, 0x900000000, 0x500000009};
    struct trap_places places = {0};
    size_t at;

    (void)state;
    for (uint32_t i = 0; i < 7; i++)
        trap_places_add(&places, &(struct trap_place){.host = hosts[i], .id = 7 - i});
    assert_int_equal(trap_places_find(&places, hosts[0]), 7); /* it is not in order yet */
    while (!trap_places_sort(&places, 1))
        ;
    for (uint32_t i = 0; i < 7; i++) {
        at = trap_places_find(&places, hosts[i]);
        assert_true(at < 7 && places.at[at].host == hosts[i]);
    }
    at = trap_places_find(&places, 0x500000003);
    assert_int_equal(places.at[at].id, 4);
    assert_int_equal(places.at[at + 1].id, 6);
    assert_int_equal(trap_places_find(&places, 0x500000002), 7);
    trap_places_free(&places);
}

static void user_device(uint32_t id, const char *host)
{
    struct sockaddr_storage address = address_of(host);

    trap_desk_user(desk, id * 10);
    trap_desk_device(desk, id, (const struct sockaddr *)&address, id * 10);
}

static size_t suspects(const char *host, int64_t ms, uint32_t ids[TRAP_TRIES_MOST])
{
    struct sockaddr_storage address = address_of(host);
    struct trap_host at = trap_host_of((const struct sockaddr *)&address);

    return trap_desk_suspects(desk, &at, at_ms(ms), ids);
}

/* Not those of v2c at the same address; a trap by v2c is not theirs either. */
static void an_snmpv3_trap_may_be_of_the_v3_devices_at_its_address(void **state)
{
    uint32_t ids[TRAP_TRIES_MOST];
    struct trap_counters counters;

    (void)state;
    trap_desk_begin(desk);
    device(1, "192.0.2.1", "kampung");
    for (uint32_t id = 2; id <= 7; id++)
        user_device(id, "192.0.2.1");
    device(8, "192.0.2.8", "kampung");
    user_device(9, "192.0.2.9");
    trap_desk_commit(desk);
    assert_int_equal(suspects("192.0.2.1", 1, ids), TRAP_TRIES_MOST);
    assert_int_equal(ids[0], 2);
    assert_int_equal(suspects("192.0.2.9", 1, ids), 1);
    assert_int_equal(ids[0], 9);
    assert_int_equal(suspects("192.0.2.8", 1, ids), 0);
    assert_int_equal(suspects("192.0.2.77", 1, ids), 0);
    assert_int_equal(hear("192.0.2.9", "", 1), TRAP_WRONG_COMMUNITY);
    assert_int_equal(hear("192.0.2.1", "kampung", 2), TRAP_BELIEVED);
    assert_int_equal(hint.count, 1);
    trap_desk_counters(desk, &counters);
    assert_int_equal(counters.unproven[TRAP_PROOF_USER], 1);
    assert_int_equal(counters.unknown, 1);
    for (size_t i = 0; i < 1000; i++)
        suspects("192.0.2.9", 2, ids);
    assert_int_equal(suspects("192.0.2.9", 2, ids), 0); /* so many at once and no more */
    assert_int_equal(suspects("192.0.2.9", 1002, ids), 1);
}

static void a_proven_trap_is_believed_once(void **state)
{
    struct trap_proven proven = {
        .device_id = 7, .proof = TRAP_PROOF_TRUE, .kind = TRAP_COLD_START, .digest = 4711};
    enum trap_kind kind = TRAP_OTHER;
    struct trap_counters counters;
    struct wall at;

    (void)state;
    assert_int_equal(trap_desk_hear_proven(desk, &proven, at_ms(1), noon, &hint), TRAP_BELIEVED);
    assert_int_equal(hint.count, 1);
    assert_int_equal(hint.devices[0], 7);
    assert_true(trap_desk_last(desk, 7, &kind, &at));
    assert_int_equal(kind, TRAP_COLD_START);
    assert_int_equal(trap_desk_hear_proven(desk, &proven, at_ms(2), noon, &hint), TRAP_REPEATED);
    assert_int_equal(hint.count, 0);
    trap_desk_unproven(desk, TRAP_PROOF_KEY);
    trap_desk_unproven(desk, TRAP_PROOF_TRUE); /* nobody could say */
    trap_desk_counters(desk, &counters);
    assert_int_equal(counters.believed[TRAP_COLD_START], 1);
    assert_int_equal(counters.repeated, 1);
    assert_int_equal(counters.unproven[TRAP_PROOF_KEY], 1);
    assert_int_equal(counters.busy, 1);
}

static void an_ipv4_sender_on_an_ipv6_socket_is_the_same(void **state)
{
    (void)state;
    assert_int_equal(hear("::ffff:192.0.2.7", "tujuh", 1), TRAP_BELIEVED);
    assert_int_equal(hint.devices[0], 7);
}

static void strangers_and_wrong_words_change_nothing(void **state)
{
    enum trap_kind kind;
    struct wall at;
    struct trap_counters counters;

    (void)state;
    assert_int_equal(hear("192.0.2.99", "kampung", 1), TRAP_UNKNOWN_SENDER);
    assert_int_equal(hear("2001:db8::7", "kampung", 1), TRAP_UNKNOWN_SENDER);
    assert_int_equal(hear("192.0.2.7", "kampung", 1), TRAP_WRONG_COMMUNITY);
    assert_int_equal(hear("192.0.2.7", "", 1), TRAP_WRONG_COMMUNITY);
    assert_int_equal(hint.count, 0);
    /* who has no community is not opened by an empty one */
    assert_int_equal(hear("192.0.2.5", "", 1), TRAP_WRONG_COMMUNITY);
    assert_int_equal(hear("192.0.2.8", "kampung", 1), TRAP_WRONG_COMMUNITY);
    for (uint32_t id = 1; id < 10; id++)
        assert_false(trap_desk_last(desk, id, &kind, &at));
    trap_desk_counters(desk, &counters);
    assert_int_equal(counters.unknown, 2);
    assert_int_equal(counters.community, 4);
    /* and what they said is not remembered as believed */
    assert_int_equal(hear("192.0.2.7", "tujuh", 1), TRAP_BELIEVED);
}

static void a_copy_has_one_effect_from_wherever_it_comes(void **state)
{
    struct trap_counters counters;

    (void)state;
    assert_int_equal(hear("192.0.2.3", "kampung", 42), TRAP_BELIEVED);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(hear(i % 2 == 0 ? "2001:db8::6" : "192.0.2.3", "kampung", 42),
                         TRAP_REPEATED);
        assert_int_equal(hint.count, 0);
    }
    trap_desk_counters(desk, &counters);
    assert_int_equal(counters.believed[TRAP_LINK_DOWN], 1);
    assert_int_equal(counters.repeated, 1000);
    assert_int_equal(hear_at("192.0.2.3", "kampung", 42, 0, at_ms(TRAP_REPLAY_KEPT_MS)),
                     TRAP_REPEATED);
}

static void the_last_hint_of_a_device_is_kept_while_it_is_in_the_plan(void **state)
{
    enum trap_kind kind = TRAP_OTHER;
    struct wall at = {0};

    (void)state;
    hear("192.0.2.3", "kampung", 1);
    assert_true(trap_desk_last(desk, 9, &kind, &at));
    assert_int_equal(kind, TRAP_LINK_DOWN);
    assert_true(at.us == noon.us);
    assert_false(trap_desk_last(desk, 4, &kind, &at));
    trap_desk_begin(desk);
    device(9, "192.0.2.3", "kampung");
    trap_desk_commit(desk);
    assert_true(trap_desk_last(desk, 9, &kind, &at));
    assert_false(trap_desk_last(desk, 3, &kind, &at));
    assert_int_equal(hear("192.0.2.7", "tujuh", 2), TRAP_UNKNOWN_SENDER);
}

/* A repeated inform too: its sender did not get the answer. */
static void informs_that_are_believed_or_repeated_are_answered(void **state)
{
    const uint32_t *numbers;

    (void)state;
    hear_at("192.0.2.7", "tujuh", 1, 100, at_ms(0));
    hear_at("192.0.2.7", "tujuh", 1, 101, at_ms(1));
    hear_at("192.0.2.7", "salah", 2, 102, at_ms(2));
    hear_at("192.0.2.99", "tujuh", 3, 103, at_ms(3));
    hear_at("192.0.2.7", "tujuh", 4, 0, at_ms(4));
    assert_int_equal(trap_desk_answers(desk, &numbers), 2);
    assert_int_equal(numbers[0], 100);
    assert_int_equal(numbers[1], 101);
    trap_desk_answered(desk, 1);
    assert_int_equal(trap_desk_answers(desk, &numbers), 1);
    assert_int_equal(numbers[0], 101);
    trap_desk_child_gone(desk);
    assert_int_equal(trap_desk_answers(desk, &numbers), 0);
    for (uint32_t i = 1; i < 1000; i++)
        hear_at("192.0.2.7", "tujuh", 1, i, at_ms(5));
    assert_int_equal(trap_desk_answers(desk, &numbers), TRAP_ANSWERS_MOST);
}

static void no_more_is_believed_than_can_be_remembered(void **state)
{
    struct trap_counters counters;
    uint64_t digest = 0;

    (void)state;
    for (int i = 0; i < TRAP_REPLAY_BURST; i++)
        assert_int_equal(hear("192.0.2.7", "tujuh", ++digest), TRAP_BELIEVED);
    for (int i = 0; i < 100; i++)
        assert_int_equal(hear("192.0.2.7", "tujuh", ++digest), TRAP_BUSY);
    assert_int_equal(hear_at("192.0.2.7", "tujuh", ++digest, 0, at_ms(20)), TRAP_BELIEVED);
    trap_desk_counters(desk, &counters);
    assert_int_equal(counters.busy, 100);
}

static void an_address_stands_for_so_many_devices_and_no_more(void **state)
{
    (void)state;
    trap_desk_begin(desk);
    for (uint32_t id = 1; id <= TRAP_DEVICES_MOST + 5; id++)
        device(id, "192.0.2.1", "kampung");
    trap_desk_commit(desk);
    assert_int_equal(hear("192.0.2.1", "kampung", 1), TRAP_BELIEVED);
    assert_int_equal(hint.count, TRAP_DEVICES_MOST);
}

static void ten_thousand_devices_are_told_apart(void **state)
{
    char host[32];

    (void)state;
    trap_desk_begin(desk);
    for (uint32_t id = 1; id <= 10000; id++) {
        snprintf(host, sizeof host, "10.1.%u.%u", id / 250, id % 250);
        device(id, host, "kampung");
    }
    trap_desk_commit(desk);
    for (uint32_t id = 1; id <= 10000; id += 7) {
        snprintf(host, sizeof host, "10.1.%u.%u", id / 250, id % 250);
        assert_int_equal(hear(host, "kampung", id), TRAP_BELIEVED);
        assert_int_equal(hint.count, 1);
        assert_int_equal(hint.devices[0], id);
    }
}

static void counters_of_children_that_are_gone_are_added(void **state)
{
    struct trap_counters child = {.received = 10, .limited = 4, .answered = 1}, sum;

    (void)state;
    trap_desk_count(desk, &child);
    child.received = 20;
    trap_desk_count(desk, &child);
    trap_desk_child_gone(desk);
    child = (struct trap_counters){.received = 5};
    trap_desk_count(desk, &child);
    trap_desk_counters(desk, &sum);
    assert_int_equal(sum.received, 25);
    assert_int_equal(sum.limited, 4);
    assert_int_equal(sum.answered, 1);
}

int main(void)
{
#define DESK(test) cmocka_unit_test_setup_teardown(test, open_desk, close_desk)
    const struct CMUnitTest tests[] = {
        DESK(a_trap_is_of_the_devices_at_its_address_with_its_community),
        DESK(a_vendors_trap_gets_its_name_when_it_is_believed),
        DESK(the_last_things_that_a_device_said_are_kept),
        cmocka_unit_test(hosts_with_half_a_hash_in_common_are_found_each),
        DESK(a_plan_is_made_in_steps_and_the_one_before_counts_until_then),
        DESK(so_many_devices_are_remembered_and_no_more),
        DESK(an_snmpv3_trap_may_be_of_the_v3_devices_at_its_address),
        DESK(a_proven_trap_is_believed_once),
        DESK(an_ipv4_sender_on_an_ipv6_socket_is_the_same),
        DESK(strangers_and_wrong_words_change_nothing),
        DESK(a_copy_has_one_effect_from_wherever_it_comes),
        DESK(the_last_hint_of_a_device_is_kept_while_it_is_in_the_plan),
        DESK(informs_that_are_believed_or_repeated_are_answered),
        DESK(no_more_is_believed_than_can_be_remembered),
        DESK(an_address_stands_for_so_many_devices_and_no_more),
        DESK(ten_thousand_devices_are_told_apart),
        DESK(counters_of_children_that_are_gone_are_added),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
